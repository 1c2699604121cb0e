"""Later versions of papers: news where the paper was posted and something is new in them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from db import drafts, items, relations
from db.model import Draft, Item, ItemState, Kind, Link
from db.schema import open_db
from feeds import gather
from feeds.posting import placed
from feeds.revisions import revisions
from feeds.story import Stories

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
URL = "https://arxiv.org/abs/2606.12451"
CODE = Link("https://github.com/zoo/zebra", "code")
FIRST = Item(
    "arxiv:2606.12451",
    "arXiv",
    Kind.PAPER,
    "Zebra: A Striped Model",
    "Stripes.",
    URL,
    (Link(URL, "paper"),),
    published=NOW,
    revision="v1",
)
SECOND = replace(
    FIRST,
    revision="v2",
    drop="replace",
    state=ItemState.DROPPED,
    reasons=({"kind": "feed", "why": "replace"}, {"kind": "code"}),
)
RETITLED = replace(SECOND, title="Zebra 2: A Striped Model")


@pytest.fixture
async def db():
    """A database with the first version, posted."""
    database = open_db(":memory:")
    await items.add(database, [FIRST], NOW)
    drafts.add(database, Draft(1, Kind.PAPER, "ع", "م"), NOW)
    database.execute("update drafts set state = 'sent'")
    items.mark_drafted(database, 1)
    yield database
    database.close()


@pytest.mark.parametrize(
    ("later", "state"),
    [
        (RETITLED, "new"),
        (replace(SECOND, links=(*SECOND.links, CODE)), "new"),
        (SECOND, "dropped"),
        (replace(SECOND, title="zebra – a striped MODEL", text="Other words."), "dropped"),
    ],
)
async def test_a_later_version_is_news_by_its_title_or_code(db, later, state):
    (found,) = revisions(db, [later])

    assert (found.identity, found.url) == ("arxiv:2606.12451v2", f"{URL}v2")
    assert found.state == state and found.reasons[1:] == ({"kind": "code"},)


@pytest.mark.parametrize(
    "later",
    [
        replace(RETITLED, revision="v1"),
        replace(RETITLED, revision=""),
        replace(RETITLED, drop="withdrawn"),
        replace(RETITLED, identity="arxiv:2606.99999"),
    ],
)
async def test_of_anything_else_there_is_no_later_version(db, later):
    assert revisions(db, [later]) == []


async def test_a_paper_that_is_not_posted_has_no_later_version(db):
    db.execute("update drafts set state = 'offered'")

    assert revisions(db, [RETITLED]) == []


async def test_its_post_replies_to_the_first_version_s(db):
    for _ in range(2):  # a poll that died in between is made again
        await items.add(db, revisions(db, [RETITLED]), NOW)
    await items.add(db, [RETITLED], NOW)
    await gather.gather(db, Stories([FIRST]), {"arXiv"}, lambda: NOW)

    how = relations.followed(db, 2)
    assert how.other_id == 1 and how.reasons[0] == {"kind": "revision", "old": "v1", "new": "v2"}
    assert placed(db, Draft(2, Kind.PAPER, "ع", "م")).answers == 1
    assert revisions(db, [RETITLED]) == []


async def test_one_without_news_waits_among_the_dropped_and_replies_when_it_is_wanted(db):
    await items.add(db, revisions(db, [SECOND]), NOW)
    await gather.gather(db, Stories([FIRST]), {"arXiv"}, lambda: NOW)
    (dropped,) = items.dropped(db, 10)
    assert relations.latest(db, 10) == []
    items.reopen(db, dropped.id, {"kind": "wished"}, 1.0, NOW)

    assert placed(db, Draft(dropped.id, Kind.PAPER, "ع", "م")).answers == 1
