"""Which role may do what: the one table of verbs (spec §3.1); printed into docs/permissions.md.

A verb says *what*; the scope of the role's assignment (`visible_to`) says *on which rows*.
"""

from crm.accounts.choices import Role

# Verbs that read business data: only roles with one of them open rows of clients, people and visits.
DATA_VERBS = frozenset({"clients.view", "members.view", "visits.view", "scoring.view"})
_READ = {
    "clients.view", "members.view", "visits.view", "scoring.view", "workbench.view", "knowledge.view",
}  # fmt: skip
_MANAGE = _READ | {"clients.export"}

GRANTS: dict[str, frozenset[str]] = {
    Role.AM: frozenset(
        _READ
        | {
            "clients.add",
            "clients.change",
            "members.change",
            "members.reveal",
            "visits.change",
            "visits.write_log",
            "scoring.redeem",
            "scoring.issue_card",
            "scoring.verify_card",
            "intake.import_members",
        }
    ),
    Role.DEPT_HEAD: frozenset(
        _MANAGE
        | {
            "clients.add",
            "clients.change",
            "clients.approve",
            "clients.close",
            "clients.assign",
            "members.change",
            "members.reveal",
            "visits.change",
            "visits.write_log",
            "visits.approve_log",
            "visits.approve_event",
            "visits.hold_meeting",
            "visits.keep_gifts",
            "visits.print_week",
            "visits.answer_opinion",
            "visits.record_conduct",
            "exports.approve",
            "scoring.propose_override",
            "scoring.issue_card",
            "scoring.verify_card",
            "scoring.adjust",
            "scoring.approve",
            "accounts.view_team",
        }
    ),
    Role.UNIT_LEADER: frozenset(
        _MANAGE
        | {
            "visits.approve_log",
            "visits.approve_event",
            "visits.hold_meeting",
            "visits.spot_check",
            "visits.approve_week",
            "visits.print_week",
            "visits.call_back",
            "visits.answer_opinion",
            "visits.record_conduct",
            "members.reveal",
            "accounts.view_team",
            "exports.approve",
            "exports.approve_leaders",
        }
    ),
    Role.GC_DEPT: frozenset(
        _MANAGE
        | {
            "jobs.view",
            "members.reveal",
            "accounts.view_team",
            "scoring.approve",
            "scoring.budget",
            "scoring.propose_model",
            "visits.call_back",
            "visits.inspect_week",
            "visits.answer_opinion",
            "exports.approve",
            "exports.approve_leaders",
            "clients.catalogue",
            "knowledge.edit",
        }
    ),
    Role.PROV_ADMIN: frozenset(
        _MANAGE
        | {
            "clients.add",
            "clients.change",
            "clients.approve",
            "clients.close",
            "clients.assign",
            "clients.catalogue",
            "members.change",
            "members.reveal",
            "scoring.approve_override",
            "scoring.adjust",
            "scoring.approve",
            "scoring.budget",
            "scoring.propose_model",
            "scoring.publish_model",
            "scoring.enter_costs",
            "intake.import",
            "intake.import_members",
            "exports.approve",
            "exports.approve_leaders",
            "jobs.view",
            "params.view",
            "accounts.view_team",
        }
    ),
    Role.SYSADMIN: frozenset(
        {
            "accounts.manage",
            "outbox.manage",
            "clients.catalogue",
            "params.view",
            "params.change",
            "jobs.view",
            "jobs.rerun",
            "audit.view",
            "intake.import_users",
            "workbench.view",
        }
    ),
    Role.AUDITOR: frozenset(
        _READ
        | {
            "audits.run",
            "audit.view",
            "visits.call_back",
            "visits.record_conduct",
            "visits.handle_conduct",
            "members.reveal",
            "jobs.view",
        }
    ),
    Role.KB_OWNER: frozenset({"workbench.view", "knowledge.view", "knowledge.edit"}),
    Role.HALL: frozenset(
        {
            "members.view",
            "scoring.view",
            "scoring.redeem",
            "scoring.issue_card",
            "scoring.verify_card",
            "workbench.view",
        }
    ),
    Role.HOTLINE: frozenset({"members.view", "scoring.view", "workbench.view"}),
    Role.PHONE_AM: frozenset(
        {"members.view", "scoring.view", "visits.view", "workbench.view", "knowledge.view"}
    ),
    Role.SUPPORT: frozenset({"workbench.view", "knowledge.view", "visits.answer_opinion"}),
    Role.API: frozenset(),  # a client system has the verbs of its token's scopes
}

# Scopes a client system's token may carry, and the verbs each opens.
SCOPES: dict[str, frozenset[str]] = {
    "read": frozenset(_READ | {"jobs.view"}),
    "write": frozenset(
        {"clients.add", "clients.change", "members.change", "visits.change", "visits.write_log"}
    ),
    "feeds": frozenset({"feeds.post", "intake.import", "intake.import_members"}),
    "points": frozenset({"scoring.redeem"}),
    "cards": frozenset({"scoring.view", "members.view", "scoring.issue_card", "scoring.verify_card"}),
    "sms": frozenset({"sms.inbound"}),
    "pii.reveal": frozenset({"members.reveal"}),
}

# Verbs that open the whole subtree of the assignment for writing; an account manager writes own clients only.
WRITES_SUBTREE = frozenset({Role.DEPT_HEAD, Role.PROV_ADMIN, Role.API})
