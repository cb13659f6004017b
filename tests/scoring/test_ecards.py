"""VIP e-cards: code and printed part, keys, texts that ask for one, verification, renewal; marks."""

import base64
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from rest_framework.test import APIClient

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from crm.base import clock
from crm.base.errors import BusinessError, Forbidden, Invalid, NotFound
from crm.base.models import OutboxEvent
from members.models import PersonalCustomer
from scoring import services
from scoring.choices import BrandLevel
from scoring.models import CardMessage, ECard, InboundText
from scoring.rules import ecards as rules
from scoring.services import ecards
from tests import factories

pytestmark = pytest.mark.django_db
KEY, OLD = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
YEAR_END = date(clock.today().year + 1, 12, 31)


@pytest.fixture(autouse=True)
def key(settings: Any) -> None:
    """Give the tests a key of their own."""
    settings.ECARD_KEYS = [f"k1:{KEY}"]


@pytest.fixture
def gold(org: dict[str, OrgUnit], acme: Client) -> PersonalCustomer:
    """Return a customer of the owner's client with a gold card's points."""
    return graded(factories.make_customer(org["unit"], acme), "GOLD")


@pytest.fixture
def gateway(org: dict[str, OrgUnit]) -> User:
    """Return the account of the message gateway."""
    return factories.make_system("gateway", org["province"], ["sms"])


def graded(customer: PersonalCustomer, grade: str, valid_to: date | None = YEAR_END) -> PersonalCustomer:
    """Give a customer a grade as the night does."""
    PersonalCustomer.objects.filter(pk=customer.pk).update(
        vip_grade=grade, vip_valid_to=None if grade == "NONE" else valid_to
    )
    customer.refresh_from_db()
    return customer


def issued(customer: PersonalCustomer) -> ECard:
    """Issue the card of a customer."""
    return services.issue_card(customer=customer, actor=None)[0]


@pytest.mark.spec("S0-74", "S0-75")
def test_code_and_printed_part_are_made_from_one_payload(gold: PersonalCustomer) -> None:
    card = issued(gold)
    code = ecards.code_of(card)
    assert code == ecards.code_of(ECard.objects.get(pk=card.pk))
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    opened = rules.open_code(code, ecards.keys())
    assert opened.fields == {
        "grade": "GOLD", "card_no": card.card_no, "valid_to": YEAR_END.isoformat(),
        "customer_ref": str(gold.pk),
    }  # fmt: skip
    assert ecards.printed_of(card) == {name: opened.fields[name] for name in rules.PLAIN}
    assert opened.key_id == card.key_id == "k1"
    assert gold.msisdn not in base64.urlsafe_b64decode(code + "==").decode("latin-1")
    assert rules.is_card_no(card.card_no)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(min_size=12, max_size=12), st.data())
def test_a_code_changed_anywhere_opens_no_more(nonce: bytes, data: Any) -> None:
    fields = {"grade": "GOLD", "card_no": "123456789015", "valid_to": "2027-12-31", "customer_ref": "7"}
    code = rules.seal(fields, key=b"k" * 32, key_id="k1", nonce=nonce)
    assert rules.open_code(code, {"k1": b"k" * 32}).fields == fields
    raw = bytearray(base64.urlsafe_b64decode(code + "=" * (-len(code) % 4)))
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] ^= data.draw(st.integers(1, 255))
    forged = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()
    with pytest.raises(rules.Unreadable):
        rules.open_code(forged, {"k1": b"k" * 32})
    with pytest.raises(rules.Unreadable):
        rules.open_code(code, {"k1": b"x" * 32})


@pytest.mark.parametrize("rubbish", ["", "hello", "AQ", "AQRkZW1v", "****", "中文", "A" * 1999])
def test_rubbish_is_no_code(rubbish: str) -> None:
    with pytest.raises(rules.Unreadable):
        rules.open_code(rubbish, {"k1": b"k" * 32})


def test_old_keys_verify_and_new_ones_issue(gold: PersonalCustomer, owner: User, settings: Any) -> None:
    settings.ECARD_KEYS = [f"old:{OLD}"]
    card = issued(gold)
    code = ecards.code_of(card)
    settings.ECARD_KEYS = [f"k1:{KEY}", f"old:{OLD}"]
    assert services.verify_card(actor=owner, code=code).result == "OK"
    services.revoke_card(actor=owner, card_id=card.pk, reason="换手机")
    assert issued(gold).key_id == "k1"
    settings.ECARD_KEYS = [f"k1:{KEY}"]
    assert services.verify_card(actor=owner, code=code).result == "INVALID"
    with pytest.raises(BusinessError, match="CARD_NO_KEY"):
        ecards.code_of(card)


