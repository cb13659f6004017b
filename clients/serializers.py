"""The client file as other systems read and write it; names as in spec §3.2."""

from typing import Any

from rest_framework import serializers

from clients import choices
from clients.models import Client, ClientProduct, Grid, Product, RevenueMonth
from clients.services.columns import WRITABLE
from clients.services.reported import LIMIT
from crm.base.fields import ListField, RowsField

PAPERS = {"licence_scan", "authorization_doc", "office_photo"}


class ClientOut(serializers.ModelSerializer[Client]):
    """A client as it is read; what rules work out stands beside what people typed."""

    industry_section = serializers.CharField(read_only=True, help_text="GB/T 4754 section, A–T.")
    industry_major = serializers.CharField(read_only=True, help_text="Division, 2 digits.")
    industry_mid = serializers.CharField(read_only=True, help_text="Group, 3 digits.")
    industry_class = serializers.CharField(read_only=True, help_text="Class, 4 digits.")
    grid = serializers.SlugRelatedField[Grid](slug_field="code", read_only=True)
    mobiles = serializers.IntegerField(read_only=True, help_text="All operators, or the explicit count.")

    class Meta:
        model = Client
        fields = [
            "id", "client_code", "version", "filing", "status", "status_changed_at", "size_class",
            "size_rule", "value_tier", "completeness", "consistency", "consistency_on", "refreshed_on",
            "segment", "key_account_kinds", "is_legal_person",
            "industry_section", "industry_major", "industry_mid", "industry_class", "mobiles",
            "members_active", "key_persons_active", "contacts_active", "account_opened_at", "closed_at",
            "last_visited_on", "predecessor", "org_unit", "am",
            *sorted(WRITABLE - PAPERS), "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Client) -> dict[str, Any]:
        """Spell the industry out on its four levels."""
        data: dict[str, Any] = super().to_representation(instance)
        entry = instance.industry
        data["industry_section"] = entry.section if entry else ""
        data["industry_major"] = entry.division if entry else ""
        data["industry_mid"] = entry.group if entry else ""
        data["industry_class"] = entry.code if entry and entry.level == 4 else ""
        return data


class ClientIn(serializers.ModelSerializer[Client]):
    """What may be written; every field may be left out of a change."""

    uscc = serializers.CharField(required=False, allow_blank=True, max_length=40)
    parent: Any = serializers.IntegerField(required=False, allow_null=True)
    grid = serializers.SlugRelatedField[Grid](
        slug_field="code", queryset=Grid.objects.all(), required=False, allow_null=True
    )

    class Meta:
        model = Client
        fields = sorted(WRITABLE - PAPERS)
        validators: list[Any] = []
        extra_kwargs = {name: {"required": False} for name in WRITABLE - PAPERS}


class ClientNew(ClientIn):
    """What a new file needs."""

    org_unit = serializers.CharField(
        required=False, help_text="Code of the unit; the caller's own when left out."
    )
    am = serializers.CharField(required=False, allow_blank=True, help_text="Staff number of the manager.")

    class Meta(ClientIn.Meta):
        fields = [*ClientIn.Meta.fields, "org_unit", "am"]
        extra_kwargs = ClientIn.Meta.extra_kwargs | {
            "name": {"required": True}, "institution_type": {"required": True},
        }  # fmt: skip


class ClientReason(serializers.Serializer[Any]):
    """Why."""

    reason = serializers.CharField(max_length=200)


class Assignment(serializers.Serializer[Any]):
    """Who takes the client over."""

    am = serializers.CharField(help_text="Staff number.")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class ProductOut(serializers.ModelSerializer[ClientProduct]):
    """A product of a client as it is read."""

    product = serializers.SlugRelatedField[Product](slug_field="code", read_only=True)

    class Meta:
        model = ClientProduct
        fields = [
            "id", "client", "product", "status", "ordered_on", "opened_on", "cancelled_on", "pay_mode",
            "circuit_id", "bandwidth_kbps", "agreement", "bound", "external_id", "last_traffic_month",
            "version",
        ]  # fmt: skip
        read_only_fields = fields


class ProductOrder(serializers.Serializer[Any]):
    """A product to order."""

    product = serializers.SlugRelatedField[Product](
        slug_field="code", queryset=Product.objects.filter(active=True)
    )
    pay_mode = serializers.ChoiceField(choices.PayMode.choices, default=choices.PayMode.UNIFIED)
    circuit_id = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    bandwidth_kbps = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )
    on = serializers.DateField(required=False)


