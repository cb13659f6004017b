"""PostgreSQL 18 from the wheel: its own configuration, a unix socket only, one login per system user."""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

import psutil

from crm.embedded import processes
from crm.embedded.paths import Home, make_private
from crm.embedded.problems import Problem
from crm.embedded.server import Server

PORT = 5432  # names the socket file only
ROLE = DATABASE = "crm"
SUPERUSER = "postgres"
MAJOR = "18"

# For two cores and a few gigabytes; memory is added by what the machine has.
CONFIGURATION = {
    "listen_addresses": "''",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_line_prefix": "'%m [%p] '",
    "log_timezone": "'Asia/Shanghai'",
    "timezone": "'UTC'",
    "lc_messages": "'C'",
}
THROW_AWAY = {
    "shared_buffers": "256MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
}
# A container often gives 64 MB of /dev/shm: too little for parallel queries.
SHARED_MEMORY_BYTES = 512 * 1024 * 1024


def memory_of_this_machine() -> int:
    """Return how many megabytes this process may count on: the machine's, or what its container allows."""
    found = psutil.virtual_memory().total
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with contextlib.suppress(OSError, ValueError):
            found = min(found, int(Path(limit).read_text()))
    return found >> 20


def memory_settings(megabytes: int) -> dict[str, str]:
    """Return how much of the memory the server keeps pages in: a tenth, from 256 MB to 2 GB.

    The indexes of a million clients fill nearly two gigabytes: a night that finds them there need not read.
    """
    shared = min(max(megabytes // 10, 256), 2048)
    return {"shared_buffers": f"{shared}MB", "effective_cache_size": f"{max(megabytes // 3, 1024)}MB"}


class Postgres(Server):
    """The database server of one home."""

    name = "postgres"
    # Fast shutdown, then immediate: the next start recovers.
    stop_signals = (signal.SIGINT, signal.SIGQUIT)

    @property
    def url(self) -> str:
        """Return the libpq address of the application's database."""
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.home.sockets))}"

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.home.postgres

    def find(self) -> psutil.Process | None:
        """Return the postmaster named in the pid file, if it is one and serves this directory."""
        with contextlib.suppress(OSError, ValueError, IndexError):
            process = processes.find(int((self.data / "postmaster.pid").read_text().splitlines()[0]))
            if process and self._is_ours(process):
                return process
        return None

    def _is_ours(self, process: psutil.Process) -> bool:
        arguments = processes.command_line(process)
        return bool(arguments) and Path(arguments[0]).name == "postgres" and str(self.data) in arguments

    def is_ready(self) -> bool:
        """Say whether recovery is over and the socket accepts."""
        with contextlib.suppress(OSError, IndexError):
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            if lines[7].strip() == "ready":
                with socket.socket(socket.AF_UNIX) as client:
                    client.settimeout(5)
                    client.connect(str(self.home.sockets / f".s.PGSQL.{PORT}"))
                return True
        return False

    def command(self) -> list[str]:
        """Return the postmaster in the foreground with our own configuration file."""
        configuration = self.home.path / "postgresql.conf"
        return [
            str(self.binaries.postgres / "postgres"),
            "-D",
            str(self.data),
            "-c",
            f"config_file={configuration}",
        ]

    def make(self) -> None:
        """Initialise the cluster once, then write the configuration of this version."""
        version = self.data / "PG_VERSION"
        if not self.data.exists():
            self._initialise()
        elif not version.exists() or version.read_text().strip() != MAJOR:
            raise Problem(
                f"{self.data} 不是 PostgreSQL {MAJOR} 的数据目录。请移走它，或用 CRM_DATA_DIR 另指定目录。",
                f"{self.data} is not a data directory of PostgreSQL {MAJOR}. "
                "Move it away, or set CRM_DATA_DIR to another directory.",
            )
        self._configure()

    def _initialise(self) -> None:
        # Made beside and renamed: an interrupted initdb never looks like a cluster.
        fresh = self.data.with_name("postgres.new")
        if fresh.exists():
            shutil.rmtree(fresh)
        make_private(fresh, self.home.owner)
        command = [
            str(self.binaries.postgres / "initdb"),
            f"--pgdata={fresh}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--auth=peer",
        ]
        if not self.durable:
            command.append("--no-sync")
        log = self.home.log(self.name)
        with log.open("ab") as output:
            done = subprocess.run(
                command,
                cwd=self.home.temporary,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self.environment(),
                check=False,
                **self.home.owner.popen(),
            )
        if done.returncode:
            raise self.failure()
        fresh.rename(self.data)

    def _configure(self) -> None:
        settings = CONFIGURATION | memory_settings(memory_of_this_machine())
        settings["unix_socket_directories"] = _quoted(self.home.sockets)
        settings["hba_file"] = _quoted(self.home.path / "pg_hba.conf")
        settings["ident_file"] = _quoted(self.home.path / "pg_ident.conf")
        settings["dynamic_shared_memory_type"] = "posix" if _shared_memory_is_large() else "mmap"
        if not self.durable:
            settings |= THROW_AWAY
        users = {self.home.owner.name, pwd.getpwuid(os.geteuid()).pw_name}
        files = {
            "postgresql.conf": [
                "# Written at every start; your own settings go into local.conf beside this file.",
                *(f"{key} = {value}" for key, value in settings.items()),
                "include_if_exists = 'local.conf'",
            ],
            # No password and no port: the kernel tells who is at the other end of the socket.
            "pg_hba.conf": ["local all all peer map=people"],
            "pg_ident.conf": [
                f'people "{user}" {role}' for user in sorted(users) for role in (ROLE, SUPERUSER)
            ],
        }
        for name, lines in files.items():
            path = self.home.path / name
            text = "\n".join(lines) + "\n"
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
            path.chmod(0o644)

    def clean(self) -> None:
        """Remove a socket without a server and a pid file whose number a stranger has now."""
        for suffix in ("", ".lock"):
            (self.home.sockets / f".s.PGSQL.{PORT}{suffix}").unlink(missing_ok=True)
        pid_file = self.data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            # PostgreSQL itself sees that a dead process is dead; it refuses only when the number lives
            # again, as after a reboot. Its file also guards the shared memory of orphaned backends.
            if processes.find(int(pid_file.read_text().splitlines()[0])) and not self._has_backends():
                pid_file.unlink()

    def _has_backends(self) -> bool:
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.name() == "postgres" and Path(process.cwd()) == self.data:
                    return True
        return False

    def may_retry(self) -> bool:
        """Say whether only the backends of a killed postmaster are still leaving."""
        end = processes.last_lines(self.home.log(self.name), 4)
        return "pre-existing shared memory block" in end or "is still in use" in end

    def finish(self) -> None:
        """Make the application's role and database when they are missing."""
        if self._sql(f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'") != "1":  # noqa: S608 (constants)
            if self._sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{ROLE}'") != "1":  # noqa: S608 (constants)
                self._sql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            self._sql(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        if not self.durable:
            # Tests take back what they committed without asking keys and triggers.
            self._sql(f"GRANT SET ON PARAMETER session_replication_role TO {ROLE}")

    def _sql(self, statement: str) -> str:
        environment = self.environment() | {"PGHOST": str(self.home.sockets), "PGPORT": str(PORT)}
        done = subprocess.run(
            [str(self.binaries.postgres / "psql"), "-XAtqd", "postgres", "-U", SUPERUSER, "-c", statement],
            cwd="/",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Problem(
                f"PostgreSQL 已启动，但无法建立数据库：{done.stderr.strip()}。",
                f"PostgreSQL runs, but its database could not be made: {done.stderr.strip()}.",
            )
        return done.stdout.strip()


def _quoted(path: Path | Home) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _shared_memory_is_large() -> bool:
    try:
        return psutil.disk_usage("/dev/shm").free >= SHARED_MEMORY_BYTES  # noqa: S108 (only its size is read)
    except OSError:
        return not Path("/dev").joinpath("shm").exists() and os.uname().sysname == "Darwin"
