"""Addresses of pages."""

from django.urls import path, register_converter

from crm.jobs import views

app_name = "jobs"

register_converter(views.IsoDate, "isodate")

urlpatterns = [
    path("", views.nights, name="nights"),
    path("<isodate:business_date>/", views.night, name="night"),
    path("<isodate:business_date>/rerun/", views.rerun_night, name="rerun_night"),
    path("runs/<int:pk>/rerun/", views.rerun, name="rerun"),
]
