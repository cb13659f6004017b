"""Positions, photos, and logs that were written without a signal."""

import io
import uuid
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.urls import reverse
from PIL import Image

from clients.models import Client, CompetitorInfo
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError, Invalid
from crm.base.offline import PhoneTime
from tests import factories
from tests.base.test_offline import planned, queued
from tests.permissions.visits import picture
from visits import services
from visits.choices import Doubt, Fix, Light, LogState, PresenceReason, VisitState
from visits.forms.field import WhereForm, from_bd, from_gcj
from visits.models import Presence, Visit, VisitLog, VisitPhoto
from visits.rules import field as rules

Browse = Callable[[User | None], Browser]
NUMBERS = {"near_m": 300, "far_m": 1000, "accuracy_m": 200, "fix_age_s": 120, "skew_s": 300, "place_learn": 2}
HERE = (Decimal("30.274085"), Decimal("120.155070"))
RESULT = "介绍了云专线,客户愿意下周试用两条线路"
LOG = {"purposes": ["P1"], "result_P1": RESULT, "opinion_asked": "1"}


def facts(**changes: Any) -> dict[str, Any]:
    """Return what a phone near the client says."""
    return {"fix": Fix.GIVEN, "distance_m": 50, "accuracy_m": 20, "age_s": 2, "skew_s": 0} | changes


@pytest.mark.parametrize(
    ("changes", "light", "reason"),
    [
        ({}, Light.GREEN, PresenceReason.NEAR),
        ({"distance_m": 320}, Light.GREEN, PresenceReason.NEAR),
        ({"distance_m": 321}, Light.AMBER, PresenceReason.AWAY),
        ({"distance_m": 1020}, Light.AMBER, PresenceReason.AWAY),
        ({"distance_m": 1021}, Light.RED, PresenceReason.FAR),
        ({"accuracy_m": 200}, Light.GREEN, PresenceReason.NEAR),
        ({"accuracy_m": 201}, Light.AMBER, PresenceReason.VAGUE),
        ({"age_s": 120}, Light.GREEN, PresenceReason.NEAR),
        ({"age_s": 121}, Light.AMBER, PresenceReason.STALE),
        ({"skew_s": -300}, Light.GREEN, PresenceReason.NEAR),
        ({"skew_s": -301}, Light.AMBER, PresenceReason.CLOCK),
        ({"distance_m": None}, Light.AMBER, PresenceReason.NO_PLACE),
        ({"fix": Fix.REFUSED, "distance_m": None, "accuracy_m": None}, Light.AMBER, PresenceReason.REFUSED),
        ({"fix": Fix.NONE, "distance_m": None, "accuracy_m": None}, Light.AMBER, PresenceReason.NONE),
        ({"fix": Fix.UNSENT, "distance_m": None, "accuracy_m": None}, Light.AMBER, PresenceReason.UNSENT),
    ],
)
def test_the_colour_of_a_check_in_has_a_reason(
    changes: dict[str, Any], light: Light, reason: PresenceReason
) -> None:
    found, reasons = rules.judge(facts(**changes), NUMBERS)
    assert found == light
    assert reason in reasons


def test_every_colour_but_green_says_why_and_all_reasons_are_said() -> None:
    light, reasons = rules.judge(facts(distance_m=9000, age_s=900, skew_s=4000), NUMBERS)
    assert (light, reasons) == (Light.RED, ["FAR", "STALE", "CLOCK"])


def test_distances_and_the_middle() -> None:
    assert 110_900 < rules.distance_m((30, 120), (31, 120)) < 111_500
    assert rules.distance_m((30, 120), (30, 120)) == 0
    assert rules.middle([(30.0, 120.0)], at_least=2) is None
    assert rules.middle([(30.0, 120.0), (30.1, 120.1), (50.0, 10.0)], at_least=2) == (30.1, 120.0)


def test_degrees_of_maps_become_those_of_the_satellites() -> None:
    # Hangzhou: maps of the country stand some 500 m off.
    lat, lon = from_gcj(30.274085, 120.155070)
    assert 300 < rules.distance_m((lat, lon), (30.274085, 120.155070)) < 700
    assert rules.distance_m(from_bd(30.280043, 120.161525), (lat, lon)) < 60


