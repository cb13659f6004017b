"""The page that shows every component, for looking at: in demonstrations and while developing only."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm.base import clock

SAMPLES = {
    "neutral": "circle-dashed",
    "info": "clock",
    "good": "circle-check",
    "warn": "alert-triangle",
    "bad": "circle-x",
    "accent": "diamond",
}


class SampleForm(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As on the business licence."))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("QY", _("Enterprise")), ("SY", _("Public institution"))]
    )
    picker = forms.ChoiceField(
        label=_("Searchable list"),
        choices=[("", ""), *((str(n), f"片区 {n}") for n in range(1, 30))],
        widget=forms.Select(attrs={"data-picker": ""}),
    )
    on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    purposes = forms.MultipleChoiceField(
        label=_("Purposes"),
        choices=[("P1", "业务推介"), ("P2", "联络感情"), ("P3", "赠送礼品")],
        widget=forms.CheckboxSelectMultiple,
    )
    agreed = forms.BooleanField(label=_("Tell the contact by message"), required=False)
    note = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


@require_safe
def design(request: HttpRequest) -> HttpResponse:
    """Show all components with made-up content."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    messages.success(request, _("Saved."))
    messages.warning(request, _("There is unsaved input on this page."))
    return render(request, "design/index.html", _samples(clock.today()))


def _samples(today: date) -> dict[str, Any]:
    months = [f"{n} 月" for n in range(1, 13)]
    now = clock.now()
    rows = [
        {"code": f"3301{n:06}", "name": name, "person": person, "fen": fen}
        for n, (name, person, fen) in enumerate(
            [
                ("西湖龙井茶业有限公司", "李梅", 1234567),
                ("钱江机械制造股份有限公司", "王强", 98765432),
                ("城关区第三中学", "陈静", 0),
                ("滨江软件园管理委员会办公室", "赵敏", None),
            ],
            1,
        )
    ]
    return {
        "sample_form": SampleForm(
            data={"name": "", "kind": "QY", "purposes": ["P1"], "note": "周三下午回电"}
        ),
        "now": now,
        "today": today,
        "colours": SAMPLES,
        "rows": rows,
        "chips": [
            {"label": "状态", "value": "沉默", "remove_url": "?"},
            {"label": "价值", "value": "A1, A2", "remove_url": "?"},
            {"label": "片区", "value": "城西", "remove_url": "?"},
        ],
        "tabs": [
            {"label": "我的客户", "url": "?", "current": True, "count": 126},
            {"label": "一个月未拜访", "url": "?", "current": False, "count": 18},
            {"label": "全部", "url": "?", "current": False, "count": 2043},
        ],
        "crumbs": [{"label": "客户", "url": "?"}, {"label": "西湖龙井茶业有限公司", "url": ""}],
        "steps": ["上传", "对应", "预览", "提交"],
        "acts": [
            {"label": "批准", "name": "act", "value": "approve", "kind": "primary"},
            {
                "label": "退回",
                "name": "act",
                "value": "return",
                "kind": "",
                "confirm": "退回选中的 2 篇日志？",
            },
        ],
        "why": {
            "title": "价值类型 A2 的由来",
            "lines": [
                {
                    "indicator": "月均收入",
                    "input": "¥32,100",
                    "cap": "¥50,000",
                    "weight": 40,
                    "points": "25.7",
                    "share": 0.86,
                },
                {
                    "indicator": "潜在价值",
                    "input": "93.3",
                    "cap": "100",
                    "weight": 32,
                    "points": "29.9",
                    "share": 1,
                },
                {
                    "indicator": "行业影响",
                    "input": "重点行业",
                    "cap": None,
                    "weight": 18,
                    "points": "18.0",
                    "share": 0.6,
                },
                {
                    "indicator": "在网时间",
                    "input": "7 年",
                    "cap": "10 年",
                    "weight": 10,
                    "points": "7.0",
                    "share": 0.23,
                },
            ],
            "total": 80.6,
            "top": 100,
            "classes": [("C", 0), ("B2", 30), ("B1", 55), ("A2", 75), ("A1", 90)],
            "next": "再高 9.4 分为 A1。",
            "model": "价值模型 第 3 版",
            "as_of": today,
        },
        "events": [
            {
                "at": now,
                "icon": "trending-up",
                "title": "价值类型 B1 → A2",
                "text": "因潜在价值 93.3 > 90",
                "who": "夜间计算",
                "kind": "good",
            },
            {
                "at": now - timedelta(days=3),
                "icon": "calendar-check",
                "title": "拜访已完成",
                "text": "业务推介，联络感情",
                "who": "李四",
                "kind": "",
            },
            {
                "at": now - timedelta(days=9),
                "icon": "alert-triangle",
                "title": "月收入下降 32%",
                "text": "",
                "who": "",
                "kind": "warn",
            },
        ],
        "lines": [
            {
                "on": today,
                "title": "回馈活动消减",
                "note": "兑换 充电宝 × 1",
                "points": -3000,
                "balance": 12480,
                "lots": [{"label": "2024 年", "points": 2600}, {"label": "2025 年", "points": 400}],
            },
            {
                "on": today - timedelta(days=20),
                "title": "消费积分",
                "note": "10 月账单",
                "points": 1286,
                "balance": 15480,
                "lots": [],
            },
        ],
        "spark": [12, 14, 13, 18, 22, 19, 25, 28, 27, 31],
        "chart": {
            "id": "chart-revenue",
            "title": "月收入",
            "kind": "bar",
            "unit": "元",
            "labels": months,
            "series": [
                {
                    "name": "2025",
                    "data": [820, 932, 901, 934, 1290, 1330, 1320, 1180, 1090, 1210, 1302, 1410],
                },
                {
                    "name": "2026",
                    "data": [910, 982, 1001, 1134, 1390, 1230, 1420, 1380, 1190, 1310, 1402, 1510],
                },
            ],
        },
        "heat": {
            "id": "chart-heat",
            "title": "类型迁移",
            "kind": "heat",
            "labels": ["A1", "A2", "B1", "B2", "C"],
            "series": [
                {"name": name, "data": data}
                for name, data in [
                    ("C", [0, 0, 1, 9, 240]),
                    ("B2", [0, 1, 12, 88, 14]),
                    ("B1", [0, 6, 61, 8, 2]),
                    ("A2", [2, 34, 4, 0, 0]),
                    ("A1", [12, 1, 0, 0, 0]),
                ]
            ],
        },
    }
