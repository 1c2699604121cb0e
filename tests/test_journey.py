"""The main line end to end: real recordings in, posts in the channel out, everything over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.records import Message
from db import drafts, posts
from db.model import State
from prompts import vocabulary
from tests.llm_server import LLMServer, Mode
from tests.newsroom import Newsroom, buttons, newsroom

SOURCES = """
[[arxiv]]
url = "$WEB/arxiv.xml"
name = "arXiv"
keywords = ["language model", "agent"]
max_per_day = 4

[[github]]
repo = "ollama/ollama"
url = "$WEB/releases.atom"

[[rss]]
url = "$WEB/blog.xml"
name = "blog"
tags = ["#HuggingFace"]
max_per_day = 2
"""
RECORDINGS = {
    "/arxiv.xml": "arxiv/api/cs_ai_lg_cl_25.xml",
    "/releases.atom": "github/atom/ollama.releases.atom",
    "/blog.xml": "feeds/labs/huggingface_blog.xml",
}
DRAFTS = 7
"""Four papers, a release and two posts fit the sources' own limits."""
RULE = "\n\n\u200f─"


@pytest.fixture
def pages(shared: Path) -> dict[str, bytes]:
    return {page: (shared / recording).read_bytes() for page, recording in RECORDINGS.items()}


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    async with LLMServer() as server:
        yield server


@pytest.fixture
async def news(tmp_path: Path, llm: LLMServer, pages: dict[str, bytes]) -> AsyncIterator[Newsroom]:
    """A running peyk that has sent the cards of all recordings' news."""
    async with newsroom(tmp_path, llm=llm, sources=SOURCES, pages=pages) as room:
        await room.tg.wait_for(lambda: len(room.cards()) == DRAFTS, timeout=30)
        await room.once()
        yield room


def on_card(card: Message) -> str:
    """The post that a card shows."""
    return (card.text or "").partition(RULE)[0]


def looks(message: Message, until: int) -> list[object]:
    return [entity.to_json() for entity in message.entities if entity.end <= until]


def same_post(card: Message, post: Message) -> bool:
    """Whether the post is, character for character and style for style, what the card showed."""
    shown = on_card(card)
    length = len(shown.encode("utf-16-le")) // 2
    return (post.text, looks(post, length)) == (shown, looks(card, length))


async def test_each_recording_becomes_cards_with_their_source_and_reason(news: Newsroom) -> None:
    texts = [card.text or "" for card in news.cards()]

    sources = ("arXiv", "ollama/ollama", "blog")
    told = [
        sum(name in text.split("منبع: ")[1].split("\n")[0] for text in texts) for name in sources
    ]
    assert told == [4, 1, 2]
    assert all("چرا این: " in text for text in texts if "منبع: arXiv" in text)
    assert any("agent" in text.split("چرا این: ")[-1] for text in texts)


async def test_every_card_is_persian_and_carries_links_and_tags_of_the_channel(
    news: Newsroom,
) -> None:
    known = set(vocabulary.load().tags)

    for card in news.cards():
        post, length = on_card(card), len(on_card(card).encode("utf-16-le")) // 2
        kinds = {e.type for e in card.entities if e.end <= length}
        *_, tags, signature = post.split("\n\n")
        assert "🔗 " in post
        assert set(tags.replace("\u200f", "").split()) <= known
        assert signature == "\u200f@peyk_ai | پیک هوش مصنوعی"
        assert kinds == {"bold", "text_link", "hashtag", "mention"}


