"""How tiers by decision change hands when two clients are merged."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from clients.services.merging import Deal, Mover, mover
from scoring.choices import OverrideState
from scoring.models import TierOverride


@mover("scoring.TierOverride.client")
class Decisions(Mover):
    """Decisions about the tier go with the file; an individual business or cluster is D and takes none.

    A proposal that has no place at the survivor is withdrawn: nobody can decide about a closed file.
    """

    def clashing(self, deal: Deal) -> models.QuerySet[Any]:
        """Return the decisions that stay with the loser."""
        return super().clashing(deal) if deal.survivor.is_legal_person else self.rows(deal.loser)

    def prepare(self, deal: Deal) -> None:
        """Withdraw a waiting proposal that stays."""
        for row in TierOverride.objects.filter(pk__in=self.clashing(deal).values("pk")).waiting():
            self.change(
                deal, row, state=OverrideState.WITHDRAWN, remark=_("The file was merged into another.")
            )
