"""Exports: asked for by who leads, decided by another above, seen by both."""

from crm.exports.models import DownloadRequest
from tests.permissions.lines import Line, World, only


def build(world: World) -> None:
    """Put an export of the head into the world that waits for a second person."""
    world.export = DownloadRequest.objects.create(
        name="clients", owner=world.head, rows_asked=201, approve_verb="exports.approve", language="zh-hans",
        reason="核对",
    )  # fmt: skip


def pk(world: World) -> dict[str, int]:
    """Return the export's address."""
    return {"pk": world.export.pk}


ASKERS = ("head", "leader", "gcdept", "provadmin")
DOOR = only(*ASKERS, "sysadmin", status=200)
SEEN = only(*ASKERS, sysadmin=404)

ROUTES = {
    "exports:list": Line(get=DOOR),
    "exports:new": Line(
        query=lambda w: {"of": "clients"},
        get=only(*ASKERS, sysadmin=403),
        post=only(*ASKERS, status=(200, 302, 400, 404), sysadmin=(403, 404)),
    ),
    "exports:export": Line(kwargs=pk, get=SEEN),
    "exports:progress": Line(kwargs=pk, get=SEEN),
    "exports:approve": Line(
        kwargs=pk, post=only("leader", "gcdept", "provadmin", status=302, sysadmin=404, head=403)
    ),
    "exports:reject": Line(
        kwargs=pk, post=only("leader", "gcdept", "provadmin", status=400, sysadmin=404, head=403)
    ),
    "exports:cancel": Line(
        kwargs=pk, post=only("head", status=302, leader=404, gcdept=404, provadmin=404, sysadmin=404)
    ),
    "exports:download": Line(
        kwargs=pk, post=only("leader", "gcdept", "provadmin", status=404, sysadmin=404, head=403)
    ),
    "api-exports": Line(get=DOOR, post=only(*ASKERS, "sysadmin", status=(400, 415))),
    "api-export": Line(kwargs=pk, get=SEEN),
    "api-export-approve": Line(
        kwargs=pk, post=only("leader", "gcdept", "provadmin", status=200, sysadmin=404, head=403)
    ),
    "api-export-reject": Line(
        kwargs=pk, post=only("leader", "gcdept", "provadmin", status=400, sysadmin=404, head=403)
    ),
    "api-export-cancel": Line(
        kwargs=pk, post=only("head", status=200, leader=404, gcdept=404, provadmin=404, sysadmin=404)
    ),
    "api-export-download": Line(
        kwargs=pk, post=only("leader", "gcdept", "provadmin", status=404, sysadmin=404, head=403)
    ),
}
