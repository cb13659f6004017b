"""Two people at once, on two real connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from clients import services
from clients.models import Client
from crm.accounts.models import User
from crm.base.errors import BusinessError
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
USCC = "91350100M000100Y43"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run acts on a connection each, started together; return results or refusals."""
    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            results[place] = act()
        except BusinessError as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.spec("E090", "S1-73")
def test_of_two_files_of_one_credit_code_exactly_one_wins() -> None:
    """The database decides; the other gets the same refusal as a late comer."""
    org = factories.make_org()
    heads = [factories.make_user(f"head{n}", "DEPT_HEAD", org["unit"]) for n in (1, 2)]

    def file(actor: User, name: str) -> Callable[[], Any]:
        values = {"name": name, "institution_type": "QY", "uscc": USCC}
        return lambda: services.create_client(
            actor=User.objects.get(pk=actor.pk), org_unit=org["unit"], values=values
        )

    results = at_once(file(heads[0], "一号茶社"), file(heads[1], "二号茶社"))
    refused = [result for result in results if isinstance(result, BusinessError)]
    assert [error.code for error in refused] == ["DUPLICATE_CLIENT"]
    assert Client.objects.filter(uscc=USCC).count() == 1


@pytest.mark.spec("S0-54")
def test_codes_taken_at_once_are_all_different() -> None:
    """The sequence row makes the creators wait for each other."""
    org = factories.make_org()
    results = at_once(*(lambda: services.allocate_codes(units=[org["unit"]] * 20) for _ in range(4)))
    codes = [code for taken in results for code in taken]
    assert len(codes) == len(set(codes)) == 80


def test_two_events_of_one_client_follow_each_other() -> None:
    """Opening and cancelling two products at once leaves the state the products say."""
    org = factories.make_org()
    head = factories.make_user("head1", "DEPT_HEAD", org["unit"])
    client = factories.make_client(org["unit"])
    live = factories.make_client_product(client, status="OPEN", opened_on=factories.LONG_AGO)
    ordered = factories.make_client_product(client)
    # Whichever comes first: a client that churned in between may come back under an agreement.
    factories.make_agreement(client)
    services.refresh_status([client.pk])

    def actor() -> User:
        return User.objects.get(pk=head.pk)

    at_once(
        lambda: services.cancel_product(actor=actor(), product_id=live.pk),
        lambda: services.open_product(actor=actor(), product_id=ordered.pk),
    )
    client.refresh_from_db()
    assert client.status == "ONLINE"
