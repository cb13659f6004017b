"""Pages of people."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent
from members.models import Contact, Member
from tests import factories

Browse = Callable[[User | None], Browser]
HTMX = {"HX-Request": "true"}


def people(client: Client) -> str:
    return f"/clients/{client.pk}/people/"


def member(**fields: str) -> dict[str, str]:
    return {
        "msisdn": "138 1234 5678", "name": "王芳", "position": "会计", "type": "2", "source": "ADDRESS_BOOK",
        "employment": "REGULAR", "person_kind": "STAFF", "line_kind": "MOBILE", "verified": "on", **fields,
    }  # fmt: skip


@pytest.mark.spec("S1-64", "S1-81")
def test_the_tab_shows_key_person_contacts_and_members(acme: Client, owner: User, browse: Browse) -> None:
    factories.make_contact(acme, "KEY_PERSON", name="李梅芳", mobile="13812345678", traits="喜欢喝茶")
    factories.make_member(acme, name="王强", msisdn="13887654321")
    page = browse(owner).get(people(acme)).content.decode()
    for text in ("李梅芳", 'href="tel:13812345678"', "喜欢喝茶", "王强", "13887654321"):
        assert text in page


@pytest.mark.spec("E203")
def test_who_does_not_manage_the_client_sees_stars_and_no_buttons(
    acme: Client, colleague: User, auditor: User, browse: Browse
) -> None:
    factories.make_contact(
        acme, "KEY_PERSON", name="李梅芳", mobile="13812345678", traits="喜欢喝茶", email="li@mail.example"
    )
    factories.make_member(acme, name="王强", msisdn="13887654321")
    for person in (colleague, auditor):
        page = browse(person).get(people(acme)).content.decode()
        for secret in (
            "李梅芳",
            "13812345678",
            "喜欢喝茶",
            "li@mail.example",
            "王强",
            "13887654321",
            "/edit/",
        ):
            assert secret not in page, (person, secret)
        assert "138****5678" in page


@pytest.mark.spec("E212")
def test_a_system_administrator_sees_no_person(
    acme: Client, sysadmin: User, org: dict[str, OrgUnit], browse: Browse
) -> None:
    contact = factories.make_contact(acme)
    customer = factories.make_customer(org["unit"], acme)
    browser = browse(sysadmin)
    for url in (
        people(acme),
        "/customers/",
        f"/customers/{customer.pk}/",
        f"/reveal/contact/{contact.pk}/mobile/",
    ):
        assert browser.get(url).status_code == 403, url


@pytest.mark.spec("E095")
def test_a_contact_is_entered_in_place_and_the_limit_stands_at_the_field(
    acme: Client, owner: User, browse: Browse
) -> None:
    browser, url = browse(owner), f"/clients/{acme.pk}/contacts/add/"
    body = {"kind": "CONTACT", "name": "李梅", "position": "经理", "mobile": "+86 138-1234-5678"}
    answer = browser.post(url, body, headers=HTMX)
    assert answer["HX-Redirect"] == people(acme)
    assert acme.contacts.get().mobile == "13812345678"
    for _number in range(4):
        factories.make_contact(acme)
    refused = browser.post(url, body, headers=HTMX)
    assert refused.status_code == 422
    assert b"field-error" in refused.content
    assert "李梅" in refused.content.decode()  # the input is kept
    assert b"<html" not in refused.content
    assert acme.contacts.count() == 5


def test_a_wrong_number_is_said_at_its_field(acme: Client, owner: User, browse: Browse) -> None:
    body = {"kind": "CONTACT", "name": "李梅", "mobile": "12345"}
    answer = browse(owner).post(f"/clients/{acme.pk}/contacts/add/", body)
    assert answer.status_code == 422
    assert 'id="id_mobile_error"' in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.spec("E097")
def test_the_key_person_is_replaced_in_one_step(acme: Client, owner: User, browse: Browse) -> None:
    old = factories.make_contact(acme, "KEY_PERSON")
    body = {"name": "新任", "position": "总经理", "mobile": "13800002222", "old": "leaves"}
    assert browse(owner).post(f"/clients/{acme.pk}/key-person/", body).status_code == 302
    old.refresh_from_db()
    assert old.left_on is not None
    assert acme.contacts.active().get().name == "新任"


@pytest.mark.spec("E099", "E104")
def test_a_member_is_entered_and_a_student_is_not(acme: Client, owner: User, browse: Browse) -> None:
    browser, url = browse(owner), f"/clients/{acme.pk}/members/add/"
    refused = browser.post(url, member(person_kind="STUDENT"))
    assert refused.status_code == 422
    assert 'id="id_person_kind_error"' in refused.content.decode()
    assert browser.post(url, member(type="4")).status_code == 302
    saved = Member.objects.get()
    assert (saved.msisdn, saved.type, saved.created_by) == ("13812345678", "2", owner)


def test_a_change_made_on_an_old_page_is_refused(
    acme: Client, owner: User, head: User, browse: Browse
) -> None:
    row = factories.make_member(acme)
    url = f"/members/{row.pk}/edit/"
    assert browse(head).post(url, member(version="1", position="出纳")).status_code == 302
    late = browse(owner).post(url, member(version="1", position="主管"))
    assert late.status_code == 422
    row.refresh_from_db()
    assert row.position == "出纳"


def test_the_list_answers_htmx_with_the_list_only(acme: Client, owner: User, browse: Browse) -> None:
    for tail in range(55):
        factories.make_member(acme, name=f"成员{tail:02d}", msisdn=f"138000011{tail:02d}")
    headers = HTMX | {"HX-Target": "members"}
    first = browse(owner).get(people(acme), headers=headers).content.decode()
    assert "<html" not in first
    assert "成员54" in first
    assert "成员04" not in first
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = browse(owner).get(people(acme) + older, headers=headers).content.decode()
    assert "成员04" in second
    assert "成员05" not in second
    found = browse(owner).get(people(acme), {"q": "1107"}, headers=headers).content.decode()
    assert "成员07" in found
    assert "成员08" not in found


def test_a_full_number_is_shown_once_after_a_reason(acme: Client, colleague: User, browse: Browse) -> None:
    contact = factories.make_contact(acme, mobile="13812345678")
    browser, url = browse(colleague), f"/reveal/contact/{contact.pk}/mobile/"
    assert b"13812345678" not in browser.get(url, headers=HTMX).content
    assert browser.post(url, {"reason": "查"}, headers=HTMX).status_code == 422
    assert not AuditEvent.objects.filter(action="members.revealed").exists()
    shown = browser.post(url, {"reason": "客户回电核实"}, headers=HTMX)
    assert b"13812345678" in shown.content
    assert "no-store" in shown["Cache-Control"]
    assert AuditEvent.objects.filter(action="members.revealed", actor=colleague).count() == 1
    assert b"13812345678" not in browser.get(people(acme)).content


def test_a_member_moves_to_another_of_my_clients_only(
    acme: Client, foreign: Client, owner: User, org: dict[str, OrgUnit], browse: Browse
) -> None:
    row, other = factories.make_member(acme), factories.make_client(org["unit"], owner)
    browser, url = browse(owner), f"/members/{row.pk}/move/"
    assert browser.post(url, {"client_code": foreign.client_code}).status_code == 422
    assert browser.post(url, {"client_code": other.client_code}).status_code == 302
    assert other.members.active().get().msisdn == row.msisdn


def test_the_customer_card_shows_bills_and_masks_for_others(
    acme: Client, owner: User, colleague: User, org: dict[str, OrgUnit], browse: Browse
) -> None:
    customer = factories.make_customer(org["unit"], acme, name="钱多多", msisdn="13712345678")
    customer.bills.create(bill_month="2026-03-01", total_fen=20000, paid_fen=15000, discount_fen=5000)
    card = browse(owner).get(f"/customers/{customer.pk}/").content.decode()
    for text in ("钱多多", "13712345678", "2026-03", "¥150.00"):
        assert text in card
    masked = browse(colleague).get(f"/customers/{customer.pk}/").content.decode()
    assert "钱多多" not in masked
    assert "13712345678" not in masked
    listed = browse(colleague).get("/customers/").content.decode()
    assert "137****5678" in listed
    assert "钱多多" not in listed


def test_the_customer_list_takes_the_same_queries_however_many_rows(
    org: dict[str, OrgUnit], acme: Client, owner: User, browse: Browse,
    django_assert_max_num_queries: Callable[[int], object],
) -> None:  # fmt: skip
    for _number in range(30):
        factories.make_customer(org["unit"], acme)
    browser = browse(owner)
    browser.get("/customers/")
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        browser.get("/customers/")


# ---- Who writes without managing sees no more in a form than on the card


def test_a_masked_person_is_changed_without_being_shown(
    acme: Client, owner: User, provadmin: User, browse: Browse
) -> None:
    contact = factories.make_contact(
        acme, name="李梅芳", mobile="13812345678", phone="0571-88", email="li@mail.example", traits="喜欢喝茶"
    )
    enlisted = factories.make_member(acme, msisdn="13987654321", name="王强国")
    forms = {f"/contacts/{contact.pk}/edit/": contact, f"/members/{enlisted.pk}/edit/": enlisted}
    for url in forms:
        shown = browse(provadmin).get(url).content.decode()
        for secret in ("李梅芳", "13812345678", "0571-88", "li@mail", "喜欢喝茶", "13987654321", "王强国"):
            assert secret not in shown, (url, secret)
    assert (
        'placeholder="138****5678"' in browse(provadmin).get(f"/contacts/{contact.pk}/edit/").content.decode()
    )
    assert "13812345678" in browse(owner).get(f"/contacts/{contact.pk}/edit/").content.decode()

    given = {"kind": contact.kind, "position": "副经理", "version": "1", "phone": "0571-99"}
    assert browse(provadmin).post(f"/contacts/{contact.pk}/edit/", given).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.mobile, contact.traits) == ("李梅芳", "13812345678", "喜欢喝茶")
    assert (contact.position, contact.phone, contact.email) == ("副经理", "0571-99", "li@mail.example")
    given = member(msisdn="", name="", position="主管") | {"version": str(enlisted.version)}
    assert browse(provadmin).post(f"/members/{enlisted.pk}/edit/", given).status_code == 302
    enlisted.refresh_from_db()
    assert (enlisted.name, enlisted.msisdn, enlisted.position) == ("王强国", "13987654321", "主管")


def test_acts_and_twins_name_a_masked_person_by_the_mask(
    acme: Client, provadmin: User, browse: Browse
) -> None:
    contact = factories.make_contact(acme, name="李梅芳", mobile="13812345678")
    factories.make_contact(acme, name="李梅", mobile="13812345678")
    enlisted = factories.make_member(acme, msisdn="13987654321", name="王强国")
    card = browse(provadmin).get(f"/contacts/{contact.pk}/").content.decode()
    assert "李*" in card
    urls = (
        f"/contacts/{contact.pk}/",
        f"/contacts/{contact.pk}/leave/",
        f"/members/{enlisted.pk}/leave/",
        f"/members/{enlisted.pk}/move/",
    )
    for url in urls:
        page = browse(provadmin).get(url).content.decode()
        for secret in ("李梅", "13812345678", "王强国"):
            assert secret not in page, (url, secret)
