"""Axes of a client: industries, company types, cluster kinds and the needs typical of them."""

from typing import Any

import pytest
from django.urls import reverse

from clients import services
from clients.choices import ClusterKind
from clients.models import Client, Industry, IndustryCategory, NeedTemplate
from clients.rules.completeness import RULES
from crm.accounts.models import User
from crm.base import clock
from crm.base.errors import Invalid
from crm.params.services import change as change_param

pytestmark = pytest.mark.django_db


@pytest.mark.spec("S0-10")
def test_the_code_table_has_twenty_sections_and_thirty_types_of_the_company() -> None:
    """Four levels of the standard stand below sections A to T."""
    sections = list(Industry.objects.filter(level=1).values_list("code", flat=True))
    assert sections == list("ABCDEFGHIJKLMNOPQRST")
    assert IndustryCategory.objects.count() == 30
    assert set(Industry.objects.values_list("level", flat=True)) == {1, 2, 3, 4}


@pytest.mark.spec("S0-51")
def test_each_kind_of_cluster_is_kept_and_only_at_clusters(acme: Client, owner: User) -> None:
    """Village, classmates, fellow-townsmen, others; an enterprise has none."""
    assert ClusterKind.values == ["VILLAGE", "CLASSMATE", "TOWNSMEN", "OTHER"]
    with pytest.raises(Invalid) as refused:
        services.update_client(actor=owner, client_id=acme.pk, values={"cluster_kind": "VILLAGE"})
    assert "cluster_kind" in refused.value.fields
    Client.objects.filter(pk=acme.pk).update(institution_type="JL", institution_subtype="")
    for kind in ClusterKind.values:
        services.update_client(actor=owner, client_id=acme.pk, values={"cluster_kind": kind})
        acme.refresh_from_db()
        assert acme.cluster_kind == kind


@pytest.mark.spec("S2-06")
def test_needs_typical_of_an_industry_stand_on_the_card(acme: Client, owner: User, browse: Any) -> None:
    """A bank sees what banks need, a hotel other things; a need out of use is not shown."""
    NeedTemplate.objects.create(key_industry="BANK", text="故障优先修复专席")
    NeedTemplate.objects.create(industry_section="H", text="按房间出账单")
    page = reverse("clients:products", args=[acme.pk])

    def shown() -> tuple[bool, bool]:
        text = browse(owner).get(page).content.decode()
        return "故障优先修复专席" in text, "按房间出账单" in text

    Client.objects.filter(pk=acme.pk).update(key_industry="", industry=None)
    assert shown() == (False, False)
    Client.objects.filter(pk=acme.pk).update(key_industry="BANK")
    assert shown() == (True, False)
    Client.objects.filter(pk=acme.pk).update(key_industry="", industry_id="H")
    assert shown() == (False, True)
    NeedTemplate.objects.update(active=False)
    assert shown() == (False, False)


@pytest.mark.spec("S0-01")
def test_who_is_a_group_client_is_written_by_the_administrator(
    provadmin: User, sysadmin: User, browse: Any
) -> None:
    page = reverse("clients:new")
    assert "有共同通信需求" in browse(provadmin).get(page).content.decode()
    change_param(
        actor=sysadmin,
        key="client.definition",
        value="与公司签约的单位",
        effective_from=clock.today(),
        reason="省公司口径",
    )
    text = browse(provadmin).get(page).content.decode()
    assert "与公司签约的单位" in text
    assert "有共同通信需求" not in text


@pytest.mark.spec("S0-11")
def test_the_main_activity_decides_the_industry_and_others_stand_beside_it(
    acme: Client, owner: User, browse: Any, api: Any
) -> None:
    """One primary industry is asked for; further ones are others, known, each once. Page and API alike."""
    assert "industry_section" in {rule.code for rule in RULES if rule.required}
    primary = Industry.objects.filter(level=3, section="C").first()
    assert primary is not None
    Client.objects.filter(pk=acme.pk).update(industry=primary)
    for wrong in (["C"], [primary.pk], ["ZZ"], ["F", "F"]):
        with pytest.raises(Invalid) as refused:
            services.update_client(actor=owner, client_id=acme.pk, values={"secondary_industries": wrong})
        assert "secondary_industries" in refused.value.fields
    url = f"/api/v1/clients/{acme.pk}"
    assert api(owner).patch(url, {"secondary_industries": ["C"]}, format="json").status_code == 400
    services.update_client(actor=owner, client_id=acme.pk, values={"secondary_industries": ["F", "H"]})
    page = browse(owner).get(reverse("clients:edit", args=[acme.pk])).content.decode()
    assert '<option value="F" selected>' in page
    assert '<option value="G" selected>' not in page
