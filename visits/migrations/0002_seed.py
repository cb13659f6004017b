"""What a visit of each purpose needs (spec §3.12), and the holiday calendar of the years already published."""

from chinese_calendar.constants import Holiday as Names
from chinese_calendar.constants import holidays, workdays
from django.db import migrations

# purpose: (code, 中文, English, mandatory, tip)
ITEMS = {
    "P1": [
        ("documents", "文档宣传资料", "Leaflets and documents", False, False),
        ("audio", "音频推介资料", "Audio material", False, False),
        ("demand", "客户需求情况分析", "Analysis of what the client needs", True, False),
        ("three_sentences", "三句半话术:它是什么、特别适合谁、用后怎样、举个例子",
         "Say it in three and a half sentences: what it is, whom it suits, what it brings, an example", False, True),
        ("fits", "适用于客户及所在集团", "It must fit the person and the whole client", False, True),
    ],
    "P2": [
        ("spend", "查询客户及集团近期消费", "Recent spend of the person and the client", True, False),
        ("small_gift", "小礼品(杂志、饰品)", "A small gift (magazine, trinket)", False, False),
        ("dig", "挖掘需求", "Find out what is needed", False, True),
        ("complete_file", "完善资料", "Complete the client file", False, True),
        ("satisfy", "提升满意度", "Leave the client more content", False, True),
    ],
    "P3": [
        ("gift", "申请和领取礼品", "Apply for the gift and collect it", True, False),
        ("pen_paper", "笔、纸", "Pen and paper", False, False),
        ("receipt", "礼品签收单", "Gift receipt form", True, False),
        ("precious", "让客户感到珍贵", "Let the client feel the gift is precious", False, True),
        ("dig_promote", "挖掘需求、适时推介", "Find out needs and promote when it fits", False, True),
    ],
    "P4": [
        ("forms", "业务单据", "Business forms", True, False),
        ("vouchers", "业务凭证", "Vouchers", False, False),
        ("outcome", "办理结果", "Result of the handling", False, False),
        ("clear_need", "弄清需求,准确办理", "Understand the need, handle it exactly", False, True),
        ("in_time", "及时解决问题", "Solve problems in time", False, True),
    ],
    "P5": [
        ("opinion_form", "意见征求表", "Opinion form", True, False),
        ("pen_paper", "笔、纸", "Pen and paper", False, False),
        ("small_gift", "小礼品(杂志、饰品)", "A small gift (magazine, trinket)", False, False),
        ("likely_needs", "整理客户可能的需求", "List of needs the client may have", False, False),
        ("sincere", "态度诚恳", "Be sincere", False, True),
        ("feed_back", "结果反馈", "Tell the client what came of it", False, True),
    ],
    "P6": [
        ("cause", "了解投诉原因", "Know the cause of the complaint", True, False),
        ("ways", "寻找解决途径", "Find ways to solve it", False, False),
        ("papers", "相关资料", "Papers about it", False, False),
        ("apologise", "致谢并道歉", "Thank and apologise", False, True),
        ("listen", "倾听安抚", "Listen and calm", False, True),
        ("answer_soon", "及时反馈", "Answer soon", False, True),
    ],
}  # fmt: skip


def seed_items(apps, schema_editor):
    """Write the checklist; the same code under two purposes is the same thing (E185)."""
    item = apps.get_model("visits", "PreparationItem")
    item.objects.bulk_create(
        item(
            purpose=purpose, code=code, text=text, text_en=english, mandatory=mandatory, is_tip=tip, position=i
        )
        for purpose, lines in ITEMS.items()
        for i, (code, text, english, mandatory, tip) in enumerate(lines)
    )


def seed_holidays(apps, schema_editor):
    """Write the days off and the worked weekend days that the State Council published."""
    chinese = {name.value: name.chinese for name in Names}
    holiday = apps.get_model("visits", "Holiday")
    # A day off on a weekend says nothing the week does not say, but people look for its name.
    rows = [holiday(day=day, kind="HOLIDAY", name=chinese[name]) for day, name in holidays.items()]
    rows += [holiday(day=day, kind="MAKEUP", name=chinese[name]) for day, name in workdays.items()]
    holiday.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("visits", "0001_initial")]

    operations = [
        migrations.RunPython(seed_items, migrations.RunPython.noop),
        migrations.RunPython(seed_holidays, migrations.RunPython.noop),
    ]
