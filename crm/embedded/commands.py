"""Servers for one command: `manage.py …` and `python -m crm.embedded exec -- …`."""

import atexit
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from types import FrameType

from crm.embedded.sharing import application_environment, pair_of_this_clone, throw_away_pair
from crm.embedded.wanted import is_set, missing


def serve_this_process(wanted: set[str]) -> None:
    """Export the addresses for this process, starting the servers for its life when they do not run."""
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


def execute(command: Sequence[str], *, test: bool = False, fresh: bool = False) -> int:
    """Run a command with servers and return its exit code.

    `fresh`: on empty servers that are thrown away; `test`: and that need not outlive a power cut.
    """
    wanted = missing()
    if not wanted:
        environment = {} if is_set("SECRET_KEY") else {"SECRET_KEY": "only-for-this-command"}
        return _call(command, environment, ())
    if test or fresh:
        with throw_away_pair(wanted, durable=not test) as pair:
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
