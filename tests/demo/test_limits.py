"""Flood control, and faults on request."""

import asyncio

import pytest
from telegram import ReplyParameters
from telegram.error import NetworkError, RetryAfter

from bot.demo.errors import ApiError
from bot.demo.faults import Fault
from bot.demo.limits import FloodLimits

CHAT = (-1001, "channel")


def calls(limits, times, method="sendmessage", chat=CHAT):
    """How many calls at these moments are let through."""
    passed = 0
    for now in times:
        try:
            limits.check(method, chat, now)
            passed += 1
        except ApiError as refusal:
            assert refusal.code == 429
    return passed


def test_a_burst_passes_and_one_more_does_not():
    assert calls(FloodLimits.real(), [0.0] * 6) == 5


def test_a_call_a_second_passes_twenty_times_a_minute():
    assert calls(FloodLimits.real(), [float(second) for second in range(20)]) == 20
    assert calls(FloodLimits.real(), [float(second) for second in range(40)]) == 20


def test_calls_during_a_ban_make_it_longer():
    limits = FloodLimits(overall=(1, 10.0), chat=(9, 1.0), group=(9, 1.0), penalty=2.0)
    limits.check("sendmessage", CHAT, 0.0)

    waits = []
    for now in (1.0, 2.0, 3.0):
        with pytest.raises(ApiError) as refusal:
            limits.check("sendchataction", CHAT, now)
        waits.append(now + refusal.value.parameters["retry_after"])

    assert waits == [10.0, 12.0, 14.0]


def test_answers_to_buttons_are_free_and_other_chats_have_their_own_budget():
    limits = FloodLimits.real()
    calls(limits, [0.0] * 5)

    assert calls(limits, [0.0] * 50, method="answercallbackquery") == 50
    assert calls(limits, [0.0] * 5, chat=(7, "private")) == 5


async def test_the_bot_is_told_how_long_to_wait(tg, bot, channel, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    tg.flood = FloodLimits(overall=(1, 30.0), chat=(9, 1.0), group=(9, 1.0))
    await bot.send_message(channel.id, "یک")

    with pytest.raises(RetryAfter) as refusal:
        await bot.send_message(channel.id, "دو")

    assert 29 <= refusal.value.retry_after.total_seconds() <= 30
    assert len(tg.messages(channel)) == 1


async def test_a_drop_before_has_no_effect_and_a_drop_after_has_one(tg, bot, channel):
    tg.faults.add(Fault("sendMessage", when="before", chat_id=channel.id))
    with pytest.raises(NetworkError):
        await bot.send_message(channel.id, "هرگز")
    tg.faults.add(Fault("sendMessage", when="after", chat_id=channel.id))
    with pytest.raises(NetworkError):
        await bot.send_message(channel.id, "یک بار")

    assert [m.text for m in tg.messages(channel)] == ["یک بار"]
    assert (await bot.send_message(channel.id, "باز")).text == "باز"


async def test_a_fault_for_another_chat_does_not_strike(tg, bot, channel, group):
    tg.faults.add(Fault("sendMessage", chat_id=group.id))

    assert (await bot.send_message(channel.id, "x")).text == "x"


async def test_a_status_is_answered_as_asked(tg, bot, channel, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    tg.faults.add(Fault("sendMessage", action="status", status=502))
    tg.faults.add(Fault("sendMessage", "after", "status", status=429, retry_after=7))

    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(channel.id, "x")
    with pytest.raises(RetryAfter) as refusal:
        await bot.send_message(channel.id, "y")
    assert refusal.value.retry_after.total_seconds() == 7
    assert [m.text for m in tg.messages(channel)] == ["y"]


async def test_a_call_strikes_between_effect_and_answer(tg, bot, channel):
    seen = []

    async def look() -> None:
        seen.extend(m.text for m in tg.messages(channel))

    tg.faults.add(Fault("sendMessage", "after", "call", times=2, call=look))
    await asyncio.gather(*(bot.send_message(channel.id, "x") for _ in range(3)))

    assert len(seen) >= 2


def test_a_fault_that_calls_needs_something_to_call():
    with pytest.raises(ValueError, match="needs something to call"):
        Fault("sendMessage", action="call")


async def test_calls_are_kept_with_their_errors(tg, bot, channel):
    await bot.send_message(channel.id, "x")
    with pytest.raises(NetworkError):
        await bot.send_message(channel.id, "y", reply_parameters=ReplyParameters(99))

    sends = [call for call in tg.calls if call.method == "sendMessage"]
    assert [call.params["text"] for call in sends] == ["x", "y"]
    assert [call.error for call in sends] == [
        None,
        "Bad Request: message to be replied not found",
    ]
