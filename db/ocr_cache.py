"""Pages that were paid for, by their content, prompt and model: the table ocr_cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from db.model import stamp


def get(db: Database, key: str) -> dict[str, Any] | None:
    """What was kept under `key`."""
    row = db.execute("select page from ocr_cache where key = ?", [key]).fetchone()
    return json.loads(row[0]) if row else None


def put(db: Database, key: str, page: Mapping[str, Any], at: datetime) -> None:
    """Keep `page` under `key`; what was there is replaced."""
    values = [key, json.dumps(page, ensure_ascii=False), stamp(at)]
    db.execute("insert or replace into ocr_cache (key, page, at) values (?, ?, ?)", values)


def forget(db: Database, before: datetime) -> int:
    """Delete what was kept before that moment, or at it; returns how many pages that were.

    The bytes are overwritten in the file, not only released (SQLite, "PRAGMA secure_delete").
    """
    db.execute("pragma secure_delete = on").fetchall()
    try:
        return int(db.execute("delete from ocr_cache where at <= ?", [stamp(before)]).rowcount)
    finally:
        db.execute("pragma secure_delete = off").fetchall()
