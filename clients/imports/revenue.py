"""Rosters of what clients pay: the whole month, and its lines by product.

Source: S1-52, S1-87, S1-88
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.imports.products import EXTERNAL_ID, PRODUCT, PRODUCT_MESSAGES, find_products, remember_clients
from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_GROUP,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from clients.models import Client, RevenueLine, RevenueMonth
from clients.services.revenue import judge_lines, sum_again, sum_months
from crm.intake.resources import Column, Resource, Sentence, Write, register

if TYPE_CHECKING:
    from crm.intake.staging import Stage

MONTH = Column(
    "month",
    _("month"),
    "month",
    required=True,
    example="2026-03",
    headers=("月份", "账期", "帐期", "收入月份", "统计月份", "统计账期", "年月"),
)
REVENUE = Column(
    "revenue_fen",
    _("revenue"),
    "fen",
    required=True,
    minimum=None,
    example="12345.67",
    headers=("收入", "月收入", "本月收入", "当月收入", "收入金额", "总收入", "收入合计", "通信收入"),
)


@register
class RevenueRoster(Resource):
    """Monthly revenue of clients, all products together; the last report of a client and month wins."""

    name = "revenue"
    label = _("Monthly revenue")
    verb = "intake.import"
    model = RevenueMonth
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (CLIENT_GROUP,)
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        MONTH,
        REVENUE,
    )
    work: ClassVar[Mapping[str, str]] = CLIENT_WORK
    notes = (
        _("Amounts are yuan. A negative amount takes back what was reported too much."),
        _("A month reported again is overwritten."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        "DATE_FUTURE": _("The date lies in the future."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the client, then its month."""
        find_clients(stage)
        stage.flag("DATE_FUTURE", "s.month > %(today)s", column="month")
        stage.duplicates("s.client_ref || '|' || s.month")
        stage.sql(
            "UPDATE stage s SET target_id = r.id FROM clients_revenuemonth r"
            " WHERE r.client_id = s.client_ref AND r.month = s.month AND NOT s.failed"
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return month and amount, and the client they belong to."""
        return [
            Write("client_id", "s.client_ref", None, _("client")),
            Write("month", "s.month", None, _("month")),
            Write("revenue_fen", "s.revenue_fen", "s.revenue_fen", _("revenue")),
            # A total that differs from the sum of its lines stays when the lines are summed again.
            Write(
                "stated",
                "true",
                "CASE WHEN t.revenue_fen <> s.revenue_fen THEN true END",
                RevenueMonth._meta.get_field("stated").verbose_name,
            ),
        ]

    def url_of(self, found: models.Model) -> str:
        """Return the client's card."""
        return reverse("clients:card", args=[found.client_id]) if isinstance(found, RevenueMonth) else ""


@register
class ProductRevenueRoster(Resource):
    """Monthly revenue of clients by product and kind of fee; months are judged and summed at once."""

    name = "product_revenue"
    label = _("Revenue by product")
    verb = "intake.import"
    model = RevenueLine
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (
        (*CLIENT_GROUP, "external_id"),
        ("product", "external_id"),
    )
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        replace(PRODUCT, example="VNET"),
        replace(EXTERNAL_ID, field=""),
        MONTH,
        Column(
            "category",
            _("kind of fee"),
            "choice",
            choices=choices.RevenueCategory,
            headers=("费用类型", "收入类型", "科目", "费用科目"),
            help=_("Left empty: the monthly fee."),
        ),
        REVENUE,
        Column("cost_fen", _("cost"), "fen", minimum=None, headers=("成本", "成本金额", "月成本", "支出")),
    )
    work: ClassVar[Mapping[str, str]] = {
        **CLIENT_WORK,
        "product_ref": "bigint",
        "owned_ref": "bigint",
        "owned_client": "bigint",
        "owned_product": "bigint",
        "several": "boolean",
    }
    notes = (
        _("Amounts are yuan. A negative amount takes back what was reported too much."),
        _("Give the external key of the product, or the client and its product."),
        _("A month reported again is overwritten. The total of the month is the sum of its lines, unless"
          " it was reported as such."),
    )  # fmt: skip
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        **PRODUCT_MESSAGES,
        "PRODUCT_NOT_FOUND": _("There is no such product of this client."),
        "EXTERNAL_ID_TAKEN": _("This key belongs to another product."),
        "SEVERAL_LINES": _(
            "The month has several lines of this product, of products without a key. Give these products a"
            " key first, then the row its key."
        ),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find client, product and the client's own product, then the line on file.

        Steps: 1. the client's product by its key, and from it client and product; 2. both by name; 3. the
        client's own product where one of its kind is meant; 4. the line.
        """
        keyed = stage.has("external_id")
        if keyed:
            self._by_key(stage)
        find_clients(stage, required=not keyed)
        if stage.has("product"):
            find_products(stage)
        if keyed:
            self._agree(stage)
        if stage.has("product"):
            self._only_one(stage)
            self._as_on_file(stage)
        column = "product" if stage.has("product") else "external_id"
        stage.flag("PRODUCT_NOT_FOUND", "s.product_ref IS NULL", column=column)
        stage.flag("DATE_FUTURE", "s.month > %(today)s", column="month")
        key = ("s.client_ref", "s.month", "s.product_ref", "coalesce(s.owned_ref, 0)", self._category(stage))
        stage.duplicates(" || '|' || ".join(key))
        stage.sql(
            f"""
            UPDATE stage s SET target_id = l.id FROM clients_revenueline l
            WHERE l.client_id = s.client_ref AND l.month = s.month AND l.product_id = s.product_ref
              AND l.client_product_id IS NOT DISTINCT FROM s.owned_ref
              AND l.category = {self._category(stage)}
              AND NOT s.failed
            """
        )

    def _category(self, stage: "Stage") -> str:
        """Return the kind of fee of a staged row; the monthly fee where none is given."""
        usual = f"'{choices.RevenueCategory.MONTHLY_FEE.value}'"
        return f"coalesce(s.category, {usual})" if stage.has("category") else usual

    def _by_key(self, stage: "Stage") -> None:
        """Let the key name the client's product; it names the client where the row does not."""
        stage.sql(
            "UPDATE stage s SET owned_ref = p.id, owned_client = p.client_id, owned_product = p.product_id"
            " FROM clients_clientproduct p WHERE p.external_id = s.external_id"
        )
        if stage.actor is not None:
            # A product of a client out of reach is as if it were not there.
            stage.keep_only("owned_client", Client.objects.writable_by(stage.actor), "owners")
            stage.sql(
                "UPDATE stage s SET owned_ref = NULL, owned_client = NULL, owned_product = NULL"
                " WHERE s.owned_client NOT IN (SELECT id FROM owners)"
            )
        unnamed = " AND ".join(f"s.{name} IS NULL" for name in CLIENT_GROUP if stage.has(name)) or "true"
        stage.sql(f"UPDATE stage s SET client_ref = s.owned_client WHERE {unnamed}")
        stage.flag(
            "PRODUCT_NOT_FOUND", "s.external_id IS NOT NULL AND s.owned_ref IS NULL", column="external_id"
        )
        stage.flag("CLIENT_MISSING", f"s.external_id IS NULL AND {unnamed}", column="external_id")

    def _agree(self, stage: "Stage") -> None:
        """Refuse a key that belongs to another client or product than the row names."""
        stage.flag("PRODUCT_NOT_FOUND", "s.owned_client <> s.client_ref", column="external_id")
        stage.flag("EXTERNAL_ID_TAKEN", "s.owned_product <> s.product_ref", column="external_id")
        stage.sql("UPDATE stage s SET product_ref = s.owned_product WHERE s.product_ref IS NULL")

    def _only_one(self, stage: "Stage") -> None:
        """Find the client's own product where one is meant: the only live one, else the only one at all."""
        stage.sql(
            """
            UPDATE stage s SET owned_ref = p.id FROM (
                SELECT client_id, product_id, coalesce(min(id) FILTER (WHERE live), min(id)) AS id
                FROM (SELECT *, status <> 'CANCELLED' AS live FROM clients_clientproduct
                      WHERE status <> 'ORDERED') o
                GROUP BY 1, 2
                HAVING count(*) FILTER (WHERE live) = 1 OR count(*) = 1
            ) p WHERE s.owned_ref IS NULL AND p.client_id = s.client_ref AND p.product_id = s.product_ref
            """
        )

    def _as_on_file(self, stage: "Stage") -> None:
        """Let a row without a key mean the line on file that has none either, wherever it stands."""
        unkeyed = "s.external_id IS NULL AND " if stage.has("external_id") else ""
        stage.sql(
            f"""
            UPDATE stage s SET owned_ref = n.owned, several = n.several FROM (
                SELECT l.client_id, l.month, l.product_id, l.category, min(l.client_product_id) AS owned,
                       count(*) > 1 AS several
                FROM clients_revenueline l LEFT JOIN clients_clientproduct p ON p.id = l.client_product_id
                WHERE p.external_id IS NULL AND l.client_id IN (SELECT client_ref FROM stage)
                GROUP BY 1, 2, 3, 4
            ) n WHERE {unkeyed}n.client_id = s.client_ref AND n.month = s.month
              AND n.product_id = s.product_ref AND n.category = {self._category(stage)}
            """
        )
        # Of several lines that nothing tells apart a row means none: a new one would count twice.
        stage.flag("SEVERAL_LINES", "s.several", column="product")

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the amounts, and what they belong to."""
        found = [
            Write("client_id", "s.client_ref", None, _("client")),
            Write("month", "s.month", None, _("month")),
            Write("product_id", "s.product_ref", None, _("product")),
            Write("client_product_id", "s.owned_ref", None),
            Write("category", self._category(stage), None, _("kind of fee")),
            Write("revenue_fen", "s.revenue_fen", "s.revenue_fen", _("revenue")),
        ]
        if stage.has("cost_fen"):
            found.append(Write("cost_fen", "s.cost_fen", "s.cost_fen", _("cost")))
        return found

    def after_write(self, stage: "Stage") -> None:
        """Judge the lines and sum their months, as the feed does."""
        judge_lines(RevenueLine.objects.filter(pk__in=RawSQL("SELECT id FROM touched", [])))
        sum_months(
            stage.rows(
                "SELECT DISTINCT l.client_id, l.month FROM clients_revenueline l"
                " JOIN touched t ON t.id = l.id"
            )
        )

    def stamp(self) -> str:
        """Return what an edit changes: the night may judge a line anew without anybody having edited it."""
        return "(hashtext(concat_ws('|', t.revenue_fen, t.cost_fen)) & 2147483647)"

    def before_undo(self, stage: "Stage") -> None:
        """Keep which months must be summed again."""
        remember_clients(stage, "t.client_id, t.month FROM clients_revenueline t")

    def after_undo(self, stage: "Stage") -> None:
        """Sum the months again."""
        sum_again(stage.rows("SELECT client_id, month FROM undone"))

    def url_of(self, found: models.Model) -> str:
        """Return the client's revenue."""
        return reverse("clients:revenue", args=[found.client_id]) if isinstance(found, RevenueLine) else ""

    def for_titles(self) -> "models.QuerySet[RevenueLine]":
        """Return the lines with client and product."""
        return RevenueLine._base_manager.select_related("client", "product")

    def title_of(self, found: models.Model) -> str:
        """Return client, product and month."""
        assert isinstance(found, RevenueLine)  # noqa: S101 (the roster's own model)
        return f"{found.client} · {found.product} · {found.month:%Y-%m}"
