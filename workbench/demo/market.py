"""What the market does to the demonstration's clients: revenue by product, circuits, competitors, churn."""

from datetime import date, timedelta
from random import Random

from django.db import connection

from clients import services
from clients.choices import ChurnDisposition
from clients.models import (
    AuditTask,
    ChurnAlert,
    Client,
    ClientProduct,
    CompetitorInfo,
    NetworkCircuit,
    RevenueLine,
)
from clients.services.revenue import judge_lines, sum_months
from crm.accounts.choices import Role
from crm.accounts.models import User
from crm.base import clock

SEED = 20260403

# Products explain seven tenths of a month; the rest is what people call and surf.
LINES = """
INSERT INTO clients_revenueline
    (client_id, product_id, client_product_id, month, category, revenue_fen, cost_fen, counts, ict_rule)
SELECT r.client_id, p.product_id, p.id, r.month, 'MONTHLY_FEE', s.fen, s.fen * (45 + p.id %% 30) / 100,
    false, ''
FROM clients_revenuemonth r
JOIN LATERAL (
    SELECT q.id, q.product_id, count(*) OVER () AS n FROM clients_clientproduct q
    WHERE q.client_id = r.client_id AND q.opened_on < r.month + interval '1 month'
        AND (q.cancelled_on IS NULL OR q.cancelled_on >= r.month)
) p ON true
CROSS JOIN LATERAL (SELECT (r.revenue_fen * 7 / 10 / p.n)::bigint AS fen) s
WHERE r.month >= %s
"""
MOVES = (
    ("CT", "天翼专线", "上门推介百兆专线，首年半价", "MID", "OFFER"),
    ("CU", "沃商务", "向财务部送话费卡，邀约携号", "LOW", "WATCH"),
    ("CT", "云主机", "免费试用云主机三个月", "MID", "VISIT"),
    ("CU", "固话套餐", "承诺固话月租减免两年", "HIGH", "ESCALATE"),
    ("OTHER", "驻地宽带", "楼宇驻地宽带低价入场", "LOW", "WATCH"),
)


def load_revenue_lines(today: date) -> int:
    """Split thirteen closed months over the products of each client and let the rules judge them."""
    with connection.cursor() as cursor:
        cursor.execute(LINES, [clock.add_months(clock.month_of(today), -13)])
    judge_lines(RevenueLine.objects.all())
    sum_months(RevenueLine.objects.values_list("client", "month").distinct())
    return RevenueLine.objects.count()


def load_circuits(today: date) -> int:
    """Let the network report the same circuits as our files, but for one difference of each kind or two."""
    ours = list(
        ClientProduct.objects.filter(circuit_id__isnull=False, status__in=["OPEN", "SUSPENDED"])
        .select_related("client").order_by("pk")
    )  # fmt: skip
    network = [
        NetworkCircuit(
            circuit_id=str(row.circuit_id), client=row.client, client_code=row.client.client_code,
            org_unit_id=row.client.org_unit_id, bandwidth_kbps=row.bandwidth_kbps or 2048,
            place=row.client.address[:120], reported_on=today,
        )
        for row in ours
    ]  # fmt: skip
    if len(ours) < 12:
        return 0
    for row, circuit in zip(ours[:2], network[:2], strict=True):
        circuit.bandwidth_kbps = 10240 if row.bandwidth_kbps == 2048 else 2048
    other = ours[9].client
    network[3].client, network[3].client_code, network[3].org_unit_id = (
        other, other.client_code, other.org_unit_id,
    )  # fmt: skip
    split = ours[5]
    ClientProduct.objects.filter(pk=split.pk).update(circuit_id=f"{split.circuit_id}-1")
    network[8].circuit_id = f"{network[8].circuit_id[:6]}990001"
    NetworkCircuit.objects.bulk_create(network, batch_size=1000)
    services.reconcile_circuits(as_of=today)
    return len(network)


