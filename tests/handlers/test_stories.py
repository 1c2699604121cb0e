"""One story, one card: what is merged, what replies to what, and how admins undo it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channel import publish
from bot.demo.faults import Fault
from bot.demo.records import Message
from db import items, relations
from db.model import Item, ItemState, Kind, State
from feeds.story import GROWN
from tests.llm_server import LLMServer
from tests.newsroom import MORNING, Newsroom, buttons, newsroom

SOURCES = """
[[rss]]
url = "$WEB/lab.xml"
name = "lab"

[[rss]]
url = "$WEB/press.xml"
name = "press"

[[rss]]
url = "$WEB/papers.xml"
name = "papers"

[[arxiv]]
url = "$WEB/arxiv.xml"
name = "arXiv"

[[github]]
repo = "zoo/zebra"
url = "$WEB/releases.atom"
max_per_day = 5
"""
LAUNCH = ("The zebra engine", "https://lab.example/zebra", "It runs.")
REPORT = (
    "Zebra engine stuns rivals",
    "https://press.example/stunned",
    "<p>See <a href='https://lab.example/zebra'>the lab</a>.</p>",
)
PAPER = ("Zebra: A Striped Model", "https://arxiv.org/abs/2606.12451", "Stripes.")


def rss(*entries: tuple[str, str, str]) -> bytes:
    told = "".join(
        f"<item><title>{title}</title><link>{url}</link><description><![CDATA[{text}]]>"
        "</description><pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate></item>"
        for title, url, text in entries
    )
    return f"<rss version='2.0'><channel>{told}</channel></rss>".encode()


def announced(version: str, kind: str, title: str) -> bytes:
    """What arXiv's daily feed says of a paper."""
    return (
        "<rss version='2.0' xmlns:arxiv='http://arxiv.org/schemas/atom'><channel><item>"
        f"<title>{title}</title><link>https://arxiv.org/abs/2606.12451</link>"
        f"<description>arXiv:2606.12451{version} Announce Type: {kind}\nAbstract: Stripes."
        f"</description><guid>oai:arXiv.org:2606.12451{version}</guid>"
        f"<arxiv:announce_type>{kind}</arxiv:announce_type></item></channel></rss>"
    ).encode()


def release(tag: str, day: int, text: str = "Code of arXiv:2606.12451.") -> str:
    url = f"https://github.com/zoo/zebra/releases/tag/{tag}"
    return (
        f"<entry><id>{tag}</id><title>{tag}</title><updated>2026-11-{day}T10:00:00Z</updated>"
        f"<link rel='alternate' href='{url}'/><content type='html'>{text}</content></entry>"
    )


def releases(*entries: str) -> bytes:
    feed = f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title>{''.join(entries)}</feed>"
    return feed.encode()


CROWD = [
    Item(
        identity=f"url:https://old.example/{n}",
        source="press",
        kind=Kind.NEWS,
        title=f"Model number{n} wins prize{n}",
        text="",
        url=f"https://old.example/{n}",
        published=MORNING - timedelta(days=n % 9),
        state=ItemState.DROPPED,
        reasons=({"kind": "backlog"},),
    )
    for n in range(GROWN)
]
"""What an index needs to know before it trusts that a word is rare."""
EMPTY = {
    "/lab.xml": rss(),
    "/press.xml": rss(),
    "/papers.xml": rss(),
    "/arxiv.xml": rss(),
    "/releases.atom": releases(),
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsroom]:
    """A running peyk with sources that say nothing yet."""
    async with newsroom(tmp_path, sources=SOURCES, pages=EMPTY) as room:
        await items.add(room.db, CROWD, MORNING)
        await room.once()
        yield room


async def hears(room: Newsroom, **pages: bytes) -> None:
    """Let sources say something, and peyk make a pass."""
    kinds = {"releases": "atom"}
    for name, page in pages.items():
        room.web.pages[f"/{name}.{kinds.get(name, 'xml')}"] = page
    await room.once()


