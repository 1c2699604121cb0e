"""The answer to sending a post is lost, late or an error, in channels of every kind.

What peyk cannot find out by itself it asks the admins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import product
from pathlib import Path

import pytest

from bot.demo.errors import ApiError
from bot.demo.faults import Fault
from bot.demo.records import Message
from tests.faults.runs import play_all
from tests.faults.scene import LONG, Scene, Zygote
from tests.faults.test_publishing import check

pytestmark = pytest.mark.timeout(300)

CHANNEL = "@peyk_ai"
FAULTS = {
    "reply dropped": Fault("sendMessage", "after", "drop", chat_id=CHANNEL),
    "request dropped": Fault("sendMessage", "before", "drop", chat_id=CHANNEL),
    "502 after": Fault("sendMessage", "after", "status", status=502, chat_id=CHANNEL),
    "502 before": Fault("sendMessage", "before", "status", status=502, chat_id=CHANNEL),
    "500 after": Fault("sendMessage", "after", "status", status=500, chat_id=CHANNEL),
    "reply late": Fault("sendMessage", "after", "delay", seconds=1.5, chat_id=CHANNEL),
    "post late": Fault("sendMessage", "before", "delay", seconds=1.5, chat_id=CHANNEL),
    "429": Fault("sendMessage", "before", "status", status=429, retry_after=1, chat_id=CHANNEL),
    "probe dropped": Fault("forwardMessage", "before", "drop"),
    "probe's answer dropped": Fault("forwardMessage", "after", "drop"),
    "answer to the press dropped": Fault("answerCallbackQuery", "after", "drop"),
    "channel not found for a moment": Fault("getChat", "before", "drop"),
    "card's answer dropped": Fault("editMessageText", "after", "drop"),
}


async def suffer(stage: Scene, names: tuple[str, ...]) -> None:
    """Publish while these things go wrong."""
    for name in names:
        fault = FAULTS[name]
        stage.tg.faults.add(Fault(**vars(fault)))
    card = await stage.offer()
    stage.soon(stage.mina.press(card, "انتشار"))
    await stage.start(PEYK_TEST_PATIENCE=1.0)
    await stage.rest()
    check(stage)


async def test_whatever_is_lost_or_late_the_post_comes_once(
    zygote: Zygote, tmp_path: Path
) -> None:
    cases = [(name,) for name in FAULTS]
    cases += product(
        ("reply dropped", "request dropped", "post late"),
        ("probe dropped", "probe's answer dropped", "reply late"),
    )

    runs = await play_all(tmp_path, zygote, suffer, cases)

    print(f"{len(FAULTS)} network faults, alone and in pairs: {len(runs)} runs")


# Channels


async def first_post(stage: Scene) -> None:
    """Nothing stands there, and nothing is known."""


async def unknown_past(stage: Scene) -> None:
    """Many posts from before peyk's time, among them gaps and a service message."""
    sent = [await stage.mina.send(stage.channel, f"گذشته {n} است") for n in range(90)]
    for message in [*sent[:12], *sent[30:40], *sent[-5:]]:
        await stage.mina.delete(message)
    stage.tg.world.pin(sent[50], stage.mina.user)
    stage.tg.world.updates.drop_all()


async def known_past(stage: Scene) -> None:
    """peyk has been told of what stands there, and some has gone again."""
    for n in range(8):
        await stage.mina.send(stage.channel, f"گذشته {n} است")
    await stage.start()
    await stage.until(lambda: stage.path.exists())
    await stage.rest()
    for message in stage.tg.messages(stage.channel)[3:]:
        await stage.mina.delete(message)


async def service_messages(stage: Scene) -> None:
    """A pin's note comes last."""
    message = await stage.mina.send(stage.channel, "گذشته")
    stage.tg.world.pin(message, stage.mina.user)


async def same_words_before(stage: Scene) -> None:
    """What is approved now was posted once before, long ago, and nothing is known of it."""
    now = stage.tg.now
    stage.tg.now = lambda: now() - 86_400
    await stage.mina.send(stage.channel, TEXT)
    stage.tg.now = now
    stage.tg.world.updates.drop_all()


TEXT = "یک خبر تازه\n\nبند نخست.\n\nبند دوم.\n\n#خبر\n\nپیک"
WORLDS: list[Callable[[Scene], Awaitable[None]]] = [
    *(first_post, unknown_past, known_past, service_messages)
]


async def posts_by_hand(stage: Scene) -> None:
    """People write in the channel while peyk is down."""
    for n in range(7):
        await stage.mina.send(stage.channel, f"دستی {n} است")


async def nothing(stage: Scene) -> None:
    """Nobody does anything while peyk is down."""


async def die_sending(stage: Scene, case: tuple[Callable[..., Awaitable[None]], ...]) -> None:
    """Die when the post was sent, or never was, in this channel; something happens meanwhile."""
    world, meanwhile, fate = case
    await stage.offer()
    await world(stage)
    await kill_while_sending(stage, lost=fate is nothing)
    await meanwhile(stage)
    await stage.start()
    await stage.rest()
    check(stage)


