"""Routes of API v1."""

from django.urls import path

from crm.intake import api, api_rosters, api_rows

urlpatterns = [
    path("rosters", api_rosters.RosterList.as_view(), name="api-rosters"),
    path("rosters/<slug:roster>/template", api_rosters.RosterTemplate.as_view(), name="api-roster-template"),
    path("imports", api.ImportList.as_view(), name="api-imports"),
    path("imports/<int:pk>", api.ImportDetail.as_view(), name="api-import"),
    path("imports/<int:pk>/errors", api.ImportErrors.as_view(), name="api-import-errors"),
    path("imports/<int:pk>/rows", api_rows.ImportRows.as_view(), name="api-import-rows"),
    path("imports/<int:pk>:mend", api_rows.ImportMend.as_view(), name="api-import-mend"),
    path("imports/<int:pk>:map", api.ImportMap.as_view(), name="api-import-map"),
    path("imports/<int:pk>:commit", api.ImportCommit.as_view(), name="api-import-commit"),
    path("imports/<int:pk>:cancel", api.ImportCancel.as_view(), name="api-import-cancel"),
    path("imports/<int:pk>:undo", api.ImportUndo.as_view(), name="api-import-undo"),
]
