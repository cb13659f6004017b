"""Who may use the workbench: everybody who works here, each seeing their own."""

from typing import Any

from crm.base.models import Notification
from tests.permissions.lines import Line, World, only, same


def build(world: World) -> None:
    """Tell the owner something."""
    world.notice = Notification.objects.create(
        user=world.owner, kind="test", text="日志还没有写", url="/visits/", key="matrix"
    )


def _notice(world: World) -> dict[str, Any]:
    return {"pk": world.notice.pk}


ROUTES = {
    "workbench:today": Line(get=same(200)),
    "workbench:search": Line(query=lambda _w: {"q": "西湖"}, get=same(200)),
    "workbench:notifications": Line(get=same(200)),
    "workbench:open-notification": Line(kwargs=_notice, post=only("owner", status=302, others=404)),
    "workbench:read-all": Line(post=same(302)),
    "workbench:bell": Line(get=same(200)),
    "api-my-workbench": Line(get=same(200)),
}
