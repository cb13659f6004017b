"""The demonstration and the base for measuring hold together, whatever their size."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Q
from stdnum.cn import uscc

from clients.choices import ClientStatus
from clients.models import AMAssignment, Client, CodeSequence
from crm.accounts.models import RoleAssignment, User
from crm.jobs.models import JobRun
from members.models import Contact, Member, MonthlyBill, PersonalCustomer
from scoring.models import LedgerProof, PointMovement
from tests import factories
from visits.choices import LogState
from visits.models import Visit, VisitLog
from workbench.demo import bulk, clients, days, history, numbers, organisation, people, visits

LOGINS = ("am1", "am2", "am3", "head", "leader", "gcdept", "provadmin", "sysadmin", "auditor")
SMALL = (
    ("3301", "杭州", (("330106", "西湖", 70), ("330108", "滨江", 60))),
    ("3302", "宁波", (("330203", "海曙", 60),)),
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Make the demonstration small: the same steps over fewer rows."""
    settings.DEMO = True
    for module in (organisation, clients, days):
        monkeypatch.setattr(module, "CITIES", SMALL)
    codes = [code for _, _, districts in SMALL for code, _, _ in districts]
    keep = ("GRP", "P33", "D33", "D33J", "C3301", "D3301", "C3302", "D3302")
    staff = [
        row for row in organisation.STAFF
        if (row[3] in keep or row[3][1:] in codes) and (row[4] in keep or row[4][1:7] in codes)
    ]  # fmt: skip
    monkeypatch.setattr(organisation, "STAFF", tuple(staff))
    monkeypatch.setattr(people, "MEMBERS", 900)
    monkeypatch.setattr(people, "CUSTOMERS", 450)
    monkeypatch.setattr(people, "MONTHS_OF_LONG_BILLS", people.MONTHS_OF_EARLIER_BILLS)
    monkeypatch.setattr(history, "MONTHS", 2)
    monkeypatch.setattr(visits, "PAST_DAYS", 20)


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_demo", *arguments, stdout=out)
    return out.getvalue()


def counts_agree() -> None:
    """Compare the counts that clients carry with the rows they count."""
    active = Count("members", filter=Q(members__left_on=None, members__type__in="123"))
    assert not Client.objects.annotate(n=active).exclude(members_active=F("n")).exists()
    key = Count("contacts", filter=Q(contacts__left_on=None, contacts__kind="KEY_PERSON"))
    assert not Client.objects.annotate(n=key).exclude(key_persons_active=F("n")).exists()


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.usefixtures("small")
def test_the_demonstration_is_lifelike_true_and_loaded_once() -> None:
    assert "ready" in load()
    for login in LOGINS:
        person = User.objects.get(staff_no=login)
        assert person.check_password("demo"), login
        assert person.scope.roles, login
        person.full_clean()
    am1, am2, am3 = (User.objects.get(staff_no=login) for login in LOGINS[:3])
    assert am1.scope.paths == am2.scope.paths != am3.scope.paths
    assert User.objects.get(staff_no="head").can("visits.approve_log")

    codes = Client.objects.exclude(uscc="").values_list("uscc", flat=True)
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert set(Client.objects.values_list("status", flat=True)) == set(ClientStatus.values)
    assert Client.objects.filter(unit_relation="BRANCH", parent__isnull=False).exists()
    assert set(VisitLog.objects.values_list("state", flat=True)) == set(LogState.values)
    assert Visit.objects.filter(state="PLANNED").exists()
    counts_agree()
    for prefix, last in CodeSequence.objects.values_list("prefix", "last"):
        assert Client.objects.filter(client_code__startswith=prefix).count() == last
    managed = Client.objects.exclude(am=None)
    current = AMAssignment.objects.filter(to_on=None, kind="PRIMARY").values_list("client", "user")
    assert set(managed.values_list("pk", "am")) == set(current)

    assert not JobRun.objects.exclude(state="DONE").exists()
    assert Client.objects.exclude(value_tier=None).exclude(size_class="").exists()
    assert {"A", "B", "C", "D"} <= {t[0] for t in Client.objects.values_list("value_tier", flat=True) if t}
    assert LedgerProof.objects.latest("business_date").differing_count == 0
    assert PointMovement.objects.filter(reverses__isnull=False).exists()
    assert {"DEDUCT_REDEEM", "EARN_REWARD"} <= set(PointMovement.objects.values_list("kind", flat=True))
    assert MonthlyBill.objects.filter(settled_at=None).exists()

    kept = (Client, Member, Contact, Visit, JobRun, PointMovement)
    before = [model._default_manager.count() for model in kept]
    assert "nothing was changed" in load()
    assert load("--if-empty") == ""
    assert before == [model._default_manager.count() for model in kept]


@pytest.mark.django_db
def test_the_demonstration_is_refused_outside_demo_mode_and_beside_other_data(
    settings: Any,
) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        load()
    settings.DEMO = True
    factories.make_client(factories.make_org()["unit"])
    with pytest.raises(CommandError, match="already holds"):
        load()
    assert load("--if-empty") == ""
    assert not RoleAssignment.objects.exists()


@pytest.mark.django_db
def test_a_base_for_measuring_has_the_rows_asked_for_and_all_indexes(settings: Any) -> None:
    settings.DEBUG = settings.DEMO = False
    with pytest.raises(CommandError, match="--yes"):
        call_command("make_data", clients=1)

    def structure() -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT indexname, indexdef FROM pg_indexes
                UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                UNION ALL SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
                ORDER BY 1, 2
                """
            )
            return list(cursor.fetchall())

    before = structure()
    for turn in (1, 2):
        out = StringIO()
        call_command(
            "make_data", clients=150, members=400, customers=20, units=8, seed=turn, yes=True, stdout=out
        )
        report = json.loads(out.getvalue())
        assert report["rows"]["clients"] == 150
        assert Client.objects.count() == 150 * turn
        assert Member.objects.count() == 400 * turn
        assert PersonalCustomer.objects.count() == 20 * turn
        assert MonthlyBill.objects.count() == 20 * turn * bulk.MONTHS_OF_BILLS
    assert structure() == before
    counts_agree()
    assert Client.objects.exclude(search_text="").count() == 300
    exclusive = Member.objects.exclude(exclusive=F("client__is_legal_person"))
    assert not exclusive.exists()


def test_mobile_numbers_never_repeat_and_have_eleven_digits() -> None:
    made = {numbers.mobile(index) for index in range(50_000)}
    assert len(made) == 50_000
    assert {len(number) for number in made} == {11}


@pytest.mark.parametrize(("kind", "registry"), sorted(numbers.REGISTRY.items()))
def test_credit_codes_pass_the_check(kind: str, registry: str) -> None:
    assert uscc.is_valid(numbers.credit_code(registry, "330106", 7)), kind
