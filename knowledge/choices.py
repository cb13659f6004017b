"""Vocabulary of script cards and solutions (spec §3.4, §3.7)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Stage(models.TextChoices):
    """Where in a call or a visit a card is used (Source: S1-20…S1-31, S1-40…S1-49)."""

    CONNECT = "CONNECT", _("Getting through")
    GREETING = "GREETING", _("Greeting call")
    TALK = "TALK", _("During the talk")
    APPOINT = "APPOINT", _("Agreeing on a visit")
    ARREARS = "ARREARS", _("Balance used up")
    CLOSE = "CLOSE", _("Ending the call")
    ETIQUETTE = "ETIQUETTE", _("At the client's")


class SolutionState(models.TextChoices):
    """States of a solution."""

    DRAFT = "DRAFT", _("Draft solution")
    PUBLISHED = "PUBLISHED", _("Published solution")
    ARCHIVED = "ARCHIVED", _("Archived solution")


class SolutionCategory(models.TextChoices):
    """What a solution is about."""

    SUCCESS = "SUCCESS", _("Won negotiation")
    INDUSTRY = "INDUSTRY", _("Solution for an industry")
    PRODUCT = "PRODUCT", _("Product in use")
    RETENTION = "RETENTION", _("Keeping a client")
    COMPETITION = "COMPETITION", _("Against a competitor")


# Value tiers a solution may be meant for; the axis itself belongs to the client file.
TIERS = ("A1", "A2", "B1", "B2", "C", "D")

# Acts of the audit trail in words; registered by the app.
ACTS = {
    "knowledge.script_added": _("Script card added"),
    "knowledge.script_changed": _("Script card changed"),
    "knowledge.solution_added": _("Solution uploaded"),
    "knowledge.solution_archived": _("Solution archived"),
    "knowledge.solution_changed": _("Solution changed"),
    "knowledge.solution_published": _("Solution published"),
}
