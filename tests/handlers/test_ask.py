"""Questions as people ask them: streamed, cited, stopped, in turn, followed up, refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.demo.methods import registry
from bot.errors import ModelBusy, ModelComing, ModelError, ModelMissing
from db import posts
from db.asks import Stage
from db.model import Post
from handlers.texts import ask as words
from handlers.texts import search as search_words
from tests.newsroom import Newsroom, buttons, newsroom
from tests.scribe import Scribe, scribe

FOREST = (
    "جنگل تصادفی چیست\n"
    "جنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد و از آن‌ها رأی می‌گیرد."
)
BOT = "peyk_bot"
QUESTION = "جنگل تصادفی چیست؟"
TRUE = "جنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد [1]."
FALSE = "جنگل تصادفی را سازمان ناسا در سال ۱۹۶۹ برای فرود بر ماه ساخت [1]."


@pytest.fixture
def pen(monkeypatch) -> Iterator[Scribe]:
    """The model; edits need not wait for one another, and the stop button is there at once."""
    monkeypatch.setattr("handlers.ask_desk.EDIT_EVERY", 0.0)
    monkeypatch.setattr("handlers.ask_desk.BUTTON_AFTER", 0.0)
    monkeypatch.setattr("bot.flood.LONGEST_YIELD", 0.1)
    with scribe() as one:
        one.says = TRUE
        yield one


@pytest.fixture
async def room(pen, tmp_path) -> AsyncIterator[Newsroom]:
    """A running peyk with that model and a post about random forests."""
    async with newsroom(tmp_path) as stage:
        publish(stage, FOREST)
        yield stage


def publish(room, *texts, first=101):
    """Posts of the channel, one a day."""
    for number, text in enumerate(texts, first):
        at = room.clock() - timedelta(days=300 - number)
        url = f"https://t.me/peyk_ai/{number}"
        posts.add(room.db, Post(room.channel.id, number, text, published=at, url=url))


def links(message) -> list[str]:
    return [entity.url for entity in message.entities if entity.type == "text_link"]


def drafts(room) -> list[str]:
    """What the drafts showed, one after the other."""
    return [c.params["text"] for c in room.tg.calls if c.method == "sendMessageDraft"]


async def until(condition) -> None:
    """Wait for something in the database, which tells nobody when it changes."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def stages(room) -> list[str]:
    return [row[0] for row in room.db.execute("select stage from asks order by id").fetchall()]


async def said(room, chat, part):
    return await room.tg.wait_message(chat, lambda m: part in (m.text or ""))


async def begun(room, pen, question=QUESTION):
    """A question of the reader's whose answer stops in the middle."""
    pen.stops_after = 3
    chat = room.reader.private()
    asked = await room.reader.send(chat, f"/ask {question}")
    await room.tg.wait_for(lambda: drafts(room))
    return asked


async def test_a_question_streams_and_ends_as_one_message_with_linked_sources(room, pen):
    asked, chat = await begun(room, pen), room.reader.private()
    pen.go_on()

    answer = await said(room, chat, words.ARCHIVE)
    await room.tg.wait_for(lambda: len(room.tg.messages(chat)) == 2)

    assert drafts(room)[0].lstrip("\u200f").startswith(words.UNCHECKED)
    assert "الگوریتمی" in drafts(room)[-1]
    assert room.tg.messages(chat) == [asked, answer] and answer.reply_to is asked
    assert links(answer) == ["https://t.me/peyk_ai/101"] * 2
    assert {e.type for e in answer.entities} == {"bold", "text_link"}
    assert "[۱]" in answer.text and buttons(answer) == []


async def test_what_the_posts_do_not_bear_out_is_not_shown_as_an_answer(room, pen):
    pen.says = FALSE
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")

    answer = await said(room, chat, words.UNSURE)

    assert pen.asked and "ناسا" not in answer.text and words.REFUSED in answer.text
    assert links(answer) == ["https://t.me/peyk_ai/101"]


async def test_where_the_archive_has_nothing_the_model_is_not_asked(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, "/ask قیمت طلا امروز چقدر است؟")

    answer = await said(room, chat, words.UNSURE)

    assert pen.asked == [] and words.NO_TRUST in answer.text


