"""Processes that may not be ours: found by pid and proved by birth time or command line."""

import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import psutil

POLL_SECONDS = 0.05


def find(pid: int, born: float | None = None) -> psutil.Process | None:
    """Return the living process of this number; a zombie or a later namesake is none."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if born is not None and abs(process.create_time() - born) > 1:
            return None
    except (psutil.Error, ValueError):
        return None
    return process


def command_line(process: psutil.Process) -> list[str]:
    """Return the arguments, or nothing when the process is gone or hidden."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Signal a process that may have gone."""
    with contextlib.suppress(psutil.Error, ProcessLookupError):
        process.send_signal(number)


def kill_group(leader: int) -> None:
    """End what a dead leader left behind in its process group."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Poll until the condition holds; false when the time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def stop(process: psutil.Process, first: signal.Signals, last: signal.Signals, patience: float) -> None:
    """Ask, wait, then insist."""
    send(process, first)
    if not _gone(process, patience):
        send(process, last)
        if not _gone(process, 10):
            send(process, signal.SIGKILL)
            _gone(process, 10)


def _gone(process: psutil.Process, seconds: float) -> bool:
    # Not process.wait(): an orphan stays a zombie for ever where the first process reaps nobody.
    return wait_until(lambda: find(process.pid) is None, seconds)


def last_lines(log: Path, count: int = 20) -> str:
    """Return the end of a log, however long it is."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 16_384))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])
