"""Between the parts of a thread peyk may die as often as it likes.

Each part is in the channel once, in order, in reply to the one before it.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.demo.records import Message
from db import drafts
from db.model import PEYK, State
from db.schema import open_db
from tests.faults.runs import play_all
from tests.faults.scene import Scene, Zygote
from tests.faults.test_publishing import Death, die_during

PARTS = 3
pytestmark = pytest.mark.timeout(300)


async def offer_thread(stage: Scene) -> Message:
    """The card of the first of three parts that wait for the admins."""
    card = await stage.offer()
    with closing(open_db(stage.path)) as db:
        now = datetime.now(UTC)
        first = drafts.get(db, 1)
        assert first
        for part in range(2, PARTS + 1):
            fields = {"part": part, "answers": part - 1, "state": State.DRAFTED}
            made = drafts.add(db, replace(first, **fields), now)
            drafts.advance(db, made.id, State.OFFERED, "offered", PEYK, now)
    return card


def check(stage: Scene) -> None:
    """The thread stands in the channel as it was approved."""
    titles = [f"(قسمت {number} از ۳)" for number in "۱۲۳"]
    found = [stage.posts(title) for title in titles]
    assert [len(posts) for posts in found] == [1] * PARTS
    posts = [one for [one] in found]
    replied = [post.reply_to.message_id if post.reply_to else None for post in posts]
    assert replied == [None, posts[0].message_id, posts[1].message_id]
    recorded = stage.rows("select draft_id, message_id from posts order by draft_id")
    assert recorded == [(n, post.message_id) for n, post in enumerate(posts, 1)]
    assert not stage.rows("select 1 from drafts where state != 'sent'")


async def die_at_each_post(stage: Scene, deaths: tuple[Death, ...]) -> None:
    """Press once, die while sending in one life after the other, and live on."""
    card = await offer_thread(stage)
    stage.soon(stage.mina.press_data(card, f"d:all:1:1:{PARTS}"))
    for death in deaths:
        await die_during(stage, death)
        await stage.start()
        await stage.ended()
    await stage.start()
    await stage.rest()
    check(stage)


async def test_killed_while_sending_any_part_the_thread_is_whole(
    zygote: Zygote, tmp_path: Path
) -> None:
    lost, late, done = (Death("sendMessage", fate) for fate in ("lost", "late", "done"))
    cases = [(fate,) * lives for fate in (lost, late, done) for lives in (1, 2, PARTS)]
    # Not late before done: the call that comes late would meet the next death as well.
    cases += [(lost, done), (done, lost), (done, late), (lost, late, late), (done, lost, done)]

    runs = await play_all(tmp_path, zygote, die_at_each_post, cases)

    print(f"kill -9 while a thread is sent, {len(cases)} ways: {len(runs)} runs")
