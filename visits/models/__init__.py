"""Visits, their checklists, and the log of each with its approval."""

from visits.models.appointments import Appointment, MissedCall, SolutionUse
from visits.models.calendar import Holiday
from visits.models.checks import QualityMonth, SpotCheck, SpotDraw, SpotSample
from visits.models.conduct import ConductReport
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
from visits.models.opinions import OpinionForm
from visits.models.returns import LogReturn
from visits.models.urgent import EscalationRequest
from visits.models.visits import PreparationItem, Visit
from visits.models.weeks import PrintRun, WeekBook, WeekFiling, WeekInspection, WeeklyReport

__all__ = [
    "Appointment",
    "Attendance",
    "ClientPlace",
    "ConductReport",
    "DailyTask",
    "EscalationRequest",
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
    "LogReturn",
    "Meeting",
    "MissedCall",
    "OnSiteEvent",
    "OpinionForm",
    "PreparationItem",
    "Presence",
    "PrintRun",
    "QualityMonth",
    "RaisedItem",
    "SolutionUse",
    "SpotCheck",
    "SpotDraw",
    "SpotSample",
    "Visit",
    "VisitLog",
    "VisitPhoto",
    "WeekBook",
    "WeekFiling",
    "WeekInspection",
    "WeeklyReport",
]
