"""Rounds of questions as users play them, on the embedded Telegram."""

import asyncio

import pytest

from bot.demo.errors import ApiError
from db import players, posts, questions, rounds
from db.model import Post
from db.questions import Question, Stage
from db.rounds import Answer
from handlers.rounds import rescue
from tests.newsroom import Newsroom, buttons


def add(room: Newsroom, count: int = 5, tag: str = "#LLM", **fields) -> list[int]:
    """Questions ready to be asked: the right option is «درست»."""
    made = []
    for _ in range(count):
        number = len(questions.find(room.db)) + 1
        plain = {"text": f"پرسش {number}؟", "options": ("درست", "نادرست", "شاید")}
        plain |= {"correct": (0,), "tags": (tag,), "explanation": f"چون {number}."}
        question = Question(**(plain | fields), stage=Stage.APPROVED)
        made.append(questions.add(room.db, question, room.clock()).id)
    return made


def polls(room: Newsroom, chat=None):
    """The questions in a chat, oldest first."""
    return [m for m in room.tg.messages(chat or room.reader.private()) if m.poll]


async def poll(room: Newsroom, number: int, chat=None):
    """The question of this number, once it was asked."""
    await room.tg.wait_for(lambda: len(polls(room, chat)) >= number)
    message = polls(room, chat)[number - 1]
    await until(lambda: rounds.knows(room.db, message.poll.id))
    return message


