"""Vocabulary of visits and logs (spec §3.4, §3.10)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Purposes of a visit (Source: S1-34…S1-39)."""

    P1 = "P1", _("Promote a service")
    P2 = "P2", _("Keep in touch")
    P3 = "P3", _("Hand over a gift")
    P4 = "P4", _("Handle business")
    P5 = "P5", _("Ask for opinions")
    P6 = "P6", _("Solve a complaint")


class VisitState(models.TextChoices):
    """States of a visit."""

    PLANNED = "PLANNED", _("Planned")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    IN_PROGRESS = "IN_PROGRESS", _("On site")
    DONE = "DONE", _("Visited")
    FOLLOWED_UP = "FOLLOWED_UP", _("Followed up")
    CLOSED = "CLOSED", _("Visit closed")
    CANCELLED = "CANCELLED", _("Cancelled")
    POSTPONED = "POSTPONED", _("Postponed")
    NO_SHOW = "NO_SHOW", _("Client did not appear")


class LogState(models.TextChoices):
    """States of a visit log."""

    DRAFT = "DRAFT", _("Log draft")
    SUBMITTED = "SUBMITTED", _("Waiting for approval")
    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned")


class Doubt(models.TextChoices):
    """Why an approver should look twice at a log; stored with it when it is submitted."""

    LATE = "LATE", _("Submitted late")
    NO_CHECK_IN = "NO_CHECK_IN", _("No check-in")
    FAR = "FAR", _("Checked in far from the client")
    CLOCK = "CLOCK", _("The phone's clock is wrong")
    COPIED = "COPIED", _("Text copied from an earlier log")
    THIN_RESULT = "THIN_RESULT", _("A result of a few words")
    SHORT = "SHORT", _("Very short")
    UNCHANGED = "UNCHANGED", _("Handed in again without a change")


class SpotTarget(models.TextChoices):
    """What a spot check looks at (Source: S1-92)."""

    LOG = "LOG", _("Visit logs")
    APPROVAL = "APPROVAL", _("Heads' decisions")


class SpotResult(models.TextChoices):
    """What a spot check found."""

    OK = "OK", _("In order")
    DOUBT = "DOUBT", _("Doubtful")
    REJECT = "REJECT", _("Not in order")


class OpinionKind(models.TextChoices):
    """What an opinion of a client is about."""

    SERVICE = "SERVICE", _("Service")
    NETWORK = "NETWORK", _("Network quality")
    PRODUCT = "PRODUCT", _("Products")
    PRICE = "PRICE", _("Prices and bills")
    PROCESS = "PROCESS", _("Procedures")
    OTHER = "OTHER", _("Something else")


class OpinionState(models.TextChoices):
    """States of an opinion (Source: S1-47)."""

    ASKED = "ASKED", _("Waits for the department")
    ANSWERED = "ANSWERED", _("Answered, client not told")
    FED_BACK = "FED_BACK", _("Client told")


class Procedure(models.TextChoices):
    """Procedures a superior may simplify for an urgent need (Source: S1-46)."""

    PAPERS_LATER = "PAPERS_LATER", _("Handle now, papers later")
    PRIORITY = "PRIORITY", _("Handle with priority")
    ON_SITE = "ON_SITE", _("Accept on the spot")
    CREDIT = "CREDIT", _("Credit for the time being")
    PRICE = "PRICE", _("Discount outside the table")
    OTHER = "OTHER", _("Another simplification")


class UrgentState(models.TextChoices):
    """States of an urgent need."""

    ASKED = "ASKED", _("Waits for an answer")
    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    REVOKED = "REVOKED", _("Grant ended")


class ConductKind(models.TextChoices):
    """What a report of conduct is about (Source: S0-85, S0-86)."""

    ASKED_FOR_GIFTS = "ASKED_FOR_GIFTS", _("Asked a client for gifts or favours")
    KEPT_GIFT = "KEPT_GIFT", _("Kept a gift meant for a client")
    OTHER = "OTHER", _("Other conduct")


class ConductChannel(models.TextChoices):
    """Where the client's side told it."""

    HALL = "HALL", _("Service hall")
    HOTLINE = "HOTLINE", _("Hotline")
    LEADER = "LEADER", _("Told to a leader")
    LETTER = "LETTER", _("Letter")
    CALL_BACK = "CALL_BACK", _("Call back about a gift")


