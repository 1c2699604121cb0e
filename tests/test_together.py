"""Small writes in one transaction."""

import asyncio
import sqlite3

import pytest

from bot.together import Together
from db.schema import open_db


async def test_what_comes_at_once_is_stored_in_one_transaction():
    db = open_db(":memory:")
    db.execute("create table seen (number integer primary key)")
    begun: list[str] = []
    db.conn.set_trace_callback(lambda sql: begun.append(sql) if sql.startswith("begin") else None)

    def write(db, number):
        return db.execute("insert into seen values (?) returning number", [number]).fetchone()[0]

    together = Together(db, write)
    assert await asyncio.gather(*(together.add(n) for n in range(20))) == list(range(20))
    assert len(begun) == 1


async def test_a_failure_is_told_to_all_and_leaves_nothing():
    db = open_db(":memory:")
    db.execute("create table seen (number integer primary key)")
    together = Together(db, lambda db, n: db.execute("insert into seen values (?)", [n]))
    told = await asyncio.gather(*(together.add(n) for n in (1, 1)), return_exceptions=True)

    assert all(isinstance(error, sqlite3.IntegrityError) for error in told)
    assert db.execute("select count(*) from seen").fetchone() == (0,)
    with pytest.raises(sqlite3.IntegrityError):
        await asyncio.gather(together.add(3), together.add(3))
