"""Where parsing runs: a thread, or a child process that may hang or die."""

import asyncio
import os
import signal

import pytest

from bot.errors import SourceError
from feeds import parse as parse_module
from feeds.parse import Parser
from feeds.sources import Source

SOURCE = Source("blog", "rss", 3, url="https://blog.example/feed.xml")


def feed(entries: int) -> bytes:
    items = "".join(
        f"<item><title>{n}</title><link>https://blog.example/{n}</link></item>"
        for n in range(entries)
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


def child_of(parser: Parser) -> asyncio.subprocess.Process:
    assert parser._child
    return parser._child


async def test_a_small_feed_needs_no_child():
    async with Parser() as parser:
        parsed = await parser.parse(SOURCE, feed(3))

        assert [item.title for item in parsed.items] == ["0", "1", "2"]
        assert parser._child is None


async def test_a_large_feed_is_parsed_elsewhere_with_the_same_outcome():
    async with Parser() as near, Parser(small=0) as far:
        body = feed(250)

        assert await near.parse(SOURCE, body) == await far.parse(SOURCE, body)
        assert child_of(far).pid != os.getpid()


async def test_the_child_serves_one_pass_and_ends_with_it():
    async with Parser(small=0) as parser:
        await parser.parse(SOURCE, feed(1))
        child = child_of(parser)
        await parser.parse(SOURCE, feed(1))
        assert child_of(parser) is child

    assert child.returncode is not None


async def test_what_is_no_feed_is_an_error_from_the_child_too():
    async with Parser(small=0) as parser:
        with pytest.raises(SourceError, match="web page"):
            await parser.parse(SOURCE, b"<!DOCTYPE html><html>" + b" " * 1000)

        assert (await parser.parse(SOURCE, feed(1))).items


async def test_a_child_that_dies_costs_one_feed():
    async with Parser(small=0) as parser:
        await parser.parse(SOURCE, feed(1))
        os.kill(child_of(parser).pid, signal.SIGSTOP)
        lost = asyncio.create_task(parser.parse(SOURCE, feed(1)))
        await asyncio.sleep(0)
        os.kill(child_of(parser).pid, signal.SIGKILL)

        with pytest.raises(SourceError, match="broke the parser"):
            await lost
        assert (await parser.parse(SOURCE, feed(1))).items


async def test_a_child_that_hangs_is_replaced():
    async with Parser(small=0, patience=0.2) as parser:
        parser._patience = 60
        await parser.parse(SOURCE, feed(1))
        hung = child_of(parser)
        os.kill(hung.pid, signal.SIGSTOP)
        parser._patience = 0.05
        with pytest.raises(SourceError, match="over"):
            await parser.parse(SOURCE, feed(1))
        parser._patience = 60

        assert hung.returncode is not None and (await parser.parse(SOURCE, feed(1))).items


async def test_the_child_knows_no_secrets(monkeypatch):
    monkeypatch.setenv("PEYK_TELEGRAM_TOKEN", "1:secret")
    given = {}
    start = asyncio.create_subprocess_exec

    async def spy(*command, **options):
        given.update(options["env"])
        return await start(*command, **options)

    monkeypatch.setattr(parse_module.asyncio, "create_subprocess_exec", spy)
    async with Parser(small=0) as parser:
        await parser.parse(SOURCE, feed(1))

    assert list(given) == ["PYTHONPATH"]
