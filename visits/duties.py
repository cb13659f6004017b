"""What waits for a head's decision in one place, by kind, as far down as visits can see."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.choices import FilingState
from clients.models import Client
from crm.base.inbox import Kind, register
from crm.exports.models import DownloadRequest
from scoring.models import PointProposal
from visits.models import EscalationRequest, GiftRequest, OpinionForm, VisitLog


def _logs(user: Any) -> Any:
    return VisitLog.objects.waiting().decidable_by(user)


def _files(user: Any) -> Any:
    return Client.objects.visible_to(user).filter(filing=FilingState.SUBMITTED)


def _points(user: Any) -> Any:
    return PointProposal.objects.visible_to(user).waiting().exclude(proposed_by__in=user.scope.selves)


register(
    Kind("logs", _("Visit logs"), "checkbox", "visits.approve_log", "visits:desk", _logs, position=10),
    Kind(
        "urgent", _("Urgent needs"), "alarm", "visits.approve_log", "visits:urgents",
        lambda user: EscalationRequest.objects.decidable_by(user), "view=decide", 20,
    ),
    Kind(
        "gifts", _("Gifts"), "gift", "visits.keep_gifts", "visits:gifts",
        lambda user: GiftRequest.objects.decidable_by(user), "view=decide", 30,
    ),
    Kind(
        "opinions", _("Opinions to answer"), "message-2", "visits.answer_opinion", "visits:opinions",
        lambda user: OpinionForm.objects.answerable_by(user), "view=answer", 40,
    ),
    Kind("files", _("New files"), "file-check", "clients.approve", "clients:desk", _files, "tab=waiting", 50),
    Kind("points", _("Points"), "coins", "scoring.approve", "workbench:today", _points, position=60),
    Kind(
        "exports", _("Exports"), "download", "exports.approve", "exports:list",
        lambda user: DownloadRequest.objects.decidable_by(user), position=70,
    ),
)  # fmt: skip
