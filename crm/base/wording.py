"""What is never said to a client: the amount somebody owes (Source: S1-23)."""

import re

from django.utils.translation import gettext_lazy as _

from crm.base.errors import Invalid
from crm.base.text import clean

# How far an amount may stand from the word before the two are one sentence to who reads it.
REACH = 40
# A number, one in Chinese figures, one left open (××, XX, ___), or a place holder that is filled in later.
_FIGURE = (
    r"(?:[0-9][0-9,.]*|[〇零一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰仟几]+"
    r"|[×xX*_]{1,6}|\{+[^{}]*\}+|%\(\w+\)[sd]|%[sd])"
)
_AMOUNT = rf"(?:{_FIGURE}余?(?:元|块|圆|角|分钱|yuan|rmb|cny)|(?:¥|￥|\$|rmb|cny|usd|人民币){_FIGURE})"
_ARREARS = (
    r"(?:欠费|欠款|欠缴|欠交|欠话费|拖欠|未缴|未交|(?:已经|已|还|尚|共|总共|您|你)欠|欠[着了]"
    r"|arrears|overdue|outstanding|youowe|oweus)"
)
# Right behind the word a bare number is an amount, unless it counts something, is a date or a number to call.
_BARE = (
    r"欠费(?:了|达|为|金额|合计|共计|总额|[,:;。、])*(?:"
    r"(?:[0-9]{1,4}(?:\.[0-9]+)?|[0-9]+\.[0-9]+)"
    r"(?![0-9.\-/%]|个?(?:天|次|日|号|小时|期|户|家|笔|月|年|周|位|名|人|折|个|工作日))"
    r"|[一二三四五六七八九十百千万两]+(?=$|[,;。!]))"
)
_LINT = re.compile(
    rf"{_ARREARS}.{{0,{REACH}}}?{_AMOUNT}|{_AMOUNT}.{{0,{REACH}}}?{_ARREARS}|{_BARE}", re.IGNORECASE
)
# A place holder whose name says that an amount comes there.
_NAMED = re.compile(
    rf"{_ARREARS}.{{0,{REACH}}}?(?:\{{+|%\()\s*(?:amount|arrears|owed|fee|sum|金额|欠费)", re.IGNORECASE
)


def names_arrears(text: str) -> bool:
    """Say whether a text or a template names arrears together with an amount.

    Blanks and full-width forms do not help; the amount may still be a place holder.
    """
    squeezed = clean(text).replace(" ", "").replace("\n", "").replace("費", "费")
    return bool(_LINT.search(squeezed) or _NAMED.search(squeezed))


def check_wording(text: str, *, field: str = "text") -> str:
    """Return the text if it may be said to a client.

    Every outgoing text and template passes here: script cards, calls, messages.
    Raises: Invalid ARREARS_WORDING. Source: S1-23
    """
    if names_arrears(text):
        sentence = _(
            "Do not name arrears with an amount. Say it softly: the balance of your account is used up."
        )
        raise Invalid("ARREARS_WORDING", sentence, fields={field: [sentence]})
    return text
