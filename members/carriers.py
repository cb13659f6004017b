"""Guess the operator of a mobile number by its prefix; numbers are portable, so it is a hint only (S1-83)."""

import functools

from members.choices import Carrier

_BY_NAME = {"中国移动": Carrier.CM, "中国电信": Carrier.CT, "中国联通": Carrier.CU}


@functools.lru_cache(maxsize=4096)
def _of_prefix(prefix: str) -> str:
    # Loaded on first use: the prefixes of the whole world take a moment.
    from phonenumbers import PhoneNumber, carrier

    number = PhoneNumber(country_code=86, national_number=int(f"{prefix}0000"))
    return _BY_NAME.get(carrier.name_for_number(number, "zh"), Carrier.OTHER)


def carrier_of(mobile: str) -> str:
    """Return the operator the prefix was given to, or nothing when the number is not a mobile number."""
    return _of_prefix(mobile[:7]) if len(mobile) == 11 and mobile.isdecimal() else ""
