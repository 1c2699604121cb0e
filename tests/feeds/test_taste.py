"""What the admins' decisions teach."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.model import Item, Kind, Link
from feeds.taste import NEUTRAL, Taste


def paper(title, text="", source="arXiv", code=False, tags=()):
    links = (Link("https://github.com/a/b", "code"),) if code else ()
    return Item(
        f"arxiv:{title}", source, Kind.PAPER, title, text, "https://a.example", links, tags=tags
    )


LIKED = [paper(f"Diffusion sampling number{n}") for n in range(8)]
DISLIKED = [paper(f"Theorem proving number{n}") for n in range(8)]
DECISIONS = [
    decision
    for yes, no in zip(LIKED, DISLIKED, strict=True)
    for decision in ((yes, True), (no, False))
]


@pytest.fixture
def taste():
    """An admin who likes diffusion and no theorems."""
    return Taste.of(DECISIONS)


def test_nothing_is_thought_before_the_first_decision():
    assert Taste().opinion(LIKED[0]) == NEUTRAL
    assert Taste().why(LIKED[0]) == ()


def test_what_was_approved_before_is_expected_again(taste):
    good, bad = taste.opinion(paper("Diffusion anew")), taste.opinion(paper("A new theorem"))

    assert good.chance > 0.6 > 0.4 > bad.chance
    assert good.leaning > 0 > bad.leaning


def test_an_unknown_item_is_judged_neutrally(taste):
    assert abs(taste.opinion(paper("Bread baking")).leaning) < 0.2


def test_doubt_shrinks_with_experience(taste):
    known, unknown = taste.opinion(paper("Theorem proving")), taste.opinion(paper("Bread baking"))

    assert known.doubt < unknown.doubt


def test_reasons_count_the_decided_items_with_the_telling_words(taste):
    taste.learn(paper("Diffusion again"), False)

    (reason,) = taste.why(paper("Diffusion anew"))

    assert reason == {"kind": "taste", "similar": 9, "approved": 8, "words": ["diffusion"]}


def test_a_dislike_is_explained_by_what_was_rejected(taste):
    (reason,) = taste.why(paper("Theorem proving by hand"))

    assert reason["approved"] == 0
    assert reason["words"] == ["proving", "theorem"]


def test_a_word_seen_twice_is_no_reason():
    taste = Taste.of([(paper("Diffusion one"), True), (paper("Diffusion two"), True)])

    assert taste.why(paper("Diffusion three")) == ()


@pytest.mark.parametrize(
    ("liked", "other"),
    [
        (dict(code=True), dict()),
        (dict(source="blog"), dict(source="arXiv")),
        (dict(tags=("cs.CV",)), dict(tags=("math.CO",))),
    ],
)
def test_code_source_and_category_are_learned_like_words(liked, other):
    taste = Taste()
    for number in range(10):
        taste.learn(paper(f"Word{number}", **liked), True)
        taste.learn(paper(f"Word{number}", **other), False)

    assert taste.opinion(paper("Other", **liked)).leaning > 0.3
    assert taste.opinion(paper("Other", **other)).leaning < 0


def test_a_wrong_early_taste_heals(taste):
    for number in range(12):
        taste.learn(paper(f"Theorem proving anew{number}"), True)
        taste.learn(paper(f"Diffusion sampling anew{number}"), False)

    assert taste.opinion(paper("Another theorem")).leaning > 0
    assert taste.opinion(paper("Another diffusion")).leaning < 0


def test_the_same_decisions_teach_the_same(taste):
    item = paper("Diffusion of a theorem", "Some text.")

    assert Taste.of(DECISIONS).opinion(item) == taste.opinion(item)
    assert len(taste) == 16


@given(st.lists(st.tuples(st.text(max_size=60), st.booleans()), max_size=30), st.text())
def test_any_text_gives_a_chance(decisions, title):
    opinion = Taste.of((paper(text, text), yes) for text, yes in decisions).opinion(paper(title))

    assert 0 <= opinion.chance <= 1


def test_a_thousand_equal_decisions_do_not_run_away():
    taste = Taste.of([(LIKED[0], True)] * 1000)

    assert 0.9 < taste.opinion(LIKED[0]).chance < 1
