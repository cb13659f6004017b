"""Where every address leads; domain apps are wired by string only."""

from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView

from crm.accounts.views.own import set_language
from crm.base.api_docs import Docs

HOME = RedirectView.as_view(pattern_name="workbench:today", http_method_names=["get", "head", "options"])

urlpatterns = [
    path("", include("crm.base.urls")),
    path("", HOME, name="home"),
    path("accounts/", include("crm.accounts.urls")),
    path("audit/", include("crm.audit.urls")),
    path("jobs/", include("crm.jobs.urls")),
    path("outbox/", include("crm.outbox.urls")),
    path("params/", include("crm.params.urls")),
    path("imports/", include("crm.intake.urls")),
    path("exports/", include("crm.exports.urls")),
    path("clients/", include("clients.urls")),
    path("knowledge/", include("knowledge.urls")),
    path("", include("members.urls")),
    path("scoring/", include("scoring.urls")),
    path("visits/", include("visits.urls")),
    path("workbench/", include("workbench.urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("api/docs/", login_required(Docs.as_view()), name="api-docs"),
    path("api/v1/", include("crm.base.api_urls")),
]

handler400 = "crm.base.views.bad_request"
handler403 = "crm.base.views.permission_denied"
handler404 = "crm.base.views.page_not_found"
handler500 = "crm.base.views.server_error"
