"""The proof: seals over the lines, who differs by how much, and sums that reports read (L2, L3, L6, L7)."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from members.models import PersonalCustomer
from scoring import services
from scoring.models import LedgerProof, LedgerSeal, LotSum, PointAccount, PointEntry, PointLot, PointSum
from scoring.services import proof as proving
from tests.factories import make_customer
from tests.scoring.conftest import Bill

DAY = date(2026, 7, 1)


def behind(statement: str) -> None:
    """Change rows behind the back of the triggers, as the owner of the tables can."""
    tables = ("scoring_pointentry", "scoring_pointmovement", "scoring_ledgerseal")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def prove(as_of: date = DAY) -> LedgerProof:
    services.prove_ledger(as_of=as_of)
    return LedgerProof.objects.get(business_date=as_of - timedelta(days=1))


@pytest.fixture
def accounts(
    bill: Bill, customer: PersonalCustomer, org: dict[str, OrgUnit], head: User, second: User
) -> list[PointAccount]:
    """Return three accounts with bills of two months, one of them with a redemption given back."""
    people = [customer, make_customer(org["unit"]), make_customer(org["other_unit"])]
    for person in people:
        for month in (3, 4):
            bill(date(2026, month, 1), month * 100_00, of=person)
    services.post_settled_bills(as_of=DAY)
    taken = services.deduct(
        customer=customer, kind="DEDUCT_POLICY", points=50, reason="", operator=head, approver=second,
        key="k", as_of=DAY,
    )  # fmt: skip
    services.reverse(movement=taken, operator=head, reason="", as_of=DAY)
    return [PointAccount.objects.get(customer=person) for person in people]


@pytest.mark.spec("L6", "S0-65")
def test_a_sound_ledger_is_sealed_once_and_the_night_after_writes_nothing(
    accounts: list[PointAccount],
) -> None:
    proof = prove()
    assert proof.sound
    assert (proof.entries_sum, proof.lots_sum, proof.sums_sum, proof.seals) == (2100, 2100, 2100, 1)
    assert services.prove_ledger(as_of=DAY) == 0
    seal = LedgerSeal.objects.get()
    assert seal.entries == PointEntry.objects.count()
    event = AuditEvent.objects.get(action="scoring.ledger_sealed")
    assert event.data["digest"] == seal.digest


def test_new_lines_get_a_seal_of_their_own_chained_to_the_last(
    accounts: list[PointAccount], bill: Bill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "STRETCH", 3)
    prove()
    before = LedgerSeal.objects.count()
    assert before == 3  # eight lines
    bill(date(2026, 5, 1), 7_00)
    services.post_settled_bills(as_of=DAY + timedelta(days=9))
    proof = prove(DAY + timedelta(days=9))
    assert proof.sound
    seals = list(LedgerSeal.objects.order_by("id"))
    assert len(seals) == before + 1
    assert [s.first_entry for s in seals[1:]] == [s.last_entry + 1 for s in seals[:-1]]
    digest = proving.BEGINNING
    for seal in seals:
        digest = proving.link(digest, seal.lines)
        assert seal.digest == digest


@pytest.mark.spec("L2", "L3")
def test_one_point_changed_in_a_line_names_the_account_the_lot_and_the_difference(
    accounts: list[PointAccount],
) -> None:
    prove()
    victim = accounts[1]
    line = PointEntry.objects.filter(account=victim).order_by("pk").first()
    assert line
    behind(f"UPDATE scoring_pointentry SET points = points + 1 WHERE id = {line.pk}")
    proof = prove(DAY + timedelta(days=1))
    assert not proof.sound
    assert proof.differing_count == 1
    (row,) = proof.differing
    assert (row["account_id"], row["lot_year"], row["in_entries"], row["in_lot"], row["by"]) == (
        victim.pk, 2026, 701, 700, -1,
    )  # fmt: skip
    assert row["columns"] == {"earned_consumption": -1, "earned_reward": 0, "deducted": 0, "expired": 0}
    (broken,) = proof.broken
    assert (broken["why"], broken["sealed"], broken["found"]) == ("LINES", 8, 8)
    assert broken["suspects"] == [
        {"account_id": victim.pk, "what": "bill:2026-03", "told": 300, "found": 301}
    ]
    assert proof.sums_sum == proof.entries_sum - 1
    assert AuditEvent.objects.filter(action="scoring.ledger_differs").count() == 1


@pytest.mark.spec("L3")
def test_a_line_and_its_lot_changed_together_are_found_by_the_seal(accounts: list[PointAccount]) -> None:
    prove()
    victim = accounts[2]
    line = PointEntry.objects.filter(account=victim).order_by("pk").first()
    assert line
    behind(f"UPDATE scoring_pointentry SET points = points + 500 WHERE id = {line.pk}")
    PointLot.objects.filter(account=victim).update(earned_consumption=700 + 500)
    proof = prove(DAY + timedelta(days=1))
    assert proof.differing == []
    assert not proof.sound
    assert [s["account_id"] for s in proof.broken[0]["suspects"]] == [victim.pk]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM scoring_pointentry WHERE kind = 'REVERSAL'", 7),
        (
            """
            INSERT INTO scoring_pointentry
                (id, account_id, lot_year, kind, points, business_date, recorded_at, movement, ref)
            OVERRIDING SYSTEM VALUE
            SELECT 0 - id, account_id, lot_year, kind, points, business_date, recorded_at, movement, 'x'
            FROM scoring_pointentry WHERE kind = 'REVERSAL'
            """,
            None,
        ),
        ("UPDATE scoring_pointentry SET business_date = business_date - 400 WHERE kind = 'REVERSAL'", 8),
        ("UPDATE scoring_pointentry SET ref = 'y' WHERE kind = 'REVERSAL'", 8),
    ],
)
def test_whatever_is_done_to_a_sealed_line_is_found(
    accounts: list[PointAccount], statement: str, found: int | None
) -> None:
    prove()
    behind(statement)
    proof = prove(DAY + timedelta(days=1))
    assert not proof.sound
    if found is not None:
        assert proof.broken[0]["found"] == found


def test_a_forged_seal_breaks_the_chain(
    accounts: list[PointAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "STRETCH", 3)
    prove()
    first = LedgerSeal.objects.order_by("id").first()
    assert first
    behind(f"UPDATE scoring_ledgerseal SET lines = repeat('a', 64) WHERE id = {first.pk}")
    proof = prove(DAY + timedelta(days=1))
    assert {(b["seal"], b["why"]) for b in proof.broken} == {(first.pk, "CHAIN"), (first.pk, "LINES")}
    behind(f"DELETE FROM scoring_ledgerseal WHERE id = {first.pk}")
    proof = prove(DAY + timedelta(days=1))
    assert proof.broken[0]["why"] == "CHAIN"


def test_old_seals_are_read_in_turns_and_all_within_four_weeks(
    accounts: list[PointAccount], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "STRETCH", 1)
    monkeypatch.setattr(proving, "NEWEST", 1)
    prove()
    assert LedgerSeal.objects.count() == 8
    behind("UPDATE scoring_pointentry SET ref = ref || 'y' WHERE kind = 'EARN_CONSUMPTION'")
    seen = set()
    for night in range(proving.TURN):
        wrong, _checked = proving.check_seals(as_of=DAY + timedelta(days=night))
        seen |= {b["seal"] for b in wrong}
    assert len(seen) == 6
    assert len(proving.check_seals(as_of=DAY, every=True)[0]) == 6


@pytest.mark.spec("L7")
@pytest.mark.parametrize(
    "act", ["UPDATE scoring_ledgerseal SET entries = 1", "DELETE FROM scoring_ledgerseal"]
)
def test_seals_cannot_be_changed_or_deleted(accounts: list[PointAccount], act: str) -> None:
    prove()
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(act)


def test_the_sums_keep_deductions_net_and_by_unit(
    accounts: list[PointAccount],
    org: dict[str, OrgUnit],
    customer: PersonalCustomer,
    head: User,
    second: User,
) -> None:
    services.deduct(
        customer=customer, kind="DEDUCT_ADJUST", points=20, reason="", operator=head, approver=second,
        key="z", as_of=DAY,
    )  # fmt: skip
    prove()
    mine = PointSum.objects.filter(org_unit=org["unit"])
    assert dict(mine.values_list("kind", "points")) == {
        "EARN_CONSUMPTION": 1400, "DEDUCT_POLICY": 0, "DEDUCT_ADJUST": -20,
    }  # fmt: skip
    held = LotSum.objects.order_by("points").values_list("org_unit__code", "lot_year", "points", "customers")
    assert list(held) == [("U330108", 2026, 700, 1), ("U330106", 2026, 1380, 2)]


@pytest.mark.spec("L6")
def test_balances_rebuilt_from_the_lines_alone_are_equal(
    accounts: list[PointAccount], customer: PersonalCustomer, head: User, second: User
) -> None:
    services.expire_points(as_of=date(2029, 1, 1))
    held = {
        (lot.account_id, lot.lot_year): (lot.earned_consumption, lot.earned_reward, lot.deducted, lot.expired)
        for lot in PointLot.objects.all()
    }
    rebuilt: dict[tuple[int, int], list[int]] = {}
    places = {"EARN_CONSUMPTION": 0, "EARN_REWARD": 1, "EXPIRE": 3}
    for line in PointEntry.objects.all():
        columns = rebuilt.setdefault((line.account_id, line.lot_year), [0, 0, 0, 0])
        place = places.get(line.kind, 2)
        columns[place] += line.points if place < 2 else -line.points
    assert {key: tuple(columns) for key, columns in rebuilt.items()} == held
