"""Who may open and change people of clients."""

from typing import Any

from members import services
from members.models import ContactTie, ContactTrait, RehomingMove, RehomingRun
from tests import factories
from tests.permissions.lines import Line, World, only, same

READERS = ("owner", "colleague", "head", "leader", "gcdept", "provadmin", "auditor")
NO_VERB = {"leader": 403, "gcdept": 403, "auditor": 403, "sysadmin": 403}


def build(world: World) -> None:
    """Add people of the owner's client and a personal customer."""
    world.key_person = factories.make_contact(world.acme, "KEY_PERSON")
    world.contact = factories.make_contact(world.acme)
    world.member = factories.make_member(world.acme)
    world.customer = factories.make_customer(world.org["unit"], world.acme)
    world.draft_of_people = factories.make_client(world.org["unit"], world.owner, filing="DRAFT")
    world.other_client = factories.make_client(world.org["unit"], world.owner)
    world.twin = factories.make_contact(world.acme, name=world.contact.name)
    world.trait = ContactTrait.objects.create(
        contact=world.contact, kind="TABOO", text="不谈价格", noted_on=factories.LONG_AGO
    )
    world.tie = ContactTie.objects.create(contact=world.contact, user=world.head)
    other = factories.make_member(world.acme, type="4", source="BOSS")
    world.rehoming_run = RehomingRun.objects.create(
        unit=world.org["unit"], as_of=factories.LONG_AGO, created_by=world.head
    )
    RehomingMove.objects.create(
        run=world.rehoming_run, member=other, from_client=world.acme, to_client=world.acme,
        from_type="4", to_type="2",
        from_source="BOSS", reason="BOOK",
    )  # fmt: skip
    joined = [factories.make_contact(world.acme), factories.make_contact(world.acme)]
    world.joined = services.merge_contacts(actor=world.owner, survivor_id=joined[0].pk, loser_id=joined[1].pk)


def _read(status: int = 200) -> dict[str, Any]:
    return only(*READERS, status=status, others=404, sysadmin=403)


def _write(status: int) -> dict[str, Any]:
    """Owner, head and administrator change; a colleague only reads; a stranger sees nothing."""
    return only("owner", "head", "provadmin", status=status, others=403, stranger=404, **NO_VERB)


def _acme(world: World) -> dict[str, Any]:
    return {"pk": world.acme.pk}


def _contact(world: World) -> dict[str, Any]:
    return {"pk": world.contact.pk}


def _member(world: World) -> dict[str, Any]:
    return {"pk": world.member.pk}


def _person(_world: World) -> dict[str, Any]:
    return {"kind": "CONTACT", "name": "李梅", "position": "经理", "mobile": "13800001111"}


def _new_member(_world: World) -> dict[str, Any]:
    return {
        "msisdn": "13811112222", "name": "王芳", "position": "会计", "type": "2", "source": "ADDRESS_BOOK",
        "employment": "REGULAR", "person_kind": "STAFF", "line_kind": "MOBILE", "verified": "on",
    }  # fmt: skip


def _api_member(world: World) -> dict[str, Any]:
    return _new_member(world) | {"verified": True}


def _day(_world: World) -> dict[str, Any]:
    return {"left_on": "2026-01-05"}


def _replacement(_world: World) -> dict[str, Any]:
    return {"name": "新任", "position": "总经理", "mobile": "13800002222", "old": "leaves"}


def _unit_work(status: int, **more: Any) -> dict[str, Any]:
    """Who changes people of the unit, with the unit in reach; strangers see no run of it."""
    return only("owner", "colleague", "head", "provadmin", status=status, others=404, **NO_VERB, **more)


def _run(world: World) -> dict[str, Any]:
    return {"pk": world.rehoming_run.pk}