class ConductState(models.TextChoices):
    """States of a report of conduct."""

    NEW = "NEW", _("New")
    LOOKED_INTO = "LOOKED_INTO", _("Being looked into")
    FOUNDED = "FOUNDED", _("Found true")
    UNFOUNDED = "UNFOUNDED", _("Not found true")


class PresenceKind(models.TextChoices):
    """When a phone says where it is."""

    IN = "IN", _("Arrival")
    OUT = "OUT", _("Departure")


class Fix(models.TextChoices):
    """What became of asking a phone for its position."""

    GIVEN = "GIVEN", _("Position given")
    REFUSED = "REFUSED", _("Position refused")
    NONE = "NONE", _("No position found")
    UNSENT = "UNSENT", _("Position not sent")


class Light(models.TextChoices):
    """How much a check-in is worth."""

    GREEN = "GREEN", _("At the client")
    AMBER = "AMBER", _("Cannot be told")
    RED = "RED", _("Elsewhere")


class PresenceReason(models.TextChoices):
    """Why a check-in has its colour."""

    NEAR = "NEAR", _("near the client")
    AWAY = "AWAY", _("some way from the client")
    FAR = "FAR", _("far from the client")
    NO_PLACE = "NO_PLACE", _("where the client is, is not known yet")
    REFUSED = "REFUSED", _("the position was refused")
    NONE = "NONE", _("the phone found no position")
    UNSENT = "UNSENT", _("the position was not sent along")
    VAGUE = "VAGUE", _("the position is inexact")
    STALE = "STALE", _("the position is old")
    CLOCK = "CLOCK", _("the phone's clock is wrong")


class HolidayKind(models.TextChoices):
    """What a day of the holiday calendar is."""

    HOLIDAY = "HOLIDAY", _("Day off")
    MAKEUP = "MAKEUP", _("Working weekend day")


class MeetingKind(models.TextChoices):
    """The two meetings of a working day (Source: S1-13, S1-96)."""

    MORNING = "MORNING", _("Morning meeting")
    EVENING = "EVENING", _("Evening meeting")


class MeetingState(models.TextChoices):
    """States of a meeting."""

    PLANNED = "PLANNED", _("Not begun")
    RUNNING = "RUNNING", _("Going on")
    HELD = "HELD", _("Held")


class AttendanceState(models.TextChoices):
    """Whether a person was at a meeting."""

    PRESENT = "PRESENT", _("Present")
    LEAVE = "LEAVE", _("On leave or away on business")
    ABSENT = "ABSENT", _("Absent")


class GiftState(models.TextChoices):
    """States of a gift request."""

    REQUESTED = "REQUESTED", _("Asked for")
    APPROVED = "APPROVED", _("Approved, to collect")
    REFUSED = "REFUSED", _("Refused")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    COLLECTED = "COLLECTED", _("Handed out, no receipt yet")
    SIGNED = "SIGNED", _("Signed for")
    RETURNED = "RETURNED", _("Back in stock")


class GiftMoveKind(models.TextChoices):
    """Why a stock of gifts moves."""

    IN = "IN", _("Taken in")
    OUT = "OUT", _("Handed out")
    BACK = "BACK", _("Given back")
    COUNT = "COUNT", _("Corrected by count")


class GiftCallback(models.TextChoices):
    """What the client says about a gift."""

    CONFIRMED = "CONFIRMED", _("Received as written")
    DENIED = "DENIED", _("Not received")
    NO_ANSWER = "NO_ANSWER", _("Could not be asked")


class EventState(models.TextChoices):
    """States of an on-site marketing event (spec §3.4)."""

    DRAFT = "DRAFT", _("Event draft")
    SUBMITTED = "SUBMITTED", _("Handed in")
    APPROVED = "APPROVED", _("Event approved")
    WARMED_UP = "WARMED_UP", _("Warmed up")
    RUNNING = "RUNNING", _("Running on site")
    FINISHED = "FINISHED", _("To be evaluated")
    EVALUATED = "EVALUATED", _("Evaluated, to close")
    CLOSED = "CLOSED", _("Event closed")
    CANCELLED = "CANCELLED", _("Event called off")


