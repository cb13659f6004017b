"""Pickers over big tables: only the chosen entry is in the page, the others are searched."""

from typing import Any

from django import forms
from django.urls import reverse


class RemoteSelect(forms.Select):
    """A select whose entries come from a search; without scripts it keeps what was chosen."""

    def __init__(self, url_name: str, placeholder: Any = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url_name = url_name
        self.placeholder = placeholder

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the address of the search."""
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-picker": "", "data-src": reverse(self.url_name), "data-placeholder": str(self.placeholder),
        }  # fmt: skip
        return context

    def optgroups(self, name: str, value: list[Any], attrs: dict[str, Any] | None = None) -> Any:
        """Offer the empty entry and what is chosen."""
        choices: Any = self.choices
        entries: list[tuple[Any, Any]] = [("", "")]
        keys = [key for key in value if key]
        if keys and hasattr(choices, "queryset"):
            field = choices.field.to_field_name or "pk"
            try:
                chosen = list(choices.queryset.filter(**{f"{field}__in": keys}))
            except (ValueError, TypeError):
                chosen = []
            entries += [(getattr(row, field), choices.field.label_from_instance(row)) for row in chosen]
        given = set(map(str, keys))
        return [
            (None, [self.create_option(name, key, label, str(key) in given and key != "", place)], place)
            for place, (key, label) in enumerate(entries)
        ]
