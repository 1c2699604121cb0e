"""Facts last; notices are given once in a while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlite_utils import Database

from db import facts
from db.schema import open_db
from tests.db.ground import NOW


@pytest.fixture
def db() -> Iterator[Database]:
    made = open_db(":memory:")
    yield made
    made.close()


def test_the_last_value_counts(db: Database) -> None:
    facts.put(db, "paused", True)
    facts.put(db, "paused", {"since": "دیروز"})

    assert facts.get(db, "paused") == {"since": "دیروز"}
    assert facts.get(db, "unknown", 7) == 7


def test_a_notice_is_given_once_a_day(db: Database) -> None:
    moments = [NOW + timedelta(hours=hours) for hours in (0, 1, 23, 24, 25)]

    assert [facts.first_time(db, "k", moment) for moment in moments] == [
        *(True, False, False, True, False)
    ]


def test_when_its_cause_is_gone_a_notice_may_come_again_at_once(db: Database) -> None:
    facts.first_time(db, "k", NOW)

    assert facts.announced(db, "k", NOW)
    assert facts.over(db, "k") and not facts.over(db, "k")
    assert not facts.announced(db, "k", NOW)
    assert facts.first_time(db, "k", NOW)
