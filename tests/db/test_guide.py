"""The shelves of /toc: every page together shows each post once, from either end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from db import guide, index, posts, series, tags
from db.guide import GuideMessage, Shelf
from db.model import Post
from db.schema import open_db

START = datetime(2026, 11, 14, 6, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)


def archive(tagged: list[tuple[int, list[str]]]) -> Database:
    """Posts so many seconds after the start, with these tags."""
    db = open_db(":memory:")
    for number, (second, names) in enumerate(tagged, 1):
        text = f"پست {number}\n" + " ".join(f"#{name}" for name in names)
        at = START + timedelta(seconds=second)
        posts.add(db, Post(-100, number, text, published=at, url=f"https://t.me/a/{number}"))
    while index.catch_up(db):
        pass
    return db


def tag_id(db: Database, name: str) -> int:
    found = tags.owner(db, name)
    return -1 if found is None else found


def walk(db: Database, shelf: Shelf, size: int, forth: str, begin: str) -> Iterator[str]:
    """The addresses on a shelf, page after page in one direction."""
    page = guide.page(db, shelf, begin, 0, size)
    while page.posts:
        found = page.posts if forth == "after" else page.posts[::-1]
        yield from (entry.url for entry in found)
        more = page.after if forth == "after" else page.before
        if not more:
            return
        page = guide.page(db, shelf, forth, found[-1].key, size)


tagged = st.lists(
    st.tuples(st.integers(0, 40), st.lists(st.sampled_from(["الف", "ب", "پ"]), max_size=2)),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(tagged, st.integers(1, 7))
def test_all_pages_together_show_each_post_once(tagged, size):
    db = archive(tagged)

    for shelf, has in (
        (Shelf("all"), lambda tags: True),
        (Shelf("tag", tag_id(db, "ب")), lambda tags: "ب" in tags),
        (Shelf("tag", guide.UNTAGGED), lambda tags: not tags),
    ):
        numbered = enumerate(tagged, 1)
        wanted = sorted(f"https://t.me/a/{n}" for n, (_, tags) in numbered if has(tags))
        forth = list(walk(db, shelf, size, "after", "first"))
        back = list(walk(db, shelf, size, "before", "last"))
        assert sorted(forth) == wanted and back == forth[::-1]
        assert guide.count(db, shelf) == len(wanted)


@settings(max_examples=30, deadline=None)
@given(tagged, st.integers(1, 4), st.sets(st.integers(1, 30)))
def test_deleted_posts_are_on_no_page(tagged, size, gone):
    db = archive(tagged)
    posts.mark_deleted(db, -100, gone, NOON)
    index.catch_up(db)

    left = {f"https://t.me/a/{n}" for n in range(1, len(tagged) + 1) if n not in gone}
    shown = list(walk(db, Shelf("all"), size, "after", "first"))

    assert set(shown) == left and len(shown) == len(left) == guide.count(db, Shelf("all"))


def test_a_series_is_read_in_the_order_of_its_parts():
    db = archive([(1, []), (2, []), (3, [])])
    made = serial(db, ordinals(db)[::-1])

    shown = list(walk(db, Shelf("series", made), 2, "after", "first"))

    assert shown == ["https://t.me/a/3", "https://t.me/a/2", "https://t.me/a/1"]
    found = guide.one_series(db, made)
    assert found and (found.count, found.is_open, found.newest) == (3, True, ordinals(db)[-1])


def test_of_a_long_series_the_first_and_the_newest_parts_are_read():
    db = archive([(n, []) for n in range(50)])

    found = guide.one_series(db, serial(db, ordinals(db)))

    assert found and found.count == 50
    assert [part.number for part in found.parts] == [1, *range(22, 51)]


def test_a_week_holds_the_posts_of_its_seven_days():
    db = archive([(-1, []), (0, ["الف"]), (7 * 24 * 3600 - 1, []), (7 * 24 * 3600, [])])

    shelf = Shelf("week", int(NOON.timestamp()) // 60)

    assert [post.url[-1] for post in guide.week(db, shelf)] == ["2", "3"]
    assert guide.count(db, shelf) == 2


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        ("update tags set hidden = 1", 0),
        ("update tags set state = 'proposed'", 0),
        ("update tags set kind = 'type'", 1),
        ("update tags set kind = 'subject'", 1),
    ],
)
def test_only_tags_to_be_seen_are_in_the_contents(change: str, seen: int):
    db = archive([(1, ["الف"])])
    db.execute(f"{change} where id != 0")

    known = guide.contents(db)

    assert len(known.types + known.subjects) == seen
    assert bool(guide.tag(db, tag_id(db, "الف"))) == bool(seen)


def test_the_guide_knows_its_own_messages():
    db = archive([])
    guide.keep(db, GuideMessage("root", -100, 7, "abc"), NOON)
    guide.keep(db, GuideMessage("root", -100, 9, "abd"), NOON)

    assert guide.is_ours(db, -100, 9) and not guide.is_ours(db, -100, 7)
    guide.doubt(db, -100, 9)
    assert guide.messages(db)["root"].digest == ""


def serial(db: Database, ordinals: list[int]) -> int:
    """A series of these posts."""
    made = series.create(db, "دوره", None, NOON)
    assert made
    for number, ordinal in enumerate(ordinals, 1):
        series.attach(db, made.id, ordinal, number)
    return made.id


def ordinals(db: Database) -> list[int]:
    return [row[0] for row in db.execute("select ordinal from posts order by ordinal")]
