"""The steps of filing: ours, and those of upper floors that register a slot of the kind `step`."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.forms.filing import STEP_FIELDS
from clients.models import Client
from clients.services import explain_completeness
from clients.slots import Slot, slots
from crm.accounts.access import PersonRequest

OWN_STEPS = (
    Slot("step", "identity", _("Who they are"), "clients:filing_identity", "clients.change", 10),
    Slot("step", "classification", _("What they do"), "clients:filing_classification", "clients.change", 20),
    Slot("step", "place", _("Where they are"), "clients:filing_place", "clients.change", 30),
    Slot("step", "papers", _("Papers"), "clients:filing_papers", "clients.change", 50),
    Slot("step", "review", _("Review and submit"), "clients:filing_review", "clients.change", 60),
)
# Which step mends what a rule of completeness asks for.
STEP_OF = {field: step for step, fields in STEP_FIELDS.items() for field in fields} | {
    "people": "people", "industry_section": "classification", "industry_major": "classification",
    "industry_mid": "classification", "key_person": "people", "contact": "people",
}  # fmt: skip


def wizard_context(request: PersonRequest, client: Client, active: str) -> dict[str, Any]:
    """Return what `clients/filing/base.html` needs: the steps, what each misses, and neighbours."""
    steps = sorted((*OWN_STEPS, *slots("step", request.user)), key=lambda slot: slot.order)
    missing: dict[str, list[Any]] = {}
    for answer in explain_completeness(client):
        if answer.filled is False and answer.rule.required:
            missing.setdefault(STEP_OF.get(answer.rule.code, "review"), []).append(answer.rule)
    place = next((i for i, step in enumerate(steps) if step.code == active), 0)
    listed = [
        {
            "code": step.code,
            "label": step.label,
            "url": reverse(step.url_name, args=[client.pk]),
            "missing": missing.get(step.code, []),
            "done": step.code not in missing and step.code != "review",
        }
        for step in steps
    ]
    return {
        "client": client,
        "steps": listed,
        "active_step": active,
        "place": place + 1,
        "previous": listed[place - 1] if place else None,
        "following": listed[place + 1] if place + 1 < len(listed) else None,
    }


def next_url(request: PersonRequest, client: Client, active: str) -> str:
    """Return the address of the step after one."""
    following = wizard_context(request, client, active)["following"]
    return str(following["url"]) if following else reverse("clients:card", args=[client.pk])
