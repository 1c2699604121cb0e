"""Fetching against a server on the loopback."""

import asyncio
import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tornado.iostream import StreamClosedError
from tornado.locks import Event

from bot.errors import SourceError, SourceGone
from feeds.fetch import Fetched, Fetcher, Known, user_agent

NOW = datetime(2026, 9, 24, 12, tzinfo=UTC)


async def get(web, url, known=None, **options) -> Fetched:
    options.setdefault("named_origins", [web.origin])
    async with Fetcher(now=lambda: NOW, arxiv_pause=0, **options) as fetcher:
        return await fetcher.get(url, known or Known())


async def test_a_first_fetch_brings_the_body_and_what_to_ask_with_next_time(web):
    url = web.page("/feed", b"<rss/>", ETag='"1"', Last_Modified="Thu, 24 Sep 2026 00:00:00 GMT")

    fetched = await get(web, url)

    assert (fetched.status, fetched.body, fetched.etag) == ("new", b"<rss/>", '"1"')
    assert fetched.last_modified.startswith("Thu") and len(fetched.body_hash) == 64


async def test_the_server_is_asked_conditionally_and_304_is_unchanged(web):
    url = web.page("/feed", b"", status=304)

    fetched = await get(web, url, Known('"1"', "Thu, 24 Sep 2026 00:00:00 GMT", "abc"))

    _, headers = web.requests[0]
    assert headers["If-None-Match"] == '"1"' and headers["If-Modified-Since"].startswith("Thu")
    assert (fetched.status, fetched.etag, fetched.body_hash) == ("unchanged", '"1"', "abc")


async def test_304_without_a_question_is_no_answer(web):
    with pytest.raises(SourceError, match="HTTP 304"):
        await get(web, web.page("/feed", b"", status=304))


async def test_the_same_bytes_are_unchanged_without_any_header(web):
    url = web.page("/feed", b"<rss/>")

    first = await get(web, url)
    second = await get(web, url, Known(body_hash=first.body_hash))

    assert (second.status, second.body) == ("unchanged", b"")


async def test_gzip_is_unpacked(web):
    url = web.page("/feed", gzip.compress(b"<rss/>" * 100), Content_Encoding="gzip")

    assert (await get(web, url)).body == b"<rss/>" * 100


async def test_a_gzip_bomb_is_refused_by_its_unpacked_size(web):
    bomb = gzip.compress(bytes(30_000_000))
    url = web.page("/feed", bomb, Content_Encoding="gzip")

    with pytest.raises(SourceError, match="larger than 1 MB"):
        await get(web, url, most=1 << 20)
    assert len(bomb) < 1 << 20


@pytest.mark.parametrize("body", [b"not gzip at all", gzip.compress(b"<rss/>" * 99, mtime=0)[:-9]])
async def test_broken_gzip_is_a_source_error(web, body):
    url = web.page("/feed", body, Content_Encoding="gzip")

    with pytest.raises(SourceError, match=r"broken gzip|ends early"):
        await get(web, url)


async def test_a_packing_that_was_not_asked_for_is_refused(web):
    url = web.page("/feed", b"...", Content_Encoding="br")

    with pytest.raises(SourceError, match="unknown way"):
        await get(web, url)


async def test_an_endless_body_is_cut_off(web):
    async def endless(handler):
        try:
            while True:
                handler.write(bytes(100_000))
                await handler.flush()
        except StreamClosedError:
            return

    with pytest.raises(SourceError, match="larger than"):
        await get(web, web.answer("/feed", endless), most=1 << 20)


async def test_a_slow_drip_meets_the_deadline(web):
    never = Event()

    async def drip(handler):
        handler.write(b"<rss>")
        await handler.flush()
        await never.wait()

    try:
        with pytest.raises(SourceError, match=r"within 0\.2 s"):
            await get(web, web.answer("/feed", drip), deadline=0.2)
    finally:
        never.set()


async def test_a_silent_server_is_given_up(web):
    never = Event()

    try:
        with pytest.raises(SourceError, match="silent"):
            await get(web, web.answer("/feed", lambda _: never.wait()), quiet=0.1)
    finally:
        never.set()


async def test_a_closed_port_is_a_source_error(web):
    url = "http://127.0.0.1:1/feed"

    with pytest.raises(SourceError, match="connection failed"):
        await get(web, url, named_origins=["127.0.0.1:1"])


