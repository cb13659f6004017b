"""The night as one declared graph (spec §3.8): who runs after whom; functions are wired by string."""

from dataclasses import dataclass
from graphlib import TopologicalSorter

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    `function` is called as `function(as_of=date, province=OrgUnit | None)` and returns the rows it changed.
    `as_of` is the day after the business date. `per_province` steps run once for each province unit.
    Every step is a pure function of the data and safe to run twice.
    Steps that rewrite rows of the same kind do so in an order of their own each: two of them at once over the
    same province would wait for each other for ever, so they take turns.
    """

    name: str
    label: str | Promise
    function: str
    after: tuple[str, ...] = ()
    per_province: bool = False
    rewrites: str = ""


NIGHT: tuple[Step, ...] = (
    Step("expire_points", _("Expire points"), "scoring.services.expire_points"),
    Step(
        "post_bills",
        _("Post points of settled bills"),
        "scoring.services.post_settled_bills",
        ("expire_points",),
    ),
    Step(
        "derive_status", _("Derive lifecycle states"), "clients.services.derive_statuses", (), True, "clients"
    ),
    Step("hand_overs", _("Hand-overs of clients"), "clients.services.run_hand_overs", rewrites="clients"),
    Step(
        "key_accounts",
        _("Key accounts and responsibility"),
        "clients.services.derive_key_accounts",
        ("derive_status",),
        True,
        "clients",
    ),
    Step(
        "rehome",
        _("Re-home members, coverage"),
        "members.services.rehome_members",
        ("derive_status",),
        True,
        "clients",
    ),
    Step(
        "size",
        _("Size classes"),
        "scoring.services.classify_sizes",
        ("derive_status", "rehome"),
        True,
        "clients",
    ),
    Step("tier", _("Value tiers"), "scoring.services.run_tiers", ("size",), True, "clients"),
    Step(
        "flags",
        _("High value and mid-high"),
        "scoring.services.run_flags",
        ("post_bills",),
        rewrites="customers",
    ),
    Step(
        "labels", _("Labels of customers"), "scoring.services.write_labels", ("flags",), rewrites="customers"
    ),
    Step("stars", _("Stars"), "scoring.services.run_stars", ("flags",), rewrites="customers"),
    Step("count_clients", _("Clients counted by axes"), "clients.services.count_clients", ("tier",), True),
    Step("vip", _("VIP grades"), "scoring.services.grade_vips", ("post_bills",), rewrites="customers"),
    Step("ecards", _("VIP e-cards"), "scoring.services.settle_cards", ("vip",), True),
    Step(
        "completeness", _("Completeness of files"), "clients.services.grade_completeness", (), True, "clients"
    ),
    Step("stale_clients", _("Stale client data"), "clients.services.note_stale_clients", (), True),
    Step("reach", _("Reach of the closed month"), "scoring.services.close_reach", ("derive_status",), True),
    Step(
        "segments",
        _("Profit and loss by segment"),
        "scoring.services.close_segments",
        ("key_accounts",),
        True,
    ),
    Step("draw_audits", _("Audits that are due"), "clients.services.draw_due_audits", (), True),
    Step(
        "judge_revenue",
        _("Informatisation revenue"),
        "clients.services.judge_revenue",
        (),
        True,
    ),
    Step("circuits", _("Circuits beside the network"), "clients.services.reconcile_circuits", (), True),
    Step("churn", _("Churn alerts"), "clients.services.raise_alerts", ("derive_status",), True),
    Step("agreements", _("Agreements that end"), "clients.services.remind_expiring"),
    Step("overdue_logs", _("Overdue logs and approvals"), "visits.services.remind_overdue"),
    Step("events", _("On-site events"), "visits.services.settle_events", ("rehome",), True),
    Step("overdue_weeks", _("Weekly reports that are due"), "visits.services.remind_weeks"),
    Step("prove_ledger", _("Proof of the ledger"), "scoring.services.prove_ledger", ("post_bills",)),
    Step("seal_audit", _("Seal of the audit trail"), "crm.audit.services.seal_events"),
    Step("purge", _("Cleaning up"), "crm.base.services.purge_expired"),
)


def ordered(steps: tuple[Step, ...]) -> list[Step]:
    """Return steps so that each comes after what it needs.

    Raises: graphlib.CycleError, KeyError when a step needs one that is not declared.
    """
    by_name = {step.name: step for step in steps}
    sorter = TopologicalSorter({step.name: step.after for step in steps})
    return [by_name[name] for name in sorter.static_order()]


def waits_for(step: Step, scope: str, other_step: str, other_scope: str) -> bool:
    """Say whether a run waits for another of the same night.

    A province waits for its own rows only; a step over everything waits for all provinces.
    """
    return other_step in step.after and (not scope or not other_scope or scope == other_scope)


def take_turns(step: Step, scope: str, other: Step, other_scope: str) -> bool:
    """Say whether two runs rewrite the same rows: of one kind, and of the same province or of all."""
    return (
        bool(step.rewrites)
        and step.rewrites == other.rewrites
        and (not scope or not other_scope or scope == other_scope)
    )


def reaches(start: str) -> set[str]:
    """Return the names of all steps that wait for a step, directly or not."""
    found: set[str] = set()
    for step in ordered(NIGHT):
        if start in step.after or found & set(step.after):
            found.add(step.name)
    return found


def step_named(name: str) -> Step | None:
    """Return a step of today's graph, or None for one that an older version ran."""
    return next((step for step in NIGHT if step.name == name), None)
