"""The API's description for machines and for people."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

# By language and format; the code says what stands in it, so it changes with the process.
_written: dict[tuple[str, str], tuple[bytes, dict[str, str]]] = {}


class Schema(SpectacularAPIView):
    """The OpenAPI schema: the same for everybody, written once by each process (two seconds)."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with what was written before, or write it."""
        language = request.GET.get("lang") or translation.get_language()
        key = (language, request.accepted_renderer.media_type)
        if key in _written:
            content, headers = _written[key]
            return HttpResponse(content, headers=headers)
        response = super().get(request, *args, **kwargs)
        if language in dict(settings.LANGUAGES):
            response.add_post_render_callback(
                lambda done: _written.update({key: (done.content, dict(done.items()))})
            )
        return response


class Docs(SpectacularSwaggerSplitView):
    """The schema as pages: what to send, what comes back, with a button to try it.

    Markup and script come apart and without inline styles, as our content security policy asks.
    """

    permission_classes = (IsAuthenticated,)
    template_name = "api/docs.html"
    url_name = "api-schema"
