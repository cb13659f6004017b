"""Hand out the one-time passwords of a staff roster."""

import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from openpyxl import Workbook
from openpyxl.styles import Font

from crm.base.access import needs
from crm.intake.models import ImportBatch
from crm.intake.passwords import issue_passwords
from crm.intake.report import harmless

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_POST
@never_cache
@needs("accounts.manage")
def passwords(request: Any, pk: int) -> HttpResponse:
    """Make the one-time passwords of an import and send them as a workbook, this once."""
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user).filter(roster="users"), pk=pk)
    slips = issue_passwords(actor=request.user, batch=batch)
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("One-time passwords")[:31]
    sheet.append([_("staff number"), _("full name"), _("registered name"), _("unit"), _("One-time password")])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for slip in slips:
        sheet.append(
            [harmless(value) for value in (slip.staff_no, slip.full_name, slip.username, slip.unit)]
            + [slip.password]
        )
    for letter, width in zip("ABCDE", (16, 16, 24, 28, 22), strict=True):
        sheet.column_dimensions[letter].width = width
    content = io.BytesIO()
    book.save(content)
    answer = HttpResponse(content.getvalue(), content_type=SHEET)
    answer["Content-Disposition"] = f'attachment; filename="passwords-{batch.pk}.xlsx"'
    return answer
