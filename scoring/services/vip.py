"""Grade VIP customers by the consumption points of a year (spec §3.5, D-28)."""

from datetime import date

from django.db import transaction
from django.db.models import Case, DateField, F, FilteredRelation, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Greatest

from crm.accounts.models import OrgUnit
from crm.params import registry
from members.choices import VipGrade
from members.models import PersonalCustomer
from scoring import rules, statements
from scoring.services.size import in_province


@transaction.atomic
def grade_vips(*, as_of: date, province: OrgUnit | None = None) -> int:
    """Give customers the grade of last year or of this year so far, whichever is higher; return the changed.

    A grade rises at once and falls on 1 January only (unless `vip.downgrade` says daily); it is valid to
    31 December of the year after the one that earned it. Run twice it changes nothing.
    """
    statements.give_memory()
    n = registry.get_group("vip.", as_of=as_of)
    year = as_of.year

    def points(relation: str) -> Coalesce:
        return Coalesce(F(f"{relation}__earned_consumption") - F(f"{relation}__refunded"), 0)

    falls = n["downgrade"] == "DAILY" or (as_of.month, as_of.day) == (1, 1)
    held = Case(
        *(When(vip_grade=grade, then=Value(rank)) for grade, rank in rules.VIP_RANK.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    customers = (
        in_province(PersonalCustomer.objects.filter(in_net_to=None), province)
        .order_by()
        .annotate(
            this=FilteredRelation("account__lots", condition=Q(account__lots__lot_year=year)),
            last=FilteredRelation("account__lots", condition=Q(account__lots__lot_year=year - 1)),
        )
        .annotate(points_this=points("this"), points_last=points("last"))
        .annotate(rank_this=rules.vip_rank(n, "points_this"), rank_last=rules.vip_rank(n, "points_last"))
        .annotate(earned=Greatest("rank_this", "rank_last"))
        .annotate(rank=F("earned") if falls else Greatest(F("earned"), held))
        .values(
            "id",
            old_grade=F("vip_grade"),
            old_valid_to=F("vip_valid_to"),
            new_grade=rules.vip_grade_of("rank"),
            new_valid_to=Case(
                When(rank=0, then=Value(None)),
                When(rank=F("rank_this"), then=Value(date(year + 1, 12, 31))),
                When(rank=F("rank_last"), then=Value(date(year, 12, 31))),
                default=F("vip_valid_to"),
                output_field=DateField(),
            ),
        )
    )
    sql, params = statements.compiled(customers)
    return statements.write(statements.WRITE_GRADES.format(select=sql), [*params, as_of])


def year_points(*, customer: PersonalCustomer, year: int) -> int:
    """Return the consumption points of bills of a year, net of refunds."""
    from scoring.models import PointLot

    lot = PointLot.objects.filter(account__customer=customer, lot_year=year).first()
    return lot.earned_consumption - lot.refunded if lot else 0


__all__ = ["VipGrade", "grade_vips", "year_points"]
