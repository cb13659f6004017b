"""Who may read and keep the library and the script cards."""

from typing import Any

from knowledge import services
from knowledge.models import ScriptCard
from tests.permissions.lines import Line, World, only, same

NEW = {"title": "专线提速", "category": "SUCCESS", "summary": "三周拿下", "body": "先测速,再谈价"}
CARD = {"stage": "TALK", "situation": "报价之后", "text": "{salutation},您看这样可以吗?"}


def build(world: World) -> None:
    """Publish one solution, and keep another as a draft."""
    world.solution_draft = services.save_solution(actor=world.gcdept, values=NEW)
    made = services.save_solution(actor=world.gcdept, values=NEW | {"title": "云专线"})
    world.solution = services.move_solution(actor=world.gcdept, solution_id=made.pk, act="publish")
    world.script = ScriptCard.objects.get(code="either-or")


def _of(name: str) -> Any:
    return lambda w: {"pk": getattr(w, name).pk}


READS = same(200, sysadmin=403)
PAGE = only("gcdept")


def _keeps(status: int) -> dict[str, Any]:
    return only("gcdept", status=status)


ROUTES = {
    "knowledge:solutions": Line(get=READS),
    "knowledge:solution": Line(kwargs=_of("solution"), get=READS),
    "knowledge:solution-new": Line(get=PAGE, data=lambda _w: NEW, post=_keeps(302)),
    "knowledge:solution-edit": Line(
        kwargs=_of("solution_draft"), get=PAGE, data=lambda _w: NEW | {"version": 1}, post=_keeps(302)
    ),
    "knowledge:solution-publish": Line(kwargs=_of("solution_draft"), post=_keeps(302)),
    "knowledge:solution-archive": Line(kwargs=_of("solution"), post=_keeps(302)),
    "knowledge:scripts": Line(get=READS),
    "knowledge:script-new": Line(
        get=PAGE, data=lambda _w: CARD | {"code": "after-offer", "position": 5}, post=_keeps(302)
    ),
    "knowledge:script-edit": Line(
        kwargs=_of("script"), get=PAGE, data=lambda _w: CARD | {"position": 5, "version": 1}, post=_keeps(302)
    ),
    "api-scripts": Line(get=READS, data=lambda _w: CARD | {"code": "after-offer"}, post=_keeps(201)),
    "api-script": Line(kwargs=_of("script"), get=READS, data=lambda _w: {"position": 7}, patch=_keeps(200)),
    "api-solutions": Line(get=READS, data=lambda _w: NEW, post=_keeps(201)),
    # A draft is not there for who only reads; who may not write is told so before.
    "api-solution": Line(
        kwargs=_of("solution"), get=READS, data=lambda _w: {"summary": "两周"}, patch=_keeps(200)
    ),
    "api-solution-publish": Line(kwargs=_of("solution_draft"), post=_keeps(200)),
    "api-solution-archive": Line(kwargs=_of("solution"), post=_keeps(200)),
}
