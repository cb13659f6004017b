"""The roster of tax payers: published ranks land in the files of the clients they name.

Source: S0-21, S0-23
."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.imports.reference import (
    CLIENT_COLUMNS,
    CLIENT_DERIVED,
    CLIENT_GROUP,
    CLIENT_MESSAGES,
    CLIENT_WORK,
    find_clients,
)
from clients.models import Client
from crm.intake.choices import Mode
from crm.intake.resources import Column, Resource, Sentence, Write, register

if TYPE_CHECKING:
    from crm.intake.staging import Stage


@register
class TaxRoster(Resource):
    """Ranks of tax payers; a list files no clients, so a name that is not on file is reported."""

    name = "taxpayers"
    label = _("Tax-payer list")
    verb = "intake.import"
    model = Client
    any_of: ClassVar[tuple[tuple[str, ...], ...]] = (
        CLIENT_GROUP,
        ("tax_rank_province", "tax_rank_city"),
    )
    derived = (CLIENT_DERIVED,)
    columns: ClassVar[tuple[Column, ...]] = (
        *CLIENT_COLUMNS,
        Column(
            "tax_year",
            _("tax year"),
            "int",
            required=True,
            minimum=1990,
            maximum=2100,
            example="2025",
            units=(("年", 1), ("年度", 1)),
            headers=("纳税年度", "纳税年份", "纳税年", "所属年度", "年度", "年份"),
        ),
        Column(
            "tax_rank_province",
            _("provincial tax rank"),
            "int",
            minimum=1,
            example="38",
            headers=("省纳税排名", "省级纳税排名", "全省排名", "全省名次", "省排名", "排名", "名次"),
            units=(("名", 1), ("位", 1)),
        ),
        Column(
            "tax_rank_city",
            _("city tax rank"),
            "int",
            minimum=1,
            headers=("市纳税排名", "市级纳税排名", "全市排名", "全市名次", "市排名"),
            units=(("名", 1), ("位", 1)),
        ),
    )
    work: ClassVar[Mapping[str, str]] = CLIENT_WORK
    notes = (
        _("A list changes files, it makes none: a payer that is not on file is reported and left out."),
        _("A list of an older year than the one on file is left out, so that a rank never goes back."),
    )
    messages: ClassVar[Mapping[str, Sentence]] = {
        **CLIENT_MESSAGES,
        "TAX_YEAR_OLDER": _("The file of this client already holds the rank of a later year."),
    }

    def resolve(self, stage: "Stage") -> None:
        """Find the client; refuse a list older than what is on file."""
        find_clients(stage)
        stage.duplicates("s.client_ref")
        stage.flag(
            "TAX_YEAR_OLDER",
            "EXISTS (SELECT 1 FROM clients_client c WHERE c.id = s.client_ref AND c.tax_year > s.tax_year)",
            column="tax_year",
        )
        stage.sql("UPDATE stage SET target_id = client_ref WHERE NOT failed")

    def writes(self, stage: "Stage") -> list[Write]:
        """Return year and ranks; a list that fills empty cells gives no rank to another year."""
        found = super().writes(stage)
        if stage.batch.mode != Mode.FILL:
            return found
        same = "CASE WHEN coalesce(t.tax_year, s.tax_year) = s.tax_year THEN {} END"
        return [replace(write, update=same.format(write.update)) for write in found]

    def url_of(self, found: models.Model) -> str:
        """Return the card."""
        return reverse("clients:card", args=[found.pk])
