"""How much an item deserves a draft."""

from datetime import UTC, datetime, timedelta

import pytest

from db.model import Item, Kind, Link
from feeds.rank import keywords_in, score
from feeds.sources import Source

NOW = datetime(2026, 9, 24, 12, tzinfo=UTC)
ARXIV = Source("arXiv", "arxiv", 6, categories=("cs.CV",), keywords=("diffusion", "OCR"))


def item(title="A paper", text="", **fields) -> Item:
    return Item("arxiv:1", "arXiv", Kind.PAPER, title, text, "https://arxiv.org/abs/1", **fields)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Latent Diffusion", ("diffusion",)),
        ("mediocre proofs", ()),
        ("ocr and diffusions.", ("diffusion", "OCR")),
        ("diffusional", ()),
        ("ocr_x", ()),
    ],
)
def test_keywords_are_whole_words_in_any_case(text, found):
    assert keywords_in(text, ("diffusion", "OCR")) == found


def test_keywords_may_be_phrases_and_signs():
    words = ("C++", "world model", "شبکه")

    assert keywords_in("a c++ world\n model", words) == ("C++", "world model")
    assert keywords_in("یک شبکه است", words) == ("شبکه",)


def test_a_keyword_counts_more_in_the_title():
    titled, reasons = score(item("Diffusion"), ARXIV, NOW)
    below, _ = score(item(text="diffusion"), ARXIV, NOW)

    assert titled > below > score(item(), ARXIV, NOW)[0]
    assert reasons == ({"kind": "keyword", "word": "diffusion", "title": True},)


def test_code_is_worth_something_and_said():
    with_code = item(links=(Link("https://github.com/a/b", "code"),))
    points, reasons = score(with_code, ARXIV, NOW)

    assert points > score(item(), ARXIV, NOW)[0] and reasons == ({"kind": "code"},)


def test_the_fresher_the_better():
    points = [
        score(item(published=NOW - timedelta(hours=hours)), ARXIV, NOW)[0]
        for hours in (0, 5, 48, 100)
    ]
    _, reasons = score(item(published=NOW - timedelta(hours=5)), ARXIV, NOW)

    assert points == sorted(points, reverse=True) and points[-1] == score(item(), ARXIV, NOW)[0]
    assert reasons == ({"kind": "fresh", "hours": 5},)


def test_a_date_in_the_future_is_only_fresh():
    future = item(published=NOW + timedelta(days=30))

    assert score(future, ARXIV, NOW) == score(item(published=NOW), ARXIV, NOW)


def test_the_weight_of_the_source_multiplies():
    heavy = Source("blog", "rss", 3, url="https://b.example", weight=2)
    light = Source("blog", "rss", 3, url="https://b.example")
    points, reasons = score(item(), heavy, NOW)

    assert points == 2 * score(item(), light, NOW)[0]
    assert reasons == ({"kind": "source", "name": "blog", "weight": 2},)


def test_a_followed_source_comes_before_a_paper_without_keywords():
    github = Source("a/b", "github", 2, repo="a/b")

    assert score(item(), github, NOW)[0] > score(item(published=NOW), ARXIV, NOW)[0]
