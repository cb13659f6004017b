from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from crm.base.badges import Colour

LOOKS: tuple[tuple[str, str, Colour, str], ...] = (
    ("vip_grade", "DIAMOND", "accent", "diamond"),
    ("vip_grade", "GOLD", "warn", "medal"),
    ("vip_grade", "SILVER", "neutral", "medal-2"),
    ("vip_grade", "NONE", "neutral", ""),
    ("point_kind", "EARN_CONSUMPTION", "good", "receipt"),
    ("point_kind", "EARN_REWARD", "good", "gift"),
    ("point_kind", "DEDUCT_REDEEM", "info", "ticket"),
    ("point_kind", "DEDUCT_POLICY", "info", "discount"),
    ("point_kind", "DEDUCT_ADJUST", "warn", "adjustments"),
    ("point_kind", "EXPIRE", "neutral", "hourglass"),
    ("point_kind", "REVERSAL", "accent", "arrow-back-up"),
    ("label", "KEY_PERSON", "accent", "key"),
    ("label", "CONTACT", "info", "user"),
    ("label", "MEMBER", "neutral", "users"),
    ("label", "STATIC_HV", "good", "diamond"),
    ("label", "DYNAMIC_HV", "good", "bolt"),
    ("label", "CHURN_RISK", "bad", "door-exit"),
    ("label", "INFLUENTIAL", "accent", "award"),
    ("label", "MIDHIGH", "info", "trending-up"),
    ("card_state", "ISSUED", "info", "id-badge-2"),
    ("card_state", "SENT", "info", "send"),
    ("card_state", "DELIVERED", "good", "circle-check"),
    ("card_state", "FAILED", "warn", "alert-triangle"),
    ("card_state", "SUPERSEDED", "neutral", "history"),
    ("card_state", "EXPIRED", "neutral", "hourglass"),
    ("card_state", "REVOKED", "bad", "ban"),
    ("message_state", "WAITING", "neutral", "hourglass"),
    ("message_state", "SENT", "info", "send"),
    ("message_state", "DELIVERED", "good", "circle-check"),
    ("message_state", "FAILED", "bad", "alert-triangle"),
    ("card_verdict", "OK", "good", "circle-check"),
    ("card_verdict", "MISMATCH", "bad", "alert-triangle"),
    ("card_verdict", "INVALID", "bad", "circle-x"),
    ("card_verdict", "EXPIRED", "warn", "hourglass"),
    ("card_verdict", "REVOKED", "warn", "ban"),
    ("override_state", "PROPOSED", "warn", "clock"),
    ("override_state", "APPROVED", "good", "circle-check"),
    ("override_state", "DECLINED", "neutral", "circle-x"),
    ("override_state", "WITHDRAWN", "neutral", "arrow-back-up"),
    ("override_state", "ENDED", "neutral", "history"),
    ("model_state", "DRAFT", "neutral", "pencil"),
    ("model_state", "REVIEWED", "info", "eye"),
    ("model_state", "PUBLISHED", "good", "circle-check"),
    ("model_state", "SUPERSEDED", "neutral", "history"),
)


class ScoringConfig(AppConfig):
    """Models that explain themselves: size, value tier, VIP grade, and the points ledger."""

    name = "scoring"

    def ready(self) -> None:
        """Declare parameters, looks of codes and places on the client's card."""
        from clients.services.key_accounts import know
        from clients.services.merging.relations import call
        from clients.slots import Narrowing, Slot, register, register_narrowing
        from clients.timeline import RULE_WORDS
        from crm.audit import labels
        from crm.base import badges
        from members.slots import Marks, register_marks
        from scoring import params, reading  # noqa: F401 - declares on import
        from scoring.choices import ACTS, CustomerLabel
        from scoring.querysets import vip_person
        from scoring.rules.value import BY_DECISION
        from scoring.services import movers  # noqa: F401 - registers how our rows move

        register(Slot("tab", "score", _("Value and points"), "scoring:client", "scoring.view", 60, "scale"))
        register(Slot("why", "size_class", _("Why this size class"), "scoring:why-size", "scoring.view"))
        register(Slot("why", "value_tier", _("Why this value tier"), "scoring:why-tier", "scoring.view"))
        register(
            Slot(
                "brief", "expiring", _("Points that expire"), "scoring:expiring", "scoring.view", 70, "coins"
            )
        )
        register(
            Slot("brief", "decided", _("Tiers by decision"), "scoring:decided", "scoring.view", 8, "scale")
        )
        register_narrowing(Narrowing("decided", _("Tiers by decision"), reading.with_decision))
        register_narrowing(
            Narrowing("ending", _("Tiers by decision, ending soon"), reading.with_ending_decision)
        )
        RULE_WORDS[BY_DECISION] = _("by decision")
        for vocabulary, code, colour, icon in LOOKS:
            badges.register(vocabulary, code, colour, icon)
        labels.register(ACTS)
        know("vip_person", vip_person())
        call(
            {
                "scoring.ClientFacts": _("Facts of the night"),
                "scoring.TierOverride": _("Tiers by decision"),
                "scoring.ReachRow": _("Reach of closed months"),
                "scoring.WhatIfMove": _("Tried value models"),
            }
        )
        register_marks(
            Marks(
                reading.marks_of_numbers,
                (*CustomerLabel.choices, ("MIDHIGH", _("Mid-high end"))),
                reading.with_label,
            )
        )
