"""Work one step ahead: while one piece is written to the database, the next is made."""

import queue
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
PIECES = 2
_END = object()


@contextmanager
def ahead(pieces: Iterable[T]) -> Iterator[Iterator[T]]:
    """Hand out pieces that a thread takes from an iterable, at most two ahead.

    What the iterable raises is raised where the next piece was waited for. Left early, the thread stops after
    the piece it is at. The iterable must not use the database connection of the caller.
    """
    made: queue.Queue[object] = queue.Queue(PIECES)
    left = threading.Event()
    failed: list[BaseException] = []

    def put(piece: object) -> bool:
        while not left.is_set():
            try:
                made.put(piece, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for piece in pieces:
                if not put(piece):
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for it
            failed.append(error)
        put(_END)

    def hand_out() -> Iterator[T]:
        while (piece := made.get()) is not _END:
            yield piece  # type: ignore[misc]
        if failed:
            raise failed[0]

    thread = threading.Thread(target=make, name="ahead", daemon=True)
    thread.start()
    try:
        yield hand_out()
    finally:
        left.set()
        thread.join()
