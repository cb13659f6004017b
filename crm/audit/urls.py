"""Addresses of pages."""

from django.urls import path

from crm.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.events, name="events"),
    path("seals/", views.seals, name="seals"),
]
