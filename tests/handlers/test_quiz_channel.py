"""From the bank to the channel: the plan, the number, the votes, what follows; exactly once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest

from bot import schedule, steps
from bot.channel import polls, publish
from bot.demo.faults import Fault
from bot.demo.records import Message
from db import outbox, posts, question_posts, questions, series
from db.model import Post
from db.questions import Form, Question, Stage
from tests.newsroom import Newsroom, buttons, newsroom

SUNDAY_NINE = ((6, time(9)),)
"""An hour after the stage's morning."""


@pytest.fixture(autouse=True)
def _only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "QUIZZES_EVERY", schedule.PRUNE_EVERY)
    monkeypatch.setattr(publish, "RETRY", publish.timedelta(0))
    monkeypatch.setitem(publish.Publisher.__init__.__kwdefaults__, "settle", 0.05)


@pytest.fixture
async def planned(tmp_path: Path) -> AsyncIterator[Newsroom]:
    """A newsroom with a quiz on Sunday at nine."""
    async with newsroom(tmp_path, quiz_times=SUNDAY_NINE) as stage:
        yield stage


def banked(room: Newsroom, text: str = "کدام گزینه درست است؟", **fields: Any) -> Question:
    """An approved question about a post of the channel."""
    post_id = posts.add(
        room.db,
        Post(
            -9, len(text), "عنوان پست\n\nمتن پست.", published=room.clock(), url="https://t.me/x/1"
        ),
    )
    made = Question(
        *(text, Form.QUIZ, ("آدام", "اسجی‌دی", "آداگراد"), (1,), "چون ساده است."),
        post_id=post_id,
        stage=Stage.APPROVED,
    )
    return questions.add(room.db, replace(made, **fields), room.clock())


async def until(room: Newsroom, condition: Callable[[], object]) -> None:
    """Wait for what only the database shows: the bot answers something else meanwhile."""
    for _ in range(50):
        if condition():
            return
        await room.ask(room.reader, room.reader.private(), "/privacy")
    raise TimeoutError("the database does not show it")


async def tick(room: Newsroom, **later: float) -> list[Message]:
    """Let time pass, and everything due happen; the posts of the channel."""
    room.clock.forward(**later)
    await steps.keep_quizzes(room.peyk.parts)
    await room.publish_due()
    question_posts.catch_up(room.db)
    return [m for m in room.tg.messages(room.channel) if m.poll or "کوییز" in (m.text or "")]


async def test_the_plan_posts_a_numbered_anonymous_quiz_once(planned: Newsroom) -> None:
    question = banked(planned)
    assert await tick(planned) == []

    (post,) = await tick(planned, hours=1)
    assert post.poll and post.poll.is_anonymous and post.poll.type == "quiz"
    assert post.poll.question == "❓ کوییز شمارهٔ ۱: کدام گزینه درست است؟"
    assert post.poll.correct_option_ids == (1,) and post.poll.explanation == "چون ساده است."
    assert buttons(post) == ["در امتیاز من حساب کن"]
    assert post.keyboard[0][0].url == f"https://t.me/peyk_bot?start=quiz_{question.id}"
    assert len(await tick(planned, hours=1)) == 1


async def test_the_numbers_go_on_from_the_highest_of_the_archive(planned: Newsroom) -> None:
    await planned.mina.send_poll(planned.channel, "❓کوییز شماره ۹۰: قدیمی؟", ["آ", "ب"], [0])
    await planned.mina.send(planned.channel, "❓کوییز شماره ۹۵: در متن؟")
    await until(planned, lambda: posts.count(planned.db) == 2)
    banked(planned)

    assert (await tick(planned, hours=1))[-1].poll.question.startswith("❓ کوییز شمارهٔ ۹۶")  # type: ignore[union-attr]


