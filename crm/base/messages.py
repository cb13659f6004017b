"""Keep the translation catalogues without GNU gettext: `python -m crm.base.messages update|check|compile`.

Every top-level app keeps its own catalogue; all of `crm.*` and the templates no other app owns share one
in crm/base/locale. Messages are English; zh_Hans is complete or the check fails.
"""

import argparse
import fcntl
import os
import re
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
LOCALE = "zh_Hans"
GROUND = "crm"
# The launcher runs without Django and speaks both languages by itself.
SKIPPED = ("embedded", "migrations", "__pycache__")
HEADER = f"""msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Language: {LOCALE}\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""
_ONE = dict.fromkeys(("_", "_now", "gettext", "gettext_lazy", "gettext_noop"))
_PLURAL = dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2))
_CONTEXT = dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2))
_BOTH = dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3))
KEYWORDS = {**_ONE, **_PLURAL, **_CONTEXT, **_BOTH}
PLACEHOLDER = re.compile(r"%\((\w+)\)[-+ #0-9.]*[a-zA-Z]|(?<!%)%(?:%%)*[sdif]|\{(\w*)[^{}]*\}")
# Chinese has , ; : ? ! of its own width; half of one beside a Chinese character is a slip of the keyboard.
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff」”》][,;:?!]|[,;:?!][\u4e00-\u9fff「“《]")

Key = tuple[str, str | None]
"""The msgid (singular) and its context."""


def apps(root: Path = ROOT) -> list[str]:
    """Return the top-level apps: the ground floor and every directory with an apps.py."""
    return [GROUND, *sorted(path.parent.name for path in root.glob("*/apps.py"))]


def catalogue_path(app: str, root: Path = ROOT) -> Path:
    """Return where an app keeps its catalogue."""
    home = root / "crm" / "base" if app == GROUND else root / app
    return home / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def sources(app: str, root: Path = ROOT) -> Iterator[Path]:
    """Yield the Python files and templates whose messages belong to the app."""
    for path in sorted((root / app).rglob("*.py")):
        if not set(SKIPPED) & set(path.relative_to(root).parts):
            yield path
    templates = root / "templates"
    others = set(apps(root)) - {GROUND}
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        owner = path.relative_to(templates).parts[0]
        if (owner == app) if app != GROUND else (owner not in others):
            yield path


def messages_of(path: Path) -> Iterator[tuple[str | tuple[str, str], str | None]]:
    """Yield the msgid (or singular and plural) and the context of every message in a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # The rest of the template becomes words of X, which must not look like indented code.
        blotted = templatize(text, origin=str(path))
        text = "\n".join(line.strip() for line in blotted.splitlines())
    found = extract("python", BytesIO(text.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
    for _line, message, _comments, context in found:
        ids = tuple(part for part in ((message,) if isinstance(message, str) else message) if part)
        if ids:
            yield (ids[0] if len(ids) == 1 else (ids[0], ids[1])), context


def extracted(app: str, root: Path = ROOT) -> Catalog:
    """Return a catalogue of what the app's files say now, with empty translations."""
    catalogue = Catalog(locale=LOCALE, fuzzy=False)
    for path in sources(app, root):
        for msgid, context in messages_of(path):
            catalogue.add(msgid, context=context)
    return catalogue


def kept(app: str, root: Path = ROOT) -> Catalog:
    """Return the committed catalogue of the app, empty when there is none."""
    path = catalogue_path(app, root)
    if not path.exists():
        return Catalog(locale=LOCALE, fuzzy=False)
    with path.open("rb") as file:
        catalogue = read_po(file, locale=LOCALE, charset="utf-8", ignore_obsolete=True, abort_invalid=True)
    catalogue.fuzzy = False
    return catalogue


def key_of(message: Message) -> Key:
    """Return what identifies a message."""
    return (message.id if isinstance(message.id, str) else message.id[0]), message.context


def by_key(catalogue: Catalog) -> dict[Key, Message]:
    """Return the messages of a catalogue without its header."""
    return {key_of(message): message for message in catalogue if message.id}


def strings(value: object) -> list[str]:
    """Return the parts of a msgid or a translation."""
    return [value] if isinstance(value, str) else [str(part) for part in value or ()]  # type: ignore[attr-defined]  # a tuple


def translated(message: Message) -> bool:
    """Say whether the message has its Chinese."""
    parts = strings(message.string)
    return bool(parts) and all(parts)


def update(names: Iterable[str], root: Path = ROOT) -> None:
    """Add new messages, drop those nobody says any more, keep every translation.

    A message another app has translated already comes with that translation.
    """
    known = {
        key: message
        for app in reversed(apps(root))
        for key, message in by_key(kept(app, root)).items()
        if translated(message)
    }
    for app in names:
        path = catalogue_path(app, root)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = os.open(path.parent, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _update_one(app, path, known, root)
        finally:
            os.close(lock)


def _update_one(app: str, path: Path, known: dict[Key, Message], root: Path) -> None:
    catalogue, old = extracted(app, root), by_key(kept(app, root))
    now = by_key(catalogue)
    for key, message in now.items():
        before = old.get(key)
        if before is None or not translated(before):
            before = known.get(key, before)
        if before is None:
            continue
        text = strings(before.string)
        if message.pluralizable != before.pluralizable:
            text = text[:1]
        message.string = tuple(text) if message.pluralizable else "".join(text[:1])
        message.flags |= before.flags & {"fuzzy"}
    for key in old.keys() - now.keys():
        say(f"{app}: dropped {key[0]!r}")
    out = BytesIO()
    write_po(out, catalogue, omit_header=True, no_location=True, sort_output=True, width=0)
    fresh = path.with_suffix(".new")
    fresh.write_bytes(HEADER.encode() + b"\n" + out.getvalue().lstrip(b"\n"))
    fresh.replace(path)
    empty = sum(not translated(message) for message in now.values())
    say(f"{app}: {len(now)} messages, {len(now.keys() - old.keys())} new, {empty} without Chinese")


def problems(root: Path = ROOT) -> list[str]:
    """Return everything that is wrong with the catalogues, a line each."""
    found: list[str] = []
    said: dict[Key, tuple[str, list[str]]] = {}
    for app in apps(root):
        have, want = by_key(kept(app, root)), by_key(extracted(app, root))
        found += [f"{app}: missing {key[0]!r}" for key in sorted(want.keys() - have.keys(), key=str)]
        found += [f"{app}: obsolete {key[0]!r}" for key in sorted(have.keys() - want.keys(), key=str)]
        for key, message in have.items():
            if "fuzzy" in message.flags:
                found.append(f"{app}: fuzzy {key[0]!r}")
            if not translated(message):
                found.append(f"{app}: untranslated {key[0]!r}")
                continue
            found += [f"{app}: placeholders differ in {key[0]!r}"] if _placeholders_differ(message) else []
            if any(HALF_WIDTH.search(text) for text in strings(message.string)):
                found.append(f"{app}: half-width punctuation in the Chinese of {key[0]!r}")
            other, text = said.setdefault(key, (app, strings(message.string)))
            if text != strings(message.string):
                found.append(f"{app}: {key[0]!r} is translated otherwise in {other}")
    return found


def _placeholders_differ(message: Message) -> bool:
    def names(text: str) -> set[str]:
        return {match[1] or match[2] or match[0] for match in PLACEHOLDER.finditer(text)}

    ids = strings(message.id)
    allowed = set().union(*(names(text) for text in ids))
    # Chinese has one form for all numbers: it follows the plural.
    return any(names(text) != names(ids[-1]) and not names(ids[-1]) <= names(text) <= allowed
               for text in strings(message.string))  # fmt: skip


def compile_all(root: Path = ROOT) -> None:
    """Write the .mo file of every catalogue; they are not committed."""
    for app in apps(root):
        path = catalogue_path(app, root)
        if not path.exists():
            continue
        fresh = path.with_suffix(".mo.new")
        with fresh.open("wb") as file:
            write_mo(file, kept(app, root))
        fresh.replace(path.with_suffix(".mo"))


def say(line: str) -> None:
    """Tell whoever runs the tool."""
    sys.stdout.write(line + "\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m crm.base.messages", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    updating = commands.add_parser("update", help="extract new messages into the catalogues")
    updating.add_argument("apps", nargs="*", metavar="app")
    commands.add_parser("check", help="list what is missing; exit 1 when something is")
    commands.add_parser("compile", help="write the .mo files")
    options = parser.parse_args(arguments)
    if options.command == "update":
        unknown = set(options.apps) - set(apps())
        if unknown:
            parser.error(f"no such app: {', '.join(sorted(unknown))}; there are {', '.join(apps())}")
        update(options.apps or apps())
    elif options.command == "compile":
        compile_all()
    else:
        found = problems()
        for line in found:
            say(line)
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
