"""Forms of points and models: from outside to domain types; the services judge."""

from scoring.forms.ledger import ProposalForm, ReasonForm, RedeemForm
from scoring.forms.models import StarModelForm

__all__ = ["ProposalForm", "ReasonForm", "RedeemForm", "StarModelForm"]
