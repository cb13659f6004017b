"""The tree a client stands in, from headquarters to outlets, as far as the person may see it."""

from dataclasses import dataclass, field

from django.db import connection

from clients.models import Client, MergeNote
from crm.accounts.models import User

# More of a family is not drawn; the list of clients shows the rest.
MOST = 300
DEEPEST = 12

FAMILY = """
WITH RECURSIVE up(id, parent_id, depth) AS (
    SELECT id, parent_id, 0 FROM clients_client WHERE id = %s
    UNION ALL SELECT c.id, c.parent_id, up.depth + 1 FROM clients_client c JOIN up ON c.id = up.parent_id
    WHERE up.depth < %s
), top AS (SELECT id FROM up ORDER BY depth DESC LIMIT 1),
down(id, depth) AS (
    SELECT id, 0 FROM top
    UNION ALL SELECT c.id, down.depth + 1 FROM clients_client c JOIN down ON c.parent_id = down.id
    WHERE down.depth < %s
)
SELECT id FROM (SELECT id, min(depth) AS depth FROM down GROUP BY id) d ORDER BY depth, id LIMIT %s
"""


@dataclass(slots=True)
class Knot:
    """One client of the tree; without `client` it lies outside what the person may see."""

    pk: int
    client: Client | None
    parent_id: int | None
    own: bool = False
    below: list["Knot"] = field(default_factory=list)
    merged: list[MergeNote] = field(default_factory=list)


@dataclass(slots=True)
class Tree:
    """The tree and what is not drawn of it."""

    top: Knot
    count: int
    hidden: int
    cut: bool


def tree_of(client: Client, user: User) -> Tree:
    """Return the tree of a client; a client the person may not see is a knot without a name."""
    with connection.cursor() as cursor:
        cursor.execute(FAMILY, [client.pk, DEEPEST, DEEPEST, MOST + 1])
        keys = [row[0] for row in cursor.fetchall()]
    cut = len(keys) > MOST
    keys = keys[:MOST]
    if client.pk not in keys:
        keys.append(client.pk)
    visible = {
        row.pk: row
        for row in Client.objects.visible_to(user).filter(pk__in=keys).select_related("org_unit", "am")
    }
    parents = dict(Client.objects.filter(pk__in=keys).values_list("pk", "parent_id"))
    knots = {pk: Knot(pk, visible.get(pk), parents.get(pk), own=pk == client.pk) for pk in keys}
    for note in MergeNote.objects.filter(parent__in=visible):
        knots[note.parent_id].merged.append(note)
    top = knots[keys[0]]
    seen = {top.pk}
    for pk in keys:
        knot = knots[pk]
        above = knots.get(knot.parent_id) if knot.parent_id else None
        if above is not None and pk not in seen:
            above.below.append(knot)
            seen.add(pk)
    if client.pk not in seen:
        top.below.append(knots[client.pk])
    return Tree(top, len(knots), len(knots) - len(visible), cut)