async def test_publish_schedule_edit_rewrite_reject_and_the_channel_shows_the_cards(
    news: Newsroom,
) -> None:
    now, later, changed, rewritten, rejected = news.cards()[:5]
    number = {id(card): n for n, card in enumerate(news.cards(), 1)}

    await news.mina.press(now, "انتشار")
    await news.posts(1)
    await news.arash.press(later, "زمان‌بندی")
    await news.tg.wait_for(lambda: "بازگشت" in buttons(later))
    await news.arash.press(later, "نوبت بعدی")
    await news.mina.send(
        news.group,
        "😀 عنوان تازه\n\nمتن پررنگ.",
        entities=[{"type": "bold", "offset": 18, "length": 5}],
        reply_to=changed,
    )
    edited = await news.new_card(changed, number[id(changed)])
    await news.mina.press(edited, "انتشار")
    await news.posts(2)
    await news.mina.press(rewritten, "بازنویسی")
    await news.tg.wait_for(lambda: "کوتاه‌تر" in buttons(rewritten))
    await news.mina.press(rewritten, "کوتاه‌تر")
    shorter = await news.new_card(rewritten, number[id(rewritten)])
    await news.mina.press(rejected, "رد")
    await news.mina.press(shorter, "انتشار")
    await news.posts(3)
    news.clock.forward(hours=1)
    await news.publish_due()
    in_channel = await news.posts(4)

    assert all(map(same_post, [now, edited, shorter, later], in_channel))
    assert news.state(number[id(rejected)]) is State.REJECTED
    assert "متن پررنگ" in in_channel[1].text


async def test_what_was_published_is_in_the_archive_with_its_hashtags(news: Newsroom) -> None:
    for card in news.cards()[:2]:
        await news.mina.press(card, "انتشار")
    in_channel = await news.posts(2)

    kept = {row["message_id"]: row for row in posts.find(news.db)}

    assert [kept[post.message_id]["text"] for post in in_channel] == [p.text for p in in_channel]
    for post in in_channel:
        tags = {word for word in post.text.replace("\u200f", "").split() if word[0] == "#"}
        assert set(kept[post.message_id]["tags"]) == tags
        assert post.message_id in [row["message_id"] for row in posts.find(news.db, min(tags))]


@pytest.mark.parametrize("direction", ["کوتاه‌تر", "بلندتر", "ساده‌تر"])
async def test_a_rewrite_goes_through_the_model_again(
    news: Newsroom, llm: LLMServer, direction: str
) -> None:
    card = news.cards()[0]
    asked = llm.calls

    await news.mina.press(card, "بازنویسی")
    await news.tg.wait_for(lambda: direction in buttons(card))
    await news.mina.press(card, direction)
    newer = await news.new_card(card)

    assert asked < llm.calls <= asked + 2  # an answer the gate doubts is asked for once more
    assert "پست پیشین" in llm.requests[-1]["messages"][-1]["content"]
    assert "ویرایش ۲" in newer.text and buttons(card) == ["نسخهٔ تازه پایین‌تر است"]


async def test_a_draft_rejected_with_a_reason_comes_back(news: Newsroom) -> None:
    card = news.cards()[0]
    await news.mina.press(card, "رد")
    await news.tg.wait_for(lambda: "نامرتبط" in buttons(card))
    await news.mina.press(card, "نامرتبط")
    await news.says(card, "دلیل: نامرتبط")

    await news.arash.press(card, "برگرداندن")
    await news.tg.wait_for(lambda: "انتشار" in buttons(card))
    await news.arash.press(card, "انتشار")

    assert same_post(card, (await news.posts(1))[0])
    await news.says(card, "تأیید: آرش")


async def test_polling_again_and_restarting_draft_nothing_twice(
    news: Newsroom, llm: LLMServer
) -> None:
    calls, items = llm.calls, news.db["items"].count

    await news.once()
    await news.restart()
    outcome = await news.once()

    assert (outcome.new_items, outcome.drafted, outcome.errors) == (0, 0, [])
    assert (llm.calls, news.db["items"].count, len(news.cards())) == (calls, items, DRAFTS)


