"""One form for a parameter of any kind."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.base import clock
from crm.params.registry import Param


class ChangeForm(forms.Form):
    """The new value, the day it starts, and why."""

    value = forms.Field(label=_("New value"))
    effective_from = forms.DateField(
        label=_("In force from"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("Who decided it and where it is written.")
    )

    def __init__(self, *args: Any, param: Param, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.param = param
        self.fields["value"] = _field(param)
        today = clock.today()
        self.fields["effective_from"].initial = today
        self.fields["effective_from"].widget.attrs["min"] = today.isoformat()

    def clean_value(self) -> Any:
        """Return the value as it is stored."""
        value = self.cleaned_data["value"]
        if self.param.kind == "list":
            return list(value) if self.param.choices else _list(value)
        if self.param.kind == "bool":
            return value == "true"
        return value


def read(param: Param, value: Any) -> str:
    """Return a value as it is read on pages."""
    if param.kind == "bool":
        return str(_("yes") if value else _("no"))
    if isinstance(value, int | float):
        return f"{value:,}"
    if param.kind == "list":
        return ", ".join(param.called(item) for item in value)
    return param.called(value)


def shown(param: Param, value: Any) -> Any:
    """Return a value as the form takes it."""
    if param.kind == "list" and param.choices:
        return value
    if param.kind == "list":
        return ", ".join(str(item) for item in value)
    if param.kind == "bool":
        return "true" if value else "false"
    return str(value)


def _field(param: Param) -> forms.Field:
    bounds: Any = {"min_value": param.minimum, "max_value": param.maximum}
    if param.kind == "int":
        return forms.IntegerField(label=_("New value"), **bounds)
    if param.kind == "decimal":
        return forms.FloatField(label=_("New value"), **bounds)
    if param.kind == "bool":
        return forms.ChoiceField(label=_("New value"), choices=[("true", _("yes")), ("false", _("no"))])
    if param.kind == "choice":
        return forms.ChoiceField(label=_("New value"), choices=_choices(param))
    if param.kind == "list" and param.choices:
        boxes = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=_("New value"), choices=_choices(param), required=False, widget=boxes
        )
    hint = _("Separate the values by commas.") if param.kind == "list" else ""
    return forms.CharField(label=_("New value"), max_length=1000, help_text=hint)


def _choices(param: Param) -> list[tuple[str, str]]:
    return [(code, param.called(code)) for code in param.choices]


def _list(text: str) -> list[Any]:
    """Read a list typed with commas, Chinese ones too; figures become numbers."""
    items = [item.strip() for item in text.replace("，", ",").replace("、", ",").split(",") if item.strip()]
    return [_number(item) for item in items]


def _number(item: str) -> Any:
    try:
        value = json.loads(item)
    except ValueError:
        return item
    return value if isinstance(value, int | float) and not isinstance(value, bool) else item
