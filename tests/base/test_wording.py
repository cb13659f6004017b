"""What may not be said to a client (S1-23)."""

import pytest

from crm.base.errors import Invalid
from crm.base.wording import check_wording, names_arrears

REFUSED = (
    "您已经欠费××元",
    "您已经欠费 50 元,请尽快缴纳",
    "尊敬的客户,您的号码已欠费。请缴纳１２８．５０元",
    "您还欠一百二十块",
    "欠费金额:¥35",
    "欠费{amount}元",
    "您的欠费为{{ amount }}",
    "本月拖欠 %(fen)s 元",
    "尊敬的客户,请补缴 30 元欠费",
    "Your account is 30 yuan in arrears",
    "You owe ¥ 12.50",
    "您已欠费50",
    "您的号码欠费,金额128.50",
    "您尚欠话费50元",
    "您欠着50元",
    "欠費50元",
    "拖欠话费约五十余元",
    "欠费 USD50",
    "已欠费五十。",
)
SAID = (
    "您最近是不是比较忙,没顾上缴费?您的话费余额已经用完了",
    "充 100 元送 10 元",
    "您的号码因欠费停机,请到营业厅办理",
    "套餐每月 58 元",
    "欠费2天后停机",
    "欠费 3 个月销号",
    "欠费请拨10086",
    "关于欠费一事",
    "欠费 2026-11-20 停机",
    "The balance of your account is used up",
)


@pytest.mark.spec("S1-23")
@pytest.mark.parametrize("text", REFUSED)
def test_arrears_are_never_named_with_an_amount(text: str) -> None:
    assert names_arrears(text)
    with pytest.raises(Invalid) as refusal:
        check_wording(text, field="body")
    assert refusal.value.code == "ARREARS_WORDING"
    assert list(refusal.value.fields) == ["body"]


@pytest.mark.spec("S1-23")
@pytest.mark.parametrize("text", SAID)
def test_soft_words_and_prices_pass(text: str) -> None:
    assert check_wording(text) == text


@pytest.mark.spec("S1-23")
def test_an_amount_far_from_the_word_is_another_matter() -> None:
    assert not names_arrears(
        "因欠费停机的客户," + "可以到任何一家营业厅办理复机手续并了解当期优惠活动" * 2 + ",月费 58 元"
    )
