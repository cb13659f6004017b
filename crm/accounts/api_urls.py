"""Routes of API v1."""

from django.urls import path

from crm.accounts.api import Delegations, EndDelegation, Index, Me

urlpatterns = [
    path("", Index.as_view(), name="api-index"),
    path("delegations", Delegations.as_view(), name="api-delegations"),
    path("delegations/<int:pk>:end", EndDelegation.as_view(), name="api-delegation-end"),
    path("me", Me.as_view(), name="api-me"),
]
