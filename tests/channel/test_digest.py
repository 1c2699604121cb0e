"""The weekly digest: what it says, and that the admins get it once."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from bot import steps
from bot.channel.digest import by_subject, draft
from bot.channel.post import compose, problems
from bot.demo.records import Content
from bot.steps import Pass
from db import drafts, posts
from db.guide import WeekPost
from db.model import Post, State
from handlers.texts.guide import DIGEST
from tests.newsroom import Newsroom, newsroom

FRIDAY_TEN = ((4, time(10, 0)),)
FRIDAY = datetime(2026, 11, 27, 6, 31, tzinfo=UTC)
"""A minute past ten in Tehran."""
TEXT, ROBOT = (1, "NLP", "زبان"), (2, "Robot_Arm", "")


def week_post(title: str, *tags: tuple[int, str, str]) -> WeekPost:
    return WeekPost(title, "text", "https://t.me/peyk_ai/5", tags)


def write(room: Newsroom, text: str) -> None:
    """A post of the channel, in the archive already."""
    sent = room.tg.world.post(room.channel, Content(text=text), room.mina.user)
    url = f"https://t.me/peyk_ai/{sent.message_id}"
    posts.add(
        room.db,
        Post(room.channel.id, sent.message_id, text, published=room.clock(), url=url),
    )


def test_posts_stand_under_the_subject_most_of_them_share():
    found = [week_post("یک", TEXT, ROBOT), week_post("دو", TEXT), week_post("سه", ROBOT)]

    groups = by_subject([*found, week_post("چهار")], "دیگر")

    assert [(name, len(posts)) for name, posts in groups] == [("زبان", 2), ("دیگر", 2)]


def test_a_digest_links_every_post():
    made = draft(1, [week_post("نخست", TEXT), week_post("دوم", TEXT)], DIGEST, "#هفته", "", "")

    assert made.title == "🗓 مرور هفته: ۲ پست" and made.tags == ("#هفته",)
    assert [e["type"] for e in made.entities] == ["bold", "text_link", "text_link"]


@pytest.mark.parametrize("count", [60, 200, 500])
def test_a_long_week_is_cut_to_one_message_and_the_rest_is_in_the_bot(count: int):
    week = [week_post(f"{n} " + "عنوانی بلند " * 9, TEXT, ROBOT) for n in range(count)]
    more = "https://t.me/peyk_bot?start=toc_w5"

    made = draft(1, week, DIGEST, "#هفته", "@peyk_ai", more)

    assert problems(compose(made, "@peyk_ai")) == []
    assert made.entities[-1]["url"] == more and "پست دیگر، در ربات" in made.body


async def test_the_admins_get_the_week_once(tmp_path):
    async with newsroom(tmp_path, digest=FRIDAY_TEN) as room:
        write(room, "خبر زبان\n\n#NLP")
        write(room, "خبر دیگر\n\n#NLP")
        room.clock.now = FRIDAY

        assert await steps.digest(room.peyk.parts) and not await steps.digest(room.peyk.parts)
        await steps.offer(room.peyk.parts, Pass())

        card = room.card()
        assert "مرور هفته: ۲ پست" in (card.text or "") and "#هفته" in (card.text or "")
        links = [e.url for e in card.entities if e.type == "text_link"]
        assert links == ["https://t.me/peyk_ai/1", "https://t.me/peyk_ai/2"]


async def test_its_links_reach_the_channel(tmp_path):
    async with newsroom(tmp_path, digest=FRIDAY_TEN) as room:
        write(room, "خبر زبان #NLP")
        room.clock.now = FRIDAY
        await steps.digest(room.peyk.parts)
        await steps.offer(room.peyk.parts, Pass())

        await room.mina.press(room.card(), "انتشار")
        await room.posts(1)

        post = await room.said(room.channel, "مرور هفته")
        assert "https://t.me/peyk_ai/1" in [e.url for e in post.entities]


async def test_rewriting_makes_it_of_the_posts_as_they_are_now(tmp_path):
    async with newsroom(tmp_path, digest=FRIDAY_TEN) as room:
        write(room, "خبر زبان")
        room.clock.now = FRIDAY
        await steps.digest(room.peyk.parts)
        await steps.offer(room.peyk.parts, Pass())
        posts.add(room.db, Post(room.channel.id, 1, "خبر نو", url="https://t.me/peyk_ai/1"))
        room.db.execute("update drafts set state = 'rewriting', direction = 'shorter'")

        await steps.rewrite(room.peyk.parts, Pass())

        assert "خبر نو" in room.draft().body and room.draft().version == 2


async def test_the_digest_of_last_week_is_no_post_of_this_one(tmp_path):
    async with newsroom(tmp_path, digest=FRIDAY_TEN) as room:
        write(room, "خبر زبان")
        room.clock.now = FRIDAY
        await steps.digest(room.peyk.parts)
        await steps.offer(room.peyk.parts, Pass())
        await room.mina.press(room.card(), "انتشار")
        await room.posts(1)

        room.clock.forward(days=7)

        assert not await steps.digest(room.peyk.parts)


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 27, 6, 29, tzinfo=UTC),
        datetime(2026, 11, 28, 6, 31, tzinfo=UTC),
    ],
)
async def test_it_comes_on_its_day_or_not_at_all(tmp_path, now):
    async with newsroom(tmp_path, digest=FRIDAY_TEN) as room:
        write(room, "خبر زبان")
        room.clock.now = now

        assert not await steps.digest(room.peyk.parts)


@pytest.mark.parametrize("settings", [{}, {"digest": FRIDAY_TEN}])
async def test_without_a_day_or_without_posts_there_is_none(tmp_path, settings):
    async with newsroom(tmp_path, **settings) as room:
        if not settings:
            write(room, "خبر زبان")
        room.clock.now = FRIDAY

        assert not await steps.digest(room.peyk.parts)
        assert drafts.find(room.db, [State.DRAFTED]) == []
