"""The page of components: nobody sees it outside demonstrations and development."""

from tests.permissions.lines import Line, same

ROUTES: dict[str, Line] = {
    "base:design": Line(get=same(404)),
}
