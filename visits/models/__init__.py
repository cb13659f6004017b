"""Visits, their checklists, and the log of each with its approval."""

from visits.models.appointments import Appointment, MissedCall, SolutionUse
from visits.models.calendar import Holiday
from visits.models.events import (
    EventAttendee,
    EventGift,
    EventPhoto,
    EventProduct,
    EventResult,
    EventStaff,
    OnSiteEvent,
)
from visits.models.field import ClientPlace, Presence, VisitPhoto
from visits.models.gifts import Gift, GiftMove, GiftRequest, GiftStock
from visits.models.logs import VisitLog
from visits.models.meetings import Attendance, DailyTask, Meeting, RaisedItem
from visits.models.visits import PreparationItem, Visit
from visits.models.weeks import PrintRun, WeekBook, WeekFiling, WeekInspection, WeeklyReport

__all__ = [
    "Appointment",
    "Attendance",
    "ClientPlace",
    "DailyTask",
    "EventAttendee",
    "EventGift",
    "EventPhoto",
    "EventProduct",
    "EventResult",
    "EventStaff",
    "Gift",
    "GiftMove",
    "GiftRequest",
    "GiftStock",
    "Holiday",
    "Meeting",
    "MissedCall",
    "OnSiteEvent",
    "PreparationItem",
    "Presence",
    "PrintRun",
    "RaisedItem",
    "SolutionUse",
    "Visit",
    "VisitLog",
    "VisitPhoto",
    "WeekBook",
    "WeekFiling",
    "WeekInspection",
    "WeeklyReport",
]
