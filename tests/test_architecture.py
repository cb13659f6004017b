"""What import-linter cannot see: strings, names and habits that hold the floors apart."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from crm.celery import app as celery_app
from crm.jobs import graph
from tests.sources import ROOT, modules, templates

FLOORS = {"crm": 1, "clients": 2, "knowledge": 2, "members": 3, "scoring": 4, "visits": 6, "workbench": 7}
OUR_MODELS = [m for m in apps.get_models() if m.__module__.split(".")[0] in FLOORS]


def floor(model: type[models.Model]) -> int:
    """Return the floor a model stands on; libraries lie below all."""
    return FLOORS.get(model.__module__.split(".")[0], 0)


def calls(tree: ast.AST) -> list[tuple[ast.Call, str]]:
    """Return all calls of a tree with their dotted name."""
    return [(node, ast.unparse(node.func)) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_foreign_keys_point_down() -> None:
    wrong = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in OUR_MODELS
        for field in model._meta.get_fields(include_hidden=False)
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and floor(field.related_model) > floor(model)
    ]
    assert not wrong


def test_no_floor_uses_the_name_a_higher_key_leaves_on_it() -> None:
    """The name serves joins of the upper floor; below, nobody knows of it."""
    names = {
        (field.remote_field.get_accessor_name(), field.related_query_name(), floor(model))
        for model in OUR_MODELS
        if not model.__name__.endswith("Event")
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and 0 < floor(field.related_model) < floor(model)
        and not field.remote_field.hidden
    }
    assert names
    wrong = []
    for path, tree in modules().items():
        here = FLOORS[path.parts[0]]
        above = [(accessor, query) for accessor, query, owner in names if here < owner]
        for node in ast.walk(tree):
            for accessor, query in above:
                if (
                    isinstance(node, ast.Constant)
                    and isinstance(node.value, str)
                    and node.value.startswith(f"{query}__")
                ):
                    wrong.append(f"{path}:{node.lineno} {node.value}")
                elif (
                    isinstance(node, ast.Attribute)
                    and node.attr == accessor
                    and ast.unparse(node.value).endswith(("client", "customer"))
                ):
                    wrong.append(f"{path}:{node.lineno} {ast.unparse(node)}")
    assert not wrong


def test_nobody_listens_to_signals_of_models() -> None:
    listens = re.compile(r"\b(post_save|pre_save|post_delete|pre_delete|m2m_changed|receiver)\b")
    root = Path(settings.BASE_DIR)
    wrong = [
        f"{path}: {found.group()}"
        for path in modules()
        for found in listens.finditer((root / path).read_text())
    ]
    assert not wrong


def test_the_steps_of_the_night_resolve_and_take_the_day() -> None:
    for step in graph.ordered(graph.NIGHT):
        function = import_string(step.function)
        parameters = inspect.signature(inspect.unwrap(function)).parameters
        assert {"as_of", "province"} <= set(parameters), step.function
        assert all(parameter.kind == inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values()), (
            step.function
        )
        required = {name for name, p in parameters.items() if p.default is inspect.Parameter.empty}
        assert required <= {"as_of", "province"}, step.function


def test_scheduled_tasks_exist_and_every_task_has_a_queue() -> None:
    celery_app.loader.import_default_modules()
    known = set(celery_app.tasks)
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in known
    queues = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert queues | {settings.CELERY_TASK_DEFAULT_QUEUE} == {"interactive", "import", "nightly"}


@pytest.mark.parametrize("name", ["rules", "querysets"])
def test_rules_and_reading_verbs_do_not_look_at_the_clock(name: str) -> None:
    forbidden = re.compile(r"(^|\.)(now|today|utcnow|localdate|localtime|Now|TransactionNow)$")
    wrong = [
        f"{path}:{call.lineno} {dotted}"
        for path, tree in modules().items()
        if name in (path.stem, *path.parts)
        for call, dotted in calls(tree)
        if forbidden.search(dotted)
    ]
    assert not wrong


def test_rules_ask_no_database() -> None:
    wrong = [
        f"{path}: {ast.unparse(node)}"
        for path, tree in modules().items()
        if "rules" in (path.stem, *path.parts)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]
    assert not wrong


def test_pages_and_api_read_what_the_person_may_see() -> None:
    scoped = {model.__name__ for model in OUR_MODELS if hasattr(model._default_manager, "visible_to")}
    wrong = [
        f"{path}:{call.lineno} {dotted}"
        for path, tree in modules().items()
        if path.stem in ("views", "api") or "views" in path.parts or "api" in path.parts
        for call, dotted in calls(tree)
        if dotted.endswith(".objects.all") and dotted.split(".")[-3] in scoped
    ]
    assert len(scoped) > 5
    assert not wrong


def test_people_see_every_list_through_a_scope() -> None:
    """A model with its own page or route has the verb; these are the ones others must not forget."""
    for label in (
        "accounts.OrgUnit", "accounts.User", "accounts.ApiClient", "audit.AuditEvent", "jobs.JobRun",
        "clients.Client", "members.Member", "members.Contact", "members.PersonalCustomer",
        "visits.Visit", "visits.VisitLog",
    ):  # fmt: skip
        manager = apps.get_model(label)._default_manager
        assert hasattr(manager, "visible_to"), label


def test_templates_keep_to_the_content_security_policy() -> None:
    patterns = {
        "inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
        "style element": re.compile(r"<style", re.IGNORECASE),
        "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
        "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
        "evaluated expression": re.compile(r"hx-on|hx-vars|javascript:|hx-vals=[\"']js:", re.IGNORECASE),
        "foreign address": re.compile(r"(src|href)=[\"']https?://", re.IGNORECASE),
    }
    wrong = [
        f"{path}: {what}: {found.group(0)[:60]}"
        for path, text in templates()
        for what, pattern in patterns.items()
        for found in pattern.finditer(text)
    ]
    assert not wrong, "\n".join(wrong)


def test_forms_that_change_something_carry_the_token() -> None:
    wrong = [
        str(path)
        for path, text in templates()
        for form in re.finditer(r"<form[^>]*method=[\"']post[\"'].*?</form>", text, re.DOTALL | re.IGNORECASE)
        if "csrf_token" not in form.group(0)
    ]
    assert not wrong


# Words of a template that need no rule of their own: the look of their family is right for them.
PLAIN = {
    "btn-quiet", "bulk-count", "diff-new", "diff-old", "freshness", "mapping-choice", "mapping-line",
    "menu-as-at", "nav-item", "notice-info", "rule-sign", "sheet-table", "stat-info", "tag-neutral",
    "timeline-lines", "why-ways",
}  # fmt: skip


def test_every_class_of_a_template_is_known_to_a_stylesheet_or_a_script() -> None:
    """Tabler stands here without what no page named when it was made (static/vendor/README.md)."""
    sheets = [*(ROOT / "static/css").glob("*.css"), *(ROOT / "static/vendor").rglob("*.css")]
    known = {name for sheet in sheets for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", sheet.read_text())}
    scripts = " ".join(path.read_text() for path in (ROOT / "static/js").glob("*.js"))
    known |= set(re.findall(r"[\w-]+", scripts)) | PLAIN
    wrong = []
    for path, text in templates():
        for names in re.findall(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\}|\{)*)"', text):
            # What a tag makes, and what is glued to it, is not looked at.
            plain = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", names)
            plain = re.sub(r"[\w-]+(?=\{%)|\{%.*?%\}(?:[\w-]+(?=\{%))?", " ", plain)
            wrong += [f"{path}: {name}" for name in plain.split() if name not in known]
    assert not wrong, "\n".join(sorted(set(wrong)))


def test_every_icon_is_in_the_sprite_and_every_icon_of_the_sprite_is_drawn() -> None:
    """Every page loads the sprite; tools/vendor/icons.py makes it."""
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/img/icons.svg").read_text()))
    texts = [text for _path, text in templates()]
    named = {name for text in texts for name in re.findall(r'{% icon "([^"]+)"', text)}
    assert named <= sprite, sorted(named - sprite)
    sources = [*texts, *(path.read_text() for path in (ROOT / "static/js").glob("*.js"))]
    sources += [(ROOT / path).read_text() for path in modules()]
    drawn = set(re.findall(r"[\"'#]([a-z][a-z0-9-]*)(?=[\"'])", "\n".join(sources)))
    assert sprite <= drawn, sorted(sprite - drawn)
