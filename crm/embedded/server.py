"""What PostgreSQL and Valkey have in common: being found, started, waited for and stopped."""

import os
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import psutil

from crm.embedded import processes
from crm.embedded.paths import Binaries, Home
from crm.embedded.problems import Problem

# Crash recovery after a power cut may replay gigabytes.
START_SECONDS = 300


class Server(ABC):
    """One server of one home; the process may belong to an earlier supervisor."""

    name: str
    stop_signals: tuple[signal.Signals, signal.Signals]

    def __init__(self, home: Home, binaries: Binaries, *, durable: bool = True) -> None:
        self.home = home
        self.binaries = binaries
        self.durable = durable
        self.child: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """Return the address for DATABASE_URL or REDIS_URL."""

    @abstractmethod
    def find(self) -> psutil.Process | None:
        """Return the living server of this home, whoever started it."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """Return the command line of the server in the foreground."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Say whether it answers."""

    def make(self) -> None:  # noqa: B027 (a hook)
        """Create what the first start needs."""

    @abstractmethod
    def clean(self) -> None:
        """Remove what a killed server left behind."""

    def finish(self) -> None:  # noqa: B027 (a hook)
        """Complete the start of a server that answers."""

    def environment(self) -> dict[str, str]:
        """Return a small environment: nothing of the caller's may change the server."""
        kept = {
            name: os.environ[name] for name in ("PATH", "TZDIR", "DYLD_LIBRARY_PATH") if name in os.environ
        }
        return {**kept, "TMPDIR": str(self.home.temporary), "LC_ALL": "C", "TZ": "UTC"}

    def spawn(self) -> None:
        """Start the process in its own session, so that Ctrl-C reaches it only through us."""
        if self.child:
            self.child.poll()  # reap the one before
        self.make()
        self.clean()
        with self.home.log(self.name).open("ab") as log:
            self.child = subprocess.Popen(
                self.command(),
                cwd=self.home.temporary,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=self.environment(),
                **self.home.owner.popen(),
            )

    def start(self, give_up: Callable[[], bool] = lambda: False) -> bool:
        """Use the running server or start one, and wait until it answers; true when it was started.

        Raises: Problem with the end of the log when it does not come up.
        """
        started = False

        def ready() -> bool:
            nonlocal started
            if give_up():
                return True
            if self.child:
                self.child.poll()
            if self.find() is None and (self.child is None or self.child.poll() is not None):
                if attempts and not self.may_retry():
                    raise self.failure()
                attempts.append(1)
                self.spawn()
                started = True
            return self.find() is not None and self.is_ready()

        attempts: list[int] = []
        if not processes.wait_until(ready, START_SECONDS):
            raise self.failure()
        if not give_up():
            self.finish()
        return started

    def may_retry(self) -> bool:
        """Say whether a failed start is worth another try."""
        return False

    def failure(self) -> Problem:
        """Return the sentence for a server that did not come up."""
        log = self.home.log(self.name)
        return Problem(
            f"{self.name} 没有启动成功，日志：{log}（最后几行见上）。",
            f"{self.name} did not start, log: {log} (its last lines are above).",
            details=processes.last_lines(log),
        )

    def stop(self) -> None:
        """Stop it cleanly, insisting after a while."""
        if process := self.find():
            processes.stop(process, *self.stop_signals, patience=60)
        if self.child:
            self.child.poll()
