"""What a user of the shell did wrong is one line that names it; the rest is output."""

import sqlite3

import pytest

from db import schema
from tests.shell import ROOT, peyk


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["stats", "--wrong"], "--wrong"),
        (["fly"], "fly"),
        ([], "COMMAND"),
        (["once", "--jso=1"], "--jso"),
        (["demo", "--port", "high"], "--port"),
        (["drafts", "--status", "lost"], "--status"),
        (["backup"], "PATH"),
        (["backup", "nowhere/copy.db"], "nowhere/copy.db"),
        (["posts"], "data/peyk.db"),
        (["import", "nowhere.json"], "nowhere.json"),
        (["run"], "PEYK_TELEGRAM_TOKEN"),
        (["once"], "PEYK_TELEGRAM_TOKEN"),
    ],
)
async def test_a_mistake_is_one_line_that_names_it(tmp_path, arguments, named):
    said = await peyk(tmp_path, *arguments)

    assert (said.code, said.out) == (2, "")
    assert named in said.err and said.err.count("\n") == 1


async def test_all_invalid_settings_are_named_at_once(tmp_path):
    wrong = {"PEYK_TIMEZONE": "Mars/Base", "PEYK_POST_TIMES": "25:00", "PEYK_ADMINS": "mina"}

    said = await peyk(tmp_path, "stats", **wrong)

    assert said.code == 2 and said.err.count("\n") == 1
    assert all(name in said.err for name in wrong)


async def test_a_missing_sources_file_is_named(tmp_path):
    needed = {
        "PEYK_TELEGRAM_TOKEN": "42:TEST",
        "PEYK_TELEGRAM_API_URL": "http://127.0.0.1:9",
        "PEYK_CHANNEL": "@peyk_ai",
        "PEYK_ADMIN_CHAT": "5",
        "PEYK_ADMINS": "5",
    }

    said = await peyk(tmp_path, "run", PEYK_SOURCES="gone.toml", **needed)

    assert said.code == 2 and "gone.toml" in said.err and said.err.count("\n") == 1


async def test_a_secret_that_is_invalid_is_not_repeated(tmp_path):
    said = await peyk(tmp_path, "stats", PEYK_TELEGRAM_TOKEN="not-a-token-but-secret")

    assert "PEYK_TELEGRAM_TOKEN" in said.err and "but-secret" not in said.err


async def test_settings_are_read_from_the_env_file_and_the_environment_wins(tmp_path):
    (tmp_path / ".env").write_text("PEYK_DB=from_file.db\nPEYK_LOG_LEVEL=loud\n")

    in_file = await peyk(tmp_path, "stats", PEYK_LOG_LEVEL="INFO")
    outside = await peyk(tmp_path, "stats", PEYK_LOG_LEVEL="INFO", PEYK_DB="outside.db")

    assert "from_file.db" in in_file.err and "outside.db" in outside.err


async def test_the_numbers_of_a_new_database_are_zero(tmp_path):
    schema.open_db(tmp_path / "peyk.db").close()

    said = await peyk(tmp_path, "stats", "--json", PEYK_DB="peyk.db")

    assert said.code == 0 and said.json["posts"] == 0


async def test_lists_are_empty_json_where_there_is_nothing(tmp_path):
    schema.open_db(tmp_path / "peyk.db").close()

    for command in ("drafts", "posts"):
        assert (await peyk(tmp_path, command, "--json", PEYK_DB="peyk.db")).json == []


async def test_a_backup_is_a_database_of_its_own(tmp_path):
    schema.open_db(tmp_path / "peyk.db").close()

    said = await peyk(tmp_path, "backup", "copy.db", PEYK_DB="peyk.db")

    assert said.code == 0 and "copy.db" in said.out
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("pragma integrity_check").fetchone() == ("ok",)
    copy.close()


async def test_the_database_is_never_overwritten_by_its_own_backup(tmp_path):
    schema.open_db(tmp_path / "peyk.db").close()
    before = (tmp_path / "peyk.db").read_bytes()

    said = await peyk(tmp_path, "backup", "peyk.db", PEYK_DB="peyk.db")

    assert said.code == 2 and (tmp_path / "peyk.db").read_bytes() == before


async def test_a_newer_database_is_refused_with_a_sentence(tmp_path):
    db = schema.open_db(tmp_path / "peyk.db")
    db[schema.migrations.migrations_table].insert(
        {"migration_set": "peyk", "name": "m999_later", "applied_at": "2030-01-01"}
    )
    db.close()

    said = await peyk(tmp_path, "stats", PEYK_DB="peyk.db")

    assert said.code == 2 and "newer peyk" in said.err and said.err.count("\n") == 1


async def test_help_lists_every_command(tmp_path):
    said = await peyk(tmp_path, "--help")

    commands = ("run", "demo", "once", "doctor", "drafts", "posts", "stats", "init", "backup")
    assert said.code == 0 and all(f"    {name} " in said.out for name in commands)


def test_the_repositorys_sources_are_the_default_set():
    shipped = ROOT / "feeds" / "default_sources.toml"

    assert (ROOT / "sources.toml").read_bytes() == shipped.read_bytes()
