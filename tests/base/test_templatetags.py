"""Figures, dates and vocabularies are written one way on every page, in both languages."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from crm.base import badges
from crm.base.templatetags import crm as tags


@pytest.fixture
def zh() -> Iterator[None]:
    """Speak Chinese inside the test."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def en() -> Iterator[None]:
    """Speak English inside the test."""
    with translation.override("en"):
        yield


def render(source: str, **context: Any) -> str:
    """Return the text of a template that has loaded our tags."""
    return Template("{% load crm %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("fen", "shown"),
    [
        (0, "¥0.00"),
        (1, "¥0.01"),
        (1234567, "¥12,345.67"),
        (-50, "-¥0.50"),
        (-123456, "-¥1,234.56"),
        (None, "—"),
    ],
)
def test_money_is_fen_with_two_digits_and_unknown_is_a_dash(fen: int | None, shown: str) -> None:
    assert tags.money(fen) == shown


@pytest.mark.parametrize(
    ("fen", "zh_text", "en_text"),
    [
        (None, "—", "—"),
        (999_900, "¥9,999", "¥9,999"),
        (1_000_000, "¥1.0 万", "¥10.0k"),
        (98_765_432, "¥98.8 万", "¥987.7k"),
        (12_345_678_900, "¥1.2 亿", "¥123.5M"),
    ],
)
def test_large_amounts_are_shortened_in_the_units_of_the_language(
    fen: int | None, zh_text: str, en_text: str
) -> None:
    with translation.override("zh-hans"):
        assert tags.yuan(fen) == zh_text
    with translation.override("en"):
        assert tags.yuan(fen) == en_text


def test_a_count_is_exact_up_to_the_cap_and_about_above_it() -> None:
    with translation.override("zh-hans"):
        assert [tags.about(n) for n in (None, 0, 10_000, 124_000)] == ["—", "0", "10,000", "约 12.4 万"]
    with translation.override("en"):
        assert tags.about(124_000) == "about 124k"
        assert tags.about(10_001) == "about 10k"


def test_days_carry_their_weekday(zh: None) -> None:
    assert tags.day(date(2026, 11, 20)) == "2026-11-20 周五"
    assert tags.day(None) == "—"
    with translation.override("en"):
        assert tags.day(date(2026, 11, 20)) == "Fri 20 Nov 2026"


def test_a_day_of_these_weeks_leaves_its_year_out_and_names_the_weekday_as_elsewhere(zh: None) -> None:
    assert tags.near_day(date(2026, 12, 1)) == "12-01 周二"
    assert tags.near_day(None) == "—"
    with translation.override("en"):
        assert tags.near_day(date(2026, 12, 1)) == "Tue 1 Dec"


def test_bandwidth_is_shown_as_lines_are_sold() -> None:
    shown = {None: "—", 512: "512 kbit/s", 2048: "2 Mbit/s", 102_400: "100 Mbit/s", 1_536: "1.5 Mbit/s",
             1_048_576: "1 Gbit/s", 10_485_760: "10 Gbit/s"}  # fmt: skip
    assert {kbps: tags.bandwidth(kbps) for kbps in shown} == shown


def test_an_instant_is_shown_in_the_business_zone_whatever_zone_it_came_in(zh: None) -> None:
    late = datetime(2026, 11, 20, 16, 5, tzinfo=UTC)
    assert tags.when(late) == "2026-11-21 周六 00:05"
    assert tags.short_day(late) == "2026-11-21"
    assert tags.clock_time(late) == "00:05"


@pytest.mark.parametrize(
    ("distance", "zh_text", "en_text"),
    [
        (timedelta(seconds=20), "刚刚", "just now"),
        (timedelta(minutes=1), "1 分钟前", "1 minute ago"),
        (timedelta(hours=3), "3 小时前", "3 hours ago"),
        (timedelta(hours=47, minutes=59), "47 小时前", "47 hours ago"),
        (timedelta(days=3), "3 天前", "3 days ago"),
        (-timedelta(days=3, minutes=1), "3 天后", "in 3 days"),
    ],
)
def test_ago_says_the_distance_and_keeps_the_exact_time_on_hover(
    distance: timedelta, zh_text: str, en_text: str
) -> None:
    moment = timezone.now() - distance
    with translation.override("zh-hans"):
        shown = str(tags.ago(moment))
        assert f">{zh_text}</time>" in shown
        assert f'title="{tags.when(moment)}"' in shown
    with translation.override("en"):
        assert f">{en_text}</time>" in str(tags.ago(moment))


