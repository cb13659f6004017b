"""Note that somebody looked at a solution before a visit."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import User
from crm.base.errors import NotFound
from crm.base.trail import record
from knowledge.models import Solution
from visits.models import SolutionUse, Visit
from visits.services.visits import must_write


@transaction.atomic
def consult(*, actor: User, visit: Visit, solution_id: int) -> SolutionUse:
    """Note that the person looked at a published solution for a visit; twice is once.

    Raises: NotFound; Forbidden NOT_YOURS. Source: S1-07
    """
    must_write(visit, actor)
    solution = Solution.objects.visible_to(actor).published().filter(pk=solution_id).first()
    if solution is None:
        raise NotFound("NOT_FOUND", _("There is no such solution, or it is not published."))
    use, fresh = SolutionUse.objects.get_or_create(visit=visit, solution=solution, defaults={"user": actor})
    if fresh:
        record(
            actor=actor, action="visits.solution_consulted", entity=visit, unit=visit.org_unit,
            data={"solution": solution.pk, "name": solution.title},
        )  # fmt: skip
    return use
