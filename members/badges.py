"""How our vocabularies look."""

from crm.base.badges import Colour, register
from members.choices import Brand, ContactKind, MemberType, VipGrade

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
