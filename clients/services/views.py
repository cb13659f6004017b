"""Keep lists under a name, share them, choose the columns and the view the list opens with."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from clients.models import ListSetting, SavedView
from crm.accounts.models import OrgUnit, User
from crm.base.access import require
from crm.base.errors import BusinessError, Invalid, NotFound
from crm.base.text import clean
from crm.base.trail import record

MOST = 30


def views_of(user: User) -> QuerySet[SavedView]:
    """Return the views a person finds: own ones, and those shared with the unit or a unit above it."""
    units = []
    if user.org_unit is not None:
        path, step = user.org_unit.path, OrgUnit.steplen
        above = [path[:end] for end in range(step, len(path) + 1, step)]
        units = list(OrgUnit.objects.filter(path__in=above).values_list("pk", flat=True))
    return SavedView.objects.filter(Q(user=user) | Q(unit__in=units)).select_related("user", "unit")


def _name(given: str) -> str:
    name = clean(given)
    if not 0 < len(name) <= 20:
        sentence = _("Give the view a name of at most 20 characters.")
        raise Invalid("INVALID", sentence, fields={"name": [sentence]})
    return name


def own_view(actor: User, pk: int) -> SavedView:
    """Return a view the person made.

    Raises: NotFound for a view of somebody else.
    """
    view = SavedView.objects.filter(user=actor, pk=pk).first()
    if view is None:
        raise NotFound("NOT_FOUND", _("There is no such view of yours."))
    return view


@transaction.atomic
def save_view(*, actor: User, name: str, query: str) -> SavedView:
    """Keep a list under a name; the same name again replaces it.

    Raises: Invalid INVALID without a name, BusinessError TOO_MANY beyond thirty views.
    """
    name = _name(name)
    others = SavedView.objects.filter(user=actor).exclude(name=name)
    if others.count() >= MOST:
        raise BusinessError("TOO_MANY", _("You keep 30 views already. Remove one first."))
    if len(query) > 1000:
        raise Invalid("INVALID", _("These filters are too long to be kept."))
    return SavedView.objects.update_or_create(user=actor, name=name, defaults={"query": query})[0]


@transaction.atomic
def rename_view(*, actor: User, view_id: int, name: str) -> SavedView:
    """Give a view another name.

    Raises: NotFound; Invalid; BusinessError NAME_TAKEN when another view of the person has it.
    """
    view = own_view(actor, view_id)
    view.name = _name(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        sentence = _("Another view of yours has this name.")
        raise BusinessError("NAME_TAKEN", sentence, fields={"name": [sentence]}) from None
    return view


@transaction.atomic
def share_view(*, actor: User, view_id: int, shared: bool) -> SavedView:
    """Share a view with the people of one's unit, or take it back.

    Raises: NotFound; Forbidden for who leads nobody (Source: ux.md, lists).
    """
    require(actor, "accounts.view_team")
    view = own_view(actor, view_id)
    if shared and actor.org_unit is None:
        raise BusinessError("NO_UNIT", _("You belong to no unit that a view could be shared with."))
    view.unit = actor.org_unit if shared else None
    view.save(update_fields=["unit"])
    record(
        actor=actor, action="clients.view_shared" if shared else "clients.view_unshared",
        unit=actor.org_unit, data={"name": view.name},
    )  # fmt: skip
    return view


@transaction.atomic
def drop_view(*, actor: User, view_id: int) -> None:
    """Forget a view.

    Raises: NotFound for a view of somebody else.
    """
    view = own_view(actor, view_id)
    ListSetting.objects.filter(user=actor, opens_with=view.query).update(opens_with="")
    view.delete()


def setting_of(user: User) -> ListSetting:
    """Return how the person wants the list; nothing is written by looking."""
    return ListSetting.objects.filter(user=user).first() or ListSetting(user=user)


@transaction.atomic
def choose_columns(*, actor: User, columns: Sequence[str]) -> None:
    """Remember the columns a person wants to see, in their order; none: the usual ones again."""
    ListSetting.objects.update_or_create(user=actor, defaults={"columns": ".".join(columns)[:300]})


@transaction.atomic
def open_with(*, actor: User, query: str) -> None:
    """Remember the view the list opens with; an empty query stands for all clients."""
    ListSetting.objects.update_or_create(user=actor, defaults={"opens_with": query[:1000]})
