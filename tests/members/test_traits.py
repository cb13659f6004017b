"""What kind of person somebody is, who of ours knows them, and rows of one person joined."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import Client
from crm.accounts.models import User
from crm.base.errors import BusinessError
from members import services
from members.models import ContactTrait
from tests import factories


@pytest.mark.spec("S1-53")
def test_traits_are_typed_shown_before_a_visit_and_stay_as_history(
    acme: Client, owner: User, colleague: User, browse: Callable[[User | None], Browser]
) -> None:
    contact = factories.make_contact(acme, "KEY_PERSON")
    trait = services.add_trait(contact=contact, actor=owner, kind="TABOO", text="不谈价格")
    page = browse(owner)
    brief = reverse("members:traits_brief", args=[acme.pk])
    assert "不谈价格" in page.get(brief).content.decode()
    assert "不谈价格" not in browse(colleague).get(brief).content.decode()
    services.end_trait(trait=trait, actor=owner)
    assert "不谈价格" not in page.get(brief).content.decode()
    card = page.get(reverse("members:contact_card", args=[contact.pk])).content.decode()
    assert "不谈价格" in card
    assert ContactTrait.objects.get().ended_by == owner


@pytest.mark.spec("S2-36")
def test_the_map_says_who_calls_first_and_who_when_that_does_not_help(
    acme: Client, owner: User, head: User, browse: Callable[[User | None], Browser]
) -> None:
    contact = factories.make_contact(acme, "KEY_PERSON", mobile="13900001234")
    services.tie(contact=contact, actor=owner, user=owner, level=1)
    services.tie(contact=contact, actor=owner, user=head, level=3, note="同学")
    page = browse(owner).get(reverse("members:contact_map", args=[acme.pk]))
    steps = page.context["steps"]
    assert [[row.user for _c, row in step["rows"]] for step in steps] == [[owner], [], [head]]
    assert "tel:13900001234" in page.content.decode()


def test_two_rows_of_one_person_are_joined_and_taken_apart(acme: Client, owner: User) -> None:
    first = factories.make_contact(acme, name="李梅", mobile="13900001234", position="")
    second = factories.make_contact(acme, name="李梅", mobile="13900001234", position="主任")
    services.add_trait(contact=second, actor=owner, kind="REQUEST", text="要发票")
    assert services.twins(acme) == [(first, second)]
    merge = services.merge_contacts(actor=owner, survivor_id=first.pk, loser_id=second.pk)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.position, first.trait_rows.count()) == ("主任", 1)
    assert second.left_on is not None
    assert services.unmerge_contacts(actor=owner, merge_id=merge.pk).kept == []
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.position, second.trait_rows.count()) == ("", 1)
    assert second.left_on is None


def test_key_person_and_contact_may_be_one_person_in_two_rows(acme: Client, owner: User) -> None:
    one = factories.make_contact(acme, "KEY_PERSON", name="李梅")
    two = factories.make_contact(acme, name="李梅", mobile=one.mobile)
    with pytest.raises(BusinessError, match="KINDS_DIFFER"):
        services.merge_contacts(actor=owner, survivor_id=one.pk, loser_id=two.pk)
