"""Numbers an organisation is known by."""

import unicodedata

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc as standard
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from crm.base.errors import Invalid, Sentence

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def clean_uscc(value: str) -> str:
    """Return a unified social credit code as it is stored: NFKC, upper case, without blanks or hyphens.

    Raises: Invalid USCC_INVALID when length, characters or check digit are wrong.
    Source: GB 32100-2015, X-06, E091.
    """
    number = unicodedata.normalize("NFKC", value).upper().replace(" ", "").replace("-", "")
    if not number:
        return ""
    try:
        standard.validate(number)
    except InvalidLength:
        raise _invalid(_("The unified social credit code has 18 characters.")) from None
    except InvalidChecksum:
        raise _invalid(
            _("The check digit of the credit code does not fit: one of the characters is wrong.")
        ) from None
    except ValidationError:
        raise _invalid(
            _("The credit code holds a character it cannot have (I, O, S, V and Z are never used).")
        ) from None
    if any(character not in ALPHABET for character in number):
        raise _invalid(
            _("The credit code holds a character it cannot have (I, O, S, V and Z are never used).")
        )
    return number


def _invalid(sentence: Sentence) -> Invalid:
    return Invalid("USCC_INVALID", sentence, fields={"uscc": [sentence]})
