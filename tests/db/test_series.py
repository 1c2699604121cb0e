"""Series as the database keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from db import index, posts, series
from db.model import Post
from db.schema import open_db
from db.series import Candidate, Series
from tests.db.ground import NOW, drafted


@pytest.fixture
def db() -> Iterator[Database]:
    database = filled()
    yield database
    database.close()


def filled() -> Database:
    """Six posts of ours, and a series without parts."""
    database = open_db(":memory:")
    for number in range(1, 7):
        moment = NOW + timedelta(minutes=number)
        url = f"https://t.me/peyk_ai/{number}"
        draft = drafted(database, number)
        posts.add(
            database,
            Post(-100, number, f"پست {number}", published=moment, url=url, draft_id=draft.id),
        )
    index.catch_up(database)
    assert series.create(database, "گیت", None, NOW)
    return database


def place(db: Database, number: int) -> int:
    post = posts.by_message(db, -100, number)
    assert post
    return post.ordinal


def parts(db: Database) -> dict[int, str]:
    [found] = series.listing(db)
    return {part.number: part.title for part in found.parts}


def test_a_series_has_one_title_in_all_spellings(db: Database) -> None:
    assert series.create(db, "گيت", None, NOW) is None
    assert series.create(db, "!", None, NOW) is None
    assert series.rename(db, 1, "الفبای گیت") and series.named(db, "الفباي گیت")


def test_posts_become_parts_in_the_order_they_come(db: Database) -> None:
    for number in (2, 5, 3):
        series.attach(db, 1, place(db, number))
    assert series.attach(db, 1, place(db, 2)) == 1

    assert parts(db) == {1: "پست 2", 2: "پست 5", 3: "پست 3"}


def test_a_number_that_is_taken_is_not_given_twice(db: Database) -> None:
    series.attach(db, 1, place(db, 1), 4)

    assert series.attach(db, 1, place(db, 2), 4) == 5


def test_a_post_is_part_of_one_series(db: Database) -> None:
    other = series.create(db, "جبر", None, NOW)
    assert other
    series.attach(db, 1, place(db, 1))
    series.attach(db, other.id, place(db, 1))

    assert [len(one.parts) for one in (series.get(db, 1), series.get(db, other.id)) if one] == [
        0,
        1,
    ]


def test_parts_change_places(db: Database) -> None:
    for number in (1, 2, 3):
        series.attach(db, 1, place(db, number))

    assert series.swap(db, 1, 1, 3) and not series.swap(db, 1, 1, 9)
    assert parts(db) == {1: "پست 3", 2: "پست 2", 3: "پست 1"}


def test_deleted_posts_are_left_out(db: Database) -> None:
    for number in (1, 2):
        series.attach(db, 1, place(db, number))

    posts.mark_deleted(db, -100, [1], NOW)

    assert parts(db) == {2: "پست 2"}


def test_rejected_drafts_hold_no_number(db: Database) -> None:
    series.attach(db, 1, place(db, 1))
    one, two = drafted(db, 11), drafted(db, 12)
    assert (series.plan(db, one.id, 1), series.plan(db, two.id, 1)) == (2, 3)

    db.execute("update drafts set state = 'rejected' where id = ?", [one.id])
    db.execute("delete from series_drafts where draft_id = ?", [two.id])

    assert series.plan(db, two.id, 1) == 2


def absorbed(db: Database, name: str, *numbers: int) -> int:
    rows = [Candidate(place(db, n), name, n, "", 0) for n in numbers]
    series.note_seen(db, 6, rows)
    known = {row.number: row for row in series.candidates(db)}
    return series.absorb(db, name, known, NOW)


def test_what_was_recognised_joins_the_series_of_its_name(db: Database) -> None:
    assert absorbed(db, "گیت", 1, 2) == 2
    assert absorbed(db, "گیت", 1, 2, 3) == 1

    assert parts(db) == {1: "پست 1", 2: "پست 2", 3: "پست 3"}


def test_what_an_admin_took_out_or_moved_stays_so(db: Database) -> None:
    absorbed(db, "گیت", 1, 2, 3)
    series.detach(db, place(db, 2))
    series.swap(db, 1, 1, 3)

    assert absorbed(db, "گیت", 1, 2, 3) == 0
    assert parts(db) == {1: "پست 3", 3: "پست 1"}


def test_a_dissolved_series_does_not_come_back(db: Database) -> None:
    absorbed(db, "گیت", 1, 2)
    series.remove(db, 1)

    assert absorbed(db, "گیت", 1, 2) == 0 and series.listing(db) == []


def test_open_series_come_first_then_those_with_the_newest_parts(db: Database) -> None:
    for title, number in (("ب", 6), ("پ", 5)):
        made = series.create(db, title, None, NOW)
        assert made
        series.attach(db, made.id, place(db, number))
    series.set_state(db, 2, series.FINISHED)

    assert [one.title for one in series.listing(db)] == ["گیت", "پ", "ب"]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["attach", "detach", "swap", "delete", "link"]),
        st.integers(1, 6),
        st.integers(1, 6),
    ),
    max_size=15,
)


@given(STEPS)
def test_links_are_asked_for_until_each_post_has_those_to_its_neighbours(
    steps: list[tuple[str, int, int]],
) -> None:
    db = filled()
    carried: dict[int, tuple[str, str]] = {}
    for what, one, other in steps:
        if what == "attach":
            series.attach(db, 1, place(db, one), other)
        elif what == "detach":
            series.detach(db, place(db, one))
        elif what == "swap":
            series.swap(db, 1, one, other)
        elif what == "delete":
            posts.mark_deleted(db, -100, [one], NOW)
        else:
            link(db, carried)
    link(db, carried)

    live = [part.url for part in _series(db).parts]
    around = {url: (["", *live][at], [*live, ""][at + 1]) for at, url in enumerate(live)}
    for number in range(1, 7):
        post = posts.by_message(db, -100, number)
        if post and not post.deleted:
            assert carried.get(post.ordinal, ("", "")) == around.get(post.url, ("", ""))
    db.close()


def _series(db: Database) -> Series:
    found = series.get(db, 1)
    assert found
    return found


def link(db: Database, carried: dict[int, tuple[str, str]]) -> None:
    for one in series.unlinked(db):
        carried[one.ordinal] = (one.before, one.after)
        series.note_links(db, *one)
    assert series.unlinked(db) == []
