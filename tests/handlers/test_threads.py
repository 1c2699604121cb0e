"""Long material on its way through the admins: several cards, one thread in the channel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot import steps
from bot.demo.faults import Fault
from bot.demo.records import Message
from bot.steps import Pass
from db import drafts, facts
from db.model import Draft, Kind, Link, State
from handlers.threads import pieces
from tests.llm_server import PARTS, LLMServer, Mode
from tests.newsroom import Newsroom, buttons, newsroom

SOURCES = """
[[rss]]
url = "$WEB/blog.xml"
name = "blog"
"""
PARAGRAPH = "PeykNet reads the news of a whole day and writes down what is worth telling. " * 4
FEED = f"""<rss version="2.0"><channel><title>blog</title><link>https://blog.example</link>
<item><title>PeykNet, a long story</title><link>https://blog.example/peyk</link>
<description>{"&lt;p&gt;" + "&lt;/p&gt;&lt;p&gt;".join([PARAGRAPH] * 30)}</description></item>
</channel></rss>"""
PAGES = {"/blog.xml": FEED.encode()}


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    async with LLMServer() as server:
        yield server


@pytest.fixture
async def news(tmp_path: Path, llm: LLMServer) -> AsyncIterator[Newsroom]:
    """A running peyk that has sent the three cards of a long post."""
    async with newsroom(tmp_path, llm=llm, sources=SOURCES, pages=PAGES) as room:
        await offered(room)
        yield room


async def offered(room: Newsroom, count: int = 3) -> list[Message]:
    """The cards of the parts, once all their buttons work."""
    await room.tg.wait_for(lambda: len(room.cards()) == count, timeout=30)
    await steps.offer(room.peyk.parts, Pass())
    return [room.card(number) for number in range(1, count + 1)]


def replied_to(posts: list[Message]) -> list[int | None]:
    return [post.reply_to.message_id if post.reply_to else None for post in posts]


def titles(posts: list[Message]) -> list[str]:
    return [(post.text or "").split("\n")[0] for post in posts]


async def rejected(room: Newsroom, draft_id: int) -> None:
    await room.mina.press(room.card(draft_id), "رد")
    await room.says(room.card(draft_id), "رد کرد")


# From the feed to the channel


async def test_a_long_post_comes_as_one_card_for_each_part(news: Newsroom) -> None:
    cards = await offered(news)

    numbers = [f" · قسمت {part} از ۳\n" for part in "۱۲۳"]
    assert all(told in (card.text or "") for told, card in zip(numbers, cards, strict=True))
    assert ["ادامه دارد…" in (card.text or "") for card in cards] == [True, True, False]
    assert all("انتشار همه" in buttons(card) for card in cards)


async def test_one_press_publishes_all_parts_each_in_reply_to_the_one_before(
    news: Newsroom,
) -> None:
    await news.mina.press(news.card(1), "انتشار همه")

    posts = await news.posts(3)

    assert replied_to(posts) == [None, posts[0].message_id, posts[1].message_id]
    expected = [f"{topic} (قسمت {n} از ۳)" for topic, n in zip(PARTS, "۱۲۳", strict=True)]
    assert all(title.endswith(end) for title, end in zip(titles(posts), expected, strict=True))


async def test_all_parts_can_take_one_slot(news: Newsroom) -> None:
    await news.mina.press(news.card(2), "زمان‌بندی")
    await news.tg.wait_for(lambda: "بازگشت" in buttons(news.card(2)))
    answer = await news.mina.press(news.card(2), "همهٔ قسمت‌ها")
    news.clock.forward(hours=1)
    await news.publish_due()

    assert "زمان‌بندی شد" in (answer.text or "")
    assert [part[-10:] for part in titles(await news.posts(3))] == [
        f"قسمت {number} از ۳)"[-10:] for number in "۱۲۳"
    ]


async def test_a_part_approved_early_waits_for_the_one_before_it(news: Newsroom) -> None:
    await news.mina.press(news.card(2), "انتشار")
    await news.publish_due()
    assert news.tg.messages(news.channel) == []
    await news.mina.press(news.card(1), "انتشار")

    posts = await news.posts(2)

    assert replied_to(posts) == [None, posts[0].message_id]


async def test_a_stop_between_two_parts_loses_and_doubles_none(news: Newsroom) -> None:
    async def pause() -> None:
        facts.put(news.db, "paused", True)

    news.tg.faults.add(Fault("sendMessage", "after", "call", call=pause, chat_id="@peyk_ai"))
    await news.mina.press(news.card(1), "انتشار همه")
    await news.posts(1)
    await news.restart()
    assert len(news.tg.messages(news.channel)) == 1
    await news.ask(news.mina, news.group, "/resume")

    posts = await news.posts(3)

    assert replied_to(posts) == [None, posts[0].message_id, posts[1].message_id]


async def test_an_outsider_publishes_nothing(news: Newsroom) -> None:
    answer = await news.outsider.press(news.card(1), "انتشار همه")

    assert answer.show_alert
    assert [news.state(number) for number in (1, 2, 3)] == [State.OFFERED] * 3


async def test_one_press_delivered_twice_publishes_once(news: Newsroom) -> None:
    card = news.card(1)
    press = {
        "id": "7",
        "from": news.mina.user.to_json(),
        "message": card.to_json(news.tg.world.bot),
        "chat_instance": "1",
        "data": card.keyboard[-1][0].callback_data,
    }
    number = news.tg.inject_update({"callback_query": press})
    await news.posts(3)
    news.tg.inject_update({"callback_query": press}, update_id=number)
    assert await news.ask(news.reader, news.reader.private(), "/start")

    assert len(news.tg.messages(news.channel)) == 3


async def test_after_a_change_of_one_part_an_old_press_on_all_changes_nothing(
    news: Newsroom,
) -> None:
    old = news.card(1).keyboard[-1][0].callback_data or ""
    await news.mina.send(news.group, "عنوان نو\n\nمتن نو.", reply_to=news.card(2))
    await news.new_card(news.card(2), 2)

    answer = await news.mina.press_data(news.card(1), old)

    assert answer.show_alert and "عوض شده" in (answer.text or "")
    assert news.state(1) is State.OFFERED
    await news.tg.wait_for(lambda: news.card(1).keyboard[-1][0].callback_data != old)
    await news.mina.press(news.card(1), "انتشار همه")
    assert "عنوان نو (قسمت ۲ از ۳)" in titles(await news.posts(3))[1]


# One part, not the others


async def test_a_rewrite_changes_only_its_part(news: Newsroom, llm: LLMServer) -> None:
    before = [news.draft(number).body for number in (1, 2, 3)]
    card = news.card(2)

    await news.mina.press(card, "بازنویسی")
    await news.tg.wait_for(lambda: "ساده‌تر" in buttons(card))
    await news.mina.press(card, "ساده‌تر")
    await news.new_card(card, 2)

    after = [news.draft(number) for number in (1, 2, 3)]
    assert [one.body == text for one, text in zip(after, before, strict=True)] == [
        *(True, False, True)
    ]
    assert [(one.number, one.parts) for one in after] == [(1, 3), (2, 3), (3, 3)]


async def test_with_a_part_rejected_the_others_count_anew_and_are_asked_about(
    news: Newsroom,
) -> None:
    for number in (1, 2):
        await news.mina.press(news.card(number), "زمان‌بندی")
        await news.tg.wait_for(lambda n=number: "بازگشت" in buttons(news.card(n)))
        await news.mina.press(news.card(number), "نوبت بعدی")
    await rejected(news, 3)
    await news.tg.wait_for(lambda: "قسمت ۳ رد شد" in (news.card(2).text or ""))

    assert [news.state(number) for number in (1, 2)] == [State.OFFERED] * 2
    assert "(قسمت ۲ از ۲)" in (news.card(2).text or "")
    assert "ادامه دارد" not in (news.card(2).text or "")


async def test_what_is_left_of_a_thread_is_linked_past_the_rejected_part(news: Newsroom) -> None:
    await rejected(news, 2)
    await news.tg.wait_for(lambda: "قسمت ۲ از ۲" in (news.card(3).text or ""))

    await news.arash.press(news.card(3), "انتشار همه")
    posts = await news.posts(2)

    assert replied_to(posts) == [None, posts[0].message_id]
    assert [title[-13:] for title in titles(posts)] == ["(قسمت ۱ از ۲)", "(قسمت ۲ از ۲)"]


async def test_a_single_part_left_is_an_ordinary_post(news: Newsroom) -> None:
    for number in (1, 3):
        await rejected(news, number)
    await news.tg.wait_for(lambda: "از ۳" not in (news.card(2).text or ""))

    await news.mina.press(news.card(2), "انتشار")
    [post] = await news.posts(1)

    assert "قسمت" not in (post.text or "") and "ادامه" not in (post.text or "")
    assert post.reply_to is None


async def test_a_rejected_part_that_comes_back_takes_its_place_again(news: Newsroom) -> None:
    await rejected(news, 2)
    await news.tg.wait_for(lambda: "قسمت ۲ از ۲" in (news.card(3).text or ""))
    await news.mina.press(news.card(2), "برگرداندن")
    await news.tg.wait_for(lambda: "قسمت ۳ از ۳" in (news.card(3).text or ""))

    await news.mina.press(news.card(1), "انتشار همه")

    assert [title[-13:-1] for title in titles(await news.posts(3))] == [
        f"(قسمت {number} از ۳" for number in "۱۲۳"
    ]


# Unasked


async def test_a_clean_thread_goes_out_by_itself_in_one_slot(
    tmp_path: Path, llm: LLMServer
) -> None:
    async with newsroom(
        tmp_path, llm=llm, sources=SOURCES, pages=PAGES, auto_publish=True
    ) as room:
        await room.tg.wait_for(lambda: len(room.cards()) == 3, timeout=30)
        room.clock.forward(hours=1)
        await room.publish_due()

        assert len({room.draft(number).due for number in (1, 2, 3)}) == 1
        assert len(await room.posts(3)) == 3


async def test_a_thread_that_stays_unfit_comes_as_one_card(tmp_path: Path) -> None:
    async with (
        LLMServer(Mode.LONG_PART) as llm,
        newsroom(tmp_path, llm=llm, sources=SOURCES, pages=PAGES) as room,
    ):
        [card] = await offered(room, 1)

        assert "قسمت" not in (card.text or "").partition("📥")[0]
        assert "انتشار همه" not in buttons(card)


# What an admin writes too long

LONG_TEXT = "عنوان من\n\n" + "\n\n".join(
    f"بند شمارهٔ {n} " + "سخنی دراز دربارهٔ یک کار تازه است. " * 12 for n in range(12)
)


async def edited_too_long(room: Newsroom) -> Message:
    """The card of a draft to which an admin has given a text that no message can hold."""
    tags = ("#خبر", "#مدل_زبانی", "#هوش_مصنوعی", "#پردازش_زبان")
    card = await room.offer(tags=tags, links=(Link("https://blog.example/a", "متن کامل"),))
    await room.mina.send(room.group, LONG_TEXT[:4090], reply_to=card)
    return await room.new_card(card)


async def test_a_text_too_long_for_a_post_can_be_made_into_parts(room: Newsroom) -> None:
    card = await edited_too_long(room)
    assert "در چند قسمت" in buttons(card)

    answer = await room.mina.press(card, "در چند قسمت")
    first = await room.new_card(card)
    second = await room.tg.wait_for(lambda: room.cards(2) and room.state(2) is State.OFFERED)
    await room.mina.press(room.card(2), "انتشار همه")
    posts = await room.posts(2)

    assert "۲ قسمت شد" in (answer.text or "") and second
    assert "قسمت ۱ از ۲" in (first.text or "")
    assert titles(posts) == ["عنوان من (قسمت ۱ از ۲)", "عنوان من (قسمت ۲ از ۲)"]
    assert "بند شمارهٔ ۰" in (posts[0].text or "") and "بند شمارهٔ ۷" in (posts[1].text or "")
    assert replied_to(posts) == [None, posts[0].message_id]


async def test_one_press_to_split_delivered_twice_splits_once(room: Newsroom) -> None:
    card = await edited_too_long(room)
    press = {
        "id": "7",
        "from": room.mina.user.to_json(),
        "message": card.to_json(room.tg.world.bot),
        "chat_instance": "1",
        "data": "d:split:1:2",
    }
    number = room.tg.inject_update({"callback_query": press})
    await room.tg.wait_for(lambda: room.cards(2))
    room.tg.inject_update({"callback_query": press}, update_id=number)
    assert await room.ask(room.reader, room.reader.private(), "/start")

    assert len(drafts.thread(room.db, room.draft().item_id)) == 2


async def test_what_fits_is_not_to_be_split(room: Newsroom) -> None:
    card = await room.offer()

    answer = await room.mina.press_data(card, "d:split:1:1")

    assert "در چند قسمت" not in buttons(card)
    assert answer.show_alert and len(room.cards()) == 1


def test_formatting_stays_on_its_words_when_a_text_is_split() -> None:
    body = LONG_TEXT * 2
    bold = {"type": "bold", "offset": len(body) - 30, "length": 10}
    draft = Draft(1, Kind.NEWS, "عنوان", body, entities=(bold,), origin="admin:7")

    made = pieces(draft, "امضا")

    last = made[-1]
    [entity] = last["entities"]
    assert last["body"][entity["offset"] :][:10] == body[-30:-20]
    assert [fields["entities"] for fields in made[:-1]] == [()] * (len(made) - 1)


def test_a_text_that_fits_is_not_split_though_it_could_be() -> None:
    assert pieces(replace(LONG, body=LONG_TEXT[:3000]), "امضا") == []


def test_a_text_without_room_is_not_split() -> None:
    draft = replace(LONG, title="ع" * 4000, body=LONG_TEXT)

    assert pieces(draft, "امضا") == []


LONG = Draft(1, Kind.NEWS, "عنوان", LONG_TEXT, origin="admin:7")
