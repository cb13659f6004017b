"""The form of a tier by decision: tier, reason, evidence and the two days; the services judge."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.models import Attachment, Client
from crm.base import clock
from scoring.choices import OVERRIDE_TIERS
from scoring.services.overrides import last_day


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class OverrideForm(forms.Form):
    """Propose a tier that the model does not give."""

    tier = forms.ChoiceField(label=_("value tier"), choices=OVERRIDE_TIERS)
    starts_on = _day(_("from"))
    ends_on = _day(_("until"))
    reason = forms.CharField(label=_("reason"), max_length=300)
    evidence = forms.CharField(
        label=_("evidence"),
        max_length=200,
        help_text=_("The document that proves it, with its number or date."),
    )
    paper = forms.ModelChoiceField(
        label=_("paper on file"), queryset=Attachment.objects.none(), required=False, empty_label="—"
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        today = clock.today()
        kwargs.setdefault("initial", {"starts_on": today, "ends_on": last_day(today)})
        super().__init__(*args, **kwargs)
        papers: Any = self.fields["paper"]
        papers.queryset = Attachment.objects.filter(client=client, replaced_at=None)
        self.fields["ends_on"].help_text = _("Twelve months at most.")
