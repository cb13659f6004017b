"""Draw the plain fields of forms without a template for each option: the same signs as Django's own.

A list of clients has a hundred of them in its filters; drawn by templates they took a sixth of the page.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

Widget = Mapping[str, Any]
# What Django writes for a choice not made yet.
NO_CHOICE = "---------"
PLAIN = ("text", "number", "email", "password", "search", "tel", "url", "hidden", "checkbox")
PLAIN_DATES = ("date", "datetime", "time")


def attributes(widget: Widget) -> str:
    """Return the attributes of a widget: False leaves one out, True writes its name alone."""
    return "".join(
        f" {conditional_escape(name)}"
        if value is True
        else f' {conditional_escape(name)}="{conditional_escape(value)}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def draw_input(widget: Widget) -> str:
    """Draw one `<input>`."""
    value = widget["value"]
    given = "" if value is None else f' value="{conditional_escape(value)}"'
    return (
        f'<input type="{conditional_escape(widget["type"])}" name="{conditional_escape(widget["name"])}"'
        f"{given}{attributes(widget)}>"
    )


def said(option: Widget) -> str:
    """Return the words of an option; a choice not made yet asks for one."""
    return _("Choose") if option["label"] == NO_CHOICE else conditional_escape(option["label"])


def draw_select(widget: Widget) -> str:
    """Draw one `<select>` with its options and groups."""
    parts = [f'<select name="{conditional_escape(widget["name"])}"{attributes(widget)}>']
    for group, options, _place in widget["optgroups"]:
        if group:
            parts.append(f'\n  <optgroup label="{conditional_escape(group)}">')
        parts += [
            f'\n  <option value="{conditional_escape(option["value"])}"{attributes(option)}>'
            f"{said(option)}</option>"
            for option in options
        ]
        if group:
            parts.append("\n  </optgroup>")
    parts.append("\n</select>")
    return "".join(parts)


DRAWN: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/select.html": draw_select,
    **{f"django/forms/widgets/{kind}.html": draw_input for kind in (*PLAIN, *PLAIN_DATES)},
}


class Renderer(DjangoTemplates):
    """Django's renderer of forms, quicker where the widget is a plain one."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """Draw a widget; every value in it is escaped."""
        draw = DRAWN.get(template_name)
        if draw is None:
            return super().render(template_name, context, request)
        return SafeString(draw(context["widget"]))  # escaped sign by sign above
