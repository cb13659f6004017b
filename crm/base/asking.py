"""What an address of the API may ask for: a name that nobody reads is refused, never passed over.

It stands alone, for rest_framework.views imports it before it is ready itself.
"""

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from crm.base.errors import Invalid

if TYPE_CHECKING:
    from rest_framework.views import APIView

READING = ("GET", "HEAD")
# Read by the framework itself: which shape the answer has.
FORMAT = "format"
_known: dict[tuple[type, str], frozenset[str]] = {}


class AsksForKnown(BasePermission):
    """Refuse to read with a parameter that no filter, paging or description of the view knows.

    A filter that is misspelt and ignored answers with everything, and looks like an answer. It is a
    permission because every view passes here once it is known who asks.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Compare the names in the address with those the view reads.

        Raises: Invalid UNKNOWN_PARAMETER, naming those that are unknown and those there are.
        """
        if request.method not in READING or request.method not in view.allowed_methods:
            return True
        known = known_names(view, "GET")
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            there_are = ", ".join(sorted(known - {FORMAT})) or "–"
            sentence = _("There is no parameter “%(name)s” here. There are: %(known)s.")
            raise Invalid(
                "UNKNOWN_PARAMETER",
                sentence % {"name": unknown[0][:80], "known": there_are},
                fields={name[:80]: [_("Unknown parameter.")] for name in unknown[:20]},
                details={"known": sorted(known - {FORMAT})},
            )
        return True


def known_names(view: "APIView", method: str) -> frozenset[str]:
    """Return what a view reads from its address: filters, paging, and what its description names."""
    action = getattr(view, "action", None) or method.lower()
    key = (type(view), action)
    if key not in _known:
        schema = _schema(view, action, method)
        _known[key] = frozenset({FORMAT, *_filters(view, schema), *_paging(view), *_described(schema)})
    return _known[key]


def _schema(view: Any, action: str, method: str) -> Any:
    """Return the description of a method: what `extend_schema` gave it, or its class."""
    described = getattr(getattr(view, action, None), "kwargs", {}).get("schema")
    schema = described() if described else type(type(view).schema)()
    schema.view, schema.method, schema.path = view, method, ""
    return schema


def _filters(view: Any, schema: Any) -> Iterator[str]:
    """Yield the names of the filters the description has; a range has two."""
    for backend in schema.get_filter_backends() if getattr(view, "filter_backends", ()) else ():
        find = getattr(backend(), "get_filterset_class", None)
        filterset = find(view, view.queryset) if find else None
        # A copy: a filter keeps the choices it was first asked for, and here nobody asks.
        for name, one in deepcopy(filterset.base_filters).items() if filterset else ():
            suffixes = getattr(one.field.widget, "suffixes", None)
            yield from (f"{name}_{suffix}" for suffix in suffixes) if suffixes else (name,)


def _paging(view: Any) -> Iterator[str]:
    pages = getattr(view, "pagination_class", None)
    for name in ("cursor_query_param", "page_size_query_param"):
        if found := getattr(pages, name, None):
            yield found


def _described(schema: Any) -> Iterator[str]:
    for parameter in schema.get_override_parameters():
        if getattr(parameter, "location", "") == "query":
            yield parameter.name
