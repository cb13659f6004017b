"""Many processes on one ledger at once: the promises L1–L5 of the ledger, at any size.

`python -m benchmarks.storm --writers 64 --each 500` on a database that can be thrown away; tests run the
same with sizes of a minute. Prints JSON with the seed; the same seed gives the same acts. Processes are
forked, each with a connection of its own: nothing of Python holds them apart.
"""

import argparse
import json
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()

from django.db import OperationalError, connections
from django.db.models import Count, Sum

from benchmarks.figures import spread
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import BusinessError
from crm.params.models import ParamValue
from members.models import MonthlyBill, PersonalCustomer
from scoring import services
from scoring.models import LedgerProof, PointEntry, PointLot, PointMovement

DAY = date(2026, 7, 1)
Act = Callable[[], Any]
FORK = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one act: "done" or the code of a refusal, its result, seconds."""

    code: str
    result: str
    seconds: float


def _try(act: Act) -> Outcome:
    began = time.perf_counter()
    result = ""
    try:
        made = act()
        code, result = "done", str(getattr(made, "pk", made))
    except BusinessError as error:
        code = error.code
    except OperationalError as error:
        code = f"retry: {type(error.__cause__).__name__}"
    except Exception as error:  # noqa: BLE001 - the outcome under test
        code = f"{type(error).__name__}: {error}"
    return Outcome(code, result, time.perf_counter() - began)


def at_once(acts: Sequence[Act], workers: int) -> list[Outcome]:
    """Run acts in so many processes that begin together; return what became of each, in order."""
    connections.close_all()  # a child must not inherit a socket
    ready = FORK.Barrier(workers)
    pipes = []

    def work(turn: int, pipe: Any) -> None:
        # Where a browser's event loop runs, the parent keeps connections that closing all does not reach.
        for inherited in connections.all(initialized_only=True):
            del connections[inherited.alias]
        ready.wait()
        pipe.send([(place, _try(acts[place])) for place in range(turn, len(acts), workers)])
        connections.close_all()

    for turn in range(workers):
        mine, theirs = FORK.Pipe(duplex=False)
        process = FORK.Process(target=work, args=(turn, theirs), daemon=True)
        process.start()
        theirs.close()
        pipes.append((process, mine))
    found: dict[int, Outcome] = {}
    for process, pipe in pipes:
        found.update(pipe.recv())
        process.join()
    return [found[place] for place in range(len(acts))]


@dataclass(frozen=True, slots=True)
class World:
    """One customer and two people who answer for what moves."""

    customer: PersonalCustomer
    one: User
    two: User

    def fund(self, points: int, month: date = date(2026, 3, 1)) -> None:
        """Let a bill earn points."""
        MonthlyBill.objects.create(
            customer=self.customer, bill_month=month, total_fen=points * 100, paid_fen=points * 100,
            settled_at=clock.at(date(2026, 5, 1)),
        )  # fmt: skip
        services.post_settled_bills(as_of=DAY)

    def spend(self, points: int, key: str) -> Act:
        """Return the act of taking points."""
        return lambda: services.deduct(
            customer=self.customer, kind="DEDUCT_POLICY", points=points, reason="", operator=self.one,
            approver=self.two, key=key, as_of=DAY,
        )  # fmt: skip

    def give(self, points: int, key: str) -> Act:
        """Return the act of giving points."""
        return lambda: services.reward(
            customer=self.customer, points=points, reward_reason="VAS", operator=self.one,
            approver=self.two, key=key, as_of=DAY,
        )  # fmt: skip

    def undo(self, movement: PointMovement, key: str) -> Act:
        """Return the act of giving a deduction back."""
        return lambda: services.reverse(movement=movement, operator=self.one, reason="", key=key, as_of=DAY)

    @property
    def balance(self) -> int:
        """Return what the lots hold."""
        lots = PointLot.objects.filter(account__customer=self.customer)
        return int(lots.aggregate(n=Sum("remaining"))["n"] or 0)


def sound() -> bool:
    """Prove the ledger and say whether it is whole."""
    services.prove_ledger(as_of=DAY)
    return LedgerProof.objects.get(business_date=date(2026, 6, 30)).sound


def counted(outcomes: Sequence[Outcome]) -> dict[str, int]:
    """Count outcomes by code."""
    return dict(Counter(outcome.code for outcome in outcomes))


def writers(world: World, *, processes: int, each: int, seed: int) -> dict[str, Any]:
    """L1: many writers post at random on one account; the balance is the sum of its lines, none is lost."""
    for key in ("points.reward_cap_month", "points.reward_cap_year"):
        ParamValue.objects.update_or_create(
            key=key, effective_from=date(2010, 1, 1), defaults={"value": 10_000_000}
        )
    rng = random.Random(seed)
    before, lines = world.balance, PointEntry.objects.count()
    acts: list[Act] = []
    change = 0
    for n in range(processes * each):
        points = rng.randint(1, 9)
        down = rng.random() < 0.5
        change += -points if down else points
        acts.append(world.spend(points, f"w{seed}:{n}") if down else world.give(points, f"w{seed}:{n}"))
    began = time.monotonic()
    outcomes = at_once(acts, processes)
    seconds = time.monotonic() - began
    sums = PointEntry.objects.filter(account__customer=world.customer).aggregate(n=Sum("points"))
    twice = PointMovement.objects.values("account", "key").annotate(n=Count("pk")).filter(n__gt=1)
    return {
        "seed": seed, "processes": processes, "acts": len(acts), "outcomes": counted(outcomes),
        "seconds": round(seconds, 1), "a_second": round(len(acts) / seconds),
        **spread((outcome.seconds * 1000 for outcome in outcomes), "ms"),
        "expected": before + change, "balance": world.balance, "sum_of_lines": sums["n"],
        "lines": PointEntry.objects.count() - lines, "twice": twice.count(), "sound": sound(),
    }  # fmt: skip


def same_key(world: World, *, times: int) -> dict[str, Any]:
    """L3: one key sent many times at once is one movement and equal answers."""
    outcomes = at_once([world.spend(7, f"same{time.time_ns()}")] * times, times)
    return {
        "times": times, "outcomes": counted(outcomes), "answers": len({o.result for o in outcomes}),
    }  # fmt: skip


def spends(world: World, *, times: int, processes: int) -> dict[str, Any]:
    """L4: spends of one point each, more than the account holds: exactly what it holds succeeds."""
    held = world.balance
    stamp = time.time_ns()
    outcomes = at_once([world.spend(1, f"s{stamp}:{n}") for n in range(times)], processes)
    return {"held": held, "outcomes": counted(outcomes), "left": world.balance}


def reversals(world: World, *, rounds: int, racers: int) -> dict[str, Any]:
    """L5: several give the same deduction back at once, again and again: each time one succeeds."""
    held = world.balance
    stamp = time.time_ns()
    movements = [world.spend(1, f"v{stamp}:{n}")() for n in range(min(held, rounds))]
    acts = [world.undo(movement, f"u{movement.pk}:{i}") for movement in movements for i in range(racers)]
    outcomes = at_once(acts, racers)
    by_round = [
        sum(o.code == "done" for o in outcomes[place : place + racers])
        for place in range(0, len(acts), racers)
    ]
    return {
        "rounds": len(movements), "racers": racers, "outcomes": counted(outcomes),
        "once_each": set(by_round) == {1}, "held": held, "left": world.balance,
    }  # fmt: skip


def main() -> None:
    """Make a small world and let the storm over it."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--writers", type=int, default=64)
    asked.add_argument("--each", type=int, default=500)
    asked.add_argument("--rounds", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=20260701)
    given = asked.parse_args()
    from tests import factories

    stamp = f"{time.time_ns() % 10**9}"
    org = factories.make_unit(f"ST{stamp}", "并发", "GROUP")
    one = factories.make_user(f"st1{stamp}", "DEPT_HEAD", org)
    two = factories.make_user(f"st2{stamp}", "DEPT_HEAD", org)
    number = f"137{int(stamp) % 10**8:08d}"
    report: dict[str, Any] = {"load": os.getloadavg()[0]}
    for name, points, act in (
        ("L1", 200_000, lambda w: writers(w, processes=given.writers, each=given.each, seed=given.seed)),
        ("L3", 100, lambda w: same_key(w, times=50)),
        ("L4", 100, lambda w: spends(w, times=200, processes=50)),
        ("L5", given.rounds, lambda w: reversals(w, rounds=given.rounds, racers=8)),
    ):
        world = World(factories.make_customer(org, msisdn=number), one, two)
        number = f"137{(int(number[3:]) + 1) % 10**8:08d}"
        world.fund(points)
        report[name] = act(world)
    report["sound"] = sound()
    print(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