class PlaceKind(models.TextChoices):
    """Where people pass by (Source: S1-61)."""

    CANTEEN = "CANTEEN", _("Canteen")
    GATE = "GATE", _("Gate")
    ROAD = "ROAD", _("Main road inside")
    LOBBY = "LOBBY", _("Lobby")
    OTHER = "OTHER", _("Another place with a crowd")


class EventMaterial(models.TextChoices):
    """The material checklist EV-MAT (Source: S1-56, S1-58)."""

    BANNER = "BANNER", _("Banners")
    LEAFLET = "LEAFLET", _("Leaflets")
    BOOTH = "BOOTH", _("Booth or parasols")
    DESK = "DESK", _("Desks and chairs")
    POWER = "POWER", _("Power supply")
    COPIER = "COPIER", _("Copier")
    FORMS = "FORMS", _("Printed acceptance forms")


class SiteCheck(models.TextChoices):
    """What is looked at on the site (Source: S1-61)."""

    WORDING = "WORDING", _("Everybody uses the same wording")
    DRESS = "DRESS", _("Everybody is dressed alike")
    SERVICE = "SERVICE", _("Everybody serves in the same way")
    CROWD = "CROWD", _("The stand is where people pass by")
    SAFETY = "SAFETY", _("People and goods are safe")
    COMPLAINT = "COMPLAINT", _("Complaints are answered calmly, in the agreed words")


class SignedVia(models.TextChoices):
    """How somebody signed in."""

    SELF = "SELF", _("Own phone")
    STAFF = "STAFF", _("At the stand")


class CallKind(models.TextChoices):
    """Why a client is called (Source: S1-19…S1-23, S0-92)."""

    VISIT = "VISIT", _("Agree on a visit")
    GREETING = "GREETING", _("Greeting")
    ARREARS = "ARREARS", _("Balance reminder")
    CALLBACK = "CALLBACK", _("Calling back")


class CallChannel(models.TextChoices):
    """How a client is reached."""

    PHONE = "PHONE", _("Phone")
    MESSAGE = "MESSAGE", _("Message")
    WECHAT = "WECHAT", _("WeChat")
    MEETING = "MEETING", _("Face to face")


class CallResult(models.TextChoices):
    """What came of a call (spec §3.10); a call that asks for no visit may just have been a talk."""

    CONFIRMED = "CONFIRMED", _("Agreed")
    REFUSED = "REFUSED", _("Client declined")
    INCONVENIENT = "INCONVENIENT", _("Inconvenient")
    ABSENT = "ABSENT", _("Not there")
    NO_ANSWER = "NO_ANSWER", _("No answer")
    POSTPONED = "POSTPONED", _("Put off to another time")
    SPOKEN = "SPOKEN", _("Spoken")


class WeekState(models.TextChoices):
    """States of a weekly report (Source: S1-94, S1-95)."""

    DRAFT = "DRAFT", _("Being filled in")
    SUBMITTED = "SUBMITTED", _("Waiting for the leader")
    APPROVED = "APPROVED", _("Approved")
    RETURNED = "RETURNED", _("Returned")
    PRINTED = "PRINTED", _("Log book printed")
    ARCHIVED = "ARCHIVED", _("Filed in the archive")
    INSPECTED = "INSPECTED", _("Inspected")


class InspectionResult(models.TextChoices):
    """What the company finds in a log book."""

    GOOD = "GOOD", _("In order")
    FAULTS = "FAULTS", _("Faults found")


class RunState(models.TextChoices):
    """How far the printing of a unit's week is."""

    WAITING = "WAITING", _("Waiting for a worker")
    RUNNING = "RUNNING", _("Being printed")
    DONE = "DONE", _("All printed")
    FAILED = "FAILED", _("Printing failed")