async def test_an_old_quiz_is_in_the_bank_and_waits_for_its_key(planned: Newsroom) -> None:
    await planned.mina.send_poll(planned.channel, "❓کوییز شماره ۹۰: قدیمی؟", ["آ", "ب"], [0])
    await until(planned, lambda: posts.count(planned.db) == 1)
    await tick(planned)
    await tick(planned)

    (old,) = questions.find(planned.db)
    assert (old.text, old.options, old.stage) == ("قدیمی؟", ("آ", "ب"), Stage.KEYLESS)
    assert questions.askable(planned.db) == []


async def test_votes_are_kept_and_the_explanation_follows_with_the_result(
    planned: Newsroom,
) -> None:
    question = banked(planned)
    (post,) = await tick(planned, hours=1)
    people = [planned.tg.add_user(f"p{n}") for n in range(8)]
    for number, person in enumerate(people):
        await person.vote(post, [1 if number < 5 else 2])
    await until(planned, lambda: question_posts.totals(planned.db)["votes"] == 8)
    assert len(await tick(planned, hours=23)) == 1

    _, follow = await tick(planned, hours=1)
    assert follow.reply_to is post
    for words in (
        "پاسخ کوییز شمارهٔ ۱",
        "٪۶۲ درست · ۸ رأی",
        "✅ اسجی‌دی",
        "چون ساده است",
        "عنوان پست",
    ):
        assert words in (follow.text or "")
    assert len(await tick(planned, hours=24)) == 2
    assert question_posts.latest(planned.db, question.id).counts == (0, 5, 3)  # type: ignore[union-attr]


async def test_a_quiz_that_was_sent_but_not_confirmed_is_found_not_sent_again(
    planned: Newsroom,
) -> None:
    question = banked(planned)
    planned.tg.faults.add(Fault("sendPoll", "after", "drop"))
    (post,) = await tick(planned, hours=1)

    found = question_posts.latest(planned.db, question.id)
    assert found and post.poll and found.poll_id == post.poll.id
    assert found.message_id == post.message_id


async def test_a_refused_quiz_comes_back_to_the_admins_and_frees_its_number(
    planned: Newsroom,
) -> None:
    banked(planned)
    other = banked(planned, "پرسش دیگر کدام است؟")
    planned.tg.faults.add(Fault("sendPoll", action="status", status=400))
    assert await tick(planned, hours=1) == []
    first, _ = questions.find(planned.db)
    assert first.stage is Stage.OFFERED and first.remarks[0]["kind"] == "failed"
    await planned.said(planned.group, "تلگرام انتشار را نپذیرفت")

    (post,) = await tick(planned)
    assert post.poll and post.poll.question.endswith("شمارهٔ ۱: " + other.text)


async def test_that_the_bank_runs_dry_is_told_before_it_is_empty(planned: Newsroom) -> None:
    banked(planned)
    banked(planned, "پرسش دیگر کدام است؟")
    await tick(planned, hours=1)
    assert not [m for m in planned.tg.messages(planned.group) if "آخرین پرسش" in (m.text or "")]
    await tick(planned, days=7)

    await planned.said(planned.group, "آخرین پرسش تأییدشدهٔ بانک بود")


async def test_an_empty_bank_is_told_once(planned: Newsroom) -> None:
    await tick(planned, hours=1)
    await tick(planned, hours=1)

    told = [
        m
        for m in planned.tg.messages(planned.group)
        if "تأییدشده‌ای در بانک نیست" in (m.text or "")
    ]
    assert len(told) == 1


async def test_an_interview_question_follows_an_hour_later_as_a_part_of_its_series(
    planned: Newsroom,
) -> None:
    banked(planned)
    banked(
        *(planned, "تفاوت دو لایه چیست؟"),
        form=Form.INTERVIEW,
        options=(),
        correct=(),
        answer="بند نخست.\n\nبند دوم.",
        tags=("#یادگیری_عمیق",),
    )
    await tick(planned, hours=1)
    await tick(planned, hours=1)

    post = planned.tg.messages(planned.channel)[-1]
    assert "💡 سؤال مصاحبه: تفاوت دو لایه چیست؟" in (post.text or "")
    assert "#یادگیری_عمیق" in (post.text or "")
    await planned.publish_due()
    (kept,) = series.listing(planned.db)
    assert (kept.title, len(kept.parts)) == ("سؤال مصاحبه", 1)


