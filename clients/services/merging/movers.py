"""How our own rows change hands: structure, managers, revenue, histories."""

from django.utils.translation import gettext_lazy as _

from clients.services.merging.relations import Deal, Mover, Stays, call, mover, unique_with

call(
    {
        "clients.AMAssignment": _("Assignments of managers"),
        "clients.ClientClassHistory": _("Changes of class"),
        "clients.ClientStatusHistory": _("Changes of state"),
        "clients.HandOverClient": _("Hand-overs of clients"),
        "clients.MergeNote": _("Units named in this file"),
        "clients.RevenueLine": _("Revenue by product"),
        "clients.RevenueMonth": _("Revenue by month"),
    }
)

for _label in (
    "clients.ClientStatusHistory.client",
    "clients.ClientClassHistory.client",
    "clients.Client.merged_into",
    "clients.Merge.client",
    "clients.Merge.other",
):
    mover(_label)(Stays)


@mover("clients.AMAssignment.client")
class Managers(Stays):
    """Who managed the loser stays its history; the current ones end with it."""

    def prepare(self, deal: Deal) -> None:
        """End the current assignments on the day of the merge."""
        for row in self.rows(deal.loser).filter(to_on=None):
            self.change(deal, row, to_on=max(row.from_on, deal.day))


@mover("clients.Client.parent")
class Children(Mover):
    """Units below the loser go below the survivor; a survivor below the loser takes the loser's place."""

    def prepare(self, deal: Deal) -> None:
        """Lift the survivor out of the loser's sub-tree, so that no circle closes."""
        above, seen = deal.survivor.parent, set()
        while above is not None and above.pk not in seen:
            if above.pk == deal.loser.pk:
                parent = deal.loser.parent if deal.loser.parent_id != deal.survivor.pk else None
                self.change(deal, deal.survivor, parent=parent)
                deal.survivor.parent = parent
                return
            seen.add(above.pk)
            above = above.parent


@mover("clients.Client.predecessor")
class Successors(Mover):
    """Files that followed the loser follow the survivor; the survivor follows nobody that it took in."""

    def prepare(self, deal: Deal) -> None:
        """Let go of a survivor that named the loser as the one before it."""
        if deal.survivor.predecessor_id == deal.loser.pk:
            self.change(deal, deal.survivor, predecessor=None)
            deal.survivor.predecessor = None


@mover("clients.RevenueLine.client")
@mover("clients.RevenueMonth.client")
class Revenue(Mover):
    """Months both sides have are added up, so that no amount is lost or counted twice."""

    AMOUNTS = ("revenue_fen", "cost_fen")

    def prepare(self, deal: Deal) -> None:
        """Add the loser's amounts to the survivor's rows of the same key."""
        names = {each.name for each in self.relation.model._meta.local_fields}
        amounts = [name for name in self.AMOUNTS if name in names]
        ((keys, _condition, _nulls),) = unique_with(self.relation)
        for row in self.clashing(deal):
            key = {name: getattr(row, name) for name in keys if name != self.relation.field}
            other = self.rows(deal.survivor).get(
                **{
                    k if v is not None else f"{k}__isnull": v if v is not None else True
                    for k, v in key.items()
                }
            )
            self.change(
                deal, other,
                **{name: (getattr(other, name) or 0) + (getattr(row, name) or 0) for name in amounts},
            )  # fmt: skip
            self.change(deal, row, **dict.fromkeys(amounts, 0))
