"""Script cards and solutions (spec §3.7)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from crm.base.history import keep_history
from crm.base.models import Stamped
from knowledge import choices
from knowledge.querysets import ScriptCardQuerySet, SolutionQuerySet


@keep_history(["stage", "situation", "situation_en", "text", "text_en", "position", "active"])
class ScriptCard(Stamped):
    """What to say, or how to behave, in one situation (Source: S1-20…S1-31, S1-41…S1-49)."""

    code = models.CharField(_("card code"), max_length=30, unique=True)
    stage = models.CharField(_("stage"), max_length=9, choices=choices.Stage)
    situation = models.CharField(_("situation"), max_length=60)
    situation_en = models.CharField(_("situation in English"), max_length=100, blank=True)
    text = models.CharField(_("what to say"), max_length=400)
    text_en = models.CharField(_("what to say, in English"), max_length=600, blank=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    active = models.BooleanField(_("in use"), default=True)

    objects = models.Manager.from_queryset(ScriptCardQuerySet)()

    class Meta:
        verbose_name = _("script card")
        ordering = ["stage", "position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(situation="") & ~Q(text=""), name="script_says_something"),
        ]

    def __str__(self) -> str:
        return (self.situation_en if _english() else "") or self.situation

    @property
    def words(self) -> str:
        """Return what to say, in the reader's language."""
        return (self.text_en if _english() else "") or self.text


def _english() -> bool:
    return (get_language() or "").startswith("en")


@keep_history(["title", "category", "body", "tiers", "state"])
class Solution(Stamped):
    """A negotiation that was won, or a solution others can use (Source: S1-06)."""

    title = models.CharField(_("title"), max_length=100)
    category = models.CharField(_("category"), max_length=11, choices=choices.SolutionCategory)
    summary = models.CharField(_("in one sentence"), max_length=200)
    body = models.TextField(_("what was done and what it brought"))
    # The client file stands on the same floor: its tables are named, its code is not called.
    industries = models.ManyToManyField(
        "clients.Industry", related_name="+", verbose_name=_("industries"), blank=True
    )
    products = models.ManyToManyField(
        "clients.Product", related_name="+", verbose_name=_("products"), blank=True
    )
    tiers = ArrayField(
        models.CharField(max_length=2, choices=[(code, code) for code in choices.TIERS]),
        verbose_name=_("value tiers"), default=list, blank=True,
    )  # fmt: skip
    state = models.CharField(
        _("state"), max_length=9, choices=choices.SolutionState, default=choices.SolutionState.DRAFT
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    # Title, summary, products and body in small letters, with the title's pinyin: written by the service.
    search_text = models.TextField(blank=True, default="")

    objects = models.Manager.from_queryset(SolutionQuerySet)()

    class Meta:
        verbose_name = _("solution")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(summary="") & ~Q(body=""), name="solution_says_something"
            ),
            models.CheckConstraint(
                condition=~Q(state="PUBLISHED") | ~Q(published_at=None), name="solution_published_has_time"
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="solution_state")]

    def __str__(self) -> str:
        return self.title
