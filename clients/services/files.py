"""Make and change client files."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from clients.choices import ClientStatus, FilingState, InstitutionType
from clients.models import AMAssignment, Client, ClientStatusHistory, Grid, Industry
from clients.rules.filing import needs_head
from clients.services.codes import allocate_codes, code_prefixes
from clients.services.columns import check_columns, check_writable, clean_values, column
from clients.services.completeness import refresh_completeness
from clients.services.guards import check_duplicates, check_guards, check_parent, duplicates
from clients.services.key_accounts import refresh_key_accounts
from clients.services.regions import check_region
from clients.services.search import refresh_search
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.text import name_key
from crm.base.trail import record
from crm.params import registry


def locked(client_id: int, actor: User, verb: str = "clients.change") -> Client:
    """Return the client locked for a change the person may make.

    Raises: NotFound outside the scope; Forbidden when visible but not writable; CLIENT_CLOSED.
    """
    require(actor, verb)
    visible = Client.objects.visible_to(actor).filter(pk=client_id)
    if not visible.exists():
        raise NotFound("NOT_FOUND", _("There is no such client, or you may not see it."))
    if not Client.objects.writable_by(actor).filter(pk=client_id).exists():
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    client = Client.objects.select_for_update(of=("self",)).get(pk=client_id)
    if client.status == ClientStatus.CLOSED:
        raise BusinessError(
            "CLIENT_CLOSED", _("This client code was cancelled. File the client again under a new code.")
        )
    return client


def save_file(client: Client, **arguments: Any) -> None:
    """Save a file; let the database decide who came first.

    Raises: BusinessError DUPLICATE_CLIENT when another file with the number was saved meanwhile.
    """
    try:
        with transaction.atomic():
            client.save(**arguments)
    except IntegrityError as error:
        for field, name in (("uscc", "client_uscc_unique"), ("licence_no", "client_licence_unique")):
            if name in str(error):
                label = column(field).verbose_name
                sentence = _("A client with this %(field)s was filed a moment ago.") % {"field": label}
                raise BusinessError("DUPLICATE_CLIENT", sentence, fields={field: [sentence]}) from error
        raise


def assign_values(client: Client, values: Mapping[str, Any]) -> None:
    """Set cleaned values; a foreign key takes a record or its key."""
    for field, value in values.items():
        target = column(field)
        if target.is_relation and value is not None and not hasattr(value, "pk"):
            value = target.related_model._default_manager.filter(pk=value).first()
            if value is None:
                sentence = _("There is no such record.")
                raise Invalid("INVALID", sentence, fields={field: [sentence]})
        setattr(client, field, value)


def check_references(client: Client, actor: User, changed: frozenset[str]) -> None:
    """Refuse records of other areas: a grid or a parent the person may not see."""
    parent = client.parent_id if "parent" in changed else None
    if parent is not None and not Client.objects.visible_to(actor).filter(pk=parent).exists():
        sentence = _("There is no such client, or you may not see it.")
        raise Invalid("INVALID", sentence, fields={"parent": [sentence]})
    if changed & {"industry", "secondary_industries"} and client.secondary_industries:
        _check_secondary(client)
    if "grid" in changed and client.grid_id is not None:
        grid = Grid.objects.get(pk=client.grid_id)
        if not grid.is_leaf():
            sentence = _("Choose the grid down to its last level.")
            raise Invalid("INVALID", sentence, fields={"grid": [sentence]})


def _check_secondary(client: Client) -> None:
    """Refuse further industries that are unknown, named twice, or the primary one (Source: S0-11)."""
    codes = client.secondary_industries
    primary = client.industry
    if primary is not None and {primary.pk, primary.section} & set(codes):
        sentence = _("The main activity's industry stands above; name only others here.")
    elif len(set(codes)) < len(codes) or Industry.objects.filter(pk__in=codes).count() < len(codes):
        sentence = _("Choose industries of the national table, each once.")
    else:
        return
    raise Invalid("INVALID", sentence, fields={"secondary_industries": [sentence]})


@transaction.atomic
def create_client(
    *,
    actor: User,
    values: Mapping[str, Any],
    org_unit: OrgUnit | None = None,
    am: User | None = None,
    as_of: date | None = None,
    draft: bool = False,
) -> Client:
    """Make a client file; return it with its code. `draft`: it is submitted later, whoever writes it.

    Steps: 1. clean and validate; 2. guards and duplicates; 3. code, search columns, predecessor; 4. save,
    manager, history, completeness. Who may write the whole unit files at once; an account manager's file
    starts as a draft while `client.create_needs_approval` is on (Source: S1-63).
    Raises: FieldDerived, Invalid, and BusinessError with the codes of the guards.
    """
    require(actor, "clients.add")
    day = as_of or clock.today()
    check_writable(values)
    unit = org_unit or actor.org_unit
    if unit is None or not actor.scope.covers(unit):
        sentence = _("Choose a unit of your own area.")
        raise Invalid("UNIT_OUT_OF_SCOPE", sentence, fields={"org_unit": [sentence]})
    manager = am or (None if actor.scope.writes(unit) or actor.is_system else actor)
    _check_manager(manager, actor, unit)

    client = Client(org_unit=unit, am=manager, created_by=actor, updated_by=actor)
    cleaned = clean_values(values)
    assign_values(client, cleaned)
    _check_head_only(actor, frozenset(f for f in HEAD_ONLY & cleaned.keys() if cleaned[f]))
    if "is_party_gov_military" not in values:
        client.is_party_gov_military = client.institution_type == InstitutionType.JG
    for field in ("name", "institution_type"):
        if not getattr(client, field):
            sentence = _("This field is required.")
            raise Invalid("INVALID", _("Some fields need correction."), fields={field: [sentence]})
    refresh_search(client)
    region = code_prefixes([unit])[unit.pk]
    check_columns(client)
    check_references(client, actor, frozenset(values))
    check_parent(client)
    facts = check_guards(client, as_of=day, region=region)
    check_duplicates(client, actor=actor, region=region)

    at_once = actor.scope.writes(unit) and not draft
    approval = registry.get("client.create_needs_approval", as_of=day) or needs_head(facts)
    client.filing = FilingState.FILED if at_once or not (approval or draft) else FilingState.DRAFT
    client.predecessor = closed_before(client.uscc)
    client.client_code = allocate_codes(units=[unit])[0]
    save_file(client)
    if manager:
        AMAssignment.objects.create(client=client, user=manager, from_on=day, actor=actor)
    if client.filing == FilingState.FILED:
        enter_lifecycle(client, actor=actor, day=day)
    refresh_completeness([client.pk], as_of=day)
    refresh_key_accounts([client.pk], as_of=day)
    record(
        actor=actor, action="clients.created", entity=client, unit=unit,
        data={"name": client.name, "code": client.client_code, "filing": client.filing},
    )  # fmt: skip
    client.refresh_from_db()
    return client


def closed_before(uscc: str) -> Client | None:
    """Return the closed client filed last under a credit code (Source: D-13, E063)."""
    if not uscc:
        return None
    return Client.objects.filter(uscc=uscc, status=ClientStatus.CLOSED).order_by("-closed_at").first()


# What segment and responsible units follow from.
KEY_FACTS = frozenset({
    "institution_type", "is_party_gov_military", "region_scope", "is_strategic", "hq_region",
    "monthly_telecom_spend_fen", "national_rank", "tax_rank_province", "tax_year",
})  # fmt: skip

# What lifts a client into a better class by decision, not by figures.
HEAD_ONLY = frozenset({"is_strategic", "is_benchmark"})


def _check_head_only(actor: User, fields: frozenset[str]) -> None:
    if fields and not (actor.is_system or actor.can("clients.approve")):
        sentence = _("Only the head decides this.")
        raise Forbidden("FORBIDDEN", sentence, fields={field: [sentence] for field in sorted(fields)})


def _check_manager(manager: User | None, actor: User, unit: OrgUnit) -> None:
    if manager is None or manager.pk == actor.pk:
        return
    sentence = None
    if not actor.can("clients.assign"):
        sentence = _("Only the head gives a client to somebody else.")
    elif not (manager.is_active and manager.can("clients.change") and manager.scope.covers(unit)):
        sentence = _("This person does not manage clients in this unit.")
    if sentence:
        raise Invalid("INVALID", sentence, fields={"am": [sentence]})


def enter_lifecycle(client: Client, *, actor: User | None, day: date) -> None:
    """Write the first line of the lifecycle: the file left the draft (∅ → POTENTIAL)."""
    ClientStatusHistory.objects.create(
        client=client, old="", new=ClientStatus.POTENTIAL, reason="FILED", changed_on=day, actor=actor
    )


@transaction.atomic
def update_client(
    *,
    actor: User,
    client_id: int,
    values: Mapping[str, Any],
    version: int | None = None,
    as_of: date | None = None,
) -> Client:
    """Change a client file; return it.

    `version` is the version the person looked at. Raises: BusinessError STALE (409) with what stands in
    the file now and what the person wanted, when somebody changed it meanwhile.
    """
    day = as_of or clock.today()
    check_writable(values)
    client = locked(client_id, actor)
    if client.filing == FilingState.SUBMITTED and not actor.can("clients.approve"):
        raise BusinessError(
            "FILE_SUBMITTED", _("The file waits for the head's approval and cannot be changed meanwhile.")
        )
    cleaned = clean_values(values)
    before = {field: _plain(getattr(client, field)) for field in cleaned}
    old_type = client.institution_type
    assign_values(client, cleaned)
    changed = frozenset(f for f in cleaned if _plain(getattr(client, f)) != before[f])
    if version is not None and version != client.version and changed:
        _refuse_stale(client, before, changed)
    if not changed:
        return client
    _check_head_only(actor, HEAD_ONLY & changed)
    if "institution_type" in changed and "is_party_gov_military" not in values:
        was_derived = client.is_party_gov_military == (old_type == InstitutionType.JG)
        if was_derived:
            client.is_party_gov_military = client.institution_type == InstitutionType.JG
    if not client.name:
        sentence = _("This field is required.")
        raise Invalid("INVALID", _("Some fields need correction."), fields={"name": [sentence]})
    if changed & {"name", "short_name"}:
        refresh_search(client)
    region = code_prefixes([client.org_unit])[client.org_unit_id]
    check_columns(client)
    check_references(client, actor, changed)
    if changed & {"parent", "unit_relation"}:
        check_parent(client)
    if "region_scope" in changed:
        check_region(client)
    check_guards(client, as_of=day, region=region, changed=changed)
    if "name" in changed and name_key(str(before["name"])) == client.name_key:
        changed_identity = changed - {"name"}
    else:
        changed_identity = changed
    check_duplicates(client, actor=actor, region=region, changed=changed_identity)
    if "uscc" in changed and client.filing != FilingState.FILED:
        client.predecessor = closed_before(client.uscc)
    client.stamp(actor)
    save_file(client)
    refresh_completeness([client.pk], as_of=day)
    if changed & KEY_FACTS:
        refresh_key_accounts([client.pk], as_of=day)
    record(
        actor=actor, action="clients.changed", entity=client, unit=client.org_unit,
        data={"fields": sorted(changed)},
    )  # fmt: skip
    client.refresh_from_db()
    return client


def _plain(value: Any) -> Any:
    """Return a value as it compares: records by key, files by name."""
    if isinstance(value, File):
        return value.name or ""
    return value.pk if hasattr(value, "pk") else value


def _refuse_stale(client: Client, before: Mapping[str, Any], changed: frozenset[str]) -> None:
    """Show what stands in the file now beside what the person wanted."""
    now = Client.objects.select_related("updated_by").get(pk=client.pk)
    rows = [
        {
            "field": field,
            "label": str(column(field).verbose_name),
            "now": display(now, field),
            "yours": display(client, field),
        }
        for field in sorted(changed)
    ]
    who = str(now.updated_by) if now.updated_by else ""
    raise BusinessError(
        "STALE",
        _("%(who)s changed this file at %(when)s while you were writing. Compare and save again.")
        % {
            "who": who or _("Somebody"),
            "when": f"{now.updated_at.astimezone(clock.BUSINESS_ZONE):%m-%d %H:%M}",
        },
        details={"version": now.version, "by": who, "at": now.updated_at.isoformat(), "changes": rows},
    )  # fmt: skip


def display(client: Client, field: str) -> str:
    """Return a field as people read it."""
    if getattr(column(field), "choices", None):
        return str(getattr(client, f"get_{field}_display")())
    value = getattr(client, field)
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if value is None or value in ("", []):
        return ""
    if field.endswith("_fen"):
        return f"{value / 100:,.2f}"
    return ", ".join(value) if isinstance(value, list) else str(value)


__all__ = [
    "create_client", "display", "duplicates", "enter_lifecycle", "locked", "save_file", "update_client",
]  # fmt: skip
