"""The API's description for machines and for people."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated


class Schema(SpectacularAPIView):
    """The OpenAPI schema."""

    permission_classes = (IsAuthenticated,)


class Docs(SpectacularSwaggerSplitView):
    """The schema as pages: what to send, what comes back, with a button to try it.

    Markup and script come apart and without inline styles, as our content security policy asks.
    """

    permission_classes = (IsAuthenticated,)
    template_name = "api/docs.html"
    url_name = "api-schema"
