"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from visits.api.calls import AppointmentViewSet as Appointments
from visits.api.calls import MissedCallViewSet as Missed
from visits.api.checks import ConductViewSet as Conduct
from visits.api.checks import InboxViewSet as Inbox
from visits.api.checks import QualityViewSet as Quality
from visits.api.checks import SpotCheckViewSet as Checks
from visits.api.debt import DebtViewSet as Debt
from visits.api.events import OnSiteEventViewSet as Events
from visits.api.field import PhotoViewSet as Photos
from visits.api.gifts import GiftStockViewSet as GiftStock
from visits.api.gifts import GiftViewSet as Gifts
from visits.api.meetings import DailyTaskViewSet as Tasks
from visits.api.meetings import MeetingViewSet as Meetings
from visits.api.opinions import OpinionViewSet as Opinions
from visits.api.opinions import UrgentViewSet as Urgent
from visits.api.statistics import StatisticsViewSet as Statistics
from visits.api.visits import VisitLogViewSet as Logs
from visits.api.visits import VisitViewSet as Visits
from visits.api.weeks import HolidayViewSet as Holidays
from visits.api.weeks import PrintRunViewSet as Printings
from visits.api.weeks import WeekViewSet as Weeks

urlpatterns: list[URLPattern] = [
    path("visits", Visits.as_view({"get": "list", "post": "create"}), name="api-visits"),
    path("visits:record", Visits.as_view({"post": "record"}), name="api-visits-record"),
    path("visits/<int:pk>", Visits.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-visit"),
    path(
        "visits/<int:pk>/photos", Photos.as_view({"get": "list", "post": "create"}), name="api-visit-photos"
    ),
    *(
        path(f"visits/<int:pk>:{verb}", Visits.as_view({"post": verb}), name=f"api-visit-{verb}")
        for verb in ("confirm", "checkin", "checkout", "cancel", "postpone", "noshow", "followup")
    ),
    path("visit-debt", Debt.as_view({"get": "list"}), name="api-visit-debt"),
    path("visit-debt:week", Debt.as_view({"get": "week"}, pagination_class=None), name="api-visit-debt-week"),
    path("visit-debt:fill", Debt.as_view({"post": "fill"}), name="api-visit-debt-fill"),
    path("visit-debt:undo", Debt.as_view({"post": "undo"}), name="api-visit-debt-undo"),
    path("visits/<int:pk>:consulted", Visits.as_view({"post": "consulted"}), name="api-visit-consulted"),
    path("appointments", Appointments.as_view({"get": "list", "post": "create"}), name="api-appointments"),
    path(
        "appointments/<int:pk>",
        Appointments.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-appointment",
    ),
    path(
        "appointments/<int:pk>:result",
        Appointments.as_view({"post": "result"}),
        name="api-appointment-result",
    ),
    path("missed-calls", Missed.as_view({"get": "list", "post": "create"}), name="api-missed-calls"),
    path("missed-calls/<int:pk>", Missed.as_view({"get": "retrieve"}), name="api-missed-call"),
    path(
        "missed-calls/<int:pk>:return", Missed.as_view({"post": "give_back"}), name="api-missed-call-return"
    ),
    path("gift-requests", Gifts.as_view({"get": "list", "post": "create"}), name="api-gift-requests"),
    path("gift-requests/<int:pk>", Gifts.as_view({"get": "retrieve"}), name="api-gift-request"),
    *(
        path(f"gift-requests/<int:pk>:{verb}", Gifts.as_view({"post": verb}), name=f"api-gift-{verb}")
        for verb in ("approve", "refuse", "collect", "sign", "giveback", "withdraw", "callback")
    ),
    path("gift-stock", GiftStock.as_view({"get": "list"}), name="api-gift-stock"),
    path("meetings", Meetings.as_view({"get": "list", "post": "create"}), name="api-meetings"),
    path(
        "meetings/<int:pk>",
        Meetings.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-meeting",
    ),
    path("meetings/<int:pk>:begin", Meetings.as_view({"post": "begin"}), name="api-meeting-begin"),
    path("meetings/<int:pk>:end", Meetings.as_view({"post": "end"}), name="api-meeting-end"),
    path("onsite-events", Events.as_view({"get": "list", "post": "create"}), name="api-onsite-events"),
    path(
        "onsite-events/<int:pk>",
        Events.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-onsite-event",
    ),
    path(
        "onsite-events/<int:pk>/attendees",
        Events.as_view({"get": "attendees", "post": "sign_in"}),
        name="api-onsite-event-attendees",
    ),
    *(
        path(
            f"onsite-events/<int:pk>:{verb}",
            Events.as_view({"post": "send_back" if verb == "return" else verb}),
            name=f"api-onsite-event-{verb}",
        )
        for verb in (
            "tick",
            "submit",
            "withdraw",
            "approve",
            "return",
            "reopen",
            "cancel",
            "warmup",
            "start",
            "finish",
            "evaluate",
            "handin",
            "close",
        )
    ),
    path("daily-tasks", Tasks.as_view({"get": "list", "post": "create"}), name="api-daily-tasks"),
    path("daily-tasks/<int:pk>", Tasks.as_view({"get": "retrieve"}), name="api-daily-task"),
    path("daily-tasks/<int:pk>:report", Tasks.as_view({"post": "report"}), name="api-daily-task-report"),
    path("daily-tasks/<int:pk>:drop", Tasks.as_view({"post": "drop"}), name="api-daily-task-drop"),
    path("weekly-reports", Weeks.as_view({"get": "list", "post": "create"}), name="api-weekly-reports"),
    path("weekly-reports:print", Weeks.as_view({"post": "print_unit"}), name="api-weekly-reports-print"),
    path(
        "weekly-reports/<int:pk>",
        Weeks.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-weekly-report",
    ),
    *(
        path(f"weekly-reports/<int:pk>:{verb}", Weeks.as_view({"post": act}), name=f"api-weekly-{verb}")
        for verb, act in (
            ("submit", "submit"),
            ("approve", "approve"),
            ("return", "send_back"),
            ("print", "print"),
            ("file", "file"),
            ("inspect", "inspect"),
        )
    ),
    path("weekly-reports/<int:pk>/book", Weeks.as_view({"get": "book"}), name="api-weekly-book"),
    path("print-runs/<int:pk>", Printings.as_view({"get": "retrieve"}), name="api-print-run"),
    path("visit-statistics/<str:code>", Statistics.as_view({"get": "report"}), name="api-visit-statistics"),
    path("day-reports", Statistics.as_view({"get": "day"}), name="api-day-reports"),
    path("holidays", Holidays.as_view({"get": "list"}), name="api-holidays"),
    path("holidays/<str:day>", Holidays.as_view({"put": "update", "delete": "destroy"}), name="api-holiday"),
    path("visit-logs", Logs.as_view({"get": "list", "post": "create"}), name="api-visit-logs"),
    path("visit-logs:approve", Logs.as_view({"post": "approve_many"}), name="api-visit-logs-approve"),
    path(
        "visit-logs/<int:pk>",
        Logs.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-visit-log",
    ),
    path("visit-logs/<int:pk>:submit", Logs.as_view({"post": "submit"}), name="api-visit-log-submit"),
    path("visit-logs/<int:pk>:approve", Logs.as_view({"post": "approve"}), name="api-visit-log-approve"),
    path("visit-logs/<int:pk>:return", Logs.as_view({"post": "send_back"}), name="api-visit-log-return"),
    path("visit-logs/<int:pk>/changes", Logs.as_view({"get": "changes"}), name="api-visit-log-changes"),
    path("spot-checks", Checks.as_view({"get": "list", "post": "create"}), name="api-spot-checks"),
    path("spot-checks/<int:pk>", Checks.as_view({"get": "retrieve"}), name="api-spot-check"),
    path("spot-samples/<int:pk>:state", Checks.as_view({"post": "state"}), name="api-spot-sample-state"),
    path("quality-scores", Quality.as_view({"get": "list"}), name="api-quality-scores"),
    path("opinions", Opinions.as_view({"get": "list", "post": "create"}), name="api-opinions"),
    path("opinions/<int:pk>", Opinions.as_view({"get": "retrieve"}), name="api-opinion"),
    path("opinions/<int:pk>:answer", Opinions.as_view({"post": "answer"}), name="api-opinion-answer"),
    path("opinions/<int:pk>:feedback", Opinions.as_view({"post": "feedback"}), name="api-opinion-feedback"),
    path("urgent-needs", Urgent.as_view({"get": "list", "post": "create"}), name="api-urgent-needs"),
    path("urgent-needs/<int:pk>", Urgent.as_view({"get": "retrieve"}), name="api-urgent-need"),
    *(
        path(f"urgent-needs/<int:pk>:{verb}", Urgent.as_view({"post": verb}), name=f"api-urgent-{verb}")
        for verb in ("grant", "refuse", "withdraw", "revoke")
    ),
    path("conduct-reports", Conduct.as_view({"get": "list", "post": "create"}), name="api-conduct-reports"),
    path("conduct-reports/<int:pk>", Conduct.as_view({"get": "retrieve"}), name="api-conduct-report"),
    path("conduct-reports/<int:pk>:takeup", Conduct.as_view({"post": "takeup"}), name="api-conduct-takeup"),
    path("conduct-reports/<int:pk>:settle", Conduct.as_view({"post": "settle"}), name="api-conduct-settle"),
    path("inbox", Inbox.as_view({"get": "list"}), name="api-inbox"),
]
