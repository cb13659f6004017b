"""All routes of API v1, wired by string."""

from django.urls import include, path

urlpatterns = [
    path("", include("crm.accounts.api_urls")),
    path("", include("crm.jobs.api_urls")),
    path("", include("crm.intake.api_urls")),
    path("", include("clients.api_urls")),
    path("", include("members.api_urls")),
    path("", include("scoring.api_urls")),
    path("", include("visits.api_urls")),
    path("", include("workbench.api_urls")),
]
