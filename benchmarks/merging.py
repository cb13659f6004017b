"""Measure a merge of two clients with many members each, and taking them apart; rolled back at the end.

Run it on any migrated database (the address stands in DATABASE_URL): `python -m benchmarks.merging
[--members 10000]`. Prints JSON. Units: seconds, rows. The goal is under 5 seconds for 10,000 members.
"""

import argparse
import json
import os
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
django.setup()

from django.db import transaction  # noqa: E402

from clients.models import Client  # noqa: E402
from clients.services import merging  # noqa: E402
from crm.accounts.choices import Role, UnitType  # noqa: E402
from crm.accounts.models import OrgUnit, RoleAssignment, User  # noqa: E402
from crm.base import clock  # noqa: E402
from members.models import Member  # noqa: E402


def head(name: str, unit: OrgUnit) -> User:
    """Make a person who may decide about merges."""
    user = User.objects.create(staff_no=name, full_name=name, org_unit=unit)
    RoleAssignment.objects.create(user=user, role=Role.DEPT_HEAD, unit=unit, valid_from=clock.today())
    return user


def client(unit: OrgUnit, code: str, members: int, prefix: str) -> Client:
    """Make a filed client with members."""
    made = Client.objects.create(org_unit=unit, client_code=code, name=code, institution_type="QY")
    Member.objects.bulk_create(
        (
            Member(client=made, msisdn=f"{prefix}{n:08d}", name="成员", position="职员", type="2")
            for n in range(members)
        ),
        batch_size=5000,
    )
    return made


def measure(members: int) -> dict[str, float | int]:
    """Merge and take apart; return the seconds of each."""
    with transaction.atomic():
        unit = OrgUnit.objects.add_root({"code": "BENCH", "name": "BENCH", "type": UnitType.PRODUCTION_UNIT})
        proposer, decider = head("bench-1", unit), head("bench-2", unit)
        survivor = client(unit, "999900000001", members, "191")
        loser = client(unit, "999900000002", members, "192")
        proposed = merging.propose_merge(
            actor=proposer, survivor_id=survivor.pk, loser_id=loser.pk, reason="benchmark"
        )
        began = time.monotonic()
        merging.decide_merge(actor=decider, merge_id=proposed.pk, approve=True)
        merged = time.monotonic() - began
        began = time.monotonic()
        merging.undo_merge(actor=decider, merge_id=proposed.pk)
        apart = time.monotonic() - began
        transaction.set_rollback(True)
    return {"members": members, "merge_seconds": round(merged, 2), "undo_seconds": round(apart, 2)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=10_000)
    print(json.dumps(measure(parser.parse_args().members)))
