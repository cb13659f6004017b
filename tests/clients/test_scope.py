"""What a person may not see does not exist (E203)."""

import pytest

from clients.models import Client
from crm.accounts.models import User


@pytest.mark.spec("E203")
def test_a_client_is_seen_by_its_unit_and_above_and_by_nobody_else(
    acme: Client,
    owner: User,
    colleague: User,
    stranger: User,
    head: User,
    leader: User,
    gcdept: User,
    provadmin: User,
    auditor: User,
    sysadmin: User,
) -> None:
    for person in (owner, colleague, head, leader, gcdept, provadmin, auditor):
        assert Client.objects.visible_to(person).filter(pk=acme.pk).exists(), person
    for person in (stranger, sysadmin):
        assert not Client.objects.visible_to(person).filter(pk=acme.pk).exists(), person


def test_an_account_manager_writes_own_clients_only(
    acme: Client, owner: User, colleague: User, head: User, provadmin: User, leader: User
) -> None:
    for person in (owner, head, provadmin):
        assert Client.objects.writable_by(person).filter(pk=acme.pk).exists(), person
    for person in (colleague, leader):
        assert not Client.objects.writable_by(person).filter(pk=acme.pk).exists(), person
