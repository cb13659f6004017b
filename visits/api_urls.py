"""Routes of API v1: a verb follows its record after a colon (spec §4)."""

from django.urls import URLPattern, path

from visits.api.visits import VisitLogViewSet as Logs
from visits.api.visits import VisitViewSet as Visits

urlpatterns: list[URLPattern] = [
    path("visits", Visits.as_view({"get": "list", "post": "create"}), name="api-visits"),
    path("visits:record", Visits.as_view({"post": "record"}), name="api-visits-record"),
    path("visits/<int:pk>", Visits.as_view({"get": "retrieve", "patch": "partial_update"}), name="api-visit"),
    *(
        path(f"visits/<int:pk>:{verb}", Visits.as_view({"post": verb}), name=f"api-visit-{verb}")
        for verb in ("confirm", "checkin", "checkout", "cancel", "postpone", "noshow", "followup")
    ),
    path("visit-logs", Logs.as_view({"get": "list", "post": "create"}), name="api-visit-logs"),
    path("visit-logs:approve", Logs.as_view({"post": "approve_many"}), name="api-visit-logs-approve"),
    path(
        "visit-logs/<int:pk>",
        Logs.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-visit-log",
    ),
    path("visit-logs/<int:pk>:submit", Logs.as_view({"post": "submit"}), name="api-visit-log-submit"),
    path("visit-logs/<int:pk>:approve", Logs.as_view({"post": "approve"}), name="api-visit-log-approve"),
    path("visit-logs/<int:pk>:return", Logs.as_view({"post": "send_back"}), name="api-visit-log-return"),
]
