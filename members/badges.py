"""How our vocabularies look."""

from crm.base.badges import Colour, register
from members.choices import Brand, ContactKind, MemberType, RunState, TraitKind, VipGrade

LOOKS: dict[str, dict[str, tuple[Colour, str]]] = {
    "contact_kind": {
        ContactKind.KEY_PERSON: ("accent", "key"),
        ContactKind.CONTACT: ("info", "user"),
    },
    "member_type": {
        MemberType.KEY: ("accent", "star"),
        MemberType.ORDINARY: ("info", "address-book"),
        MemberType.FAMILY: ("neutral", "phone-call"),
        MemberType.OTHER: ("neutral", "dots"),
    },
    "rehoming_state": {
        RunState.PREPARED: ("info", "eye"),
        RunState.RUNNING: ("warn", "hourglass"),
        RunState.APPLIED: ("good", "circle-check"),
        RunState.UNDONE: ("neutral", "arrow-back-up"),
    },
    "trait_kind": {
        TraitKind.PREFERENCE: ("good", "heart"),
        TraitKind.REQUEST: ("info", "message"),
        TraitKind.TABOO: ("bad", "ban"),
    },
    "brand": {
        Brand.GOTONE: ("info", "world"),
        Brand.SHENZHOUXING: ("good", "map"),
        Brand.MZONE: ("warn", "bolt"),
        Brand.WORLDWIND: ("accent", "antenna"),
        Brand.NEWERA: ("neutral", "antenna"),
        Brand.OTHER: ("neutral", ""),
    },
    "vip_grade": {
        VipGrade.DIAMOND: ("accent", "diamond"),
        VipGrade.GOLD: ("warn", "crown"),
        VipGrade.SILVER: ("info", "medal"),
        VipGrade.NONE: ("neutral", ""),
    },
}

for vocabulary, codes in LOOKS.items():
    for code, (colour, icon) in codes.items():
        register(vocabulary, code, colour, icon)
