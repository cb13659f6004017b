"""A customer's statement on paper and as a file."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clients.cards import sees_plain
from crm.accounts.access import PersonRequest
from crm.base import clock, typeset
from crm.base.access import needs
from crm.base.text import mask_mobile, mask_name
from crm.base.trail import record
from crm.exports.writing import XlsxWriter, write
from members.models import PersonalCustomer
from scoring import reading
from scoring.forms import PeriodForm
from scoring.views.ledger import customer_for

MOST = 5000

BODY = """
#text(10pt)[客户:#data.name　#data.msisdn　　期间:#data.period]
#v(2mm)
#table(columns: (1fr, 1fr, 1fr, 1fr), align: center,
  ..data.figures.map(f => [#text(9pt, f.at(0))\\ #text(14pt, weight: "bold", f.at(1))]))
#text(9pt, data.expiring)
#v(2mm)
#table(columns: (auto, auto, 1fr, auto, auto, auto), align: (left, left, left, left, right, right),
  table.header([日期], [类别], [说明], [年度], [积分], [余额]),
  ..data.lines.flatten())
"""


def _told(request: PersonRequest, pk: int) -> tuple[PersonalCustomer, dict[str, Any]]:
    """Return a customer and the whole statement of the period asked for, masked where it must be."""
    customer = customer_for(request, pk)
    form = PeriodForm(request.GET)
    since, until = form.period()
    plain = bool(customer.client and sees_plain(request.user, customer.client))
    lines, more = reading.statement_of(customer, since=since, until=until, size=MOST)
    return customer, {
        "customer": customer,
        "name": customer.name if plain else mask_name(customer.name),
        "msisdn": customer.msisdn if plain else mask_mobile(customer.msisdn),
        "account": reading.account_of(customer, as_of=clock.today()),
        "lines": lines[::-1],
        "cut": more is not None,
        "since": since,
        "until": until,
        "before": reading.balance_before(customer, since) if since else 0,
        "no": f"JF-{customer.pk}",
        "unit": customer.org_unit,
        "on": clock.today(),
    }


def _note(request: PersonRequest, customer: PersonalCustomer, kind: str) -> None:
    record(
        actor=request.user,
        action="scoring.statement_handed_out",
        entity=customer,
        unit=customer.org_unit,
        data={"kind": kind},
    )


@require_GET
@needs("scoring.view")
def paper(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the statement for printing."""
    _customer, told = _told(request, pk)
    return render(request, "scoring/print/statement.html", told)


@require_GET
@needs("scoring.view")
def pdf(request: PersonRequest, pk: int) -> FileResponse:
    """Hand the statement out as a PDF."""
    customer, told = _told(request, pk)
    account = told["account"]
    period = f"{told['since'] or '开户'} 至 {told['until'] or told['on']}"
    data = {
        "title": "积分对账单",
        "no": told["no"],
        "unit": str(told["unit"]),
        "on": told["on"].isoformat(),
        "name": told["name"],
        "msisdn": told["msisdn"],
        "period": period,
        "figures": [
            ["当前积分", f"{account.balance:,}"],
            ["累计获得", f"{account.earned_consumption + account.earned_reward:,}"],
            ["累计消减", f"{account.deducted:,}"],
            ["累计失效", f"{account.expired:,}"],
        ],
        "expiring": f"{account.expiring:,} 分将于 {account.expiring_on} 到期" if account.expiring_on else "",
        "lines": [
            [
                line.on.isoformat(),
                str(line.title),
                str(line.note),
                " ".join(f"{part.label}:{part.points}" for part in line.lots) or line.year,
                f"{line.points:+,}",
                f"{line.balance:,}",
            ]
            for line in told["lines"]
        ],
    }
    _note(request, customer, "pdf")
    name = f"points-{customer.pk}.pdf"
    return FileResponse(
        BytesIO(typeset.render(BODY, data)), as_attachment=True, filename=name, content_type="application/pdf"
    )


@require_GET
@needs("scoring.view")
def xlsx(request: PersonRequest, pk: int) -> FileResponse:
    """Hand the statement out as a workbook: one row a line of the ledger's act."""
    customer, told = _told(request, pk)
    headers = [
        _("Date"), _("Kind"), _("Note"), _("Years"), _("Points"), _("Balance"),
    ]  # fmt: skip
    rows = (
        (
            line.on.isoformat(),
            str(line.title),
            str(line.note),
            " ".join(f"{part.label}:{part.points}" for part in line.lots) or line.year,
            line.points,
            line.balance,
        )
        for line in told["lines"]
    )
    with TemporaryDirectory() as folder:
        target = Path(folder) / "statement.xlsx"
        writer = XlsxWriter(target, _("Points statement"), headers)
        write(rows, writer=writer, shapes=[lambda value: value] * len(headers), told=lambda count: None)
        content = BytesIO(target.read_bytes())
    _note(request, customer, "xlsx")
    return FileResponse(content, as_attachment=True, filename=f"points-{customer.pk}.xlsx")
