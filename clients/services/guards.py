"""Ask the guards of filing about one file: duplicates, banks and branches, second-level units, grid."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, InstitutionType, UnitRelation
from clients.models import Client
from clients.rules import filing
from clients.services.columns import column
from crm.accounts.models import OrgUnit, User
from crm.base.errors import BusinessError, Invalid
from crm.base.expressions import evaluate
from crm.params.registry import get_many

KEYS = ["sl.pgm_min", "sl.ent_over", "bank.municipality_exempt"]


def related(one: OrgUnit, other: OrgUnit) -> bool:
    """Say whether one unit is the other or lies above or below it."""
    return one.path.startswith(other.path) or other.path.startswith(one.path)


def facts_of(client: Client, numbers: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return the facts the guards ask for."""
    parent = client.parent
    return {
        "institution_type": client.institution_type,
        "key_industry": client.key_industry,
        "bank_level": client.bank_level,
        "municipality_exempt": any(region.startswith(str(c)) for c in numbers["bank.municipality_exempt"]),
        "unit_relation": client.unit_relation,
        "has_legal_status": client.has_legal_status,
        "parent_authorized": client.parent_authorized or bool(client.authorization_doc),
        "has_own_finance": client.has_own_finance,
        "headcount": max(client.employee_total or 0, client.members_active),
        "has_parent": parent is not None,
        "parent_is_pgm": parent is not None
        and (parent.institution_type == InstitutionType.JG or parent.is_party_gov_military),
        "grid_inside": client.grid is None or related(client.grid.unit, client.org_unit),
    }


def check_guards(
    client: Client, *, as_of: date, region: str, changed: frozenset[str] | None = None
) -> dict[str, Any]:
    """Refuse a unit that may have no file of its own; return the facts asked.

    `changed` names the columns of an existing file that changed: only guards that ask for them are met.
    Raises: BusinessError with the guard's code and the way out.
    """
    numbers = get_many(KEYS, as_of=as_of)
    facts = facts_of(client, numbers, region)
    table = filing.guards({key.removeprefix("sl."): value for key, value in numbers.items()})
    if changed is not None:
        table = tuple(guard for guard in table if guard.asks & changed)
    if not table:
        return facts
    refused = evaluate({guard.name: _as_case(guard.when) for guard in table}, facts)
    for guard in table:
        if refused[guard.name]:
            details: dict[str, Any] = {"guard": guard.name, "way_out": str(guard.way_out)}
            if client.parent_id:
                details |= {"parent": client.parent_id, "parent_name": str(client.parent)}
            raise BusinessError(
                guard.code,
                format_lazy("{} {}", guard.message, guard.way_out),
                fields={guard.field: [guard.message, guard.way_out]},
                details=details,
            )
    return facts


def _as_case(condition: Q) -> Any:
    from django.db.models import BooleanField, Case, Value, When

    return Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())


def duplicates(
    *, uscc: str = "", licence_no: str = "", name_key: str = "", region: str = "", exclude: int | None = None
) -> list[tuple[str, Client]]:
    """Return living clients that look like the same organisation, with the field that says so.

    Credit code and licence number are hard, the normalised name in the same city is soft (S1-73).
    """
    found = []
    living = Client.objects.exclude(status=ClientStatus.CLOSED).select_related("org_unit")
    if exclude is not None:
        living = living.exclude(pk=exclude)
    if uscc:
        found += [("uscc", client) for client in living.filter(uscc=uscc)[:1]]
    if licence_no:
        found += [("licence_no", client) for client in living.filter(licence_no=licence_no)[:1]]
    if name_key:
        same = living.filter(name_key=name_key, client_code__startswith=region)
        found += [("name", client) for client in same.order_by("pk")[:3]]
    return found


def describe(client: Client, actor: User) -> Any:
    """Return what the person may know about a client that stands in the way."""
    if Client.objects.visible_to(actor).filter(pk=client.pk).exists():
        return _("%(name)s, %(code)s, %(unit)s") % {
            "name": client.name, "code": client.client_code, "unit": client.org_unit.name,
        }  # fmt: skip
    return _("a client of %(unit)s") % {"unit": client.org_unit.name}


def check_duplicates(
    client: Client, *, actor: User, region: str, changed: frozenset[str] | None = None
) -> None:
    """Refuse a second file of one organisation (S1-73, E090).

    Raises: BusinessError DUPLICATE_CLIENT on credit code or licence number; DUPLICATE_NAME on a name that
    is already filed in the same city, until the person says why it is another organisation.
    """
    ask = changed if changed is not None else frozenset({"uscc", "licence_no", "name"})
    found = duplicates(
        uscc=client.uscc if "uscc" in ask else "",
        licence_no=client.licence_no if "licence_no" in ask else "",
        name_key=client.name_key if "name" in ask and not client.duplicate_reason else "",
        region=region,
        exclude=client.pk,
    )
    for field, other in found:
        who = describe(other, actor)
        details = {"field": field, "soft": field == "name"}
        if Client.objects.visible_to(actor).filter(pk=other.pk).exists():
            details["client"] = other.pk
        if field == "name":
            sentence = _("An organisation of this name is already filed in this city: %(who)s. "
                         "If it is another one, say why.") % {"who": who}  # fmt: skip
            raise BusinessError("DUPLICATE_NAME", sentence, fields={"name": [sentence]}, details=details)
        label = column(field).verbose_name
        sentence = _("A client with this %(field)s is already filed: %(who)s.") % {"field": label, "who": who}
        raise BusinessError("DUPLICATE_CLIENT", sentence, fields={field: [sentence]}, details=details)


def check_parent(client: Client) -> None:
    """Refuse a parent that hangs below the client itself.

    Raises: Invalid PARENT_CYCLE.
    """
    if client.parent_id is None:
        return
    if client.unit_relation == UnitRelation.HQ:
        sentence = _("An independent client has no parent. Change the relation, or remove the parent.")
        raise Invalid("INVALID", sentence, fields={"unit_relation": [sentence]})
    if client.pk is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE up(id, parent_id) AS (
                SELECT id, parent_id FROM clients_client WHERE id = %s
                UNION SELECT c.id, c.parent_id FROM clients_client c JOIN up ON c.id = up.parent_id
            ) SELECT 1 FROM up WHERE id = %s
            """,
            [client.parent_id, client.pk],
        )
        if cursor.fetchone():
            sentence = _("The parent lies below this client; that would make a ring.")
            raise Invalid("PARENT_CYCLE", sentence, fields={"parent": [sentence]})
