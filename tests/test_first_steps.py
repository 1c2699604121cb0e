"""`peyk init` asks, checks each answer against Telegram, and leaves a set-up that works."""

import os
import pty
import stat
import subprocess
import sys

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from bot.first_steps import merged
from feeds.sources import DEFAULT_FILE
from tests.llm_server import LLMServer, Mode
from tests.newsroom import newsroom
from tests.shell import ROOT, environment, peyk
from tests.test_doctor import FEED, SOURCES

OWN = '[[github]]\nrepo = "a/b"\n'


def api(room):
    """The environment of somebody who has set nothing but runs beside this Telegram."""
    return {"PEYK_TELEGRAM_API_URL": room.tg.url}


def answers(*lines):
    """What is typed."""
    return "".join(f"{line}\n" for line in lines)


async def test_from_nothing_to_a_set_up_the_doctor_likes(tmp_path):
    feed = {"/feed.xml": FEED}
    stage = newsroom(tmp_path, running=False, sources=SOURCES, pages=feed)
    async with stage as room, LLMServer() as llm:
        (tmp_path / "sources.toml").rename(tmp_path / "feeds.toml")
        await room.mina.send(room.group, "سلام پیک")
        typed = answers(room.tg.token, "peyk_ai", "", "", "", "writer", llm.url, "sk-quiet")

        said = await peyk(tmp_path, "init", stdin=typed, **api(room))

        told = dotenv_values(tmp_path / ".env")
        assert (said.code, told["PEYK_ADMIN_CHAT"]) == (0, str(room.group.id)), said
        assert told["PEYK_ADMINS"] == str(room.mina.id)
        assert (tmp_path / "sources.toml").read_bytes() == DEFAULT_FILE.read_bytes()
        checked = await peyk(tmp_path, "doctor", PEYK_SOURCES="feeds.toml", **api(room))
        assert checked.code == 0, checked.out


async def test_the_file_is_for_its_owner_only(tmp_path):
    async with newsroom(tmp_path, running=False) as room:
        typed = answers(room.tg.token, "@peyk_ai", "", room.group.id, room.mina.id, "")
        await peyk(tmp_path, "init", stdin=typed, **api(room))

    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


async def test_secrets_are_not_shown(tmp_path):
    async with newsroom(tmp_path, running=False) as room, LLMServer(Mode.DENIED) as llm:
        room.tg.token = "42:" + "TEST" * 5
        typed = answers(
            *(room.tg.token, "@peyk_ai", "", room.group.id, room.mina.id),
            *("writer", llm.url, "sk-quiet", "n"),
        )
        said = await peyk(tmp_path, "init", stdin=typed, **api(room))

    assert said.code == 0
    assert "TESTTEST" not in said.out + said.err and "sk-quiet" not in said.out + said.err


async def test_a_wrong_token_is_asked_for_again(tmp_path):
    async with newsroom(tmp_path, running=False) as room:
        typed = answers(
            *("nonsense", "42:WRONG", "y", room.tg.token),
            *("@peyk_ai", "", room.group.id, room.mina.id, ""),
        )
        said = await peyk(tmp_path, "init", stdin=typed, **api(room))

    assert said.code == 0 and "not a bot token" in said.out and "WRONG  token" in said.out
    assert dotenv_values(tmp_path / ".env")["PEYK_TELEGRAM_TOKEN"] == room.tg.token


async def test_a_failing_check_can_be_overruled(tmp_path):
    nowhere = {"PEYK_TELEGRAM_API_URL": "http://127.0.0.1:9"}
    typed = answers("42:TEST", "n", "@later_ai", "n", "", "-1001", "n", "7", "n", "")

    said = await peyk(tmp_path, "init", stdin=typed, **nowhere)

    assert said.code == 0
    assert dotenv_values(tmp_path / ".env")["PEYK_CHANNEL"] == "@later_ai"


async def test_reading_the_chats_confirms_no_update(tmp_path):
    async with newsroom(tmp_path, running=False) as room:
        await room.mina.send(room.group, "سلام پیک")
        typed = answers(room.tg.token, "@peyk_ai", "", "", "", "")
        await peyk(tmp_path, "init", stdin=typed, **api(room))

        assert len(room.tg.world.updates.pending) == 1


async def test_other_lines_stay_and_a_value_is_replaced_on_request(tmp_path):
    (tmp_path / ".env").write_text("# mine\nPEYK_CHANNEL=@old_one\nPEYK_LOG_LEVEL=ERROR\n")
    async with newsroom(tmp_path, running=False) as room:
        asked = (room.tg.token, "@peyk_ai", "", room.group.id, room.mina.id, "")
        await peyk(tmp_path, "init", stdin=answers(*asked, "n"), **api(room))
        kept = (tmp_path / ".env").read_text()
        await peyk(
            *(tmp_path, "init"), stdin=answers("", "@peyk_ai", "", "", "", "y"), **api(room)
        )
        replaced = (tmp_path / ".env").read_text()

    assert kept.startswith("# mine\nPEYK_CHANNEL=@old_one\nPEYK_LOG_LEVEL=ERROR\n")
    assert replaced.startswith("# mine\nPEYK_CHANNEL=@peyk_ai\nPEYK_LOG_LEVEL=ERROR\n")


async def test_own_sources_are_not_touched(tmp_path):
    async with newsroom(tmp_path, running=False, sources=OWN) as room:
        await peyk(tmp_path, "init", stdin="\n" * 9, **environment(room))

    assert (tmp_path / "sources.toml").read_text() == OWN


@pytest.mark.parametrize("typed", ["", "42:TEST\nn\n"])
async def test_nobody_there_is_one_line_and_nothing_written(tmp_path, typed):
    nowhere = {"PEYK_TELEGRAM_API_URL": "http://127.0.0.1:9"}

    said = await peyk(tmp_path, "init", stdin=typed, **nowhere)

    assert said.code == 2 and said.err.count("\n") == 1 and "standard input" in said.err
    assert not (tmp_path / ".env").exists()


def read_until(terminal, words):
    """What the terminal shows up to `words`, or up to the end of the program."""
    shown = ""
    while words not in shown:
        try:
            shown += os.read(terminal, 1024).decode(errors="replace")
        except OSError:  # Linux says EIO once the other side is closed
            break
    return shown


def test_a_terminal_does_not_show_the_token_that_is_typed(tmp_path):
    terminal, other_side = pty.openpty()
    nowhere = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "init"],
        **dict.fromkeys(("stdin", "stdout", "stderr"), other_side),
        env=nowhere | {"PEYK_TELEGRAM_API_URL": "http://127.0.0.1:9"},
        cwd=tmp_path,
        start_new_session=True,
    ) as process:
        os.close(other_side)
        shown = ""
        for words, typed in (("BotFather", "42:NEVERSHOWN"), ("again?", "n"), ("or id)", "\x04")):
            shown += read_until(terminal, words)
            os.write(terminal, f"{typed}\n".encode())
        shown += read_until(terminal, "nothing was written")
        os.close(terminal)

    assert process.returncode == 2 and "no more answers" in shown
    assert "NEVERSHOWN" not in shown


VALUES = st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1)


@given(VALUES.map(str.strip).filter(bool))
def test_any_value_comes_back_from_the_file(tmp_path_factory, value):
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text(merged("A=1\nexport KEY = old # note\nB=2\n", {"KEY": value}), "utf-8")

    assert dotenv_values(path, interpolate=False) == {"A": "1", "KEY": value, "B": "2"}
