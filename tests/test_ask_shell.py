"""`peyk ask`: what is written streams as a preview; stdout gets what was checked."""

from __future__ import annotations

import io
import json
import logging
from datetime import UTC, datetime

import pytest

from bot import ask_shell
from bot.answers import Source
from bot.cli import main
from bot.config import Settings
from bot.errors import ModelBusy
from db import posts
from db.model import Post
from db.schema import open_db
from tests.scribe import NEVER, Scribe

QUESTION = "جنگل تصادفی چیست؟"
FOREST = (
    "جنگل تصادفی چیست\n"
    "جنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد و از آن‌ها رأی می‌گیرد."
)
TRUE = "جنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد [1]."

_LOCAL = ask_shell._local


@pytest.fixture
def pen(tmp_path, monkeypatch) -> Scribe:
    """The model, beside a database with one post."""
    db = open_db(tmp_path / "peyk.db")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    posts.add(db, Post(1, 7, FOREST, published=at, url="https://t.me/peyk_ai/7"))
    db.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PEYK_DB", "peyk.db")
    one = Scribe()
    one.says = TRUE
    monkeypatch.setattr(ask_shell, "_local", lambda *_: one)
    return one


@pytest.fixture(autouse=True)
def logs_as_before():
    """The command sets logging up for a process of its own."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("bot", "peyk"):
        logging.getLogger(name).setLevel(logging.NOTSET)


class Terminal(io.StringIO):
    """A terminal."""

    def isatty(self):
        """It is one."""
        return True


def test_the_checked_answer_and_its_source_go_to_stdout(pen, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr", told := Terminal())

    assert main(["ask", QUESTION]) == 0

    said = capsys.readouterr().out
    assert said.startswith("Answer from the channel's archive:\n")
    assert "https://t.me/peyk_ai/7" in said
    assert told.getvalue().startswith(f"{ask_shell.PREVIEW}\nجنگل تصادفی")
    assert told.getvalue().endswith(f"{ask_shell.END_OF_PREVIEW}\n\n")


def test_what_is_not_borne_out_is_seen_as_a_preview_only(pen, monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr", told := Terminal())
    pen.says = "جنگل تصادفی را ناسا در سال ۱۹۶۹ ساخت [1]."

    assert main(["ask", QUESTION]) == 0

    said = capsys.readouterr().out
    assert said.startswith("Not sure: what the model wrote does not agree")
    assert "۱۹۶۹" not in said and "https://t.me/peyk_ai/7" in said
    assert "۱۹۶۹" in told.getvalue().partition(ask_shell.END_OF_PREVIEW)[0]


def test_where_nobody_looks_there_is_no_preview(pen, capsys):
    assert main(["ask", QUESTION]) == 0

    assert capsys.readouterr().err == ""


def test_what_the_archive_does_not_know_is_not_blamed_on_the_model(pen, capsys):
    assert main(["ask", "قیمت دلار در تهران چند است؟"]) == 0

    assert "nothing in the archive" in capsys.readouterr().out
    assert not pen.asked


def test_an_excerpt_ends_with_a_whole_word(pen, capsys):
    long = "جنگل تصادفی الگوریتمی است " + "که رأی می‌گیرد " * 30
    (found,) = ask_shell.posts([Source(1, "t", "u", long, 7)])[3:]

    assert found.endswith(("که…", "رأی…", "می‌گیرد…"))


def test_it_gives_json(pen, capsys):
    assert main(["ask", QUESTION, "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], [one["number"] for one in told["sources"]]) == ("archive", [1])


def test_a_model_that_fails_is_one_line_and_the_nearest_posts(pen, capsys):
    pen.error = ModelBusy("the server is gone")

    assert main(["ask", QUESTION]) == 1

    said = capsys.readouterr()
    assert said.err == "peyk: the server is gone\n"
    assert "https://t.me/peyk_ai/7" in said.out


def test_without_a_model_the_nearest_posts_are_shown(pen, capsys, monkeypatch):
    monkeypatch.setattr(ask_shell, "_local", lambda *_: None)

    assert main(["ask", QUESTION]) == 1

    said = capsys.readouterr()
    assert "PEYK_LOCAL_MODEL" in said.err and "https://t.me/peyk_ai/7" in said.out


def test_an_empty_question_is_a_mistake(pen, capsys):
    assert main(["ask", "  "]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_ctrl_c_stops_the_model(pen, monkeypatch):
    def interrupt(text: str) -> int:
        if len(pen.asked) and pen.open:
            raise KeyboardInterrupt
        return 0

    monkeypatch.setattr("sys.stderr", Told(interrupt))
    pen.stops_after = NEVER

    assert main(["ask", QUESTION]) == 130
    assert pen.open == 0


class Told:
    """A terminal at which somebody presses Ctrl-C when it is written to."""

    def __init__(self, write):
        self.write = write

    def flush(self):
        """Nothing is held back."""

    def isatty(self):
        """It is one."""
        return True


def test_a_model_that_cannot_be_fetched_leaves_the_posts(pen, monkeypatch, capsys, caplog):
    monkeypatch.setattr(ask_shell, "_local", _LOCAL)
    monkeypatch.setenv("PEYK_LOCAL_MODEL", "hf:a/b/c.gguf")
    monkeypatch.setenv("HF_ENDPOINT", "http://[::1]:1")

    assert main(["ask", QUESTION]) == 1

    said = capsys.readouterr()
    fetching, why = said.err.splitlines()
    assert fetching == "fetching hf:a/b/c.gguf, once, to models"
    assert why.startswith("peyk: hf:a/b/c.gguf cannot be fetched from [::1]:1: ")
    assert "https://t.me/peyk_ai/7" in said.out


def test_a_model_is_fetched_only_for_a_question_that_needs_it(pen, monkeypatch, capsys):
    monkeypatch.setattr(ask_shell, "_local", _LOCAL)
    monkeypatch.setenv("PEYK_LOCAL_MODEL", "hf:a/b/c.gguf")
    monkeypatch.setenv("HF_ENDPOINT", "http://[::1]:1")

    assert main(["ask", "قیمت دلار در تهران چند است؟"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("terminal", "lines"), [(True, 4), (False, 2)])
def test_a_download_grows_as_a_bar_and_in_a_file_as_a_few_lines(terminal, lines):
    told = Terminal() if terminal else io.StringIO()
    bar = ask_shell._Bar(told)
    model = _LOCAL(Settings(local_model="hf:a/b/c.gguf"), bar)
    grow = model._home._source._download._progress
    for done in (1_000_000, 1_000_001, 2_000_000, 3_000_000, 100_000_000):
        grow(done, 100_000_000)
    bar.end()

    assert told.getvalue().count("] ") == lines
    assert told.getvalue().endswith("100/100 MB of the model\n")


def test_a_bar_that_stops_ends_its_line():
    told = Terminal()
    bar = ask_shell._Bar(told)
    bar.grow(1_000_000, 100_000_000)
    bar.end()

    assert told.getvalue().endswith("\n")
