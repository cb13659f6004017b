"""Imports: managers import members, province administrators everything; a batch is its owner's and theirs."""

from crm.intake import services
from crm.intake.choices import BatchStatus
from crm.intake.models import ImportBatch
from tests.permissions.lines import Line, World, only


def build(world: World) -> None:
    """Put an import of the owner into the world: checked, and waiting to be committed."""
    batch = services.open_batch(actor=world.owner, roster="members", name="a.csv", content=[b"a,b\n1,2\n"])
    counts = {"read": 1, "created": 1, "updated": 0, "unchanged": 0, "rejected": 0}
    found = {
        "plans": [
            {
                "index": 0,
                "name": "",
                "header_row": 1,
                "headers": ["a", "b"],
                "columns": {},
                "samples": [[], []],
                "skipped": "",
            }
        ],
        "sheets": [{"index": 0, "name": "", "visible": True, "rows": 2, "errors": 0, "merged": 0}],
    }
    ImportBatch.objects.filter(pk=batch.pk).update(
        status=BatchStatus.VALIDATED, kind="csv", found=found, **counts
    )
    world.batch = batch


IMPORTERS = ("owner", "colleague", "stranger", "provadmin")


def pk(world: World) -> dict[str, int]:
    """Return the batch's address."""
    return {"pk": world.batch.pk}


DOOR = only(*IMPORTERS, "sysadmin", status=200)
SEEN = only("owner", "provadmin", status=200, colleague=404, stranger=404, sysadmin=404)
ACT = only("owner", "provadmin", status=302, colleague=404, stranger=404, sysadmin=404)
API_ACT = only("owner", "provadmin", status=202, colleague=404, stranger=404, sysadmin=404)

ROUTES = {
    "intake:list": Line(get=DOOR),
    "intake:upload": Line(get=DOOR, post=only(*IMPORTERS, "sysadmin", status=400)),
    "intake:template": Line(kwargs=lambda w: {"roster": "members"}, get=only(*IMPORTERS, sysadmin=404)),
    "intake:passwords": Line(kwargs=pk, post=only(sysadmin=404)),
    "api-rosters": Line(get=DOOR),
    "api-roster-template": Line(
        kwargs=lambda w: {"roster": "users"}, get=only(*IMPORTERS, status=404, sysadmin=200)
    ),
    "intake:batch": Line(kwargs=pk, get=SEEN),
    "intake:progress": Line(kwargs=pk, get=SEEN),
    "intake:mapping": Line(
        kwargs=pk,
        get=SEEN,
        post=only("owner", "provadmin", status=400, colleague=404, stranger=404, sysadmin=404),
    ),
    "intake:touched": Line(kwargs=pk, get=SEEN),
    "intake:commit": Line(kwargs=pk, post=ACT),
    "intake:cancel": Line(kwargs=pk, post=ACT),
    "intake:undo": Line(
        kwargs=pk,
        post=only("owner", "provadmin", status=(302, 409), colleague=404, stranger=404, sysadmin=404),
    ),
    "intake:mend": Line(
        kwargs=pk,
        post=only("owner", status=409, colleague=404, stranger=404, provadmin=404, sysadmin=404),
    ),
    "intake:recheck": Line(
        kwargs=pk, post=only("owner", status=409, colleague=404, stranger=404, provadmin=404, sysadmin=404)
    ),
    "intake:source": Line(
        kwargs=pk, get=only("owner", status=200, colleague=404, stranger=404, provadmin=404, sysadmin=404)
    ),
    "intake:errors": Line(
        kwargs=pk, get=only("owner", status=200, colleague=404, stranger=404, provadmin=404, sysadmin=404)
    ),
    "api-imports": Line(get=DOOR, post=only(*IMPORTERS, "sysadmin", status=(400, 415))),
    "api-import": Line(kwargs=pk, get=SEEN),
    "api-import-errors": Line(kwargs=pk, get=SEEN),
    "api-import-rows": Line(kwargs=pk, get=SEEN),
    "api-import-mend": Line(
        kwargs=pk,
        post=only("owner", status=400, colleague=404, stranger=404, provadmin=404, sysadmin=404),
    ),
    "api-import-map": Line(
        kwargs=pk,
        post=only("owner", "provadmin", status=(400, 409), colleague=404, stranger=404, sysadmin=404),
    ),
    "api-import-commit": Line(kwargs=pk, post=API_ACT),
    "api-import-cancel": Line(kwargs=pk, post=API_ACT),
    "api-import-undo": Line(
        kwargs=pk, post=only("owner", "provadmin", status=409, colleague=404, stranger=404, sysadmin=404)
    ),
}
