"""How the product writes figures, dates and vocabularies: the same on every page (docs/ux.md)."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext

from crm.base import clock, text
from crm.base.badges import look

register = template.Library()
EMPTY = "—"
WEEKDAYS = "一二三四五六日"


def _chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


@register.filter
def dash(value: Any) -> Any:
    """Show what is empty as a dash; zero is a value."""
    return EMPTY if value is None or value == "" else value


@register.filter
def money(fen: int | None) -> str:
    """Show fen as ¥12,345.67."""
    if fen is None:
        return EMPTY
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


@register.filter
def yuan(fen: int | None) -> str:
    """Show fen as whole yuan, shortened from ten thousand on: ¥1.2 万, ¥12.3k."""
    if fen is None:
        return EMPTY
    value = Decimal(fen) / 100
    if _chinese():
        if abs(value) >= 100_000_000:
            return f"¥{value / 100_000_000:.1f} 亿"
        if abs(value) >= 10_000:
            return f"¥{value / 10_000:.1f} 万"
    elif abs(value) >= 1_000_000:
        return f"¥{value / 1_000_000:.1f}M"
    elif abs(value) >= 10_000:
        return f"¥{value / 1000:.1f}k"
    return f"¥{value:,.0f}"


@register.filter
def number(value: int | float | Decimal | None) -> str:
    """Show a figure with thousands; decimals as they are."""
    return EMPTY if value is None else f"{value:,}"


@register.filter
def bandwidth(kbps: int | None) -> str:
    """Show kbit/s as lines are sold, 1,024 to the step: 100 Mbit/s, 2.5 Gbit/s."""
    if not kbps:
        return EMPTY
    for unit, size in (("Gbit/s", 1024 * 1024), ("Mbit/s", 1024)):
        if kbps >= size:
            return f"{round(kbps / size, 2):,g} {unit}"
    return f"{kbps:,} kbit/s"


@register.filter
def about(count: int | None, cap: int = 10_000) -> str:
    """Show a count that is exact up to a cap and estimated above it: 约 12.4 万, about 124k."""
    if count is None:
        return EMPTY
    if count <= cap:
        return f"{count:,}"
    if _chinese():
        return f"约 {count / 10_000:.1f} 万"
    return f"about {count / 1000:,.0f}k"


@register.filter
def percent(value: float | Decimal | None, digits: int = 0) -> str:
    """Show a share (0–1) as a percentage."""
    return EMPTY if value is None else f"{value * 100:.{digits}f}%"


@register.filter
def listed(words: Iterable[Any]) -> str:
    """Write words one after the other with the comma of the language: 甲、乙; a, b."""
    return gettext(", ").join(str(word) for word in words)


def _local(value: date | datetime) -> date:
    return value.astimezone(clock.BUSINESS_ZONE) if isinstance(value, datetime) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """Show a day with its weekday: 2026-11-20 周五, Fri 20 Nov 2026."""
    if not value:
        return EMPTY
    local = _local(value)
    if _chinese():
        return f"{local:%Y-%m-%d} 周{WEEKDAYS[local.weekday()]}"
    return formats.date_format(local, "D j M Y")


@register.filter
def near_day(value: date | datetime | None) -> str:
    """Show a day of these weeks, its year left out: 11-20 周五, Fri 20 Nov."""
    if not value:
        return EMPTY
    local = _local(value)
    if _chinese():
        return f"{local:%m-%d} 周{WEEKDAYS[local.weekday()]}"
    return formats.date_format(local, "D j M")


@register.filter
def short_day(value: date | datetime | None) -> str:
    """Show a day without its weekday: 2026-11-20."""
    return f"{_local(value):%Y-%m-%d}" if value else EMPTY


@register.filter
def month(value: date | None) -> str:
    """Show a month: 2026-11."""
    return f"{value:%Y-%m}" if value else EMPTY


@register.filter
def clock_time(value: datetime | None) -> str:
    """Show the time of day: 14:05."""
    return f"{_local(value):%H:%M}" if value else EMPTY


@register.filter
def when(value: datetime | None) -> str:
    """Show an instant: 2026-11-20 周五 14:05."""
    return f"{day(value)} {clock_time(value)}" if value else EMPTY


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """Show how long ago, with the exact time on hover: 3 天前."""
    if not value:
        return EMPTY
    seconds = (clock.now() - value).total_seconds()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', value.isoformat(), when(value), _distance(seconds)
    )


def _distance(seconds: float) -> str:
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return gettext("just now")
    future = seconds < 0
    if minutes < 60:
        past, ahead, count = (
            ("%(n)d minute ago", "%(n)d minutes ago"),
            ("in %(n)d minute", "in %(n)d minutes"),
            minutes,
        )
    elif minutes < 48 * 60:
        count = minutes // 60
        past, ahead = ("%(n)d hour ago", "%(n)d hours ago"), ("in %(n)d hour", "in %(n)d hours")
    else:
        count = minutes // (24 * 60)
        past, ahead = ("%(n)d day ago", "%(n)d days ago"), ("in %(n)d day", "in %(n)d days")
    one, many = ahead if future else past
    return ngettext(one, many, count) % {"n": count}


# Named for the extractor: the sentences chosen above.
SENTENCES = (
    lambda n: ngettext("%(n)d minute ago", "%(n)d minutes ago", n),
    lambda n: ngettext("in %(n)d minute", "in %(n)d minutes", n),
    lambda n: ngettext("%(n)d hour ago", "%(n)d hours ago", n),
    lambda n: ngettext("in %(n)d hour", "in %(n)d hours", n),
    lambda n: ngettext("%(n)d day ago", "%(n)d days ago", n),
    lambda n: ngettext("in %(n)d day", "in %(n)d days", n),
)


@register.filter
def masked_phone(value: str | None) -> str:
    """Show 138****1234."""
    return text.mask_mobile(value) if value else EMPTY


@register.filter
def masked_name(value: str | None) -> str:
    """Show 王*."""
    return text.mask_name(value) if value else EMPTY


@register.filter
def get_item(mapping: Any, key: Any) -> Any:
    """Read a key of a dict that is known at run time only."""
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon of the sprite; it is decoration, the words beside it carry the meaning."""
    return _icon(name, css, _sprite())


