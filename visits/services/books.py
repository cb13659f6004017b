"""The log book of a week as a document: what stands in it, and its PDF (Source: S1-95, D-33).

It is a Chinese form, whatever language its printer reads: 客户拜访工作日志 with 周工作计划与总结.
"""

from datetime import date, datetime
from typing import Any

from django.utils.translation import override

from crm.base import clock, typeset
from crm.base.text import mask_name
from visits.choices import Purpose
from visits.models import Visit, VisitLog, WeeklyReport
from visits.rules.figures import DROPPED_STATES, HANDED_IN

WEEKDAYS = "一二三四五六日"
TITLE = "客户拜访工作日志"

BODY = """
#let line(label, value) = if value != "" [#strong(label + "：")#value #linebreak()]
#let chapter(b) = [
  #table(columns: (auto, 1fr, auto, 1fr), ..b.facts.map(f => (strong(f.at(0)), f.at(1))).flatten())
  == 一、本周数据
  #table(columns: (1fr,) * 4, align: center,
    ..b.figures.map(f => [#text(9pt, f.at(0)) \\ #text(13pt, weight: "bold", f.at(1))]))
  == 二、本周工作总结
  #b.summary
  == 三、下周工作计划
  #b.plan
  #if b.next.len() > 0 [
    #table(columns: (auto, auto, 1fr, 1fr),
      table.header(strong[日期], strong[时间], strong[客户], strong[拜访内容]), ..b.next.flatten())
  ]
  #if b.note != "" [*领导批示：*#b.note]
  == 四、拜访日志（#b.logs.len() 篇）
  #for log in b.logs [
    #block(breakable: true, width: 100%, stroke: 0.4pt + rgb("#555555"), inset: 3mm, below: 3mm)[
      #strong(log.head) #h(1fr) #log.client \\
      #for one in log.results [#line(one.at(0), one.at(1))]
      #for one in log.lines [#line(one.at(0), one.at(1))]
      #text(9pt, log.foot)
    ]
  ]
  #if b.others.len() > 0 [
    == 五、没有日志的约访
    #table(columns: (auto, auto, 1fr, 1fr),
      table.header(strong[日期], strong[时间], strong[客户], strong[情况]), ..b.others.flatten())
  ]
  #v(8mm)
  #grid(columns: (1fr, 1fr, 1fr), [客户经理签字：], [分管领导签字：], [归档人签字：])
]
"""
ONE = BODY + "\n#chapter(data)"
# Every manager's book begins on its own sheet; the head of the first page names the unit.
MANY = (
    BODY
    + """
#for (i, book) in data.books.enumerate() [
  #if i > 0 { pagebreak() }
  #align(center, text(13pt, weight: "bold", book.owner + "　" + book.no))
  #chapter(book)
]
"""
)


def _day(day: date) -> str:
    return f"{day:%m-%d} 周{WEEKDAYS[day.weekday()]}"


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(clock.BUSINESS_ZONE):%H:%M}" if moment else ""


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(clock.BUSINESS_ZONE):%Y-%m-%d %H:%M}" if moment else "—"


def _visits(report: WeeklyReport) -> list[Visit]:
    rows = Visit.objects.filter(owner=report.owner_id, visit_on__range=(report.monday, report.sunday))
    return list(rows.with_rows().select_related("log__decided_by").order_by("visit_on", "planned_at", "id"))


