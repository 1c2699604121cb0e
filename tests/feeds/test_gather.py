"""What becomes of a new item by what it is related to."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db import items, relations
from db.model import Item, ItemState, Kind, Relation
from db.schema import open_db
from feeds import gather
from feeds.gather import Told, Verdict, verdict
from feeds.identity import identity
from feeds.story import Stories

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LINK = ({"kind": "link", "to": "url:https://a.example/x"},)


def item(number: int, source="press", day=0.0, **fields) -> Item:
    url = f"https://{source}.example/{number}"
    plain = {"kind": Kind.NEWS, "title": f"T{number}", "text": "", "url": url}
    at = NOW + timedelta(days=day)
    return Item(f"url:{url}", source, published=at, id=number, **(plain | fields))


def told(kind, standing, *, source="lab", reasons=LINK, score=0.95, head=1, day=0.0, heard=True):
    return Told(item(1, source, day), Relation(kind, score, reasons), head, standing, heard)


@pytest.mark.parametrize(
    ("kind", "standing", "act"),
    [
        ("same", "new", "merge"),
        ("same", "open", "merge"),
        ("same", "posted", "merge"),
        ("same", "rejected", "merge"),
        ("same", "dropped", "take over"),
        ("release_of", "new", "merge"),
        ("release_of", "open", "merge"),
        ("release_of", "posted", "follow"),
        ("release_of", "rejected", None),
        ("release_of", "dropped", "take over"),
        ("update", "new", "follow"),
        ("update", "open", "follow"),
        ("update", "posted", "follow"),
        ("update", "rejected", None),
        ("update", "dropped", None),
    ],
)
def test_what_becomes_of_an_item(kind, standing, act):
    found = verdict(item(2), [told(kind, standing)])

    assert (found and found.act) == act


@pytest.mark.parametrize("hearsay", ["name", "words"])
def test_within_one_source_likeness_is_no_evidence(hearsay):
    reasons = ({"kind": hearsay, "days": 1},)

    assert verdict(item(2), [told("same", "new", source="press", reasons=reasons)]) is None
    assert verdict(item(2), [told("same", "new", reasons=reasons)])


def test_a_story_that_nobody_reads_on_is_taken_over():
    assert verdict(item(2), [told("same", "new", heard=False)]).act == "take over"
    assert verdict(item(2), [told("same", "open", heard=False)]).act == "merge"


def test_an_older_item_follows_nothing():
    assert verdict(item(2), [told("update", "posted", day=1)]) is None


def test_a_posted_version_is_followed_before_a_surer_one_that_waits():
    waiting, posted = told("update", "new", head=7), told("update", "posted", head=3, score=0.8)

    assert verdict(item(2), [waiting, posted]) == Verdict("follow", 3, posted.how)


@pytest.fixture
def db():
    database = open_db(":memory:")
    yield database
    database.close()


async def ask(db, *found: Item, stories: Stories | None = None) -> Stories:
    """Store items, and ask them."""
    stories = Stories() if stories is None else stories
    await items.add(db, found, NOW)
    await gather.gather(db, stories, {"press", "lab", "a/b"}, lambda: NOW)
    return stories


def release(tag: str, day=0.0, repo="a/b") -> Item:
    url = f"https://github.com/{repo}/releases/tag/{tag}"
    fields = {"title": f"{repo} {tag}", "url": url, "kind": Kind.RELEASE}
    return replace(item(0, repo, day, **fields), identity=identity(url))


numbers = st.lists(st.tuples(*[st.integers(0, 12)] * 3), min_size=2, max_size=8, unique=True)


@settings(max_examples=40, deadline=None)
@given(numbers, st.booleans(), st.integers(0, 30))
def test_versions_of_one_source_are_never_merged(versions, posts, days):
    tags = [f"v{a}.{b}.{c}" for a, b, c in versions]
    if posts:
        train = [item(n, title=f"Zebra {tag} is here", day=n * days) for n, tag in enumerate(tags)]
    else:
        train = [release(tag, n * days / 8) for n, tag in enumerate(tags)]
    db = open_db(":memory:")
    asyncio.run(ask(db, *train))

    assert items.counts(db) == {"new": len(train)}
    db.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Introducing Claude Opus 4.6", "Claude Opus 4.6 on Vertex AI"),
        ("Evals in practice (Part 1)", "Evals in practice (Part 2)"),
        ("Weekly digest 12", "Weekly digest 13"),
        ("Zebra 2 is here", "Zebra 2 mini is here"),
        ("Zebra 2.0 release candidate 1", "Zebra 2.0 release candidate 2"),
    ],
)
async def test_what_one_source_tells_on_one_day_stays_apart(db, one, other):
    await ask(db, item(1, title=one), item(2, title=other, day=0.1))

    assert items.counts(db) == {"new": 2}


async def test_items_are_asked_in_the_order_of_their_dates(db):
    await ask(db, release("v1.1", 5), release("v1.0", 1))
    new, old = (items.by_identity(db, f"github:a/b@{tag}") for tag in ("v1.1", "v1.0"))

    assert relations.followed(db, new.id).other_id == old.id
    assert relations.followed(db, old.id) is None


async def test_an_item_is_asked_once(db, monkeypatch):
    stories = await ask(db, release("v1.0"))
    monkeypatch.setattr(stories, "related", lambda _: pytest.fail("asked again"))

    await ask(db, release("v1.0"), stories=stories)
    assert len(stories) == 1


async def test_a_new_process_remembers_the_newest_items_in_their_order(db, monkeypatch):
    await ask(db, *(release(f"v1.{n}", n) for n in range(30)))
    monkeypatch.setattr(gather, "KNOWN", 25)

    stories = await gather.remembered(db)
    assert len(stories) == 25
    assert items.get(db, 30) in stories and items.get(db, 5) not in stories


async def test_a_cross_list_announced_at_last_is_asked_and_remembered_once(db):
    paper = replace(item(0, "lab", title="Zebra", kind=Kind.PAPER), identity="arxiv:1")
    cross = ({"kind": "feed", "why": "cross"},)
    stories = await ask(db, replace(paper, state=ItemState.DROPPED, reasons=cross))
    await ask(db, paper, stories=stories)

    assert items.counts(db) == {"new": 1} and len(stories) == 1
    assert items.ungathered(db, 1) == []
