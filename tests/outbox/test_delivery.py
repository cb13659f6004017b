"""The outbox: signed, exactly one id, tried again, given up, replayed; never into the house's own network."""

import base64
import json
import re
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from crm.base.errors import Forbidden, Invalid
from crm.base.models import Notification, OutboxEvent
from crm.base.services import purge_expired
from crm.outbox import sending, services
from crm.outbox.models import Delivery, Endpoint
from scoring import services as scoring
from tests import factories
from tests.scoring.test_tier import with_revenue


class Receiver:
    """A system that takes messages, on a port of its own."""

    def __init__(self) -> None:
        self.status = 204
        self.got: list[tuple[dict[str, str], bytes]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                self.send_response(outer.status)
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED_HOSTS = ["127.0.0.1"]
    made = Receiver()
    yield made
    made.server.shutdown()


@pytest.fixture
def endpoint(receiver: Receiver, sysadmin: User) -> Endpoint:
    return services.add_endpoint(name="BI", url=receiver.url, kinds=["client.tier_changed"], actor=sysadmin)


def happened(number: int = 1, kind: str = "client.tier_changed") -> OutboxEvent:
    return OutboxEvent.objects.create(
        event_id=uuid.uuid4(), kind=kind, key=f"{kind}:{number}", payload={"client_code": f"C{number}"}
    )


@pytest.mark.spec("E211", "S3-31")
def test_a_tier_change_is_told_once_and_again_under_the_same_id(
    org: dict[str, OrgUnit], receiver: Receiver, endpoint: Endpoint, sysadmin: User
) -> None:
    with_revenue(org, 10)
    scoring.run_tiers(as_of=clock.today(), province=org["province"])
    scoring.run_tiers(as_of=clock.today(), province=org["province"])
    assert services.deliver_due() == 10
    assert services.deliver_due() == 0
    ids = [headers["webhook-id"] for headers, _body in receiver.got]
    assert len(set(ids)) == 10
    codes = {json.loads(body)["data"]["client_code"] for _headers, body in receiver.got}
    assert codes == set(Client.objects.values_list("client_code", flat=True))
    headers, body = receiver.got[0]
    told = Webhook(sending.secret_of(endpoint.salt)).verify(body, headers)
    assert told["type"] == "client.tier_changed"
    delivery = Delivery.objects.get(event__event_id=ids[0])
    services.replay(delivery=delivery, actor=sysadmin)
    assert services.deliver_due() == 1
    assert receiver.got[-1][0]["webhook-id"] == ids[0]
    assert receiver.got[-1][1] == body


def test_a_refused_message_is_tried_again_with_growing_pauses_then_given_up(
    receiver: Receiver, endpoint: Endpoint
) -> None:
    event = happened()
    receiver.status = 500
    pauses = []
    for _attempt in range(services.MOST_ATTEMPTS):
        before = clock.now()
        services.deliver_due()
        delivery = Delivery.objects.get()
        pauses.append(round((delivery.next_at - before) / timedelta(seconds=30)))
        Delivery.objects.update(next_at=clock.now())
    assert pauses[:4] == [1, 2, 4, 8]
    assert (delivery.state, delivery.status) == ("DEAD", 500)
    assert {headers["webhook-id"] for headers, _body in receiver.got} == {str(event.event_id)}
    assert services.deliver_due() == 0
    assert len(receiver.got) == services.MOST_ATTEMPTS


def test_nobody_there_is_an_error_of_the_delivery_not_of_the_worker(
    receiver: Receiver, endpoint: Endpoint
) -> None:
    happened()
    receiver.server.server_close()
    assert services.deliver_due() == 0
    assert Delivery.objects.get().error


def test_a_receiver_hears_only_what_it_asked_for_and_only_from_now_on(
    receiver: Receiver, sysadmin: User
) -> None:
    happened(1)
    services.add_endpoint(name="BI", url=receiver.url, kinds=["client.tier_changed"], actor=sysadmin)
    happened(2)
    happened(3, kind="sms.send")
    assert services.deliver_due() == 1
    assert json.loads(receiver.got[0][1])["data"] == {"client_code": "C2"}


@pytest.mark.spec("S0-76", "E130")
def test_codes_and_cards_reach_the_gateway_that_asked_for_them(
    receiver: Receiver, sysadmin: User, owner: User, acme: Client, org: dict[str, OrgUnit], settings: Any
) -> None:
    settings.ECARD_KEYS = [f"k1:{base64.b64encode(bytes(32)).decode()}"]
    customer = factories.make_customer(
        org["unit"], acme, vip_grade="GOLD", vip_valid_to=clock.today().replace(month=12, day=31)
    )
    services.add_endpoint(name="短信网关", url=receiver.url, kinds=["sms.send", "mms.send"], actor=sysadmin)
    scoring.issue_code(customer=customer, actor=owner)
    card, _fresh = scoring.issue_card(customer=customer, actor=None)
    message = scoring.send_card(card=card, channel="MMS")
    assert services.deliver_due() == 2
    code, picture = (json.loads(body) for _headers, body in receiver.got)
    assert (code["type"], code["data"]["to"]) == ("sms.send", customer.msisdn)
    assert re.search(r"\d{6}", code["data"]["text"])
    assert (picture["type"], picture["data"]["message"]) == ("mms.send", message.pk)
    assert not OutboxEvent.objects.filter(delivered_at=None).exists()
    scoring.settle_cards(as_of=clock.today())
    message.refresh_from_db()
    assert message.state == "SENT"


def test_a_receiver_that_is_away_is_asked_once_a_round_and_holds_nobody_up(
    receiver: Receiver, endpoint: Endpoint, sysadmin: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = services.add_endpoint(
        name="away", url="http://127.0.0.1:9/", kinds=["client.tier_changed"], actor=sysadmin
    )
    asked = []
    post = sending.post

    def counted(**values: Any) -> int:
        asked.append(values["url"])
        return post(**values)

    monkeypatch.setattr(sending, "post", counted)
    for number in range(3):
        happened(number)
    assert services.deliver_due() == 3
    assert asked.count(away.url) == 1
    waiting = Delivery.objects.filter(endpoint=away)
    assert sorted(waiting.values_list("state", "attempts")) == [
        ("WAITING", 0),
        ("WAITING", 0),
        ("WAITING", 1),
    ]
    assert all(row.next_at <= clock.now() + timedelta(seconds=30) for row in waiting)


def test_a_round_ends_in_time_and_the_rest_goes_back(
    receiver: Receiver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        happened(number)
    monkeypatch.setattr(services, "ROUND", timedelta(seconds=-1))
    assert services.deliver_due() == 0
    assert set(Delivery.objects.values_list("state", "attempts")) == {("WAITING", 0)}
    monkeypatch.undo()
    assert services.deliver_due() == 3


@pytest.mark.spec("J18")
def test_events_go_a_month_after_they_were_taken_or_three_after_nobody_took_them(
    receiver: Receiver, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm.base.services.BATCH", 2)
    today = clock.today()
    midnight = clock.at(today)
    events = [happened(number) for number in range(5)]
    assert services.deliver_due() == 5
    untaken, older = happened(5, kind="sms.send"), happened(6, kind="sms.send")
    rows = OutboxEvent.objects
    rows.filter(pk__in=[event.pk for event in events[:3]]).update(delivered_at=midnight - timedelta(days=31))
    rows.filter(pk=untaken.pk).update(created_at=midnight - timedelta(days=90))
    rows.filter(pk=older.pk).update(created_at=midnight - timedelta(days=91))
    assert purge_expired(as_of=today) == 4
    assert purge_expired(as_of=today) == 0
    assert set(rows.values_list("pk", flat=True)) == {events[3].pk, events[4].pk, untaken.pk}
    assert Delivery.objects.count() == 2


def test_two_receivers_of_one_name_are_refused(
    receiver: Receiver, endpoint: Endpoint, sysadmin: User
) -> None:
    with pytest.raises(Invalid, match="NAME_TAKEN"):
        services.add_endpoint(name="BI", url=receiver.url, kinds=["sms.send"], actor=sysadmin)
    assert Endpoint.objects.count() == 1


def test_a_receiver_that_is_off_gets_what_it_missed(
    receiver: Receiver, endpoint: Endpoint, sysadmin: User
) -> None:
    services.switch_endpoint(endpoint=endpoint, active=False, actor=sysadmin)
    happened()
    assert services.deliver_due() == 0
    services.switch_endpoint(endpoint=endpoint, active=True, actor=sysadmin)
    assert services.deliver_due() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://user:pass@93.184.216.34/",
        "ftp://93.184.216.34/",
        "https://93.184.216.34:999999/",
    ],
)
def test_the_house_itself_is_never_called(url: str, sysadmin: User) -> None:
    with pytest.raises(Invalid, match="URL_REFUSED"):
        services.add_endpoint(name="X", url=url, kinds=["client.tier_changed"], actor=sysadmin)


def test_an_address_is_checked_every_time(receiver: Receiver, endpoint: Endpoint, settings: Any) -> None:
    """A name that later leads into the house is refused then."""
    happened()
    settings.WEBHOOK_ALLOWED_HOSTS = []
    assert services.deliver_due() == 0
    assert not receiver.got
    assert Delivery.objects.get().error


def test_only_the_system_administrator_adds_receivers(receiver: Receiver, provadmin: User) -> None:
    with pytest.raises(Forbidden):
        services.add_endpoint(name="BI", url=receiver.url, kinds=["client.tier_changed"], actor=provadmin)


def test_what_a_bell_rings_for_goes_out_once_to_those_who_send_texts(
    receiver: Receiver, sysadmin: User, owner: User
) -> None:
    notify = Notification.objects.create
    notify(user=owner, kind="visits.log_returned", text="从前的", key="before")
    deaf = services.add_endpoint(name="BI", url=receiver.url, kinds=["client.tier_changed"], actor=sysadmin)
    assert services.deliver_due() == 0
    assert not OutboxEvent.objects.exists()
    services.add_endpoint(name="短信", url=receiver.url, kinds=["notification.created"], actor=sysadmin)
    notify(user=owner, kind="visits.log_returned", text="日志被退回", url="/visits/7/log/", key="log:7")
    assert services.deliver_due() == 1
    assert services.deliver_due() == 0
    told = json.loads(receiver.got[0][1])
    assert told["type"] == "notification.created"
    assert told["data"] == {
        "staff_no": owner.staff_no, "name": owner.full_name, "mobile": owner.mobile,
        "kind": "visits.log_returned", "text": "日志被退回", "url": "/visits/7/log/",
    }  # fmt: skip
    assert not Delivery.objects.filter(endpoint=deaf).exists()
