"""What models took."""

from datetime import UTC, datetime, timedelta

from db.schema import open_db
from db.usage import ModelCall, first_asked, record, tokens_since, totals

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_tokens_are_counted_from_a_moment_on() -> None:
    db = open_db(":memory:")
    record(db, ModelCall(NOW - timedelta(days=1), "summary", "m", prompt_tokens=5))
    record(db, ModelCall(NOW, "summary", "m", prompt_tokens=10, completion_tokens=3))

    assert tokens_since(db, NOW) == 13
    assert tokens_since(db, NOW + timedelta(seconds=1)) == 0


def test_totals_are_by_model_the_busiest_first() -> None:
    db = open_db(":memory:")
    record(db, ModelCall(NOW, "summary", "a", cost=0.5))
    record(db, ModelCall(NOW, "summary", "b"))
    record(db, ModelCall(NOW, "rewrite", "b", error="down"))

    b, a = totals(db, NOW)

    assert (b.model, b.calls, b.failed, b.cost) == ("b", 2, 1, None)
    assert (a.calls, a.failed, a.cost) == (1, 0, 0.5)


def test_the_first_question_about_an_item_is_remembered() -> None:
    db = open_db(":memory:")
    record(db, ModelCall(NOW, "summary", "m", item_id=3))
    record(db, ModelCall(NOW + timedelta(hours=1), "summary", "m", item_id=3))

    assert first_asked(db, 3) == NOW
    assert first_asked(db, 4) is None
