"""People over REST: masked unless it may be plain, one code for each refusal."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import ApiClient, OrgUnit, User
from crm.audit.models import AuditEvent
from members.models import CallTie, Contact, Member
from tests import factories

Speak = Callable[[User | None], APIClient]
Browse = Callable[[User | None], Browser]
PERSON = {"kind": "CONTACT", "name": "李梅", "position": "经理", "mobile": "13812345678"}
MEMBER = {"msisdn": "13812345678", "name": "王芳", "position": "会计", "type": "2"}


def make_system(unit: OrgUnit, *scopes: str) -> User:
    """Make a client system with scopes over a unit."""
    user = User.objects.create(staff_no=f"sys-{'-'.join(scopes)}", full_name="计费系统", is_system=True)
    ApiClient.objects.create(name=user.staff_no, user=user, unit=unit, scopes=list(scopes))
    return user


def test_the_manager_reads_plain_and_a_colleague_reads_stars(
    acme: Client, owner: User, colleague: User, auditor: User, api: Speak
) -> None:
    contact = factories.make_contact(
        acme, name="李梅芳", mobile="13812345678", email="li@mail.example", traits="喜欢喝茶",
        birthday=date(1980, 5, 1),
    )  # fmt: skip
    factories.make_member(acme, msisdn="13887654321", name="王强")
    plain = api(owner).get(f"/api/v1/contacts/{contact.pk}").json()
    assert (plain["name"], plain["mobile"], plain["masked"]) == ("李梅芳", "13812345678", False)
    for person in (colleague, auditor):
        starred = api(person).get(f"/api/v1/contacts/{contact.pk}")
        assert starred.status_code == 200
        body = starred.content.decode()
        for secret in ("李梅芳", "13812345678", "li@mail.example", "喜欢喝茶", "1980"):
            assert secret not in body, (person, secret)
        assert starred.json()["mobile"] == "138****5678"
        members = api(person).get(f"/api/v1/clients/{acme.pk}/members").json()["results"]
        assert (members[0]["msisdn"], members[0]["name"]) == ("138****4321", "王*")


def test_a_reason_shows_plain_to_who_may_reveal_and_is_recorded(
    acme: Client, colleague: User, org: dict[str, OrgUnit], api: Speak
) -> None:
    contact = factories.make_contact(acme, mobile="13812345678")
    url = f"/api/v1/clients/{acme.pk}/contacts"
    shown = api(colleague).get(url, {"reason": "客户回电核实"}).json()["results"]
    assert (shown[0]["mobile"], shown[0]["masked"]) == ("13812345678", False)
    event = AuditEvent.objects.get(action="members.revealed")
    assert (event.actor, event.data["ids"], event.data["reason"]) == (colleague, [contact.pk], "客户回电核实")
    assert api(colleague).get(url, {"reason": "查"}).json()["code"] == "REASON_REQUIRED"
    reader = make_system(org["city"], "read")
    assert api(reader).get(url).json()["results"][0]["mobile"] == "138****5678"
    refused = api(reader).get(url, {"reason": "客户回电核实"})
    assert (refused.status_code, refused.json()["code"]) == (403, "FORBIDDEN")
    revealer = make_system(org["city"], "read", "pii.reveal")
    assert api(revealer).get(url, {"reason": "月度对账"}).json()["results"][0]["mobile"] == "13812345678"


@pytest.mark.spec("E094", "E095")
def test_refusals_carry_their_codes(acme: Client, owner: User, api: Speak) -> None:
    url, speak = f"/api/v1/clients/{acme.pk}/contacts", api(owner)
    for _number in range(5):
        assert speak.post(url, PERSON).status_code == 201
    sixth = speak.post(url, PERSON)
    assert (sixth.status_code, sixth.json()["code"]) == (409, "CONTACT_LIMIT")
    assert "kind" in sixth.json()["fields"]
    assert speak.post(url, PERSON | {"kind": "KEY_PERSON"}).status_code == 201
    second = speak.post(url, PERSON | {"kind": "KEY_PERSON"})
    assert (second.status_code, second.json()["code"]) == (409, "KEY_PERSON_EXISTS")
    wrong = speak.post(url, PERSON | {"mobile": "12345"})
    assert (wrong.status_code, list(wrong.json()["fields"])) == (400, ["mobile"])


@pytest.mark.spec("E097")
def test_a_key_person_leaves_in_the_same_request_as_the_next_comes(
    acme: Client, owner: User, api: Speak
) -> None:
    key = factories.make_contact(acme, "KEY_PERSON")
    refused = api(owner).post(f"/api/v1/contacts/{key.pk}:leave", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "KEY_PERSON_NEEDED")
    replacement = {"name": "新任", "position": "总经理", "mobile": "13800002222"}
    answer = api(owner).post(f"/api/v1/contacts/{key.pk}:leave", {"replacement": replacement})
    assert (answer.status_code, answer.json()["name"], answer.json()["kind"]) == (200, "新任", "KEY_PERSON")
    assert acme.contacts.active().count() == 1


@pytest.mark.spec("E099", "E100", "E101")
@pytest.mark.parametrize(
    ("field", "value"), [("person_kind", "STUDENT"), ("line_kind", "M2M"), ("line_kind", "TD_LANDLINE")]
)
def test_forbidden_kinds_answer_with_their_code(
    acme: Client, owner: User, api: Speak, field: str, value: str
) -> None:
    refused = api(owner).post(f"/api/v1/clients/{acme.pk}/members", MEMBER | {field: value})
    assert (refused.status_code, refused.json()["code"]) == (409, "MEMBER_KIND_FORBIDDEN")
    assert not Member.objects.exists()


@pytest.mark.spec("E106", "S1-65")
def test_a_member_without_position_or_type_is_refused(acme: Client, owner: User, api: Speak) -> None:
    body = {"msisdn": "13812345678", "name": "王芳"}
    refused = api(owner).post(f"/api/v1/clients/{acme.pk}/members", body)
    assert (refused.status_code, sorted(refused.json()["fields"])) == (400, ["position", "type"])
    assert not Member.objects.exists()


@pytest.mark.spec("E102")
def test_the_type_given_may_differ_from_the_type_asked_for(acme: Client, owner: User, api: Speak) -> None:
    body = MEMBER | {"source": "CAMPAIGN", "verified": False}
    answer = api(owner).post(f"/api/v1/clients/{acme.pk}/members", body)
    assert (answer.status_code, answer.json()["type"]) == (201, "3")


def test_an_old_version_is_refused_and_the_same_key_answers_the_same(
    acme: Client, owner: User, api: Speak
) -> None:
    speak = api(owner)
    url = f"/api/v1/clients/{acme.pk}/contacts"
    first = speak.post(url, PERSON, headers={"Idempotency-Key": "contact-1"})
    again = speak.post(url, PERSON, headers={"Idempotency-Key": "contact-1"})
    assert first.json() == again.json()
    assert Contact.objects.count() == 1
    one = f"/api/v1/contacts/{first.json()['id']}"
    changed = speak.patch(one, {"position": "主管"}, headers={"If-Match": first["ETag"]})
    assert changed.status_code == 200
    late = speak.patch(one, {"position": "总监"}, headers={"If-Match": first["ETag"]})
    assert (late.status_code, late.json()["code"]) == (412, "STALE")


def test_members_are_paged_by_position_and_found_by_the_end_of_the_number(
    acme: Client, owner: User, api: Speak, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for tail in range(25):
        factories.make_member(acme, msisdn=f"138000011{tail:02d}", name=f"成员{tail}")
    url, seen = f"/api/v1/clients/{acme.pk}/members?size=10", []
    while url:
        page = api(owner).get(url).json()
        seen += [row["id"] for row in page["results"]]
        url = page["next"]
    assert len(seen) == len(set(seen)) == 25
    found = api(owner).get(f"/api/v1/clients/{acme.pk}/members", {"q": "1107"}).json()["results"]
    assert [row["name"] for row in found] == ["成员7"]
    assert api(owner).get(f"/api/v1/clients/{acme.pk}/members", {"type": "1"}).json()["results"] == []
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        api(owner).get(f"/api/v1/clients/{acme.pk}/members?size=25")


@pytest.mark.parametrize("kind", ["members", "customers"])
def test_what_is_masked_is_found_by_what_the_mask_shows(
    kind: str, acme: Client, org: dict[str, OrgUnit], owner: User, colleague: User, api: Speak
) -> None:
    if kind == "members":
        factories.make_member(acme, msisdn="13987654321", name="李小明", position="会计")
        url = f"/api/v1/clients/{acme.pk}/members"
    else:
        factories.make_customer(org["unit"], acme, msisdn="13987654321", name="李小明")
        url = "/api/v1/customers"

    def finds(person: User, query: str) -> bool:
        return len(api(person).get(url, {"q": query}).json()["results"]) == 1

    for query in ("1", "21", "321", "54321", "3987654321", "李小", "李小明"):
        assert finds(owner, query), query
        assert not finds(colleague, query), query
    for query in ("4321", "李"):
        assert finds(owner, query), query
        assert finds(colleague, query), query
    assert not finds(colleague, "1321")


@pytest.mark.parametrize("path", ["/api/v1/customers", "/customers/", "/workbench/search/"])
def test_a_whole_number_finds_what_is_masked_and_leaves_a_trace(
    path: str, acme: Client, org: dict[str, OrgUnit], colleague: User, api: Speak, browse: Browse
) -> None:
    factories.make_customer(org["unit"], acme, msisdn="13987654321")
    factories.make_member(acme, msisdn="13987654321")
    speak = api(colleague) if path.startswith("/api/") else browse(colleague)
    page = speak.get(path, {"q": "13987654321"}).content.decode()
    assert "139****4321" in page
    speak.get(path, {"q": "4321"})
    event = AuditEvent.objects.get(action="members.looked_up")
    assert (event.actor, event.data) == (colleague, {"number": "139****4321"})
    assert event.ip == "127.0.0.1"
    assert len(event.request_id) == 32


def test_customers_and_bills_are_read_in_scope(
    org: dict[str, OrgUnit], acme: Client, owner: User, stranger: User, api: Speak
) -> None:
    mine = factories.make_customer(org["unit"], acme)
    loose = factories.make_customer(org["unit"])
    far = factories.make_customer(org["other_unit"])
    mine.bills.create(bill_month=date(2026, 3, 1), total_fen=20000, paid_fen=15000, discount_fen=5000)
    ids = {row["id"]: row["masked"] for row in api(owner).get("/api/v1/customers").json()["results"]}
    assert ids == {mine.pk: False, loose.pk: True}
    bills = api(owner).get(f"/api/v1/customers/{mine.pk}/bills").json()["results"]
    assert [(b["bill_month"], b["paid_fen"], b["posted"]) for b in bills] == [("2026-03-01", 15000, False)]
    assert api(owner).get(f"/api/v1/customers/{far.pk}").status_code == 404
    assert api(stranger).get(f"/api/v1/customers/{mine.pk}/bills").status_code == 404
    assert api(owner).patch(f"/api/v1/customers/{mine.pk}", {"vip_grade": "GOLD"}).status_code == 405


@pytest.mark.spec("S1-77")
def test_calls_of_a_wrong_number_or_day_are_answered_by_themselves(
    org: dict[str, OrgUnit], api: Speak
) -> None:
    good = {"msisdn": "13811112222", "other": "13811113333", "last_on": "2026-01-05"}
    rows = [good, good | {"msisdn": "12"}, good | {"last_on": "gestern"}, 7]
    system = make_system(org["city"], "feeds")
    answer = api(system).post("/api/v1/feeds/call-ties", {"rows": rows}, format="json")
    assert answer.status_code == 200, answer.json()
    assert answer.json()["read"] == 1
    assert [(row["index"], row["code"], list(row["fields"])) for row in answer.json()["rows"]] == [
        (1, "INVALID", ["msisdn"]), (2, "INVALID", ["last_on"]), (3, "INVALID", [""]),
    ]  # fmt: skip
    assert CallTie.objects.count() == 2
