"""What files refer to: industries, the market grid, the numbers of codes."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager

from clients import choices
from clients.querysets.clients import GridQuerySet


class Industry(models.Model):
    """One entry of GB/T 4754-2017: section (A), division (01), group (011) or class (0111)."""

    code = models.CharField(_("industry code"), max_length=4, primary_key=True)
    name = models.CharField(_("industry"), max_length=80)
    level = models.PositiveSmallIntegerField(_("level"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    # The four levels of the entry itself, so that a client's are one join away.
    section = models.CharField(max_length=1)
    division = models.CharField(max_length=2, blank=True)
    group = models.CharField(max_length=3, blank=True)

    class Meta:
        verbose_name = _("industry")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class IndustryCategory(models.Model):
    """One of the company's own thirty industry types (X-05), editable."""

    code = models.CharField(_("code"), max_length=20, primary_key=True)
    name = models.CharField(_("industry type"), max_length=40)
    name_en = models.CharField(max_length=60)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("industry type")
        ordering = ["position"]

    def __str__(self) -> str:
        from django.utils.translation import get_language

        return self.name_en if (get_language() or "").startswith("en") else self.name


class GridManager(MP_NodeManager.from_queryset(GridQuerySet)):  # type: ignore[misc]
    """Give the tree's rows our reading verbs (the tree's own manager makes plain rows)."""

    def get_queryset(self) -> GridQuerySet:
        """Return the rows in the order of the tree."""
        return GridQuerySet(self.model, using=self._db).order_by("path")


class Grid(MP_Node):
    """One cell of the market grid: area, county, patch, township, office direction (Source: S1-71)."""

    code = models.CharField(_("grid code"), max_length=32, unique=True)
    name = models.CharField(_("grid"), max_length=60)
    level = models.PositiveSmallIntegerField(_("level"), choices=choices.GridLevel)
    unit = models.ForeignKey("accounts.OrgUnit", models.PROTECT, related_name="+", verbose_name=_("unit"))

    objects = GridManager()

    class Meta:
        verbose_name = _("grid")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name


class CodeSequence(models.Model):
    """The last number given out under one four-digit prefix; numbers are never reused (X-07, S0-54)."""

    prefix = models.CharField(max_length=4, primary_key=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix} {self.last}"
