"""Which items are drafted once the admins have shown their taste."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from db import drafts, items
from db.model import Actor, Draft, Item, Kind, State
from db.schema import open_db
from feeds.pick import pick
from feeds.sources import Source

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MINA = Actor(7, "مینا")
PAPERS = Source("papers", "arxiv", 12)


def paper(number: int, words: str) -> Item:
    return Item(
        *(f"arxiv:2611.{number:05}", "papers", Kind.PAPER, f"{words} for {number}", words),
        url=f"https://arxiv.org/abs/2611.{number:05}",
        published=NOW - timedelta(minutes=number),
    )


async def decided(db, words: str, to: State, action: str, first: int) -> None:
    """Ten items of this kind, each drafted, offered and decided upon."""
    for number in range(first, first + 10):
        item = paper(number, words)
        await items.add(db, [item], NOW)
        stored = items.by_identity(db, item.identity)
        items.mark_drafted(db, stored.id)
        draft = drafts.add(db, Draft(stored.id, Kind.PAPER, "عنوان", "متن"), NOW)
        drafts.advance(db, draft.id, State.OFFERED, "offered", MINA, NOW)
        drafts.advance(db, draft.id, to, action, MINA, NOW)


async def test_without_decisions_the_newest_of_equals_come_first() -> None:
    db = open_db(":memory:")
    await items.add(db, [paper(2, "graph colouring"), paper(1, "diffusion images")], NOW)

    found = await pick(db, [PAPERS], budget=1, since=NOW, now=NOW)

    assert [item.identity for item in found] == ["arxiv:2611.00001"]


async def test_what_admins_liked_comes_first_and_says_so() -> None:
    db = open_db(":memory:")
    await decided(db, "diffusion images", State.APPROVED, "approved", 100)
    await decided(db, "graph colouring", State.REJECTED, "rejected", 200)
    await items.add(db, [paper(1, "graph colouring"), paper(2, "diffusion images")], NOW)

    (item,) = await pick(db, [PAPERS], budget=1, since=NOW + timedelta(1), now=NOW)

    assert item.identity == "arxiv:2611.00002"
    (told,) = [reason for reason in item.reasons if reason["kind"] == "taste"]
    assert told["approved"] == told["similar"] > 0


async def test_a_rejection_taken_back_teaches_nothing() -> None:
    db = open_db(":memory:")
    await decided(db, "graph colouring", State.REJECTED, "rejected", 200)
    for draft in drafts.find(db, [State.REJECTED]):
        drafts.advance(db, draft.id, State.OFFERED, "restored", MINA, NOW)

    assert drafts.decisions(db, 100) == []


async def test_a_muted_source_waits_and_a_raised_one_goes_before_a_better_one() -> None:
    db = open_db(":memory:")
    blogs = [Source(name, "rss", 3) for name in ("quiet", "loud", "plain")]
    steered = [replace(blogs[0], muted=True), replace(blogs[1], boost=1), blogs[2]]
    for number, source in enumerate(blogs):
        one = replace(paper(number, source.name), source=source.name, score=float(number))
        await items.add(db, [one], NOW)

    found = await pick(db, steered, budget=2, since=NOW, now=NOW)

    assert [item.source for item in found] == ["loud", "plain"]
    assert {"kind": "raised", "steps": 1} in found[0].reasons
    assert items.counts(db) == {"new": 3}


async def test_an_item_picked_again_says_its_reasons_once() -> None:
    db = open_db(":memory:")
    await items.add(db, [paper(1, "words")], NOW)
    raised = [replace(PAPERS, boost=-2)]

    for _ in range(2):
        (item,) = await pick(db, raised, budget=1, since=NOW, now=NOW)

    assert [reason for reason in item.reasons if reason["kind"] == "lowered"] == [
        {"kind": "lowered", "steps": 2}
    ]