class On(serializers.Serializer[Any]):
    """The day; today when left out."""

    on = serializers.DateField(required=False)


class RevenueOut(serializers.ModelSerializer[RevenueMonth]):
    """Revenue of one month, in fen."""

    class Meta:
        model = RevenueMonth
        fields = ["month", "revenue_fen", "cost_fen", "ict_fen", "stated"]
        read_only_fields = fields


class HistoryOut(serializers.Serializer[Any]):
    """One entry of the history."""

    at = serializers.CharField()
    kind = serializers.CharField(source="what", help_text="status, class, field, manager or act")
    title = serializers.CharField()
    text = serializers.CharField(allow_blank=True)
    lines = serializers.ListField(child=serializers.CharField(), help_text="Each field that changed.")
    who = serializers.CharField(allow_blank=True)


class HistoryPage(serializers.Serializer[Any]):
    """What happened to a client, newest first; `next` leads to older entries."""

    next = serializers.CharField(allow_null=True)
    results = HistoryOut(many=True)


class RowResult(serializers.Serializer[Any]):
    """What became of one row of a bulk request."""

    index = serializers.IntegerField()
    outcome = serializers.CharField(help_text="created, updated, stored, unchanged or error")
    id = serializers.IntegerField(required=False)
    client_code = serializers.CharField(required=False)
    code = serializers.CharField(required=False)
    message = serializers.CharField(required=False)
    fields = serializers.DictField(  # type: ignore[assignment]  # the answer calls it so
        child=serializers.ListField(child=serializers.CharField()), required=False
    )


class BulkIn(serializers.Serializer[Any]):
    """Rows of a bulk upsert of clients."""

    rows = ListField(child=serializers.DictField(), min_length=1, max_length=500)


class BulkOut(serializers.Serializer[Any]):
    """What became of each row."""

    rows = RowResult(many=True)


class ProductFeedRow(serializers.Serializer[Any]):
    """The state of one product as another system knows it."""

    client_code = serializers.CharField(max_length=12)
    product_code = serializers.CharField(max_length=20)
    external_id = serializers.CharField(max_length=60)
    status = serializers.ChoiceField(choices.ProductStatus.choices)
    ordered_on = serializers.DateField(required=False, allow_null=True)
    opened_on = serializers.DateField(required=False, allow_null=True)
    cancelled_on = serializers.DateField(required=False, allow_null=True)
    pay_mode = serializers.ChoiceField(choices.PayMode.choices, required=False)
    circuit_id = serializers.CharField(max_length=40, required=False, allow_blank=True)
    bandwidth_kbps = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=2**31 - 1
    )


class TrafficFeedRow(serializers.Serializer[Any]):
    """Traffic of one product in one month; named by external_id, or by client and product code."""

    external_id = serializers.CharField(max_length=60, required=False)
    client_code = serializers.CharField(max_length=12, required=False)
    product_code = serializers.CharField(max_length=20, required=False)
    month = serializers.DateField()
    amount = serializers.IntegerField(min_value=0, max_value=2**63 - 1)


class RevenueFeedRow(serializers.Serializer[Any]):
    """Revenue of one client in one month: of one product when it is named, else of all. Units: fen."""

    client_code = serializers.CharField(max_length=12)
    month = serializers.DateField()
    # Sums of lines must fit too, so that a single amount may not fill the whole number.
    revenue_fen = serializers.IntegerField(min_value=-(10**15), max_value=10**15)
    cost_fen = serializers.IntegerField(
        required=False, allow_null=True, min_value=-(10**15), max_value=10**15
    )
    product_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=60, required=False, allow_blank=True)
    category = serializers.ChoiceField(choices.RevenueCategory.choices, required=False)


class ProductFeed(serializers.Serializer[Any]):
    """Product states."""

    rows = RowsField(child=ProductFeedRow(), min_length=1, max_length=LIMIT)


class TrafficFeed(serializers.Serializer[Any]):
    """Monthly traffic."""

    rows = RowsField(child=TrafficFeedRow(), min_length=1, max_length=LIMIT)


class RevenueFeed(serializers.Serializer[Any]):
    """Monthly revenue."""

    rows = RowsField(child=RevenueFeedRow(), min_length=1, max_length=LIMIT)


class CompletenessOut(serializers.Serializer[Any]):
    """How full the file is, and which fields are missing."""

    completeness = serializers.CharField()
    consistency = serializers.CharField()
    missing_required = serializers.ListField(child=serializers.CharField())
    missing_optional = serializers.ListField(child=serializers.CharField())