async def test_410_is_gone_for_good(web):
    with pytest.raises(SourceGone):
        await get(web, web.page("/feed", b"", status=410))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": format_datetime(NOW + timedelta(minutes=5), usegmt=True)}, 300),
        ({"Retry-After": format_datetime(NOW - timedelta(minutes=5), usegmt=True)}, 0),
        ({"Retry-After": "soon"}, None),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW.timestamp() + 60)[:-2]}, 60),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [403, 429, 503])
async def test_a_refusal_says_when_to_come_back(web, headers, seconds, status):
    url = web.page("/feed", b"", status, **{k.replace("-", "_"): v for k, v in headers.items()})

    with pytest.raises(SourceError, match=f"HTTP {status}") as caught:
        await get(web, url)

    assert caught.value.retry_after == seconds


async def test_permanent_redirects_are_reported(web):
    web.page("/old", b"", 301, Location="/newer")
    web.page("/newer", b"", 308, Location="/newest#top")
    web.page("/newest", b"<rss/>")

    assert (await get(web, web.url + "/old")).moved_to == web.url + "/newest"


async def test_what_follows_a_temporary_redirect_is_not_remembered(web):
    web.page("/old", b"", 301, Location="/today")
    web.page("/today", b"", 302, Location="/2026-09-24")
    web.page("/2026-09-24", b"", 301, Location="/end")
    web.page("/end", b"<rss/>")

    assert (await get(web, web.url + "/old")).moved_to == web.url + "/today"


async def test_a_circle_of_redirects_ends(web):
    url = web.page("/feed", b"", 302, Location="/feed")

    with pytest.raises(SourceError, match="more than 5"):
        await get(web, url)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/secret",
        "http://localhost/secret",
        "http://[::1]/secret",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://100.64.0.1/",
        "http://0.0.0.0/",
        "file:///etc/passwd",
        "http://[fe80::1%25eth0]/",
        "http://[bad",
    ],
)
async def test_a_redirect_cannot_lead_inside(web, target):
    url = web.page("/feed", b"", 302, Location=target)

    with pytest.raises(SourceError):
        await get(web, url)
    assert len(web.requests) == 1


async def test_the_loopback_is_closed_unless_the_operator_named_it(web):
    url = web.page("/feed", b"<rss/>")

    with pytest.raises(SourceError, match="private network"):
        await get(web, url, named_origins=["127.0.0.1:1"])
    assert web.requests == []


async def test_a_redirect_to_a_named_origin_at_another_port_is_refused(web):
    url = web.page("/feed", b"", 302, Location="http://127.0.0.1:1/")

    with pytest.raises(SourceError, match="private network"):
        await get(web, url)


async def test_the_github_token_goes_nowhere_but_to_github(web):
    url = web.page("/feed", b"<rss/>")

    await get(web, url, github_token="ghp_secret")

    assert "Authorization" not in web.requests[0][1]


async def test_cookies_are_not_kept(web):
    url = web.page("/feed", b"<rss/>", Set_Cookie="track=1")

    async with Fetcher([web.origin]) as fetcher:
        await fetcher.get(url)
        await fetcher.get(url)

    assert all("Cookie" not in headers for _, headers in web.requests)


async def test_an_etag_that_cannot_be_sent_back_is_forgotten(web):
    url = web.page("/feed", b"<rss/>", ETag='"é"')

    assert (await get(web, url)).etag == ""


async def test_peyk_says_who_it_is(web):
    await get(web, web.page("/feed", b"<rss/>"))

    assert web.requests[0][1]["User-Agent"] == user_agent()
    assert user_agent().startswith("peyk")


async def test_requests_to_arxiv_keep_their_distance(web):
    url = web.page("/feed", b"<rss/>")
    clock = asyncio.get_running_loop().time
    start = clock()
    async with Fetcher([web.origin], arxiv_pause=0.2) as fetcher:
        await asyncio.gather(*(fetcher.get(url, arxiv=True) for _ in range(3)))

    assert clock() - start >= 0.4


async def test_other_requests_do_not_wait_for_arxiv(web):
    url = web.page("/feed", b"<rss/>")

    async with Fetcher([web.origin], arxiv_pause=3600) as fetcher:
        await fetcher.get(url, arxiv=True)
        fetched = await fetcher.get(url)

    assert fetched.status == "new"
