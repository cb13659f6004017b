"""Addresses of pages."""

from django.urls import path

from crm.params import views

app_name = "params"

urlpatterns = [
    path("", views.params, name="list"),
    path("<str:key>/", views.change, name="change"),
]
