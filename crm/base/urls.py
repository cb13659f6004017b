"""Addresses of the ground floor."""

from django.urls import URLPattern, path

from crm.base.health import healthz, readyz
from crm.base.views_design import design

app_name = "base"

urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("design/", design, name="design"),
]
