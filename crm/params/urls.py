"""Addresses of pages."""

from django.urls import path

from crm.params import views

app_name = "params"

urlpatterns = [
    path("", views.params, name="list"),
    path("changes/", views.changes, name="changes"),
    path("<str:key>/", views.change, name="change"),
]
