"""How questions come into the bank, and what admins do with their cards."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bot.demo.records import Message
from bot.models.door import Prompt, Reply
from db import posts, question_posts, questions
from db.model import Post
from db.questions import Form, Question, Stage
from tests.newsroom import Newsroom, buttons
from tests.prompts.test_quiz_accept import GOOD, POST


class Writer:
    """A model that gives these answers, one after another, and the key when asked to solve."""

    name = "writer"

    def __init__(self, *answers: dict[str, Any], solves: str = GOOD["options"][0]) -> None:
        self.answers, self.solves = list(answers), solves
        self.asked: list[Prompt] = []

    async def complete(self, prompt: Prompt) -> Reply:
        self.asked.append(prompt)
        if prompt.name == "quiz_solve":
            lines = [line for line in prompt.user.split("\n") if line.endswith(self.solves)]
            data = {"correct": [int(line.partition(":")[0]) for line in lines]}
        else:
            data = self.answers.pop(0)
        return Reply(json.dumps(data, ensure_ascii=False), data, "writer")


def one(room: Newsroom, question_id: int = 1) -> Question:
    question = questions.get(room.db, question_id)
    assert question
    return question


def archived(room: Newsroom, text: str = POST) -> Post:
    post = Post(
        room.channel.id, 4100, text, published=room.clock(), url="https://t.me/peyk_ai/4100"
    )
    found = posts.by_id(room.db, posts.add(room.db, post))
    assert found
    return found


async def until(room: Newsroom, condition: Callable[[], object]) -> None:
    """Wait for what only the database shows: the bot answers something else meanwhile."""
    for _ in range(50):
        if condition():
            return
        await room.ask(room.reader, room.reader.private(), "/privacy")
    raise TimeoutError("the database does not show it")


async def card(room: Newsroom, question_id: int = 1, version: int = 1) -> Message:
    """The newest card of a question, once it can be pressed."""

    def newest() -> Message | None:
        shown = questions.cards(room.db, question_id)
        fit = shown and shown[-1].version == version
        return room.group.messages.get(shown[-1].message_id) if fit else None

    await until(room, newest)
    found = newest()
    assert found
    return found


async def replied(room: Newsroom, question: Message, text: str) -> Message:
    """Answer a question of the bot; what it says then."""
    sent = await room.mina.send(room.group, text, reply_to=question)
    return await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)


async def begun(room: Newsroom) -> Message:
    sent = await room.mina.send(room.group, "/newquiz")
    return await room.tg.wait_message(room.group, lambda m: m.message_id > sent.message_id)


async def written(room: Newsroom, *answers: dict[str, Any], **solves: str) -> Writer:
    """A question about a post of the archive, by a model; its card is there."""
    archived(room)
    writer = Writer(*answers, **solves)
    room.peyk.parts.model = writer
    await room.mina.send(room.group, "/newquiz https://t.me/peyk_ai/4100")
    await card(room)
    return writer


async def test_newquiz_walks_an_admin_through_a_question_also_across_a_restart(
    room: Newsroom,
) -> None:
    step = await replied(room, await begun(room), "كدام بهینه ساز تکانه دارد؟")
    await room.restart()
    step = await replied(room, step, "* آدام\nاسجی‌دی ساده\nگام ثابت")
    step = await replied(room, step, "چون میانگین متحرک می‌گیرد.")
    told = await replied(room, step, "#یادگیری_عمیق #ناشناخته")
    assert "کنار گذاشته شدند: ناشناخته" in (told.text or "")

    shown = await card(room)
    made = one(room)
    assert made.text == "کدام بهینه‌ساز تکانه دارد؟"
    assert (made.options[0], made.correct) == ("آدام", (0,))
    assert made.tags == ("#یادگیری_عمیق",) and made.author == f"admin:{room.mina.id}"
    assert "✅ آدام" in (shown.text or "")


async def test_an_answer_that_will_not_do_is_asked_for_again(room: Newsroom) -> None:
    step = await replied(room, await begun(room), "کدام گزینه درست است؟")
    assert "شمار گزینه‌ها" in ((await replied(room, step, "* تنها")).text or "")
    again = await replied(room, step, "یک\nدو")
    assert "پیش از آن ستاره" in (again.text or "")
    explain = await replied(room, again, "* یک\nدو")
    assert "توضیح کوتاه" in (explain.text or "")

    assert "این مرحله گذشته" in ((await replied(room, step, "* سه\nچهار")).text or "")
    assert "۲۵۰ نویسه" in ((await replied(room, explain, "ا" * 250)).text or "")


async def test_in_private_the_next_message_answers_without_being_a_reply(room: Newsroom) -> None:
    private = room.mina.private()
    for text in ("/newquiz", "کدام گزینه درست است؟", "یک\n* دو", "-"):
        told = await room.ask(room.mina, private, text)
    assert "هشتگ‌های موضوع" in told
    await room.mina.send(private, "-")
    await card(room)

    assert one(room).options == ("یک", "دو") and one(room).explanation == ""


async def test_a_question_without_options_is_one_of_interviews(room: Newsroom) -> None:
    step = await replied(room, await begun(room), "تفاوت دو لایه چیست؟")
    step = await replied(room, step, "-")
    step = await replied(room, step, "بند یک.\n\nبند دو.")
    await replied(room, step, "#LLM")

    made = one(room)
    assert (made.form, made.answer) == (Form.INTERVIEW, "بند یک.\n\nبند دو.")
    assert made.tags == ("#مدل_زبانی",)


async def test_only_admins_make_and_decide(room: Newsroom) -> None:
    assert "فقط برای مدیران" in await room.ask(room.outsider, room.group, "/newquiz")
    await written(room, GOOD)
    answer = await room.outsider.press(await card(room), "تأیید")

    assert answer.show_alert and one(room).stage is Stage.OFFERED


async def test_a_quiz_of_the_model_shows_its_source_and_is_approved_on_its_card(
    room: Newsroom,
) -> None:
    writer = await written(room, GOOD)
    shown = await card(room)
    assert buttons(shown) == ["تأیید", "رد", "ویرایش", "بازنویسی"]
    assert "جملهٔ شاهد: «تکنیک" in (shown.text or "") and "⚠️" not in (shown.text or "")
    assert [prompt.name for prompt in writer.asked] == ["quiz", "quiz_solve"]

    assert (await room.mina.press(shown, "تأیید")).text == "تأیید شد و به بانک رفت."
    await room.says(shown, "مینا تأیید کرد")
    assert questions.askable(room.db) == [1]
    question = one(room)
    assert question.options[question.correct[0]] == GOOD["options"][0]


async def test_a_refused_answer_goes_back_to_the_model_once_with_its_reasons(
    room: Newsroom,
) -> None:
    writer = await written(room, GOOD | {"correct": 9}, GOOD)

    assert "گزینهٔ درست میان گزینه‌ها نیست" in writer.asked[1].user
    assert one(room).stage is Stage.OFFERED


async def test_two_refused_answers_make_no_question(room: Newsroom) -> None:
    archived(room)
    room.peyk.parts.model = Writer(GOOD | {"correct": 9}, GOOD | {"cited": "چیز دیگری که نیست"})
    await room.mina.send(room.group, "/newquiz https://t.me/peyk_ai/4100")

    told = await room.said(room.group, "پرسش خوبی ننوشت")
    assert "جملهٔ شاهد در پست نیست" in (told.text or "") and questions.find(room.db) == []


async def test_a_second_reading_that_disagrees_is_told_to_whoever_decides(room: Newsroom) -> None:
    await written(room, GOOD, solves=GOOD["options"][2])

    assert "بازخوانی دوم از روی پست پاسخ دیگری داد" in ((await card(room)).text or "")


async def test_the_later_of_two_admins_hears_what_happened(room: Newsroom) -> None:
    await written(room, GOOD)
    shown = await card(room)
    data = str(shown.keyboard[0][0].callback_data)
    await room.mina.press(shown, "رد")

    late = await room.arash.press_data(shown, data)
    assert "مینا زودتر تصمیم گرفت" in (late.text or "") and one(room).stage is Stage.REJECTED


async def test_an_edit_in_reply_gives_a_new_card(room: Newsroom) -> None:
    await written(room, GOOD)
    await room.mina.press(await card(room), "ویرایش")
    question = await room.said(room.group, "گزینهٔ درست با ستاره")
    await room.mina.send(
        room.group, "کدام روش بهتر است؟\n- یکی\n* دیگری\nتوضیح: همین.", reply_to=question
    )
    await card(room, version=2)

    changed = one(room)
    assert (changed.text, changed.options) == ("کدام روش بهتر است؟", ("یکی", "دیگری"))
    assert (changed.correct, changed.explanation) == ((1,), "همین.")


async def test_what_is_shown_for_an_edit_may_be_sent_back_as_it_is(room: Newsroom) -> None:
    await written(room, GOOD)
    before = one(room)
    await room.mina.press(await card(room), "ویرایش")
    question = await room.said(room.group, "گزینهٔ درست با ستاره")
    shown = (question.text or "").partition("\n\n")[2]
    await room.mina.send(
        room.group, shown.replace("دشواری: آسان", "دشواری: دشوار"), reply_to=question
    )
    await card(room, version=2)

    after = one(room)
    assert (after.text, after.options, after.correct) == (
        before.text,
        before.options,
        before.correct,
    )
    assert (after.explanation, after.tags, after.difficulty) == (
        before.explanation,
        before.tags,
        3,
    )


async def test_a_rewrite_asks_the_model_with_the_wish(room: Newsroom) -> None:
    harder = GOOD | {"question": "تکنیک Dropout جلوی بیش‌برازش را با چه کاری می‌گیرد؟"}
    writer = await written(room, GOOD, harder)
    shown = await card(room)
    await room.mina.press(shown, "بازنویسی")
    await room.tg.wait_for(lambda: "دشوارتر" in buttons(shown))
    await room.mina.press(shown, "دشوارتر")
    await card(room, version=2)

    assert "دشوارتر شود" in writer.asked[2].user and one(room).text == harder["question"]


async def test_a_poll_made_in_private_is_taken_in_with_its_key(room: Newsroom) -> None:
    await room.mina.send_poll(
        room.mina.private(), "کدام؟ یکی را برگزینید", ["آ", "ب"], [1], "چون."
    )
    await card(room)

    made = one(room)
    assert (made.correct, made.explanation, made.stage) == ((1,), "چون.", Stage.OFFERED)


async def test_a_forwarded_quiz_without_its_key_asks_for_the_right_option(room: Newsroom) -> None:
    asked = await room.mina.send_poll(room.channel, "❓کوییز شماره ۳: کدام؟", ["آ", "ب", "پ"], [1])
    await room.mina.forward(asked, room.mina.private())
    shown = await card(room)
    assert one(room).stage is Stage.KEYLESS and buttons(shown)[:3] == ["۱", "۲", "۳"]
    await room.mina.press(shown, "۲")

    assert (one(room).correct, one(room).text) == ((1,), "کدام؟")
    assert questions.askable(room.db) == [1]


async def test_a_file_of_a_teacher_is_taken_in_and_its_faults_named(room: Newsroom) -> None:
    content = "question,options,correct\nکدام؟,آ|ب,1\nچه؟,آ|ب,7\n".encode()
    step = await begun(room)
    await room.mina.send_file(room.group, "q.csv", content, reply_to=step)
    told = await room.said(room.group, "پرسش به بانک رفت")

    assert "📥 ۱ پرسش" in (told.text or "") and "سطر ۳: گزینهٔ درست" in (told.text or "")
    assert questions.askable(room.db) == [1]
    await room.mina.send(room.group, "/newquiz csv")
    sent = await room.tg.wait_message(
        room.group, lambda m: m.document is not None and m.sender is not room.mina.user
    )
    assert sent.document and sent.document.name == "quizzes.csv"


async def test_a_file_is_taken_in_private_too_as_a_reply_or_as_the_next_message(
    room: Newsroom,
) -> None:
    private = room.mina.private()
    for number, reply in ((1, True), (2, False)):
        content = f"question,options,correct\nکدام {number}؟,آ|ب,1\n".encode()
        await room.mina.send(private, "/newquiz")
        asked = await room.said(private, "پرسش تازه")
        await room.mina.send_file(private, "q.csv", content, reply_to=asked if reply else None)
        await until(room, lambda: len(questions.find(room.db)) == number)  # noqa: B023

    assert room.db.execute("select count(*) from ocr_jobs").fetchone() == (0,)


async def test_keys_of_old_quizzes_may_be_told_in_one_message(room: Newsroom) -> None:
    for number in (90, 91, 95):
        poll = {"question": f"❓کوییز شماره {number}: پرسش {number}؟", "options": ["آ", "ب", "پ"]}
        posts.add(
            room.db,
            Post(room.channel.id, number, "", published=room.clock(), kind="quiz", poll=poll),
        )
    question_posts.take_in(room.db, room.clock())
    await room.mina.send(room.group, "/newquiz")
    notice = await room.said(room.group, "شماره‌هایشان: ۹۰، ۹۱، ۹۵")
    await room.said(room.group, "پرسش تازه")
    told = await replied(room, notice, "۹۰: ۲، ۹۱ = 3\n۹۵:۴ و ۱۲: ۱")

    assert "ثبت شد: ۹۰، ۹۱" in (told.text or "") and "۹۵، ۱۲: " in (told.text or "")
    assert [one.correct for one in questions.find(room.db, [Stage.APPROVED])] == [(1,), (2,)]
    assert "ثبت شد: ۹۵" in ((await replied(room, notice, "95: 1")).text or "")


async def test_what_waits_for_a_decision_can_be_found_again(room: Newsroom) -> None:
    await written(room, GOOD)
    old = await card(room)
    await room.mina.send(room.group, "/newquiz")
    notice = await room.said(room.group, "۱ پرسش در انتظار تصمیم")
    await room.mina.press(notice, "پرسش‌های در انتظار")
    await until(room, lambda: questions.cards(room.db, 1)[-1].message_id > old.message_id)

    assert buttons(await card(room))[:2] == ["تأیید", "رد"]


async def test_marks_that_turn_lines_around_do_not_come_in_with_a_poll(room: Newsroom) -> None:
    private = room.mina.private()
    await room.mina.send_poll(private, "\u202eکدام\u2066؟ یکی", ["آ\u202d", "ب\u200b"], [1])
    await card(room)

    assert (one(room).text, one(room).options) == ("کدام؟ یکی", ("آ", "ب"))


async def test_a_post_of_another_channel_is_none_of_ours(room: Newsroom) -> None:
    archived(room)
    room.peyk.parts.model = Writer(GOOD)
    told = await room.ask(room.mina, room.group, "/newquiz https://t.me/other/4100")

    assert "پیدا نکردم" in told and questions.find(room.db) == []


async def test_an_approved_question_can_go_to_the_channel_at_once(room: Newsroom) -> None:
    await written(room, GOOD)
    shown = await card(room)
    await room.mina.press(shown, "تأیید")
    await room.tg.wait_for(lambda: "انتشار در کانال" in buttons(shown))
    await room.mina.press(shown, "انتشار در کانال")
    await room.publish_due()

    (post,) = room.tg.messages(room.channel)
    assert post.poll and post.poll.question.startswith("❓ کوییز شمارهٔ ۱")
    await room.says(shown, "📣 با شمارهٔ ۱ در کانال است")
