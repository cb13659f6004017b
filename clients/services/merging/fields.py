"""The two files side by side: which value of each field the survivor takes."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from clients.models import Client

# What people enter. Derived columns follow by themselves; unit and manager are the survivor's.
FIELDS = (
    "name", "short_name", "uscc", "licence_no", "institution_type", "institution_subtype", "cluster_kind",
    "industry", "industry_type", "main_activity", "key_industry", "bank_level", "region_scope", "hq_region",
    "is_party_gov_military", "is_provincial_media", "tax_rank_province", "tax_rank_city", "tax_year",
    "employee_total", "mobile_users_cm", "mobile_users_ct", "mobile_users_cu", "mobile_count",
    "monthly_telecom_spend_fen", "is_benchmark", "is_strategic", "influence_level", "ict_demand_score",
    "unit_relation", "has_own_finance", "phone_public", "address", "postal_address", "postcode", "website",
    "email", "grid", "founded_on", "registered_capital_fen", "remark", "competitor_contract_ends_on",
    "decision_chain", "budget_month",
)  # fmt: skip
# Columns that are true or false together: a choice for the first holds for the rest.
TOGETHER = {"institution_subtype": "institution_type", "cluster_kind": "institution_type"}
EMPTY: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One field with both values; `take` is the side that is suggested or was chosen."""

    name: str
    label: str | Promise
    survivor: str
    loser: str
    take: str


def _shown(client: Client, column: Any) -> str:
    if column.choices:
        return str(getattr(client, f"get_{column.name}_display")() or "")
    value = getattr(client, column.name)
    if column.name.endswith("_fen") and value is not None:
        return f"{value / 100:.2f}"
    return "" if value in EMPTY else str(value)


def field_choices(survivor: Client, loser: Client, chosen: dict[str, str] | None = None) -> list[FieldChoice]:
    """Return the fields in which the files differ; an empty value gives way to a filled one."""
    found = []
    for name in FIELDS:
        column: Any = Client._meta.get_field(name)
        ours, theirs = getattr(survivor, column.attname), getattr(loser, column.attname)
        if ours == theirs or name in TOGETHER:
            continue
        suggested = "loser" if ours in EMPTY and theirs not in EMPTY else "survivor"
        take = (chosen or {}).get(name, suggested)
        found.append(
            FieldChoice(name, column.verbose_name, _shown(survivor, column), _shown(loser, column), take)
        )
    return found


def values_taken(survivor: Client, loser: Client, chosen: dict[str, str]) -> dict[str, Any]:
    """Return the columns the survivor takes from the loser, by attribute name."""
    taken = {each.name for each in field_choices(survivor, loser, chosen) if each.take == "loser"}
    taken |= {name for name, lead in TOGETHER.items() if lead in taken}
    columns: list[Any] = [Client._meta.get_field(name) for name in FIELDS if name in taken]
    return {column.attname: getattr(loser, column.attname) for column in columns}
