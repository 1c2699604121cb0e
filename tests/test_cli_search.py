"""`peyk search`: the engine of the chat, from a shell."""

import json
from datetime import UTC, datetime

import pytest

from bot.cli import main
from db import posts
from db.model import Post
from db.schema import open_db


@pytest.fixture
def archive(tmp_path, monkeypatch):
    """A database with two posts, found by PEYK_DB."""
    path = tmp_path / "peyk.db"
    db = open_db(path)
    for number, text in ((1, "شبكه‌هاي عصبي\nلايه به لايه"), (2, "جنگل تصادفی\nصدها درخت")):
        at = datetime(2026, 1, number, tzinfo=UTC)
        posts.add(db, Post(1, number, text, published=at, url=f"https://t.me/peyk_ai/{number}"))
    db.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEYK_DB", str(path))


def test_it_prints_day_address_title_and_snippet(archive, capsys):
    assert main(["search", "شبکه های عصبی"]) == 0

    out = capsys.readouterr().out
    assert out.startswith("2026-01-01  https://t.me/peyk_ai/1  شبکه‌های عصبی\n")
    assert "لایه به لایه" in out


def test_it_gives_json(archive, capsys):
    assert main(["search", "جنگل تسادفی", "--json", "--limit", "1"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert [hit["message_id"] for hit in told["hits"]] == [2]
    assert (told["total"], told["instead"], told["partly"]) == (1, "جنگل تصادفی", False)


def test_it_says_what_it_searched_instead(archive, capsys):
    main(["search", "جنگل تسادفی"])

    assert "shown for: جنگل تصادفی" in capsys.readouterr().out


@pytest.mark.parametrize("options", [["a", "--limit", "0"], ["  "], ["-- -"]])
def test_a_mistake_is_one_line_and_exit_2(archive, capsys, options):
    assert main(["search", *options]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
