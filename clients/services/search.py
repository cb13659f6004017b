"""What clients are found by: cleaned names, pinyin, initials, and the key under which spellings meet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base.errors import Invalid
from crm.base.text import clean, name_key, spell

KEY_LENGTH = 200  # of a name in its usual form, which can be longer than what was written: ㍿ is 株式会社


def search_columns(name: str, short_name: str = "") -> dict[str, str]:
    """Return the search columns of a client's names; used by one file and by rosters alike."""
    name, short_name = clean(name).lower(), clean(short_name).lower()
    pinyin, initials = spell(name)
    parts = [name, short_name, initials]
    if short_name:
        parts.append(spell(short_name)[1])
    return {
        "search_text": " ".join(part for part in parts if part),
        "name_pinyin": pinyin[:300],
        "name_key": name_key(name),
    }


def refresh_search(client: Client) -> dict[str, Any]:
    """Set the search columns of a client that is about to be saved.

    Raises: Invalid TOO_LONG
    """
    columns = search_columns(client.name, client.short_name)
    # A name that is too long as it stands is named with the other fields.
    if len(client.name) <= KEY_LENGTH < len(columns["name_key"]):
        sentence = _("The name is longer than %(limit)s characters.") % {"limit": KEY_LENGTH}
        raise Invalid("TOO_LONG", sentence, fields={"name": [sentence]})
    for field, value in columns.items():
        setattr(client, field, value)
    return columns
