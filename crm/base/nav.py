"""What the shell offers: address, words, icon and the verbs that open it; wired by string."""

from dataclasses import dataclass
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Section = Literal["work", "figures", "admin"]
SECTIONS: dict[Section, str | Promise] = {"work": "", "figures": _("Figures"), "admin": _("Administration")}


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; `thumb` is its place in the phone's bar (1–4), 0 for none.

    `hub` names the entry this one stands under: whoever may open the hub finds it as a tab there
    instead of a line of its own, so the navigation stays short.
    """

    url_name: str
    label: str | Promise
    icon: str
    verbs: tuple[str, ...]
    section: Section = "work"
    thumb: int = 0
    hub: str = ""


ITEMS = (
    Item("workbench:today", _("Workbench"), "layout-dashboard", ("workbench.view",), thumb=1),
    Item("clients:list", _("Clients"), "building", ("clients.view",), thumb=2),
    Item("clients:desk", _("Filing"), "file-check", ("clients.add", "clients.approve", "audits.run")),
    Item("visits:list", _("Visits"), "calendar-event", ("visits.view",), thumb=3),
    Item("visits:desk", _("Approval"), "checkbox", ("visits.approve_log",), thumb=4),
    Item(
        "visits:debt",
        _("Visits owed"),
        "calendar-due",
        ("visits.change", "visits.approve_log"),
        hub="visits:list",
    ),
    Item("visits:calls", _("Calls"), "phone", ("visits.view",), hub="visits:list"),
    Item("visits:gifts", _("Gifts"), "gift", ("visits.view",), hub="visits:list"),
    Item("visits:events", _("On-site events"), "speakerphone", ("visits.view",), hub="visits:list"),
    Item("visits:meetings", _("Meetings"), "users-group", ("visits.view",), hub="visits:list"),
    Item("knowledge:solutions", _("Library"), "bulb", ("knowledge.view",)),
    Item("knowledge:scripts", _("Script cards"), "message-2", ("knowledge.view",), hub="knowledge:solutions"),
    Item("visits:calendar", _("Week"), "calendar-week", ("visits.view",), hub="visits:list"),
    Item("visits:weeks", _("Weekly reports"), "report", ("visits.view",), hub="visits:list"),
    Item("visits:urgents", _("Urgent needs"), "alarm", ("visits.view",), hub="visits:list"),
    Item(
        "visits:opinions",
        _("Opinions"),
        "message-2",
        ("visits.view", "visits.answer_opinion"),
        hub="visits:list",
    ),
    Item(
        "visits:checks",
        _("Spot checks"),
        "list-search",
        ("visits.spot_check", "visits.approve_log", "visits.write_log", "visits.handle_conduct"),
        hub="visits:list",
    ),
    Item(
        "visits:conduct",
        _("Reports of conduct"),
        "shield-lock",
        ("visits.record_conduct", "visits.handle_conduct"),
        hub="visits:list",
    ),
    Item(
        "visits:quality",
        _("Quality of logs"),
        "chart-line",
        ("visits.spot_check", "visits.approve_log", "visits.handle_conduct"),
        "figures",
    ),
    Item("clients:audits", _("Information audits"), "clipboard-check", ("audits.run",), thumb=4),
    Item("members:customers", _("Customers"), "users", ("members.view",), thumb=4),
    Item(
        "scoring:card-verify", _("Verify a card"), "qrcode", ("scoring.verify_card",), hub="members:customers"
    ),
    Item(
        "exports:list",
        _("Exports"),
        "download",
        ("clients.export", "exports.approve", "accounts.manage"),
        "figures",
    ),
    Item(
        "intake:list",
        _("Imports"),
        "file-import",
        ("intake.import", "intake.import_members", "intake.import_users"),
        thumb=4,
    ),
    Item("clients:pivot", _("Analysis"), "table", ("clients.view",), "figures"),
    Item(
        "scoring:migration", _("Migration"), "arrows-sort", ("clients.view",), "figures", hub="clients:pivot"
    ),
    Item("scoring:segments", _("Segments"), "cash", ("clients.view",), "figures", hub="clients:pivot"),
    Item(
        "scoring:concentration",
        _("Concentration"),
        "chart-line",
        ("clients.view",),
        "figures",
        hub="clients:pivot",
    ),
    Item("visits:stats", _("Statistics"), "chart-bar", ("visits.view",), "figures"),
    Item("clients:quality", _("Data quality"), "checklist", ("clients.view",), "figures"),
    Item(
        "members:coverage",
        _("Member coverage"),
        "address-book",
        ("clients.view",),
        "figures",
        hub="clients:quality",
    ),
    Item("clients:merges", _("Duplicates"), "copy", ("clients.change",), "figures", hub="clients:quality"),
    Item("clients:market", _("Market"), "chart-pie", ("clients.view",), "figures"),
    Item("scoring:model", _("Value model"), "scale", ("clients.view",), "figures"),
    Item("scoring:points", _("Points"), "coins", ("scoring.view",), "figures"),
    Item("scoring:rewards", _("Rewards"), "gift", ("scoring.view",), "figures", hub="scoring:points"),
    Item(
        "scoring:budgets", _("Reward budgets"), "wallet", ("scoring.view",), "figures", hub="scoring:points"
    ),
    Item(
        "scoring:proof", _("Ledger proof"), "shield-check", ("scoring.view",), "figures", hub="scoring:points"
    ),
    Item("jobs:nights", _("Nights"), "moon-stars", ("jobs.view",), "figures", thumb=4),
    Item("accounts:users", _("People"), "user-shield", ("accounts.manage", "accounts.view_team"), "admin"),
    Item("accounts:units", _("Units"), "sitemap", ("accounts.manage", "accounts.view_team"), "admin"),
    Item("accounts:systems", _("Client systems"), "plug", ("accounts.manage",), "admin"),
    Item("clients:fields", _("Fields of the file"), "list-check", ("params.view",), "admin"),
    Item("outbox:list", _("Outbox"), "send", ("outbox.manage",), "admin"),
    Item("clients:catalogue", _("Product catalogue"), "category", ("clients.catalogue",), "admin"),
    Item("params:list", _("Parameters"), "adjustments", ("params.view",), "admin"),
    Item(
        "visits:holidays",
        _("Holiday calendar"),
        "calendar-time",
        ("params.view",),
        "admin",
        hub="params:list",
    ),
    Item("audit:events", _("Audit trail"), "fingerprint", ("audit.view",), "admin"),
)


def items_for(user: Any, path: str) -> list[dict[str, Any]]:
    """Return the entries a person may use, with their address and whether one is the current page."""
    found: list[dict[str, Any]] = []
    for item in ITEMS:
        if not any(user.can(verb) for verb in item.verbs):
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        found.append({"item": item, "url": url, "current": False})
    # The longest address that leads to this page is the current entry.
    matching = [entry for entry in found if path.startswith(entry["url"])]
    if matching:
        max(matching, key=lambda entry: len(entry["url"]))["current"] = True
    return found


def lines_of(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries that have a line of their own; a hub is current where one of its tabs is."""
    offered = {entry["item"].url_name for entry in entries}
    opened = {entry["item"].hub for entry in entries if entry["current"]}
    return [
        entry | {"current": entry["current"] or entry["item"].url_name in opened}
        for entry in entries
        if entry["item"].hub not in offered
    ]


def sections_for(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Group the lines under their headings, in order."""
    lines = lines_of(entries)
    grouped = [
        {"label": label, "entries": [e for e in lines if e["item"].section == section]}
        for section, label in SECTIONS.items()
    ]
    return [group for group in grouped if group["entries"]]


def tabs_for(entries: list[dict[str, Any]], path: str) -> list[dict[str, Any]]:
    """Return a hub and what stands under it, on their own pages only; nothing where there is no choice."""
    here = next((entry["item"] for entry in entries if entry["url"] == path), None)
    if here is None:
        return []
    hub = here.hub or here.url_name
    tabs = [entry for entry in entries if hub in (entry["item"].url_name, entry["item"].hub)]
    return tabs if len(tabs) > 1 and tabs[0]["item"].url_name == hub else []


def thumbs_for(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the entries of the phone's bar: one for each place, the first that the person may use."""
    places: dict[int, dict[str, Any]] = {}
    for entry in lines_of(entries):
        if entry["item"].thumb:
            places.setdefault(entry["item"].thumb, entry)
    return [places[place] for place in sorted(places)]
