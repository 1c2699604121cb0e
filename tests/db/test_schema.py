"""The database makes itself, keeps what it has, and is nobody else's meanwhile."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.app import only_one
from bot.errors import ConfigError, NewerDatabase
from db import facts, players, posts, schema
from db.schema import open_db
from tests.db.ground import drafted

ROOT = Path(__file__).resolve().parents[2]


def shipped() -> schema.Migrations:
    """All migrations of this version, to add another to."""
    copy = schema.Migrations("peyk")
    for known in schema.migrations.pending(Database(memory=True)):
        copy(name=known.name, transactional=True)(known.fn)
    return copy


def test_a_new_file_is_made_with_its_folders_and_safe_settings(tmp_path: Path) -> None:
    db = open_db(tmp_path / "new" / "folder" / "peyk.db")

    pragmas = [db.execute(f"pragma {p}").fetchone()[0] for p in ("journal_mode", "foreign_keys")]
    assert pragmas == ["wal", 1]
    db.close()


def test_opening_again_changes_nothing_and_keeps_the_data(tmp_path: Path) -> None:
    db = open_db(tmp_path / "db")
    drafted(db)
    before = list(db.conn.iterdump())
    db.close()
    again = open_db(tmp_path / "db")

    assert list(again.conn.iterdump()) == before
    again.close()


def test_an_older_database_gets_the_missing_migrations_and_keeps_its_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = open_db(tmp_path / "db")
    drafted(old, title="کهنه")
    old.close()
    newer = shipped()

    @newer(name="m999_later", transactional=True)
    def m999_later(db: Database) -> None:
        db.execute("alter table drafts add column mood text not null default 'calm'")

    monkeypatch.setattr(schema, "migrations", newer)
    db = open_db(tmp_path / "db")

    assert db.execute("select title, mood from drafts").fetchall() == [("کهنه", "calm")]
    db.close()


def test_posts_archived_before_the_index_get_their_places_and_are_indexed(tmp_path: Path) -> None:
    old = Database(sqlite3.connect(tmp_path / "db", isolation_level=None))
    schema.migrations.apply(old, stop_before="m003_memory")
    for number, second in ((1, 5), (2, 5), (3, 4)):
        old.execute(
            "insert into posts (chat_id, message_id, text, published) values (-1, ?, ?, ?)",
            [number, f"پست {number} #خبر", f"2026-11-21T09:00:0{second}Z"],
        )
    old.close()
    db = open_db(tmp_path / "db")

    assert [row["message_id"] for row in posts.find(db, "خبر")] == [2, 1, 3]
    db.close()


def test_places_on_boards_of_an_older_database_are_kept(tmp_path: Path) -> None:
    old = Database(sqlite3.connect(tmp_path / "db", isolation_level=None))
    schema.migrations.apply(old, stop_before="m007_places")
    told = [(1, 3, 1), (2, 1, 1), (3, 3, 1), (4, 0, 1), (5, 9, 0)]
    for user, points, public in told:
        old.execute(
            "insert into scores (board, user_id, points, answered, public, reached)"
            " values ('ever', ?, ?, 9, ?, '')",
            [user, points, public],
        )
    old.close()
    db = open_db(tmp_path / "db")

    standings = [players.standing(db, "ever", user) for user, *_ in told]
    assert [one.place for one in standings if one] == [1, 3, 1, 4, 1]
    assert db.execute("select points, above from score_places").fetchall() == [
        *((0, 3), (1, 2), (2, 2)),
    ]
    db.close()


def test_two_connections_that_read_and_then_write_take_turns(tmp_path: Path) -> None:
    first, second = open_db(tmp_path / "db"), open_db(tmp_path / "db")
    second.execute("pragma busy_timeout = 0").fetchall()
    with first.atomic():
        first.execute("select * from facts").fetchall()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            facts.put(second, "a", 1)
        facts.put(first, "a", 2)
    facts.put(second, "b", 3)

    assert facts.get(first, "b") == 3
    first.close()
    second.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = open_db(tmp_path / "db")
    before = list(db.conn.iterdump())
    db.close()
    broken = shipped()

    @broken(name="m999_broken", transactional=True)
    def m999_broken(db: Database) -> None:
        db.execute("create table half (id integer)")
        db.execute("select from nowhere")

    monkeypatch.setattr(schema, "migrations", broken)
    with pytest.raises(ConfigError):
        open_db(tmp_path / "db")

    left = sqlite3.connect(tmp_path / "db")
    assert list(left.iterdump()) == before
    left.close()


def test_a_newer_database_is_refused_with_a_sentence_and_left_alone(tmp_path: Path) -> None:
    db = open_db(tmp_path / "db")
    table = schema.migrations.migrations_table
    db[table].insert({"migration_set": "peyk", "name": "m777_future", "applied_at": "2030"})
    before = list(db.conn.iterdump())
    db.close()

    with pytest.raises(NewerDatabase, match=r"m777_future.*install that version"):
        open_db(tmp_path / "db")

    left = sqlite3.connect(tmp_path / "db")
    assert list(left.iterdump()) == before
    left.close()


@pytest.mark.parametrize("content", [b"this is no database at all, but a text file" * 100])
def test_a_file_that_is_no_database_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "db").write_bytes(content)

    with pytest.raises(ConfigError, match="PEYK_DB"):
        open_db(tmp_path / "db")


def test_a_folder_in_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="PEYK_DB"):
        open_db(tmp_path)


def test_a_second_peyk_on_the_same_database_is_refused(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from bot.app import only_one\n"
        "with only_one(Path(sys.argv[1])): print('in')"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "peyk.db")]
    with only_one(tmp_path / "peyk.db"):
        refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    let_in = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert "another peyk is already working" in refused.stderr and refused.returncode
    assert let_in.stdout == "in\n"
