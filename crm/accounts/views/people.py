"""Pages of people: the list, one account with its roles, and what an administrator does to it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm.accounts import consequences, services
from crm.accounts.access import PersonRequest
from crm.accounts.choices import UserStatus
from crm.accounts.forms import PeopleFilterForm, PersonForm, RoleForm
from crm.accounts.models import RoleAssignment, User
from crm.accounts.scope import under
from crm.base import clock
from crm.base.access import needs

PAGE = 50


@never_cache
@require_safe
@needs("accounts.manage", "accounts.view_team")
def users(request: PersonRequest) -> HttpResponse:
    """List people of the team or of the administered units."""
    form = PeopleFilterForm(request.GET or None, actor=request.user)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    today = clock.today()
    people = _narrow(User.objects.team_of(request.user), chosen).order_by("staff_no")
    total = people.count()
    if after := request.GET.get("after", "")[:32]:
        people = people.filter(staff_no__gt=after)
    held = RoleAssignment.objects.current(today).select_related("unit")
    page = list(
        people.select_related("org_unit").prefetch_related(Prefetch("assignments", held, "held"))[: PAGE + 1]
    )
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    context = {
        "form": form,
        "people": page[:PAGE],
        "total": total,
        "filtered": bool(kept),
        "next_url": "?" + urlencode(kept | {"after": page[PAGE - 1].staff_no}) if len(page) > PAGE else "",
        "previous_url": "?" + urlencode(kept) if after else "",
        "may_manage": request.user.can("accounts.manage"),
    }
    return render(request, "accounts/users.html", context)


def _narrow(people: Any, chosen: dict[str, Any]) -> Any:
    if words := (chosen.get("q") or "").strip():
        people = people.filter(
            Q(full_name__contains=words) | Q(staff_no__istartswith=words) | Q(username__contains=words)
        )
    if role := chosen.get("role"):
        holders = RoleAssignment.objects.current(clock.today()).filter(role=role)
        people = people.filter(pk__in=holders.values("user"))
    if status := chosen.get("status"):
        people = people.filter(status=status)
    if unit := chosen.get("unit"):
        people = people.filter(under((unit.path,), "org_unit__"))
    return people


@never_cache
@require_safe
@needs("accounts.manage", "accounts.view_team")
def user(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one account."""
    person = get_object_or_404(User.objects.team_of(request.user).select_related("org_unit"), pk=pk)
    return _show(request, person)


def _show(
    request: PersonRequest, person: User, *, role_form: RoleForm | None = None, status: int = 200
) -> HttpResponse:
    may_manage = User.objects.managed_by(request.user).filter(pk=person.pk).exists()
    today = clock.today()
    assignments = [
        {"row": row, "current": row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)}
        for row in person.assignments.select_related("unit").order_by("-valid_from", "role")
    ]
    context = {
        "person": person,
        "assignments": assignments,
        "may_manage": may_manage and person.pk != request.user.pk,
        "is_self": person.pk == request.user.pk,
        "consequences": consequences.of_person(person) if may_manage else [],
        "role_form": role_form or (RoleForm(actor=request.user) if may_manage else None),
        "active": person.status == UserStatus.ACTIVE,
    }
    return render(request, "accounts/user.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.manage")
def user_add(request: PersonRequest) -> HttpResponse:
    """Create an account and show its one-time password, this once."""
    form = PersonForm(request.POST or None, actor=request.user)
    if request.method == "POST" and form.is_valid():
        person, password = services.create_person(actor=request.user, **form.cleaned_data)
        return _show_password(request, person, password, new=True)
    return render(request, "accounts/user_form.html", {"form": form}, status=400 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs("accounts.manage")
def user_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Change an account's particulars."""
    person = get_object_or_404(User.objects.managed_by(request.user), pk=pk)
    form = PersonForm(request.POST or None, instance=person, actor=request.user)
    if request.method == "POST" and form.is_valid():
        services.change_person(
            actor=request.user,
            person=User.objects.get(pk=pk),
            **{k: form.cleaned_data[k] for k in form.fields},
        )
        messages.success(request, _("Saved."))
        return redirect("accounts:user", pk)
    context = {"form": form, "person": User.objects.get(pk=pk)}
    return render(request, "accounts/user_form.html", context, status=400 if form.errors else 200)


@never_cache
@require_POST
@needs("accounts.manage")
def user_password(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a one-time password and show it, this once."""
    person = get_object_or_404(User.objects.managed_by(request.user), pk=pk)
    return _show_password(request, person, services.reset_password(actor=request.user, person=person))


def _show_password(request: PersonRequest, person: User, password: str, *, new: bool = False) -> HttpResponse:
    return render(
        request, "accounts/one_time_password.html", {"person": person, "password": password, "new": new}
    )


@require_POST
@needs("accounts.manage")
def user_unlock(request: PersonRequest, pk: int) -> HttpResponse:
    """Lift a lockout."""
    person = get_object_or_404(User.objects.managed_by(request.user), pk=pk)
    services.unlock_person(actor=request.user, person=person)
    messages.success(request, _("%(name)s may try again now.") % {"name": person.full_name})
    return redirect("accounts:user", pk)


@require_POST
@needs("accounts.manage")
def user_disable(request: PersonRequest, pk: int) -> HttpResponse:
    """Close an account."""
    person = get_object_or_404(User.objects.managed_by(request.user), pk=pk)
    services.disable_person(actor=request.user, person=person)
    messages.success(request, _("The account of %(name)s is closed.") % {"name": person.full_name})
    return redirect("accounts:user", pk)


@require_POST
@needs("accounts.manage")
def user_enable(request: PersonRequest, pk: int) -> HttpResponse:
    """Open an account again."""
    person = get_object_or_404(User.objects.managed_by(request.user), pk=pk)
    services.enable_person(actor=request.user, person=person)
    messages.success(request, _("The account of %(name)s is open again.") % {"name": person.full_name})
    return redirect("accounts:user", pk)


@require_POST
@needs("accounts.manage")
def role_add(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a role."""
    person = get_object_or_404(User.objects.managed_by(request.user).select_related("org_unit"), pk=pk)
    form = RoleForm(request.POST, actor=request.user)
    if not form.is_valid():
        return _show(request, person, role_form=form, status=400)
    services.assign_role(actor=request.user, person=person, **form.cleaned_data)
    messages.success(request, _("The role is given."))
    return redirect("accounts:user", pk)


@require_POST
@needs("accounts.manage")
def role_end(request: PersonRequest, pk: int) -> HttpResponse:
    """End a role now."""
    assignment = get_object_or_404(
        RoleAssignment.objects.filter(user__in=User.objects.managed_by(request.user)).select_related(
            "user", "unit"
        ),
        pk=pk,
    )
    services.end_role(actor=request.user, assignment=assignment)
    messages.success(request, _("The role has ended."))
    return redirect("accounts:user", assignment.user_id)
