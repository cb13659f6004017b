"""Routes of API v1."""

from django.urls import path

from crm.accounts.api import Index, Me

urlpatterns = [
    path("", Index.as_view(), name="api-index"),
    path("me", Me.as_view(), name="api-me"),
]
