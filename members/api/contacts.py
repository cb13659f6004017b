"""REST: key persons and contacts."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from crm.base import text
from crm.base.api import idempotent
from members import services
from members.api.shared import (
    IDEMPOTENCY,
    IF_MATCH,
    Masked,
    OfClientViews,
    actor,
    client_to_change,
    given,
    hidden,
    starred,
)
from members.models import Contact


class ContactOut(Masked):
    """A key person or contact as it is read."""

    masks: ClassVar = {
        "name": text.mask_name, "salutation": starred, "mobile": text.mask_mobile, "phone": text.mask_mobile,
        "email": starred, "birthday": hidden, "traits": starred,
    }  # fmt: skip

    class Meta:
        model = Contact
        fields = [
            "id", "client", "kind", "name", "salutation", "position", "mobile", "carrier", "phone", "email",
            "birthday", "traits", "position_changed_on", "left_on", "verified_at", "masked", "version",
            "updated_at",
        ]  # fmt: skip
        read_only_fields = fields


class ContactIn(serializers.ModelSerializer[Contact]):
    """What a writer of a contact fills in."""

    class Meta:
        model = Contact
        fields = [
            "kind", "name", "salutation", "position", "mobile", "phone", "email", "birthday", "traits",
            "position_changed_on",
        ]  # fmt: skip


class KeyPersonIn(ContactIn):
    """A new key person, and whether the old one stays as a contact."""

    stays_contact = serializers.BooleanField(default=False)

    class Meta(ContactIn.Meta):
        fields = [*(name for name in ContactIn.Meta.fields if name != "kind"), "stays_contact"]


class ReplacementIn(ContactIn):
    """Who comes in the place of a key person who leaves."""

    class Meta(ContactIn.Meta):
        fields = [name for name in ContactIn.Meta.fields if name != "kind"]


class LeaveIn(serializers.Serializer[Any]):
    """When somebody left; today when left out. A key person needs a replacement."""

    left_on = serializers.DateField(required=False)
    replacement = ReplacementIn(required=False)


class ContactFilter(django_filters.FilterSet):
    """Narrow a list of contacts."""

    active = django_filters.BooleanFilter(field_name="left_on", lookup_expr="isnull")

    class Meta:
        model = Contact
        fields = ["kind"]


@extend_schema_view(
    create=extend_schema(request=ContactIn, responses={201: ContactOut}, parameters=[IDEMPOTENCY]),
    partial_update=extend_schema(request=ContactIn, responses=ContactOut, parameters=[IF_MATCH]),
)
class ContactViewSet(OfClientViews):
    """Key persons and contacts."""

    model, out, takes = Contact, ContactOut, ContactIn
    add, change = services.add_contact, services.update_contact
    filterset_class = ContactFilter

    @extend_schema(request=LeaveIn, responses=ContactOut)
    def leave(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a contact leave; a key person of a filed client needs a replacement (E097)."""
        contact = self.own()
        new = services.leave_contact(contact=contact, actor=actor(request), **given(LeaveIn, request))
        contact.refresh_from_db()
        return self.answer(new or contact)

    @extend_schema(request=KeyPersonIn, responses={201: ContactOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def replace_key_person(self, request: Request, client: int) -> Response:
        """Put a new key person in the place of the old one."""
        owner = client_to_change(request, client)
        values = given(KeyPersonIn, request)
        return self.answer(services.replace_key_person(client=owner, actor=actor(request), **values), 201)
