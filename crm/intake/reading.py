"""Start the reader as a child process, wait with limits, and hand over what it spooled."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from crm.intake import reader

Chunk: TypeAlias = tuple[int, list[int], list[list[Any]]]
READER = Path(reader.__file__).with_name("__main__.py")


class Refused(Exception):
    """Refuse a whole file: a code and what its sentence needs."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may take."""

    memory_bytes: int = 3 << 30
    seconds: int = 300
    max_rows: int = 1_000_000


def spool(
    source: Path, *, name: str, target: Path, limits: Limits, beat: Callable[[], None] = lambda: None
) -> dict[str, Any]:
    """Read a workbook into a spool file and return what was found.

    `beat` is called every second while the child works; it may raise to stop it.

    Raises: Refused
    """
    request = {
        "path": str(source),
        "name": name,
        "spool": str(target),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.seconds,
        "max_rows": limits.max_rows,
    }
    child = subprocess.Popen(
        [sys.executable, "-I", str(READER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=str(target.parent),
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"},
        close_fds=True,
        start_new_session=True,
    )
    try:
        question: str | None = json.dumps(request)
        for _second in range(limits.seconds * 2):
            try:
                answer, _nothing = child.communicate(question, timeout=1)
                break
            except subprocess.TimeoutExpired:
                question = None
                beat()
        else:
            raise Refused("TOO_SLOW_TO_READ")
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
    try:
        found = json.loads(answer)
    except ValueError:
        # Killed by its limits, or by the parser itself: the file is at fault, the server is well.
        raise Refused("TOO_LARGE_TO_READ" if child.returncode in (-9, -24) else "DAMAGED") from None
    if not found.pop("ok"):
        raise Refused(found["code"], **found["params"])
    return found


def chunks(spooled: Path) -> Iterator[Chunk]:
    """Yield (sheet, row numbers, columns) from a spool file, thousands of rows at a time."""
    loads = json.loads
    with spooled.open(encoding="utf-8", errors="surrogatepass", buffering=1 << 20) as file:
        for line in file:
            yield loads(line)


def rows(spooled: Path, *, first: int | None = None) -> Iterator[tuple[int, int, list[Any]]]:
    """Yield (sheet, row number, cells) from a spool file; with `first`, so many of each sheet at most."""
    given: dict[str, int] = {}
    with spooled.open(encoding="utf-8", errors="surrogatepass", buffering=1 << 20) as file:
        for line in file:
            key = line[: line.index(",")]
            if first is not None and given.get(key, 0) >= first:
                continue  # a line of thousands of rows is passed over without looking into it
            sheet, numbers, columns = json.loads(line)
            given[key] = given.get(key, 0) + len(numbers)
            for number, cells in zip(numbers, zip(*columns, strict=True), strict=True):
                yield sheet, number, list(cells)
