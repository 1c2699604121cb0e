"""The draft card from the admins' side: every button, every reply, and who may use them."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.demo.entities import utf16_slice
from bot.demo.faults import Fault
from bot.demo.records import Message
from bot.persian.typography import ZWNJ
from db import cards, drafts, facts, outbox, posts
from db.model import Link, State
from tests.llm_server import LLMServer
from tests.newsroom import Newsroom, buttons, newsroom

RULE = "\n\n\u200f─"


def shown(card: Message) -> str:
    """The post on a card."""
    return (card.text or "").partition(RULE)[0]


def styled(message: Message, kind: str) -> list[str]:
    """The stretches of a message that have this formatting."""
    text = message.text or ""
    return [utf16_slice(text, e.offset, e.end) for e in message.entities if e.type == kind]


def trail(room: Newsroom, draft_id: int = 1) -> list[tuple[str, str]]:
    return [(row["actor"], row["action"]) for row in drafts.trail(room.db, draft_id)]


# Publishing now


async def test_the_card_shows_the_post_and_what_one_needs_to_decide(room: Newsroom) -> None:
    card = await room.offer(title="عنوان خبر", links=(Link("https://example.org/a", "خبر"),))

    assert styled(card, "bold") == ["عنوان خبر"]
    assert [e.url for e in card.entities if e.type == "text_link"] == ["https://example.org/a"]
    assert "منبع: روزنامه" in card.text
    assert buttons(card) == ["انتشار", "زمان‌بندی", "ویرایش", "بازنویسی", "رد", "منبع جمله‌ها"]


async def test_a_tap_publishes_what_the_card_shows(room: Newsroom) -> None:
    card = await room.offer(links=(Link("https://example.org/a", "خبر"),))
    before, kinds = shown(card), [e.to_json() for e in card.entities]

    answer = await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)

    assert (answer.text, answer.show_alert) == ("منتشر می‌شود.", False)
    assert post.text == before
    assert [e.to_json() for e in post.entities] == kinds


async def test_a_published_card_says_who_and_when_and_nothing_is_left_to_decide(
    room: Newsroom,
) -> None:
    card = await room.offer()

    await room.mina.press(card, "انتشار")
    await room.says(card, "منتشر شد")

    assert card.text.endswith("✅ منتشر شد: یکشنبه ۱ آذر ۱۴۰۵، ساعت ۰۸:۰۰. تأیید: مینا.")
    assert buttons(card) == ["⭐ نمونهٔ خوب"]
    assert trail(room)[:3] == [("peyk", "drafted"), ("peyk", "offered"), ("مینا", "approved")]


async def test_a_published_post_is_archived_with_its_tags(room: Newsroom) -> None:
    card = await room.offer(tags=("#خبر", "#ابزار"))

    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)
    [kept] = posts.find(room.db, "ابزار")

    assert (kept["message_id"], kept["draft_id"], kept["text"]) == (post.message_id, 1, post.text)
    assert sorted(kept["tags"]) == sorted(["#خبر", "#ابزار"])
    assert kept["url"] == f"https://t.me/peyk_ai/{post.message_id}"


async def test_a_second_tap_changes_nothing(room: Newsroom) -> None:
    card = await room.offer()
    publish = card.keyboard[0][0].callback_data

    await room.mina.press_data(card, publish)
    await room.posts(1)
    answer = await room.mina.press_data(card, publish)

    assert answer.show_alert
    assert "منتشرشده" in answer.text
    assert len(room.tg.messages(room.channel)) == 1


async def test_the_later_admin_is_told_who_was_faster(room: Newsroom) -> None:
    card = await room.offer()
    reject = card.keyboard[1][2].callback_data

    await room.mina.press(card, "انتشار")
    await room.posts(1)
    answer = await room.arash.press_data(card, reject)

    assert answer.text.startswith("مینا زودتر تصمیم گرفت")
    assert room.state() is State.SENT


async def test_one_press_delivered_twice_acts_once(room: Newsroom) -> None:
    card = await room.offer()
    press = {
        "id": "7",
        "from": room.mina.user.to_json(),
        "message": card.to_json(room.tg.world.bot),
        "chat_instance": "1",
        "data": card.keyboard[0][0].callback_data,
    }

    number = room.tg.inject_update({"callback_query": press})
    await room.posts(1)
    room.tg.inject_update({"callback_query": press}, update_id=number)
    assert await room.ask(room.reader, room.reader.private(), "/start")

    assert [action for _, action in trail(room)].count("approved") == 1
    assert len(room.tg.messages(room.channel)) == 1


async def test_of_two_who_press_at_once_one_decides_and_the_other_is_told(
    room: Newsroom,
) -> None:
    card = await room.offer()

    answers = await asyncio.gather(
        room.mina.press(card, "انتشار"), room.arash.press_data(card, "d:no:1:1")
    )
    await room.says(card, "منتشر شد" if "منتشر" in answers[0].text else "رد کرد")

    assert sorted(answer.show_alert for answer in answers) == [False, True]
    assert [action in ("approved", "rejected") for _, action in trail(room)].count(True) == 1


async def test_a_press_made_while_peyk_was_away_counts_when_it_is_back(room: Newsroom) -> None:
    card = await room.offer()

    await room.stop()
    pressing = asyncio.create_task(room.mina.press(card, "انتشار"))
    await room.start()

    assert (await pressing).text == "منتشر می‌شود."
    assert len(await room.posts(1)) == 1


async def test_a_press_too_old_to_answer_still_counts(room: Newsroom) -> None:
    card = await room.offer()
    press = {
        "id": "1",
        "from": room.mina.user.to_json(),
        "chat_instance": "1",
        "data": "d:pub:1:1",
    }

    room.tg.inject_update({"callback_query": press | {"message": card.to_json()}})

    assert len(await room.posts(1)) == 1
    assert next(c.error for c in room.tg.calls if c.method == "answerCallbackQuery")


# Who may


@pytest.mark.parametrize("words", ["انتشار", "زمان‌بندی", "ویرایش", "بازنویسی", "رد"])
async def test_no_button_works_for_somebody_else(room: Newsroom, words: str) -> None:
    card = await room.offer()
    before = buttons(card)

    answer = await room.outsider.press(card, words)

    assert (answer.text, answer.show_alert) == ("این دکمه فقط برای مدیران کانال است.", True)
    assert (room.state(), buttons(card)) == (State.OFFERED, before)
    assert f"WARNING user {room.outsider.id} is no admin and pressed" in "\n".join(room.log)


async def test_a_reply_of_somebody_else_to_a_card_is_refused(room: Newsroom) -> None:
    card = await room.offer()

    await room.outsider.send(room.group, "تبلیغ\n\nمتن من", reply_to=card)
    await room.said(room.group, "فقط کار مدیران")

    assert (room.draft().version, len(room.cards())) == (1, 1)
    assert f"WARNING user {room.outsider.id} is no admin and replied" in "\n".join(room.log)


async def test_talk_among_people_is_left_alone(room: Newsroom) -> None:
    card = await room.offer()
    talk = await room.outsider.send(room.group, "سلام")
    await room.mina.send(room.group, "علیک", reply_to=talk)

    await room.ask(room.mina, room.group, "/pause")

    assert [m.text for m in room.tg.messages(room.group)][1:4] == ["سلام", "علیک", "/pause"]
    assert room.draft().version == 1 and card.text


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "d:pub:1",
        "d:pub:1:1:1:1",
        "d:pub:-1:1",
        "d:pub:999999999999999999:1",
        "d:drop:1:1",
        "d:slot:1:1",
        "d:slot:1:1:abc",
        "d:slot:1:1:9999999999",
        "d:write:1:1:worse",
        "d:why:1:1:dup",
        "d:recall:1:1",
        "d:again:1:1",
        "d:there:1:1",
        "d:resend:1:1",
        "D:PUB:1:1",
        "d:pub:۱:۱",
        "d:pub:1:1\n",
        "d:pub:2:1",
        "d:pub:1:2",
    ],
)
async def test_forged_data_gets_an_answer_and_has_no_effect(room: Newsroom, data: str) -> None:
    card = await room.offer()

    answer = await room.mina.press_data(card, data)

    assert answer.text and answer.show_alert
    assert (room.state(), room.draft().version) == (State.OFFERED, 1)
    assert outbox.find(room.db, *State) == []


async def test_somebody_elses_forged_press_is_refused(room: Newsroom) -> None:
    card = await room.offer()

    answer = await room.reader.press_data(card, "d:pub:1:1")

    assert answer.text == "این دکمه فقط برای مدیران کانال است."
    assert room.state() is State.OFFERED


# Editing


async def test_a_reply_with_new_text_makes_a_new_card(room: Newsroom) -> None:
    card = await room.offer(links=(Link("https://example.org/a", "خبر"),))

    await room.mina.send(room.group, "عنوان تازه\nمتن تازه", reply_to=card)
    newer = await room.new_card(card)
    await room.tg.wait_for(lambda: buttons(card) == ["نسخهٔ تازه پایین‌تر است"])

    assert shown(newer).startswith("عنوان تازه\n\nمتن تازه\n\n🔗 خبر\n\n#خبر")
    assert "ویرایش ۲" in newer.text
    assert ("مینا", "edited") in trail(room)


async def test_formatting_of_an_edit_survives_into_the_channel(room: Newsroom) -> None:
    card = await room.offer()
    text = "عنوان 😀\n\n😀 پررنگ و کج و کد و پیوند 👨‍👩‍👧 پایان"
    at = {word: len(text[: text.index(word)].encode("utf-16-le")) // 2 for word in text.split()}
    styles: list[dict[str, Any]] = [
        {"type": "bold", "offset": at["پررنگ"], "length": 5},
        {"type": "italic", "offset": at["کج"], "length": 2},
        {"type": "code", "offset": at["کد"], "length": 2},
        {"type": "text_link", "offset": at["پیوند"], "length": 5, "url": "https://x.org/a"},
    ]

    await room.mina.send(room.group, text, entities=styles, reply_to=card)
    await room.mina.press(await room.new_card(card), "انتشار")
    [post] = await room.posts(1)

    assert styled(post, "bold") == ["عنوان 😀", "پررنگ"]
    found = {kind: styled(post, kind) for kind in ("italic", "code", "text_link")}
    assert found == {"italic": ["کج"], "code": ["کد"], "text_link": ["پیوند"]}


async def test_the_edit_button_asks_and_takes_the_answer(room: Newsroom) -> None:
    card = await room.offer()

    await room.mina.press(card, "ویرایش")
    question = await room.said(room.group, "در پاسخ به همین پیام")
    await room.arash.send(room.group, "فقط متن تازه", reply_to=question)
    newer = await room.new_card(card)

    assert question.markup == {"force_reply": True, "selective": True}
    assert shown(newer).startswith("خبری تازه\n\nفقط متن تازه")


async def test_an_answer_is_understood_after_a_restart(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "ویرایش")
    question = await room.said(room.group, "در پاسخ به همین پیام")

    await room.restart()
    await room.mina.send(room.group, "عنوان\nپس از خواب", reply_to=question)
    newer = await room.new_card(card)

    assert shown(newer).startswith("عنوان\n\nپس از خواب")


async def test_an_old_card_cannot_publish_the_new_text(room: Newsroom) -> None:
    card = await room.offer()
    publish = card.keyboard[0][0].callback_data

    await room.mina.send(room.group, "عنوان تازه\nمتن تازه", reply_to=card)
    await room.new_card(card)
    answer = await room.arash.press_data(card, publish)

    assert "متن عوض شده است" in answer.text
    assert (room.state(), room.tg.messages(room.channel)) == (State.OFFERED, [])


async def test_an_edit_of_an_old_card_is_refused(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.send(room.group, "عنوان تازه\nمتن تازه", reply_to=card)
    newer = await room.new_card(card)

    await room.arash.send(room.group, "عنوان دیگر\nمتن دیگر", reply_to=card)
    await room.said(room.group, "متن عوض شده است")

    assert room.draft().title == "عنوان تازه"
    assert room.cards()[-1] is newer


async def test_a_reply_without_words_is_answered(room: Newsroom) -> None:
    card = await room.offer()

    await room.mina.send_file(room.group, "a.pdf", b"%PDF-1.4", reply_to=card)

    assert await room.said(room.group, "متنی در پیام نبود")
    assert room.draft().version == 1


@pytest.mark.parametrize(("length", "published"), [(4096, True), (4097, False)])
async def test_a_text_longer_than_telegram_takes_is_held_back(
    room: Newsroom, length: int, published: bool
) -> None:
    card = await room.offer(title="ع", body="م", tags=())
    frame = len(shown(card)) - 1

    await room.mina.send(room.group, "م" * (length - frame), reply_to=card)
    newer = await room.new_card(card)
    answer = await room.mina.press(newer, "انتشار")

    assert ("۴۰۹۷" in newer.text) is not published
    assert ("بلندتر" in answer.text) is not published
    if published:
        assert len((await room.posts(1))[0].text.encode("utf-16-le")) == 2 * length
    else:
        assert room.state() is State.OFFERED


async def test_too_much_link_markup_is_held_back(room: Newsroom) -> None:
    url = "https://example.org/" + "x" * 180
    links = tuple(
        {"type": "text_link", "offset": 6 * n, "length": 5, "url": url} for n in range(50)
    )
    card = await room.offer(body="پیوند " * 50, entities=links, origin="admin:1")

    now = await room.mina.press(card, "انتشار")
    slots = await slots_of(room, card)
    later = await room.mina.press(card, slots[0])

    assert "پیوند و قالب متن از حد تلگرام بیشتر است" in card.text
    assert "کوتاهش کنید" in now.text and "کوتاهش کنید" in later.text
    assert (room.state(), outbox.find(room.db, *State)) == (State.OFFERED, [])


async def test_a_long_post_stands_alone_above_its_card(room: Newsroom) -> None:
    body = "\n\n".join(["بند " * 330] * 3)
    card = await room.offer(title="بلند", body=body)

    assert card.reply_to and card.reply_to.text.startswith("بلند\n\nبند")
    assert card.text.startswith("📥 پیش‌نویس ۱")
    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)

    assert (post.text, post.entities) == (card.reply_to.text, card.reply_to.entities)


# Scheduling


async def test_the_next_slots_are_offered_in_jalali(room: Newsroom) -> None:
    card = await room.offer()

    await room.mina.press(card, "زمان‌بندی")
    await room.tg.wait_for(lambda: len(card.keyboard) == 5)

    assert buttons(card) == [
        "نوبت بعدی: یکشنبه ۱ آذر ۱۴۰۵ · ۰۹:۰۰",
        "یکشنبه ۱ آذر ۱۴۰۵ · ۱۳:۰۰",
        "یکشنبه ۱ آذر ۱۴۰۵ · ۱۸:۰۰",
        "یکشنبه ۱ آذر ۱۴۰۵ · ۲۱:۰۰",
        "زمان دلخواه",
        "بازگشت",
    ]


async def slots_of(room: Newsroom, card: Message) -> list[str]:
    """Open the times of a card; its slots."""
    await room.mina.press(card, "زمان‌بندی")
    await room.tg.wait_for(lambda: "زمان دلخواه" in buttons(card))
    return buttons(card)[:-2]


async def test_a_scheduled_post_goes_out_at_its_time(room: Newsroom) -> None:
    card = await room.offer()
    [_, second, *_] = await slots_of(room, card)

    answer = await room.mina.press(card, second)
    await room.says(card, "🕒 مینا برای یکشنبه ۱ آذر ۱۴۰۵، ساعت ۱۳:۰۰ زمان‌بندی کرد.")
    room.clock.forward(hours=4, minutes=59)
    await room.once()
    assert room.tg.messages(room.channel) == []
    room.clock.forward(minutes=1)
    await room.publish_due()

    assert answer.text == "زمان‌بندی شد: یکشنبه ۱ آذر ۱۴۰۵، ساعت ۱۳:۰۰"
    assert len(await room.posts(1)) == 1


async def test_a_slot_is_never_taken_twice(room: Newsroom) -> None:
    first, second = await room.offer(), await room.offer()
    slot = (await slots_of(room, first))[0]
    await slots_of(room, second)

    await room.mina.press(first, slot)
    answer = await room.arash.press(second, slot)
    third = await slots_of(room, await room.offer())

    assert answer.text.endswith("۱۳:۰۰")
    assert third[0].endswith("۱۸:۰۰")
    assert room.draft(1).due != room.draft(2).due


async def test_a_slot_that_has_passed_gives_the_next_one(room: Newsroom) -> None:
    card = await room.offer()
    slot = (await slots_of(room, card))[0]

    room.clock.forward(hours=2)
    answer = await room.mina.press(card, slot)

    assert answer.text.endswith("۱۳:۰۰")
    assert room.state() is State.APPROVED


async def test_back_brings_the_first_buttons_again(room: Newsroom) -> None:
    card = await room.offer()
    before = buttons(card)
    await slots_of(room, card)

    await room.mina.press(card, "بازگشت")
    await room.tg.wait_for(lambda: buttons(card) == before)

    assert room.state() is State.OFFERED


async def asked_for_time(room: Newsroom, card: Message) -> Message:
    await slots_of(room, card)
    await room.mina.press(card, "زمان دلخواه")
    return await room.said(room.group, "کی منتشر شود؟")


@pytest.mark.parametrize(
    ("told", "understood"),
    [
        ("۱۸:۳۰", "یکشنبه ۱ آذر ۱۴۰۵، ساعت ۱۸:۳۰"),
        ("فردا ۹:۰۰", "دوشنبه ۲ آذر ۱۴۰۵، ساعت ۰۹:۰۰"),
        ("۱۴۰۵/۹/۱۵ ۱۰:۰۰", "یکشنبه ۱۵ آذر ۱۴۰۵، ساعت ۱۰:۰۰"),
    ],
)
async def test_a_time_of_ones_own(room: Newsroom, told: str, understood: str) -> None:
    card = await room.offer()
    question = await asked_for_time(room, card)

    await room.mina.send(room.group, told, reply_to=question)

    assert await room.said(room.group, f"زمان‌بندی شد: {understood}")
    await room.says(card, understood)


async def test_a_time_that_makes_no_sense_can_be_told_again(room: Newsroom) -> None:
    question = await asked_for_time(room, await room.offer())

    await room.mina.send(room.group, "هر وقت شد", reply_to=question)
    await room.said(room.group, "زمان را نفهمیدم")
    assert room.state() is State.OFFERED
    await room.restart()
    await room.mina.send(room.group, "۱۸:۳۰", reply_to=question)

    assert await room.said(room.group, "زمان‌بندی شد")


async def test_a_time_for_a_text_that_changed_meanwhile_is_refused(room: Newsroom) -> None:
    card = await room.offer()
    question = await asked_for_time(room, card)
    await room.arash.send(room.group, "عنوان\nمتن دیگر", reply_to=card)
    await room.new_card(card)

    await room.mina.send(room.group, "۱۸:۳۰", reply_to=question)

    assert await room.said(room.group, "متن عوض شده است")
    assert room.state() is State.OFFERED


async def test_a_recalled_post_does_not_go_out(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, (await slots_of(room, card))[0])
    await room.tg.wait_for(lambda: buttons(card) == ["لغو زمان‌بندی"])

    answer = await room.arash.press(card, "لغو زمان‌بندی")
    await room.tg.wait_for(lambda: "انتشار" in buttons(card))
    room.clock.forward(hours=2)
    await room.once()

    assert answer.text == "زمان‌بندی لغو شد."
    assert (room.state(), room.tg.messages(room.channel)) == (State.OFFERED, [])
    assert (await slots_of(room, card))[0].endswith("۱۳:۰۰")


# Rejecting


async def test_a_rejected_card_says_who_and_asks_why(room: Newsroom) -> None:
    card = await room.offer()

    answer = await room.mina.press(card, "رد")
    await room.says(card, "❌ مینا رد کرد: یکشنبه ۱ آذر ۱۴۰۵، ساعت ۰۸:۰۰.")

    assert answer.text.startswith("رد شد")
    assert buttons(card) == ["تکراری", "نامرتبط", "کم‌اهمیت", "متن بد", "برگرداندن"]


async def test_a_reason_by_button_is_kept_and_shown(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "رد")
    await room.tg.wait_for(lambda: "تکراری" in buttons(card))

    await room.arash.press(card, "تکراری")
    await room.says(card, "دلیل: تکراری")

    assert drafts.trail(room.db, 1)[-1]["detail"] == "تکراری"
    assert "مینا رد کرد" in card.text


async def test_a_reason_in_words_is_kept_and_shown(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "رد")
    await room.says(card, "رد کرد")

    await room.mina.send(room.group, "به ما نمی‌خورد @evil", reply_to=card)
    await room.says(card, "دلیل: به ما نمی‌خورد")

    assert "mention" not in [e.type for e in card.entities if e.offset > len(shown(card))]
    assert (room.state(), room.draft().version) == (State.REJECTED, 1)


async def test_a_rejected_draft_can_be_brought_back(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "رد")
    await room.tg.wait_for(lambda: "برگرداندن" in buttons(card))

    await room.mina.press(card, "برگرداندن")
    await room.tg.wait_for(lambda: "انتشار" in buttons(card))
    await room.mina.press(card, "انتشار")

    assert len(await room.posts(1)) == 1


# Rewriting


async def test_without_a_model_a_rewrite_is_declined_politely(room: Newsroom) -> None:
    card = await room.offer()

    answer = await room.mina.press(card, "بازنویسی")

    assert "مدلی برای بازنویسی تنظیم نشده است" in answer.text
    assert room.state() is State.OFFERED


@pytest.mark.parametrize("direction", ["کوتاه‌تر", "بلندتر", "ساده‌تر"])
async def test_a_rewrite_brings_a_new_card(tmp_path: Path, direction: str) -> None:
    async with LLMServer() as llm, newsroom(tmp_path, llm=llm) as room:
        card = await room.offer()
        await room.mina.press(card, "بازنویسی")
        await room.tg.wait_for(lambda: direction in buttons(card))

        answer = await room.mina.press(card, direction)
        newer = await room.new_card(card)
        asked = llm.requests[-1]["messages"][-1]["content"]

        assert "بازنویسی می‌کنم" in answer.text
        assert direction.replace(ZWNJ, "")[:4] in asked.replace(ZWNJ, "")
        assert shown(newer) != shown(card)
        assert (room.state(), room.draft().version) == (State.OFFERED, 2)


async def test_while_a_draft_is_rewritten_nobody_can_publish_it(tmp_path: Path) -> None:
    async with LLMServer() as llm, newsroom(tmp_path, llm=llm) as room:
        card = await room.offer()
        publish = card.keyboard[0][0].callback_data
        llm.mode = llm.mode.HANG

        await room.mina.press_data(card, "d:write:1:1:shorter")
        answer = await room.arash.press_data(card, publish)
        llm.mode = llm.mode.GOOD
        llm.released.set()
        await room.new_card(card)

        assert answer.text.startswith("مینا زودتر تصمیم گرفت")
        assert "در حال بازنویسی" in answer.text
        assert room.tg.messages(room.channel) == []


async def test_a_failed_rewrite_leaves_the_text_as_it_was(tmp_path: Path) -> None:
    async with LLMServer() as llm, newsroom(tmp_path, llm=llm) as room:
        card = await room.offer()
        llm.mode = llm.mode.REFUSAL

        await room.mina.press_data(card, "d:write:1:1:shorter")
        newer = await room.new_card(card)

        assert "بازنویسی نشد" in newer.text
        assert (shown(newer), room.draft().version) == (shown(card), 1)
        await room.mina.press(newer, "انتشار")
        assert len(await room.posts(1)) == 1


# Commands


async def test_drafts_lists_what_waits_and_opens_one_card(room: Newsroom) -> None:
    card, other = await room.offer(title="خبر یکم"), await room.offer(title="خبر دوم")
    await room.mina.press(other, (await slots_of(room, other))[0])
    await room.says(other, "زمان‌بندی کرد")

    await room.mina.send(room.group, "/drafts")
    listed = await room.said(room.group, "در انتظار تصمیم: ۱")
    assert room.cards() == [card, other]
    await room.mina.press(listed, "باز کن ۱")
    newer = await room.new_card(card)

    assert "• ۱: خبر یکم" in listed.text
    assert "زمان‌بندی‌شده: ۱\n• ۲: خبر دوم\n   یکشنبه ۱ آذر ۱۴۰۵، ساعت ۰۹:۰۰" in listed.text
    await room.mina.press(newer, "انتشار")
    assert len(await room.posts(1)) == 1


async def test_drafts_in_private_shows_no_cards_to_the_group(room: Newsroom) -> None:
    card = await room.offer()

    answer = await room.ask(room.mina, room.mina.private(), "/drafts")
    assert await room.ask(room.mina, room.mina.private(), "/help")

    assert "• ۱: خبری تازه" in answer
    assert room.cards() == [card]


async def test_a_reply_to_a_card_shown_again_counts_like_one_to_the_new(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.send(room.group, "/drafts")
    await room.mina.press(await room.said(room.group, "در انتظار تصمیم: ۱"), "باز کن ۱")
    again = await room.new_card(card)

    await room.mina.send(room.group, "عنوان\nمتن دیگر", reply_to=card)
    newer = await room.new_card(again)

    assert shown(newer).startswith("عنوان\n\nمتن دیگر")


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("/drafts", "پیش‌نویسی در انتظار تصمیم نیست"),
        ("/sources", "هنوز منبعی نیست"),
        ("/stats", "پست‌های آرشیو: ۰"),
        ("/settings", "PEYK_POST_TIMES = \u200e09:00,13:00,18:00,21:00"),
        ("/cancel", "کاری نیمه‌تمام نیست"),
        ("/start", "@peyk_ai"),
        ("/help", "/resume"),
        ("/privacy", "/forget"),
        ("/forget", "پاک شد"),
        ("/pause", "انتشار متوقف شد"),
        ("/resume", "از سر گرفته شد"),
    ],
)
async def test_each_command_answers(room: Newsroom, command: str, words: str) -> None:
    assert words in await room.ask(room.mina, room.group, command)


@pytest.mark.parametrize(
    "command", ["/drafts", "/sources", "/stats", "/settings", "/pause", "/resume"]
)
async def test_admin_commands_are_refused_to_others(room: Newsroom, command: str) -> None:
    for chat in (room.group, room.outsider.private()):
        answer = await room.ask(room.outsider, chat, command)
        assert answer == "این فرمان فقط برای مدیران کانال است."

    assert f"WARNING user {room.outsider.id} is no admin and asked" in "\n".join(room.log)
    assert facts.get(room.db, "paused") is None


async def test_settings_tell_no_secret_and_no_place_of_a_file(tmp_path: Path) -> None:
    async with LLMServer() as llm, newsroom(tmp_path, llm=llm, github_token="gh-secret") as room:
        answer = await room.ask(room.mina, room.group, "/settings")

    hidden = (room.settings.token, "gh-secret", str(tmp_path), "PEYK_DB", "OPENAI_API_KEY")
    assert [words for words in hidden if words in answer] == []


async def test_others_see_no_admin_commands_in_the_help(room: Newsroom) -> None:
    answer = await room.ask(room.reader, room.reader.private(), "/help")

    assert "/privacy" in answer and "/pause" not in answer


async def test_what_nobody_understands_is_answered_in_private(room: Newsroom) -> None:
    assert "/help" in await room.ask(room.reader, room.reader.private(), "/nonsense")


async def test_cancel_withdraws_the_question(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "ویرایش")
    question = await room.said(room.group, "در پاسخ به همین پیام")

    assert await room.ask(room.mina, room.group, "/cancel") == "لغو شد."
    await room.mina.send(room.group, "عنوان\nدیر رسید", reply_to=question)
    await room.ask(room.mina, room.group, "/help")

    assert room.draft().version == 1


async def test_cancel_leaves_the_questions_of_others(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "ویرایش")
    question = await room.said(room.group, "در پاسخ به همین پیام")

    assert "نیمه‌تمام نیست" in await room.ask(room.arash, room.group, "/cancel")
    await room.mina.send(room.group, "عنوان\nمتن", reply_to=question)

    assert await room.new_card(card)


async def test_forget_takes_an_admins_name_out_of_the_trail(room: Newsroom) -> None:
    await room.mina.press(await room.offer(), "رد")

    answer = await room.ask(room.mina, room.mina.private(), "/forget")

    assert "مدیر پیشین" in answer
    assert ("مدیر پیشین", "rejected") in trail(room)
    assert "مینا" not in str(list(room.db.query("select * from audit")))


# Pause


async def test_while_paused_nothing_goes_out_and_the_card_says_so(room: Newsroom) -> None:
    card = await room.offer()
    await room.ask(room.mina, room.group, "/pause")

    answer = await room.mina.press(card, "انتشار")
    await room.says(card, "زمان‌بندی کرد")
    await room.once()
    assert room.tg.messages(room.channel) == []
    await room.ask(room.arash, room.group, "/resume")

    assert "/resume" in answer.text
    assert len(await room.posts(1)) == 1


async def test_a_pause_outlasts_a_restart(room: Newsroom) -> None:
    card = await room.offer()
    await room.ask(room.mina, room.group, "/pause")

    await room.restart()
    await room.mina.press(card, "انتشار")
    await room.once()

    assert (room.state(), room.tg.messages(room.channel)) == (State.APPROVED, [])


# Publishing unasked


async def test_clean_drafts_get_the_slots_of_a_day_and_the_rest_goes_to_people(
    tmp_path: Path,
) -> None:
    async with newsroom(tmp_path, auto_publish=True) as room:
        offered = [await room.offer() for _ in range(5)]

        assert [room.state(n) for n in range(1, 6)] == [State.APPROVED] * 4 + [State.OFFERED]
        assert len({room.draft(n).due for n in range(1, 5)}) == 4
        assert all(buttons(card) == ["لغو زمان‌بندی"] for card in offered[:4])
        room.clock.forward(hours=1)
        await room.publish_due()
        await room.posts(1)
        await room.says(offered[0], "تأیید: پیک.")


async def test_a_draft_with_remarks_is_never_published_unasked(tmp_path: Path) -> None:
    async with newsroom(tmp_path, auto_publish=True) as room:
        card = await room.offer(remarks=({"kind": "extract"},))
        long = await room.offer(body="م" * 4096)

        assert (room.state(1), room.state(2)) == (State.OFFERED, State.OFFERED)
        assert "خلاصهٔ فارسی ساخته نشد" in card.text
        assert "کوتاه‌ترش کنید" in long.text


async def test_an_admin_can_stop_what_would_go_out_unasked(tmp_path: Path) -> None:
    async with newsroom(tmp_path, auto_publish=True) as room:
        card = await room.offer()

        await room.mina.press(card, "لغو زمان‌بندی")
        await room.tg.wait_for(lambda: "رد" in buttons(card))
        room.clock.forward(hours=3)
        await room.once()

        assert (room.state(), room.tg.messages(room.channel)) == (State.OFFERED, [])


# Posts in doubt


async def in_doubt(room: Newsroom) -> Message:
    """The question about a post whose delivery nobody can look up."""
    room.channel.has_protected_content = True
    room.tg.faults.add(Fault("sendMessage", when="after", chat_id="@peyk_ai"))
    await room.mina.press(await room.offer(), "انتشار")
    return await room.said(room.group, "نتوانستم بفهمم پیش‌نویس ۱")


async def test_an_admin_can_say_that_a_doubtful_post_is_there(room: Newsroom) -> None:
    question = await in_doubt(room)

    answer = await room.arash.press(question, "در کانال هست")
    await room.says(room.card(), "منتشر شد")

    assert "ثبت شد" in answer.text and buttons(question) == []
    assert (room.state(), len(room.tg.messages(room.channel))) == (State.SENT, 1)


async def test_an_admin_can_say_that_a_doubtful_post_is_not_there(room: Newsroom) -> None:
    question = await in_doubt(room)
    await room.mina.delete(room.tg.messages(room.channel)[0])

    answer = await room.arash.press(question, "نیست")

    assert "دوباره فرستاده می‌شود" in answer.text
    assert len(await room.posts(1)) == 1


async def test_the_question_about_a_doubtful_post_is_answered_once(room: Newsroom) -> None:
    question = await in_doubt(room)
    there, resend = (row[0].callback_data for row in question.keyboard)

    await room.arash.press_data(question, there)
    answer = await room.mina.press_data(question, resend)
    await room.once()

    assert answer.show_alert
    assert len(room.tg.messages(room.channel)) == 1


@pytest.mark.parametrize("forged", ["d:resend:1:1", "d:there:1:1", "d:recall:1:1", "d:no:1:1"])
async def test_nobody_can_decide_about_a_post_that_is_being_sent(
    room: Newsroom, forged: str
) -> None:
    reached, gate = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reached.set()
        await gate.wait()

    room.tg.faults.add(Fault("sendMessage", action="call", call=hold, chat_id="@peyk_ai"))
    card = await room.offer()
    await room.mina.press(card, "انتشار")
    await reached.wait()
    answer = await room.arash.press_data(card, forged)
    gate.set()

    assert answer.show_alert
    assert len(await room.posts(1)) == 1
    assert "sent" in [action for _, action in trail(room)]


# Cards


async def test_a_card_the_chat_refuses_does_not_hold_up_the_others(room: Newsroom) -> None:
    await room.store(title="اولی")
    room.tg.faults.add(Fault("sendMessage", action="status", status=400))

    await room.offer(title="دومی")
    assert [room.state(1), room.state(2)] == [State.DRAFTED, State.OFFERED]
    await room.once()

    assert [card.text[:4] for card in room.cards()] == ["دومی", "اولی"]
    assert any("card of draft 1 was refused" in line for line in room.log)


async def test_one_admins_private_chat_can_be_the_admin_chat(tmp_path: Path) -> None:
    async with newsroom(tmp_path, running=False) as room:
        room.group = room.mina.private()
        room.settings = replace(room.settings, admin_chat=room.mina.id)
        await room.start()
        card = await room.offer()

        await room.mina.send(room.group, "عنوان\nمتن تازه", reply_to=card)
        await room.mina.press(await room.new_card(card), "انتشار")

        assert (await room.posts(1))[0].text.startswith("عنوان\n\nمتن تازه")


async def test_every_card_is_known_by_its_message(room: Newsroom) -> None:
    card = await room.offer()

    kept = cards.get(room.db, room.group.id, card.message_id)

    assert kept and (kept.draft_id, kept.version, kept.purpose) == (1, 1, "card")


async def test_doubtful_words_are_underlined_on_the_card_and_not_in_the_channel(
    room: Newsroom,
) -> None:
    doubt = {"kind": "value", "words": ["۹۵ درصد"], "message": "«۹۵ درصد» در متن منبع نیست."}
    card = await room.offer(body="دقت آن ۹۵ درصد است.", remarks=(doubt,))

    assert styled(card, "underline") == ["۹۵ درصد"]
    assert "«۹۵ درصد» در متن منبع نیست." in card.text
    await room.mina.press(card, "انتشار")
    (post,) = await room.posts(1)
    assert styled(post, "underline") == []


async def test_the_source_of_each_sentence_is_one_tap_away(room: Newsroom) -> None:
    card = await room.offer(body="دقت مدل ۸۵ درصد است.", origin="model:m")
    await room.mina.press(card, "منبع جمله‌ها")

    told = await room.said(room.group, "منبع جمله‌های")
    assert "دقت مدل ۸۵ درصد است." in told.text
    assert told.reply_to and told.reply_to.message_id == card.message_id


async def test_settings_can_be_copied_as_they_stand_in_the_env_file(room: Newsroom) -> None:
    sent = await room.mina.send(room.group, "/settings")
    told = await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)

    codes = [
        utf16_slice(told.text or "", e.offset, e.end) for e in told.entities if e.type == "code"
    ]
    assert {"false", "30", ".env"} <= set(codes)
    assert str(room.group.id) in codes and room.settings.api_url in codes
    assert not any("\u2060" in code for code in codes)
    assert "PEYK_GUIDE_HEADING = \u200e(خالی)" in (told.text or "")


async def test_what_goes_out_at_once_is_not_called_scheduled(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.send(room.group, "/pause")
    await room.said(room.group, "متوقف شد")
    publish = card.keyboard[0][0].callback_data or ""
    await room.mina.press(card, "انتشار")

    late = await room.arash.press_data(card, publish)

    assert "در نوبت انتشار" in (late.text or "")