@pytest.mark.parametrize(
    ("data", "fix"),
    [
        ({}, Fix.UNSENT),
        ({"fix": "REFUSED", "latitude": "30"}, Fix.REFUSED),
        ({"fix": "GIVEN"}, Fix.NONE),
        ({"fix": "GIVEN", "latitude": "91", "longitude": "120"}, Fix.NONE),
        ({"fix": "GIVEN", "latitude": "NaN", "longitude": "120"}, Fix.NONE),
        ({"fix": "wat"}, Fix.NONE),
        ({"fix": "GIVEN", "latitude": "30.1234567", "longitude": "120", "accuracy_m": "12.6"}, Fix.GIVEN),
    ],
)
def test_a_position_is_read_and_never_a_gate(data: dict[str, str], fix: Fix) -> None:
    where = WhereForm.read(data)
    assert where.fix == fix
    assert (where.latitude is None) == (fix != Fix.GIVEN)


@pytest.mark.spec("S1-32", "S1-40")
def test_a_far_check_in_is_taken_and_shown_to_the_approver(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    services.enter_place(actor=owner, client=acme, latitude=HERE[0], longitude=HERE[1])
    visit = planned(owner, acme)
    data = {
        "fix": "GIVEN",
        "latitude": "30.374085",
        "longitude": "120.155070",
        "accuracy_m": "15",
        "age_s": "3",
    }
    assert browse(owner).post(f"/visits/{visit.pk}/check-in/", data).status_code == 302
    presence = Presence.objects.get()
    assert (presence.kind, presence.light, presence.reasons) == ("IN", "RED", ["FAR"])
    assert presence.distance_m is not None
    assert 11_000 < presence.distance_m < 11_200
    visit.refresh_from_db()
    assert visit.state == VisitState.IN_PROGRESS
    log = handed_in(owner, visit)
    assert Doubt.FAR in log.doubts
    page = browse(head).get(reverse("visits:desk-entry", args=[log.pk])).content.decode()
    assert "离客户很远" in page
    assert "不在客户处" in page


def handed_in(owner: User, visit: Visit) -> VisitLog:
    """Write and submit the log of a visit."""
    services.write_log(
        actor=owner,
        visit=visit,
        values={"opinion_asked": True, "results": {"P1": RESULT}, "purposes": ["P1"]},
    )
    return services.submit_log(actor=owner, visit=visit)


def test_where_a_client_is_is_learnt_from_approved_check_ins(owner: User, head: User, acme: Client) -> None:
    where = services.Where(fix=Fix.GIVEN, latitude=HERE[0], longitude=HERE[1], accuracy_m=20, age_s=1)
    for number in range(3):
        visit = services.arrive(actor=owner, visit=planned(owner, acme), where=where)
        presence = Presence.objects.get(visit=visit)
        if number < 2:
            assert presence.reasons == ["NO_PLACE"]
            services.approve_log(actor=head, log=handed_in(owner, visit))
        else:
            assert (presence.light, presence.distance_m) == (Light.GREEN, 0)


@pytest.mark.spec("E189", "S1-50")
def test_our_clock_decides_lateness_and_the_phones_is_kept(owner: User, acme: Client) -> None:
    visit = planned(owner, acme)
    now = clock.next_midnight(visit.visit_on) + timedelta(minutes=30)
    written = now - timedelta(hours=1)
    phone = PhoneTime(phone_at=written - timedelta(seconds=900), made_at=written, skew_s=900)
    services.write_log(actor=owner, visit=visit, values={"opinion_asked": True, "results": {"P1": RESULT}})
    log = services.submit_log(actor=owner, visit=visit, now=now, phone=phone)
    assert (log.late_submit, log.submitted_at, log.written_at, log.skew_s) == (True, now, written, 900)
    assert Doubt.CLOCK in log.doubts


# ---- Photos


def sent(browser: Browser, visit: Visit, content: bytes, name: str = "a.jpg", **headers: Any) -> Any:
    """Send a photo."""
    upload = SimpleUploadedFile(name, content)
    return browser.post(reverse("visits:photos", args=[visit.pk]), {"photo": upload}, **headers)


@pytest.mark.spec("S1-50")
def test_a_photo_loses_what_is_hidden_in_it_and_is_served_in_scope_only(
    browse: Browse, owner: User, head: User, stranger: User, acme: Client
) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    Image.new("RGB", (2000, 100), "green").save(out, "JPEG", exif=exif)
    assert b"SecretCamera" in out.getvalue()
    visit = planned(owner, acme)
    assert sent(browse(owner), visit, out.getvalue()).status_code == 302
    photo = VisitPhoto.objects.get()
    at = reverse("visits:photo", args=[visit.pk, photo.pk])
    answer: Any = browse(head).get(at)
    assert b"SecretCamera" not in b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert browse(stranger).get(at).status_code == 404
    other = planned(owner, acme)
    assert browse(owner).get(reverse("visits:photo", args=[other.pk, photo.pk])).status_code == 404


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\xd8\xff" + b"0" * (30 * 1024 * 1024), "PAPER_TOO_LARGE"),
        (b"%PDF-1.4 %%EOF", "PAPER_KIND"),
        (b"MZ\x90\x00 not a picture", "PAPER_KIND"),
        (b"\xff\xd8\xff broken", "PAPER_BROKEN"),
    ],
)
def test_thirty_megabytes_and_wrong_kinds_get_one_clear_sentence(
    browse: Browse, owner: User, acme: Client, content: bytes, code: str
) -> None:
    visit = planned(owner, acme)
    answer = sent(browse(owner), visit, content, headers=queued(owner))
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert len(answer.json()["fields"]["photo"]) == 1
    assert not VisitPhoto.objects.exists()


