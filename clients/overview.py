"""The file as it is read: fields by group, values as people write them, what is worked out marked so."""

from typing import Any

from django.utils.translation import gettext as _

from clients.forms.clients import PAPERS, SECTIONS, YUAN
from clients.models import Client
from clients.services.columns import column as column_of
from clients.services.files import display

# Worked out by rules: the group they are shown in, and the sentence that says where they come from.
DERIVED: dict[str, tuple[str, ...]] = {
    "identity": ("is_legal_person",),
    "scale": ("mobiles", "market_share", "members_active"),
    "whose": ("last_visited_on", "account_opened_at"),
}


def sections_of(client: Client) -> list[dict[str, Any]]:
    """Return the groups of the file with their lines."""
    found = []
    for code, label, names in SECTIONS:
        lines = [_line(client, name) for name in names]
        lines += [_derived(client, name) for name in DERIVED.get(code, ())]
        if code == "industry":
            lines = [*_industry_levels(client), *lines[1:]]
        found.append({"code": code, "label": label, "lines": lines})
    return found


def _line(client: Client, name: str) -> dict[str, Any]:
    column = YUAN.get(name, name)
    label = column_of(column).verbose_name
    line: dict[str, Any] = {"name": name, "label": label, "value": "", "derived": ""}
    if name in PAPERS:
        line["paper"] = bool(getattr(client, name))
    elif column.endswith("_fen"):
        line["fen"] = getattr(client, column)
    elif name == "parent" and client.parent:
        line |= {"value": str(client.parent), "client": client.parent_id}
    else:
        line["value"] = display(client, column)
    return line


def _industry_levels(client: Client) -> list[dict[str, Any]]:
    """Return section, division, group and class, as far as they are known (Source: S1-72)."""
    levels = [_("section"), _("division"), _("group"), _("class")]
    chain = []
    entry = client.industry
    while entry is not None:
        chain.append(entry)
        entry = entry.parent
    chain.reverse()
    return [
        {
            "name": "industry",
            "label": _("industry %(level)s") % {"level": level},
            "value": str(chain[place]) if place < len(chain) else "",
            "derived": _("from the industry code") if place < len(chain) - 1 else "",
        }
        for place, level in enumerate(levels)
    ]


def _derived(client: Client, name: str) -> dict[str, Any]:
    if name == "mobiles":
        source = (
            _("counted otherwise") if client.mobile_count is not None else _("sum of the three operators")
        )
        return {"name": name, "label": _("mobiles"), "value": f"{client.mobiles:,}", "derived": source}
    if name == "market_share":
        total = sum(n or 0 for n in (client.mobile_users_cm, client.mobile_users_ct, client.mobile_users_cu))
        value = f"{100 * (client.mobile_users_cm or 0) / total:.1f}%" if total else ""
        return {
            "name": name,
            "label": _("market share"),
            "value": value,
            "derived": _("own users of all users"),
        }
    sources = {
        "is_legal_person": _("from the institution type"),
        "members_active": _("counted from the members"),
        "last_visited_on": _("from the visits"),
        "account_opened_at": _("the first opening of a product"),
    }
    value = getattr(client, name)
    if name == "account_opened_at" and value:
        from crm.base import clock

        shown = str(clock.business_date(value))
    else:
        shown = display(client, name)
    return {
        "name": name,
        "label": _("legal person") if name == "is_legal_person" else column_of(name).verbose_name,
        "value": shown,
        "derived": sources[name],
    }
