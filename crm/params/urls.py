"""Addresses of pages."""

from django.urls import URLPattern

app_name = "params"

urlpatterns: list[URLPattern] = []
