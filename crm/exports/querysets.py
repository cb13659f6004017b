"""Reading verbs of export requests."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from crm.accounts.scope import under
from crm.exports.choices import RequestState, Work

if TYPE_CHECKING:
    from crm.accounts.models import User


class DownloadRequestQuerySet(models.QuerySet[Any]):
    """Requests by who may see and decide them."""

    def visible_to(self, user: "User") -> "DownloadRequestQuerySet":
        """Return one's own requests and those one may decide or has decided."""
        return self.filter(Q(owner=user) | Q(decided_by=user) | _decidable(user))

    def decidable_by(self, user: "User") -> "DownloadRequestQuerySet":
        """Return requests that wait for the person: of people below, never one's own.

        A head decides about the people of the department; what leaders and administrators ask for is decided
        by a leader or administrator over them. Source: E204, X-19
        """
        return self.filter(_decidable(user), state=RequestState.REQUESTED)

    def overdue(self, now: datetime) -> "DownloadRequestQuerySet":
        """Return approved requests nobody has downloaded in time."""
        return self.filter(state=RequestState.APPROVED, valid_until__lte=now)

    def stuck(self, silent_since: datetime) -> "DownloadRequestQuerySet":
        """Return requests whose file no worker writes any more."""
        return self.filter(
            state=RequestState.APPROVED, work__in=[Work.WAITING, Work.RUNNING], beat_at__lt=silent_since
        )

    def with_people(self) -> "DownloadRequestQuerySet":
        """Load the people a page names."""
        return self.select_related("owner__org_unit", "decided_by")


def _decidable(user: "User") -> Q:
    allowed = Q(pk__in=[])
    for verb in ("exports.approve", "exports.approve_leaders", "accounts.manage"):
        if user.can(verb):
            allowed |= Q(approve_verb=verb) & under(user.scope.paths_for(verb), "owner__org_unit__")
    # Who stands in for another is that other, too: what they asked for is not theirs to let go.
    return allowed & ~Q(owner__in=user.scope.selves)
