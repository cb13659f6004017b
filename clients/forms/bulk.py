"""What acts on many clients ask for, and the acts themselves; the app registers them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.forms.audits import SpotForm
from clients.forms.clients import AssignForm
from clients.services import bulk_acts
from clients.services.bulk import BulkAct
from crm.accounts.models import User

KEEP = (("", _("Leave as it is")), ("yes", _("Yes")), ("no", _("No")))


class ManyAssignForm(AssignForm):
    """Who takes the chosen clients over, and why."""


class MarkForm(forms.Form):
    """Marks that only a head gives."""

    is_strategic = forms.ChoiceField(
        label=_("designated strategic client"), choices=KEEP, required=False, widget=forms.RadioSelect
    )
    is_benchmark = forms.ChoiceField(
        label=_("model in its line"), choices=KEEP, required=False, widget=forms.RadioSelect
    )

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one mark."""
        given = {name: value == "yes" for name, value in self.cleaned_data.items() if value}
        if not given:
            raise forms.ValidationError(_("Choose what is to be changed."))
        return given


class ManyAuditForm(SpotForm):
    """What the chosen clients are audited for."""

    def __init__(self, *arguments: Any, user: User, **named: Any) -> None:
        super().__init__(*arguments, **named)


ACTS = (
    BulkAct("assign", _("Give to a manager"), "user-plus", "clients.assign", ManyAssignForm,
            bulk_acts.assign, bulk_acts.unassign, 10),
    BulkAct("co_manager", _("Add a co-manager"), "users", "clients.assign", ManyAssignForm,
            bulk_acts.add_co, bulk_acts.remove_co, 20),
    BulkAct("mark", _("Mark"), "star", "clients.approve", MarkForm, bulk_acts.mark, bulk_acts.unmark, 30),
    # An audit is not taken back: it is gone through, or ends with its plan.
    BulkAct("audit", _("Audit"), "clipboard-check", "audits.run", ManyAuditForm, bulk_acts.audit, None, 40),
)  # fmt: skip