async def kill_while_sending(stage: Scene, *, lost: bool) -> None:
    """Press, and kill peyk during the call: before it has its effect (lost), or after."""

    async def kill() -> None:
        await stage.kill()
        if lost:
            raise ApiError(500, "Internal Server Error")

    when = "before" if lost else "after"
    stage.tg.faults.add(Fault("sendMessage", when, "call", call=kill, chat_id=CHANNEL))
    card = next(m for m in stage.tg.messages(stage.group) if m.keyboard)
    stage.soon(stage.mina.press(card, "انتشار"))
    await stage.start()
    await stage.ended()


async def test_in_any_channel_the_post_is_found_again(zygote: Zygote, tmp_path: Path) -> None:
    cases = list(product(WORLDS, (nothing, posts_by_hand), (nothing, first_post)))

    runs = await play_all(tmp_path, zygote, die_sending, cases)

    print(f"{len(WORLDS)} kinds of channel, sent or not, quiet or not: {len(runs)} runs")


async def test_a_copy_behind_a_long_gap_is_noticed_and_deleted(
    zygote: Zygote, tmp_path: Path
) -> None:
    async def play(stage: Scene, gap: int) -> None:
        await stage.offer()
        sent = [await stage.mina.send(stage.channel, f"گذشته {n} است") for n in range(gap)]
        stage.tg.world.updates.drop_all()
        await kill_while_sending(stage, lost=False)
        for message in sent[1:]:
            await stage.mina.delete(message)
        await stage.start()
        await stage.rest()
        check(stage, ever=2)

    await play_all(tmp_path, zygote, play, [40])


# Where the probe cannot tell


async def asked(stage: Scene) -> Message:
    """The question that the admins get."""
    return await stage.tg.wait_message(stage.group, lambda m: "❓" in (m.text or ""), LONG)


async def answer_about(stage: Scene, case: tuple[str, bool]) -> None:
    """In a protected channel an admin says what has become of the post."""
    kind, lost = case
    await stage.offer()
    if kind == "protected":
        stage.channel.has_protected_content = True
        await posts_by_hand(stage)
        stage.tg.world.updates.drop_all()
    else:
        await same_words_before(stage)
    await kill_while_sending(stage, lost=lost)
    await stage.start()
    question = await asked(stage)
    await stage.mina.press(question, "نیست" if lost else "هست")
    await stage.until(lambda: stage.state() == "sent")
    await stage.rest()
    assert stage.ever_sent() == 1


async def test_where_nobody_can_tell_the_admins_are_asked(zygote: Zygote, tmp_path: Path) -> None:
    cases = [("protected", True), ("protected", False), ("same words before", True)]

    await play_all(tmp_path, zygote, answer_about, cases)


async def test_older_words_do_not_hide_a_post_that_is_there(
    zygote: Zygote, tmp_path: Path
) -> None:
    async def play(stage: Scene, case: str) -> None:
        await stage.offer()
        await same_words_before(stage)
        await kill_while_sending(stage, lost=False)
        await stage.start()
        await stage.rest()
        assert stage.ever_sent() == 1
        newest = stage.tg.messages(stage.channel)[-1]
        assert stage.rows("select message_id from posts") == [(newest.message_id,)]

    await play_all(tmp_path, zygote, play, ["sent"])


async def test_a_post_edited_by_hand_meanwhile_is_not_sent_again(
    zygote: Zygote, tmp_path: Path
) -> None:
    async def play(stage: Scene, case: str) -> None:
        await stage.offer()
        await stage.mina.send(stage.channel, "گذشته")
        await kill_while_sending(stage, lost=False)
        await stage.mina.edit(stage.ever[-1], TEXT.replace("دوم", "دوم که دستی عوض شد"))
        await stage.start()
        question = await asked(stage)
        await stage.mina.press(question, "هست")
        await stage.until(lambda: stage.state() == "sent")
        await stage.rest()
        assert stage.ever_sent() == 1

    await play_all(tmp_path, zygote, play, ["edited"])


async def test_killed_while_asking_the_question_comes_after_all(
    zygote: Zygote, tmp_path: Path
) -> None:
    async def play(stage: Scene, when: str) -> None:
        await stage.offer()
        stage.channel.has_protected_content = True
        await kill_while_sending(stage, lost=False)
        fault = Fault("sendMessage", when, "call", call=stage.kill, chat_id=stage.group.id)
        stage.tg.faults.add(fault)
        await stage.start()
        await stage.ended()
        for message in stage.tg.messages(stage.group):
            if "❓" in (message.text or ""):
                await stage.mina.delete(message)
        await stage.start()
        await stage.mina.press(await asked(stage), "هست")
        await stage.rest()
        assert stage.ever_sent() == 1

    await play_all(tmp_path, zygote, play, ["before", "after"])
