"""Entries of feeds in the database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import drafts, items
from db.items import Added, newer
from db.model import Draft, Item, ItemState, Kind, Link
from db.schema import open_db

NOW = datetime(2026, 9, 24, 12, tzinfo=UTC)


@pytest.fixture
def db():
    database = open_db(":memory:")
    yield database
    database.close()


PAPER = Item(
    identity="arxiv:1",
    source="arXiv",
    kind=Kind.PAPER,
    title="Title",
    text="Text",
    url="https://arxiv.org/abs/1",
    links=(Link("https://arxiv.org/abs/1", "paper"),),
    authors=("مریم", "B"),
    tags=("cs.CV",),
    published=NOW,
    revision="v1",
    reasons=({"kind": "code"},),
    score=2.5,
)


def paper(number=1, **fields) -> Item:
    return replace(PAPER, identity=f"arxiv:{number}", **fields)


def dropped(why: str, **fields) -> Item:
    reasons = ({"kind": "feed", "why": why},)
    return paper(drop=why, state=ItemState.DROPPED, reasons=reasons, **fields)


async def test_an_item_comes_back_as_it_was_stored(db):
    await items.add(db, [paper()], NOW)

    (found,) = items.find(db, [1])
    assert replace(found, id=0) == paper() and found.id == 1
    assert items.get(db, 1) == items.by_identity(db, "arxiv:1") == found


async def test_what_is_not_there_is_none(db):
    assert items.get(db, 7) is None and items.by_identity(db, "x") is None


async def test_an_item_is_stored_once(db):
    assert await items.add(db, [paper(), paper(), paper(2)], NOW) == Added(new=2, known=1)
    assert await items.add(db, [paper(), paper(2)], NOW) == Added(known=2)
    assert items.counts(db) == {"new": 2}


async def test_a_thousand_are_stored_in_chunks_that_let_others_run(db):
    turns = 0

    async def other():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    added = await items.add(db, (paper(n) for n in range(1000)), NOW)
    task.cancel()

    assert added == Added(new=1000) and turns >= 1000 / items.CHUNK


async def test_a_higher_revision_updates_and_is_never_news(db):
    await items.add(db, [paper()], NOW)
    items.mark_drafted(db, 1)

    added = await items.add(db, [paper(revision="v2", title="Better", drop="replace")], NOW)

    found = items.get(db, 1)
    assert added == Added(updated=1)
    assert found and (found.title, found.revision, found.state) == ("Better", "v2", "drafted")


async def test_a_lower_revision_changes_nothing(db):
    await items.add(db, [paper(revision="v10")], NOW)

    assert await items.add(db, [paper(revision="v9", title="Older")], NOW) == Added(known=1)


@pytest.mark.parametrize(
    ("revision", "than", "is_newer"),
    [
        ("v10", "v9", True),
        ("v1", "", True),
        ("", "v1", False),
        ("v2", "v2", False),
        ("2026-08-20T18:47:06Z", "2026-08-19T22:40:16Z", True),
    ],
)
def test_revisions_are_compared_as_numbers(revision, than, is_newer):
    assert newer(revision, than) is is_newer


async def test_a_paper_withdrawn_before_its_draft_is_never_drafted(db):
    await items.add(db, [paper()], NOW)

    await items.add(db, [dropped("withdrawn", revision="v2")], NOW)

    assert items.counts(db) == {"dropped": 1} and items.candidates(db, NOW) == []


async def test_a_paper_withdrawn_after_its_draft_stays_drafted(db):
    await items.add(db, [paper()], NOW)
    items.mark_drafted(db, 1)

    await items.add(db, [dropped("withdrawn", revision="v2")], NOW)

    assert items.counts(db) == {"drafted": 1}


async def test_a_cross_list_seen_first_does_not_hide_the_announcement(db):
    await items.add(db, [dropped("cross", source="arXiv: other")], NOW)

    await items.add(db, [paper()], NOW)

    found = items.get(db, 1)
    assert found and (found.state, found.source, found.score) == (ItemState.NEW, "arXiv", 2.5)


@pytest.mark.parametrize("why", ["replace", "withdrawn"])
async def test_nothing_else_that_was_dropped_comes_back(db, why):
    await items.add(db, [dropped(why)], NOW)

    await items.add(db, [paper()], NOW)

    assert items.counts(db) == {"dropped": 1}


async def test_candidates_are_open_and_due_and_best_first(db):
    await items.add(db, [paper(n, score=n) for n in range(1, 5)], NOW)
    items.mark_drafted(db, 1)
    items.drop(db, [2], {"kind": "expired", "days": 3})
    items.reschedule(db, 4, NOW + timedelta(hours=1), "busy")

    assert [c.id for c in items.candidates(db, NOW)] == [3]
    assert [c.id for c in items.candidates(db, NOW + timedelta(hours=1))] == [4, 3]
    assert items.candidates(db, NOW)[0].first_seen == NOW


async def test_a_dropped_item_keeps_all_its_reasons(db):
    await items.add(db, [paper()], NOW)

    assert items.drop(db, [1, 99], {"kind": "expired", "days": 3}) == 1

    found = items.get(db, 1)
    assert found and found.reasons == ({"kind": "expired", "days": 3}, {"kind": "code"})


async def test_a_drafted_item_is_not_dropped(db):
    await items.add(db, [paper()], NOW)
    items.mark_drafted(db, 1)

    assert items.drop(db, [1], {"kind": "expired", "days": 3}) == 0


async def test_a_source_s_drafts_are_counted_since(db):
    await items.add(db, [paper(1), paper(2, source="blog")], NOW)
    drafts.add(db, Draft(1, Kind.PAPER, "ع", "م"), NOW - timedelta(days=1))
    drafts.add(db, Draft(2, Kind.PAPER, "ع", "م"), NOW)

    assert items.drafted_since(db, NOW) == {"blog": 1}
