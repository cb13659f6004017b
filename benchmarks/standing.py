"""The programs the product stands on, to be ended at once and started again as they were.

Database and broker are found through what they answer themselves, so it does not matter who started them;
worker and web are started here.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any, ClassVar

import psutil
import redis
from django.conf import settings
from django.db import OperationalError, connection

from crm.embedded import processes

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 120


class Server:
    """A server started by somebody else."""

    def __init__(self) -> None:
        self._how: dict[str, Any] = {}
        self._process: subprocess.Popen[bytes] | None = None

    def find(self) -> psutil.Process:
        """Return its first process."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Say whether it can be used."""
        raise NotImplementedError

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """End it at once, and wait until nothing of it is left."""
        process = self.find()
        self._how = {"args": process.cmdline(), "cwd": process.cwd(), "env": process.environ()}
        if os.geteuid() == 0:
            self._how |= {
                "user": process.uids().real,
                "group": process.gids().real,
                "extra_groups": [],
            }
        family = [process, *process.children(recursive=True)]
        process.send_signal(number)
        # Not psutil's own waiting: an orphan stays a zombie where the first process reaps nobody.
        processes.wait_until(
            lambda: all(processes.find(member.pid) is None for member in family), PATIENCE_SECONDS
        )

    def start(self) -> float:
        """Start it as it was started; return seconds until it answers."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    **self._how,
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            if self.answers():
                return time.monotonic() - began
            time.sleep(0.05)
        raise SystemExit(f"{type(self).__name__} does not come back")


class Database(Server):
    """PostgreSQL, as the connection of this process reaches it."""

    def find(self) -> psutil.Process:
        """Return the process that forked our backend."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (number,) = cursor.fetchone()
        server = psutil.Process(number).parent()
        assert server is not None
        connection.close()
        return server

    def answers(self) -> bool:
        """Say whether recovery is over."""
        try:
            connection.ensure_connection()
        except OperationalError:
            return False
        return True


class Broker(Server):
    """Valkey, as the settings name it."""

    def client(self) -> "redis.Redis":
        """Return a connection of its own."""
        url = settings.REDIS_URL.replace("redis+socket://", "unix://").replace("?virtual_host=", "?db=")
        return redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5)

    def find(self) -> psutil.Process:
        """Return the process it says it is."""
        with self.client() as client:
            about: Any = client.info("server")
        return psutil.Process(about["process_id"])

    def answers(self) -> bool:
        """Say whether its file is loaded."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except (redis.RedisError, OSError):
            return False

    def forget(self) -> None:
        """Lose everything, as a broker without a file does."""
        with self.client() as client:
            client.flushall()


class Program:
    """A program of the product, started here, with a log of its own."""

    command: ClassVar[tuple[str, ...]]

    def __init__(self) -> None:
        self.log = Path(tempfile.mkstemp(prefix="crm-program-", suffix=".log")[1])
        self.process: subprocess.Popen[bytes] | None = None

    def ready(self) -> bool:
        """Say whether it does its work."""
        raise NotImplementedError

    def start(self, *arguments: str) -> None:
        """Start it and wait until it is ready."""
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *self.command, *arguments],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        if not processes.wait_until(self.ready, PATIENCE_SECONDS):
            raise SystemExit(self.log.read_text(errors="replace"))

    def kill(self) -> None:
        """End it and its children at once."""
        if self.process is not None:
            processes.kill_group(self.process.pid)
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """End it and leave nothing."""
        self.kill()
        self.log.unlink(missing_ok=True)


class Worker(Program):
    """A real Celery worker of imports, with one process that works."""

    command = (
        "celery", "-A", "crm", "worker", "--queues=import", "--concurrency=1", "--loglevel=INFO",
        "--without-gossip", "--without-mingle",
    )  # fmt: skip

    def ready(self) -> bool:
        """Say whether it takes tasks."""
        assert self.process is not None
        if self.process.poll() is not None:
            raise SystemExit(self.log.read_text(errors="replace"))
        return " ready." in self.log.read_text(errors="replace")

    def kill_child(self) -> None:
        """End only the process that works, as a lack of memory does; its parent makes another."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            processes.send(child, signal.SIGKILL)


class Web(Program):
    """A real web server on a port of its own."""

    command = (
        "gunicorn", "crm.wsgi:application", "--worker-class=gthread", "--workers=1", "--threads=4",
        "--timeout=120", "--no-control-socket",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"http://127.0.0.1:{free.getsockname()[1]}"

    def open(self) -> None:
        """Start it."""
        self.start(f"--bind={self.address.removeprefix('http://')}")

    def ready(self) -> bool:
        """Say whether it can serve pages: it asks the database and the broker."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310 (ours)
                return bool(answer.status == 200)
        except OSError:
            return False

    def back(self, since: float) -> float:
        """Return seconds from a moment until it serves again."""
        if not processes.wait_until(self.ready, PATIENCE_SECONDS):
            raise SystemExit("the web does not come back")
        return time.monotonic() - since
