"""Valkey from the wheel: a unix socket only, append-only file on disk, nothing ever evicted."""

import contextlib
import signal
import socket
from pathlib import Path

import psutil

from crm.embedded import processes
from crm.embedded.server import Server


class Valkey(Server):
    """The broker and cache server of one home."""

    name = "valkey"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)

    @property
    def socket(self) -> Path:
        """Return the path of its socket."""
        return self.home.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """Return the broker address in the form Celery speaks."""
        return f"redis+socket://{self.socket}"

    @property
    def _pid_file(self) -> Path:
        return self.home.sockets / "valkey.pid"

    def find(self) -> psutil.Process | None:
        """Return the process of the pid file, if it is a Valkey on our socket."""
        with contextlib.suppress(OSError, ValueError):
            process = processes.find(int(self._pid_file.read_text()))
            if process and str(self.socket) in processes.command_line(process):
                return process
        return None

    def is_ready(self) -> bool:
        """Say whether the append-only file is loaded and it answers."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def command(self) -> list[str]:
        """Return the server in the foreground; the title stays so that we know it again."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "pidfile": str(self._pid_file),
            "dir": str(self.home.valkey),
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "set-proc-title": "no",
            "daemonize": "no",
        }
        arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
        return [str(self.binaries.valkey), *arguments, "--save", ""]

    def clean(self) -> None:
        """Remove the pid file and socket of a killed server."""
        self._pid_file.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)
