"""The two servers of a home, shared by everybody who needs them: the last to leave stops them.

Three lock files. `start.lock`: one at a time starts or stops. `users.lock`: held shared by every user, and
inherited by the children that must not lose the servers. `run.lock`: held by the one `make run`.
The kernel drops all three when their holder is killed, so nothing here can go stale.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crm.embedded.paths import Binaries, Home, find_binaries, find_home, unwritable
from crm.embedded.postgres import Postgres
from crm.embedded.server import Server
from crm.embedded.valkey import Valkey
from crm.embedded.wanted import is_set, missing

KINDS: dict[str, type[Server]] = {"DATABASE_URL": Postgres, "REDIS_URL": Valkey}


class Lock:
    """An advisory lock on a file, dropped by the kernel when its holders are gone."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.descriptor = -1

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Lock the file; false when it is taken and we do not wait."""
        if self.descriptor < 0:
            try:
                self.descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                raise unwritable(self.path.parent, error.strerror or str(error)) from None
        try:
            fcntl.flock(
                self.descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | (0 if wait else fcntl.LOCK_NB)
            )
        except BlockingIOError:
            return False
        return True

    def drop(self) -> None:
        """Give it back."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold it for a while."""
        self.take()
        try:
            yield
        finally:
            self.drop()

    def is_held(self) -> bool:
        """Say whether somebody holds it."""
        probe = Lock(self.path)
        try:
            return not probe.take(wait=False)
        finally:
            probe.drop()


class Pair:
    """The servers of a home that the environment does not name."""

    def __init__(self, home: Home, binaries: Binaries, wanted: set[str], *, durable: bool = True) -> None:
        self.home = home
        self.servers: dict[str, Server] = {
            variable: kind(home, binaries, durable=durable)
            for variable, kind in KINDS.items()
            if variable in wanted
        }
        self.starting = Lock(home.path / "start.lock")
        self.users = Lock(home.path / "users.lock")

    @property
    def urls(self) -> dict[str, str]:
        """Return the addresses by the name of their variable."""
        return {variable: server.url for variable, server in self.servers.items()}

    def acquire(self, give_up: Callable[[], bool] = lambda: False) -> None:
        """Become a user; start what does not run."""
        with self.starting.held():
            self.users.take(shared=True)
            try:
                with ThreadPoolExecutor() as pool:
                    for start in [pool.submit(server.start, give_up) for server in self.servers.values()]:
                        start.result()
            except BaseException:
                self._leave()
                raise

    def restart(self, server: Server, give_up: Callable[[], bool]) -> None:
        """Start one server again after it died; another user may have been quicker."""
        with self.starting.held():
            server.start(give_up)

    def release(self) -> bool:
        """Stop being a user; the last one stops the servers. False when others still use them."""
        with self.starting.held():
            return self._leave()

    def _leave(self) -> bool:
        last = self.users.take(wait=False)
        if last:
            for server in reversed(self.servers.values()):
                server.stop()
        self.users.drop()
        return last

    def stop_unused(self) -> bool:
        """Stop servers that nobody uses (their users were killed)."""
        with self.starting.held():
            return self._leave()


def pair_of_this_clone(wanted: set[str] | None = None) -> Pair:
    """Return the lasting servers of this clone, directories made."""
    home = find_home()
    home.prepare()
    return Pair(home, find_binaries(home.owner), missing() if wanted is None else wanted)


@contextlib.contextmanager
def throw_away_pair(wanted: set[str], *, durable: bool) -> Iterator[Pair]:
    """Give servers on fresh data; nothing of them stays."""
    parent = find_home()
    parent.prepare()
    _sweep(parent)
    home = Home(Path(tempfile.mkdtemp(prefix="test-", dir=parent.path)), parent.owner)
    if home.owner.foreign:
        home.path.chmod(0o711)
    home.prepare()
    pair = Pair(home, find_binaries(home.owner), wanted, durable=durable)
    try:
        pair.acquire()
        yield pair
    finally:
        _remove(pair)


def _sweep(parent: Home) -> None:
    """Remove throw-away homes whose users were killed."""
    for path in parent.path.glob("test-*"):
        if (path / "users.lock").exists() and not Lock(path / "users.lock").is_held():
            _remove(Pair(Home(path, parent.owner), find_binaries(parent.owner), set(KINDS), durable=False))


def _remove(pair: Pair) -> None:
    for server in pair.servers.values():
        server.stop()
    pair.users.drop()
    shutil.rmtree(pair.home.sockets, ignore_errors=True)
    shutil.rmtree(pair.home.path, ignore_errors=True)


def application_environment(home: Home, *, demo: bool) -> dict[str, str]:
    """Return what the application needs besides the addresses, where the caller did not say it."""
    values = {
        "MEDIA_ROOT": str(home.path / "media"),
        "CELERY_BEAT_SCHEDULE_FILENAME": str(home.path / "beat"),
        "SECRET_KEY": _secret_key(home),
    }
    if demo:
        values["DEMO"] = "1"
    return {name: value for name, value in values.items() if not is_set(name)}


def _secret_key(home: Home) -> str:
    path = home.path / "secret-key"
    try:
        return path.read_text()
    except FileNotFoundError:
        fresh = path.with_name(f"secret-key.{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        # link() never overwrites: of two first starts one key wins.
        with contextlib.suppress(FileExistsError):
            os.link(fresh, path)
        fresh.unlink()
        return path.read_text()