@cache
def _sprite() -> str:
    """Return the address of the sprite: two hundred icons of a page ask for it."""
    return static("img/icons.svg")


@lru_cache(maxsize=1000, typed=True)
def _icon(name: str, css: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon {}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        css,
        sprite,
        name,
    )


@register.simple_tag
def badge(vocabulary: str, code: Any, label: Any = "", title: str = "") -> SafeString | str:
    """Draw one code of a vocabulary with its colour, icon and label."""
    if code is None or code == "":
        return format_html('<span class="text-secondary">{}</span>', EMPTY)
    return _badge(vocabulary, str(code), str(label or code), str(title), _sprite())


@lru_cache(maxsize=2000, typed=True)  # a safe label and a plain one of the same signs are two
def _badge(vocabulary: str, code: str, label: str, title: str, sprite: str) -> SafeString:
    """Draw a badge once: pages show the same few hundred over and over."""
    found = look(vocabulary, code)
    picture = _icon(found.icon, "icon-inline", sprite) if found.icon else ""
    return format_html(
        '<span class="tag tag-{}" data-code="{}"{}>{}{}</span>',
        found.colour,
        code,
        format_html(' title="{}"', title) if title else "",
        picture,
        label,
    )


@register.simple_tag
def choice_chips(field: Any) -> SafeString:
    """Draw the boxes of a multiple choice as chips; what Django's widget says, without a template a box."""
    chosen = {str(value) for value in field.value() or []}
    boxes = (
        (
            f"{field.id_for_label or field.auto_id}_{place}",
            field.html_name,
            value,
            SafeString(" checked") if str(value) in chosen else "",
            label,
        )
        for place, (value, label) in enumerate(field.field.choices)
    )
    return format_html_join(
        "",
        '<label for="{0}"><input type="checkbox" name="{1}" value="{2}" id="{0}"{3}> {4}</label>',
        boxes,
    )


