"""Addresses of the ground floor."""

from django.urls import URLPattern

app_name = "base"

urlpatterns: list[URLPattern] = []
