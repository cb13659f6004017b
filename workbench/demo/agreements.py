"""Agreements of the demonstration: whoever has a product that needs one signed it in time."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from clients.models import Agreement, Product
from workbench.demo.copying import copy_rows, reserve_ids

if TYPE_CHECKING:
    from workbench.demo.clients import Made

SEED = 20260402
COLUMNS = (
    "id", "client_id", "no", "type", "scope", "signed_on", "effective_on", "expires_on", "signer_name",
    "first_signing", "remark", "attachment", "end_reason",
)  # fmt: skip
# Days until the end of the first agreements: one for each notice, then years.
SOON = (5, 21, 64, 84)


def load_agreements(
    drafts: Sequence[tuple["Made", Product, str, date | None, date | None]], today: date
) -> dict[int, int]:
    """Write one agreement for each client with an opened product that needs it; return them by client.

    Those signed within a month are first signings, whose files wait to be compared.
    """
    rng = Random(SEED)  # noqa: S311 - a demonstration must be the same every time
    first: dict[int, tuple[Made, date, str]] = {}
    for client, product, _status, opened, _cancelled in drafts:
        if opened is None or not product.needs_agreement:
            continue
        known = first.get(client.id)
        if known is None or opened < known[1]:
            first[client.id] = (client, opened, product.code)
    start = reserve_ids(Agreement, len(first))
    rows = []
    found = {}
    for index, (client, opened, code) in enumerate(first.values()):
        signed = opened - timedelta(days=rng.randint(0, 15))
        years = rng.choice((2, 3, 3, 5))
        end: date | None = signed + timedelta(days=365 * years)
        while end is not None and end <= today + timedelta(days=100):
            end += timedelta(days=365 * years)
        if index < len(SOON):
            end = today + timedelta(days=SOON[index])
        elif rng.random() < 0.15:
            end = None
        pk = start + index
        found[client.id] = pk
        rows.append(
            (
                pk, client.id, f"XY-{signed:%Y}-{index + 1:05d}", "SERVICE" if code == "LINE" else "ICT",
                rng.choice(("LOCAL",) * 8 + ("CROSS_CITY", "CROSS_PROVINCE")), signed, signed, end, "",
                signed > today - timedelta(days=30), "", "", "",
            )
        )  # fmt: skip
    copy_rows(Agreement, COLUMNS, rows)
    return found
