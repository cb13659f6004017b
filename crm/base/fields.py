"""Fields of the API that are cheap to refuse."""

from collections.abc import Sized
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

# Of a list that names no limit of its own.
MOST_ITEMS = 1_000
# More wrong items of one list than anybody reads.
MOST_ERRORS = 100


class ListField(serializers.ListField):
    """A list whose length is judged before its items, and of whose wrong items the first are answered."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MOST_ITEMS)
        super().__init__(**kwargs)

    def run_child_validation(self, data: Any) -> list[Any]:
        """Return the checked items.

        Raises: ValidationError when there are too many, or with the first wrong ones by their place.
        """
        most = self.max_length or MOST_ITEMS
        if isinstance(data, Sized) and len(data) > most:
            self.fail("max_length", max_length=most)
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