def load_sightings(today: date) -> int:
    """Write what managers saw of competitors during half a year."""
    rng = Random(SEED)  # noqa: S311 - a demonstration must be the same every time
    clients = Client.objects.filter(status__in=["ONLINE", "ACTIVE"], am__isnull=False).order_by("pk")
    rows = []
    for client in clients[::9][:90]:
        operator, product, action, impact, disposition = rng.choice(MOVES)
        # What is grave lies weeks back: its alert was raised then.
        rows.append(
            CompetitorInfo(
                client=client, operator=operator, product=product, action=action, impact=impact,
                disposition=disposition, price_fen=rng.choice((None, 9900, 19900, 88000)),
                seen_on=today - timedelta(days=rng.randint(1, 170)), created_by_id=client.am_id,
                updated_by_id=client.am_id,
            )
        )  # fmt: skip
    CompetitorInfo.objects.bulk_create(rows)
    return len(rows)


def load_churn(today: date) -> int:
    """Raise the alerts the signs of today call for; some are overdue, some were settled."""
    services.raise_alerts(as_of=today)
    alerts = list(ChurnAlert.objects.select_related("client").order_by("pk"))
    now = clock.now()
    for index, alert in enumerate(alerts):
        if index % 5 == 1:
            alert.raised_on, alert.due_on = today - timedelta(days=14), today - timedelta(days=7)
        elif index % 5 in (2, 3) and alert.client.am_id:
            alert.raised_on, alert.due_on = today - timedelta(days=20), today - timedelta(days=13)
            alert.acknowledged_by_id = alert.disposed_by_id = alert.client.am_id
            alert.acknowledged_at, alert.disposed_at = now - timedelta(days=18), now - timedelta(days=15)
            alert.disposition, alert.note = (
                (ChurnDisposition.RETAINED, "上门沟通，续签优惠套餐")
                if index % 2
                else (ChurnDisposition.LOST, "客户搬迁至外省，已确认离网")
            )
        alert.late_report = alert.late_report or (alert.rule == "CHURNED" and index % 2 == 0)
    ChurnAlert.objects.bulk_update(
        alerts,
        ["raised_on", "due_on", "acknowledged_by", "acknowledged_at", "disposition", "note", "disposed_by",
         "disposed_at", "late_report"],
        batch_size=500,
    )  # fmt: skip
    return len(alerts)


def load_audits(today: date) -> int:
    """Let the auditor draw two samples; audits stand in every state from planned to corrected."""
    auditor = User.objects.filter(assignments__role=Role.AUDITOR).order_by("pk").first()
    managed = Client.objects.filter(am__staff_no="am1").select_related("org_unit").first()
    if auditor is None or managed is None:
        return 0
    unit = managed.org_unit
    services.open_first_signings(as_of=today)
    plan = services.plan_audit(
        actor=auditor, name="本季度档案真实性抽查", kind="REALITY", unit=unit, seed=20260401, sample_size=8,
        period="QUARTERLY", filters={"status": ["ACTIVE", "ONLINE"]},
    )  # fmt: skip
    services.plan_audit(
        actor=auditor, name="年度档案完整性普查", kind="COMPLETENESS", unit=unit, seed=7, sample_pct=5,
        first_on=today + timedelta(days=20),
    )  # fmt: skip
    tasks = list(plan.tasks.filter(client__am__isnull=False).order_by("pk"))[:5]
    for place, task in enumerate(tasks[1:], start=1):
        services.start_audit(actor=auditor, task_id=task.pk)
        if place == 1:
            continue
        address = task.lines.get(field="address")
        found = {address.pk: {"real_value": "已迁至新址，门牌 18 号"}}
        services.save_sheet(actor=auditor, task_id=task.pk, lines=found, note="门卫与前台均已核对")
        services.finish_audit(actor=auditor, task_id=task.pk, rest_agrees=True)
        if place > 2:
            services.notify_manager(actor=auditor, task_id=task.pk)
        if place > 3 and task.client.am is not None:
            services.report_corrected(actor=task.client.am, task_id=task.pk, note="已按现场更正")
    signing = (
        AuditTask.objects.filter(origin="FIRST_SIGNING", state="PLANNED", auditor=auditor)
        .order_by("pk")
        .first()
    )
    if signing is not None:
        services.start_audit(actor=auditor, task_id=signing.pk)
        address = signing.lines.get(field="address")
        services.save_sheet(
            actor=auditor, task_id=signing.pk, lines={address.pk: {"paper_value": "协议所载地址 9 号"}}
        )
        services.finish_audit(actor=auditor, task_id=signing.pk, rest_agrees=True)
    return AuditTask.objects.count()
