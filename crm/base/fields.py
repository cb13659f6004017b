"""Fields of the API that are cheap to refuse."""

from collections.abc import Sized
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from crm.base.errors import WrongRow

# Of a list that names no limit of its own.
MOST_ITEMS = 1_000
# More wrong items of one list than anybody reads.
MOST_ERRORS = 100

# What the framework says about names and shapes, in our own words.
SENTENCES = {
    "does_not_exist": _("There is no such record."),
    "incorrect_type": _("There is no such record."),
    "not_a_list": _("A list is expected here."),
    "not_a_dict": _("Names with values are expected here."),
    "invalid_choice": _("This is none of the possible values."),
    "required": _("This field is required."),
    "null": _("This field must not be empty."),
    "blank": _("This field must not be empty."),
}


def _sentence(item: Any) -> str:
    return str(SENTENCES.get(getattr(item, "code", ""), item))


def flat(detail: Any) -> dict[str, list[str]]:
    """Return DRF's error detail as field → sentences; nested serializers become dotted names."""
    if isinstance(detail, list):
        return {"": [_sentence(item) for item in detail]}
    found: dict[str, list[str]] = {}
    for field, value in detail.items():
        if isinstance(value, dict):
            found |= {f"{field}.{key}" if key else field: v for key, v in flat(value).items()}
        else:
            found["" if field == "non_field_errors" else field] = [_sentence(item) for item in value]
    return found


class ListField(serializers.ListField):
    """A list whose length is judged before its items, and of whose wrong items the first are answered."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MOST_ITEMS)
        super().__init__(**kwargs)

    def limit(self, data: Any) -> None:
        """Refuse a list that is too long before its items are looked at.

        Raises: ValidationError
        """
        most = self.max_length or MOST_ITEMS
        if isinstance(data, Sized) and len(data) > most:
            self.fail("max_length", max_length=most)

    def run_child_validation(self, data: Any) -> list[Any]:
        """Return the checked items.

        Raises: ValidationError when there are too many, or with the first wrong ones by their place.
        """
        self.limit(data)
        found: list[Any] = []
        errors: dict[Any, Any] = {}
        for place, item in enumerate(data):
            try:
                found.append(self.child.run_validation(item))
            except ValidationError as error:
                errors[place] = error.detail
                if len(errors) == MOST_ERRORS:
                    break
        if errors:
            raise ValidationError(errors)
        return found


class RowsField(ListField):
    """The rows of a bulk request: one that cannot be read is answered by itself and costs no other row."""

    def run_child_validation(self, data: Any) -> list[Any]:
        """Return the checked rows, with a `WrongRow` in the place of each that is wrong.

        Raises: ValidationError when there are too many
        """
        self.limit(data)
        return [self._checked(item) for item in data]

    def _checked(self, item: Any) -> Any:
        try:
            return self.child.run_validation(item)
        except ValidationError as error:
            return WrongRow(item, flat(error.detail))
