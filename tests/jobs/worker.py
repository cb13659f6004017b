"""A real Celery worker for tests: the test's steps, the test's database, keys of its own in the broker.

Run as `python -m tests.jobs.worker TASK`: it sends itself the task when it is ready, then works until killed.
"""

import os
import sys

import django


def main() -> None:
    """Start the worker in this process alone, so that one kill ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
    django.setup()
    from celery.signals import worker_ready

    from crm.celery import app
    from crm.jobs import graph, tasks
    from tests.jobs.steps import step

    graph.NIGHT = (step("one"), step("slow", "one", per_province=True), step("three", "slow"))
    app.conf.broker_transport_options = {"global_keyprefix": os.environ["NIGHT_TEST_PREFIX"]}
    first = getattr(tasks, sys.argv[1])

    @worker_ready.connect(weak=False)
    def begin(**_: object) -> None:
        first.delay()

    app.worker_main(
        ["worker", "--pool=solo", "-Q", "nightly", "--without-gossip", "--without-mingle", "-l", "ERROR"]
    )


if __name__ == "__main__":
    main()
