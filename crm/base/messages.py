"""Extract, check and compile the translation catalogues without GNU gettext.

Usage: python -m crm.base.messages update [APP …] | check | compile

Each app keeps `<app>/locale/zh_Hans/LC_MESSAGES/django.po` with the messages of its code and of
`templates/<app>/`; everything under crm/ shares crm/base/locale, with the shell's templates.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("crm", "clients", "members", "scoring", "visits", "workbench")
GROUND_TEMPLATES = ("components", "errors", "accounts", "audit", "params", "jobs", "intake", "base")
KEYWORDS = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")

Key = tuple[str, str]  # context, msgid


def catalogue(app: str) -> Path:
    """Return the path of an app's catalogue."""
    home = ROOT / "crm" / "base" if app == "crm" else ROOT / app
    return home / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def _templates(app: str) -> Iterator[Path]:
    root = ROOT / "templates"
    if app != "crm":
        yield from sorted((root / app).rglob("*.html"))
        yield from sorted((root / app).rglob("*.txt"))
        return
    yield from sorted(root.glob("*.html"))
    for folder in GROUND_TEMPLATES:
        yield from sorted((root / folder).rglob("*.html"))


def extract(app: str) -> dict[Key, str | tuple[str, str]]:
    """Return the messages of an app: (context, msgid) → msgid, or (msgid, plural)."""
    from django.utils.translation import template as engine

    found: dict[Key, str | tuple[str, str]] = {}

    def take(source: str) -> None:
        for _, function, args, _ in extract_python(BytesIO(source.encode()), list(KEYWORDS), [], {}):
            parts = list(args) if isinstance(args, tuple) else [args]
            context = str(parts.pop(0)) if function and function.startswith(("pgettext", "npgettext")) else ""
            texts = [part for part in parts if isinstance(part, str)]
            if not texts or not texts[0]:
                continue
            plural = function is not None and "ngettext" in function or function == "npgettext"
            found[context, texts[0]] = (texts[0], texts[1]) if plural and len(texts) > 1 else texts[0]

    for path in sorted((ROOT / app).rglob("*.py")):
        if "migrations" not in path.parts:
            take(path.read_text(encoding="utf8"))
    for path in _templates(app):
        take(engine.templatize(path.read_text(encoding="utf8"), origin=str(path)))
    return found


def load(app: str) -> Catalog:
    """Read an app's catalogue; an empty one when there is none."""
    path = catalogue(app)
    if not path.exists():
        return Catalog(locale="zh_Hans_CN", domain="django")
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans_CN", domain="django")


def _key(message: Message) -> Key:
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def update(app: str) -> tuple[int, int]:
    """Write the catalogue anew: keep translations, add new messages empty, drop obsolete ones."""
    wanted = extract(app)
    old = {_key(m): m for m in load(app) if m.id}
    fresh = Catalog(locale="zh_Hans_CN", domain="django", fuzzy=False)
    for (context, msgid), ids in sorted(wanted.items()):
        known = old.get((context, msgid))
        text = known.string if known is not None and bool(known.string) else None
        if isinstance(ids, tuple):
            text = (text,) if isinstance(text, str) else text
        elif isinstance(text, tuple | list):
            text = text[0]
        fresh.add(ids, text, context=context or None, flags=known.flags if known is not None else ())
    path = catalogue(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    write_po(buffer, fresh, omit_header=True, width=10_000, no_location=True, sort_output=False)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
        '"Language: zh_Hans\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    path.write_text(header + buffer.getvalue().decode().lstrip(), encoding="utf8")
    return len(set(wanted) - set(old)), len(set(old) - set(wanted))


def _strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else [s for s in message.string if s]


def problems() -> list[str]:
    """Return everything that is wrong with the catalogues."""
    wrong: list[str] = []
    seen: dict[Key, tuple[str, str]] = {}
    for app in APPS:
        wanted = extract(app)
        catalog = load(app)
        known = {_key(m): m for m in catalog if m.id}
        wrong += [f"{app}: not in the catalogue: {msgid}" for _, msgid in sorted(set(wanted) - set(known))]
        wrong += [f"{app}: no longer used: {msgid}" for _, msgid in sorted(set(known) - set(wanted))]
        for key, message in known.items():
            texts = _strings(message)
            if message.fuzzy:
                wrong.append(f"{app}: fuzzy: {key[1]}")
            if not any(texts):
                wrong.append(f"{app}: not translated: {key[1]}")
                continue
            ids = [message.id] if isinstance(message.id, str) else list(message.id)
            expected = set(PLACEHOLDER.findall(ids[-1]))
            if any(set(PLACEHOLDER.findall(text)) != expected for text in texts):
                wrong.append(f"{app}: placeholders differ: {key[1]}")
            other = seen.setdefault(key, (app, texts[0]))
            if other[1] != texts[0]:
                wrong.append(f"{app}: {key[1]!r} is {texts[0]!r} here and {other[1]!r} in {other[0]}")
    return wrong


def compile_all() -> None:
    """Write the compiled catalogues that Django reads."""
    for app in APPS:
        path = catalogue(app)
        if path.exists():
            target = path.with_suffix(".mo")
            temporary = target.with_suffix(".mo.new")
            with temporary.open("wb") as file:
                write_mo(file, load(app))
            temporary.replace(target)


def main(arguments: list[str]) -> int:
    """Run one of the three commands."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
    command, *apps = arguments or [""]
    if command == "update":
        for app in apps or APPS:
            added, dropped = update(app)
            sys.stdout.write(f"{app}: {added} new, {dropped} dropped\n")
        return 0
    if command == "compile":
        compile_all()
        return 0
    if command == "check":
        wrong = problems()
        sys.stdout.writelines(line + "\n" for line in wrong)
        return 1 if wrong else 0
    sys.stderr.write(__doc__ or "")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