def _log(visit: Visit, log: VisitLog) -> dict[str, Any]:
    stay = "–".join(filter(None, (_time(visit.arrived_at), _time(visit.left_at))))
    place = f" · {visit.place}" if visit.place else ""
    due = f"（{log.next_due_on:%Y-%m-%d} 前）" if log.next_due_on else ""
    approval = (
        f"{log.decided_by} {_moment(log.decided_at)} 批准"
        if log.state == "APPROVED"
        else str(log.get_state_display())
    )
    marks = [word for word, said in (("迟交", log.late_submit), ("迟批", log.late_approval)) if said]
    contact = mask_name(visit.contact.name) if visit.contact else ""
    lines = [
        ("拜访对象", contact), ("意见", log.opinion), ("需求", log.demands), ("竞争信息", log.competitor),
        ("收获与不足", log.lessons), ("下一步", log.next_step + due if log.next_step else ""),
        ("礼品签收单", log.receipt_no), ("同意凭证", log.consent_evidence), ("投诉单", log.complaint_no),
    ]  # fmt: skip
    handed = f"提交 {_moment(log.submitted_at)}"
    foot = [f"到离 {stay}" if stay else "无签到", handed, approval, *marks]
    return {
        "head": f"{_day(visit.visit_on)} {_time(visit.planned_at)}",
        "client": f"{visit.client.name}{place}",
        "results": [[label, result] for _code, label, result in log.result_lines],
        "lines": [[label, value] for label, value in lines if value],
        "foot": " · ".join(foot),
    }


def _figures(stats: dict[str, Any]) -> list[list[str]]:
    purposes = stats.get("purposes", {})
    return [
        ["计划拜访", str(stats["planned"])], ["完成拜访", str(stats["done"])],
        ["准时到达", str(stats["on_time"])], ["迟到", str(stats["late"])],
        ["拜访客户数", str(stats["clients"])], ["日志提交", str(stats["handed"])],
        ["日志迟交", str(stats["handed_late"])], ["日志已批", str(stats["approved"])],
        ["到期承诺", str(stats["promises"])], ["承诺兑现", str(stats["promises_kept"])],
        ["礼品签收", str(stats["gifts"])], ["任务完成", f"{stats['tasks_done']}/{stats['tasks']}"],
        *([str(Purpose(code).label), str(count)] for code, count in purposes.items() if count),
    ]  # fmt: skip


def content_of(report: WeeklyReport, *, number: str) -> dict[str, Any]:
    """Return what stands in the log book of a report: the source of its PDF, kept with it."""
    with override("zh-hans"):
        stats = report.auto_stats or {}
        visits = _visits(report)
        logs = [(v, v.log) for v in visits if getattr(v, "log", None) and v.log.state in HANDED_IN]
        written = {visit.pk for visit, _written in logs}
        others = [v for v in visits if v.pk not in written and v.state not in DROPPED_STATES]
        late = "（迟交）" if report.late_submit else ""
        return {
            "title": TITLE,
            "no": number,
            "unit": str(report.org_unit),
            "on": f"{report.monday:%Y-%m-%d} 至 {report.sunday:%m-%d}",
            "owner": report.owner.full_name,
            "facts": [
                ["客户经理", f"{report.owner.full_name}（{report.owner.staff_no}）"], ["周次", report.week],
                ["提交", f"{_moment(report.submitted_at)}{late}"],
                ["审批", f"{report.decided_by} {_moment(report.decided_at)}"],
            ],
            "figures": _figures(stats),
            "summary": report.summary,
            "plan": report.plan,
            "next": [
                [
                    _day(date.fromisoformat(one["day"])),
                    one["time"],
                    one["client"],
                    "、".join(filter(None, [*(str(Purpose(p).label) for p in one["purposes"]), one["note"]])),
                ]
                for one in stats.get("next_week", [])
            ],
            "note": report.leader_note,
            "logs": [_log(visit, log) for visit, log in logs],
            "others": [
                [
                    _day(v.visit_on), _time(v.planned_at), v.client.name,
                    " · ".join(filter(None, [str(v.get_state_display()), v.outcome_reason])),
                ]
                for v in others
            ],
        }  # fmt: skip


def one_book(content: dict[str, Any]) -> bytes:
    """Return the PDF of one log book; the same content gives the same bytes."""
    return typeset.render(ONE, content)


def many_books(contents: list[dict[str, Any]], *, unit: str, week: str, on: str) -> bytes:
    """Return the books of a unit's week one after the other, for the printer."""
    data = {"title": TITLE, "no": week, "unit": unit, "on": on, "books": contents}
    return typeset.render(MANY, data)