@register.simple_tag
def nav_url(name: str, *args: Any) -> str:
    """Return an address, or nothing where the page does not exist."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag
def spark(values: Any, label: str = "") -> SafeString | str:
    """Draw a small line of figures as SVG, newest at the right."""
    points = [float(v or 0) for v in values]
    if len(points) < 2:
        return ""
    top = max(points) or 1
    step = 100 / (len(points) - 1)
    path = " ".join(f"{i * step:.1f},{22 - 20 * v / top:.1f}" for i, v in enumerate(points))
    return format_html(
        '<svg class="spark" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<polyline points="{}" fill="none" stroke="currentColor" stroke-width="2" '
        'vector-effect="non-scaling-stroke"/></svg>',
        label,
        path,
    )


@register.simple_tag
def bar(
    value: float | Decimal | int | None, limit: float | Decimal | int = 100, label: str = ""
) -> SafeString:
    """Draw a share of a limit as a bar; the figure stands beside it in words."""
    share = max(0.0, min(100.0, 100 * float(value or 0) / float(limit or 1)))
    return format_html(
        '<svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="bar-back" width="100" height="8" rx="2"/>'
        '<rect class="bar-fill" width="{}" height="8" rx="2"/></svg>',
        label or f"{share:.0f}%",
        f"{share:.2f}",
    )


@register.filter
def at(values: Any, place: int) -> Any:
    """Read one place of a list; nothing beyond its end."""
    return values[place] if place < len(values) else None


@register.filter
def signed(value: int | None) -> str:
    """Show a movement with its sign: +1,200, −300."""
    if value is None:
        return EMPTY
    return f"+{value:,}" if value > 0 else f"{value:,}".replace("-", "−")


@register.simple_tag
def ruler(
    value: float | Decimal | None, classes: Iterable[tuple[Any, float]], top: float = 100
) -> SafeString:
    """Draw the classes of a score as a ruler with the mark of this one; narrow classes are named on hover."""
    limits = sorted(classes, key=lambda pair: float(pair[1]))
    ends = [float(start) for _label, start in limits[1:]] + [float(top)]
    share = 100 / float(top or 1)
    parts = []
    for place, ((label, start), end) in enumerate(zip(limits, ends, strict=True)):
        left, width = float(start) * share, (end - float(start)) * share
        here = (
            value is not None and float(start) <= float(value) and (float(value) < end or end == float(top))
        )
        look_of = f"ruler-class ruler-{place % 2}{' ruler-here' if here else ''}"
        name = label if width >= 6 else ""
        middle = f"{left + width / 2:.2f}"
        parts.append((f"{left:.2f}", f"{max(0.0, width - 0.4):.2f}", look_of, label, start, middle, name))
    drawn = format_html_join(
        "",
        '<rect x="{}%" y="16" width="{}%" height="10" class="{}"><title>{} ≥ {}</title></rect>'
        '<text x="{}%" y="44" text-anchor="middle">{}</text>',
        parts,
    )
    mark = ""
    if value is not None:
        at_percent = f"{max(0.0, min(100.0, float(value) * share)):.2f}"
        mark = format_html(
            '<line class="ruler-mark" x1="{}%" x2="{}%" y1="8" y2="30"/>'
            '<circle class="ruler-dot" cx="{}%" cy="8" r="5"/>',
            at_percent,
            at_percent,
            at_percent,
        )
    names = ", ".join(f"{label} ≥ {start}" for label, start in limits)
    return format_html(
        '<svg class="ruler" width="100%" height="50" role="img" aria-label="{} · {}">{}{}</svg>',
        dash(value),
        names,
        drawn,
        mark,
    )
