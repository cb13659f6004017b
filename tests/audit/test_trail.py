"""The trail cannot be changed unseen, and is seen by whom it concerns."""

from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test import Client as Browser

from clients.models import Client
from crm.accounts.models import OrgUnit, User
from crm.audit.models import AuditEvent, AuditSeal
from crm.audit.services import broken_seals, seal_events
from crm.base import clock
from crm.base.trail import record
from tests.sources import recorded_actions

pytestmark = pytest.mark.django_db


def tomorrow() -> date:
    """Return the day whose night seals what happens today."""
    return clock.today() + timedelta(days=1)


def test_an_event_is_neither_changed_nor_deleted(owner: User) -> None:
    event = record(actor=owner, action="accounts.user_changed", entity=owner)
    with pytest.raises(InternalError), transaction.atomic():
        AuditEvent.objects.filter(pk=event.pk).update(action="nothing")
    with pytest.raises(InternalError), transaction.atomic():
        event.delete()


@pytest.mark.spec("S0-83")
def test_a_change_behind_our_back_breaks_the_seal(owner: User) -> None:
    for number in range(3):
        record(actor=owner, action="accounts.user_changed", entity=owner, data={"n": number})
    assert seal_events(as_of=tomorrow()) == 3
    assert seal_events(as_of=tomorrow()) == 0
    record(actor=owner, action="accounts.user_changed", entity=owner)
    assert seal_events(as_of=tomorrow() + timedelta(days=1)) == 1
    assert broken_seals() == []

    with pgtrigger.ignore("audit.AuditEvent:append_only"), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET ip = '10.0.0.1' WHERE data->>'n' = '1'")
    assert [seal.count for seal in broken_seals()] == [3]
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=StringIO())


def test_an_event_that_is_taken_away_breaks_the_seal(owner: User) -> None:
    event = record(actor=owner, action="accounts.user_changed", entity=owner)
    record(actor=owner, action="accounts.user_changed", entity=owner)
    seal_events(as_of=tomorrow())
    with pgtrigger.ignore("audit.AuditEvent:append_only"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [event.pk])
    assert broken_seals() == list(AuditSeal.objects.all())


def test_an_auditor_sees_the_own_sub_tree(
    auditor: User, sysadmin: User, owner: User, org: dict[str, OrgUnit]
) -> None:
    near = record(actor=owner, action="clients.changed", unit=org["unit"])
    far = record(actor=owner, action="clients.changed", unit=org["far_unit"])
    nowhere = record(actor=owner, action="params.changed")
    assert set(AuditEvent.objects.visible_to(auditor)) == {near, nowhere}
    assert set(AuditEvent.objects.visible_to(sysadmin)) == {near, far, nowhere}
    assert not AuditEvent.objects.visible_to(owner)


@pytest.mark.parametrize("asked", ["客户 {pk}", "clients.client {pk}", "Clients.Client {pk}"])
def test_a_record_is_asked_for_as_people_call_it(
    asked: str, auditor: User, acme: Client, browse: Callable[..., Browser]
) -> None:
    record(actor=auditor, action="clients.changed", entity=acme)
    record(actor=auditor, action="accounts.user_changed", entity=auditor)
    page = browse(auditor).get("/audit/", {"record": asked.format(pk=acme.pk)})
    assert [event.entity_name for event in page.context["events"]] == ["客户"]


def test_every_act_in_the_code_has_words() -> None:
    from crm.audit.labels import LABELS

    assert set(recorded_actions()) <= set(LABELS), set(recorded_actions()) - set(LABELS)