# Acts of the audit trail in words; registered by the app.
ACTS = {
    "visits.call_booked": _("Call prepared"),
    "visits.call_changed": _("Call changed"),
    "visits.call_missed": _("Call missed"),
    "visits.call_returned": _("Client called back"),
    "visits.client_called": _("Client called"),
    "visits.conduct_reported": _("Conduct reported"),
    "visits.conduct_settled": _("Report of conduct settled"),
    "visits.conduct_taken_up": _("Report of conduct taken up"),
    "visits.log_spot_checked": _("Spot check"),
    "visits.opinion_answered": _("Opinion answered"),
    "visits.opinion_fed_back": _("Client told of the result"),
    "visits.opinion_noted": _("Opinion noted"),
    "visits.spot_check_drawn": _("Spot check drawn"),
    "visits.urgent_asked": _("Urgent need put to the superior"),
    "visits.urgent_escalated": _("Urgent need passed to the leader"),
    "visits.urgent_granted": _("Simplified procedure granted"),
    "visits.urgent_refused": _("Simplified procedure refused"),
    "visits.urgent_revoked": _("Simplified procedure revoked"),
    "visits.urgent_withdrawn": _("Urgent need withdrawn"),
    "visits.checked_in": _("Arrived at the client"),
    "visits.checked_out": _("Left the client"),
    "visits.client_absent": _("Client was absent"),
    "visits.event_approved": _("Event approved"),
    "visits.event_cancelled": _("Event called off"),
    "visits.event_changed": _("Event changed"),
    "visits.event_closed": _("Event closed"),
    "visits.event_evaluated": _("Event evaluated"),
    "visits.event_finished": _("Event over"),
    "visits.event_members_added": _("People of an event taken into the members"),
    "visits.event_planned": _("Event planned"),
    "visits.event_reopened": _("Event planned anew"),
    "visits.event_returned": _("Event returned"),
    "visits.event_started": _("Event begun"),
    "visits.event_submitted": _("Event handed in"),
    "visits.event_warmed_up": _("Event announced at the client"),
    "visits.event_code_renewed": _("Sign-in code of an event renewed"),
    "visits.gift_added": _("Gift added to the catalogue"),
    "visits.gift_approved": _("Gift approved"),
    "visits.gift_confirmed": _("Client confirmed the gift"),
    "visits.gift_denied": _("Client denied the gift"),
    "visits.gift_given_back": _("Gift given back"),
    "visits.gift_handed_out": _("Gift handed out"),
    "visits.gift_refused": _("Gift refused"),
    "visits.gift_requested": _("Gift asked for"),
    "visits.gift_signed_for": _("Gift signed for"),
    "visits.gift_withdrawn": _("Gift request withdrawn"),
    "visits.gifts_counted": _("Gifts counted"),
    "visits.gifts_taken_in": _("Gifts taken in"),
    "visits.late_told": _("Client told of the delay"),
    "visits.holiday_removed": _("Day of the holiday calendar removed"),
    "visits.holiday_set": _("Day of the holiday calendar set"),
    "visits.log_approved": _("Log approved"),
    "visits.log_returned": _("Log returned"),
    "visits.log_submitted": _("Log submitted"),
    "visits.meeting_called": _("Meeting opened"),
    "visits.meeting_held": _("Meeting held"),
    "visits.photo_added": _("Photo added"),
    "visits.photo_removed": _("Photo removed"),
    "visits.place_entered": _("Place of the client entered"),
    "visits.promise_kept": _("Promise kept"),
    "visits.solution_consulted": _("Solution looked at"),
    "visits.week_filled": _("Week filled with visits owed"),
    "visits.task_dropped": _("Task taken back"),
    "visits.task_given": _("Task given"),
    "visits.task_reported": _("Task reported on"),
    "visits.visit_cancelled": _("Visit cancelled"),
    "visits.visit_changed": _("Visit changed"),
    "visits.visit_closed": _("Visit closed for good"),
    "visits.visit_confirmed": _("Visit confirmed"),
    "visits.visit_done": _("Visit made"),
    "visits.visit_planned": _("Visit planned"),
    "visits.visit_postponed": _("Visit put off"),
    "visits.week_approved": _("Weekly report approved"),
    "visits.week_filed": _("Log book filed"),
    "visits.week_inspected": _("Log book inspected"),
    "visits.week_printed": _("Log book printed and sealed"),
    "visits.week_returned": _("Weekly report returned"),
    "visits.week_submitted": _("Weekly report submitted"),
}
