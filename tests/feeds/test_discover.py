"""What admins write when they mean a source, and what is found there."""

import asyncio

import pytest

from bot.errors import SourceError, SourcePrivate
from bot.persian.typography import JOINER
from feeds import discover, reach
from feeds.discover import linked_feed, look, recognise
from feeds.fetch import Fetcher

FEED = b"""<rss version="2.0"><channel><title>t</title>
<item><title>Old</title><pubDate>Mon, 01 Jan 2024 00:00:00 GMT</pubDate></item>
<item><title>New</title><pubDate>Tue, 02 Jan 2024 00:00:00 GMT</pubDate></item>
<item><title>Undated</title></item><item><title>Last</title></item></channel></rss>"""


def arxiv(*categories):
    return {"kind": "arxiv", "categories": list(categories)}


def github(repo):
    return {"kind": "github", "repo": repo}


def rss(url):
    return {"kind": "rss", "url": url}


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("cs.CL", arxiv("cs.CL")),
        (" cs.cl ", arxiv("cs.CL")),
        (f"cs.{JOINER}CL", arxiv("cs.CL")),
        ("cs.CL, stat.ml", arxiv("cs.CL", "stat.ML")),
        ("cs.CL+cs.LG", arxiv("cs.CL", "cs.LG")),
        ("hep-th", arxiv("hep-th")),
        ("cond-mat.DIS-NN", arxiv("cond-mat.dis-nn")),
        ("https://arxiv.org/list/cs.CL/recent", arxiv("cs.CL")),
        ("https://rss.arxiv.org/rss/cs.CL+cs.AI", arxiv("cs.CL", "cs.AI")),
        ("ollama/ollama", github("ollama/ollama")),
        ("https://github.com/ggml-org/llama.cpp", github("ggml-org/llama.cpp")),
        ("github.com/a/b.git", github("a/b")),
        ("https://www.github.com/a/b/releases.atom", github("a/b")),
        (
            "https://github.com/a/b/commits/main.atom",
            rss("https://github.com/a/b/commits/main.atom"),
        ),
        ("example.org", rss("https://example.org")),
        ("example.org/feed", rss("https://example.org/feed")),
        ("https://example.org/a?b=c", rss("https://example.org/a?b=c")),
        ("<http://example.org:8080/x>", rss("http://example.org:8080/x")),
        ("https://خبر.example/فید", rss("https://خبر.example/فید")),
        ("https://arxiv.org/abs/2410.10629", rss("https://arxiv.org/abs/2410.10629")),
    ],
)
def test_what_is_meant_is_recognised(text, entry):
    assert recognise(text) == entry


@pytest.mark.parametrize(
    "text",
    [
        *("", "سلام", "two words", "cs.CL and more", "ftp://example.org", "javascript:alert(1)"),
        *("https://", "https://me:secret@example.org/", "https://e.example/a b", "file:///etc/x"),
        *("http://[bad", "https://e.example/" + "x" * 2000, "a/b/c", "-a/b", "@channel"),
    ],
)
def test_what_means_nothing_is_not_guessed_at(text):
    assert recognise(text) is None


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/f">', "https://e.example/f"),
        (
            "<LINK HREF='f?a=1&amp;b=2' TYPE=application/atom+xml REL=alternate>",
            "https://e.example/b/f?a=1&b=2",
        ),
        (
            '<link type="application/rss+xml" rel="home alternate" href="//o.example/f">',
            "https://o.example/f",
        ),
        ('<link rel="alternate" type="text/html" href="/en">', ""),
        ('<link rel="stylesheet" href="/f">', ""),
        ('<link rel="alternate" type="application/rss+xml" href="javascript:x">', ""),
        ('<link rel="alternate" type="application/rss+xml" href="http://a:b@e.example/">', ""),
        ('<link rel="alternate" type="application/rss+xml">', ""),
        ("<link " * 100_000, ""),
    ],
)
def test_the_feed_a_page_names_is_found(tag, found):
    page = f"<!doctype html><head><link rel=icon href=/i>{tag}</head>".encode()

    assert linked_feed(page, "https://e.example/b/") == found


@pytest.fixture
def open_net(monkeypatch):
    """The loopback counts as the open Internet."""
    monkeypatch.setattr(reach, "public", lambda address: address.is_loopback)


@pytest.mark.usefixtures("open_net")
async def test_the_newest_titles_are_shown_and_a_lasting_move_is_followed(web):
    web.page("/feed", FEED)
    old = web.page("/old", b"", status=301, Location="/feed")
    async with Fetcher() as fetcher:
        found = await look(fetcher, rss(old))

    assert found.titles == ("New", "Old", "Undated")
    assert found.entry == rss(f"{web.url}/feed") and found.source.added


@pytest.mark.usefixtures("open_net")
async def test_a_page_that_names_a_page_is_not_followed_for_ever(web):
    named = b'<html><link rel=alternate type=application/rss+xml href="/b"></html>'
    first = web.page("/a", named)
    web.page("/b", named)
    async with Fetcher() as fetcher:
        with pytest.raises(SourceError, match="web page"):
            await look(fetcher, rss(first))

    assert [path for path, _ in web.requests] == ["/a", "/b"]


@pytest.mark.usefixtures("open_net")
async def test_a_public_page_cannot_lead_into_a_private_network(web):
    named = b'<html><link rel=alternate type=application/rss+xml href="http://10.0.0.1/"></html>'
    page, away = web.page("/a", named), web.page("/b", b"", 302, Location="http://10.0.0.1/")
    async with Fetcher(["10.0.0.1:80"]) as fetcher:
        for url in (page, away):
            with pytest.raises(SourcePrivate):
                await look(fetcher, rss(url))


async def test_the_operators_own_origins_give_no_rights_to_an_address_from_chat(web):
    url = web.page("/feed", FEED)
    async with Fetcher([web.origin]) as fetcher:
        assert (await fetcher.get(url)).status == "new"
        with pytest.raises(SourcePrivate):
            await look(fetcher, rss(url))


@pytest.mark.usefixtures("open_net")
async def test_a_server_that_keeps_an_admin_waiting_is_given_up(web, monkeypatch):
    monkeypatch.setattr(discover, "PATIENCE", 0.05)
    url = web.answer("/slow", lambda handler: asyncio.sleep(0.3))
    async with Fetcher() as fetcher:
        with pytest.raises(SourceError, match="no whole answer"):
            await look(fetcher, rss(url))
