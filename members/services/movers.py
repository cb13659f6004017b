"""How people change hands when two clients are merged: limits hold, nobody is lost."""

from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext_lazy as _

from clients.services.merging import Deal, Mover, mover
from clients.services.merging.relations import Stays, call
from members.choices import ContactKind
from members.models import Contact, Member
from members.services.contacts import contact_limit

call({"members.RehomingMove": _("Members re-homed")})
for _label in ("members.RehomingMove.from_client", "members.RehomingMove.to_client"):
    mover(_label)(Stays)


@mover("members.Contact.client")
class Contacts(Mover):
    """One key person and at most five contacts remain; who has no place is noted as left, not lost."""

    def prepare(self, deal: Deal) -> None:
        """Settle who stays before the rows move.

        Steps: 1. the same person twice: the loser's row ends; 2. of two key persons the one not chosen
        becomes a contact; 3. contacts beyond the limit end, the survivor's come first; 4. kinds change
        after places are free.
        """
        ours = list(self.rows(deal.survivor).filter(left_on=None))
        theirs = list(self.rows(deal.loser).filter(left_on=None))
        known = {(c.kind, c.mobile or c.name) for c in ours}
        ending = [c for c in theirs if (c.kind, c.mobile or c.name) in known]
        theirs = [c for c in theirs if c not in ending]
        keys = [c for c in (*ours, *theirs) if c.kind == ContactKind.KEY_PERSON]
        becoming: list[Contact] = []
        if len(keys) == 2:
            becoming = [keys[0] if deal.choices.get("key_person") == "loser" else keys[1]]
        contacts = [c for c in (*ours, *theirs) if c.kind == ContactKind.CONTACT]
        contacts.sort(key=lambda c: (c.client_id != deal.survivor.pk, -_stamp(c), c.pk))
        names = {(c.mobile or c.name) for c in contacts}
        # A key person who is a contact already needs no second row.
        ending += [c for c in becoming if (c.mobile or c.name) in names]
        becoming = [c for c in becoming if c not in ending]
        limit = contact_limit()
        keeping = [*becoming, *contacts][:limit]
        ending += [c for c in (*becoming, *contacts) if c not in keeping]
        for contact in ending:
            self.change(deal, contact, left_on=deal.day)
        for contact in becoming:
            if contact in keeping:
                self.change(deal, contact, kind=ContactKind.CONTACT)


def _stamp(contact: Contact) -> float:
    return contact.verified_at.timestamp() if contact.verified_at else 0.0


@mover("members.Member.client")
class Members(Mover):
    """Numbers move with their memberships; one that is active on both sides ends on the loser's."""

    def prepare(self, deal: Deal) -> None:
        """End what could not stand beside the survivor's rows."""
        rows = self.rows(deal.loser).filter(left_on=None)
        same = Member.objects.active().filter(client=deal.survivor.pk, msisdn=OuterRef("msisdn"))
        ending = Exists(same)
        if deal.survivor.is_legal_person:
            # A cluster's numbers may be members of a third legal person: they cannot become exclusive here.
            elsewhere = (
                Member.objects.active()
                .filter(msisdn=OuterRef("msisdn"), exclusive=True)
                .exclude(client__in=[deal.survivor.pk, deal.loser.pk])
            )
            ending = ending | Exists(elsewhere)  # type: ignore[assignment]
        keys = list(rows.filter(ending).values_list("pk", flat=True))
        for pk in keys:
            deal.note(self.relation.label, pk, {"left_on": [None, deal.day.isoformat()]}, moved=False)
        Member.objects.filter(pk__in=keys).update(left_on=deal.day, version=F("version") + 1)

    def follows(self, deal: Deal) -> dict[str, Any]:
        """Return whether numbers are exclusive at the survivor."""
        return {"exclusive": deal.survivor.is_legal_person}
