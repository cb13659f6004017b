"""Servers for one command: `manage.py …` and `python -m crm.embedded exec -- …`."""

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from crm.embedded.sharing import (
    application_environment,
    missing,
    pair_of_this_clone,
    throw_away_pair,
)

# Management commands that touch neither the database nor the broker.
WITHOUT_SERVERS = frozenset(
    {
        "", "help", "version", "check", "collectstatic", "compilemessages", "diffsettings", "findstatic",
        "makemessages", "print_rules", "roster_template", "spectacular", "startapp",
    }
)  # fmt: skip


def prepare_command(argv: Sequence[str]) -> None:
    """Export the addresses for this process, starting the servers for its life when they do not run."""
    wanted = missing()
    if not wanted or "RUN_MAIN" in os.environ:  # the reloader's child has its parent's servers
        return
    command = next((word for word in argv[1:] if not word.startswith("-")), "")
    if command in WITHOUT_SERVERS or {"--help", "-h", "--version"} & set(argv[1:]):
        os.environ.setdefault("BUILDING", "1")
        return
    pair = pair_of_this_clone(wanted)
    os.environ.update(application_environment(pair.home, demo="DATABASE_URL" in wanted))
    pair.acquire()
    os.environ.update(pair.urls)
    ours = os.getpid()

    def leave() -> None:
        if os.getpid() == ours:  # not in a forked child
            pair.release()

    atexit.register(leave)
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, _exit)


def _exit(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def execute(command: Sequence[str], *, test: bool) -> int:
    """Run a command with servers and return its exit code."""
    wanted = missing()
    if not wanted:
        return _call(command, {} if os.environ.get("SECRET_KEY") else {"SECRET_KEY": "only-for-this-command"}, ())
    if test:
        with throw_away_pair(wanted) as pair:
            environment = {**application_environment(pair.home, demo=False), **pair.urls}
            return _call(command, environment, (pair.users.descriptor,))
    pair = pair_of_this_clone(wanted)
    environment = {**application_environment(pair.home, demo="DATABASE_URL" in wanted), **pair.urls}
    pair.acquire()
    try:
        return _call(command, environment, (pair.users.descriptor,))
    finally:
        pair.release()


def _call(command: Sequence[str], environment: dict[str, str], descriptors: Sequence[int]) -> int:
    """Run in the foreground; Ctrl-C reaches the command from the terminal, other signals are passed on."""
    try:
        child = subprocess.Popen(command, env={**os.environ, **environment}, pass_fds=descriptors)
    except OSError as error:
        print(f"{command[0]}: {error.strerror}", file=sys.stderr)
        return 127

    def pass_on(number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            child.send_signal(number)

    before = {
        number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        code = child.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code
