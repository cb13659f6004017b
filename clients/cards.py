"""What every tab of a client's card needs: the client in scope, the shell of the card, the masking."""

from typing import Any

from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _

from clients.models import Attachment, Client
from clients.services.columns import column as column_of
from clients.slots import Slot, slots
from crm.accounts.access import PersonRequest
from crm.accounts.models import User
from crm.base.access import require

# Our own tabs; apps of upper floors add theirs through clients.slots.
OWN_TABS = (
    Slot("tab", "story", _("Story"), "clients:card", "clients.view", 10, "timeline"),
    Slot("tab", "file", _("Client file"), "clients:file", "clients.view", 20, "file-text"),
    Slot("tab", "structure", _("Structure"), "clients:structure", "clients.view", 35, "hierarchy"),
    Slot("tab", "papers", _("Papers"), "clients:papers", "clients.view", 37, "paperclip"),
    Slot("tab", "agreements", _("Agreements"), "clients:agreements", "clients.view", 38, "certificate"),
    Slot("tab", "products", _("Products"), "clients:products", "clients.view", 40, "package"),
    Slot("tab", "revenue", _("Revenue"), "clients:revenue", "clients.view", 45, "chart-bar"),
    Slot("tab", "audits", _("Audits"), "clients:client_audits", "clients.view", 80, "clipboard-check"),
    Slot("tab", "competition", _("Competition"), "clients:competition", "clients.view", 48, "target"),
    Slot("tab", "history", _("History"), "clients:history", "clients.view", 90, "history"),
)


def client_for(request: PersonRequest, pk: int, verb: str = "clients.view") -> Client:
    """Return the client if the person has the verb and may open the client.

    `clients.view` and the views of other floors look at visible clients; every other verb acts, and needs
    a client the person may write, or one of the sub-tree for who decides about files of others.
    Raises: Forbidden without the verb; Http404 outside the scope.
    """
    require(request.user, verb)
    client = (
        Client.objects.visible_to(request.user)
        .select_related(
            "am",
            "org_unit",
            "industry",
            "industry_type",
            "grid",
            "parent",
            "hq_region",
            "predecessor",
            "merged_into",
        )
        .filter(pk=pk)
        .first()
    )
    if client is None:
        raise Http404
    return client


def may_write(user: User, client: Client) -> bool:
    """Say whether the person may change the client's file."""
    return Client.objects.writable_by(user).filter(pk=client.pk).exists()


def sees_plain(user: User, client: Client) -> bool:
    """Say whether personal data of the client's people is shown without masking.

    Only who manages the client sees it plain; everybody else may reveal single values, with a reason and
    a trace (spec §3.1, X-19).
    """
    return client.am_id == user.pk or Client.objects.managed_by(user).filter(pk=client.pk).exists()


def hand_out(client: Client, paper: int) -> FileResponse:
    """Return a paper of a client as a download.

    Raises: Http404 when there is none, or its file is lost.
    """
    row = Attachment.objects.filter(client=client, pk=paper).first()
    if row is None:
        raise Http404
    try:
        handle = row.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    name = f"{client.client_code}-{row.kind.lower()}-{row.pk}.{str(row.file).rpartition('.')[2]}"
    response = FileResponse(handle, as_attachment=True, filename=name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def card_context(request: PersonRequest, client: Client, active_tab: str) -> dict[str, Any]:
    """Return the context `clients/card_base.html` needs: header, badges with their why, tabs, actions."""
    user = request.user
    why = {slot.code: slot for slot in slots("why", user)}
    writes = may_write(user, client)
    tabs = sorted((*OWN_TABS, *slots("tab", user)), key=lambda slot: (slot.order, slot.code))
    return {
        "client": client,
        "active_tab": active_tab,
        "tabs": tabs,
        "active_slot": next((tab for tab in tabs if tab.code == active_tab), None),
        "actions": slots("action", user) if writes and client.closed_at is None else [],
        "axes": axes_of(client, why),
        "why": why,
        "may_approve": client.filing == "SUBMITTED" and user.can("clients.approve"),
        "may_close": user.can("clients.close") and client.closed_at is None,
        "briefs": slots("brief", user) if active_tab == "story" else [],
        "may_write": writes,
        "sees_plain": sees_plain(user, client),
    }


# The six axes and the fullness of the file: column, vocabulary of its look.
AXES = (
    ("status", "client_status"),
    ("value_tier", "value_tier"),
    ("size_class", "size_class"),
    ("institution_type", "institution_type"),
    ("industry", ""),
    ("region_scope", "region_scope"),
    ("segment", "segment"),
    ("completeness", "completeness"),
    ("consistency", "consistency"),
)


def axes_of(client: Client, why: dict[str, Slot]) -> list[dict[str, Any]]:
    """Return the axes with code, words and the panel that explains them."""
    found = []
    for column, vocabulary in AXES:
        if column == "industry":
            code, text = client.industry_id or "", client.industry.name if client.industry else ""
        else:
            code, text = getattr(client, column) or "", str(getattr(client, f"get_{column}_display")() or "")
        if column == "value_tier" and code:
            text = f"{code} {text}"
        label = column_of(column).verbose_name
        found.append(
            {"column": column, "vocabulary": vocabulary, "code": code, "text": text, "label": label,
             "why": why.get(column)}
        )  # fmt: skip
    return found
