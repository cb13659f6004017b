"""How a row of any roster names its client: by code, credit code or exact name, and who may."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from crm.base import text
from crm.intake.resources import Column, Derived, Sentence

if TYPE_CHECKING:
    from crm.intake.staging import Stage

CLIENT_COLUMNS: tuple[Column, ...] = (
    Column(
        "client_code",
        _("client code"),
        "code",
        "",
        max_length=32,
        example="620100000001",
        headers=("集团编码", "集团编号", "客户编码", "客户编号", "集团客户编码", "集团客户编号", "客户代码"),
    ),
    Column(
        "client_name",
        _("client name"),
        field="",
        max_length=200,
        headers=(
            "集团名称",
            "客户名称",
            "单位名称",
            "企业名称",
            "公司名称",
            "集团客户名称",
            "纳税人名称",
        ),
    ),
    Column(
        "client_uscc",
        _("unified social credit code"),
        "code",
        "",
        max_length=32,
        headers=("统一社会信用代码", "社会信用代码", "信用代码", "uscc", "纳税人识别号", "税号"),
    ),
)
CLIENT_GROUP = ("client_code", "client_uscc", "client_name")
CLIENT_DERIVED = Derived(("client_name",), ("client_key",), lambda name: (text.name_key(name),))
CLIENT_WORK: Mapping[str, str] = {"client_ref": "bigint", "by_uscc": "bigint", "many": "boolean"}
CLIENT_MESSAGES: Mapping[str, Sentence] = {
    "CLIENT_MISSING": _("The row names no client. Give its code, its credit code or its exact name."),
    "CLIENT_NOT_FOUND": _("There is no such client among those you may change."),
    "CLIENT_CLOSED": _("This client is closed; nothing more is added to its file."),
    "AMBIGUOUS_NAME": _("Several clients have this name. Give the code or the credit code."),
    "TWO_CLIENTS": _("Code and credit code belong to two different clients."),
}


def find_clients(stage: "Stage", *, required: bool = True) -> None:
    """Fill `client_ref` with the client a row names, among those the person may change.

    A client outside the scope and one that does not exist give the same answer. Without `required` a row
    may name none.
    """
    named = [name for name in CLIENT_GROUP if stage.has(name)]
    if not named:
        return
    empty = " AND ".join(f"s.{name} IS NULL" for name in named)
    if required:
        stage.flag("CLIENT_MISSING", empty, column=named[0])
    if stage.has("client_code"):
        stage.sql(
            "UPDATE stage s SET client_ref = c.id FROM clients_client c WHERE c.client_code = s.client_code"
        )
    if stage.has("client_uscc"):
        stage.sql(
            "UPDATE stage s SET by_uscc = c.id FROM clients_client c"
            " WHERE c.uscc = s.client_uscc AND c.uscc <> '' AND c.status <> 'CLOSED'"
        )
        stage.flag("TWO_CLIENTS", "s.client_ref <> s.by_uscc", column="client_uscc")
        stage.sql("UPDATE stage SET client_ref = by_uscc WHERE client_ref IS NULL AND by_uscc IS NOT NULL")
    if stage.has("client_name"):
        _by_name(stage)
    if stage.actor is not None:
        stage.keep_only("client_ref", Client.objects.writable_by(stage.actor), "writable")
        stage.flag(
            "CLIENT_NOT_FOUND",
            "s.client_ref IS NOT NULL AND s.client_ref NOT IN (SELECT id FROM writable)",
            column=named[0],
        )
    stage.flag("CLIENT_NOT_FOUND", f"s.client_ref IS NULL AND NOT ({empty})", column=named[0])
    stage.flag(
        "CLIENT_CLOSED",
        "EXISTS (SELECT 1 FROM clients_client c WHERE c.id = s.client_ref AND c.status = 'CLOSED')",
        column=named[0],
    )


def _by_name(stage: "Stage") -> None:
    """Let the name decide where no number does."""
    stage.sql(
        """
        UPDATE stage s SET client_ref = n.id, many = n.many FROM (
            SELECT w.key, min(c.id) AS id, count(*) > 1 AS many
            FROM (SELECT DISTINCT client_key AS key FROM stage WHERE client_ref IS NULL) w
            JOIN clients_client c ON c.name_key = w.key AND c.name_key <> '' AND c.status <> 'CLOSED'
            GROUP BY w.key
        ) n WHERE s.client_ref IS NULL AND n.key = s.client_key
        """
    )
    stage.flag("AMBIGUOUS_NAME", "s.many", column="client_name")