def counts(room: Newsroom) -> dict[str, int]:
    """How many items are in each state, those apart that only fill the index."""
    found = items.counts(room.db)
    return found | {"dropped": found["dropped"] - GROWN}


def links(message: Message) -> list[str]:
    return [entity.url or "" for entity in message.entities if entity.type == "text_link"]


async def test_two_feeds_that_report_one_event_give_one_card_with_both_links(desk):
    await hears(desk, lab=rss(LAUNCH))
    await hears(desk, press=rss(REPORT))

    (card,) = desk.cards()
    assert links(card) == [LAUNCH[1], REPORT[1]]
    assert (
        "همین خبر در press: «Zebra engine stuns rivals»؛ چون یکی به دیگری پیوند دارد" in card.text
    )
    assert "جدا کن" in buttons(card)


async def test_of_two_reports_in_one_pass_the_draft_has_both_links_at_once(desk):
    await hears(desk, lab=rss(LAUNCH), press=rss(REPORT))

    (card,) = desk.cards()
    assert links(card) == [LAUNCH[1], REPORT[1]] and desk.draft().version == 1


async def test_set_apart_a_report_gets_its_own_card_and_its_link_leaves_the_other(desk):
    await hears(desk, lab=rss(LAUNCH))
    await hears(desk, press=rss(REPORT))
    await desk.mina.press(desk.card(), "جدا کن")
    await desk.once()

    assert [links(desk.card(number)) for number in (1, 2)] == [[LAUNCH[1]], [REPORT[1]]]
    assert "همین خبر" not in desk.card(1).text
    assert "مدیران از خبر دیگری جدایش کردند" in desk.card(2).text


async def test_what_was_set_apart_is_never_merged_again(desk):
    await hears(desk, lab=rss(LAUNCH), press=rss(REPORT))
    await desk.mina.press(desk.card(), "جدا کن")
    await desk.restart()
    await hears(desk, press=rss(REPORT, ("Bread", "https://press.example/bread", "")))

    assert relations.count(desk.db) == 0
    assert counts(desk) == {"drafted": 3, "dropped": 0}


async def test_who_is_no_admin_sets_nothing_apart(desk):
    await hears(desk, lab=rss(LAUNCH), press=rss(REPORT))
    alert = await desk.outsider.press(desk.card(), "جدا کن")

    assert "فقط برای مدیران" in alert.text and relations.count(desk.db) == 1


async def test_the_card_that_was_renewed_can_be_decided_on_and_edited(desk):
    await hears(desk, lab=rss(LAUNCH))
    await hears(desk, press=rss(REPORT))
    card = desk.card()
    await desk.mina.send(desk.group, "عنوان\n\nمتن تازه.", reply_to=card)
    edited = await desk.new_card(card)
    await desk.mina.press(edited, "انتشار")

    (post,) = await desk.posts(1)
    assert "متن تازه" in post.text and links(post) == [LAUNCH[1], REPORT[1]]


async def test_a_pass_that_is_made_again_changes_nothing(desk):
    await hears(desk, lab=rss(LAUNCH))
    await hears(desk, press=rss(REPORT))
    before = desk.draft(), desk.card().text, items.counts(desk.db), relations.count(desk.db)
    await desk.restart()
    await desk.once()

    after = desk.draft(), desk.card().text, items.counts(desk.db), relations.count(desk.db)
    assert after == before


async def test_a_card_that_a_dead_process_did_not_renew_is_renewed_by_the_next(desk, monkeypatch):
    await hears(desk, lab=rss(LAUNCH))
    await desk.stop()
    with monkeypatch.context() as dying:
        dying.setattr("bot.steps.offer", _nothing)
        desk.web.pages["/press.xml"] = rss(REPORT)
        await desk.pass_alone()
    desk.db.close()
    assert links(desk.tg.messages(desk.group)[-1]) == [LAUNCH[1]]
    await desk.start()
    await desk.once()

    assert links(desk.card()) == [LAUNCH[1], REPORT[1]] and desk.draft().version == 2


