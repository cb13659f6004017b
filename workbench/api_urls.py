"""Routes of API v1."""

from django.urls import URLPattern, path

from workbench.api import Workbench

urlpatterns: list[URLPattern] = [path("me/workbench", Workbench.as_view(), name="api-my-workbench")]
