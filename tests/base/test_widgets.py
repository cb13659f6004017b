"""Plain fields are drawn without templates and look as Django draws them, sign by sign."""

import re
from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from crm.base.widgets import DRAWN, Renderer

NASTY = """<script>alert("1 & '2'")</script>"""
GROUPED = [("", "—"), ("Colours", [("r", "Red"), ("<b>", NASTY)]), (3, 1234), ("s", mark_safe("<i>safe</i>"))]


class Everything(forms.Form):
    """One field of every kind that is drawn by hand, and some that are not."""

    words = forms.CharField(max_length=20, initial=NASTY, help_text="said")
    amount = forms.IntegerField(min_value=1, initial=12345, localize=False)
    share = forms.DecimalField(decimal_places=2, initial="0.50", required=False)
    mail = forms.EmailField(required=False, disabled=True)
    secret = forms.CharField(widget=forms.PasswordInput)
    day = forms.DateField(initial=date(2026, 2, 28), widget=forms.DateInput(attrs={"type": "date"}))
    moment = forms.DateTimeField(required=False)
    hour = forms.TimeField(required=False)
    hidden = forms.CharField(widget=forms.HiddenInput, initial="0")
    agreed = forms.BooleanField(
        initial=True, widget=forms.CheckboxInput(attrs={"data-x": True, "data-y": False})
    )
    one = forms.ChoiceField(choices=GROUPED, initial="<b>", label=gettext_lazy("Show"))
    many = forms.MultipleChoiceField(choices=GROUPED, initial=["r", "3"])
    maybe = forms.NullBooleanField(required=False)
    text = forms.CharField(widget=forms.Textarea, initial=NASTY)
    radios = forms.ChoiceField(choices=[("a", "A"), ("b", NASTY)], widget=forms.RadioSelect)


@pytest.mark.parametrize("data", [None, {}, {"words": "", "one": "r", "many": ["<b>", "s"], "maybe": "true"}])
def test_every_widget_is_drawn_as_django_draws_it(data: dict[str, object] | None) -> None:
    """Bound or not, with errors or without, the page is the same."""
    ours, django = (str(Everything(data, renderer=renderer)) for renderer in (Renderer(), DjangoTemplates()))
    assert re.sub(r"\s+", " ", ours) == re.sub(r"\s+", " ", django)
    assert "<script>" not in ours


def test_a_choice_not_made_yet_asks_for_one() -> None:
    class Asked(forms.Form):
        size = forms.ChoiceField(choices=[("", "---------"), ("A", "A")], required=False)

    with translation.override("zh-hans"):
        drawn = str(Asked(renderer=Renderer())["size"])
    assert '<option value="" selected>请选择</option>' in drawn
    assert "---" not in drawn


def test_the_product_uses_them() -> None:
    """The renderer is the one of the settings, and it draws what the page's form asks for."""
    form = Everything()
    assert isinstance(form.renderer, Renderer)
    assert form["one"].field.widget.template_name in DRAWN
    assert form["day"].field.widget.template_name in DRAWN
