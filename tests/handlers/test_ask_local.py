"""/ask with a real small model in its own process: streamed, stopped, and ended in the middle.

What it writes is poor Persian, and none of it is shown as an answer: that is what the checks are
for.
"""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.demo.records import Message
from db import posts
from db.model import Post
from handlers.texts import ask as words
from tests.newsroom import Newsroom, newsroom
from tests.small_models import smol

POST = "جنگل تصادفی چیست\nجنگل تصادفی الگوریتمی است که از درخت‌ها رأی می‌گیرد."
PATIENT = 60.0


@pytest.fixture
async def room(tmp_path, monkeypatch) -> AsyncIterator[Newsroom]:
    """A running peyk with that model and one post; the stop button comes with the first words.

    That takes more calls than Telegram allows somebody who asks again at once.
    """
    monkeypatch.setattr("handlers.ask_desk.BUTTON_AFTER", 0.0)
    monkeypatch.setattr("bot.flood.PER_PERSON", (50, 5.0))
    async with newsroom(tmp_path, local_model=str(smol())) as stage:
        at = stage.clock() - timedelta(days=1)
        url = "https://t.me/peyk_ai/1"
        posts.add(stage.db, Post(stage.channel.id, 1, POST, published=at, url=url))
        yield stage


async def asked(room) -> Message:
    """The message of a question of the reader's whose answer has begun to stream."""
    room.tg.calls.clear()
    sent = await room.reader.send(room.reader.private(), "/ask جنگل تصادفی چیست؟")
    await room.tg.wait_for(
        lambda: [
            c
            for c in room.tg.calls
            if c.method == "sendMessageDraft" and words.UNCHECKED in c.params["text"]
        ],
        PATIENT,
    )
    return await room.tg.wait_message(
        room.reader.private(), lambda m: m.reply_to is sent and words.WRITING in (m.text or "")
    )


async def test_a_real_model_streams_is_stopped_and_its_death_costs_a_sentence(room):
    chat = room.reader.private()
    status = await asked(room)
    await room.reader.press(status, words.STOP)
    await room.said(chat, words.STOPPED)

    await asked(room)
    os.kill(room.peyk._local._home.room.pid, signal.SIGKILL)
    answer = await room.said(chat, words.REASONS["busy"])

    assert [e.url for e in answer.entities] == ["https://t.me/peyk_ai/1"]