async def until(condition) -> None:
    """Wait for what no call of the bot tells of."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def option(message, words: str) -> list[int]:
    """Where an option stands in a question."""
    return [n for n, option in enumerate(message.poll.options) if option.text == words]


async def play(room: Newsroom, *answers: str, person=None) -> None:
    """Answer the questions of a round, from the first one in the chat on."""
    person = person or room.reader
    start = len(polls(room, person.private()))
    await person.send(person.private(), "/quiz")
    for number, words in enumerate(answers, start + 1):
        message = await poll(room, number, person.private())
        await person.vote(message, option(message, words))


async def test_a_round_from_the_first_question_to_the_score(room: Newsroom):
    add(room, 6)
    await play(room, "درست", "نادرست", "درست", "درست", "درست")

    private = room.reader.private()
    await room.said(private, "پایان دور! ۴ از ۵ درست")
    texts = [m.text for m in room.tg.messages(private) if m.text]
    assert sum("✅ درست بود" in text for text in texts) == 4
    assert any("❌ درست نبود" in t and "«درست»" in t and "چون" in t for t in texts)
    assert len({m.poll.question for m in polls(room)}) == 5

    await room.reader.send(private, "/score")
    card = await room.tg.wait_message(private, lambda m: m.caption)
    assert "۴ درست از ۵ (٪۸۰)" in card.caption and card.photo


async def test_an_answer_given_again_changes_nothing(room: Newsroom):
    add(room, 2)
    await play(room, "درست")
    first = polls(room)[0]
    await poll(room, 2)
    told = [u for u in room.tg.world.updates.pending]
    answer = {
        "poll_answer": {
            "poll_id": first.poll.id,
            "user": room.reader.user.to_json(),
            "option_ids": option(first, "نادرست"),
            "option_persistent_ids": ["x"],
        }
    }
    room.tg.inject_update(answer)
    room.tg.inject_update(answer)
    with pytest.raises(ApiError, match="REVOTE"):
        await room.reader.vote(first, option(first, "نادرست"))
    await room.ask(room.reader, room.reader.private(), "/quiz")

    assert (told, len(polls(room))) == ([], 2)
    assert players.standing(room.db, players.EVER, room.reader.id).points == 1


async def test_quiz_again_leads_to_the_open_question(room: Newsroom):
    add(room, 2)
    await play(room)
    first = await poll(room, 1)
    said = await room.ask(room.reader, room.reader.private(), "/quiz")

    assert "پرسشی باز دارید" in said and len(polls(room)) == 1
    await room.reader.delete(first)
    await room.reader.send(room.reader.private(), "/quiz")
    assert (await poll(room, 1)).message_id > first.message_id


async def test_cancel_ends_the_round_and_closes_its_question(room: Newsroom):
    add(room, 3)
    await play(room, "درست")
    second = await poll(room, 2)
    said = await room.ask(room.reader, room.reader.private(), "/cancel")

    assert "۱ از ۱ درست" in said and second.poll.is_closed
    with pytest.raises(ApiError, match="CLOSED"):
        await room.reader.vote(second, [0])


async def test_a_late_answer_counts_and_moves_no_round(room: Newsroom):
    add(room, 2)
    await play(room)
    first = await poll(room, 1)
    round_ = rounds.open_in(room.db, room.reader.id)
    rounds.end(room.db, round_, "left", room.clock())
    await room.reader.vote(first, option(first, "درست"))
    await until(lambda: players.standing(room.db, players.EVER, room.reader.id))

    assert len(polls(room)) == 1
    assert rounds.first_answer(room.db, room.reader.id, round_.plan[0]) is True


async def test_a_round_goes_on_after_a_restart(room: Newsroom):
    add(room, 3)
    await play(room, "درست")
    second = await poll(room, 2)
    await room.stop()
    await room.reader.vote(second, option(second, "درست"))
    await room.start()
    third = await poll(room, 3)
    await room.reader.vote(third, option(third, "نادرست"))

    await room.said(room.reader.private(), "۲ از ۳ درست")
    assert len({m.poll.question for m in polls(room)}) == len(polls(room)) == 3


async def test_who_does_not_know_is_told_and_it_comes_again(room: Newsroom):
    (question,) = add(room, 1)
    await play(room)
    message = await poll(room, 1)
    await room.reader.press(message, "نمی‌دانم")
    await room.said(room.reader.private(), "پایان دور! ۰ از ۱")

    assert message.poll.is_closed and not buttons(message)
    room.clock.forward(minutes=2)
    await room.reader.send(room.reader.private(), "/quiz")
    again = await poll(room, 2)
    assert again.poll.question == message.poll.question
    assert rounds.first_answer(room.db, room.reader.id, question) is False


async def test_several_right_options_must_all_be_found(room: Newsroom):
    add(room, 1, correct=(0, 2))
    await play(room)
    message = await poll(room, 1)
    assert message.poll.allows_multiple_answers
    await room.reader.vote(message, [*option(message, "شاید"), *option(message, "درست")])

    await room.said(room.reader.private(), "۱ از ۱ درست")


async def test_a_tag_keeps_the_round_to_its_subject(room: Newsroom):
    add(room, 2, "#LLM")
    (wanted,) = add(room, 1, "#بینایی_ماشین")
    private = room.reader.private()
    said = await room.ask(room.reader, private, "/quiz شعر")
    assert "شعر" in said and "LLM" in said and "بینایی ماشین" in said
    await room.reader.send(private, "/quiz بینایی ماشین")
    await poll(room, 1)

    assert rounds.open_in(room.db, room.reader.id).plan == (wanted,)


async def test_the_channels_button_counts_once(room: Newsroom):
    first, second = add(room, 2)
    private = room.reader.private()
    await room.reader.send(private, f"/start quiz_{first}")
    message = await poll(room, 1)
    await room.reader.vote(message, option(message, "درست"))
    await room.said(private, "امتیاز این هفته: ۱")
    said = await room.ask(room.reader, private, f"/start quiz_{first}")

    assert "پیش‌تر در امتیازتان حساب شده است: درست" in said
    assert "دیگر در کوییز نیست" in await room.ask(room.reader, private, "/start quiz_99")
    await room.reader.send(private, "/quiz")
    await poll(room, 2)
    assert rounds.open_in(room.db, room.reader.id).plan == (second,)


async def test_the_channels_button_waits_for_the_open_question(room: Newsroom):
    add(room, 3)
    await play(room)
    await poll(room, 1)
    plan = rounds.open_in(room.db, room.reader.id).plan
    (extra,) = add(room, 1)
    said = await room.ask(room.reader, room.reader.private(), f"/start quiz_{extra}")

    assert "بعد از پرسشی که باز است" in said and len(polls(room)) == 1
    assert rounds.open_in(room.db, room.reader.id).plan == (plan[0], extra, *plan[1:])


async def test_nothing_to_ask_is_said_kindly(room: Newsroom):
    private = room.reader.private()
    assert "هنوز پرسشی آماده نیست" in await room.ask(room.reader, private, "/quiz")
    add(room, 1)
    await play(room, "درست")
    await room.said(private, "پایان دور")
    assert "مرور بعدی: یکشنبه" in await room.ask(room.reader, private, "/quiz")


async def test_old_buttons_and_strangers_presses_change_nothing(room: Newsroom):
    add(room, 1)
    await play(room)
    message = await poll(room, 1)
    for data in ("qp:d:99:0", "qp:d:1:7", "qp:d:x", "qp:", "qp:d:99999999999999999999:1"):
        await room.reader.press_data(message, data)
    await room.arash.press_data(message, "qp:d:1:0")

    assert rounds.open_in(room.db, room.reader.id).position == 0 and not message.poll.is_closed


async def test_a_poll_that_was_sent_but_not_noted_takes_its_answer(room: Newsroom):
    add(room, 2)
    await play(room)
    first = await poll(room, 1)
    room.db.execute("delete from round_polls")  # as if killed before it was noted
    await room.reader.vote(first, option(first, "درست"))
    second = await poll(room, 2)
    await room.reader.vote(second, option(second, "درست"))

    await room.said(room.reader.private(), "۲ از ۲ درست")


async def test_a_step_that_was_lost_is_made_up_for(room: Newsroom):
    add(room, 2)
    await play(room)
    first = await poll(room, 1)
    rounds.record(room.db, Answer(first.poll.id, room.reader.id, "", [0], room.clock()))
    room.clock.forward(minutes=1)
    await rescue(room.peyk.parts)

    await poll(room, 2)
    assert await rescue(room.peyk.parts) is None and len(polls(room)) == 2


async def test_the_word_after_an_answer_leads_to_its_post(room: Newsroom):
    post = Post(
        1, 1, "توجه چند سر\n\nمتن پست.", published=room.clock(), url="https://t.me/peyk_ai/1"
    )
    add(room, 1, post_id=posts.add(room.db, post))
    await play(room, "نادرست")
    said = await room.said(room.reader.private(), "📖")

    (link,) = [e for e in said.content.entities if e.type == "text_link"]
    assert link.url == post.url and "توجه چند سر" in said.text


async def test_a_round_left_for_a_day_is_no_hindrance(room: Newsroom):
    add(room, 7)
    await play(room)
    first = await poll(room, 1)
    room.clock.forward(hours=20)
    await room.reader.send(room.reader.private(), "/quiz")
    await poll(room, 2)

    assert first.poll.is_closed
    assert rounds.open_in(room.db, room.reader.id).id == 2


@pytest.mark.parametrize("said", ["LLM", "#llm", "مدل زبانی", "#مدل‌های_زبانی"])
async def test_a_subject_may_be_called_by_any_of_its_names(room: Newsroom, said: str):
    (meant,) = add(room, 1, "#مدل_زبانی")
    add(room, 1, "#بینایی_ماشین")
    await room.reader.send(room.reader.private(), f"/quiz {said}")
    await poll(room, 1)

    assert rounds.open_in(room.db, room.reader.id).plan == (meant,)


HOSTILE = "@evil \u202ehttps://evil.example #x /start t.me/evil"


async def test_words_of_a_question_lead_nowhere(room: Newsroom):
    add(room, 1, explanation=HOSTILE, options=(HOSTILE, "دیگر"))
    await room.reader.send(room.reader.private(), "/quiz")
    message = await poll(room, 1)
    await room.reader.vote(message, option(message, "دیگر"))
    said = await room.said(room.reader.private(), "درست نبود")

    assert {entity.type for entity in said.content.entities} == {"bold"}
    assert "evil" in said.text and "\u202e" not in said.text
