"""`peyk search`, `posts`, `stats`: the archive from a shell."""

import json
import tomllib
from datetime import UTC, datetime

import pytest

from bot.cli import main
from db import posts
from db.model import Post
from db.schema import open_db
from tests.shell import ROOT


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


def test_nothing_found_is_said(archive, capsys):
    assert main(["search", "زرافه"]) == 0
    assert main(["posts", "--tag", "هیچ"]) == 0

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "no post found\n" * 2)


def test_posts_are_dated_in_the_operators_time_zone(archive, capsys, monkeypatch):
    monkeypatch.setenv("PEYK_TIMEZONE", "Asia/Tehran")

    main(["posts"])

    assert "2026-01-02 03:30  https://t.me/peyk_ai/2" in capsys.readouterr().out


def test_a_wrong_day_beside_words_is_told(archive, capsys):
    assert main(["search", "جنگل after:2024-13"]) == 0

    told = capsys.readouterr()
    assert "after:2024-13" in told.err and "جنگل تصادفی" in told.out


def test_numbers_for_the_eye_hold_no_json(archive, capsys):
    main(["stats"])

    out = capsys.readouterr().out
    assert "drafts: none" in out and "{" not in out


def test_the_version_is_that_of_the_project(capsys):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    with pytest.raises(SystemExit):
        main(["--version"])

    assert capsys.readouterr().out == f"peyk {project['version']}\n"
