"""Numbers of the client file the business may change (spec §3.9)."""

from django.utils.translation import gettext_lazy as _

from crm.params.registry import Param

PARAMS = (
    Param("lifecycle.silent_months", "int", 1,
          _("Closed months without traffic after which a client is silent"), 1, 24,
          origin="SEED", source="S0-36, D-10"),
    Param("lifecycle.never_used_silent_after_months", "int", 0,
          _("Full months after which a client that never used its products is silent; 0: never"),
          0, 60, source="D-10"),
    Param("client.create_needs_approval", "bool", True, _("A new file needs the head's approval"),
          source="S1-63"),
    Param("audit.optional_ratio", "int", 50, _("Filled optional fields a complete file needs"),
          0, 100, unit="%", origin="SEED", source="S0-58, D-32"),
    Param("audit.stale_days", "int", 90, _("Days after which unchanged data of a client is stale"), 7, 3650,
          unit=_("days"), source="S1-54"),
    Param("sl.pgm_min", "int", 5,
          _("People a second-level unit of a government organ needs for its own file"), 1, 1000,
          origin="SEED", source="S1-74, D-23"),
    Param("sl.ent_over", "int", 40,
          _("People a second-level unit of an enterprise must exceed for its own file"), 1, 100000,
          origin="SEED", source="S1-75, D-23"),
    Param("bank.municipality_exempt", "list", [],
          _("Region codes of municipalities whose banks may be filed below sub-branch level"), source="D-08"),
    Param("ka.spend_yuan", "int", 3000,
          _("Average monthly telecom spend that makes a key account"), 1, 10_000_000, unit=_("yuan"),
          origin="SEED", source="S2-20, D-20"),
    Param("ka.local_top_pct", "int", 5,
          _("Share of a city's top spenders that are local key accounts"), 0, 100, unit="%",
          source="S2-21"),
    Param("ka.national_top", "int", 500,
          _("Rank in the national list up to which the group company answers first"), 1, 100000,
          origin="SEED", source="S2-22"),
    Param("ka.province_top", "int", 100,
          _("Rank in the province's list up to which the province company answers first"), 1, 100000,
          source="S2-22"),
    Param("filing.evidence_days", "int", 30,
          _("Days within which a new file needs a visit as evidence that the client exists"), 1, 365,
          unit=_("days"), source="S1-73"),
    Param("contact.max", "int", 5, _("Contacts a client may have"), 1, 5, origin="SEED", source="S1-82"),
)  # fmt: skip
