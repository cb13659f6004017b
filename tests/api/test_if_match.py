"""Two who read the same version: the second is refused, also when both write at the same moment."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.urls import reverse
from rest_framework.test import APIClient

from clients.models import Agreement, Client
from crm.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_change_that_waited_for_another_is_refused(
    acme: Client, owner: User, api: Callable[[User], APIClient]
) -> None:
    agreement = factories.make_agreement(acme, no="XY-1")
    url = reverse("api-agreement", args=[agreement.pk])
    caller = api(owner)
    tag = caller.get(url)["ETag"]
    answers = []

    def change() -> None:
        answers.append(caller.patch(url, {"no": "XY-2"}, headers={"If-Match": tag}))
        connection.close()

    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("UPDATE clients_agreement SET version = version + 1 WHERE id = %s", [agreement.pk])
    waiting = threading.Thread(target=change)
    waiting.start()
    time.sleep(0.5)
    assert answers == []
    other.commit()
    other.close()
    waiting.join(timeout=30)
    assert answers[0].status_code == 412
    assert Agreement.objects.get().no == "XY-1"
