"""Speak to somebody in the language they chose."""

from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.utils import translation


def in_language_of(user: Any) -> AbstractContextManager[None]:
    """Write what follows in a person's language, or in the one of the product where none was chosen."""
    return translation.override(user.language or settings.LANGUAGE_CODE)
