"""What to say in a call and how to behave at the client's (S1-20…S1-31, S1-41…S1-49), in our own words."""

from django.db import migrations

# stage: (code, 情境, situation, 话术, words)
CARDS = {
    "CONNECT": [
        ("who-is-it", "不确定接电话的是谁", "Not sure who answers",
         "您好,我是负责贵单位的客户经理{me}。请问您是{salutation}吗?",
         "Good day, this is {me}, your account manager. May I ask, is this {salutation}?"),
        ("known-client", "接电话的是熟悉的客户", "A client you know answers",
         "{salutation},您好,好久没见了,最近忙不忙?",
         "Good day, {salutation}. We have not met for a while; are you very busy these days?"),
        ("fetch-person", "接电话的是别人", "Somebody else answers",
         "打扰了,麻烦您帮我找一下{salutation},好吗?谢谢您。",
         "Sorry to trouble you. Could you please put me through to {salutation}? Thank you."),
        ("person-absent", "要找的人不在", "The person is not there",
         "打扰您了,我过一会儿再打来。如果方便,麻烦您转告{salutation},就说{me}来过电话,谢谢。",
         "Thank you, I shall call again later. If it is no trouble, please tell {salutation} that {me} called."),
        ("holiday", "节假日前后", "Around a holiday",
         "{salutation},您好,我是{me}。先祝您{holiday}快乐。",
         "Good day, {salutation}, this is {me}. First of all, a happy {holiday} to you."),
        ("weak-voice", "声音小或周围嘈杂", "The voice is weak or the place noisy",
         "不好意思,听起来您那边不太方便。您现在接电话方便吗?不方便的话我换个时间再打。",
         "I am sorry, it sounds as if this is a bad moment. Is it convenient now? If not, I shall call another time."),
    ],
    "GREETING": [
        ("keep-in-touch", "平时问候", "A call to keep in touch",
         "{salutation},您好,我是{me},有一阵子没联系了,问候您一声。最近通信用得还顺手吗?",
         "Good day, {salutation}, this is {me}. I only wanted to say hello. Does everything work well for you?"),
        ("holiday-greeting", "节日问候", "A call for a holiday",
         "{salutation},您好,好久没见。我代表公司祝您{holiday}快乐,身体健康。",
         "Good day, {salutation}. On behalf of our company I wish you a happy {holiday} and good health."),
        ("birthday", "生日问候", "A call for a birthday",
         "{salutation},您好,我是{me}。祝您生日快乐,一切顺心。",
         "Good day, {salutation}, this is {me}. Happy birthday, and all the best."),
    ],
    "TALK": [
        ("five-minutes", "事情较多,先问时间", "There is much to say: ask for time first",
         "{salutation},我想占用您五分钟左右,您现在方便吗?",
         "{salutation}, this takes about five minutes. Is it convenient for you now?"),
        ("purpose-first", "说清来意和好处", "Say what it is about and what it brings",
         "{salutation},这次是想和您谈{purpose},对您那边的好处是{benefit}。",
         "{salutation}, I would like to talk about {purpose}. What it brings you: {benefit}."),
        ("plain-words", "介绍业务", "Explaining a service",
         "简单地说,它就是……,最适合……这样的单位,用了以后……。(不用术语,一句一句讲。)",
         "In short, it is …; it suits … best; with it you will …. (No jargon, one sentence at a time.)"),
        ("repeat-please", "没听清客户的问题", "You did not catch the question",
         "{salutation},对不起,刚才没听清,麻烦您再说一遍,好吗?",
         "{salutation}, I am sorry, I did not catch that. Could you say it once more?"),
        ("line-dropped", "通话断了,马上重拨", "The line dropped: redial at once",
         "{salutation},不好意思,刚才电话断了,我们接着说。",
         "{salutation}, I am sorry, the line dropped. Let us go on."),
        ("understood", "解释完后确认", "After an explanation: make sure",
         "{salutation},不知道我说清楚没有?还有哪一点需要我再讲一讲?",
         "{salutation}, have I made it clear? Is there a point I should explain again?"),
    ],
    "APPOINT": [
        ("bring-material", "借送资料约时间", "Offer to bring the material",
         "{salutation},这项业务我们有一份详细的资料,您看约个时间,我给您送过去,好吗?",
         "{salutation}, we have detailed material about this. Shall we find a time, and I bring it to you?"),
        ("either-or", "客户说没时间:二择一", "No time to meet: offer two times",
         "{salutation},您看我是{slot1},还是{slot2}到您办公室合适?",
         "{salutation}, which suits you better: {slot1}, or {slot2}, at your office?"),
        ("refused-softly", "客户还是推辞", "The client still declines",
         "没关系,不耽误您。我先把资料发给您,您看了有需要随时找我。",
         "That is quite all right. I shall send you the material, and you can reach me whenever you need."),
    ],
    "ARREARS": [
        ("balance-used-up", "提醒余额用完", "The balance is used up",
         "{salutation},您好,我是{me}。您最近是不是比较忙,没顾上缴费?您的话费余额已经用完了,需要的话我帮您办。",
         "Good day, {salutation}, this is {me}. You have probably been busy: the balance of your account is used up. I can help."),
        ("never-name-it", "不说金额,不说“欠”", "No amount, never “you owe”",
         "只提醒余额用完和缴费方式;客户问到明细,请他在营业厅或网上查询,或当面核对。",
         "Only say that the balance is used up and how to top up. For figures, point to the hall or the web, or check them in person."),
    ],
    "CLOSE": [
        ("confirm-visit", "约好了:再确认一遍", "Agreed: confirm once more",
         "不好意思,耽误您这么久。那就{slot1},我们在{place}见,到时我提前五分钟到。",
         "Thank you for your time. So we meet {slot1} at {place}; I shall be there five minutes early."),
        ("send-material", "没约成:改送资料", "Not agreed: send material",
         "耽误您时间了。我把详细资料发给您,有需要随时打我电话{my_phone},再见。",
         "Thank you for your time. I shall send you the details; call me any time at {my_phone}. Goodbye."),
        ("greeting-close", "问候电话的结束", "End of a greeting call",
         "{salutation},有什么要我办的,随时说一声。打扰您了,再见。",
         "{salutation}, if there is anything I can do, just let me know. Goodbye."),
        ("hang-up-last", "最后挂电话", "Hang up last",
         "等客户先挂,听到忙音再放下电话。",
         "Wait until the client has hung up, then put the phone down."),
    ],
    "ETIQUETTE": [
        ("dress", "出门前:着装自查", "Before you go: check your dress",
         "工装整齐,工牌、名片、笔和本子带好;资料和样品放在右手边。",
         "Dress neatly; badge, cards, pen and notebook with you; material at hand."),
        ("on-time", "守时", "Be on time",
         "提前五分钟到。要迟到或去不了,先打电话说明,请客户谅解,并在系统里记下告知时间。",
         "Arrive five minutes early. If you are late or cannot come, call first, ask for understanding, and note when you told them."),
        ("guard", "到楼下", "At the entrance",
         "向门卫、前台问好,说明找谁、约了几点,等人带路。",
         "Greet the guard and the desk, say whom you meet and when, wait to be led."),
        ("door", "到门口", "At the door",
         "按铃不超过三秒,等五到十秒再按;敲门三下,再等五到十秒;站在离门一米处。",
         "Ring for at most three seconds, wait five to ten; knock three times, wait again; stand a metre from the door."),
        ("others-there", "屋里有别人", "Others are in the room",
         "先问一句:现在方便吗?不方便就在外面等,或者另约时间。",
         "Ask first whether it is convenient. If not, wait outside or agree on another time."),
        ("competitor-there", "遇到竞争对手的人", "A competitor is there",
         "平和地打招呼,不议论。离开后马上在系统里记一条竞争信息。",
         "Greet calmly, no comments. Once outside, note the sighting in the system."),
        ("seat", "进门、握手、落座", "Door, handshake, seat",
         "轻轻关门,客户先伸手再握;请坐再坐,包放在右侧;上茶说谢谢。",
         "Close the door softly, wait for the hand, sit when asked, bag on the right, thank for the tea."),
        ("phone-silent", "手机", "Your phone",
         "进门前调成振动。非接不可时先说抱歉,到外面接,尽快结束。",
         "Set it to vibrate before you enter. If you must answer, apologise, step out, be brief."),
        ("opening", "开场", "Opening",
         "先谢谢客户抽时间,问问用得怎么样、有什么意见,再说来意。",
         "Thank for the time, ask how things work and for opinions, then say why you came."),
        ("first-visit", "第一次拜访", "First visit",
         "双手递名片,报姓名和单位,说清以后由自己负责。",
         "Hand over your card with both hands, say your name and unit and that you are in charge from now on."),
        ("urgent-matter", "客户有急事", "The client has an urgent matter",
         "主动告辞,当场约好下次时间。",
         "Take your leave of your own accord and agree on the next time at once."),
        ("interrupted", "总被打断或又来客人", "Interrupted, or other visitors come",
         "不硬谈。说一句改天再来,约好时间就走。",
         "Do not press on. Say you will come again, agree on a time and leave."),
        ("leaving", "告辞", "Leaving",
         "没有别的事就起身,带好东西,谢谢客户,复述答应办的事和时间,轻轻带上门。",
         "When nothing is left, rise, take your things, thank them, repeat what you promised and until when, close the door softly."),
    ],
}  # fmt: skip


def seed_cards(apps, schema_editor):
    """Write the cards; units change the words later, the codes stay."""
    card = apps.get_model("knowledge", "ScriptCard")
    card.objects.bulk_create(
        card(
            code=code, stage=stage, situation=situation, situation_en=situation_en, text=text,
            text_en=text_en, position=10 * place,
        )
        for stage, cards in CARDS.items()
        for place, (code, situation, situation_en, text, text_en) in enumerate(cards, 1)
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [migrations.RunPython(seed_cards, migrations.RunPython.noop)]
