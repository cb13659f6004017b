"""Routes of API v1."""

from django.urls import path

from crm.exports import api

urlpatterns = [
    path("exports", api.ExportList.as_view(), name="api-exports"),
    path("exports/<int:pk>", api.ExportDetail.as_view(), name="api-export"),
    path("exports/<int:pk>:approve", api.ExportApprove.as_view(), name="api-export-approve"),
    path("exports/<int:pk>:reject", api.ExportReject.as_view(), name="api-export-reject"),
    path("exports/<int:pk>:cancel", api.ExportCancel.as_view(), name="api-export-cancel"),
    path("exports/<int:pk>:download", api.ExportDownload.as_view(), name="api-export-download"),
]
