"""Reading verbs of clients; the row scope lives here and nowhere else."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Coalesce
from treebeard.mp_tree import MP_NodeQuerySet

from crm.base.text import clean, name_key, split_pinyin

if TYPE_CHECKING:
    from clients.models import Client  # noqa: F401 - named in a base class
    from crm.accounts.models import User

COUNT_CAP = 10_000


class GridQuerySet(MP_NodeQuerySet):
    """Reading verbs of grids."""

    def visible_to(self, user: "User") -> "GridQuerySet":
        """Return grids that belong to a unit in scope, or to a unit above it."""
        return self.filter(user.scope.unit_filter("unit") | Q(unit__in=_units_above(user)))


class ClientQuerySet(models.QuerySet["Client"]):
    """Reading verbs of clients."""

    def visible_to(self, user: "User") -> "ClientQuerySet":
        """Return the clients whose file the person may open.

        An account manager sees own clients and, masked, those of the unit; heads, leaders and
        administrators their sub-tree. Source: spec §3.1, E203.
        """
        if not user.can("clients.view"):
            return self.none()
        # Clients managed outside the scope are few: as literal keys they leave the unit's index usable.
        inside = _inside(user)
        beyond = [] if user.scope.sees_all else managed_beyond(user)
        return self.filter(inside | Q(pk__in=beyond)) if beyond else self.filter(inside)

    def writable_by(self, user: "User") -> "ClientQuerySet":
        """Return the clients whose file the person may change: own ones, or the sub-tree of the role."""
        if not user.can("clients.change"):
            return self.none()
        if user.scope.write_paths and set(user.scope.write_paths) == set(user.scope.paths):
            if user.scope.sees_all:  # an empty filter joined by OR to another would keep that other only
                return self.all()
            return self.filter(user.scope.unit_filter("org_unit") | Q(am=user) | Q(pk__in=_shared_with(user)))
        return self.filter(
            Q(org_unit__in=user.scope.write_unit_ids) | Q(am=user) | Q(pk__in=_shared_with(user))
        )

    def managed_by(self, user: "User") -> "ClientQuerySet":
        """Return the clients the person manages, as primary or with others."""
        others = list(_shared_with(user).values_list("client", flat=True)[:1000])
        return self.filter(Q(am=user) | Q(pk__in=others)) if others else self.filter(am=user)

    def filed(self) -> "ClientQuerySet":
        """Keep clients that stand in the lifecycle."""
        from clients.choices import FilingState

        return self.filter(filing=FilingState.FILED)

    def search(self, query: str) -> "ClientQuerySet":
        """Keep clients a person may mean by what was typed.

        Two characters and more: any part of name or short name, initials, full pinyin; digits: client code;
        letters and digits: credit code. One character: the beginning of the name.
        """
        text = clean(query).lower()
        if not text:
            return self
        squeezed = text.replace(" ", "")
        if len(squeezed) == 1:
            begins = Q(name_key__startswith=squeezed)
            return self.filter(begins | Q(name_pinyin__startswith=squeezed) if squeezed.isascii() else begins)
        found = Q()
        if len(text) >= 2:
            found = self._all_words(text)
        if squeezed.isascii() and squeezed.isalnum():
            readings = [found]
            if squeezed.isdecimal():
                # The code of a file that was merged leads to the survivor too.
                begins = Q(client_code__startswith=squeezed)
                merged = self.model._default_manager.filter(begins, merged_into__isnull=False)
                readings += [begins, Q(pk__in=merged.values("merged_into"))]
            if len(squeezed) >= 4 and any(character.isdigit() for character in squeezed):
                readings.append(Q(uscc__startswith=squeezed.upper()))
            found = self._present(readings)
            if squeezed.isalpha():
                found = self._letters(squeezed, found)
        elif (key := name_key(text)) != text and len(key) >= 2:
            # Brackets and blanks are written in many ways: the key of the name leaves them out.
            found |= Q(name_key__startswith=key)
        return self.filter(found)

    def _present(self, readings: list[Q]) -> Q:
        """Join the readings of a text that any client has; the first when none has.

        Two indexes joined by OR make every row pay for both: a reading nobody has is left out at once.
        """
        if len(readings) == 1:
            return readings[0]
        everything = self.model._default_manager.order_by()
        kept = [reading for reading in readings if everything.filter(reading).exists()]
        joined = Q()
        for reading in kept or readings[:1]:
            joined |= reading
        return joined

    def _letters(self, letters: str, literal: Q) -> Q:
        """Read letters as pinyin, or as initials and Latin names; a reading nobody has is left out."""
        everything = self.model._default_manager
        initials = split_pinyin(letters)
        if initials and len(initials) >= 2:
            spelled = Q(name_pinyin__contains=letters) & _part(initials)
            return literal | spelled if everything.filter(literal).exists() else spelled
        begins = Q(name_pinyin__startswith=letters)
        return literal | begins if everything.filter(begins).exists() else literal

    @staticmethod
    def _all_words(text: str) -> Q:
        condition = Q()
        for word in text.split(" ")[:5]:
            condition &= _part(word) if len(word) >= 2 else Q(search_text__contains=word)
        return condition

    def with_mobiles(self) -> "ClientQuerySet":
        """Add mobiles of all operators, or the explicit count (D-02)."""
        return self.annotate(mobiles_all=MOBILES)

    def about(self, *, exact: bool = True) -> int:
        """Return how many rows there are: exact up to 10,000, the planner's estimate above."""
        return about(self, exact=exact)


