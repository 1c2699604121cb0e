"""Search as people meet it: the command, plain words, pages, inline mode."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.persian.dates import digits
from db import posts
from db.model import Post
from handlers.search_buttons import PATTERN, Place, read, under
from handlers.texts import search as words
from tests.newsroom import buttons, newsroom


def publish(room, *texts, first=101):
    """Posts of the channel, one a day."""
    chat = room.channel.id
    for number, text in enumerate(texts, first):
        at = room.clock() - timedelta(days=300 - number)
        url = f"https://t.me/peyk_ai/{number}"
        posts.add(room.db, Post(chat, number, text, published=at, url=url))


def bold(message) -> list[str]:
    """The words of a message in bold."""
    encoded = message.text.encode("utf-16-le")
    return [
        encoded[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le")
        for e in message.entities
        if e.type == "bold"
    ]


async def ask(room, person, text):
    """The message that answers `text` in a private chat."""
    sent = await person.send(person.private(), text)
    return await room.tg.wait_message(
        person.private(), lambda message: message.message_id > sent.message_id
    )


async def test_search_answers_with_linked_titles_days_and_bold_words(room):
    publish(room, "شبكه‌هاي عصبي چيست\nشبكه ها ياد مي‌گيرند؛ openai.com و @someone را ببینید")

    answer = await ask(room, room.reader, "/search شبکه های عصبی")

    assert "۱ پست" in answer.text and "۱۴۰۵" in answer.text
    assert [e.url for e in answer.entities if e.type == "text_link"] == [
        "https://t.me/peyk_ai/101"
    ]
    assert bold(answer) == ["شبکه‌ها"]
    assert {e.type for e in answer.entities} == {"text_link", "bold"}


async def test_plain_words_in_a_private_chat_are_a_query(room):
    publish(room, "جنگل تصادفی\nدرخت‌ها رأی می‌دهند")

    answer = await ask(room, room.reader, "جنگل تصادفی")

    assert "https://t.me/peyk_ai/101" in [e.url for e in answer.entities]


async def test_long_words_are_a_talk_and_no_query(room):
    assert "نفهمیدم" in (await ask(room, room.reader, "سلام\nحالت چطور است؟")).text
    assert "نفهمیدم" in (await ask(room, room.reader, "سخن " * 60)).text


async def test_a_command_without_words_says_how_to_ask(room):
    assert (await ask(room, room.reader, "/search")).text.startswith("چه چیزی را")


async def test_nothing_found_is_said_kindly(room):
    assert "پیدا نشد" in (await ask(room, room.reader, "/search ققنوسستان")).text


async def test_a_slip_is_answered_with_what_was_meant(room):
    publish(room, "جنگل تصادفی\nدرخت‌ها رأی می‌دهند")

    answer = await ask(room, room.reader, "جنگل تسادفی")

    assert "منظورتان «جنگل تصادفی» بود؟" in answer.text


async def test_posts_with_some_of_the_words_are_called_so(room):
    publish(room, "جنگل تصادفی", "شبکهٔ عصبی")

    assert "بخشی از آن‌ها" in (await ask(room, room.reader, "جنگل شبکه")).text


async def test_pages_turn_both_ways_and_survive_a_restart(room):
    publish(room, *(f"سرو ناز {number}" for number in range(12)))
    answer = await ask(room, room.reader, "/search سرو «ناز» #نیست-")
    seen = [e.url for e in answer.entities if e.type == "text_link"]
    await room.restart()
    for number in ("۶. ", "۱۱. "):
        await room.reader.press(answer, words.NEXT)
        await room.says(answer, number)
        seen += [e.url for e in answer.entities if e.type == "text_link"]

    assert sorted(seen) == sorted(f"https://t.me/peyk_ai/{n}" for n in range(101, 113))
    assert buttons(answer) == [words.PREVIOUS]
    await room.reader.press(answer, words.PREVIOUS)
    await room.says(answer, "۱۰. ")
    assert buttons(answer) == [words.PREVIOUS, words.NEXT]


async def test_a_forged_press_is_answered_and_changes_nothing(room):
    publish(room, *(f"سرو ناز {number}" for number in range(12)))
    answer = await ask(room, room.reader, "سرو ناز")
    before = answer.text

    assert (await room.reader.press_data(answer, "q:9999:1")).text == words.NO_MORE
    assert (await room.reader.press_data(answer, "q:-1:x")).text != ""
    assert answer.text == before


async def test_in_groups_only_those_who_name_peyk_are_answered(room):
    publish(room, "جنگل تصادفی")
    await room.outsider.send(room.group, "/search جنگل")
    await room.outsider.send(room.group, "/search@another_bot جنگل")
    await room.outsider.send(room.group, f"/search@{room.peyk.bot.username} جنگل")

    await room.said(room.group, "جنگل تصادفی")
    assert len([m for m in room.tg.messages(room.group) if words.MARK in (m.text or "")]) == 1


async def test_a_query_is_kept_nowhere(room):
    publish(room, "جنگل تصادفی")
    await ask(room, room.reader, "جنگل ققنوس")
    await room.stop()

    assert "ققنوس".encode() not in room.settings.db.read_bytes()


async def test_inline_mode_offers_posts_and_sends_the_chosen_one(room):
    publish(room, "جنگل تصادفی\nدرخت‌ها رأی می‌دهند", "شبکهٔ عصبی")

    (result,) = await room.reader.inline_query("جنگل")
    sent = await room.reader.choose(result, room.reader.private())

    assert result["title"] == "جنگل تصادفی"
    assert "درخت‌ها رأی می‌دهند" in result["description"]
    assert [e.url for e in sent.entities] == ["https://t.me/peyk_ai/101"]
    assert sent.via_bot


async def test_inline_mode_without_words_offers_the_newest_page_by_page(room):
    publish(room, *(f"پست {digits(number)}" for number in range(45)))
    first = await room.reader.inline_query("")
    call = next(c for c in reversed(room.tg.calls) if c.method == "answerInlineQuery")
    second = await room.reader.inline_query("", call.params["next_offset"])
    shown = [result["title"] for result in (*first, *second)]

    assert shown == [f"پست {digits(number)}" for number in range(44, 4, -1)]


async def test_inline_mode_of_nothing_leads_to_the_bot(room):
    assert await room.reader.inline_query("ققنوسستان") == []
    call = next(c for c in reversed(room.tg.calls) if c.method == "answerInlineQuery")
    assert "start_parameter" in str(call.params["button"])


async def test_an_old_inline_query_is_let_go(room):
    asked = asyncio.create_task(room.reader.inline_query("x"))
    await room.tg.wait_for(lambda: any(c.method == "answerInlineQuery" for c in room.tg.calls))
    await asked
    room.tg.world.updates.inject(
        {
            "inline_query": {
                "id": "1",
                "from": room.reader.user.to_json(),
                "query": "x",
                "offset": "",
            }
        }
    )

    await room.tg.wait_for(lambda: [line for line in room.log if "was not answered" in line])


async def test_a_private_channels_posts_are_its_members_only(tmp_path):
    async with newsroom(tmp_path, running=False) as room:
        room.settings = replace(room.settings, channel=room.channel.id)
        await room.start()
        publish(room, "جنگل تصادفی")

        assert "فقط اعضایش" in (await ask(room, room.outsider, "جنگل")).text
        assert await room.outsider.inline_query("جنگل") == []
        assert "جنگل تصادفی" in (await ask(room, room.reader, "جنگل")).text
        assert len(await room.reader.inline_query("جنگل")) == 1


@pytest.mark.parametrize("data", ["q:0:5", "q:20:441234567890123456"])
def test_callback_data_is_read_back(data):
    place = read(data)

    assert place and f"q:{place.offset}:{place.newest}" == data
    assert PATTERN.fullmatch(data)


@pytest.mark.parametrize("data", [None, "", "q:", "q:1", "q:1:2:3", "q:۱:۲", "d:pub:1:1"])
def test_other_data_is_not(data):
    assert read(data) is None


def test_buttons_lead_as_far_as_there_are_posts():
    assert under(Place(0, 9), 5, 5) is None
    row = under(Place(5, 9), 5, 11).inline_keyboard[0]

    assert [button.callback_data for button in row] == ["q:0:9", "q:10:9"]
    assert all(len(button.callback_data.encode()) <= 64 for button in row)


async def test_a_right_word_that_no_post_has_is_left_out_and_not_replaced(room):
    publish(room, "حافظهٔ بلند\nشامل چند لایه")

    answer = await ask(room, room.reader, "حافضه عامل")

    assert "حافظهٔ عامل" in answer.text and "شامل»" not in answer.text
    assert "بخشی از آن‌ها" in answer.text


async def test_a_month_that_there_is_not_is_told(room):
    publish(room, "جنگل تصادفی\nدرخت‌ها رأی می‌دهند")

    alone = await ask(room, room.reader, "از:۱۴۰۳/۱۵")
    beside = await ask(room, room.reader, "جنگل از:۱۴۰۳/۱۵")

    assert "ماه از ۱ تا ۱۲" in alone.text
    assert "ماه از ۱ تا ۱۲" in beside.text and "۱ پست" in beside.text


async def test_a_post_without_words_in_its_title_is_called_by_kind_and_day(room):
    chat, at = room.channel.id, room.clock()
    posts.add(
        room.db, Post(chat, 7, "#Weekend", published=at, url="https://t.me/a/7", kind="photo")
    )

    answer = await ask(room, room.reader, "#Weekend")

    assert "۱. عکس\n" in answer.text and "یکشنبه ۱ آذر ۱۴۰۵" in answer.text
