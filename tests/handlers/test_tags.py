"""/tags: the vocabulary as admins see and change it."""

from __future__ import annotations

import pytest

from bot.demo.records import Message
from db import index, posts, tags
from db.model import Post
from db.tags import Tag, TagState
from handlers import tag_buttons
from handlers import tags as tag_pages
from tests.newsroom import Newsroom, buttons


async def opened(room: Newsroom, words: str = "") -> Message:
    """What /tags answers to Mina in the admin group."""
    sent = await room.mina.send(room.group, f"/tags {words}")
    return await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)


async def press(room: Newsroom, message: Message, words: str) -> str:
    """Press, and wait until the message shows something else or the press was answered."""
    before = message.text
    answer = await room.mina.press(message, words)
    if not answer.show_alert:
        await room.tg.wait_for(lambda: message.text != before or "پیام من" in answer.text)
    return answer.text or ""


async def replied(room: Newsroom, page: Message, button: str, text: str) -> Message:
    """Press a button that asks for words, and give them; what the bot answers."""
    await room.mina.press(page, button)
    question = await room.said(room.group, "در پاسخ به همین پیام")
    sent = await room.mina.send(room.group, text, reply_to=question)
    return await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)


def named(room: Newsroom, name: str) -> Tag:
    tag = tags.find(room.db, name)
    assert tag
    return tag


async def test_the_lists_lead_to_a_tag_and_back_on_one_message(room: Newsroom) -> None:
    message = await opened(room)

    await press(room, message, "موضوع‌ها")
    assert "صفحهٔ ۱ از ۳" in (message.text or "") and len(buttons(message)) == 18
    await press(room, message, "صفحهٔ بعد")
    await press(room, message, "صفحهٔ بعد")
    await press(room, message, "#مدل_زبانی · ۰")
    assert "language model" in (message.text or "")
    await press(room, message, "بازگشت")
    assert "هشتگ‌های کانال" in (message.text or "")


async def test_merging_is_shown_first_and_done_when_an_admin_says_so(room: Newsroom) -> None:
    await room.mina.send(room.channel, "یک #Weekend")
    await room.mina.send(room.channel, "دو #آخرهفته")
    await room.ask(room.reader, room.reader.private(), "/toc")
    page = await opened(room, "weekend")

    shown = await replied(room, page, "یکی‌کردن با…", "آخرهفته")
    assert "روی هم ۲ پست" in (shown.text or "") and named(room, "Weekend").posts == 1
    await press(room, shown, "انجام بده")

    assert named(room, "Weekend") == named(room, "آخرهفته")
    assert named(room, "Weekend").posts == 2 and "Weekend" in (shown.text or "")


async def test_new_posts_are_tagged_by_the_vocabulary_of_now(room: Newsroom) -> None:
    page = await opened(room, "مدل_زبانی")

    shown = await replied(room, page, "تغییر نام", "مدل‌های_زبانی_بزرگ")
    await press(room, shown, "انجام بده")

    assert room.peyk.parts.vocabulary.find("LLM") == "#مدل‌های_زبانی_بزرگ"
    await room.restart()
    assert room.peyk.parts.vocabulary.find("مدل زبانی") == "#مدل‌های_زبانی_بزرگ"


async def test_the_later_of_two_admins_is_shown_what_there_is_now(room: Newsroom) -> None:
    first, second = await opened(room, "خبر"), await opened(room, "خبر")
    await press(room, first, "پنهان کن")
    await press(room, second, "پنهان کن")
    await press(room, first, "انجام بده")

    answer = await press(room, second, "انجام بده")

    assert "تغییر کرده‌اند" in answer
    await room.says(second, "هشتگ‌های کانال")
    assert named(room, "خبر").hidden


async def test_no_is_no(room: Newsroom) -> None:
    page = await opened(room, "خبر")

    await press(room, page, "پنهان کن")
    await press(room, page, "نه")

    assert not named(room, "خبر").hidden and "پست‌ها: ۰" in (page.text or "")


async def test_a_change_can_be_taken_back(room: Newsroom) -> None:
    page = await opened(room, "خبر")
    await press(room, page, "گونه")
    await press(room, page, "مجموعه")
    await press(room, page, "انجام بده")
    assert named(room, "خبر").kind == "series"

    await press(room, page, "بازگشت")
    assert "مینا" in (page.text or "")
    await press(room, page, "برگرداندن آخرین تغییر")

    assert named(room, "خبر").kind == "type"


async def test_an_alias_is_given_and_taken(room: Newsroom) -> None:
    page = await opened(room, "متن_باز")

    shown = await replied(room, page, "نام دیگر", "متن رها")
    await press(room, shown, "انجام بده")
    assert named(room, "#متن_رها").name == "متن_باز"
    await press(room, shown, "حذف نام دیگر")
    await press(room, shown, "متن رها")
    await press(room, shown, "انجام بده")

    assert tags.find(room.db, "متن رها") is None


@pytest.mark.parametrize(
    ("button", "text", "told"),
    [
        ("تغییر نام", "دو واژه", "هشتگ نمی‌شود"),
        ("تغییر نام", "OpenAI", "هشتگ دیگری است"),
        ("یکی‌کردن با…", "چنین نیست", "نمی‌شناسم"),
        ("یکی‌کردن با…", "خبر", "همان هشتگ است"),
        ("برچسب فارسی", "ب" * 61, "۶۰ نویسه"),
    ],
)
async def test_what_cannot_be_is_said_and_may_be_answered_again(
    room: Newsroom, button: str, text: str, told: str
) -> None:
    answer = await replied(room, await opened(room, "خبر"), button, text)

    assert told in (answer.text or "") and buttons(answer) == []
    assert named(room, "خبر").name == "خبر"