async def _nothing(*_: object) -> None:
    """A process that ends before it offers."""


async def test_news_of_what_was_posted_is_dropped_and_can_be_brought_back(desk):
    await hears(desk, lab=rss(LAUNCH))
    await desk.mina.press(desk.card(), "انتشار")
    await desk.posts(1)
    await hears(desk, press=rss(REPORT))
    assert len(desk.cards()) == 1
    listed = await _merges(desk)
    assert "ادغام در «The zebra engine» (lab)" in listed.text
    await desk.mina.press(listed, "جدا کن")
    await desk.says(listed, "هنوز چیزی ادغام نشده است")
    await desk.once()

    assert links(desk.card(2)) == [REPORT[1]]


async def _merges(room: Newsroom) -> Message:
    """The list of merges, as an admin opens it."""
    await room.mina.send(room.group, "/drafts")
    told = await room.tg.wait_message(room.group, lambda m: "ادغام‌ها" in buttons(m))
    await room.mina.press(told, "ادغام‌ها")
    return await room.said(room.group, "🧩 ادغام‌ها")


async def test_the_code_of_a_posted_paper_is_published_as_a_reply(desk):
    await hears(desk, papers=rss(PAPER))
    await desk.mina.press(desk.card(), "انتشار")
    (first,) = await desk.posts(1)
    await hears(desk, releases=releases(release("v1.0", 22)))
    card = desk.card(2)
    assert "↩️ در پاسخ به: «Zebra: A Striped Model»؛ چون" in card.text
    assert f"https://t.me/peyk_ai/{first.message_id}" in card.text.splitlines()
    await desk.mina.press(card, "انتشار")

    _, second = await desk.posts(2)
    assert second.reply_to is first


async def test_a_reply_whose_post_is_gone_is_published_all_the_same(desk):
    await hears(desk, papers=rss(PAPER))
    await desk.mina.press(desk.card(), "انتشار")
    (first,) = await desk.posts(1)
    await hears(desk, releases=releases(release("v1.0", 22)))
    await desk.mina.delete(first)
    await desk.mina.press(desk.card(2), "انتشار")

    await desk.tg.wait_for(lambda: desk.state(2) is State.SENT)
    assert desk.tg.messages(desk.channel)[-1].reply_to is None


async def test_an_admin_can_have_a_follow_up_stand_alone(desk):
    await hears(desk, papers=rss(PAPER))
    await desk.mina.press(desk.card(), "انتشار")
    await desk.posts(1)
    await hears(desk, releases=releases(release("v1.0", 22)))
    await desk.mina.press(await _merges(desk), "جدا کن")
    await desk.tg.wait_for(lambda: "در پاسخ به" not in desk.card(2).text)
    await desk.mina.press(desk.card(2), "انتشار")

    assert (await desk.posts(2))[1].reply_to is None


async def test_the_code_of_a_paper_not_yet_decided_on_joins_its_card(desk):
    await hears(desk, papers=rss(PAPER))
    await hears(desk, releases=releases(release("v1.0", 22)))

    (card,) = desk.cards()
    assert links(card) == [PAPER[1], "https://github.com/zoo/zebra/releases/tag/v1.0"]


async def test_a_train_of_releases_is_not_merged(desk):
    train = [release(f"v1.{n}", 12 + n, f"Fixes {n}.") for n in range(4)]
    await hears(desk, releases=releases(*train[:1]))
    await hears(desk, releases=releases(*reversed(train)))

    assert counts(desk) == {"drafted": 4, "dropped": 0}
    assert relations.members(desk.db, 501) == []


async def test_the_next_release_replies_to_the_post_of_the_last(desk):
    await hears(desk, releases=releases(release("v1.0", 14)))
    await desk.mina.press(desk.card(), "انتشار")
    (first,) = await desk.posts(1)
    await hears(desk, releases=releases(release("v1.1", 15), release("v1.0", 14)))
    await desk.mina.press(desk.card(2), "انتشار")

    assert (await desk.posts(2))[1].reply_to is first


