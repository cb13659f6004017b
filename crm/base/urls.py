"""Addresses of the ground floor."""

from django.urls import URLPattern, path

from crm.base.health import healthz, readyz

app_name = "base"

urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]
