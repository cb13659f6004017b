"""The catalogues: what the tool finds, keeps, fills in and complains about."""

import re
from pathlib import Path

import pytest

from crm.base import messages


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Return a small house of the ground floor and one app, each with its own words."""
    (tmp_path / "crm" / "base").mkdir(parents=True)
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "templates" / "shop").mkdir(parents=True)
    (tmp_path / "templates" / "errors").mkdir()
    (tmp_path / "shop" / "apps.py").write_text("")
    (tmp_path / "crm" / "base" / "words.py").write_text('a = _("Save")\n')
    (tmp_path / "shop" / "words.py").write_text(
        'b = _("Save")\nc = ngettext("%(n)d row", "%(n)d rows", 2)\nd = pgettext("verb", "Open")\n'
    )
    (tmp_path / "shop" / "migrations" / "0001.py").write_text('x = _("Never said")\n')
    (tmp_path / "templates" / "shop" / "list.html").write_text(
        "{% load i18n %}\n<p>\n      it's text\n  {% blocktranslate trimmed with who=x %}\n"
        "    Ask\n    {{ who }}\n  {% endblocktranslate %}</p>\n"
    )
    (tmp_path / "templates" / "errors" / "404.html").write_text('{% translate "Lost" %}')
    return tmp_path


def translate(house: Path, app: str, **chinese: str) -> None:
    """Write translations into a catalogue by msgid."""
    path = messages.catalogue_path(app, house)
    text = path.read_text()
    for msgid, msgstr in chinese.items():
        before = f'msgid "{msgid}"\nmsgstr ""'
        assert before in text
        text = text.replace(before, f'msgid "{msgid}"\nmsgstr "{msgstr}"')
    path.write_text(text)


def test_messages_of_code_and_templates_belong_to_their_app(house: Path) -> None:
    messages.update(["crm", "shop"], house)
    assert set(messages.by_key(messages.kept("crm", house))) == {("Save", None), ("Lost", None)}
    assert set(messages.by_key(messages.kept("shop", house))) == {
        ("Save", None),
        ("%(n)d row", None),
        ("Open", "verb"),
        ("Ask %(who)s", None),
    }


def test_updating_keeps_translations_drops_what_nobody_says_and_changes_nothing_twice(house: Path) -> None:
    messages.update(["crm"], house)
    translate(house, "crm", Save="保存", Lost="找不到")
    (house / "templates" / "errors" / "404.html").write_text("")
    messages.update(["crm"], house)
    first = messages.catalogue_path("crm", house).read_bytes()
    assert "保存" in first.decode()
    assert "找不到" not in first.decode()
    messages.update(["crm"], house)
    assert messages.catalogue_path("crm", house).read_bytes() == first


def test_a_message_translated_elsewhere_comes_with_its_chinese(house: Path) -> None:
    messages.update(["crm", "shop"], house)
    translate(house, "crm", Save="保存")
    messages.update(["shop"], house)
    assert messages.by_key(messages.kept("shop", house))["Save", None].string == "保存"


def complete(house: Path) -> None:
    """Write catalogues without a fault."""
    messages.update(["crm"], house)
    translate(house, "crm", Save="保存", Lost="找不到")
    messages.update(["shop"], house)
    translate(house, "shop", **{"Open": "打开", "Ask %(who)s": "找 %(who)s"})
    path = messages.catalogue_path("shop", house)
    path.write_text(path.read_text().replace('msgstr[0] ""', 'msgstr[0] "%(n)d 行"'))


def test_complete_catalogues_have_no_problem(house: Path) -> None:
    complete(house)
    assert messages.problems(house) == []


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('"打开"', '""', "shop: untranslated 'Open'"),
        ('"找 %(who)s"', '"找人"', "shop: placeholders differ in 'Ask %(who)s'"),
        ('"%(n)d 行"', '"%(m)d 行"', "shop: placeholders differ in '%(n)d row'"),
        ('"打开"', '"打开,或新建"', "shop: half-width punctuation in the Chinese of 'Open'"),
        ('"保存"', '"存盘"', "shop: 'Save' is translated otherwise in crm"),
        ('msgid "Save"', '#, fuzzy\nmsgid "Save"', "shop: fuzzy 'Save'"),
        ('msgid "Ask %(who)s"', 'msgid "Ask %(who)s please"', "shop: missing 'Ask %(who)s'"),
        ('msgid "Ask %(who)s"', 'msgid "Ask %(who)s please"', "shop: obsolete 'Ask %(who)s please'"),
    ],
)
def test_every_fault_of_a_catalogue_is_named(house: Path, before: str, after: str, complaint: str) -> None:
    complete(house)
    path = messages.catalogue_path("shop", house)
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after))
    assert complaint in messages.problems(house)


def test_the_compiled_catalogue_speaks_chinese(house: Path) -> None:
    import gettext

    complete(house)
    messages.compile_all(house)
    with messages.catalogue_path("shop", house).with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    assert catalogue.gettext("Save") == "保存"
    assert catalogue.ngettext("%(n)d row", "%(n)d rows", 5) == "%(n)d 行"


def test_no_sentence_hides_behind_a_name_the_extraction_does_not_know() -> None:
    """`from … import gettext as _now` once left five sentences English for everybody."""
    named = re.compile(r"\bn?p?gettext(?:_lazy|_noop)? as (\w+)")
    for app in messages.apps():
        for path in messages.sources(app):
            unknown = set(named.findall(path.read_text())) - set(messages.KEYWORDS)
            assert not unknown, f"{path}: {unknown}"
