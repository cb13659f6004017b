"""Visits, their checklists, and the log of each with its approval."""

from visits.models.calendar import Holiday
from visits.models.gifts import Gift, GiftMove, GiftRequest, GiftStock
from visits.models.logs import VisitLog
from visits.models.meetings import Attendance, DailyTask, Meeting, RaisedItem
from visits.models.visits import PreparationItem, Visit

__all__ = [
    "Attendance",
    "DailyTask",
    "Gift",
    "GiftMove",
    "GiftRequest",
    "GiftStock",
    "Holiday",
    "Meeting",
    "PreparationItem",
    "RaisedItem",
    "Visit",
    "VisitLog",
]
