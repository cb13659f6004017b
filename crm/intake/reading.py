"""Start the reader as a child process, wait with limits, and hand over what it spooled."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from crm.intake import reader

Chunk: TypeAlias = tuple[int, list[int], list[list[Any]]]
Heads: TypeAlias = dict[int, list[tuple[int, list[Any]]]]
# What may be done with rows while more are read: given the kind and sheets of the file, and the rows.
Early: TypeAlias = Callable[[dict[str, Any], Iterator[Chunk]], None]
WAIT_SECONDS = 0.02
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
    source: Path,
    *,
    name: str,
    target: Path,
    limits: Limits,
    beat: Callable[[], None] = lambda: None,
    early: Early | None = None,
) -> dict[str, Any]:
    """Read a workbook into a spool file and return what was found.

    `beat` is called every second while the child works; it may raise to stop it. `early` is handed the rows
    as they come; what it makes of them stands only when this returns.

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
    target.unlink(missing_ok=True)  # rows of an attempt that was killed are none of this one's
    until = time.monotonic() + limits.seconds * 2
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
    with ThreadPoolExecutor(1, "reader") as waiting:
        answer = waiting.submit(lambda: child.communicate(json.dumps(request))[0])
        try:
            if early is not None:
                _wait(answer, until, beat, also=lambda: _has_rows(target))
                lines = _lines(target, answer, until)
                if head := next(lines, None):
                    early(head, lines)
            _wait(answer, until, beat)
        finally:
            if child.poll() is None:
                child.kill()
    try:
        found = json.loads(answer.result())
    except ValueError:
        # Killed by its limits, or by the parser itself: the file is at fault, the server is well.
        raise Refused("TOO_LARGE_TO_READ" if child.returncode in (-9, -24) else "DAMAGED") from None
    if not found.pop("ok"):
        raise Refused(found["code"], **found["params"])
    return found


def _wait(
    answer: "Future[str]", until: float, beat: Callable[[], None], also: Callable[[], bool] = lambda: False
) -> None:
    """Wait for the child's answer, or for something else that may come before it.

    Raises: Refused TOO_SLOW_TO_READ
    """
    told = time.monotonic()
    while not also() and not answer.done():
        now = time.monotonic()
        if now > until:
            raise Refused("TOO_SLOW_TO_READ")
        if now - told > 1:
            told = now
            beat()
        time.sleep(WAIT_SECONDS)


def _has_rows(spooled: Path) -> bool:
    """Tell whether rows were written down: the first line of a spool file says only what sheets there are."""
    if not spooled.exists():
        return False
    with spooled.open("rb") as file:
        file.readline()
        return file.readline().endswith(b"\n")


def _lines(spooled: Path, answer: "Future[str]", until: float) -> Iterator[Any]:
    """Yield the lines of a spool file while they are written, until the child has answered.

    Raises: Refused TOO_SLOW_TO_READ
    """
    if not spooled.exists():
        return
    with spooled.open("rb", buffering=1 << 20) as file:
        begun = b""
        while True:
            over = answer.done()  # asked before reading: what was written until then is read now
            begun += file.readline()
            if begun.endswith(b"\n"):
                yield json.loads(begun)
                begun = b""
            elif over:
                return
            elif time.monotonic() > until:
                raise Refused("TOO_SLOW_TO_READ")
            else:
                time.sleep(WAIT_SECONDS)


def chunks(spooled: Path) -> Iterator[Chunk]:
    """Yield (sheet, row numbers, columns) from a spool file, thousands of rows at a time."""
    with spooled.open("rb", buffering=1 << 20) as file:
        file.readline()
        yield from map(json.loads, file)


def rows(spooled: Path, *, first: int | None = None) -> Iterator[tuple[int, int, list[Any]]]:
    """Yield (sheet, row number, cells) from a spool file; with `first`, so many of each sheet at most."""
    given: dict[bytes, int] = {}
    with spooled.open("rb", buffering=1 << 20) as file:
        file.readline()
        for line in file:
            key = line[: line.index(b",")]
            if first is not None and given.get(key, 0) >= first:
                continue  # a line of thousands of rows is passed over without looking into it
            chunk = json.loads(line)
            given[key] = given.get(key, 0) + len(chunk[1])
            yield from rows_of(chunk)


def rows_of(chunk: Chunk) -> Iterator[tuple[int, int, list[Any]]]:
    """Yield (sheet, row number, cells) of a chunk."""
    sheet, numbers, columns = chunk
    for number, cells in zip(numbers, zip(*columns, strict=True), strict=True):
        yield sheet, number, list(cells)


def spooled_heads(spooled: Path) -> Heads:
    """Return the heads of a spool file, without looking into the rest of it."""
    return heads(rows(spooled, first=reader.HEAD_ROWS))


def heads(found: Iterable[tuple[int, int, list[Any]]]) -> Heads:
    """Return the first rows of every sheet: where a header may stand, and a few below it."""
    first: Heads = {}
    for sheet, number, cells in found:
        head = first.setdefault(sheet, [])
        if len(head) < reader.HEAD_ROWS:
            head.append((number, cells))
    return first
