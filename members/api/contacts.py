"""REST: key persons and contacts."""

from typing import Any, ClassVar

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from clients.choices import MergeKind
from clients.models import Merge
from crm.accounts.rest import caller
from crm.base import text
from crm.base.api import IDEMPOTENCY, IF_MATCH, checked_body, idempotent
from crm.intake.querysets import touched_by
from members import services
from members.api.shared import Masked, OfClientViews, client_to_change, hidden, starred
from members.models import Contact, ContactTrait


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
    batch = django_filters.NumberFilter(method="touched", label="Touched by this import.")

    class Meta:
        model = Contact
        fields = ["kind"]

    def touched(self, queryset: Any, name: str, value: Any) -> Any:
        """Keep those an import the caller may see created or changed."""
        return queryset.filter(pk__in=touched_by(self.request.user, int(value), "contacts"))


class TraitOut(serializers.ModelSerializer[ContactTrait]):
    """A preference, request or taboo; `ended_on` says it is history."""

    class Meta:
        model = ContactTrait
        fields = ["id", "contact", "kind", "text", "noted_on", "ended_on"]
        read_only_fields = fields


class TraitIn(serializers.ModelSerializer[ContactTrait]):
    """What is noted."""

    class Meta:
        model = ContactTrait
        fields = ["kind", "text"]


class TwinIn(serializers.Serializer[Any]):
    """Which row is the same person and ends."""

    loser = serializers.IntegerField()
    reason = serializers.CharField(max_length=200, required=False, default="")


@extend_schema_view(
    create=extend_schema(request=ContactIn, responses={201: ContactOut}, parameters=[IDEMPOTENCY]),
    partial_update=extend_schema(request=ContactIn, responses=ContactOut, parameters=[IF_MATCH]),
)
class ContactViewSet(OfClientViews):
    """Key persons and contacts."""

    model, out, takes = Contact, ContactOut, ContactIn
    add, change = services.add_contact, services.update_contact
    filterset_class = ContactFilter
    verbs = {**OfClientViews.verbs, "traits": "members.view"}

    @extend_schema(request=LeaveIn, responses=ContactOut)
    def leave(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a contact leave; a key person of a filed client needs a replacement (E097)."""
        contact = self.own()
        new = services.leave_contact(contact=contact, actor=caller(request), **checked_body(LeaveIn, request))
        contact.refresh_from_db()
        return self.answer(new or contact)

    @extend_schema(request=KeyPersonIn, responses={201: ContactOut}, parameters=[IDEMPOTENCY])
    @idempotent
    def replace_key_person(self, request: Request, client: int) -> Response:
        """Put a new key person in the place of the old one."""
        owner = client_to_change(request, client)
        values = checked_body(KeyPersonIn, request)
        return self.answer(services.replace_key_person(client=owner, actor=caller(request), **values), 201)

    @extend_schema(responses=TraitOut(many=True))
    def traits(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List traits, live ones first; only who manages the client reads them (S1-53)."""
        contact = self.get_object()
        plain = self.context_for([contact])["plain_clients"]
        rows = contact.trait_rows.all() if plain is None or contact.client_id in plain else []
        return Response(TraitOut(rows, many=True).data)

    @extend_schema(request=TraitIn, responses={201: TraitOut})
    def note(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Note a trait."""
        values = checked_body(TraitIn, request)
        trait = services.add_trait(contact=self.own(), actor=caller(request), **values)
        return Response(TraitOut(trait).data, status=201)

    @extend_schema(request=TwinIn, responses=ContactOut)
    def merge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Join another row of the same person to this one."""
        contact, values = self.own(), checked_body(TwinIn, request)
        twin = get_object_or_404(self.get_queryset(), pk=values["loser"])
        client_to_change(request, twin.client_id)
        services.merge_contacts(
            actor=caller(request), survivor_id=contact.pk, loser_id=twin.pk, reason=values["reason"]
        )
        contact.refresh_from_db()
        return self.answer(contact)

    @extend_schema(request=None, responses=ContactOut)
    def unmerge(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Take this person and the one joined last apart again."""
        contact = self.own()
        last = Merge.objects.filter(kind=MergeKind.CONTACT, state="DONE", survivor_id=contact.pk).first()
        merge = get_object_or_404(Merge, pk=last.pk if last else 0)
        services.unmerge_contacts(actor=caller(request), merge_id=merge.pk)
        contact.refresh_from_db()
        return self.answer(contact)
