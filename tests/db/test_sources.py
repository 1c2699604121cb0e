"""What is remembered of sources."""

from datetime import UTC, datetime, timedelta

import pytest

from db import drafts, sources
from db.model import PEYK, SourceHealth, State
from db.schema import open_db
from db.sources import Steering, Yield
from tests.db.ground import ARASH, MINA, offered
from tests.db.ground import NOW as GROUND

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


def test_what_admins_decide_outlives_every_save(db):
    sources.mute(db, "بلاگ", True)
    sources.boost(db, "بلاگ", 1)
    sources.save(db, HEALTH)

    assert sources.steering(db) == {"بلاگ": Steering(muted=True, boost=1)}
    sources.mute(db, "بلاگ", False)
    sources.boost(db, "بلاگ", -7)
    assert sources.steering(db) == {"بلاگ": Steering(boost=-sources.MOST_BOOST)}
    assert sources.find(db) == [HEALTH]


def test_a_source_never_read_can_be_decided_upon(db):
    sources.mute(db, "new", True)

    assert sources.load(db, "new", "https://n.example") == SourceHealth("new", "https://n.example")


def test_the_yield_counts_the_last_week_and_the_last_word_of_people(db):
    first, second, third = (offered(db, number) for number in (1, 2, 3))
    for draft, to, action, actor in (
        (first, State.REJECTED, "rejected", MINA),
        (first, State.OFFERED, "restored", MINA),
        (first, State.APPROVED, "approved", ARASH),
        (second, State.REJECTED, "rejected", MINA),
        (third, State.APPROVED, "approved", PEYK),
    ):
        drafts.advance(db, draft.id, to, action, actor, GROUND)

    assert sources.yields(db, GROUND) == {"s": Yield(new=3, drafts=3, approved=1, decided=2)}
    later = sources.yields(db, GROUND + sources.LATELY + timedelta(1))
    assert later == {"s": Yield(approved=1, decided=2)}
