"""The roster of circuits as the network knows them (NRM); our files are compared with it (Source: S1-86)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from django.utils.translation import gettext_lazy as _

from clients.imports.products import BANDWIDTHS
from clients.models import NetworkCircuit
from crm.intake.resources import Column, Resource, Sentence, Write, register

if TYPE_CHECKING:
    from crm.intake.staging import Stage


@register
class CircuitRoster(Resource):
    """Circuits by their number; the client is found by its code when it can be."""

    name = "circuits"
    label = _("Circuits of the network")
    verb = "intake.import"
    model = NetworkCircuit
    columns: ClassVar[tuple[Column, ...]] = (
        Column(
            "circuit_id",
            _("circuit"),
            "code",
            required=True,
            max_length=40,
            example="LZ-MPLS-0001",
            headers=("电路编号", "电路代号", "专线编号", "专线号", "电路名称"),
        ),
        Column(
            "client_code",
            _("client code"),
            "code",
            max_length=12,
            headers=("集团编码", "集团编号", "客户编码", "客户编号", "集团客户编码"),
            help=_("As the network knows it; the client is found by it when it can be."),
        ),
        Column(
            "bandwidth_kbps",
            _("bandwidth, kbit/s"),
            "int",
            required=True,
            example="10240",
            headers=("带宽", "带宽kbps", "速率", "带宽(kbit/s)"),
            units=BANDWIDTHS,
        ),
        Column(
            "place",
            _("place of the line"),
            max_length=120,
            headers=("地址", "装机地址", "电路地址", "接入地址"),
        ),
        Column("active", _("in service"), "bool", headers=("在用", "是否在用", "在网", "是否开通")),
        Column("reported_on", _("reported on"), "date", headers=("统计日期", "上报日期", "数据日期")),
    )
    work: ClassVar[Mapping[str, str]] = {"client_ref": "bigint", "unit_ref": "bigint"}
    notes = (
        _("A circuit is found again by its number. One that is not in the list stays as it was."),
        _("The list says what the network knows; it changes no product of the file."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        "CIRCUIT_OUTSIDE": _("This circuit belongs to another unit."),
        "DATE_FUTURE": _("The date lies in the future."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the circuit, its client and its unit."""
        user = stage.actor
        everywhere = user is None or user.scope.sees_all
        units = [] if everywhere or user is None else user.scope.unit_ids
        inside = "true" if everywhere else "{} = ANY(%(units)s)"
        stage.duplicates("s.circuit_id")
        if stage.has("reported_on"):
            stage.flag("DATE_FUTURE", "s.reported_on > %(today)s", column="reported_on")
        stage.sql(
            "UPDATE stage s SET target_id = n.id FROM clients_networkcircuit n"
            " WHERE n.circuit_id = s.circuit_id AND NOT s.failed"
        )
        stage.flag(
            "CIRCUIT_OUTSIDE",
            "EXISTS (SELECT 1 FROM clients_networkcircuit n WHERE n.id = s.target_id"
            f" AND NOT {inside.format('n.org_unit_id')})",
            column="circuit_id",
            units=units,
        )
        if stage.has("client_code"):
            stage.sql(
                "UPDATE stage s SET client_ref = c.id, unit_ref = c.org_unit_id FROM clients_client c"
                f" WHERE c.client_code = s.client_code AND {inside.format('c.org_unit_id')}",
                units=units,
            )
        stage.sql(
            "UPDATE stage s SET unit_ref = coalesce(%(own)s, (SELECT id FROM accounts_orgunit"
            " WHERE active ORDER BY type = 'GROUP', depth, path LIMIT 1))"
            " WHERE s.unit_ref IS NULL AND s.target_id IS NULL",
            own=user.org_unit_id if user is not None else None,
        )

    def writes(self, stage: "Stage") -> list[Write]:
        """Return the file's columns, the client and the unit."""
        found = [write for write in super().writes(stage) if write.column != "reported_on"]
        day = "s.reported_on" if stage.has("reported_on") else "NULL::date"
        return [
            *found,
            Write("reported_on", f"coalesce({day}, %(today)s)", day, _("reported on")),
            Write("client_id", "s.client_ref", "s.client_ref", _("client")),
            Write("org_unit_id", "s.unit_ref", "s.unit_ref", _("unit")),
        ]
