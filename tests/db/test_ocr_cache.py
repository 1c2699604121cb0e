"""Pages are kept by their content until they are forgotten."""

from datetime import UTC, datetime, timedelta

from db import ocr_cache
from db.schema import open_db

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_page_is_kept_and_replaced() -> None:
    db = open_db(":memory:")
    ocr_cache.put(db, "key", {"text": "یک"}, NOW)
    ocr_cache.put(db, "key", {"text": "دو"}, NOW)

    assert ocr_cache.get(db, "key") == {"text": "دو"}
    assert ocr_cache.get(db, "other") is None


def test_old_pages_are_forgotten() -> None:
    db = open_db(":memory:")
    for day in range(3):
        ocr_cache.put(db, f"day {day}", {}, NOW + timedelta(days=day))

    assert ocr_cache.forget(db, NOW + timedelta(days=1)) == 2
    assert ocr_cache.get(db, "day 2") == {} and ocr_cache.get(db, "day 1") is None
