"""Numbers that pass the checks: credit codes, and mobile numbers that never repeat."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_WEIGHTS = [pow(3, i, 31) for i in range(17)]
_ORG_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORG_VALUE = {char: value for value, char in enumerate(_ORG_ALPHABET)}
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

# Registration department and kind, by institution type (GB 32100-2015).
REGISTRY = {"JG": "11", "SY": "12", "ST": "51", "QT": "52", "QY": "91", "GT": "92"}

OWN = (
    "134",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "157",
    "158",
    "159",
    "182",
    "183",
    "187",
    "188",
)
TELECOM = ("133", "153", "177", "180", "181", "189")
UNICOM = ("130", "131", "132", "155", "156", "185", "186")
_PRIME = 7919 * 104729  # coprime to 10^8: walks through every tail once


def credit_code(registry: str, region: str, serial: int) -> str:
    """Return the unified social credit code of a registration number (GB 32100-2015, GB 11714)."""
    body = f"{(serial * 48271 + 11) % 10**8:08d}"
    check = (11 - sum(_ORG_VALUE[c] * w for c, w in zip(body, _ORG_WEIGHTS, strict=True)) % 11) % 11
    head = f"{registry}{region}{body}{'X' if check == 10 else check}"
    total = sum(_VALUE[c] * w for c, w in zip(head, _WEIGHTS, strict=True))
    return head + ALPHABET[(31 - total % 31) % 31]


def mobile(index: int, prefixes: tuple[str, ...] = OWN) -> str:
    """Return the number of an index: the same index gives the same number, two indexes never do."""
    return f"{prefixes[index % len(prefixes)]}{index * _PRIME % 10**8:08d}"