def test_personal_data_is_masked_and_short_values_give_nothing_away() -> None:
    assert tags.masked_phone("13800001234") == "138****1234"
    assert tags.masked_phone("1234567") == "*******"
    assert tags.masked_name("欧阳明") == "欧**"
    assert tags.masked_name("李") == "李*"
    assert tags.masked_phone(None) == tags.masked_name("") == "—"


def test_empty_is_a_dash_but_zero_is_a_value() -> None:
    assert [tags.dash(value) for value in (None, "", 0, False, "x")] == ["—", "—", 0, False, "x"]
    assert tags.number(None) == tags.percent(None) == tags.signed(None) == "—"
    assert tags.number(1234567) == "1,234,567"
    assert tags.percent(Decimal("0.123"), 1) == "12.3%"
    assert [tags.signed(n) for n in (1200, 0, -3000)] == ["+1,200", "0", "−3,000"]


def test_a_badge_has_the_colour_icon_and_label_its_app_registered() -> None:
    badges.register("test_states", "RED", "bad", "circle-x")
    shown = render('{% badge "test_states" "RED" label %}', label="离网 <b>")
    assert "tag-bad" in shown
    assert "icons.svg#circle-x" in shown
    assert "离网 &lt;b&gt;" in shown
    assert "tag-neutral" in render('{% badge "test_states" "UNKNOWN" "?" %}')
    assert "—" in render('{% badge "test_states" None %}')


def test_an_icon_is_decoration_and_hidden_from_readers() -> None:
    assert 'aria-hidden="true"' in render('{% icon "bell" %}')


def test_an_address_of_a_page_that_does_not_exist_is_nothing() -> None:
    assert render('{% nav_url "accounts:login" %}') == "/accounts/login/"
    assert render('{% nav_url "nowhere:at_all" %}') == ""


@pytest.mark.parametrize(("value", "width"), [(None, "0.00"), (-5, "0.00"), (50, "50.00"), (900, "100.00")])
def test_a_bar_never_leaves_its_frame(value: int | None, width: str) -> None:
    assert f'class="bar-fill" width="{width}"' in render("{% bar value 100 %}", value=value)


@pytest.mark.parametrize(
    ("score", "here"), [(74.9, "B1"), (75, "A2"), (89.9, "A2"), (90, "A1"), (100, "A1"), (0, "C")]
)
def test_the_ruler_marks_the_class_that_begins_at_or_below_the_score(score: float, here: str) -> None:
    classes = [("C", 0), ("B1", 55), ("A2", 75), ("A1", 90)]
    shown = str(tags.ruler(score, classes))
    marked = shown.split("ruler-here")[1]
    assert shown.count("ruler-here") == 1
    assert marked.startswith(f'"><title>{here} ≥')


def test_a_ruler_without_a_score_has_no_mark() -> None:
    shown = str(tags.ruler(None, [("C", 0), ("A", 50)]))
    assert "ruler-mark" not in shown
    assert "ruler-here" not in shown


def test_a_line_of_figures_needs_two_of_them() -> None:
    assert tags.spark([1]) == ""
    assert "polyline" in str(tags.spark([0, 0, None, 4]))


@pytest.mark.django_db
def test_every_component_on_the_design_page_renders_in_both_languages(
    owner: Any, browse: Callable[..., Any], settings: Any
) -> None:
    settings.DEMO = True
    page = browse(owner)
    for code, words in (("zh-hans", "草稿已存"), ("en", "Draft saved")):
        answer = page.get("/design/", headers={"Accept-Language": code})
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert 'style="' not in answer.content.decode()


@pytest.mark.django_db
def test_the_design_page_is_for_demonstrations_only(
    owner: Any, browse: Callable[..., Any], settings: Any
) -> None:
    settings.DEMO = settings.DEBUG = False
    assert browse(owner).get("/design/").status_code == 404
