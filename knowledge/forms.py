"""Script cards and solutions as people type them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from knowledge import choices
from knowledge.models import ScriptCard, Solution


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CardForm(forms.Form):
    """One script card."""

    code = forms.RegexField(
        r"^[A-Za-z][A-Za-z0-9_-]*$", label=_("card code"), max_length=30,
        help_text=_("Letters, digits and hyphens; it is never changed again."),
    )  # fmt: skip
    stage = forms.ChoiceField(label=_("stage"), choices=choices.Stage.choices)
    situation = forms.CharField(label=_("situation"), max_length=60)
    text = forms.CharField(
        label=_("what to say"), max_length=400, widget=_area(3),
        help_text=_("What stands in braces is filled in: {salutation}, {me}, {slot1}, {slot2}, {place}."),
    )  # fmt: skip
    situation_en = forms.CharField(label=_("situation in English"), max_length=100, required=False)
    text_en = forms.CharField(
        label=_("what to say, in English"), max_length=600, required=False, widget=_area(3)
    )
    position = forms.IntegerField(label=_("order"), min_value=0, max_value=999, initial=50)
    active = forms.BooleanField(label=_("in use"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *arguments: Any, card: ScriptCard | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        if card is None:
            del self.fields["version"]
        else:
            del self.fields["code"]
            self.initial.update({name: getattr(card, name) for name in self.fields})


class SolutionForm(forms.Form):
    """One solution of the library."""

    title = forms.CharField(label=_("title"), max_length=100)
    category = forms.ChoiceField(label=_("category"), choices=choices.SolutionCategory.choices)
    summary = forms.CharField(label=_("in one sentence"), max_length=200)
    body = forms.CharField(label=_("what was done and what it brought"), max_length=20_000, widget=_area(12))
    industries: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        None, label=_("industries"), required=False, widget=forms.CheckboxSelectMultiple
    )
    products: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        None, label=_("products"), required=False, widget=forms.CheckboxSelectMultiple
    )
    tiers = forms.MultipleChoiceField(
        label=_("value tiers"), required=False, choices=[(code, code) for code in choices.TIERS],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *arguments: Any, solution: Solution | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        known: Any = self.fields
        if solution is None:
            del known["version"]
        else:
            plain = set(known) - {"industries", "products"}
            self.initial.update({name: getattr(solution, name) for name in plain})
        # A division, or a product no longer sold, that was chosen before stays choosable.
        for name, offered in (("industries", Q(level=1)), ("products", Q(active=True))):
            chosen = [row.pk for row in getattr(solution, name).all()] if solution else []
            known[name].queryset = related(name).filter(offered | Q(pk__in=chosen))
            self.initial[name] = chosen


def related(name: str) -> Any:
    """Return the rows of the client file that a solution may name."""
    found: Any = Solution._meta.get_field(name).related_model
    return found._default_manager.all()