async def test_the_stop_button_ends_the_writing_and_frees_the_model(room, pen):
    await begun(room, pen)
    chat = room.reader.private()
    status = await said(room, chat, words.WRITING)

    answer = await room.reader.press(status, words.STOP)
    stopped = await said(room, chat, words.STOPPED)
    await room.tg.wait_for(lambda: status.is_deleted)
    await until(lambda: stages(room) == [Stage.STOPPED])

    assert answer.text == words.STOPPED_SHORT and buttons(stopped) == []
    assert pen.open == 0
    assert len(room.tg.messages(chat)) == 2


async def test_the_apps_own_stop_button_ends_it_too(room, pen):
    await begun(room, pen)

    await room.mina.stop_draft(1)
    await room.reader.stop_draft(7)
    await room.reader.stop_draft(1)
    await said(room, room.reader.private(), words.STOPPED)

    assert pen.open == 0


async def test_cancel_ends_it_too(room, pen):
    await begun(room, pen)
    chat = room.reader.private()

    await room.reader.send(chat, "/cancel")
    await said(room, chat, words.STOPPED)
    await until(lambda: stages(room) == [Stage.STOPPED])

    assert pen.open == 0


async def test_only_who_asked_and_admins_may_stop_it(room, pen):
    pen.stops_after = 0
    await room.outsider.send(room.group, f"/ask@{BOT} {QUESTION}")
    status = await said(room, room.group, words.WRITING)
    group = room.tg.add_group("گروه", members=[room.outsider, room.reader])
    await room.reader.send(group, f"/ask@{BOT} {QUESTION}")
    theirs = await said(room, group, "نوبت")

    assert (await room.outsider.press(theirs, words.STOP)).text == words.NOT_YOURS
    assert (await room.mina.press(status, words.STOP)).text == words.STOPPED_SHORT


# The line


async def test_five_people_ask_at_once_and_see_their_places(room, pen):
    people = [room.mina, room.arash, room.outsider, room.reader, room.tg.add_user("نیما")]
    pen.stops_after = 2
    for person in people:
        await person.send(person.private(), f"/ask {QUESTION}")
    first, *rest = people
    await said(room, first.private(), words.WRITING)
    shown = [await said(room, one.private(), "در نوبت") for one in rest]
    assert [m.text.lstrip("\u200f") for m in shown] == [words.place(n) for n in range(4)]

    pen.go_on()
    for person in people:
        await said(room, person.private(), words.ARCHIVE)

    await until(lambda: stages(room) == [Stage.ARCHIVE] * 5)
    assert pen.most_open == 1


async def test_places_are_kept_true_when_somebody_leaves_the_line(room, pen, monkeypatch):
    monkeypatch.setattr("bot.asking.LINE_EVERY", 0.05)
    pen.stops_after = 0
    people = [room.mina, room.arash, room.reader]
    for person in people:
        await person.send(person.private(), f"/ask {QUESTION}")
    last = await said(room, room.reader.private(), words.place(1))

    await room.arash.send(room.arash.private(), "/cancel")
    await room.says(last, words.place(0))

    assert pen.open == 1


async def test_one_person_has_one_running_answer_and_three_questions_at_most(room, pen):
    pen.stops_after = 0
    chat = room.reader.private()
    for _ in range(3):
        await room.reader.send(chat, f"/ask {QUESTION}")
    await room.reader.send(chat, f"/ask {QUESTION}")

    await said(room, chat, words.TOO_MANY)

    await until(lambda: pen.open)
    assert pen.most_open == 1 and stages(room) == [Stage.WAITING] * 3


async def test_two_slots_answer_two_people_at_once(tmp_path):
    with scribe(slots=2) as pen:
        pen.says, pen.stops_after = TRUE, 1
        async with newsroom(tmp_path) as room:
            publish(room, FOREST)
            for person in (room.mina, room.arash, room.reader):
                await person.send(person.private(), f"/ask {QUESTION}")
            await until(lambda: pen.open == 2)

            await said(room, room.reader.private(), "در نوبت")


# Conversations


async def test_the_question_may_come_as_the_next_message(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, "/ask")
    await said(room, chat, words.WHAT)
    await room.reader.send(chat, QUESTION)
    await said(room, chat, words.ARCHIVE)

    assert "پست" in await room.ask(room.reader, chat, "جنگل")  # words are a query again


