"""Questions asked of the archive, as they are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from db import asks
from db.asks import Ask, Stage
from db.schema import open_db

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
FIRST = Ask(user_id=1, chat_id=1, message_id=10, question="چیست؟")


@pytest.fixture
def db():
    return open_db(":memory:")


def settled(db, ask, kind=Stage.ARCHIVE, **more):
    """A question that was answered."""
    kept = asks.add(db, ask, NOW)
    assert asks.ready(db, replace(kept, kind=kind, **more))
    asks.end(db, kept.id)
    return asks.get(db, kept.id)


def test_the_same_message_is_one_question(db):
    assert asks.add(db, FIRST, NOW) and asks.add(db, FIRST, NOW) is None


def test_what_was_found_and_said_is_read_back(db):
    source = {"number": 1, "title": "«الف»", "url": "u", "excerpt": "e", "message_id": 3}
    ask = settled(db, FIRST, answer="پاسخ [1]", sources=(source,), seconds=2.5)

    assert (ask.stage, ask.answer, ask.sources, ask.seconds) == (
        Stage.ARCHIVE,
        "پاسخ [1]",
        (source,),
        2.5,
    )


def test_only_what_waits_can_become_ready(db):
    ask = settled(db, FIRST, Stage.STOPPED)

    assert asks.ready(db, replace(ask, kind=Stage.ARCHIVE)) is None
    assert asks.undone(db) == []


def test_a_conversation_is_followed_back(db):
    ask = settled(db, FIRST)
    for number in (11, 12, 13):
        ask = settled(db, replace(FIRST, message_id=number, parent=ask.id))

    assert [one.message_id for one in asks.earlier(db, ask, 2)] == [11, 12]


def test_forgetting_one_question_keeps_those_that_followed(db):
    first = settled(db, FIRST)
    asks.said_in(db, first, [100])
    second = settled(db, replace(FIRST, user_id=2, message_id=11, parent=first.id))
    asks.erase(db, asks.of_user(db, 1))

    assert asks.get(db, second.id).parent is None
    assert asks.answered_by(db, 1, 100) is None


def test_only_settled_questions_grow_old(db):
    settled(db, FIRST)
    asks.add(db, replace(FIRST, message_id=11), NOW)

    assert asks.before(db, NOW + timedelta(hours=1)) == [1]
    assert asks.before(db, NOW) == []


def test_the_days_share_is_counted_and_forgotten(db):
    for day in ("2026-11-21", "2026-11-22", "2026-11-22"):
        asks.count(db, 1, day)
    asks.prune_days(db, "2026-11-22")

    assert (asks.used(db, 1, "2026-11-21"), asks.used(db, 1, "2026-11-22")) == (0, 2)


def test_an_orderly_end_takes_the_attempt_back(db):
    ask = asks.add(db, FIRST, NOW)
    asks.begin(db, ask.id)
    asks.begin(db, ask.id)
    asks.put_back(db)

    assert asks.get(db, ask.id).attempts == 1


def test_the_numbers_of_a_day(db):
    settled(db, FIRST, seconds=3.0)
    settled(db, replace(FIRST, message_id=11), Stage.FAILED, seconds=1.0)

    assert asks.counts(db, NOW) == {"stages": {"archive": 1, "failed": 1}, "seconds": 1.0}
    assert asks.counts(db, NOW + timedelta(days=1)) == {"stages": {}, "seconds": None}
