"""Tell where the worker stands, on a database connection of its own, and hear when it should stop."""

import logging
import threading
import time
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, InterfaceError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from crm.intake.choices import Phase

log = logging.getLogger(__name__)
EVERY_SECONDS = 1.0


class Cancelled(Exception):
    """Stop: somebody cancelled the import, or it is no longer this worker's."""


class Progress:
    """Write phase and count while a batch is worked on; a thread keeps beating through long statements.

    The import's own transaction would hide its progress until the end, so a second connection writes it.
    """

    def __init__(self, batch_id: int) -> None:
        self.batch_id = batch_id
        self.phase: str = Phase.WAITING
        self.done = 0
        self.total = 0
        self.cancelled = False
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._connection: BaseDatabaseWrapper = connection.copy()
        self._connection.inc_thread_sharing()
        self._thread = threading.Thread(target=self._beat, daemon=True)
        self._written = 0.0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=10)

    def say(self, phase: str, done: int = 0, total: int = 0) -> None:
        """Set where the work stands.

        Raises: Cancelled when somebody asked for it
        """
        self.phase, self.done, self.total = phase, done, total
        if self.cancelled:
            raise Cancelled
        if time.monotonic() - self._written > EVERY_SECONDS:
            self._write()

    def alive(self) -> None:
        """Stop when cancelled; called while waiting for something else.

        Raises: Cancelled
        """
        if self.cancelled:
            raise Cancelled

    def _write(self) -> None:
        with self._lock:
            self._written = time.monotonic()
            with self._connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE intake_importprogress SET phase_at = CASE WHEN phase = %s THEN phase_at ELSE "
                    "now() END,"
                    " phase = %s, done = %s, total = %s, beat_at = now() WHERE batch_id = %s RETURNING "
                    "cancel",
                    [self.phase, self.phase, self.done, self.total, self.batch_id],
                )
                row: Any = cursor.fetchone()
                self.cancelled = bool(row and row[0])

    def _beat(self) -> None:
        try:
            while not self._stop.wait(EVERY_SECONDS):
                self._write()
        except (
            DatabaseError,
            InterfaceError,
        ):  # a lost second connection must not end the import; the sweep judges by silence
            log.warning("progress of import %s is not shown any more", self.batch_id)
        finally:
            with self._lock:
                self._connection.close()
