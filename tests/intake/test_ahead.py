"""One step ahead: order, errors and leaving early."""

import threading
from collections.abc import Iterator

import pytest

from crm.intake.ahead import PIECES, ahead


def test_pieces_come_whole_and_in_order() -> None:
    """Nothing is lost or doubled however slow the taker is."""
    with ahead(iter(range(1000))) as ready:
        assert list(ready) == list(range(1000))


def test_what_the_maker_raises_reaches_the_taker_after_the_good_pieces() -> None:
    """An error ends the taking where it would have without a thread."""

    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise ValueError("third")

    taken: list[int] = []
    with pytest.raises(ValueError, match="third"), ahead(broken()) as ready:
        taken.extend(ready)
    assert taken == [1, 2]


def test_who_leaves_early_leaves_no_thread_and_no_more_work_behind() -> None:
    """A cancelled import does not go on cleaning: at most the pieces already begun are made."""
    made: list[int] = []

    def endless() -> Iterator[int]:
        number = 0
        while True:
            made.append(number)
            yield number
            number += 1

    def cancelled() -> None:
        with ahead(endless()) as ready:
            assert next(ready) == 0
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        cancelled()
    assert threading.active_count() == before
    assert len(made) <= PIECES + 3
