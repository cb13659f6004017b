"""Bind this process by limits and answer one request."""

import json
import resource
import signal
import sys
from typing import Any

from crm.intake.reader.common import CHUNK, Refusal
from crm.intake.reader.sniffing import sniff
from crm.intake.reader.spooling import Spool
from crm.intake.reader.texts import read_text
from crm.intake.reader.workbooks import read_workbook


def limit_self(memory_bytes: int, cpu_seconds: int) -> None:
    """Bind this process before it touches the file."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)


def main() -> None:
    """Answer one request."""
    request = json.load(sys.stdin)
    limit_self(request["memory_bytes"], request["cpu_seconds"])
    about: dict[str, Any] = {}
    try:
        kind = sniff(request["path"], request["name"])
        with open(request["spool"], "w", encoding="utf-8", errors="surrogatepass", buffering=CHUNK) as out:
            spool = Spool(out)
            if kind == "csv":
                about, sheets = read_text(request["path"], spool, request["max_rows"])
            else:
                sheets = read_workbook(request["path"], kind, spool, request["max_rows"])
            spool.flush()
        for sheet in sheets:
            sheet["filled"] = spool.filled(sheet["index"])
        answer = {"ok": True, "kind": kind, "sheets": sheets, **about}
    except Refusal as refusal:
        answer = {"ok": False, "code": refusal.code, "params": refusal.params}
    except MemoryError:
        answer = {"ok": False, "code": "TOO_LARGE_TO_READ", "params": {}}
    except Exception:  # noqa: BLE001 - a parser's own words may hold a path of this server: none of them leaves here
        answer = {"ok": False, "code": "DAMAGED", "params": {}}
    json.dump(answer, sys.stdout)
