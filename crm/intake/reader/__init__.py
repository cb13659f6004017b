"""Read a workbook in a process of its own: look at it first, refuse what is dangerous, and spool its rows.

Run as a program (`python -I reader/__main__.py`), never used by the web process for its work: a workbook can
make the parser abort, loop, or ask for gigabytes, and none of that may touch the people who share the server.
The package stands alone on purpose: only the standard library and calamine, so that a child starts in a tenth
of a second.

The request is one JSON object on stdin, the answer one JSON object on stdout:
`{"ok": true, "kind": "xlsx", "sheets": [...]}` or `{"ok": false, "code": "ENCRYPTED", "params": {...}}`.
Every sheet says which columns hold anything below its first `HEAD_ROWS` rows (`filled`, from 0).
Rows go to the spool file by columns (`spooling.py`), rows without content left out; whoever waits may read
them there while more are written.

A cell that holds an Excel error arrives as "\\x00E:#N/A", a formula that was never calculated as "\\x00F:".
"""

from crm.intake.reader.common import ERROR_MARK, FORMULA_MARK, HEAD_ROWS

__all__ = ["ERROR_MARK", "FORMULA_MARK", "HEAD_ROWS"]
