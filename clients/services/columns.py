"""Which columns of the file people write, which only rules write, and how input is cleaned."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.rules.identity import clean_uscc
from crm.base.errors import FieldDerived, Invalid
from crm.base.text import clean

# Written by rules, triggers or the floors above; the spec's names and ours (spec §4.2).
DERIVED = frozenset({
    "status", "status_changed_at", "account_opened_at", "closed_at", "size_class", "size_rule", "value_tier",
    "completeness", "consistency", "consistency_on", "refreshed_on",
    "segment", "key_account_kinds", "is_legal_person", "members_active", "key_persons_active",
    "contacts_active", "last_visited_on", "star", "vip_grade", "points", "client_code", "filing",
    "predecessor", "industry_section", "industry_major", "industry_mid", "industry_class",
    "segment_rule",
})  # fmt: skip

WRITABLE = frozenset({
    "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype", "cluster_kind",
    "industry", "industry_type", "main_activity", "secondary_industries", "key_industry", "bank_level",
    "region_scope", "hq_region", "is_party_gov_military", "is_provincial_media", "tax_rank_province",
    "tax_rank_city", "tax_year", "employee_total", "mobile_users_cm", "mobile_users_ct", "mobile_users_cu",
    "mobile_count", "monthly_telecom_spend_fen", "is_benchmark", "is_strategic", "national_rank",
    "region_reason", "influence_level",
    "ict_demand_score", "parent", "unit_relation", "has_own_finance", "parent_authorized", "has_legal_status",
    "phone_public", "address", "postal_address", "postcode", "website", "email", "grid", "founded_on",
    "registered_capital_fen", "remark", "competitor_contract_ends_on", "decision_chain", "budget_month",
    "licence_scan", "authorization_doc", "office_photo", "duplicate_reason",
})  # fmt: skip


def column(name: str) -> Any:
    """Return a column of the client file by name."""
    return Client._meta.get_field(name)


def check_writable(values: Mapping[str, Any], *, also: frozenset[str] = frozenset()) -> None:
    """Refuse columns that no person writes.

    Raises: FieldDerived FIELD_DERIVED (422) for derived columns, Invalid UNKNOWN_FIELD for unknown ones.
    """
    derived = sorted((DERIVED - also) & values.keys())
    if derived:
        sentence = _("This is worked out from other data and cannot be set.")
        raise FieldDerived(
            "FIELD_DERIVED",
            _("Some of these fields are worked out by rules. Leave them out."),
            fields={field: [sentence] for field in derived},
        )
    unknown = sorted(values.keys() - WRITABLE - also)
    if unknown:
        sentence = _("There is no such field.")
        raise Invalid("UNKNOWN_FIELD", sentence, fields={field: [sentence] for field in unknown})


def clean_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as they are stored: NFKC, without invisible marks and outer blanks."""
    cleaned = {}
    for field, value in values.items():
        if field == "uscc":
            cleaned[field] = clean_uscc(value or "")
        elif isinstance(value, str):
            cleaned[field] = clean(value)
        else:
            cleaned[field] = value
    if "licence_no" in cleaned:
        cleaned["licence_no"] = (cleaned["licence_no"] or "").upper().replace(" ", "")
    for field in ("postcode", "phone_public"):
        if cleaned.get(field):
            cleaned[field] = cleaned[field].replace(" ", "")
    return cleaned


def check_columns(client: Client) -> None:
    """Validate the columns of a client about to be saved.

    Raises: Invalid INVALID with the sentences by field.
    """
    fields: dict[str, list[Any]] = {}
    try:
        # Keys are looked up when they are set; columns that rules write are not ours to judge.
        client.clean_fields(
            exclude={
                f.name
                for f in Client._meta.fields
                if isinstance(f, models.ForeignKey) or f.name not in WRITABLE
            }
        )
    except ValidationError as error:
        fields = {name: list(sentences) for name, sentences in error.message_dict.items()}
    kind, subtype = client.institution_type, client.institution_subtype
    if subtype and not subtype.startswith(kind):
        fields["institution_subtype"] = [_("The sub-type does not belong to the institution type.")]
    if client.postcode and not (len(client.postcode) == 6 and client.postcode.isdigit()):
        fields["postcode"] = [_("A postcode has six digits.")]
    if client.cluster_kind and kind != "JL":
        fields["cluster_kind"] = [_("Only a cluster has a cluster kind.")]
    if fields:
        raise Invalid("INVALID", _("Some fields need correction."), fields=fields)
