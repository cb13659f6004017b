"""Addresses of the ground floor."""

from django.urls import URLPattern, path

from crm.base.health import healthz, readyz
from crm.base.views_design import design
from crm.base.views_offline import hello, manifest, offline, worker

app_name = "base"

urlpatterns: list[URLPattern] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("design/", design, name="design"),
    path("worker.js", worker, name="worker"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("offline/", offline, name="offline"),
    path("offline/hello/", hello, name="hello"),
]
