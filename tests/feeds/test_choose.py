"""Candidates, and the day's budget."""

from datetime import UTC, datetime, timedelta

from db.items import Candidate
from db.model import Item, ItemState, Kind
from feeds.choose import admit, choose
from feeds.sources import Source

NOW = datetime(2026, 9, 24, 12, tzinfo=UTC)
ARXIV = Source("arXiv", "arxiv", 2, categories=("cs.CV",), keywords=("ocr",))
GITHUB = Source("a/b", "github", 2, repo="a/b")
BLOG = Source("blog", "rss", 3, url="https://b.example")


def items(count: int, **fields) -> list[Item]:
    """Entries of a feed, newest first."""
    return [
        Item(
            *(f"x:{n}", "s", Kind.NEWS, "T", "", ""),
            **({"published": NOW - timedelta(days=400 + n)} | fields),
        )
        for n in range(count)
    ]


def new(found: list[Item]) -> list[str]:
    return [item.identity for item in found if item.state is ItemState.NEW]


def candidate(number: int, source="arXiv", score=1.0, age=0, published=None) -> Candidate:
    return Candidate(
        number, f"x:{number}", source, score, published, NOW - timedelta(days=age, seconds=-1)
    )


def chosen(candidates, budget=12, used=None) -> list[int]:
    picked = choose(candidates, [ARXIV, GITHUB, BLOG], budget=budget, used=used or {}, now=NOW)
    return [candidate.id for candidate in picked.chosen]


def test_at_the_first_poll_only_the_newest_are_candidates():
    assert len(new(admit(items(9), ARXIV, first_poll=True))) == 9
    assert new(admit(items(9), BLOG, first_poll=True)) == ["x:0", "x:1", "x:2"]
    assert new(admit(items(9)[::-1], GITHUB, first_poll=True)) == ["x:0"]


def test_undated_entries_keep_the_order_of_their_feed():
    assert new(admit(items(9, published=None), GITHUB, first_poll=True)) == ["x:0"]


def test_the_older_ones_are_kept_as_backlog():
    *_, last = admit(items(9), BLOG, first_poll=True)

    assert last.state is ItemState.DROPPED and last.reasons == ({"kind": "backlog"},)


def test_later_everything_new_is_a_candidate_however_old():
    assert len(new(admit(items(9), GITHUB, first_poll=False))) == 9


def test_a_prerelease_does_not_take_the_place_of_the_newest_release():
    early, release = items(2)
    early = Item(
        **{name: getattr(early, name) for name in early.__slots__} | {"drop": "prerelease"}
    )

    admitted = admit([early, release], GITHUB, first_poll=True)

    assert new(admitted) == ["x:1"]
    assert admitted[0].reasons == ({"kind": "feed", "why": "prerelease"},)


def test_a_required_keyword_is_required():
    source = Source("arXiv", "arxiv", 2, categories=("cs.CV",), keywords=("ocr",), require=True)
    with_it = items(1, reasons=({"kind": "keyword", "word": "ocr", "title": True},))
    without = items(1, reasons=({"kind": "fresh", "hours": 1},))

    assert new(admit(with_it, source, first_poll=False)) == ["x:0"]
    (dropped,) = admit(without, source, first_poll=False)
    assert dropped.reasons == ({"kind": "required-keyword"}, {"kind": "fresh", "hours": 1})


def test_the_best_come_first():
    assert chosen([candidate(1, "blog", 1), candidate(2, "blog", 3), candidate(3, "blog", 2)]) == [
        2,
        3,
        1,
    ]


def test_the_budget_is_kept():
    assert chosen([candidate(n, "blog") for n in range(9)], budget=2) == [0, 1]
    assert chosen([candidate(1)], budget=0) == []


def test_no_source_takes_more_than_its_share():
    best = [candidate(n, "arXiv", 9) for n in range(5)]

    assert chosen([*best, candidate(9, "blog", 1)]) == [0, 1, 9]
    assert chosen([*best, candidate(9, "blog", 1)], used={"arXiv": 1}) == [0, 9]


def test_ties_are_broken_by_date_and_then_always_the_same_way():
    older, newer = candidate(1, "blog"), candidate(2, "blog", published=NOW)
    same = [candidate(3, "blog"), older, newer]

    assert chosen(same) == chosen(same[::-1]) == [2, 1, 3]


def test_a_candidate_waits_three_days_from_when_it_was_seen():
    choice = choose(
        [candidate(1, age=3), candidate(2, age=4)], [ARXIV], budget=9, used={}, now=NOW
    )

    assert [c.id for c in choice.chosen] == [1]
    assert choice.dropped == ((candidate(2, age=4), {"kind": "expired", "days": 3}),)


def test_what_came_from_a_removed_source_is_dropped():
    choice = choose([candidate(1)], [BLOG], budget=9, used={}, now=NOW)

    assert choice.chosen == () and choice.dropped[0][1] == {"kind": "source-removed"}
