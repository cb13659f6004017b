"""Lists as people keep them, and what they did from a list to many clients at once."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A list as one person wants to find it again: the query string under a name.

    With a unit it is shared: everybody who works in the unit or below finds it as a tab.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=20)
    query = models.CharField(max_length=1000)
    unit = models.ForeignKey(
        "accounts.OrgUnit", models.CASCADE, null=True, blank=True, related_name="+",
        verbose_name=_("shared with"),
    )  # fmt: skip

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name


class ListSetting(models.Model):
    """How one person wants the list of clients: the columns in order, and the view it opens with."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    columns = models.CharField(max_length=300, blank=True)
    opens_with = models.CharField(max_length=1000, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.columns}"


class BulkRun(models.Model):
    """One act on many clients: what became of each, and what each was before."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(max_length=30)
    summary = models.CharField(max_length=300, blank=True)
    # [{client, label, ok, message, before}]
    rows = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["actor", "-id"], name="bulk_run_of_person")]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"