def about(queryset: models.QuerySet[Any], *, exact: bool = True) -> int:
    """Return how many rows a list has: exact up to 10,000, the planner's estimate above.

    What the planner takes for big is not counted at all; without `exact` its word is taken for small
    results too.
    """
    rows = queryset.order_by().values("pk")
    plan = rows.explain(format="json")
    if not plan:  # no row can fit: the database is not asked
        return 0
    estimate = int(json.loads(plan)[0]["Plan"]["Plan Rows"])
    if estimate > COUNT_CAP or not exact:
        return estimate
    counted = rows[: COUNT_CAP + 1].count()
    return counted if counted <= COUNT_CAP else max(estimate, counted)


MOBILES = Coalesce(
    F("mobile_count"),
    Coalesce(F("mobile_users_cm"), Value(0))
    + Coalesce(F("mobile_users_ct"), Value(0))
    + Coalesce(F("mobile_users_cu"), Value(0)),
)


class Bigrams(Func):
    """Pairs of neighbouring characters of a text, as an array: what the search index holds."""

    function = "crm_bigrams"
    output_field = ArrayField(TextField())


def _part(word: str) -> Q:
    """Say that a part of the search text is this word.

    The word itself stands first: where the index is not used, it spares the costly pairs of characters.
    """
    pairs = [word[i : i + 2] for i in range(len(word) - 1) if " " not in word[i : i + 2]]
    asked = Value(pairs, output_field=ArrayField(TextField()))
    return Q(search_text__contains=word) & Q(_Holds(Bigrams(F("search_text")), asked))


class _Holds(models.Lookup):
    """Say that an array holds every element of another."""

    lookup_name = "holds"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Compile to `left @> right`."""
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @> {right}", [*left_params, *right_params]


def search(query: str) -> ClientQuerySet:
    """Return all clients a query may mean; the caller narrows them to what the person may see."""
    from clients.models import Client

    return Client.objects.search(query)


def _inside(user: "User") -> Q:
    """Return the filter by unit; when most units are inside, it names those outside.

    The rows are the same; the planner sees that nearly all fit and walks the list in its order.
    """
    scope = user.scope
    if not scope.sees_all and len(scope.unit_ids) > 20:
        from crm.accounts.models import OrgUnit

        outside = list(OrgUnit.objects.exclude(pk__in=scope.unit_ids).values_list("pk", flat=True)[:20])
        if len(outside) < 20:
            return ~Q(org_unit__in=outside)
    return scope.unit_filter("org_unit")


def _shared_with(user: "User") -> Any:
    """Return keys of clients the person manages beside their first manager: few, by their own index."""
    from clients.models import AMAssignment

    rows = AMAssignment.objects.filter(user=user, to_on=None).exclude(kind="PRIMARY")
    return rows.values("client")


def managed_beyond(user: "User") -> list[int]:
    """Return keys of clients the person manages outside the units of the roles.

    Own ones are asked of the client's own row, whose index holds manager and unit: a manager's thousands of
    assignments need not be read.
    """
    from clients.models import Client

    own = Client.objects.filter(am=user).exclude(user.scope.unit_filter("org_unit"))
    shared = _shared_with(user).exclude(user.scope.unit_filter("client__org_unit"))
    both = own.order_by().values_list("pk").union(shared.values_list("client"))
    return [key for (key,) in both[:1000]]


def _units_above(user: "User") -> list[int]:
    from crm.accounts.models import OrgUnit

    step = OrgUnit.steplen
    paths = {path[:end] for path in user.scope.paths for end in range(3 * step, len(path), step)}
    return list(OrgUnit.objects.filter(path__in=paths).values_list("pk", flat=True)) if paths else []
