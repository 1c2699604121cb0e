"""Small writes in one transaction."""

import asyncio
import sqlite3

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


async def test_a_failure_is_told_to_the_write_it_belongs_to_and_spoils_no_other():
    db = open_db(":memory:")
    db.execute("create table seen (number integer primary key)")
    together = Together(db, lambda db, n: db.execute("insert into seen values (?)", [n]))
    told = await asyncio.gather(*(together.add(n) for n in (1, 1, 2)), return_exceptions=True)

    assert [isinstance(one, sqlite3.IntegrityError) for one in told] == [False, True, False]
    assert db.execute("select number from seen").fetchall() == [(1,), (2,)]


async def test_whatever_a_write_raises_nobody_waits_for_ever():
    db = open_db(":memory:")
    db.execute("create table seen (text text)")
    together = Together(db, lambda db, text: db.execute("insert into seen values (?)", [text]))
    told = await asyncio.gather(*map(together.add, ("a", "\ud800", "b")), return_exceptions=True)

    assert isinstance(told[1], UnicodeEncodeError)
    assert db.execute("select text from seen").fetchall() == [("a",), ("b",)]
