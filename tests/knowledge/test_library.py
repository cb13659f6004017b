"""The library of solutions and the script cards."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from rest_framework.test import APIClient

from clients.models import Industry, Product
from crm.accounts.models import User
from crm.base.errors import BusinessError, Forbidden, Invalid
from crm.base.wording import names_arrears
from knowledge import rules, services
from knowledge.choices import SolutionState, Stage
from knowledge.models import ScriptCard, Solution
from tests import factories

pytestmark = pytest.mark.django_db
NEW = {"title": "银行网点专线提速", "category": "SUCCESS", "summary": "三周换下联通", "body": "先测速,再谈价"}


def published(actor: User, **values: Any) -> Solution:
    """Upload and publish a solution."""
    made = services.save_solution(actor=actor, values=NEW | values)
    return services.move_solution(actor=actor, solution_id=made.pk, act="publish")


@pytest.mark.spec("S1-20", "S1-21", "S1-24", "S1-26", "S1-28", "S1-29", "S1-31")
def test_the_cards_of_the_norm_are_seeded_in_both_languages() -> None:
    cards = {card.code: card for card in ScriptCard.objects.all()}
    wanted = {
        "holiday", "who-is-it", "known-client", "fetch-person", "person-absent", "weak-voice", "five-minutes",
        "plain-words", "repeat-please", "line-dropped", "understood", "bring-material", "either-or",
        "confirm-visit", "send-material", "greeting-close", "hang-up-last", "balance-used-up",
    }  # fmt: skip
    assert wanted <= set(cards)
    assert all(card.situation_en and card.text_en for card in cards.values())
    assert {card.stage for card in cards.values()} == set(Stage.values)
    assert "{slot1}" in cards["either-or"].text
    assert "{slot2}" in cards["either-or"].text


@pytest.mark.spec("S1-41", "S1-42", "S1-43", "S1-44", "S1-48", "S1-49")
def test_etiquette_has_its_cards() -> None:
    codes = set(ScriptCard.objects.filter(stage=Stage.ETIQUETTE).values_list("code", flat=True))
    assert {"guard", "door", "others-there", "competitor-there", "seat", "phone-silent", "opening"} <= codes
    assert {"first-visit", "interrupted", "leaving"} <= codes


@pytest.mark.spec("S1-23")
def test_no_card_names_arrears_with_an_amount_and_none_can_be_made_to(gcdept: User) -> None:
    assert not [card.code for card in ScriptCard.objects.all() if names_arrears(card.text + card.text_en)]
    card = ScriptCard.objects.get(code="balance-used-up")
    with pytest.raises(Invalid) as refusal:
        services.save_card(actor=gcdept, card_id=card.pk, values={"text": "您已经欠费××元"})
    assert refusal.value.code == "ARREARS_WORDING"
    card.refresh_from_db()
    assert card.version == 1


def test_a_card_says_which_places_it_may_leave_open(gcdept: User) -> None:
    values = {"code": "odd", "stage": "TALK", "situation": "报价", "text": "{salutation},{price}"}
    with pytest.raises(Invalid) as refusal:
        services.save_card(actor=gcdept, values=values)
    assert "{price}" in str(refusal.value.fields["text"][0])
    assert not ScriptCard.objects.filter(code="odd").exists()


def test_places_are_filled_and_what_nobody_knows_stays_open() -> None:
    text = "{salutation},您看{slot1}还是{slot2}?"
    assert rules.filled(text, {"salutation": "王总", "slot1": "今天15:00"}) == "王总,您看今天15:00还是××?"
    assert rules.parts("好,{me}。", {"me": "李四"}) == [("", "好,"), ("me", "李四"), ("", "。")]


def test_two_people_at_one_card_and_others_at_none(gcdept: User, owner: User) -> None:
    card = ScriptCard.objects.get(code="either-or")
    services.save_card(actor=gcdept, card_id=card.pk, values={"position": 99}, version=1)
    with pytest.raises(BusinessError, match="STALE"):
        services.save_card(actor=gcdept, card_id=card.pk, values={"position": 98}, version=1)
    with pytest.raises(Forbidden):
        services.save_card(actor=owner, card_id=card.pk, values={"position": 1})


@pytest.mark.spec("S1-06", "S1-08")
def test_a_solution_is_a_draft_until_published_and_then_read_by_every_unit(
    gcdept: User, owner: User, stranger: User, org: dict[str, Any]
) -> None:
    keeper = factories.make_user("keeper", "KB_OWNER", org["province"])
    made = services.save_solution(actor=keeper, values=NEW)
    assert not Solution.objects.visible_to(owner).exists()
    assert Solution.objects.visible_to(gcdept).exists()
    services.move_solution(actor=keeper, solution_id=made.pk, act="publish")
    assert Solution.objects.visible_to(owner).get() == Solution.objects.visible_to(stranger).get()
    services.move_solution(actor=gcdept, solution_id=made.pk, act="archive")
    assert not Solution.objects.visible_to(owner).exists()
    with pytest.raises(BusinessError, match="WRONG_STATE"):
        services.move_solution(actor=gcdept, solution_id=made.pk, act="archive")
    with pytest.raises(Forbidden):
        services.save_solution(actor=owner, values=NEW)


def test_the_database_keeps_a_published_solution_whole(gcdept: User) -> None:
    found = published(gcdept)
    with pytest.raises(IntegrityError), transaction.atomic():
        Solution.objects.filter(pk=found.pk).update(body="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Solution.objects.filter(pk=found.pk).update(published_at=None)


@pytest.mark.spec("S1-07")
@pytest.mark.parametrize("query", ["银行", "专线", "yhwd", "yinhang", "测试产品", "谈价", "提速 联通", "银"])
def test_two_characters_pinyin_and_product_find_a_solution(gcdept: User, query: str) -> None:
    found = published(gcdept, products=[factories.make_product()])
    assert found in Solution.objects.search(query)
    assert found not in Solution.objects.search("医院")


@pytest.mark.spec("S1-07")
def test_what_fits_says_why() -> None:
    facts: Any = {"industries": {"J": "金融业"}, "products": {"LINE": "专线"}, "tiers": ["A1"]}
    whole = rules.fit(**facts, of_client=["J", "66"], in_use=["LINE"], tier="A1")
    assert whole.weight == rules.INDUSTRY + rules.PRODUCT + rules.TIER
    assert whole.reason == "同行业：金融业 · 在用专线 · 适合 A1 类"
    assert rules.fit(**facts, of_client=["P"], in_use=[], tier=None) == rules.Fit(0, "")


@pytest.mark.spec("S1-07")
def test_fitting_solutions_are_found_by_industry_product_or_tier(gcdept: User) -> None:
    bank = published(gcdept, industries=[Industry.objects.get(code="J")])
    line = published(gcdept, products=[Product.objects.get(code="VNET")])
    tier = published(gcdept, tiers=["A1"])
    published(gcdept)

    def fitting(**facts: Any) -> set[Solution]:
        whole = {"industries": [], "products": [], "tier": None} | facts
        return set(Solution.objects.fitting(**whole))

    assert fitting(industries=["J", "66"]) == {bank}
    assert fitting(products=["VNET"]) == {line}
    assert fitting(tier="A1") == {tier}
    assert fitting() == set()


@pytest.mark.spec("S1-06")
def test_the_group_client_department_uploads_changes_and_publishes_on_pages(
    browse: Callable[[User | None], Browser], gcdept: User, owner: User
) -> None:
    page = browse(gcdept)
    answer = page.post("/knowledge/new/", NEW | {"industries": ["J"], "tiers": ["A1", "A2"]})
    made = Solution.objects.get()
    assert answer["Location"] == f"/knowledge/{made.pk}/"
    assert (made.state, made.tiers) == (SolutionState.DRAFT, ["A1", "A2"])
    assert [row.code for row in made.industries.all()] == ["J"]
    stale = page.post(f"/knowledge/{made.pk}/edit/", NEW | {"summary": "两周", "version": 9})
    assert stale.status_code == 422
    assert page.post(f"/knowledge/{made.pk}/edit/", NEW | {"version": 1}).status_code == 302
    page.post(f"/knowledge/{made.pk}/publish/")
    mine = browse(owner)
    assert "银行网点专线提速" in mine.get("/knowledge/?q=专线&category=SUCCESS").content.decode()
    assert "先测速,再谈价" in mine.get(f"/knowledge/{made.pk}/").content.decode()
    assert "没有符合的方案" in mine.get("/knowledge/?q=医院").content.decode()


@pytest.mark.spec("S1-20")
def test_a_card_is_re_worded_on_a_page_and_its_history_stays(
    browse: Callable[[User | None], Browser], gcdept: User
) -> None:
    page = browse(gcdept)
    card = ScriptCard.objects.get(code="either-or")
    values = {"stage": "APPOINT", "situation": card.situation, "position": 20, "active": "on", "version": 1}
    wrong = page.post(f"/knowledge/scripts/{card.pk}/", values | {"text": "您已经欠费 30 元"})
    assert wrong.status_code == 422
    assert "余额" in wrong.content.decode()
    page.post(f"/knowledge/scripts/{card.pk}/", values | {"text": "{slot1}还是{slot2}?"})
    card.refresh_from_db()
    assert card.text == "{slot1}还是{slot2}?"
    assert "{slot1}还是{slot2}?" in page.get(f"/knowledge/scripts/{card.pk}/").content.decode()


def test_the_api_keeps_cards_and_solutions_with_etags(
    api: Callable[[User | None], APIClient], gcdept: User
) -> None:
    client = api(gcdept)
    body = NEW | {"industries": ["J"], "products": ["VNET"]}
    made = client.post("/api/v1/solutions", body, format="json")
    assert (made.status_code, made.json()["state"], made["ETag"]) == (201, "DRAFT", '"1"')
    where = f"/api/v1/solutions/{made.json()['id']}"
    stale = client.patch(where, {"summary": "两周"}, format="json", headers={"if-match": '"7"'})
    assert stale.status_code == 412
    assert client.post(f"{where}:publish").json()["state"] == "PUBLISHED"
    assert [row["id"] for row in client.get("/api/v1/solutions?q=专线&industry=J").json()["results"]]
    assert client.get("/api/v1/solutions?q=医院").json()["results"] == []
    cards = client.get("/api/v1/scripts?stage=ARREARS").json()["results"]
    assert {card["code"] for card in cards} == {"balance-used-up", "never-name-it"}
    refused = client.patch(f"/api/v1/scripts/{cards[0]['id']}", {"text": "欠费 5 元"}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "ARREARS_WORDING")
