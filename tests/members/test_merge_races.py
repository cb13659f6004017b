"""Merges against people who work at the same time, on real connections."""

import pytest

from clients.models import Client
from clients.services import merging
from crm.accounts.models import User
from crm.base.errors import BusinessError
from members import services
from members.models import Contact
from tests import factories
from tests.clients.test_concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.spec("S1-82", "E095")
def test_a_contact_entered_while_files_merge_is_with_the_survivor_or_refused() -> None:
    org = factories.make_org()
    owner = factories.make_user("am-1", "AM", org["unit"])
    head = factories.make_user("head-1", "DEPT_HEAD", org["unit"])
    acme, twin = (factories.make_client(org["unit"], owner) for _ in range(2))
    proposed = merging.propose_merge(actor=owner, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")

    def merge() -> None:
        merging.decide_merge(actor=User.objects.get(pk=head.pk), merge_id=proposed.pk, approve=True)

    def enter() -> None:
        services.add_contact(
            client=Client.objects.get(pk=twin.pk),
            actor=User.objects.get(pk=owner.pk),
            kind="CONTACT",
            name="同时登记",
        )

    results = at_once(merge, enter)
    refused = [each.code for each in results if isinstance(each, BusinessError)]
    assert refused in ([], ["CLIENT_CLOSED"])
    assert not Contact.objects.filter(client=twin, left_on=None).exists()
    assert Contact.objects.filter(client=acme, name="同时登记").count() == (not refused)


def test_a_merge_is_decided_once() -> None:
    org = factories.make_org()
    owner = factories.make_user("am-1", "AM", org["unit"])
    heads = [factories.make_user(f"head-{n}", "DEPT_HEAD", org["unit"]) for n in (1, 2)]
    acme, twin = (factories.make_client(org["unit"], owner) for _ in range(2))
    proposed = merging.propose_merge(actor=owner, survivor_id=acme.pk, loser_id=twin.pk, reason="同一家单位")
    results = at_once(
        *(
            lambda head=head: merging.decide_merge(
                actor=User.objects.get(pk=head.pk), merge_id=proposed.pk, approve=True
            )
            for head in heads
        )
    )
    assert [each.code for each in results if isinstance(each, BusinessError)] == ["DECIDED"]
