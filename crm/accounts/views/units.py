"""Pages of the unit tree."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import consequences, services
from crm.accounts.access import PersonRequest
from crm.accounts.choices import UnitType
from crm.accounts.forms import UnitChangeForm, UnitForm, UnitMoveForm
from crm.accounts.models import OrgUnit
from crm.base.access import needs
from crm.base.errors import BusinessError
from crm.base.forms import place_refusal


@never_cache
@require_safe
@needs("accounts.manage", "accounts.view_team")
def units(request: PersonRequest) -> HttpResponse:
    """Show the tree of units with the people in each."""
    people = Count("user", filter=Q(user__status="ACTIVE", user__is_system=False))
    rows = list(OrgUnit.objects.seen_by(request.user).annotate(people=people).order_by("path"))
    top = min((unit.depth for unit in rows), default=1)
    tree = [{"unit": unit, "indent": min(unit.depth - top, 6)} for unit in rows]
    return render(
        request, "accounts/units.html", {"tree": tree, "may_manage": request.user.can("accounts.manage")}
    )


@never_cache
@require_safe
@needs("accounts.manage")
def unit(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one unit with everything that can be done to it."""
    return _show(request, get_object_or_404(OrgUnit.objects.managed_by(request.user), pk=pk))


def _show(request: PersonRequest, found: OrgUnit, status: int = 200, **forms: Any) -> HttpResponse:
    lowest = UnitType(found.type).rank == len(UnitType) - 1
    context = {
        "unit": found,
        "above": OrgUnit.objects.get_ancestors(found) if found.depth > 1 else [],
        "below": OrgUnit.objects.get_children(found),
        "change_form": UnitChangeForm(instance=found),
        "add_form": None if lowest or not found.active else UnitForm(parent=found),
        "move_form": UnitMoveForm(actor=request.user, unit=found) if found.depth > 1 else None,
        "left": consequences.of_unit(found),
    }
    return render(request, "accounts/unit.html", context | forms, status=status)


@require_POST
@needs("accounts.manage")
def unit_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Add a unit under another."""
    parent = get_object_or_404(OrgUnit.objects.managed_by(request.user), pk=pk)
    form = UnitForm(request.POST, parent=parent)
    if not form.is_valid():
        return _show(request, parent, 400, add_form=form)
    try:
        made = services.create_unit(actor=request.user, parent=parent, **form.cleaned_data)
    except BusinessError as error:
        if not error.fields:
            raise
        place_refusal(form, error)
        return _show(request, parent, error.status, add_form=form)
    messages.success(request, _("%(name)s is added.") % {"name": made.name})
    return redirect("accounts:unit", made.pk)


@require_POST
@needs("accounts.manage")
def unit_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Rename a unit."""
    found = get_object_or_404(OrgUnit.objects.managed_by(request.user), pk=pk)
    form = UnitChangeForm(request.POST, instance=found)
    if not form.is_valid():
        return _show(request, OrgUnit.objects.get(pk=pk), 400, change_form=form)
    services.change_unit(actor=request.user, unit=found, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("accounts:unit", pk)


@require_POST
@needs("accounts.manage")
def unit_move(request: PersonRequest, pk: int) -> HttpResponse:
    """Hang a unit below another."""
    found = get_object_or_404(OrgUnit.objects.managed_by(request.user), pk=pk)
    form = UnitMoveForm(request.POST, actor=request.user, unit=found)
    if not form.is_valid():
        return _show(request, found, 400, move_form=form)
    services.move_unit(actor=request.user, unit=found, parent=form.cleaned_data["parent"])
    messages.success(request, _("The unit is moved with all that is under it."))
    return redirect("accounts:unit", pk)


@require_http_methods(["POST"])
@needs("accounts.manage")
def unit_switch(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a unit out of use, or into use again."""
    found = get_object_or_404(OrgUnit.objects.managed_by(request.user), pk=pk)
    if found.active:
        services.deactivate_unit(actor=request.user, unit=found)
        messages.success(request, _("The unit is out of use."))
    else:
        services.reactivate_unit(actor=request.user, unit=found)
        messages.success(request, _("The unit is in use again."))
    return redirect("accounts:unit", pk)
