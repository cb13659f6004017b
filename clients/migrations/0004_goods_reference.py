"""Lines products may have, and what clients of an industry typically need (spec §3.2, S1-80, S2-06)."""

from django.db import migrations

LINES = {
    "IOT": ["M2M"],
    "WIRELESS_PHONE": ["TD_LANDLINE", "FIXED"],
    "SWITCHBOARD": ["FIXED", "TD_LANDLINE"],
    "LINE": ["FIXED"],
    "FOOD_E": ["M2M"],
    "TOBACCO": ["M2M"],
}
# Leased lines, offices and hosts of a group are paid by the group.
BY_THE_GROUP = ("LINE", "OA", "CLOUD", "IOT", "FOOD_E", "TOBACCO")

# key industry, section of GB/T 4754, 中文, English
NEEDS = [
    ("BANK", "", "数据安全备份", "Safe backup of data"),
    ("BANK", "", "传输稳定不中断", "Stable transmission without breaks"),
    ("BANK", "", "故障优先抢修", "Repair of faults before others"),
    ("POWER", "", "调度通信可靠", "Reliable communication for dispatching"),
    ("POWER", "", "远程抄表物联网卡", "Internet-of-things cards for remote meter reading"),
    ("WATER", "", "远程抄表物联网卡", "Internet-of-things cards for remote meter reading"),
    ("GAS", "", "远程抄表与泄漏报警", "Remote meter reading and leak alarms"),
    ("POST", "", "投递终端联网", "Connected terminals for delivery"),
    ("ROAD", "", "收费站与监控专线", "Leased lines for toll gates and cameras"),
    ("AIRPORT", "", "候机区高速覆盖", "Fast coverage of the waiting halls"),
    ("RAILWAY", "", "沿线连续覆盖", "Unbroken coverage along the line"),
    ("", "H", "便宜方便的通话与上网", "Cheap and convenient calls and internet"),
    ("", "H", "按客房计费", "Billing by room"),
    ("", "C", "车间与仓库物联网", "Internet of things in workshops and stores"),
    ("", "C", "移动办公与班组通知", "Mobile office and notices to shifts"),
    ("", "P", "家校沟通与校园安全", "Contact with parents, and safety of the school"),
    ("", "Q", "预约短信与急救通信", "Appointment messages and emergency calls"),
    ("", "G", "车辆定位与调度", "Locating and dispatching of vehicles"),
    ("", "F", "收银与进销存联网", "Connected tills and stock keeping"),
    ("", "S", "政务专线与通知短信", "Leased lines and notices for offices"),
]


def load(apps, schema_editor):
    Product = apps.get_model("clients", "Product")
    for code, kinds in LINES.items():
        Product.objects.filter(code=code).update(line_kinds=kinds)
    Product.objects.filter(code__in=BY_THE_GROUP).update(pay_modes=["UNIFIED"])
    Need = apps.get_model("clients", "NeedTemplate")
    Need.objects.bulk_create(
        Need(key_industry=key, industry_section=section, text=text, text_en=english, position=place)
        for place, (key, section, text, english) in enumerate(NEEDS, start=1)
    )


class Migration(migrations.Migration):
    dependencies = [("clients", "0003_reference_data")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
