"""Addresses of pages."""

from django.urls import path

from crm.outbox import views

app_name = "outbox"

urlpatterns = [
    path("", views.outbox, name="list"),
    path("new/", views.add, name="add"),
    path("<int:pk>/switch/", views.switch, name="switch"),
    path("deliveries/<int:pk>/replay/", views.replay, name="replay"),
]