async def test_a_reply_to_an_answer_goes_on_with_what_was_said(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    answer = await said(room, chat, words.ARCHIVE)

    await room.reader.send(chat, "از جنگل تصادفی بیشتر بگو", reply_to=answer)
    await until(lambda: len(pen.asked) == 2 and stages(room)[-1] == Stage.ARCHIVE)

    assert [turn.role for turn in pen.earlier[1]] == ["user", "assistant"]
    assert pen.earlier[1][0].text == QUESTION and "درخت تصمیم" in pen.earlier[1][1].text


async def test_a_reply_to_an_uncertain_answer_is_read_with_its_question(room, pen):
    chat = room.reader.private()
    pen.says = FALSE
    await room.reader.send(chat, f"/ask {QUESTION}")
    answer = await said(room, chat, words.UNSURE)

    await room.reader.send(chat, "یعنی از چند درخت تصمیم ساخته می‌شود؟", reply_to=answer)
    await until(lambda: len(pen.asked) == 2)

    assert [turn.text for turn in pen.earlier[1]] == [QUESTION, "…"]


async def test_after_a_day_nothing_is_kept_and_a_reply_is_asked_for_its_question(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    answer = await said(room, chat, words.ARCHIVE)
    await until(lambda: stages(room) == [Stage.ARCHIVE])

    room.clock.forward(hours=25)
    room.peyk.parts.asking.tidy()
    await room.reader.send(chat, "و بعد؟", reply_to=answer)
    await said(room, chat, words.EXPIRED)
    assert stages(room) == []

    await room.reader.send(chat, QUESTION)
    await until(lambda: stages(room) == [Stage.ARCHIVE])


async def test_forget_erases_questions_and_answers(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    await said(room, chat, words.ARCHIVE)
    await until(lambda: stages(room) == [Stage.ARCHIVE])

    told = await room.ask(room.reader, chat, "/forget")

    assert "شمار پرسش‌های امروزتان تا پایان امروز می‌ماند" in told and "صفحه" not in told
    assert stages(room) == []
    assert room.db.execute("select count(*) from ask_messages").fetchone() == (0,)


async def test_forget_stops_and_erases_what_is_being_answered(room, pen):
    await begun(room, pen)
    chat = room.reader.private()

    await room.reader.send(chat, "/forget")
    await said(room, chat, words.STOPPED)
    await until(lambda: stages(room) == [])

    assert pen.open == 0


async def test_privacy_says_how_long_questions_are_kept(room):
    assert words.PRIVACY in await room.ask(room.reader, room.reader.private(), "/privacy")


async def test_thanks_are_taken_kindly_and_cost_nothing(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    answer = await said(room, chat, words.ARCHIVE)
    await room.reader.send(chat, "ممنون، عالی بود 🙏", reply_to=answer)
    await said(room, chat, words.WELCOME)
    await room.outsider.send(room.group, f"@{BOT} مرسی!")
    await said(room, room.group, words.WELCOME)

    assert len(pen.asked) == len(stages(room)) == 1


async def test_the_citations_are_numbered_as_the_sources_shown(room, pen):
    publish(room, f"جنگل تصادفی و تصادف\n{FOREST.partition(chr(10))[2]}", first=102)
    pen.says = TRUE.replace("[1]", "[2]")
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    answer = await said(room, chat, words.ARCHIVE)

    assert "[۱]" in answer.text and "۱. " in answer.text and "۲" not in answer.text


async def test_excerpts_are_set_as_search_sets_them(room, pen):
    publish(room, "گرادیان کاهشی\nGPT مدلهای گرادیان كاهشی را ميسازد", first=102)
    pen.says = FALSE
    chat = room.reader.private()
    await room.reader.send(chat, "/ask گرادیان کاهشی چیست؟")
    answer = await said(room, chat, words.UNSURE)

    assert "مدل‌های گرادیان کاهشی را می‌سازد" in answer.text
    assert "\u200f\u200f" not in answer.text


async def test_lines_have_one_mark_of_direction(room, pen):
    publish(room, "ALS چیست\nALS یک الگوریتم بهینه‌سازی برای مدل‌های یادگیری ماشین است.", first=102)
    pen.says = "ALS یک الگوریتم بهینه‌سازی برای مدل‌های یادگیری ماشین است [1]."
    chat = room.reader.private()
    await room.reader.send(chat, "/ask ALS چیست؟")
    answer = await said(room, chat, words.ARCHIVE)

    shown = [answer.text, *drafts(room)]
    assert not any("\u200f\u200f" in text or "\u200f\u2060\u200f" in text for text in shown)


async def test_an_empty_archive_is_said_to_be_empty(pen, tmp_path):
    async with newsroom(tmp_path) as room:
        told = await room.ask(room.reader, room.reader.private(), f"/ask {QUESTION}")

    assert told == words.NO_POSTS and pen.asked == []


async def test_a_quick_answer_in_private_is_one_message(room, pen, monkeypatch):
    monkeypatch.setattr("handlers.ask_desk.BUTTON_AFTER", 5.0)
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    await said(room, chat, words.ARCHIVE)

    assert not [c for c in room.tg.calls if c.method in ("deleteMessage", "editMessageText")]


async def test_a_slow_beginning_is_told_at_once(room, pen, monkeypatch):
    monkeypatch.setattr("bot.asking.SOON", 0.01)
    pen.stops_after = 0
    await room.reader.send(room.reader.private(), f"/ask {QUESTION}")

    await room.tg.wait_for(lambda: drafts(room) == [words.WRITING])


async def test_first_words_after_a_long_silence_are_shown_at_once(room, pen, monkeypatch):
    monkeypatch.setattr("bot.asking.SOON", 0.01)
    monkeypatch.setattr("bot.asking.REMIND", 0.02)
    monkeypatch.setattr("handlers.ask_desk.DRAFT_EVERY", 60.0)
    pen.stops_after = 0
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    status = await said(room, chat, words.WRITING)  # comes with a reminder
    pen.stops_after = 3
    pen._go.set()
    await room.tg.wait_for(lambda: words.UNCHECKED in drafts(room)[-1])

    assert buttons(status) != []


# Groups


async def test_a_plea_in_reply_to_somebody_asks_their_question(room, pen):
    theirs = await room.outsider.send(room.group, QUESTION)
    await room.arash.send(room.group, f"@{BOT} این را جواب بده", reply_to=theirs)
    await said(room, room.group, words.ARCHIVE)

    assert room.db.execute("select question from asks").fetchall() == [(QUESTION,)]


async def test_help_says_how_it_is_addressed_in_groups(room):
    told = await room.ask(room.outsider, room.group, "/help")

    assert f"/ask@{BOT}" in told and f"@{BOT} و پرسش" in told


async def test_in_a_group_it_answers_only_when_addressed(room, pen):
    await room.outsider.send(room.group, f"/ask {QUESTION}")
    await room.outsider.send(room.group, QUESTION)
    await room.outsider.send(room.group, f"@{BOT} {QUESTION}")
    answer = await said(room, room.group, words.ARCHIVE)
    assert len(stages(room)) == 1 and answer.reply_to.text.startswith("@")

    await room.arash.send(room.group, "جنگل تصادفی چند درخت دارد؟", reply_to=answer)
    await until(lambda: len(stages(room)) == 2)


async def test_the_bots_name_or_a_bare_command_asks_what_it_replies_to(room, pen):
    theirs = await room.outsider.send(room.group, QUESTION)
    await room.arash.send(room.group, f"@{BOT}", reply_to=theirs)
    await said(room, room.group, words.ARCHIVE)
    await room.arash.send(room.group, f"/ask@{BOT}", reply_to=theirs)
    await until(lambda: len(stages(room)) == 2)

    questions = room.db.execute("select question from asks").fetchall()
    assert questions == [(QUESTION,), (QUESTION,)]


async def test_a_group_sees_edits_of_one_message_and_no_drafts(room, pen):
    pen.stops_after = 3
    await room.outsider.send(room.group, f"/ask@{BOT} {QUESTION}")
    status = await said(room, room.group, words.UNCHECKED)
    pen.go_on()
    await room.says(status, words.ARCHIVE)

    assert drafts(room) == [] and buttons(status) == []
    assert len(room.tg.messages(room.group)) == 2


async def test_where_drafts_are_refused_the_message_is_edited(room, pen, monkeypatch):
    monkeypatch.setattr("bot.demo.methods.registry._METHODS", _without("sendmessagedraft"))
    pen.stops_after = 3
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    status = await said(room, chat, words.UNCHECKED)
    pen.go_on()
    await room.says(status, words.ARCHIVE)

    assert len(room.tg.messages(chat)) == 2


def _without(name):
    return {known: call for known, call in registry._METHODS.items() if known != name}


# When it cannot be answered


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (ModelBusy("gone"), "busy"),
        (ModelMissing("no file"), "missing"),
        (ModelError("x"), "broken"),
    ],
)
async def test_a_model_that_fails_costs_a_sentence_and_brings_the_posts(room, pen, error, why):
    pen.error, pen.fails_after = error, 2
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    answer = await said(room, chat, words.REASONS[why])
    await said(room, room.group, str(error))

    assert links(answer) == ["https://t.me/peyk_ai/101"]
    assert sum(line.startswith("WARNING question 1") for line in room.log) == 1


async def test_admins_hear_of_a_failing_model_once_until_it_works_again(room, pen):
    def told():
        texts = [m.text or "" for m in room.tg.messages(room.group)]
        return [text == words.MODEL_BACK.text for text in texts if "مدل محلی" in text]

    for number, error in enumerate((ModelBusy("a"), ModelBusy("b"), None, ModelBusy("c")), 1):
        pen.error = error
        await room.reader.send(room.reader.private(), f"/ask {QUESTION}")
        await until(lambda n=number: len(done(room)) == n)
    await room.tg.wait_for(lambda: told() == [False, True, False])


def done(room) -> list[str]:
    return [stage for stage in stages(room) if stage not in (Stage.WAITING, Stage.READY)]


async def test_without_a_model_the_nearest_posts_are_shown(tmp_path):
    async with newsroom(tmp_path) as room:
        publish(room, FOREST)
        chat = room.reader.private()
        await room.reader.send(chat, f"/ask {QUESTION}")

        answer = await said(room, chat, words.NO_MODEL)

        assert links(answer) == ["https://t.me/peyk_ai/101"]


async def test_who_has_used_up_the_day_gets_the_posts(pen, tmp_path):
    async with newsroom(tmp_path, asks_per_day=1) as room:
        publish(room, FOREST)
        chat = room.reader.private()
        await room.reader.send(chat, f"/ask {QUESTION}")
        await said(room, chat, words.ARCHIVE)
        await room.reader.send(chat, f"/ask {QUESTION}")
        answer = await said(room, chat, words.REASONS["quota"])

        assert len(pen.asked) == 1 and links(answer) == ["https://t.me/peyk_ai/101"]


async def test_a_question_that_the_model_fails_is_not_counted(pen, tmp_path):
    async with newsroom(tmp_path, asks_per_day=1) as room:
        publish(room, FOREST)
        chat = room.reader.private()
        pen.error = ModelBusy("down")
        await room.reader.send(chat, f"/ask {QUESTION}")
        await said(room, chat, words.REASONS["busy"])
        pen.error = None
        await room.reader.send(chat, f"/ask {QUESTION}")

        await said(room, chat, words.ARCHIVE)


async def test_the_cause_told_to_admins_is_no_link(room, pen):
    pen.error = ModelBusy("stand-in at 127.0.0.1: see http://evil.example @someone")
    await room.reader.send(room.reader.private(), f"/ask {QUESTION}")
    note = await said(room, room.group, "مدل محلی")

    assert not note.entities and note.text.count("\n") == 1


async def test_a_model_on_its_way_is_no_alarm(room, pen):
    pen.error = ModelComing("10%")
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    await said(room, chat, words.REASONS["coming"])

    assert not [m for m in room.tg.messages(room.group) if "10%" in (m.text or "")]


async def test_who_may_not_read_a_private_channel_gets_no_answer(pen, tmp_path):
    async with newsroom(tmp_path) as room:
        room.peyk.parts.settings = replace(room.settings, channel=room.channel.id)
        publish(room, FOREST)
        stranger = room.tg.add_user("رهگذر")

        told = await room.ask(stranger, stranger.private(), f"/ask {QUESTION}")

        assert told == search_words.NOT_A_READER and stages(room) == []


async def test_an_answer_that_takes_too_long_is_given_up(room, pen, monkeypatch):
    monkeypatch.setattr("bot.asking.LONGEST", 0.1)
    pen.stops_after = 1
    await room.reader.send(room.reader.private(), f"/ask {QUESTION}")

    await said(room, room.reader.private(), words.REASONS["busy"])

    assert pen.open == 0


# Hostile words


HOSTILE = (
    "<b>جنگل</b> https://evil.example @someone #تگ [بد](http://evil.example) \u202e/start [1]"
)


async def test_nothing_a_model_writes_becomes_a_link_or_a_name(room, pen):
    pen.says, pen.stops_after = f"{HOSTILE} ادامه دارد", 8
    chat = room.reader.private()
    seen = []
    room.tg.world.listeners.append(lambda c: seen.append(c) if c.kind == "draft" else None)
    await room.reader.send(chat, f"/ask {QUESTION}")
    await room.tg.wait_for(lambda: seen)
    pen.go_on()
    await said(room, chat, words.UNSURE)

    assert {e["type"] for change in seen for e in change.details["entities"]} == {"italic"}
    assert not any("\u202e" in change.details["text"] for change in seen)


async def test_hostile_posts_and_questions_stay_words(room, pen):
    publish(room, f"فریب هکرها {HOSTILE}\nفریب هکرها چیست: {HOSTILE}", first=201)
    pen.says = FALSE
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask فریب هکرها چیست؟ {HOSTILE}")
    answer = await said(room, chat, words.UNSURE)

    assert {e.type for e in answer.entities} == {"bold", "text_link"}
    assert set(links(answer)) <= {"https://t.me/peyk_ai/201", "https://t.me/peyk_ai/101"}


# Across processes


async def test_a_question_left_by_a_stop_is_answered_after_the_start(room, pen):
    await begun(room, pen)
    chat = room.reader.private()
    await room.stop()
    assert pen.open == 0
    assert words.POSTPONED in (room.tg.messages(chat)[-1].text or "")

    pen.go_on()
    await room.start()
    await said(room, chat, words.ARCHIVE)

    await room.tg.wait_for(lambda: len(room.tg.messages(chat)) == 2)


async def test_an_old_question_is_said_to_be_lost_once(room, pen):
    await begun(room, pen)
    chat = room.reader.private()
    await room.stop()
    room.clock.forward(hours=2)
    await room.start()
    await said(room, chat, words.REASONS["lost"])
    await room.restart()

    assert sum(words.REASONS["lost"] in (m.text or "") for m in room.tg.messages(chat)) == 1
    assert len(pen.asked) == 1


async def test_a_question_that_ended_two_processes_is_not_begun_again(room, pen):
    await begun(room, pen)
    room.db.execute("update asks set attempts = 3")
    await room.restart()
    await said(room, room.reader.private(), words.REASONS["lost"])

    assert len(pen.asked) == 1


@pytest.mark.parametrize("killed", [False, True])
async def test_a_question_that_two_processes_work_on_counts_once(room, pen, killed):
    await begun(room, pen)
    if killed:  # then nobody takes back that it was begun, and counted: here, one of two
        room.db.execute("update asks set attempts = 2")
        room.db.execute("update ask_days set asks = 2")
    await room.restart()
    pen.go_on()
    await said(room, room.reader.private(), words.ARCHIVE)

    assert room.db.execute("select asks from ask_days").fetchall() == [(1,)]


async def test_orderly_restarts_cost_a_question_nothing(room, pen):
    await begun(room, pen)
    for begun_so_far in (1, 2, 3):
        await until(lambda n=begun_so_far: len(pen.asked) == n)
        await room.restart()
    pen.go_on()

    await said(room, room.reader.private(), words.ARCHIVE)


async def test_the_numbers_count_what_was_asked(room, pen):
    chat = room.reader.private()
    await room.reader.send(chat, f"/ask {QUESTION}")
    await said(room, chat, words.ARCHIVE)
    await until(lambda: stages(room) == [Stage.ARCHIVE])

    assert "۱ پاسخ از آرشیو" in await room.ask(room.mina, room.mina.private(), "/stats")