def test_the_same_photo_is_one_row_by_key_and_by_content(browse: Browse, owner: User, acme: Client) -> None:
    visit, inside, key = planned(owner, acme), browse(owner), str(uuid.uuid4())
    first = sent(inside, visit, picture("red"), headers=queued(owner, key))
    again = sent(inside, visit, picture("red"), headers=queued(owner, key))
    other_key = sent(inside, visit, picture("red"), headers=queued(owner))
    assert first.json() == again.json() == other_key.json()
    photo = VisitPhoto.objects.get()
    assert str(photo.key) == key
    with pytest.raises(BusinessError) as refused:
        services.add_visit_photo(
            actor=owner, visit=planned(owner, acme), upload=SimpleUploadedFile("b.png", picture("blue")),
            key=photo.key,
        )  # fmt: skip
    assert refused.value.code == "KEY_TAKEN"


def test_photos_are_limited_and_closed_with_the_approval(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit, inside = planned(owner, acme), browse(owner)
    for number in range(9):
        assert sent(inside, visit, picture("red", (8, 8 + number)), headers=queued(owner)).status_code == 200
    answer = sent(inside, visit, picture("red", (50, 50)), headers=queued(owner))
    assert (answer.status_code, answer.json()["code"]) == (400, "PHOTO_LIMIT")
    services.approve_log(actor=head, log=handed_in(owner, visit))
    first = VisitPhoto.objects.first()
    assert first is not None
    with pytest.raises(BusinessError) as refused:
        services.remove_visit_photo(actor=owner, visit=visit, photo_id=first.pk)
    assert refused.value.code == "LOG_LOCKED"
    assert VisitPhoto.objects.count() == 9


# ---- Logs from the queue


@pytest.mark.spec("E191", "S1-89")
def test_a_log_approved_meanwhile_shows_both_sides_and_keeps_what_was_approved(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    services.approve_log(actor=head, log=handed_in(owner, visit))
    data = LOG | {"result_P1": "另一台手机上写的结果"}
    answer = browse(owner).post(f"/visits/{visit.pk}/log/", data, headers=queued(owner))
    assert (answer.status_code, answer.json()["code"]) == (409, "LOG_LOCKED")
    rows = {row["label"]: (row["mine"], row["theirs"]) for row in answer.json()["details"]["rows"]}
    assert rows["业务推介"] == ("另一台手机上写的结果", RESULT)
    assert "已批准" in rows["状态"][1]
    assert VisitLog.objects.get().results == {"P1": RESULT}


def test_a_log_returned_meanwhile_is_sent_again_only_on_purpose(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    services.return_log(actor=head, log=handed_in(owner, visit), reason="结果太简单")
    data, key = LOG | {"result_P1": "另写的更详细的结果"}, str(uuid.uuid4())
    answer = browse(owner).post(f"/visits/{visit.pk}/log/", data, headers=queued(owner, key))
    assert (answer.status_code, answer.json()["code"]) == (409, "RETURNED_MEANWHILE")
    assert "结果太简单" in answer.json()["message"]
    assert answer.json()["details"]["may_force"]
    assert VisitLog.objects.get().state == LogState.RETURNED
    forced = data | {"force": "1"}
    answer = browse(owner).post(f"/visits/{visit.pk}/log/", forced, headers=queued(owner, key))
    assert answer.status_code == 200
    log = VisitLog.objects.get()
    assert (log.state, log.results) == (LogState.SUBMITTED, {"P1": "另写的更详细的结果"})


def test_a_plan_changed_by_the_head_meanwhile_is_said(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    page = browse(owner).get(f"/visits/{visit.pk}/log/")
    services.change_visit(actor=head, visit=visit, place="总部大楼")
    data = LOG | {"plan": page.context["plan"]}
    answer = browse(owner).post(f"/visits/{visit.pk}/log/", data, headers=queued(owner))
    assert (answer.status_code, answer.json()["code"]) == (409, "PLAN_CHANGED")
    assert answer.json()["details"]["rows"] == [{"label": "地点", "mine": "三楼", "theirs": "总部大楼"}]
    forced = browse(owner).post(f"/visits/{visit.pk}/log/", data | {"force": "1"}, headers=queued(owner))
    assert forced.status_code == 200


def test_an_arrival_at_a_visit_that_was_moved_meanwhile_shows_how_it_stands(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    services.postpone(
        actor=head, visit=visit, planned_at=clock.now() + timedelta(days=2), reason="客户要求改期"
    )
    answer = browse(owner).post(f"/visits/{visit.pk}/check-in/", headers=queued(owner, ago=60))
    assert answer.status_code == 409
    rows = answer.json()["details"]["rows"]
    assert rows[0]["mine"].startswith("到达")
    assert {"label": "原因", "mine": "", "theirs": "客户要求改期"} in rows


@pytest.mark.spec("S1-40")
def test_a_delay_the_client_knows_of_is_noted_once_and_shown(
    browse: Browse, owner: User, acme: Client
) -> None:
    visit, inside = planned(owner, acme), browse(owner)
    assert inside.post(f"/visits/{visit.pk}/late/", headers=queued(owner, ago=300)).status_code == 200
    visit.refresh_from_db()
    first = visit.late_notified_at
    assert first is not None
    assert 295 <= (clock.now() - first).total_seconds() <= 340
    assert inside.post(f"/visits/{visit.pk}/late/").status_code == 302
    visit.refresh_from_db()
    assert visit.late_notified_at == first
    assert "已告知客户会晚到" in inside.get(f"/visits/{visit.pk}/").content.decode()
    services.cancel(actor=owner, visit=visit, reason="客户拒绝")
    assert inside.post(f"/visits/{visit.pk}/late/", headers=queued(owner)).status_code == 409


@pytest.mark.spec("S1-45")
def test_who_leaves_early_comes_again_once(browse: Browse, owner: User, head: User, acme: Client) -> None:
    visit = planned(owner, acme)
    at = f"/visits/{visit.pk}/log/"
    answer = browse(owner).post(at, LOG | {"left_early": "on"})
    assert answer.status_code == 422
    assert "请填写下次拜访的时间" in answer.content.decode()
    past = {"left_early": "on", "next_visit_day": (clock.today() - timedelta(days=3)).isoformat()}
    answer = browse(owner).post(at, LOG | past | {"next_visit_time": "10:30"})
    assert answer.status_code == 422
    assert "下次拜访要在这次之后" in answer.content.decode()
    assert not Visit.objects.filter(follows=visit).exists()
    day = (clock.today() + timedelta(days=3)).isoformat()
    data = LOG | {"left_early": "on", "next_visit_day": day, "next_visit_time": "10:30"}
    assert browse(owner).post(at, data).status_code == 302
    following = Visit.objects.get(follows=visit)
    assert clock.at_minute(following.planned_at) == f"{day} 10:30"
    assert (following.state, following.purposes) == (VisitState.PLANNED, ["P1"])
    services.return_log(actor=head, log=VisitLog.objects.get(), reason="结果太简单")
    assert browse(owner).post(at, data).status_code == 302
    assert Visit.objects.filter(follows=visit).count() == 1


@pytest.mark.spec("S1-44")
def test_opinions_are_asked_for_and_a_first_visit_hands_over_a_card(
    browse: Browse, owner: User, acme: Client
) -> None:
    first = planned(owner, acme)
    at = f"/visits/{first.pk}/log/"
    assert "card_given" in browse(owner).get(at).content.decode()
    answer = browse(owner).post(at, {name: LOG[name] for name in ("purposes", "result_P1")})
    assert answer.status_code == 422
    assert "客户没提，就主动问一句" in answer.content.decode()
    assert browse(owner).post(at, LOG | {"card_given": "on"}).status_code == 302
    log = VisitLog.objects.get()
    assert (log.card_given, log.opinion_asked) == (True, True)
    second = planned(owner, acme)
    assert "card_given" not in browse(owner).get(f"/visits/{second.pk}/log/").content.decode()


def test_a_competitor_seen_is_a_sighting_of_the_client(browse: Browse, owner: User, acme: Client) -> None:
    visit = planned(owner, acme)
    data = LOG | {
        "competitor_operator": "CU", "competitor_product": "云专线", "competitor": "上门报价八折",
    }  # fmt: skip
    assert browse(owner).post(f"/visits/{visit.pk}/log/", data).status_code == 302
    seen = CompetitorInfo.objects.get()
    assert (seen.client, seen.operator, seen.product, seen.action) == (acme, "CU", "云专线", "上门报价八折")


@pytest.mark.spec("S1-32", "S1-89")
def test_a_visit_nobody_planned_is_written_at_once_and_once_only(
    browse: Browse, owner: User, foreign: Client, acme: Client
) -> None:
    inside, key = browse(owner), str(uuid.uuid4())
    page = inside.get("/visits/record/")
    assert page["X-Keep-Offline"] == str(owner.pk)
    assert acme.name in page.content.decode()
    assert foreign.name not in page.content.decode()
    data = LOG | {"client": acme.pk, "unscheduled_reason": "顺路"}
    answers = [inside.post("/visits/record/", data, headers=queued(owner, key, ago=600)) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}, answers[0].content.decode()
    visit = Visit.objects.get()
    assert (str(visit.client_key), visit.state, visit.unscheduled_reason) == (key, VisitState.DONE, "顺路")
    assert visit.log.written_at is not None
    answer = inside.post("/visits/record/", data | {"client": foreign.pk}, headers=queued(owner))
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["client"])
    assert Visit.objects.count() == 1


def test_the_api_takes_positions_and_photos(
    api: Callable[[User | None], Any], owner: User, acme: Client
) -> None:
    visit, speak = planned(owner, acme), api(owner)
    where = {"fix": "GIVEN", "latitude": "30.274085", "longitude": "120.155070", "accuracy_m": 9}
    assert speak.post(f"/api/v1/visits/{visit.pk}:checkin", where).status_code == 200
    assert Presence.objects.get().accuracy_m == 9
    upload = SimpleUploadedFile("a.png", picture("red"))
    made = speak.post(f"/api/v1/visits/{visit.pk}/photos", {"photo": upload}, format="multipart")
    assert made.status_code == 201, made.content
    listed = speak.get(f"/api/v1/visits/{visit.pk}/photos").json()
    assert [photo["sha256"] for photo in listed] == [made.json()["sha256"]]
    upload = SimpleUploadedFile("a.png", b"%PDF-1.4 %%EOF")
    refused = speak.post(f"/api/v1/visits/{visit.pk}/photos", {"photo": upload}, format="multipart")
    assert (refused.status_code, refused.json()["code"]) == (400, "PAPER_KIND")


def test_a_photo_that_is_not_there_cannot_be_removed(owner: User, acme: Client) -> None:
    with pytest.raises(BusinessError) as refused:
        services.remove_visit_photo(actor=owner, visit=planned(owner, acme), photo_id=1)
    assert refused.value.code == "NOT_FOUND"
    assert not isinstance(refused.value, Invalid)


# ---- Acts that are no log: they wait for a signal, too


@pytest.mark.spec("S1-30", "S1-45")
@pytest.mark.parametrize(
    ("act", "data", "state"),
    [
        ("confirm", {}, VisitState.CONFIRMED),
        ("cancel", {"reason": "客户不需要了"}, VisitState.CANCELLED),
        ("absent", {"reason": "没人在"}, VisitState.NO_SHOW),
        ("postpone", {"day": "2099-01-01", "at": "10:00", "reason": "客户改约"}, None),
    ],
)
def test_what_becomes_of_an_appointment_goes_out_of_the_queue_once(
    browse: Browse, owner: User, acme: Client, act: str, data: dict[str, str], state: VisitState | None
) -> None:
    visit = planned(owner, acme)
    at = f"/visits/{visit.pk}/{act}/"
    if act == "postpone":
        data = data | {"day": str(clock.today() + timedelta(days=3))}
        wrong = browse(owner).post(at, data | {"reason": ""}, headers=queued(owner))
        assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["reason"])
    headers = queued(owner)
    answers = [browse(owner).post(at, data, headers=headers) for _ in range(50)]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["location"] for answer in answers}) == 1
    visit.refresh_from_db()
    assert visit.state == (state or VisitState.POSTPONED)
    assert Visit.objects.count() == (2 if state is None else 1)


def test_an_act_on_a_visit_that_moved_meanwhile_shows_how_it_stands(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    services.cancel(actor=head, visit=visit, reason="主任统一安排")
    answer = browse(owner).post(f"/visits/{visit.pk}/confirm/", headers=queued(owner))
    assert (answer.status_code, answer.json()["code"]) == (409, "WRONG_STATE")
    rows = answer.json()["details"]["rows"]
    assert (rows[0]["mine"], rows[0]["theirs"]) == ("确认预约", "已取消")
    assert rows[1]["theirs"] == "主任统一安排"


def test_a_promise_kept_without_a_signal_closes_the_visit_once(
    browse: Browse, owner: User, head: User, acme: Client
) -> None:
    visit = planned(owner, acme)
    values = {"results": {"P1": RESULT}, "opinion_asked": True, "next_step": "送报价"}
    services.write_log(actor=owner, visit=visit, values=values)
    services.approve_log(actor=head, log=services.submit_log(actor=owner, visit=visit))
    headers = queued(owner)
    for _ in range(3):
        assert browse(owner).post(f"/visits/{visit.pk}/kept/", headers=headers).status_code == 200
    visit.refresh_from_db()
    assert visit.state == VisitState.CLOSED


def test_the_phone_is_told_which_pages_today_needs(browse: Browse, owner: User, acme: Client) -> None:
    visit = planned(owner, acme)
    key = factories.make_contact(acme, "KEY_PERSON", name="王建国", salutation="王总", mobile="13900001234")
    call = services.book_call(
        actor=owner, client=acme, contact=key, purpose="问候", benefit="随时能找到人", purposes=["P2"],
        kind="GREETING", call_at=clock.now(),
    )  # fmt: skip
    pages = browse(owner).get("/visits/today/").json()["pages"]
    wanted = {"/visits/calls/", f"/visits/calls/{call.pk}/", f"/visits/{visit.pk}/sheet/"}
    wanted |= {f"/visits/{visit.pk}/{act}/" for act in ("postpone", "cancel", "absent", "log")}
    assert wanted <= set(pages)
    for at in pages:
        headers = {"HX-Request": "true"} if at.startswith("~") else {}
        answer = browse(owner).get(at.removeprefix("~"), headers=headers)
        assert (answer.status_code, answer["X-Keep-Offline"]) == (200, str(owner.pk)), at