async def test_cancel_withdraws_the_question(room: Newsroom) -> None:
    await room.mina.press(await opened(room, "خبر"), "تغییر نام")
    question = await room.said(room.group, "در پاسخ به همین پیام")

    assert await room.ask(room.mina, room.group, "/cancel") == "لغو شد."
    await room.mina.send(room.group, "تازه", reply_to=question)

    await room.ask(room.mina, room.group, "/stats")
    assert tags.find(room.db, "تازه") is None


async def test_only_admins_see_and_change_tags(room: Newsroom) -> None:
    page = await opened(room, "خبر")

    assert "مدیران" in await room.ask(room.outsider, room.group, "/tags")
    answer = await room.outsider.press(page, "پنهان کن")

    assert "مدیران" in (answer.text or "") and not named(room, "خبر").hidden


async def test_a_button_of_a_merged_tag_answers_politely(room: Newsroom) -> None:
    page = await opened(room, "متن_باز")
    room.db.execute("delete from tags where name = 'متن_باز'")

    answer = await press(room, page, "گونه")

    assert "تغییر کرده‌اند" in answer
    await room.says(page, "هشتگ‌های کانال")


async def wished(room: Newsroom, name: str, times: int = tag_pages.ENOUGH) -> Message:
    """The notice about a tag that so many drafts wanted."""
    for _ in range(times):
        draft = await room.store()
        tags.propose(room.db, [name], draft.id, room.clock())
    await tag_pages.announce(room.peyk.parts)
    return await room.said(room.group, "بپذیریم؟")


async def test_admins_are_asked_once_about_a_tag_that_three_drafts_wanted(room: Newsroom) -> None:
    draft = await room.store()
    tags.propose(room.db, ["مدل_جهان"], draft.id, room.clock())
    await tag_pages.announce(room.peyk.parts)
    assert room.tg.messages(room.group) == []

    notice = await wished(room, "مدل_جهان", 2)
    await tag_pages.announce(room.peyk.parts)

    assert room.tg.messages(room.group) == [notice]
    await press(room, notice, "بپذیر")
    assert "#مدل_جهان" in room.peyk.parts.vocabulary.tags and buttons(notice) == []


async def test_a_refused_proposal_is_not_asked_about_again(room: Newsroom) -> None:
    notice = await wished(room, "مدل_جهان")

    await press(room, notice, "نه، لازم نیست")
    draft = await room.store()

    assert tags.propose(room.db, ["مدل_جهان"], draft.id, room.clock()) == []
    assert named(room, "مدل_جهان").state is TagState.REFUSED


async def test_a_proposal_may_be_another_name_of_a_tag(room: Newsroom) -> None:
    notice = await wished(room, "Large_Models")

    shown = await replied(room, notice, "همان هشتگ", "مدل زبانی")
    await press(room, shown, "انجام بده")

    assert named(room, "large models").name == "مدل_زبانی"


@pytest.mark.parametrize(
    "data",
    [
        "tag:do",
        "tag:list:0:x",
        "tag:ask:1:drop",
        "tag:try:1:kind",
        "tag:x:1",
        "tag:home:1:a",
        None,
    ],
)
def test_data_that_we_never_wrote_is_nothing(data: str | None) -> None:
    assert tag_buttons.read(data) is None


def test_all_data_fits_telegram() -> None:
    tag = Tag(10**17, "x" * 60, aliases=tuple("ب" * 60 for _ in range(30)))
    boards = [tag_buttons.tag(tag), tag_buttons.names(tag), tag_buttons.kinds(tag)]

    data = [b.callback_data for board in boards for row in board.inline_keyboard for b in row]
    assert all(tag_buttons.read(one) and len(str(one).encode()) <= 64 for one in data)


async def test_a_merge_taken_back_shows_the_count_that_is_true_again(room: Newsroom) -> None:
    for number, words in enumerate(("یک #RAG", "دو #RAG", "سه #Agent"), 1):
        posts.add(room.db, Post(room.channel.id, number, words, published=room.clock()))
    index.catch_up(room.db)
    page = await opened(room, "Agent")
    shown = await replied(room, page, "یکی‌کردن با", "#RAG")
    await press(room, shown, "انجام بده")

    home = await opened(room)
    await press(room, home, "برگرداندن")

    assert named(room, "Agent").posts == 1
    assert "پست‌ها: ۱" in (home.text or "")


async def test_a_name_sent_in_private_without_reply_is_the_answer(room: Newsroom) -> None:
    private = room.mina.private()
    await room.ask(room.mina, private, "/tags Agent")
    await room.mina.press(room.tg.messages(private)[-1], "برچسب فارسی")
    await room.said(private, "در پاسخ به همین پیام")

    told = await room.ask(room.mina, private, "عامل هوشمند")

    assert "عوض نمی‌شود" in told
    assert "🔎 شبکه عصبی" in await room.ask(room.mina, private, "شبکه عصبی")


async def test_another_reply_to_an_answered_question_is_told_so(room: Newsroom) -> None:
    page = await opened(room, "Agent")
    await replied(room, page, "برچسب فارسی", "عامل هوشمند")
    question = await room.said(room.group, "در پاسخ به همین پیام")

    sent = await room.mina.send(room.group, "چیز دیگر", reply_to=question)
    told = await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)

    assert "پاسخ گرفته است" in (told.text or "")