async def test_a_chosen_time_is_kept(news: Newsroom) -> None:
    card = news.cards()[0]
    await news.mina.press(card, "زمان‌بندی")
    await news.tg.wait_for(lambda: "زمان دلخواه" in buttons(card))
    await news.mina.press(card, "زمان دلخواه")
    question = await news.said(news.group, "کی منتشر شود؟")
    await news.mina.send(news.group, "امروز ۱۰:۱۵", reply_to=question)
    await news.says(card, "ساعت ۱۰:۱۵ زمان‌بندی کرد")

    news.clock.forward(hours=2, minutes=14)
    assert (await news.publish_due()).published == 0
    news.clock.forward(minutes=1)
    await news.publish_due()

    assert same_post(card, (await news.posts(1))[0])


async def test_the_days_budget_holds(
    tmp_path: Path, llm: LLMServer, pages: dict[str, bytes]
) -> None:
    async with newsroom(tmp_path, llm=llm, sources=SOURCES, pages=pages, drafts_per_day=3) as room:
        await room.tg.wait_for(lambda: len(room.cards()) == 3, timeout=30)
        same_day = await room.once()
        room.clock.forward(days=1)
        next_day = await room.once()

        assert (same_day.drafted, next_day.drafted) == (0, 3)


async def test_without_a_model_the_cards_show_the_source_and_say_so(
    tmp_path: Path, pages: dict[str, bytes]
) -> None:
    async with newsroom(tmp_path, sources=SOURCES, pages=pages) as room:
        await room.tg.wait_for(lambda: len(room.cards()) == DRAFTS, timeout=30)

        assert all("خلاصهٔ فارسی ساخته نشد" in card.text for card in room.cards())
        assert {draft.origin for draft in drafts.find(room.db)} == {"extract"}


async def test_a_model_that_is_down_makes_items_wait_until_it_is_back(
    tmp_path: Path, pages: dict[str, bytes]
) -> None:
    async with (
        LLMServer(Mode.DENIED) as llm,
        newsroom(tmp_path, llm=llm, sources=SOURCES, pages=pages) as room,
    ):
        await room.said(room.group, "مدل زبانی پاسخ نمی‌دهد")
        assert room.cards() == []
        llm.mode = Mode.GOOD
        room.clock.forward(minutes=20)
        await room.once()

        assert len(room.cards()) == DRAFTS
        assert "key" not in {row["error"] for row in room.db.query("select error from items")}


async def test_once_makes_the_whole_line_in_one_pass(
    tmp_path: Path, llm: LLMServer, pages: dict[str, bytes]
) -> None:
    async with newsroom(
        *(tmp_path,), llm=llm, sources=SOURCES, pages=pages, auto_publish=True, running=False
    ) as room:
        first = await room.pass_alone()
        room.clock.forward(hours=1)
        second = await room.pass_alone()

        assert (first.drafted, first.offered, first.published) == (DRAFTS, DRAFTS, 0)
        assert (second.new_items, second.drafted, second.published) == (0, 0, 1)
        [post] = room.tg.messages(room.channel)
        assert same_post(room.cards()[0], post)


async def test_a_broken_feed_costs_that_source_only(
    tmp_path: Path, llm: LLMServer, pages: dict[str, bytes]
) -> None:
    pages["/arxiv.xml"] = b"<html>Down for maintenance</html>"
    del pages["/blog.xml"]
    async with newsroom(tmp_path, llm=llm, sources=SOURCES, pages=pages, running=False) as room:
        outcome = await room.pass_alone()

    assert (outcome.drafted, len(outcome.errors)) == (1, 2)


async def test_sources_and_stats_tell_how_it_goes(
    tmp_path: Path, llm: LLMServer, pages: dict[str, bytes]
) -> None:
    del pages["/blog.xml"]
    async with newsroom(tmp_path, llm=llm, sources=SOURCES, pages=pages) as room:
        await room.tg.wait_for(lambda: len(room.cards()) == 5, timeout=30)
        told = await room.ask(room.mina, room.group, "/sources")
        counted = await room.ask(room.mina, room.group, "/stats")

        assert "✅ arXiv" in told and "هنوز خوانده نشده · ۱ خطای پیاپی" in told
        assert "پیش‌نویس «در انتظار تصمیم»: ۵" in counted
