"""What a supervisor writes down about itself, and what a killed one left running."""

import json
import signal
from typing import Any

from crm.embedded import processes
from crm.embedded.paths import Home
from crm.embedded.talk import say


def stop_program(name: str, pid: int) -> None:
    """Stop one program: warm first, for the worker finishing its task, then for good."""
    if process := processes.find(pid):
        patience = 30 if name == "worker" else 15
        processes.stop(
            process, signal.SIGTERM, signal.SIGQUIT if name == "worker" else signal.SIGKILL, patience
        )
    processes.kill_group(pid)


def read_state(home: Home) -> dict[str, Any]:
    """Return what the supervisor wrote about itself, or nothing."""
    try:
        state: dict[str, Any] = json.loads((home.path / "state.json").read_text())
    except (OSError, ValueError):
        return {}
    return state


def stop_orphans(home: Home) -> int:
    """Stop the programs of a supervisor that was killed; the servers are simply used again."""
    programs = read_state(home).get("programs", {})
    found = [
        (name, known["pid"])
        for name, known in programs.items()
        if processes.find(known["pid"], known["born"])
    ]
    if found:
        names = "、".join(name for name, _ in found)
        say(
            f"上次运行被强行结束，先停止遗留的程序：{names}", "the last run was killed, stopping what it left"
        )
    for name, pid in found:
        stop_program(name, pid)
    (home.path / "state.json").unlink(missing_ok=True)
    return len(found)