ROUTES: dict[str, Line] = {
    "members:filing_people": Line(
        kwargs=lambda w: {"pk": w.draft_of_people.pk}, data=_person, get=_write(200), post=_write(302)
    ),
    "members:book": Line(
        kwargs=_acme, data=lambda w: {"lines": "王芳 13811112222 会计"}, get=_write(200), post=_write(200)
    ),
    "members:contact_map": Line(kwargs=_acme, get=_read()),
    "members:traits_brief": Line(kwargs=_acme, get=_read()),
    "members:coverage": Line(get=same(200, sysadmin=403)),
    "members:rehoming": Line(
        data=lambda w: {"unit": w.org["unit"].pk},
        get=same(200, **NO_VERB),
        post=_unit_work(302),
    ),
    "members:rehoming_run": Line(kwargs=_run, get=_unit_work(200)),
    "members:rehoming_progress": Line(kwargs=_run, get=_unit_work(200)),
    "members:rehoming_choose": Line(kwargs=_run, post=_unit_work(302)),
    "members:rehoming_start": Line(kwargs=_run, post=_unit_work(302)),
    "members:rehoming_undo": Line(kwargs=_run, post=_unit_work(302)),
    "members:contact_card": Line(kwargs=_contact, get=_read()),
    "members:trait_add": Line(
        kwargs=_contact, data=lambda w: {"kind": "REQUEST", "text": "要发票"}, post=_write(302)
    ),
    "members:contact_verify": Line(kwargs=_contact, post=_write(302)),
    "members:tie_add": Line(
        kwargs=_contact, data=lambda w: {"user": w.owner.pk, "level": "1"}, post=_write(302)
    ),
    "members:contact_merge": Line(kwargs=_contact, data=lambda w: {"other": w.twin.pk}, post=_write(302)),
    "members:contact_unmerge": Line(kwargs=lambda w: {"pk": w.joined.pk}, post=_write(302)),
    "members:trait_end": Line(kwargs=lambda w: {"pk": w.trait.pk}, post=_write(302)),
    "members:tie_drop": Line(kwargs=lambda w: {"pk": w.tie.pk}, post=_write(302)),
    "api-contact-traits": Line(
        kwargs=_contact, data=lambda w: {"kind": "REQUEST", "text": "要发票"}, get=_read(), post=_write(201)
    ),
    "api-contact-merge": Line(kwargs=_contact, data=lambda w: {"loser": w.twin.pk}, post=_write(200)),
    "api-contact-unmerge": Line(kwargs=lambda w: {"pk": w.joined.survivor_id}, post=_write(200)),
    "api-client-book": Line(
        kwargs=lambda w: {"client": w.acme.pk},
        data=lambda w: {"lines": [{"name": "王芳", "msisdn": "13811112222", "position": "会计"}]},
        post=_write(200),
    ),
    "api-coverage": Line(get=same(200, sysadmin=403)),
    "api-feed-call-ties": Line(
        data=lambda w: {"rows": [{"msisdn": "13811112222", "other": "13811113333", "last_on": "2026-01-05"}]},
        post=same(403),
    ),
    "api-rehomings": Line(
        data=lambda w: {"unit": w.org["unit"].pk}, get=same(200, **NO_VERB), post=_unit_work(201)
    ),
    "api-rehoming": Line(kwargs=_run, get=_unit_work(200)),
    "api-rehoming-start": Line(kwargs=_run, post=_unit_work(202)),
    "api-rehoming-undo": Line(kwargs=_run, post=_unit_work(409)),
    "members:people": Line(kwargs=_acme, get=_read()),
    "members:contact_add": Line(kwargs=_acme, data=_person, get=_write(200), post=_write(302)),
    "members:key_person_replace": Line(kwargs=_acme, data=_replacement, get=_write(200), post=_write(302)),
    "members:contact_edit": Line(kwargs=_contact, data=_person, get=_write(200), post=_write(302)),
    "members:contact_leave": Line(kwargs=_contact, data=_day, get=_write(200), post=_write(302)),
    "members:member_add": Line(kwargs=_acme, data=_new_member, get=_write(200), post=_write(302)),
    "members:card": Line(kwargs=_member, get=_read()),
    "members:member_edit": Line(kwargs=_member, data=_new_member, get=_write(200), post=_write(302)),
    "members:member_leave": Line(kwargs=_member, data=_day, get=_write(200), post=_write(302)),
    "members:member_move": Line(
        kwargs=_member,
        data=lambda w: {"client_code": w.other_client.client_code},
        get=_write(200),
        post=_write(302),
    ),
    "members:customers": Line(get=same(200, sysadmin=403)),
    "members:customer_card": Line(kwargs=lambda w: {"pk": w.customer.pk}, get=_read()),
    "members:reveal": Line(
        kwargs=lambda w: {"kind": "contact", "pk": w.contact.pk, "field": "mobile"},
        data=lambda w: {"reason": "客户回电核实"},
        get=_read(),
        post=_read(),
    ),
    "api-client-contacts": Line(
        kwargs=lambda w: {"client": w.acme.pk}, data=_person, get=_read(), post=_write(201)
    ),
    "api-client-replace-key-person": Line(
        kwargs=lambda w: {"client": w.acme.pk},
        data=lambda w: {"name": "新任", "position": "总经理", "mobile": "13800002222"},
        post=_write(201),
    ),
    "api-contact": Line(kwargs=_contact, data=lambda w: {"position": "主管"}, get=_read(), patch=_write(200)),
    "api-contact-leave": Line(kwargs=_contact, data=_day, post=_write(200)),
    "api-client-members": Line(
        kwargs=lambda w: {"client": w.acme.pk}, data=_api_member, get=_read(), post=_write(201)
    ),
    "api-member": Line(kwargs=_member, data=lambda w: {"position": "出纳"}, get=_read(), patch=_write(200)),
    "api-member-leave": Line(kwargs=_member, data=_day, post=_write(200)),
    "api-member-move": Line(kwargs=_member, data=lambda w: {"client": w.other_client.pk}, post=_write(200)),
    "api-customers": Line(get=same(200, sysadmin=403)),
    "api-customer": Line(kwargs=lambda w: {"pk": w.customer.pk}, get=_read()),
    "api-customer-bills": Line(kwargs=lambda w: {"pk": w.customer.pk}, get=_read()),
}
