"""The real graph on real workers, killed at random moments, ends like a night that nobody disturbed.

Two seeds here, others each time; `python -m benchmarks.night_faults --seeds 20` is the whole of it.
"""

import random

import pytest
from pytest_django.plugin import DjangoDbBlocker

from benchmarks import night_faults


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_night_whose_workers_are_killed_at_random_moments_ends_like_an_undisturbed_one(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    first = random.randrange(10**6)
    with django_db_blocker.unblock():
        report = night_faults.strike(range(first, first + 2), clients=400)
    assert report["broken"] == 0
    assert report["tables_written"] > 10
    assert report["blows"] >= 1
