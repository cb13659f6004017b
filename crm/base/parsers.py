"""What bodies the API takes; apart from crm.base.api because the framework loads it first."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.parsers import JSONParser

# What JSON can spell and the database cannot keep: NUL, and half of a pair of surrogates.
UNKEPT = re.compile(r"[\x00\ud800-\udfff]")
# The longest list any route takes; each has its own limit below it.
MOST_MEMBERS = 20_000


class ObjectParser(JSONParser):
    """Take one JSON object, the only body any route understands."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        """Return the object.

        Raises: ParseError when the body is a list, a bare value, nested beyond reason, holds a list or an
        object of more than 20,000 members, or a character the database cannot keep.
        """
        try:
            body = super().parse(stream, media_type, parser_context)
        except RecursionError:
            body = None
        if not isinstance(body, dict):
            raise exceptions.ParseError(_("The body must be one JSON object, not nested too deeply."))
        _refuse_unusable(body)
        return body


def _refuse_unusable(body: dict[str, Any]) -> None:
    """Walk through a body once and refuse what no field could take.

    Raises: ParseError
    """
    left: list[Any] = [body]
    while left:
        item = left.pop()
        if isinstance(item, str):
            if UNKEPT.search(item):
                raise exceptions.ParseError(_("The body holds a character that is none, such as NUL."))
        elif isinstance(item, dict | list):
            if len(item) > MOST_MEMBERS:
                raise exceptions.ParseError(
                    _("A list of the body has more than %(most)d members. Send it in parts.")
                    % {"most": MOST_MEMBERS}
                )
            left += item
            if isinstance(item, dict):
                left += item.values()
