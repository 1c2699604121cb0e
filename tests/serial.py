"""Posts that are parts of a series, on the stage of the tests."""

from __future__ import annotations

from bot.demo.records import Message
from db import series
from db.model import State
from db.series import Series
from tests.newsroom import Newsroom


def only(room: Newsroom) -> Series:
    [found] = series.listing(room.db)
    return found


def titles(room: Newsroom) -> dict[int, str]:
    return {part.number: part.title for part in only(room).parts}


async def kept(room: Newsroom) -> None:
    """Wait until what was posted is in the archive, and series are as they should be."""
    await room.ask(room.reader, room.reader.private(), "/start")
    await room.publish_due()


async def published(room: Newsroom, **fields: object) -> Message:
    """A post of peyk's own."""
    card = await room.offer(**fields)
    before = len(room.tg.messages(room.channel))
    await room.mina.press(card, "انتشار")
    await room.tg.wait_for(lambda: len(room.tg.messages(room.channel)) > before)
    await room.tg.wait_for(lambda: room.state(len(room.cards())) is State.SENT)
    return room.tg.messages(room.channel)[-1]


def links(message: Message) -> dict[str, str]:
    """The links of a post: label -> number of the post it leads to."""
    text = (message.text or message.caption or "").encode("utf-16-le")
    return {
        text[2 * e.offset : 2 * (e.offset + e.length)].decode("utf-16-le"): e.url.rpartition("/")[
            2
        ]
        for e in message.content.entities
        if e.type == "text_link" and e.url and "t.me" in e.url
    }
