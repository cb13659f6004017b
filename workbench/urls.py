"""Addresses of pages."""

from django.urls import URLPattern, path

from workbench import views

app_name = "workbench"

urlpatterns: list[URLPattern] = [
    path("", views.today, name="today"),
    path("search/", views.search, name="search"),
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/<int:pk>/open/", views.open_notification, name="open-notification"),
    path("notifications/read/", views.read_all, name="read-all"),
    path("notifications/bell/", views.bell, name="bell"),
]
