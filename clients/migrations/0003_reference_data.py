"""GB/T 4754-2017, the company's thirty industry types (X-05) and the product catalogue (spec §3.2)."""

import csv
from pathlib import Path

from django.conf import settings
from django.db import migrations

CATEGORIES = [
    ("PARTY", "党委", "Party committee"),
    ("GOVERNMENT", "政府", "Government"),
    ("JUSTICE", "公检法", "Police, procuratorate and courts"),
    ("MILITARY", "军队", "Armed forces"),
    ("BANK", "银行", "Bank"),
    ("SECURITIES", "证券", "Securities"),
    ("INSURANCE", "保险", "Insurance"),
    ("POST", "邮政", "Post"),
    ("POWER", "电力", "Electric power"),
    ("WATER", "供水", "Water supply"),
    ("GAS", "燃气", "Gas"),
    ("HIGHWAY", "公路", "Highway"),
    ("RAILWAY", "铁路", "Railway"),
    ("AVIATION", "航空", "Aviation"),
    ("PORT", "港航", "Ports and shipping"),
    ("PETROCHEM", "石油石化", "Petroleum and petrochemicals"),
    ("COAL", "煤炭", "Coal"),
    ("METALLURGY", "冶金", "Metallurgy"),
    ("MANUFACTURING", "制造", "Manufacturing"),
    ("CONSTRUCTION", "建筑", "Construction"),
    ("REAL_ESTATE", "房地产", "Real estate"),
    ("TRADE", "批发零售", "Wholesale and retail"),
    ("HOSPITALITY", "餐饮住宿", "Catering and accommodation"),
    ("EDUCATION", "教育", "Education"),
    ("HEALTH", "卫生", "Health"),
    ("MEDIA", "新闻媒体", "News media"),
    ("IT", "信息技术", "Information technology"),
    ("AGRICULTURE", "农业", "Agriculture"),
    ("SOCIAL", "社会组织", "Social organisations"),
    ("OTHER", "其他", "Other"),
]

# code, 中文, English, family, counts as informatisation, needs agreement, needs circuit
PRODUCTS = [
    ("VNET", "集团V网", "Group V-net", "VOICE", "NEVER", False, False),
    ("RINGBACK", "集团彩铃", "Group ring-back tone", "VOICE", "ONLY_UNIFIED_PAY", False, False),
    ("WIRELESS_PHONE", "无线商话", "Wireless business phone", "VOICE", "ONLY_UNIFIED_PAY", False, False),
    ("MAILBOX", "手机邮箱", "Mobile mailbox", "DATA", "ONLY_UNIFIED_PAY", False, False),
    ("SWITCHBOARD", "移动总机", "Mobile switchboard", "VOICE", "WHEN_BOUND", False, False),
    ("IOT", "物联网", "Internet of things", "IOT", "WHEN_BOUND", False, False),
    ("FOOD_E", "食E通", "Food-E", "ICT", "WHEN_BOUND", False, False),
    ("TOBACCO", "烟销通", "Tobacco sales", "ICT", "WHEN_BOUND", False, False),
    ("LINE", "专线", "Leased line", "LINE", "ALWAYS", True, True),
    ("GROUP_SMS", "集团短信", "Group messages", "SMS", "NEVER", False, False),
    ("OA", "移动办公", "Mobile office", "ICT", "ALWAYS", True, False),
    ("CLOUD", "云主机", "Cloud host", "ICT", "ALWAYS", True, False),
]


def load(apps, schema_editor):
    Industry = apps.get_model("clients", "Industry")
    with Path(settings.BASE_DIR, "fixtures", "industries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    section_of = {row["code"]: row["parent"] for row in rows if row["level"] == "2"}
    entries = []
    for row in rows:
        code = row["code"]
        digits = "" if row["level"] == "1" else code
        entries.append(
            Industry(
                code=code,
                name=row["name"],
                level=int(row["level"]),
                parent_id=row["parent"] or None,
                section=section_of[code[:2]] if digits else code,
                division=digits[:2],
                group=digits[:3] if len(digits) > 2 else "",
            )
        )
    for level in (1, 2, 3, 4):
        Industry.objects.bulk_create([e for e in entries if e.level == level], batch_size=1000)
    Category = apps.get_model("clients", "IndustryCategory")
    Category.objects.bulk_create(
        Category(code=code, name=name, name_en=english, position=position)
        for position, (code, name, english) in enumerate(CATEGORIES, start=1)
    )
    Product = apps.get_model("clients", "Product")
    Product.objects.bulk_create(
        Product(
            code=code,
            name=name,
            name_en=english,
            family=family,
            counts_as_ict=ict,
            needs_agreement=agreement,
            needs_circuit=circuit,
        )
        for code, name, english, family, ict, agreement, circuit in PRODUCTS
    )


class Migration(migrations.Migration):
    dependencies = [("clients", "0002_views_and_guards")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
