"""What bodies the API takes; apart from crm.base.api because the framework loads it first."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser


class ObjectParser(JSONParser):
    """Take one JSON object, the only body any route understands."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Return the object.

        Raises: ParseError when the body is a list, a bare value or nested beyond reason.
        """
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            body = None
        if not isinstance(body, dict):
            raise exceptions.ParseError(_("The body must be one JSON object, not nested too deeply."))
        return body
