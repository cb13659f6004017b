"""Routes of API v1."""

from django.urls import URLPattern, path

from members.api.contacts import ContactViewSet
from members.api.customers import BillViewSet, CustomerViewSet
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
    path("customers", CustomerViewSet.as_view({"get": "list"}), name="api-customers"),
    path("customers/<int:pk>", CustomerViewSet.as_view({"get": "retrieve"}), name="api-customer"),
    path("customers/<int:pk>/bills", BillViewSet.as_view({"get": "list"}), name="api-customer-bills"),
]