async def test_a_question_that_nobody_gets_right_is_flagged_and_told(planned: Newsroom) -> None:
    question = banked(planned)
    (post,) = await tick(planned, hours=1)
    for number in range(10):
        await planned.tg.add_user(f"p{number}").vote(post, [2])
    await planned.said(planned.group, "از ۱۰ رأی کوییز ۱ هیچ‌کدام درست نبود")

    assert questions.get(planned.db, question.id).flagged  # type: ignore[union-attr]


async def test_stats_and_the_weekly_table_tell_the_hardest_and_the_easiest(
    planned: Newsroom,
) -> None:
    banked(planned)
    (post,) = await tick(planned, hours=1)
    for number in range(5):
        await planned.tg.add_user(f"p{number}").vote(post, [1 if number else 0])
    await until(planned, lambda: bool(question_posts.ranked(planned.db)))
    told = await planned.ask(planned.mina, planned.group, "/stats")
    assert "سخت‌ترین" in told and "٪۸۰ از ۵ رأی" in told

    await tick(planned, days=6, hours=1)
    await planned.said(planned.group, "کوییزهای هفته")


async def test_late_news_of_fewer_votes_changes_nothing(planned: Newsroom) -> None:
    banked(planned)
    (post,) = await tick(planned, hours=1)
    assert post.poll
    question_posts.count(planned.db, post.poll.id, (1, 4, 0))

    assert question_posts.count(planned.db, post.poll.id, (1, 2, 0)).votes == 5  # type: ignore[union-attr]


async def test_a_quiz_that_a_dead_process_was_sending_is_not_sent_twice(planned: Newsroom) -> None:
    banked(planned)
    await planned.publish_due()
    planned.clock.forward(hours=1)
    await steps.keep_quizzes(planned.peyk.parts)
    (row,) = outbox.due(planned.db, planned.clock())
    outbox.take(planned.db, row, 0, planned.clock())
    await polls.send(planned.peyk.bot, "@peyk_ai", row.payload)
    await planned.restart()

    (post,) = await tick(planned)
    found = question_posts.of_draft(planned.db, row.draft_id)
    assert post.poll and found and found.poll_id == post.poll.id
    assert len(await tick(planned, hours=2)) == 1


async def test_an_old_quiz_that_gets_its_key_counts_in_the_tables(planned: Newsroom) -> None:
    old = {"question": "❓کوییز شماره ۹: قدیمی؟", "options": ["آ", "ب"], "voters": [3, 9]}
    posts.add(
        planned.db,
        Post(planned.channel.id, 3, "", published=planned.clock(), kind="poll", poll=old),
    )
    question_posts.take_in(planned.db, planned.clock())
    (question,) = questions.find(planned.db)
    assert question_posts.ranked(planned.db) == []
    question_posts.keyed(planned.db, replace(question, correct=(1,)))

    ((kept, _),) = question_posts.ranked(planned.db)
    assert (kept.number, kept.votes, kept.share) == (9, 12, 0.75)


async def test_words_of_a_question_lead_nowhere_in_what_follows_it(planned: Newsroom) -> None:
    hostile = "@evil \u202ehttps://evil.example #x /start"
    banked(planned, options=("آ", hostile), explanation=hostile)
    await tick(planned, hours=1)
    _, follow = await tick(planned, hours=24)

    told = {(one.type, one.url) for one in follow.content.entities}
    assert told == {("bold", None), ("text_link", "https://t.me/x/1"), ("mention", None)}
    assert "@peyk_ai" in (follow.text or "")  # the signature's
    assert not any(words in (follow.text or "") for words in ("@evil", "\u202e", "#x"))
