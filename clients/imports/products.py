"""Rosters of what clients use: products and monthly traffic.

Source: S0-34, S0-35, S1-52, S1-85, S1-86
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients import choices
from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_GROUP,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from clients.models import Client, ClientProduct, ProductTraffic
from clients.services.lifecycle import refresh_status
from crm.intake.choices import Mode
from crm.intake.resources import Column, Resource, Sentence, Write, register

if TYPE_CHECKING:
    from crm.intake.staging import Stage

PRODUCT = Column(
    "product",
    _("product"),
    field="",
    max_length=60,
    headers=("产品", "产品编码", "产品名称", "产品代码", "业务名称", "业务"),
    help=_("Code or name of the catalogue."),
)
EXTERNAL_ID = Column(
    "external_id",
    _("external key"),
    "key",
    max_length=60,
    headers=("外部编码", "订购编号", "产品实例", "实例编号", "产品实例编号", "用户编号"),
    help=_("The key of the billing system; with it a product is found again for certain."),
)
# What bandwidth is sold in, in kbit/s.
BANDWIDTHS = (
    *((word, 1) for word in ("K", "KBPS", "KB/S", "KBIT/S")),
    *((word, 1024) for word in ("M", "MB", "MBPS", "MB/S", "MBIT/S", "兆")),
    *((word, 1024 * 1024) for word in ("G", "GB", "GBPS", "GB/S", "GBIT/S")),
)
PRODUCT_MESSAGES: Mapping[str, Sentence] = {
    "PRODUCT_UNKNOWN": _("There is no such product in the catalogue."),
    "DATE_FUTURE": _("The date lies in the future."),
}


def find_products(stage: "Stage") -> None:
    """Fill `product_ref` by code or name of the catalogue."""
    stage.sql(
        """
        UPDATE stage s SET product_ref = p.id FROM (
            SELECT w.word, min(p.id) AS id FROM (SELECT DISTINCT product AS word FROM stage) w
            JOIN clients_product p ON upper(p.code) = upper(w.word) OR p.name = w.word
                OR lower(p.name_en) = lower(w.word)
            GROUP BY w.word HAVING count(*) = 1
        ) p WHERE p.word = s.product
        """
    )
    stage.flag("PRODUCT_UNKNOWN", "s.product IS NOT NULL AND s.product_ref IS NULL", column="product")


def remember_clients(stage: "Stage", source: str) -> None:
    """Keep in the temporary table `undone(client_id)` whose states an undo must derive again."""
    stage.sql("DROP TABLE IF EXISTS pg_temp.undone")
    stage.sql(
        f"CREATE TEMP TABLE undone ON COMMIT DROP AS SELECT DISTINCT {source}"
        " WHERE t.id IN (SELECT object_id FROM intake_rowchange WHERE batch_id = %(batch)s AND NOT kept)"
    )


def derive_states(stage: "Stage", clients: str) -> None:
    """Derive the lifecycle states of the clients a query names."""
    found = [row[0] for row in stage.rows(clients)]
    for start in range(0, len(found), 10_000):
        refresh_status(found[start : start + 10_000], as_of=stage.today, actor=stage.actor)


@register
class ProductRoster(Resource):
    """Products of clients, found again by external key, else as the client's only live one of its kind."""

    name = "products"
    label = _("Client products")
    verb = "intake.import"
    model = ClientProduct
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (CLIENT_GROUP,)
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        replace(PRODUCT, required=True, example="VNET"),
        EXTERNAL_ID,
        Column(
            "status",
            _("product status"),
            "choice",
            choices=choices.ProductStatus,
            words=(
                ("已订购", "ORDERED"),
                ("订购", "ORDERED"),
                ("开通", "OPEN"),
                ("在用", "OPEN"),
                ("正常", "OPEN"),
                ("已开通", "OPEN"),
                ("在网", "OPEN"),
                ("停机", "SUSPENDED"),
                ("已停机", "SUSPENDED"),
                ("报停", "SUSPENDED"),
                ("暂停", "SUSPENDED"),
                ("退订", "CANCELLED"),
                ("销户", "CANCELLED"),
                ("已销户", "CANCELLED"),
                ("注销", "CANCELLED"),
                ("拆机", "CANCELLED"),
                ("已拆机", "CANCELLED"),
                ("已退订", "CANCELLED"),
            ),
            headers=("产品状态", "状态", "业务状态"),
            help=_("Left empty for a new product: ordered, or open where an opening date is given."),
        ),
        Column(
            "ordered_on", _("ordered on"), "date", headers=("订购日期", "订购时间", "受理日期", "签约日期")
        ),
        Column("opened_on", _("opened on"), "date", headers=("开通日期", "开通时间", "生效日期", "竣工日期")),
        Column(
            "cancelled_on",
            _("cancelled on"),
            "date",
            headers=("退订日期", "退订时间", "失效日期", "拆机日期"),
        ),
        Column(
            "pay_mode",
            _("payment"),
            "choice",
            choices=choices.PayMode,
            words=(
                ("统付", "UNIFIED"),
                ("集团统付", "UNIFIED"),
                ("集团代付", "UNIFIED"),
                ("代付", "UNIFIED"),
                ("个付", "PERSONAL"),
                ("自付", "PERSONAL"),
                ("个人付费", "PERSONAL"),
            ),
            headers=("付费方式", "付费模式", "支付方式"),
        ),
        Column(
            "circuit_id",
            _("circuit"),
            "code",
            max_length=40,
            headers=("电路编号", "电路代号", "专线编号", "专线号"),
        ),
        Column(
            "bandwidth_kbps",
            _("bandwidth, kbit/s"),
            "int",
            headers=("带宽", "带宽kbps", "速率", "带宽(kbit/s)"),
            units=BANDWIDTHS,
        ),
    )
    work: ClassVar[Mapping[str, str]] = {
        **CLIENT_WORK,
        "product_ref": "bigint",
        "several": "boolean",
        "status_ref": "text",
        "opened_ref": "date",
        "cancelled_ref": "date",
    }
    notes = (
        _("A product on file is found by its external key, else as the client's only live one of its kind."),
        _("A cancelled product stays cancelled: a new order is a new row with a new key."),
        _("The state of the client follows from its products at once."),
        _("An empty cell leaves what is on file as it is."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        **PRODUCT_MESSAGES,
        "EXTERNAL_ID_TAKEN": _("This key belongs to another product."),
        "SEVERAL_PRODUCTS": _("The client has several live products of this kind. Give the external key."),
        "WRONG_STATE": _("This product was cancelled; report a new key."),
        "NOT_CANCELLED": _("A product that is not cancelled has no day of cancelling. Give the state, too."),
        "CIRCUIT_DUPLICATE": _("This circuit already belongs to another product."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find client, product and the row on file; set state and dates as the feed does.

        Steps: 1. client and product; 2. the row on file; 3. state and dates; 4. circuits.
        """
        find_clients(stage)
        find_products(stage)
        day = " || coalesce('|' || s.ordered_on, '')" if stage.has("ordered_on") else ""
        key = f"s.client_ref || '|' || s.product_ref{day}"
        stage.duplicates(f"coalesce(s.external_id, {key})" if stage.has("external_id") else key)
        self._match(stage)
        self._states(stage)
        if stage.has("circuit_id"):
            self._circuits(stage)

    def _match(self, stage: "Stage") -> None:
        if stage.has("external_id"):
            stage.flag(
                "EXTERNAL_ID_TAKEN",
                "EXISTS (SELECT 1 FROM clients_clientproduct p WHERE p.external_id = s.external_id"
                " AND (p.client_id, p.product_id) <> (s.client_ref, s.product_ref))",
                column="external_id",
            )
            stage.sql(
                "UPDATE stage s SET target_id = p.id FROM clients_clientproduct p"
                " WHERE p.external_id = s.external_id AND NOT s.failed"
            )
        unkeyed = "AND s.external_id IS NULL" if stage.has("external_id") else ""
        if stage.has("ordered_on"):
            # The day of the order tells apart what was ordered twice, and finds what was cancelled since.
            stage.sql(
                f"""
                UPDATE stage s SET target_id = p.id FROM (
                    SELECT client_id, product_id, ordered_on, min(id) AS id FROM clients_clientproduct
                    WHERE external_id IS NULL GROUP BY 1, 2, 3 HAVING count(*) = 1
                ) p WHERE p.client_id = s.client_ref AND p.product_id = s.product_ref
                  AND p.ordered_on = s.ordered_on AND s.target_id IS NULL AND NOT s.failed {unkeyed}
                """
            )
        stage.sql(
            f"""
            UPDATE stage s SET target_id = p.id, several = p.many FROM (
                SELECT client_id, product_id, min(id) AS id, count(*) > 1 AS many
                FROM clients_clientproduct WHERE status <> 'CANCELLED' GROUP BY 1, 2
            ) p WHERE p.client_id = s.client_ref AND p.product_id = s.product_ref AND s.target_id IS NULL
              AND NOT s.failed {unkeyed}
            """
        )
        stage.flag("SEVERAL_PRODUCTS", "s.several", column="product")

    def _states(self, stage: "Stage") -> None:
        given = {
            name: f"s.{name}" if stage.has(name) else "NULL"
            for name in ("status", "opened_on", "cancelled_on")
        }
        for name in ("ordered_on", "opened_on", "cancelled_on"):
            if stage.has(name):
                stage.flag("DATE_FUTURE", f"s.{name} > %(today)s", column=name)
        stage.sql(
            f"""
            UPDATE stage s SET status_ref = coalesce({given["status"]}, p.status, CASE
                WHEN {given["cancelled_on"]}::date IS NOT NULL THEN 'CANCELLED'
                WHEN {given["opened_on"]}::date IS NOT NULL THEN 'OPEN' ELSE 'ORDERED' END)
            FROM stage x LEFT JOIN clients_clientproduct p ON p.id = x.target_id
            WHERE x.rn = s.rn AND NOT s.failed
            """
        )
        stage.flag(
            "WRONG_STATE",
            "s.status_ref <> 'CANCELLED' AND EXISTS (SELECT 1 FROM clients_clientproduct p"
            " WHERE p.id = s.target_id AND p.status = 'CANCELLED')",
            column="status",
        )
        stage.flag(
            "NOT_CANCELLED",
            f"s.status_ref <> 'CANCELLED' AND {given['cancelled_on']}::date IS NOT NULL",
            column="cancelled_on",
        )
        stage.sql(
            f"""
            UPDATE stage s SET
                opened_ref = coalesce({given["opened_on"]}::date, p.opened_on,
                    CASE WHEN s.status_ref IN ('OPEN', 'SUSPENDED') THEN %(today)s::date END),
                cancelled_ref = CASE WHEN s.status_ref = 'CANCELLED'
                    THEN coalesce({given["cancelled_on"]}::date, p.cancelled_on, %(today)s::date) END
            FROM stage x LEFT JOIN clients_clientproduct p ON p.id = x.target_id
            WHERE x.rn = s.rn AND NOT s.failed
            """
        )

    def _circuits(self, stage: "Stage") -> None:
        stage.flag(
            "CIRCUIT_DUPLICATE",
            "s.status_ref <> 'CANCELLED' AND EXISTS (SELECT 1 FROM clients_clientproduct p"
            " WHERE p.circuit_id = s.circuit_id AND p.id IS DISTINCT FROM s.target_id)",
            column="circuit_id",
        )
        stage.flag(
            "CIRCUIT_DUPLICATE",
            "EXISTS (SELECT 1 FROM stage f WHERE f.circuit_id = s.circuit_id AND f.rn < s.rn"
            " AND NOT f.failed)",
            column="circuit_id",
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return what an import writes: the file's columns, and state and dates as they follow."""
        derived = ("status", "opened_on", "cancelled_on", "ordered_on")
        found = [write for write in super().writes(stage) if write.column not in derived]
        ordered = "s.ordered_on" if stage.has("ordered_on") else "NULL::date"
        # A list that fills empty cells leaves the state; the days of another state are not the product's.
        day = "s.{}"
        if stage.batch.mode == Mode.FILL:
            day = "CASE WHEN t.status = s.status_ref THEN s.{} END"
        return [
            *found,
            Write("client_id", "s.client_ref", None, _("client")),
            Write("product_id", "s.product_ref", None, _("product")),
            Write("status", "s.status_ref", "s.status_ref", _("product status")),
            Write("ordered_on", f"coalesce({ordered}, s.opened_ref, %(today)s)", ordered, _("ordered on")),
            Write("opened_on", "s.opened_ref", day.format("opened_ref"), _("opened on")),
            Write("cancelled_on", "s.cancelled_ref", day.format("cancelled_ref"), _("cancelled on")),
        ]

    def after_write(self, stage: "Stage") -> None:
        """Derive the states of the clients."""
        derive_states(
            stage, "SELECT DISTINCT p.client_id FROM clients_clientproduct p JOIN touched t ON t.id = p.id"
        )

    def before_undo(self, stage: "Stage") -> None:
        """Keep whose states must be derived again."""
        remember_clients(stage, "client_id FROM clients_clientproduct t")

    def after_undo(self, stage: "Stage") -> None:
        """Derive the states again."""
        derive_states(stage, "SELECT client_id FROM undone")

    def url_of(self, found: models.Model) -> str:
        """Return the client's card."""
        return reverse("clients:card", args=[found.client_id]) if isinstance(found, ClientProduct) else ""


@register
class TrafficRoster(Resource):
    """Monthly traffic of products; the last report of a product and month wins."""

    name = "traffic"
    label = _("Monthly traffic")
    verb = "intake.import"
    model = ProductTraffic
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (("external_id", *CLIENT_GROUP),)
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        replace(EXTERNAL_ID, field=""),
        *CLIENT_COLUMNS,
        PRODUCT,
        Column(
            "month",
            _("month"),
            "month",
            required=True,
            example="2026-03",
            headers=("月份", "账期", "帐期", "统计月份", "统计账期", "年月"),
        ),
        Column(
            "amount",
            _("traffic"),
            "int",
            required=True,
            maximum=9_000_000_000_000_000,
            example="1200",
            headers=("流量", "业务量", "使用量", "话务量", "用量", "本月流量", "月流量"),
        ),
    )
    work: ClassVar[Mapping[str, str]] = {
        **CLIENT_WORK,
        "product_ref": "bigint",
        "ordered_ref": "bigint",
        "several": "boolean",
    }
    notes = (
        _("Give the external key of the product, or the client and its product."),
        _("A month reported again is overwritten. The state of the client follows at once."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        **PRODUCT_MESSAGES,
        "PRODUCT_NOT_FOUND": _("There is no such live product of a client you may change."),
        "SEVERAL_PRODUCTS": _("The client has several live products of this kind. Give the external key."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the product a row speaks of, then its month."""
        if stage.has("external_id"):
            stage.sql(
                "UPDATE stage s SET ordered_ref = p.id, client_ref = p.client_id FROM clients_clientproduct p"
                " WHERE p.external_id = s.external_id"
            )
        self._of_client(stage)
        if stage.actor is not None:
            stage.keep_only("client_ref", Client.objects.writable_by(stage.actor), "writable")
            stage.flag(
                "PRODUCT_NOT_FOUND",
                "s.client_ref IS NOT NULL AND s.client_ref NOT IN (SELECT id FROM writable)",
                column="external_id" if stage.has("external_id") else "",
            )
        stage.flag(
            "PRODUCT_NOT_FOUND",
            "s.ordered_ref IS NULL",
            column="external_id" if stage.has("external_id") else "product",
        )
        stage.flag("DATE_FUTURE", "s.month > %(today)s", column="month")
        stage.duplicates("s.ordered_ref || '|' || s.month")
        stage.sql(
            "UPDATE stage s SET target_id = t.id FROM clients_producttraffic t"
            " WHERE t.client_product_id = s.ordered_ref AND t.month = s.month AND NOT s.failed"
        )

    def _of_client(self, stage: "Stage") -> None:
        """Find the product by client and catalogue where no key does."""
        if not stage.has("product"):
            return
        find_products(stage)
        find_clients(stage, required=False)
        stage.sql(
            """
            UPDATE stage s SET ordered_ref = p.id, several = p.many FROM (
                SELECT client_id, product_id, coalesce(min(id) FILTER (WHERE live), min(id)) AS id,
                       CASE count(*) FILTER (WHERE live) WHEN 0 THEN count(*) > 1 ELSE
                            count(*) FILTER (WHERE live) > 1 END AS many
                FROM (SELECT *, status IN ('OPEN', 'SUSPENDED') AS live FROM clients_clientproduct) o
                GROUP BY 1, 2
            ) p WHERE s.ordered_ref IS NULL AND p.client_id = s.client_ref AND p.product_id = s.product_ref
            """
        )
        stage.flag("SEVERAL_PRODUCTS", "s.several", column="product")

    def writes(self, stage: "Stage") -> list[Write]:
        """Return month and amount, and the product they belong to."""
        return [
            Write("client_product_id", "s.ordered_ref", None, _("product")),
            Write("month", "s.month", None, _("month")),
            Write("amount", "s.amount", "s.amount", _("traffic")),
        ]

    def after_write(self, stage: "Stage") -> None:
        """Keep each product's newest month with traffic, and derive the states of the clients."""
        self._newest(
            stage,
            "SELECT DISTINCT t.client_product_id FROM clients_producttraffic t JOIN touched u ON u.id = t.id",
        )
        derive_states(
            stage,
            "SELECT DISTINCT p.client_id FROM clients_clientproduct p JOIN clients_producttraffic t"
            " ON t.client_product_id = p.id JOIN touched u ON u.id = t.id",
        )

    def _newest(self, stage: "Stage", products: str) -> None:
        stage.sql(
            f"""
            UPDATE clients_clientproduct p SET last_traffic_month = n.month FROM (
                SELECT o.id, (SELECT max(t.month) FROM clients_producttraffic t
                              WHERE t.client_product_id = o.id AND t.amount > 0) AS month
                FROM ({products}) o(id)
            ) n WHERE n.id = p.id AND p.last_traffic_month IS DISTINCT FROM n.month
            """
        )

    def before_undo(self, stage: "Stage") -> None:
        """Keep which products and clients must be looked at again."""
        remember_clients(
            stage,
            "p.client_id, p.id AS product FROM clients_producttraffic t"
            " JOIN clients_clientproduct p ON p.id = t.client_product_id",
        )

    def after_undo(self, stage: "Stage") -> None:
        """Find the newest months again, and the states."""
        self._newest(stage, "SELECT DISTINCT product FROM undone")
        derive_states(stage, "SELECT DISTINCT client_id FROM undone")
