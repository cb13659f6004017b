"""Addresses of the pages of exports."""

from django.urls import path

from crm.exports import views

app_name = "exports"

urlpatterns = [
    path("", views.export_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.export, name="export"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/reject/", views.reject, name="reject"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/download/", views.download, name="download"),
]