@pytest.mark.parametrize("bad", [["k1"], ["k1:abc"], [f"k1:{KEY}", f"k1:{OLD}"], [f"钥:{KEY}"]])
def test_a_key_that_cannot_be_one_is_refused_without_being_said(bad: list[str]) -> None:
    with pytest.raises(ValueError, match="ECARD_KEYS") as refusal:
        rules.parse_keys(bad)
    assert KEY not in str(refusal.value)


def test_a_demonstration_makes_its_own_key_once(settings: Any, tmp_path: Any) -> None:
    settings.ECARD_KEYS, settings.ECARD_KEY_FILE, settings.DEMO = [], tmp_path / "keys", False
    with pytest.raises(BusinessError, match="CARD_NO_KEY"):
        ecards.keys()
    settings.DEMO = True
    first = ecards.keys()
    assert ecards.keys() == first
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o600


def test_one_live_card_a_customer_and_twelve_digits(gold: PersonalCustomer) -> None:
    card = issued(gold)
    again, fresh = services.issue_card(customer=gold, actor=None)
    assert (again, fresh) == (card, False)
    for wrong in ({"card_no": "12345"}, {"grade": "NONE"}, {"valid_to": date(2027, 6, 30)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ECard.objects.filter(pk=card.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        ECard.objects.create(
            card_no="1" * 12, customer=gold, grade="GOLD", valid_to=YEAR_END, key_id="k1", nonce="0"
        )


@pytest.mark.spec("E149", "S0-77", "S0-76")
@pytest.mark.parametrize("text", ["vip ", "VIP", " Vip", "ｖｉｐ", "ＶＩＰ　"])
@pytest.mark.parametrize(("mms", "channel"), [(True, "MMS"), (False, "SMS")])
def test_a_text_gets_the_holder_the_card(
    gold: PersonalCustomer,
    gateway: User,
    api: Callable[[User], APIClient],
    text: str,
    mms: bool,
    channel: str,
) -> None:
    body = {"message_id": "m-1", "sender": gold.msisdn, "text": text, "mms": mms}
    answer = api(gateway).post(reverse("api-sms-inbound"), body)
    card = ECard.objects.get()
    assert (answer.status_code, answer.json()) == (
        201, {"message_id": "m-1", "answer": "ISSUED", "card_no": card.card_no, "channel": channel},
    )  # fmt: skip
    event = OutboxEvent.objects.get()
    assert event.kind == ("mms.send" if mms else "sms.send")
    assert event.payload["to"] == gold.msisdn
    for printed in ("金卡", card.card_no, YEAR_END.isoformat()):
        assert printed in event.payload["text"]
    if mms:
        drawn = Image.open(io.BytesIO(base64.b64decode(event.payload["image"])))
        assert drawn.size == (480, 720)
    # The gateway sends it again: the same answer, nothing new.
    again = api(gateway).post(reverse("api-sms-inbound"), body)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert ECard.objects.count() == CardMessage.objects.count() == OutboxEvent.objects.count() == 1


@pytest.mark.spec("E150", "S0-77")
def test_without_a_grade_there_is_a_text_and_no_card(
    org: dict[str, OrgUnit], gateway: User, api: Callable[[User], APIClient]
) -> None:
    plain = factories.make_customer(org["unit"])
    for number, sender in enumerate((plain.msisdn, "13999990000")):
        body = {"message_id": f"m-{number}", "sender": sender, "text": "VIP"}
        assert api(gateway).post(reverse("api-sms-inbound"), body).json()["answer"] == "NO_GRADE"
    assert {event.payload["text"] for event in OutboxEvent.objects.all()} == {"暂无VIP身份"}
    assert OutboxEvent.objects.count() == 2
    assert not ECard.objects.exists()


def test_another_text_is_left_alone_and_another_province_is_not_ours(
    gold: PersonalCustomer, org: dict[str, OrgUnit], api: Callable[[User], APIClient], owner: User
) -> None:
    elsewhere = factories.make_system("far", org["other_unit"], ["sms"])
    row, fresh = services.answer_text(actor=elsewhere, message_id="a", msisdn=gold.msisdn, text="VIP")
    assert (row.answer, fresh) == ("NO_GRADE", True)
    near = factories.make_system("near", org["unit"], ["sms"])
    row, _fresh = services.answer_text(actor=near, message_id="b", msisdn=gold.msisdn, text="VIP卡")
    assert (row.answer, row.card) == ("IGNORED", None)
    assert not ECard.objects.exists()
    assert api(owner).post(reverse("api-sms-inbound"), {}).status_code == 403
    assert InboundText.objects.count() == 2


@pytest.mark.spec("S0-76")
def test_receipts_of_the_gateway_move_the_card(gold: PersonalCustomer, gateway: User) -> None:
    card = issued(gold)
    first = services.send_card(card=card, channel="MMS")
    second = services.send_card(card=card, channel="SMS")
    services.note_receipt(actor=gateway, message_id=first.pk, state="FAILED", error="不支持彩信")
    card.refresh_from_db()
    assert card.state == "ISSUED"  # its newest message is still on the way
    services.note_receipt(actor=gateway, message_id=second.pk, state="DELIVERED")
    services.note_receipt(actor=gateway, message_id=second.pk, state="SENT")  # comes late
    card.refresh_from_db()
    second.refresh_from_db()
    assert (card.state, second.state) == ("DELIVERED", "DELIVERED")
    with pytest.raises(NotFound):
        services.note_receipt(actor=gateway, message_id=second.pk + 9, state="SENT")
    with pytest.raises(Invalid):
        services.note_receipt(actor=gateway, message_id=second.pk, state="WAITING")


@pytest.mark.spec("E151", "E153", "S0-75")
def test_what_a_verification_answers(
    gold: PersonalCustomer, owner: User, api: Callable[[User], APIClient]
) -> None:
    card = issued(gold)
    code = ecards.code_of(card)
    printed = ecards.printed_of(card)

    def says(**given: Any) -> str:
        answer = api(owner).post(reverse("api-ecards-verify"), given)
        assert answer.status_code == 200, answer.json()
        return str(answer.json()["result"])

    assert says(code=code) == "OK"
    assert says(code=code, **printed) == "OK"
    assert says(code=code, **printed | {"grade": "DIAMOND"}) == "MISMATCH"
    assert says(code=code, card_no="123456789015") == "MISMATCH"
    assert says(code=code, valid_to="2099-12-31") == "MISMATCH"
    assert says(code="rubbish") == "INVALID"
    assert says(**printed) == "OK"  # a text message has no code
    assert says(**printed | {"grade": "DIAMOND"}) == "MISMATCH"
    assert says(card_no=card.card_no) == "INVALID"
    forged = rules.seal(
        card.fields | {"grade": "DIAMOND"},
        key=ecards.keys()["k1"],
        key_id="k1",
        nonce=bytes.fromhex(card.nonce),
    )
    assert says(code=forged) == "INVALID"
    late = services.verify_card(actor=owner, code=code, as_of=YEAR_END + timedelta(days=1))
    assert late.result == "EXPIRED"
    assert services.verify_card(actor=owner, code=code, as_of=YEAR_END).result == "OK"
    services.revoke_card(actor=owner, card_id=card.pk, reason="手机丢失")
    assert says(code=code) == "REVOKED"
    kept = AuditEvent.objects.filter(action="scoring.card_verified")
    assert kept.count() == 13
    assert {event.data["result"] for event in kept} == {"OK", "MISMATCH", "INVALID", "EXPIRED", "REVOKED"}


@pytest.mark.spec("E153", "S0-62", "S0-63")
def test_the_night_replaces_expires_and_ends_cards(
    gold: PersonalCustomer, org: dict[str, OrgUnit], owner: User
) -> None:
    today = clock.today()
    card = issued(gold)
    services.send_card(card=card, channel="SMS")
    gone = issued(graded(factories.make_customer(org["unit"], msisdn="13800000021"), "SILVER"))
    fallen = issued(graded(factories.make_customer(org["unit"], msisdn="13800000022"), "SILVER"))
    kept = issued(graded(factories.make_customer(org["unit"], msisdn="13800000023"), "SILVER"))
    assert services.settle_cards(as_of=today) == 0
    graded(gold, "DIAMOND")
    graded(fallen.customer, "NONE")
    PersonalCustomer.objects.filter(pk=gone.customer_id).update(in_net_to=today - timedelta(days=1))
    assert services.settle_cards(as_of=today) == 3
    assert services.settle_cards(as_of=today) == 0
    fresh = ecards.live_card(gold)
    assert fresh is not None
    assert (fresh.grade, fresh.follows) == ("DIAMOND", card)
    assert fresh.messages.get().channel == "SMS"
    states = {row.pk: row.state for row in ECard.objects.all()}
    assert [states[one.pk] for one in (card, gone, fallen, kept)] == [
        "SUPERSEDED", "REVOKED", "SUPERSEDED", "ISSUED",
    ]  # fmt: skip
    assert services.verify_card(actor=owner, code=ecards.code_of(card)).result == "REVOKED"
    assert services.settle_cards(as_of=YEAR_END + timedelta(days=1)) == 2
    assert {row.state for row in ECard.objects.filter(pk__in=[fresh.pk, kept.pk])} == {"EXPIRED"}


def test_a_message_the_outbox_has_delivered_is_sent(gold: PersonalCustomer) -> None:
    card = issued(gold)
    message = services.send_card(card=card, channel="SMS")
    OutboxEvent.objects.filter(event_id=message.event_id).update(delivered_at=clock.now())
    services.settle_cards(as_of=clock.today())
    card.refresh_from_db()
    message.refresh_from_db()
    assert (card.state, message.state) == ("SENT", "SENT")


@pytest.mark.spec("S0-77")
def test_the_page_names_the_word_and_the_number_in_force(
    gold: PersonalCustomer, owner: User, sysadmin: User, browse: Callable[[User], Browser]
) -> None:
    from crm.params import services as params

    page = reverse("scoring:card", args=[gold.pk])
    assert "VIP 到 106580059" in browse(owner).get(page).content.decode()
    for key, value in (("ecard.short_number", "10086"), ("ecard.keyword", "DZK")):
        params.change(actor=sysadmin, key=key, value=value, effective_from=clock.today())
    assert "DZK 到 10086" in browse(owner).get(page).content.decode()


def test_the_front_desk_issues_sends_and_revokes_on_pages(
    gold: PersonalCustomer, owner: User, leader: User, stranger: User, browse: Callable[[User], Browser]
) -> None:
    browser = browse(owner)
    page = reverse("scoring:card", args=[gold.pk])
    assert browser.post(reverse("scoring:card-send", args=[gold.pk]), {"channel": "SMS"}).status_code == 409
    assert browser.post(reverse("scoring:card-issue", args=[gold.pk])).status_code == 302
    card = ECard.objects.get()
    shown = browser.get(page).content.decode()
    assert card.spaced_no in shown
    assert browser.post(reverse("scoring:card-send", args=[gold.pk]), {"channel": "MMS"}).status_code == 302
    for size, width in rules.SIZES.items():
        drawn = browser.get(reverse("scoring:card-png", args=[card.pk]), {"size": size})
        assert Image.open(io.BytesIO(drawn.content)).width == width
    assert browser.get(reverse("scoring:card-png", args=[card.pk]), {"size": "xxl"}).status_code == 404
    assert browser.get(reverse("scoring:card-svg", args=[card.pk]))["Content-Type"] == "image/svg+xml"
    assert browse(stranger).get(reverse("scoring:card-svg", args=[card.pk])).status_code == 404
    revoke = reverse("scoring:card-revoke", args=[card.pk])
    assert browser.post(revoke, {"reason": ""}).status_code == 400
    assert browser.post(revoke, {"reason": "客户要求"}).status_code == 302
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.revoke_card(actor=owner, card_id=card.pk, reason="再来")
    with pytest.raises(Forbidden):
        services.issue_card(customer=gold, actor=leader)


def test_the_desk_verifies_what_a_scanner_types(
    gold: PersonalCustomer, owner: User, browse: Callable[[User], Browser]
) -> None:
    card = issued(gold)
    url = reverse("scoring:card-verify")
    ok = browse(owner).post(url, {"code": f" {ecards.code_of(card)}\n"}).content.decode()
    assert 'data-result="OK"' in ok
    assert card.spaced_no in ok
    altered = {"code": ecards.code_of(card), "grade": "DIAMOND"}
    assert 'data-result="MISMATCH"' in browse(owner).post(url, altered).content.decode()


@pytest.mark.spec("S4-10")
@pytest.mark.parametrize(
    ("brand", "grade", "level"),
    [
        ("WORLDWIND", "NONE", BrandLevel.ORDINARY),
        ("WORLDWIND", "SILVER", BrandLevel.SILVER),
        ("WORLDWIND", "GOLD", BrandLevel.GOLD),
        ("WORLDWIND", "DIAMOND", BrandLevel.DIAMOND),
        ("GOTONE", "GOLD", ""),
    ],
)
def test_world_wind_has_level_marks(brand: str, grade: str, level: str) -> None:
    assert rules.brand_level(brand, grade) == level


@pytest.mark.spec("S4-10", "S0-62")
def test_brands_with_grades_are_a_parameter(org: dict[str, OrgUnit], sysadmin: User) -> None:
    from crm.params import services as params
    from scoring.models import PointAccount, PointLot

    wind = factories.make_customer(org["unit"], brand="WORLDWIND")
    year = clock.today().year
    account = PointAccount.objects.create(customer=wind)
    PointLot.objects.create(
        account=account, lot_year=year, earned_consumption=12_000, expires_on=date(year + 2, 12, 31)
    )
    services.grade_vips(as_of=clock.today())
    wind.refresh_from_db()
    assert wind.vip_grade == "NONE"
    params.change(
        actor=sysadmin, key="vip.brands", value=["GOTONE", "WORLDWIND"], effective_from=clock.today()
    )
    services.grade_vips(as_of=clock.today())
    wind.refresh_from_db()
    assert (wind.vip_grade, rules.brand_level(wind.brand, wind.vip_grade)) == ("GOLD", "GOLD")


@pytest.mark.spec("S4-11")
def test_a_key_person_keeps_the_brand_and_enjoys_the_union(
    acme: Client, org: dict[str, OrgUnit], owner: User, api: Callable[[User], APIClient]
) -> None:
    factories.make_contact(acme, "KEY_PERSON", mobile="13800000031")
    key = graded(
        factories.make_customer(org["unit"], acme, msisdn="13800000031", brand="WORLDWIND"), "SILVER"
    )
    other = factories.make_customer(org["unit"], acme, msisdn="13800000032", brand="WORLDWIND")
    body = api(owner).get(reverse("api-marks", args=[key.pk])).json()
    assert body == {
        "brand": "WORLDWIND", "brand_level": "SILVER", "marks": ["OWN_BRAND", "VIP", "NEWERA"],
        "entitlements": ["BRAND", "VIP", "GROUP", "WORLDWIND_VIP"],
    }  # fmt: skip
    assert api(owner).get(reverse("api-marks", args=[other.pk])).json()["entitlements"] == ["BRAND"]
    union = set().union(*(mark.opens for mark in rules.marks_of(ecards.facts_of(key))))
    assert union == set(rules.entitlements_of(ecards.facts_of(key)))


@pytest.mark.spec("E210")
def test_no_card_goes_out_that_names_arrears_with_an_amount(
    gold: PersonalCustomer, head: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    card, _fresh = services.issue_card(customer=gold, actor=head)
    monkeypatch.setattr(ecards, "words_of", lambda _card: "您的VIP电子卡:金卡。您已欠费30元")
    with pytest.raises(Invalid, match="ARREARS_WORDING"):
        services.send_card(card=card, channel="SMS", actor=head)
    assert not OutboxEvent.objects.filter(kind="sms.send").exists()


@pytest.mark.spec("E146", "S0-62")
def test_who_falls_to_a_lower_grade_with_the_year_gets_the_card_of_it(gold: PersonalCustomer) -> None:
    """Gold ended with the year, silver goes on: the old card has expired, the next one is sent as it was."""
    card = issued(gold)
    services.send_card(card=card, channel="SMS")
    new_year = YEAR_END + timedelta(days=1)
    PersonalCustomer.objects.filter(pk=gold.pk).update(
        vip_grade="SILVER", vip_valid_to=YEAR_END.replace(year=YEAR_END.year + 1)
    )
    assert services.settle_cards(as_of=new_year) == 1
    assert services.settle_cards(as_of=new_year) == 0
    card.refresh_from_db()
    fresh = ecards.live_card(gold)
    assert fresh is not None
    assert (card.state, fresh.grade, fresh.messages.get().channel) == ("EXPIRED", "SILVER", "SMS")
