"""What is remembered of sources."""

from datetime import UTC, datetime

import pytest

from db import sources
from db.model import SourceHealth
from db.schema import open_db

NOW = datetime(2026, 9, 24, 12, tzinfo=UTC)
HEALTH = SourceHealth(
    "بلاگ",
    url="https://b.example",
    moved_to="https://c.example",
    etag='"1"',
    last_modified="Thu",
    body_hash="abc",
    failures=2,
    next_at=NOW,
    last_ok=NOW,
    last_error="HTTP 500",
    retired=True,
    note="n",
    first_poll_done=True,
    extra={"failing_since": "2026"},
)


@pytest.fixture
def db():
    database = open_db(":memory:")
    yield database
    database.close()


def test_health_comes_back_as_it_was_saved(db):
    sources.save(db, HEALTH)

    assert sources.load(db, "بلاگ", "https://b.example") == HEALTH
    assert sources.find(db) == [HEALTH]


def test_an_unknown_source_is_a_clean_slate(db):
    assert sources.load(db, "new", "https://n.example") == SourceHealth(
        "new", url="https://n.example"
    )


def test_another_address_is_a_clean_slate(db):
    sources.save(db, HEALTH)

    health = sources.load(db, "بلاگ", "https://other.example")

    assert not health.retired and health.etag == "" and not health.first_poll_done


def test_the_last_save_counts(db):
    sources.save(db, HEALTH)
    sources.save(db, SourceHealth("بلاگ", url="https://b.example"))

    assert [health.failures for health in sources.find(db, ["بلاگ", "none"])] == [0]
