"""Circuits of the network: take what it reports, compare it with our files, settle differences (S1-86)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clients.choices import CircuitDisposition, CircuitVerdict, FilingState, ProductStatus
from clients.models import CircuitFinding, Client, ClientProduct, NetworkCircuit
from clients.rules.circuits import line_of, verdict
from clients.services.products import circuit_key
from clients.services.reported import FeedResult, FeedRow, note_feed
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.access import require
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.text import clean
from crm.base.trail import record


@transaction.atomic
def record_circuits(*, actor: User, rows: Sequence[FeedRow]) -> FeedResult:
    """Store circuits as the network reports them, found again by circuit_id, and compare them at once.

    A row: circuit_id, bandwidth_kbps, client_code?, place?, active?. The last report of a circuit wins.
    """
    require(actor, "feeds.post")
    result = FeedResult()
    readable = result.readable(rows)
    unit = actor.api_client.unit if actor.is_system else actor.org_unit
    if unit is None:
        raise Invalid("UNIT_OUT_OF_SCOPE", _("Choose a unit of your own area."))
    codes = {str(row.get("client_code") or "") for _place, row in readable} - {""}
    clients = {
        client.client_code: client
        for client in Client.objects.filter(actor.scope.unit_filter("org_unit"), client_code__in=codes)
    }
    keys = {circuit_key(row["circuit_id"]) for _place, row in readable}
    known = {
        row.circuit_id: row for row in NetworkCircuit.objects.select_for_update().filter(circuit_id__in=keys)
    }
    inside = set(actor.scope.unit_ids)
    today = clock.today()
    touched: set[str] = set()
    for index, given in readable:
        key = circuit_key(given["circuit_id"])
        if not key:
            result.say(index, "error", "INVALID", _("A leased line needs its circuit number."))
            continue
        code = str(given.get("client_code") or "")
        client = clients.get(code)
        row = known.get(key)
        if row is not None and row.org_unit_id not in inside:
            result.say(index, "error", "CIRCUIT_DUPLICATE", _("Another unit reports this circuit."))
            continue
        values = {
            "client": client,
            "client_code": code,
            "bandwidth_kbps": given["bandwidth_kbps"],
            "place": clean(str(given.get("place") or ""))[:120],
            "active": bool(given.get("active", True)),
            "org_unit": client.org_unit if client else unit,
        }
        if row is not None and all(getattr(row, name) == value for name, value in values.items()):
            result.say(index, "unchanged")
            continue
        row = row or NetworkCircuit(circuit_id=key)
        for name, value in values.items():
            setattr(row, name, value)
        row.reported_on = today
        row.save()
        known[key] = row
        touched.add(key)
        result.say(index, "stored")
    reconcile_circuits(as_of=today, circuit_ids=touched)
    note_feed(actor, "circuits", result)
    return result.sorted()


@dataclass(frozen=True, slots=True)
class Compared:
    """One circuit beside itself: in our file and in the network."""

    circuit_id: str
    verdict: CircuitVerdict
    product: ClientProduct | None
    network: NetworkCircuit | None

    @property
    def client_id(self) -> int | None:
        """Return whose circuit it is; our file's word first."""
        if self.product is not None:
            return self.product.client_id
        return self.network.client_id if self.network else None

    @property
    def org_unit_id(self) -> int:
        """Return the unit that must look at it."""
        if self.product is not None:
            return self.product.client.org_unit_id
        assert self.network is not None  # noqa: S101 - one of the two is there
        return self.network.org_unit_id


def compare(products: Iterable[ClientProduct], network: Iterable[NetworkCircuit]) -> list[Compared]:
    """Compare live circuits of our files with those of the network."""
    ours = {str(row.circuit_id): row for row in products}
    theirs = {row.circuit_id: row for row in network if row.active}
    lines = {line_of(key) for key in ours.keys() - theirs.keys()} - {""}
    whole = set(
        NetworkCircuit.objects.filter(circuit_id__in=lines, active=True).values_list("circuit_id", flat=True)
    )
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        product, circuit = ours.get(key), theirs.get(key)
        answer = verdict(
            file_kbps=product.bandwidth_kbps if product else None,
            network_kbps=circuit.bandwidth_kbps if circuit else None,
            in_file=product is not None,
            in_network=circuit is not None,
            same_client=not (product and circuit and circuit.client_code)
            or product.client.client_code == circuit.client_code,
            whole_line_in_network=line_of(key) in whole,
        )
        found.append(Compared(key, answer, product, circuit))
    return found


@transaction.atomic
def reconcile_circuits(
    *, as_of: date, province: OrgUnit | None = None, circuit_ids: Iterable[str] | None = None
) -> int:
    """Compare circuits and keep the list of differences; return how many findings were made or ended.

    A difference somebody settled comes back only when its figures changed. While the network has reported
    nothing of a province, nothing can be missing there. Run twice it changes nothing. Source: S1-86, E180
    """
    products = ClientProduct.objects.filter(
        circuit_id__isnull=False, status__in=[ProductStatus.OPEN, ProductStatus.SUSPENDED]
    ).select_related("client")
    network = NetworkCircuit.objects.all()
    waiting = CircuitFinding.objects.filter(disposition="")
    if circuit_ids is not None:
        wanted = set(circuit_ids)
        parts = [
            key
            for key in products.filter(client__network_circuits__circuit_id__in=wanted).values_list(
                "circuit_id", flat=True
            )
            if line_of(str(key)) in wanted
        ]
        wanted |= {str(key) for key in parts}
        products, network = products.filter(circuit_id__in=wanted), network.filter(circuit_id__in=wanted)
        waiting = waiting.filter(circuit_id__in=wanted)
    if province is not None:
        path = province.path
        products = products.filter(client__org_unit__path__startswith=path)
        network = network.filter(org_unit__path__startswith=path)
        waiting = waiting.filter(org_unit__path__startswith=path)
        if not network.exists():
            return 0
    elif not network.exists():
        return 0
    different = {
        (row.circuit_id, str(row.verdict)): row
        for row in compare(products, network)
        if row.verdict != CircuitVerdict.MATCHED
    }
    return _keep(different, waiting, as_of)


