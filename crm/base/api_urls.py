"""All routes of API v1, wired by string."""

from django.urls import include, path

from crm.base.api_docs import Schema

urlpatterns = [
    path("schema", Schema.as_view(), name="api-schema"),
    path("", include("crm.params.api_urls")),
    path("", include("crm.accounts.api_urls")),
    path("", include("crm.jobs.api_urls")),
    path("", include("crm.intake.api_urls")),
    path("", include("crm.exports.api_urls")),
    path("", include("clients.api_urls")),
    path("", include("knowledge.api_urls")),
    path("", include("members.api_urls")),
    path("", include("scoring.api_urls")),
    path("", include("visits.api_urls")),
    path("", include("workbench.api_urls")),
]
