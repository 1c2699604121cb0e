"""A second connection reads what the first has written, and writes nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from db import facts
from db.reader import Reader
from db.schema import open_db


async def test_it_sees_what_was_written_a_moment_ago(tmp_path: Path) -> None:
    db, reader = open_db(tmp_path / "peyk.db"), Reader(tmp_path / "peyk.db")
    facts.put(db, "word", "یک")
    before = await reader.ask(lambda second: facts.get(second, "word", ""))
    facts.put(db, "word", "دو")

    assert (before, await reader.ask(lambda second: facts.get(second, "word", ""))) == ("یک", "دو")
    await reader.close()
    db.close()


async def test_it_can_change_nothing(tmp_path: Path) -> None:
    db, reader = open_db(tmp_path / "peyk.db"), Reader(tmp_path / "peyk.db")

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await reader.ask(lambda second: facts.put(second, "word", "سه"))
    await reader.close()
    db.close()


async def test_the_loop_goes_on_while_a_question_takes_its_time(tmp_path: Path) -> None:
    db, reader = open_db(tmp_path / "peyk.db"), Reader(tmp_path / "peyk.db")
    answered = threading.Event()

    waiting = asyncio.create_task(reader.ask(lambda _: answered.wait(60)))
    await asyncio.sleep(0)
    answered.set()

    assert await waiting
    await reader.close()
    db.close()


async def test_one_that_was_never_asked_is_closed_as_well(tmp_path: Path) -> None:
    await Reader(tmp_path / "nothing.db").close()

    assert not (tmp_path / "nothing.db").exists()
