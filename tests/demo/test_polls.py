"""Polls and quizzes: sent by python-telegram-bot, answered by people."""

import pytest
from telegram.error import BadRequest

from bot.demo.errors import ApiError


async def quiz(bot, chat, **details):
    details = {"type": "quiz", "correct_option_ids": [1], "is_anonymous": False, **details}
    return await bot.send_poll(chat.id, "کدام؟", ["الف", "ب", "پ"], **details)


async def test_a_quiz_shows_its_answer_to_the_bot(bot, group):
    sent = await quiz(bot, group, explanation="چون <b>ب</b>", explanation_parse_mode="HTML")

    assert sent.poll.correct_option_ids == (1,)
    assert sent.poll.explanation_entities[0].type == "bold"
    assert not sent.poll.allows_revoting


async def test_a_vote_reaches_the_bot_with_the_voter(tg, bot, admin, group):
    sent = await quiz(bot, group)

    await admin.vote(tg.messages(group)[-1], [1])

    answer, state = await bot.get_updates(allowed_updates=["poll", "poll_answer"])
    assert (answer.poll_answer.user.id, answer.poll_answer.option_ids) == (admin.id, (1,))
    assert answer.poll_answer.option_persistent_ids[0] == sent.poll.options[1].persistent_id
    assert state.poll.total_voter_count == 1


async def test_an_anonymous_vote_does_not_tell_who(tg, bot, admin, channel):
    await quiz(bot, channel, is_anonymous=True)

    await admin.vote(tg.messages(channel)[-1], [0])

    (state,) = await bot.get_updates()
    assert [option.voter_count for option in state.poll.options] == [1, 0, 0]


async def test_channels_take_anonymous_polls_only(bot, channel):
    with pytest.raises(BadRequest, match="Non-anonymous polls can't be sent to channel chats"):
        await quiz(bot, channel)


async def test_a_quiz_is_answered_once_and_a_poll_as_often_as_one_likes(tg, bot, admin, group):
    await quiz(bot, group)
    with pytest.raises(ApiError, match="REVOTE_NOT_ALLOWED"):
        for choice in ([0], [1]):
            await admin.vote(tg.messages(group)[-1], choice)

    await bot.send_poll(group.id, "کدام؟", ["الف", "ب"])
    poll = await admin.vote(tg.messages(group)[-1], [0])
    await admin.vote(poll, [])
    assert poll.poll.votes == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"question": " "}, "Text must be non-empty"),
        ({"question": "ا" * 301}, "Poll question length must not exceed 300"),
        ({"options": []}, "at least one answer option"),
        ({"options": ["x"] * 13}, "Poll can't have more than 12 options"),
        ({"options": ["ا" * 101, "x"]}, "Poll options length must not exceed 100"),
        ({"correct_option_ids": [3]}, "Wrong quiz correct_option_id"),
        ({"correct_option_ids": []}, "option list must be non-empty"),
        ({"correct_option_ids": [1, 0]}, "option list must be increasing"),
        ({"members_only": True}, "voters can be restricted only in channel chats"),
        ({"explanation": "ا" * 201}, "explanation length must not exceed 200"),
        ({"explanation": "۱\n۲\n۳\n۴"}, "not contain more than 2 line feeds"),
        ({"description": "ا" * 1025}, "description length must not exceed 1024"),
        ({"open_period": 4}, "open period is invalid"),
    ],
)
async def test_polls_that_telegram_refuses(bot, group, changes, words):
    asked = {"question": "؟", "options": ["الف", "ب"], "type": "quiz", "correct_option_ids": [0]}

    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_poll(group.id, **{**asked, **changes})


async def test_a_stopped_poll_takes_no_votes(tg, bot, admin, group):
    sent = await quiz(bot, group)

    stopped = await bot.stop_poll(group.id, sent.message_id)

    assert stopped.is_closed
    with pytest.raises(ApiError, match="MESSAGE_POLL_CLOSED"):
        await admin.vote(tg.messages(group)[-1], [1])
    with pytest.raises(BadRequest, match="Poll has already been closed"):
        await bot.stop_poll(group.id, sent.message_id)


async def test_a_poll_closes_when_its_time_is_over(tg, bot, group):
    sent = await quiz(bot, group, open_period=600)
    later = tg.now() + 601
    tg.now = lambda: later

    tg.world.close_due_polls()

    (state,) = await bot.get_updates()
    assert (state.poll.id, state.poll.is_closed) == (sent.poll.id, True)


async def test_a_forwarded_quiz_hides_its_answer_until_it_is_closed(bot, group):
    sent = await quiz(bot, group)

    forwarded = await sent.forward(group.id)

    assert forwarded.poll.correct_option_ids == ()
    with pytest.raises(BadRequest, match="The message can't be copied"):
        await forwarded.copy(group.id)


async def test_votes_for_what_is_not_there_are_refused(tg, bot, admin, group):
    await quiz(bot, group)
    message = tg.messages(group)[-1]

    for choice, words in [([5], "OPTION_INVALID"), ([0, 1], "OPTIONS_TOO_MUCH")]:
        with pytest.raises(ApiError, match=f"(?i){words}"):
            await admin.vote(message, choice)


async def test_the_bot_sees_the_answer_of_a_quiz_that_is_made_in_their_private_chat(
    tg, bot, admin, group
):
    for chat in (admin.private(), group):
        await admin.send_poll(chat, "کدام؟", ["الف", "ب"], [1], "چون.")

    told = [update.message.poll for update in await bot.get_updates() if update.message]
    assert [poll.correct_option_ids for poll in told][:1] == [(1,)]
    assert all(poll.correct_option_ids == () for poll in told[1:])


async def test_a_private_quiz_tells_who_answered(tg, bot, admin):
    private = admin.private()
    sent = await quiz(bot, private, reply_markup={"inline_keyboard": []})

    await admin.vote(tg.messages(private)[-1], [2])

    answer, _ = await bot.get_updates(allowed_updates=["poll", "poll_answer"])
    assert (answer.poll_answer.poll_id, answer.poll_answer.user.id) == (sent.poll.id, admin.id)
    assert answer.poll_answer.option_persistent_ids == (sent.poll.options[2].persistent_id,)
