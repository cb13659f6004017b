"""Forms of points and models: from outside to domain types; the services judge."""

from scoring.forms.ledger import BudgetForm, PeriodForm, ProposalForm, ReasonForm, RedeemForm
from scoring.forms.models import StarModelForm
from scoring.forms.overrides import OverrideForm
from scoring.forms.segments import CostForm

__all__ = [
    "BudgetForm",
    "CostForm",
    "OverrideForm",
    "PeriodForm",
    "ProposalForm",
    "ReasonForm",
    "RedeemForm",
    "StarModelForm",
]
