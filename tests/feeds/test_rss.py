"""Feeds of every make, as recorded and as broken."""

import pytest

from bot.errors import SourceError
from db.model import Kind
from feeds import rss
from feeds.feed import ADDRESS, LINKS, TEXT, TITLE
from feeds.read import Failed, Job, answer
from feeds.sources import Source

SOURCE = Source("blog", "rss", 3, url="https://blog.example/feed.xml", tags=("#Blog",))


def recorded(shared, name):
    return rss.parse((shared / "feeds" / name).read_bytes(), SOURCE).items


def items(inner: str, channel: str = ""):
    body = f"<rss version='2.0'><channel>{channel}<item>{inner}</item></channel></rss>"
    return rss.parse(body.encode(), SOURCE).items


def test_a_lab_blog_is_read(shared):
    first, *_ = recorded(shared, "labs/gradient_blog.xml")

    assert first.identity == "url:https://thegradient.pub/virtue-ethics-ai-alignment"
    assert first.kind is Kind.NEWS and first.authors == ("Peli Grietzer",)
    assert first.tags[:2] == ("#Blog", "Ethics") and first.links[0].label == "page"
    assert "\n\n" in first.text and "<p" not in first.text


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("bad/miniflux/encoding_WINDOWS-1251.xml", "Цитата #17703"),
        ("bad/miniflux/utf8-incorrect-prolog.xml", "Café"),
        ("bad/simplepie/osnews.xml", "SailfishOS 2.0 released for early access users"),
        ("bad/rss-parser/reddit-atom.rss", "The Difficulties in Space"),
        ("bad/node-feedparser/rss-with-trailing-meta.xml", "First item"),
    ],
)
def test_odd_encodings_and_broken_ends_are_read(shared, file, title):
    assert recorded(shared, file)[0].title == title


def test_no_file_crashes_the_reader(shared):
    told = 0
    for file in sorted((shared / "feeds").rglob("*.*")):
        for part in answer(Job(SOURCE, file.read_bytes())):
            told += 1
            if isinstance(part, Failed):
                assert part.reason and "cannot be parsed" not in part.reason, file
            else:
                assert all(item.title and item.identity for item in part.feed.items), file
    assert told > 50


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>hi</body></html>", "a web page"),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "JSON Feed is not supported"),
        (b"nothing at all", "no feed"),
        (b"\x00\xff\xfe\x01" * 50, "no feed"),
    ],
)
def test_what_is_no_feed_is_said_in_one_line(body, why):
    with pytest.raises(SourceError, match=why) as caught:
        rss.parse(body, SOURCE)
    assert "\n" not in str(caught.value)


def test_relative_links_are_resolved(shared):
    first, *_ = recorded(shared, "bad/node-feedparser/rss-with-relative-urls.xml")

    assert first.url.startswith("http") and "/en/games/neverwinter/" in first.url


def test_relative_links_without_a_home_start_at_the_feed():
    (item,) = items("<title>T</title><link>post/1</link>")

    assert item.url == "https://blog.example/post/1"


def test_an_entry_without_a_title_gets_its_first_words():
    (item,) = items(f"<description>{'word ' * 50}</description><guid>1</guid>")

    assert item.title.endswith("word…") and len(item.title) <= 101


def test_an_entry_with_nothing_is_passed_over():
    assert items("<author>somebody</author>") == ()


def test_a_bad_date_is_no_date():
    (item,) = items("<title>T</title><guid>1</guid><pubDate>yesterday-ish</pubDate>")

    assert item.published is None


def test_a_post_that_is_a_paper_is_the_paper():
    (item,) = items("<title>T</title><link>https://huggingface.co/papers/2410.10629</link>")

    assert (item.identity, item.kind) == ("arxiv:2410.10629", Kind.PAPER)


def test_huge_fields_are_cut():
    html = "&lt;a href='https://a.example/{}'&gt;x&lt;/a&gt; "
    links = "".join(html.format(n) for n in range(300))
    (item,) = items(
        f"<title>{'t' * 100_000}</title><description>{links}{'w ' * 50_000}</description>"
        f"<link>https://a.example/{'u' * 100_000}</link><guid>1</guid>"
    )

    assert len(item.title) == TITLE and len(item.text) <= TEXT and len(item.links) <= LINKS
    assert item.url == "" and len(item.identity) <= ADDRESS


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "http://"])
def test_an_address_that_is_none_is_left_out(address):
    (item,) = items(f"<title>T</title><link>{address}</link><description>text</description>")

    assert item.url == "" and item.links == ()


def test_scripts_leave_nothing():
    (item,) = items(
        "<title>&lt;b&gt;T&lt;/b&gt;</title><guid>1</guid>"
        "<description>&lt;script&gt;alert(1)&lt;/script&gt;&lt;p&gt;seen&lt;/p&gt;</description>"
    )

    assert (item.title, item.text) == ("T", "seen")
