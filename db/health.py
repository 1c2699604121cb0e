"""Look at a database from outside, as it is: nothing is created, migrated or written.

For `peyk doctor` and the container's health check, beside a bot that may be running on it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

from bot.errors import ConfigError
from db import added_sources, facts, outbox, sources, updates
from db.added_sources import AddedSource
from db.model import State
from db.schema import migrations, refuse_newer
from db.sources import Steering

PATIENCE = 2.0
"""Seconds to wait for a bot that writes."""


@dataclass(frozen=True, slots=True)
class Health:
    """What was found."""

    pending: tuple[str, ...] = ()
    """Migrations that the next start will make."""
    set_aside: int = 0
    """Updates of Telegram that could not be used."""
    uncertain: int = 0
    """Posts of which nobody knows whether they are in the channel."""
    has_own_webhook: bool = False
    """Whether the webhook Telegram knows was set by this peyk."""


def examine(path: Path) -> Health:
    """Read everything once; raises ConfigError saying what is wrong with the file."""
    try:
        with _looking_at(path, "rw") as db:
            found = db.execute("pragma quick_check(1)").fetchone()[0]
            if found != "ok":
                raise ConfigError(f"damaged: {found}")
            db.execute("begin immediate")
            db.execute("rollback")
            refuse_newer(db)
            return _counted(db)
    except sqlite3.Error as error:
        raise ConfigError(str(error)) from error


def last_contact(path: Path) -> float | None:
    """Unix time at which the bot on this database last heard of Telegram; None: never."""
    try:
        with _looking_at(path, "ro") as db:
            told = facts.get(db, "alive")
    except sqlite3.Error:
        return None
    return float(told) if isinstance(told, int | float) else None


def steered(path: Path) -> tuple[list[AddedSource], dict[str, Steering]]:
    """The sources added from chat, and what admins decided of all; nothing where nothing is."""
    try:
        with _looking_at(path, "ro") as db:
            return added_sources.find(db), sources.steering(db)
    except sqlite3.Error:
        return [], {}


def _counted(db: Database) -> Health:
    pending = tuple(migration.name for migration in migrations.pending(db))
    if pending:
        return Health(pending)
    return Health(
        set_aside=updates.counts(db).get("set aside", 0),
        uncertain=len(outbox.find(db, State.UNCERTAIN)),
        has_own_webhook=bool(facts.get(db, "webhook", False)),
    )


@contextmanager
def _looking_at(path: Path, mode: str) -> Iterator[Database]:
    uri = f"{path.resolve().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None)
    try:
        yield Database(connection)
    finally:
        connection.close()