def _keep(
    different: Mapping[tuple[str, str], Compared], waiting: QuerySet[CircuitFinding], as_of: date
) -> int:
    standing = {(f.circuit_id, f.verdict): f for f in waiting.select_for_update()}
    settled: dict[tuple[str, str], CircuitFinding] = {}
    keys = {circuit for circuit, _verdict in different}
    done = CircuitFinding.objects.filter(circuit_id__in=keys).exclude(disposition__in=["", "GONE"])
    for old in done.order_by("pk"):
        settled[old.circuit_id, old.verdict] = old
    changed = 0
    fresh = []
    for key, row in different.items():
        file_kbps = row.product.bandwidth_kbps if row.product else None
        network_kbps = row.network.bandwidth_kbps if row.network else None
        figures = (file_kbps, network_kbps)
        known = standing.pop(key, None)
        if known is not None:
            if (known.file_kbps, known.network_kbps) != figures:
                known.file_kbps, known.network_kbps = figures
                known.save(update_fields=["file_kbps", "network_kbps"])
                changed += 1
            continue
        past = settled.get(key)
        accepted = past is not None and past.disposition == CircuitDisposition.ACCEPTED
        # What was to be corrected may take until the next report; the same day it is not raised anew.
        recent = (
            past is not None and past.settled_at is not None and clock.business_date(past.settled_at) >= as_of
        )
        if past is not None and (past.file_kbps, past.network_kbps) == figures and (accepted or recent):
            continue
        fresh.append(
            CircuitFinding(
                circuit_id=key[0], verdict=key[1], client_id=row.client_id, client_product=row.product,
                org_unit_id=row.org_unit_id, file_kbps=file_kbps, network_kbps=network_kbps, found_on=as_of,
            )
        )  # fmt: skip
    CircuitFinding.objects.bulk_create(fresh, batch_size=1000)
    gone = [left.pk for left in standing.values()]
    changed += CircuitFinding.objects.filter(pk__in=gone).update(
        disposition=CircuitDisposition.GONE, settled_at=clock.now()
    )
    return changed + len(fresh)


def visible_findings(actor: User) -> QuerySet[CircuitFinding]:
    """Return differences of clients the person may open; those of no client to who sees the unit."""
    if not actor.can("clients.view"):
        return CircuitFinding.objects.none()
    return CircuitFinding.objects.filter(
        Q(client__in=Client.objects.visible_to(actor))
        | Q(Q(client=None), actor.scope.unit_filter("org_unit"))
    )


@transaction.atomic
def settle_circuit(*, actor: User, finding_id: int, disposition: str, note: str) -> CircuitFinding:
    """Say what became of a difference.

    Raises: NotFound; Forbidden; Invalid without disposition and remark; BusinessError WRONG_STATE.
    """
    require(actor, "clients.change")
    finding = visible_findings(actor).filter(pk=finding_id).first()
    if finding is None:
        raise NotFound("NOT_FOUND", _("There is no such record, or you may not see it."))
    writable = Client.objects.writable_by(actor).filter(pk=finding.client_id or 0).exists()
    if not writable and not (finding.client_id is None and actor.scope.writes(finding.org_unit)):
        raise Forbidden("FORBIDDEN", _("A colleague manages this client; you may read it only."))
    finding = CircuitFinding.objects.select_for_update().get(pk=finding.pk)
    if finding.disposition:
        raise BusinessError("WRONG_STATE", _("This difference is settled already."))
    fields: dict[str, list[Any]] = {}
    chosen = {str(code) for code in CircuitDisposition.values} - {"GONE"}
    if disposition not in chosen:
        fields["disposition"] = [_("Choose what became of it.")]
    if not clean(note):
        fields["note"] = [_("Say why.")]
    if fields:
        raise Invalid(
            "DISPOSITION_REQUIRED", _("A difference ends by a decision and a remark."), fields=fields
        )
    finding.disposition, finding.note = disposition, clean(note)[:200]
    finding.settled_by, finding.settled_at = actor, clock.now()
    finding.save()
    record(actor=actor, action="clients.circuit_settled", entity=finding, unit=finding.org_unit,
           data={"circuit": finding.circuit_id, "kind": finding.verdict, "outcome": disposition})  # fmt: skip
    return finding


def circuit_counts(actor: User) -> dict[str, int]:
    """Return how many circuits agree and how many differ, by verdict."""
    open_ones = visible_findings(actor).filter(disposition="")
    found = dict(open_ones.order_by().values_list("verdict").annotate(n=Count("pk")))
    ours = ClientProduct.objects.filter(
        client__in=Client.objects.visible_to(actor).filter(filing=FilingState.FILED),
        circuit_id__isnull=False, status__in=[ProductStatus.OPEN, ProductStatus.SUSPENDED],
    ).count()  # fmt: skip
    wrong = sum(found.get(code, 0) for code in ("BANDWIDTH", "CLIENT", "SPLIT", "ONLY_CRM"))
    return found | {"MATCHED": max(0, ours - wrong)}
