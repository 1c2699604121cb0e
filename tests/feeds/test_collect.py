"""A pass over the sources, from the loopback into the database."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

import db.items
import db.sources
from db.items import Added
from db.schema import open_db
from feeds import collect as collect_module
from feeds.collect import Collected, collect, probe, wait
from feeds.fetch import Fetcher
from feeds.pick import pick
from feeds.sources import Source

HOUR = timedelta(hours=1)


class Desk:
    """A database, a clock, and the sources under test."""

    def __init__(self, web, database) -> None:
        self.web = web
        self.db = database
        self.now = datetime(2026, 9, 24, 12, tzinfo=UTC)
        self.token = ""

    def source(self, path="/feed", kind="rss", **fields) -> Source:
        defaults = {"name": path, "max_per_day": 3, "url": self.web.url + path, "repo": "a/b"}
        return Source(kind=kind, **(defaults | fields))

    def fetcher(self) -> Fetcher:
        return Fetcher(
            [self.web.origin], github_token=self.token, now=lambda: self.now, arxiv_pause=0
        )

    async def poll(self, *sources: Source, due_only=True) -> Collected:
        async with self.fetcher() as fetcher:
            return await collect(
                *(self.db, fetcher, sources, lambda: self.now),
                poll_every=HOUR,
                due_only=due_only,
            )

    def health(self, source: Source):
        (health,) = db.sources.find(self.db, [source.name])
        return health


@pytest.fixture
def desk(web):
    database = open_db(":memory:")
    yield Desk(web, database)
    database.close()


def feed(*titles: str) -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://b.example/{title}</link></item>"
        for title in titles
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


async def test_a_source_is_read_into_the_database(desk):
    source = desk.source()
    desk.web.page("/feed", feed("a", "b"))

    collected = await desk.poll(source)

    assert collected.added == {"/feed": Added(new=2)} and collected.new == 2
    assert db.items.counts(desk.db) == {"new": 2}
    assert desk.health(source).first_poll_done and desk.health(source).last_ok == desk.now


async def test_polling_again_adds_nothing(desk):
    desk.web.page("/feed", feed("a", "b"))
    await desk.poll(desk.source())

    desk.web.page("/feed", feed("a", "b") + b" ")
    again = await desk.poll(desk.source(), due_only=False)

    assert again.added == {"/feed": Added(known=2)}
    assert db.items.counts(desk.db) == {"new": 2}


async def test_an_unchanged_source_is_not_parsed(desk, monkeypatch):
    desk.web.page("/feed", feed("a"))
    await desk.poll(desk.source())

    async def parse(*_):
        pytest.fail("parsed an unchanged body")

    monkeypatch.setattr(collect_module.Parser, "parse", parse)
    again = await desk.poll(desk.source(), due_only=False)

    assert again.unchanged == ["/feed"] and not again.errors


async def test_a_source_is_left_alone_until_it_is_due(desk):
    desk.web.page("/feed", feed("a"))
    await desk.poll(desk.source())
    desk.now += HOUR / 2
    await desk.poll(desk.source())
    assert len(desk.web.requests) == 1

    desk.now += HOUR / 2
    await desk.poll(desk.source())
    assert len(desk.web.requests) == 2


async def test_a_broken_feed_costs_that_source_only(desk):
    desk.web.page("/good", feed("a"))
    desk.web.page("/bad", b"<!DOCTYPE html><html>no feed</html>")
    desk.web.page("/down", b"", status=500)

    collected = await desk.poll(*map(desk.source, ("/bad", "/good", "/down")))

    assert collected.added == {"/good": Added(new=1)}
    assert collected.errors == {
        "/bad": "the answer is a web page, not a feed",
        "/down": "HTTP 500",
    }


async def test_a_bug_that_one_feed_brings_to_light_costs_that_source_only(desk, monkeypatch):
    desk.web.page("/good", feed("a"))
    desk.web.page("/odd", feed("b"))
    admit = collect_module.choose.admit

    def buggy(items, source, **options):
        if source.name == "/odd":
            raise ZeroDivisionError
        return admit(items, source, **options)

    monkeypatch.setattr(collect_module.choose, "admit", buggy)
    collected = await desk.poll(desk.source("/odd"), desk.source("/good"))

    assert collected.new == 1
    assert collected.errors == {"/odd": "internal error (ZeroDivisionError)"}


async def test_a_failing_source_waits_longer_each_time(desk):
    source = desk.source()
    desk.web.page("/feed", b"", status=503)
    waits = []
    for _ in range(3):
        await desk.poll(source)
        waits.append(desk.health(source).next_at - desk.now)
        desk.now += waits[-1]

    assert waits == [2 * HOUR, 4 * HOUR, 8 * HOUR]


async def test_success_forgets_the_failures(desk):
    source = desk.source()
    desk.web.page("/feed", b"", status=503)
    await desk.poll(source)
    desk.web.page("/feed", feed("a"))
    await desk.poll(source, due_only=False)

    health = desk.health(source)
    assert (health.failures, health.last_error, health.extra) == (0, "", {})


@pytest.mark.parametrize(
    ("failures", "retry_after", "expected"),
    [
        (1, None, 2 * HOUR),
        (1, 10, 2 * HOUR),
        (1, 5 * 3600, 5 * HOUR),
        (9, None, 24 * HOUR),
        (1, 1e9, 24 * HOUR),
        (10**6, None, 24 * HOUR),
    ],
)
def test_the_wait_is_doubled_asked_for_and_capped(failures, retry_after, expected):
    assert wait(failures, HOUR, retry_after) == expected


async def test_retry_after_is_honoured(desk):
    source = desk.source()
    desk.web.page("/feed", b"", status=429, Retry_After="36000")

    await desk.poll(source)

    assert desk.health(source).next_at == desk.now + 10 * HOUR


async def test_a_source_that_is_gone_is_retired_and_told(desk):
    source = desk.source()
    desk.web.page("/feed", b"", status=410)

    collected = await desk.poll(source)
    assert [(n.kind, n.details) for n in collected.notices] == [
        ("source-gone", {"url": source.url})
    ]

    again = await desk.poll(source, due_only=False)
    assert len(desk.web.requests) == 1 and not again.notices


async def test_a_new_address_revives_a_retired_source(desk):
    desk.web.page("/feed", b"", status=410)
    await desk.poll(desk.source(name="blog"))
    desk.web.page("/new", feed("a"))

    assert (await desk.poll(desk.source("/new", name="blog"))).new == 1


async def test_a_permanent_redirect_is_remembered(desk):
    source = desk.source("/old")
    desk.web.page("/old", b"", 301, Location="/new")
    desk.web.page("/new", feed("a"))

    await desk.poll(source)
    await desk.poll(source, due_only=False)

    assert [path for path, _ in desk.web.requests] == ["/old", "/new", "/new"]


async def test_a_remembered_redirect_that_fails_is_forgotten(desk):
    source = desk.source("/old")
    desk.web.page("/old", b"", 301, Location="/new")
    desk.web.page("/new", feed("a"))
    await desk.poll(source)
    desk.web.page("/new", b"", 404)
    desk.web.page("/old", feed("a"))

    await desk.poll(source, due_only=False)
    assert not (await desk.poll(source, due_only=False)).errors


async def test_two_days_of_failure_are_told_and_so_is_the_return(desk):
    source = desk.source()
    desk.web.page("/feed", b"", status=500)
    first = await desk.poll(source)
    desk.now += timedelta(days=2)
    second = await desk.poll(source)
    desk.now += timedelta(days=1)
    third = await desk.poll(source)
    desk.web.page("/feed", feed("a"))
    back = await desk.poll(source, due_only=False)

    assert not first.notices
    assert [n.kind for n in (*second.notices, *back.notices)] == ["source-down", "source-back"]
    assert second.notices[0].details == {"days": 2, "error": "HTTP 500"}
    assert second.notices[0].key == third.notices[0].key


async def test_a_closed_day_of_arxiv_is_told_once_for_all_its_sources(desk, shared):
    body = (shared / "arxiv/rss/weekend_empty.rss.xml").read_bytes()
    desk.web.page("/cl", body)
    desk.web.page("/lg", body.replace(b"cs.CL", b"cs.LG"))

    sources = desk.source("/cl", "arxiv"), desk.source("/lg", "arxiv")
    collected = await desk.poll(*sources)

    (notice,) = collected.notices
    assert [desk.health(source).note for source in sources] == ["arxiv-closed"] * 2
    assert notice.details == {"day": "2026-08-01", "why": "weekend"} and not collected.errors
    assert notice.key == "arxiv-closed:2026-08-01"


async def test_the_first_poll_keeps_the_backlog_out(desk):
    desk.web.page("/feed", feed(*"abcdef"))
    await desk.poll(desk.source())
    desk.web.page("/feed", feed(*"nmabcdef"))
    await desk.poll(desk.source(), due_only=False)

    assert db.items.counts(desk.db) == {"new": 5, "dropped": 3}


async def test_a_day_of_arxiv_becomes_drafts_within_the_budget(desk, shared):
    desk.web.page("/cs", (shared / "arxiv/api/cs_ai_lg_cl_25.xml").read_bytes())
    source = desk.source("/cs", "arxiv", keywords=("agent",), max_per_day=6)
    await desk.poll(source)

    items = await pick(desk.db, [source], budget=12, since=desk.now, now=desk.now)

    assert len(items) == 6 and items[0].reasons[0]["kind"] == "keyword"
    assert [item.score for item in items] == sorted((i.score for i in items), reverse=True)


async def test_the_overdue_are_dropped_with_their_reason(desk):
    desk.web.page("/feed", feed("a"))
    source = desk.source()
    await desk.poll(source)
    later = desk.now + timedelta(days=4)

    assert await pick(desk.db, [source], budget=9, since=later, now=later) == []
    found = db.items.by_identity(desk.db, "url:https://b.example/a")
    assert found and found.reasons[0] == {"kind": "expired", "days": 3}


async def test_a_restart_drafts_nothing_twice(desk):
    source = desk.source()
    desk.web.page("/feed", feed("a"))
    await desk.poll(source)
    (item,) = await pick(desk.db, [source], budget=9, since=desk.now, now=desk.now)
    db.items.mark_drafted(desk.db, item.id)
    desk.db.execute("delete from sources")

    await desk.poll(source, due_only=False)

    assert await pick(desk.db, [source], budget=9, since=desk.now, now=desk.now) == []


async def test_many_sources_are_polled_side_by_side_but_not_all_at_once(desk):
    running, most, full = 0, 0, asyncio.Event()

    async def slow(handler):
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == collect_module.AT_ONCE:
            full.set()
        await full.wait()
        running -= 1
        handler.write(feed("a"))

    sources = [desk.source(f"/{n}") for n in range(20)]
    for source in sources:
        desk.web.answer(source.name, slow)

    assert len((await desk.poll(*sources)).added) == 20
    assert most == collect_module.AT_ONCE


async def test_a_probe_says_what_is_wrong_and_stores_nothing(desk):
    desk.web.page("/good", feed("a"))
    desk.web.page("/bad", b"{}")

    async with desk.fetcher() as fetcher:
        assert await probe(fetcher, desk.source("/good")) is None
        assert "JSON" in str(await probe(fetcher, desk.source("/bad")))
    assert db.items.counts(desk.db) == {} and db.sources.find(desk.db) == []


async def test_a_github_token_asks_the_rest_api(desk):
    source = replace(desk.source(kind="github"), url="")
    desk.token = "ghp_x"
    async with desk.fetcher() as fetcher:
        assert collect_module.address(source, fetcher).startswith("https://api.github.com/")
