"""Meetings, tasks and gifts of the demonstration, made by the services as people make them."""

from datetime import timedelta

from clients.models import Client
from crm.accounts.choices import Role
from crm.accounts.models import OrgUnit, User
from crm.base import clock
from visits.choices import MeetingKind
from visits.models import Gift
from visits.services import gifts, meetings

TASKS = (("走访协议到期的客户", 3, "户"), ("补齐必填资料", 5, "户"), ("收集重要客户的宽带到期日", 4, "户"))
KINDS = (("LP01", "保温杯", "Vacuum mug", 6_800, 40), ("LP02", "雨伞", "Umbrella", 4_500, 60))
REASONS = ("新签三年专线协议", "客户单位周年活动", "年终答谢")


def act_in_the_field() -> int:
    """Hold last evening's and this morning's meetings, give tasks, ask for gifts; return how many acts."""
    acts = 0
    heads = User.objects.filter(assignments__role=Role.DEPT_HEAD, assignments__valid_to=None).order_by("pk")
    kinds: list[tuple[Gift, int]] = []
    for head in heads:
        for unit in meetings.units_to_meet(head)[:1]:
            if not kinds:
                kinds = [
                    (gifts.add_gift(actor=head, code=code, name=name, name_en=english, unit_value_fen=fen), n)
                    for code, name, english, fen, n in KINDS
                ]
            stocks = [gifts.take_in(actor=head, gift=kind, unit=unit, quantity=n) for kind, n in kinds]
            team = meetings.team_of(unit, clock.today())
            acts += len(stocks) + _meet(head, unit, team)
            for place, person in enumerate(team[:3]):
                client = (
                    Client.objects.filter(am=person, closed_at=None, filing="FILED").order_by("pk").first()
                )
                if client is None:
                    continue
                asked = gifts.request_gift(
                    actor=person, client=client, stock=stocks[place % 2], quantity=1, reason=REASONS[place]
                )
                acts += 1
                if place:
                    gifts.approve_gift(actor=head, request_id=asked.pk)
                    acts += 1
    return acts


def _meet(head: User, unit: OrgUnit, team: list[User]) -> int:
    today, acts = clock.today(), 2
    meetings.call_meeting(actor=head, unit=unit, kind=MeetingKind.EVENING, held_on=today - timedelta(days=1))
    morning, _new = meetings.call_meeting(actor=head, unit=unit, kind=MeetingKind.MORNING, held_on=today)
    for person, (task, target, what) in zip(team, TASKS, strict=False):
        given = meetings.give_task(
            actor=head, user=person, task=task, due_on=today, target=target, unit_of_target=what,
            meeting_id=morning.pk,
        )  # fmt: skip
        meetings.report_task(actor=person, task_id=given.pk, done=target // 2)
        acts += 2
    return acts
