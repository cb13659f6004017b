"""How our circuits are compared with the network's (Source: S1-86, E180)."""

import re

from clients.choices import CircuitVerdict

# A part of a line that was entered as several: the line's number with a running number behind it.
PART = re.compile(r"(?P<line>.+?)[-_/#.](?P<part>\d{1,2}|[A-Z])")


def line_of(circuit_id: str) -> str:
    """Return the number of the whole line if this looks like a part of it, else nothing."""
    found = PART.fullmatch(circuit_id)
    return found["line"] if found else ""


def verdict(
    *,
    file_kbps: int | None,
    network_kbps: int | None,
    in_file: bool,
    in_network: bool,
    same_client: bool,
    whole_line_in_network: bool,
) -> CircuitVerdict:
    """Return what comparing one circuit says; the first that fits.

    A circuit of ours whose whole line stands in the network is a split line: one 10M line is one product.
    """
    if in_file and not in_network:
        return CircuitVerdict.SPLIT if whole_line_in_network else CircuitVerdict.ONLY_CRM
    if in_network and not in_file:
        return CircuitVerdict.ONLY_NETWORK
    if not same_client:
        return CircuitVerdict.CLIENT
    return CircuitVerdict.MATCHED if file_kbps == network_kbps else CircuitVerdict.BANDWIDTH