async def test_a_hostile_title_is_plain_text_on_the_card_and_in_the_list(desk):
    bait = "Zebra engine @evil_bot https://evil.example/x #scam /start {of}"
    await hears(desk, lab=rss(LAUNCH), press=rss((bait, *REPORT[1:])))
    listed = await _merges(desk)

    assert "evil" in desk.card().text and "evil" in listed.text
    assert links(desk.card()) == [LAUNCH[1], REPORT[1]]
    assert {e.type for e in desk.card().entities} <= {"bold", "text_link", "hashtag", "mention"}
    assert not listed.entities


async def test_a_rejected_story_is_not_offered_again_by_its_next_report(desk):
    await hears(desk, lab=rss(LAUNCH))
    await desk.mina.press(desk.card(), "رد")
    await hears(desk, press=rss(REPORT))

    assert len(desk.cards()) == 1 and counts(desk) == {"drafted": 1, "dropped": 1}


async def test_what_was_dropped_is_listed_with_its_reason_and_comes_back_at_a_wish(desk):
    await items.add(
        desk.db, [replace(CROWD[0], identity="x", title="Bread", state="new")], MORNING
    )
    items.drop(desk.db, [GROWN + 1], {"kind": "expired", "days": 3})
    listed = await _merges(desk)
    await desk.mina.press(listed, "کنارگذاشته‌ها")
    await desk.says(listed, "۱. «Bread» (press)\nچون: در ۳ روز نوبتش نشد")
    await desk.mina.press(listed, "بیاور ۱")
    await desk.says(listed, "چیزی کنار گذاشته نشده است")
    await desk.once()

    assert "چرا این: مدیران خواستندش" in desk.card().text


async def test_a_reply_of_unknown_fate_is_found_and_stays_a_reply(desk, monkeypatch):
    monkeypatch.setitem(publish.Publisher.__init__.__kwdefaults__, "settle", 0.05)
    await desk.restart()
    await hears(desk, releases=releases(release("v1.0", 14)))
    await desk.mina.press(desk.card(), "انتشار")
    (first,) = await desk.posts(1)
    await hears(desk, releases=releases(release("v1.1", 15)))
    desk.tg.faults.add(Fault("sendMessage", "after", "drop", chat_id="@peyk_ai"))
    await desk.mina.press(desk.card(2), "انتشار")

    assert [post.reply_to for post in await desk.posts(2)] == [None, first]


@pytest.mark.parametrize(("title", "cards"), [("Zebra: A Striped Model", 1), ("Zebra 2", 2)])
async def test_a_later_version_of_a_posted_paper_is_a_reply_where_it_says_more(desk, title, cards):
    await hears(desk, arxiv=announced("v1", "new", PAPER[0]))
    await desk.mina.press(desk.card(), "انتشار")
    await desk.posts(1)
    await hears(desk, arxiv=announced("v2", "replace", title))

    assert len(desk.cards()) == cards
    told = desk.cards()[-1].text
    assert ("ویرایش v2" in told and "↩️ در پاسخ به" in told) == (cards == 2)


async def test_a_rewritten_text_keeps_the_links_of_its_story(tmp_path):
    async with (
        LLMServer() as llm,
        newsroom(tmp_path, llm=llm, sources=SOURCES, pages=EMPTY) as room,
    ):
        await items.add(room.db, CROWD, MORNING)
        await hears(room, lab=rss(LAUNCH), press=rss(REPORT))
        card = room.card()
        await room.mina.press(card, "بازنویسی")
        await room.tg.wait_for(lambda: "کوتاه‌تر" in buttons(card))
        await room.mina.press(card, "کوتاه‌تر")
        shorter = await room.new_card(card)

    assert links(shorter) == [LAUNCH[1], REPORT[1]]
