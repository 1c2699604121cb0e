"""Updates are kept until they have had their effect, and no longer than needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlite_utils import Database

from db import updates
from db.schema import open_db
from tests.db.ground import NOW


@pytest.fixture
def db() -> Iterator[Database]:
    made = open_db(":memory:")
    yield made
    made.close()


def update(number: int, user: int = 5) -> dict[str, object]:
    return {"update_id": number, "message": {"from": {"id": user, "name": "ن"}, "text": "سلام"}}


def test_only_what_was_not_known_is_fresh_in_order(db: Database) -> None:
    assert updates.keep(db, [update(2), update(1), update(2)], NOW) == [2, 1]
    assert updates.keep(db, [update(1), update(3)], NOW) == [3]


def test_what_was_not_finished_comes_again_oldest_first(db: Database) -> None:
    updates.keep(db, [update(3), update(1), update(2)], NOW)
    updates.done(db, [2])

    assert updates.interrupted(db) == [update(1), update(3)]


def test_what_is_done_keeps_its_number_but_not_its_content(db: Database) -> None:
    updates.keep(db, [update(1)], NOW)
    updates.done(db, [1])

    assert "سلام" not in "".join(db.conn.iterdump())
    assert updates.keep(db, [update(1)], NOW) == []


def test_what_ended_every_process_is_set_aside_but_not_what_waited_with_it(
    db: Database,
) -> None:
    updates.keep(db, [update(1), update(2)], NOW)
    for _ in range(updates.MOST_ATTEMPTS):
        assert updates.interrupted(db) == [update(1), update(2)]
        updates.begin(db, 1)

    assert updates.interrupted(db) == [update(2)]
    assert updates.counts(db) == {"set aside": 1, "pending": 1}


def test_orderly_ends_count_against_no_update(db: Database) -> None:
    updates.keep(db, [update(1)], NOW)
    for _ in range(updates.MOST_ATTEMPTS + 1):
        assert updates.interrupted(db) == [update(1)]
        updates.begin(db, 1)
        updates.spare(db)

    assert updates.counts(db) == {"pending": 1}


def test_old_ones_go_but_never_one_that_waits(db: Database) -> None:
    updates.keep(db, [update(1), update(2), update(3)], NOW)
    updates.done(db, [1])
    updates.set_aside(db, 2, "poison")
    updates.prune(db, NOW + timedelta(days=1))
    assert sum(updates.counts(db).values()) == 3
    updates.prune(db, NOW + timedelta(days=3))

    assert updates.counts(db) == {"pending": 1}


def test_a_user_who_asks_is_forgotten(db: Database) -> None:
    updates.keep(db, [update(1, user=5), update(2, user=55)], NOW)
    for number in (1, 2):
        updates.set_aside(db, number, "poison")

    assert updates.forget(db, 5) == 1
    assert updates.counts(db) == {"set aside": 1}
