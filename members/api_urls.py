"""Routes of API v1."""

from django.urls import URLPattern, path

from members.api.contacts import ContactViewSet
from members.api.customers import BillViewSet, CustomerViewSet
from members.api.homes import BookView, CallTiesView, CoverageView, RehomingViews
from members.api.members import MemberViewSet

urlpatterns: list[URLPattern] = [
    path(
        "clients/<int:client>/contacts",
        ContactViewSet.as_view({"get": "list", "post": "create"}),
        name="api-client-contacts",
    ),
    path(
        "clients/<int:client>/contacts:replace-key-person",
        ContactViewSet.as_view({"post": "replace_key_person"}),
        name="api-client-replace-key-person",
    ),
    path(
        "contacts/<int:pk>",
        ContactViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-contact",
    ),
    path("contacts/<int:pk>:leave", ContactViewSet.as_view({"post": "leave"}), name="api-contact-leave"),
    path(
        "clients/<int:client>/members",
        MemberViewSet.as_view({"get": "list", "post": "create"}),
        name="api-client-members",
    ),
    path(
        "members/<int:pk>",
        MemberViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="api-member",
    ),
    path("members/<int:pk>:leave", MemberViewSet.as_view({"post": "leave"}), name="api-member-leave"),
    path("members/<int:pk>:move", MemberViewSet.as_view({"post": "move"}), name="api-member-move"),
    path(
        "contacts/<int:pk>/traits",
        ContactViewSet.as_view({"get": "traits", "post": "note"}),
        name="api-contact-traits",
    ),
    path("contacts/<int:pk>:merge", ContactViewSet.as_view({"post": "merge"}), name="api-contact-merge"),
    path(
        "contacts/<int:pk>:unmerge", ContactViewSet.as_view({"post": "unmerge"}), name="api-contact-unmerge"
    ),
    path("clients/<int:client>/address-book", BookView.as_view(), name="api-client-book"),
    path("coverage", CoverageView.as_view(), name="api-coverage"),
    path("feeds/call-ties", CallTiesView.as_view(), name="api-feed-call-ties"),
    path("rehomings", RehomingViews.as_view({"get": "list", "post": "create"}), name="api-rehomings"),
    path("rehomings/<int:pk>", RehomingViews.as_view({"get": "retrieve"}), name="api-rehoming"),
    path("rehomings/<int:pk>:start", RehomingViews.as_view({"post": "start"}), name="api-rehoming-start"),
    path("rehomings/<int:pk>:undo", RehomingViews.as_view({"post": "undo"}), name="api-rehoming-undo"),
    path("customers", CustomerViewSet.as_view({"get": "list"}), name="api-customers"),
    path("customers/<int:pk>", CustomerViewSet.as_view({"get": "retrieve"}), name="api-customer"),
    path("customers/<int:pk>/bills", BillViewSet.as_view({"get": "list"}), name="api-customer-bills"),
]
