"""The links of a part to its neighbours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.part_links import AFTER, BEFORE, dressed, linked, links_in, undressed
from bot.channel.post import compose
from bot.persian.typography import units
from db.model import Draft, Kind, Link

ONE, TWO = "https://t.me/peyk_ai/1", "https://t.me/peyk_ai/2"
DRAFT = Draft(
    1,
    Kind.NEWS,
    "عنوان 😀",
    "بند یک.\n\nبند دو.",
    tags=("#خبر", "#LLM"),
    links=(Link("https://example.org/1", "متن خبر"),),
)


def words(entity: dict[str, Any], text: str) -> str:
    coded = text.encode("utf-16-le")
    start = 2 * entity["offset"]
    return coded[start : start + 2 * entity["length"]].decode("utf-16-le")


def test_links_stand_below_the_posts_own_and_above_its_tags() -> None:
    post = compose(DRAFT, "@peyk_ai | پیک")

    text, entities = linked(post.text, post.entities, ONE, TWO)

    assert f"🔗 متن خبر\n🔗 {BEFORE}\n🔗 {AFTER}\n\n" in text and "#خبر" in text.split(AFTER)[1]
    assert links_in(text, entities) == (ONE, TWO)
    assert [words(e, text) for e in entities] == ["عنوان 😀", "متن خبر", BEFORE, AFTER]


def test_a_post_without_links_gets_them_above_its_tags_and_signature() -> None:
    text, entities = linked("متن\n\n#خبر\n\n@peyk_ai | پیک", (), "", TWO)

    assert text == f"متن\n\n🔗 {AFTER}\n\n#خبر\n\n@peyk_ai | پیک"
    assert links_in(text, entities) == ("", TWO)


@pytest.mark.parametrize("text", ["", "متن", "متن\n\n#خبر", "a\n\n\nb", "😀\n#ب\n@c | d\n"])
@pytest.mark.parametrize(("before", "after"), [(ONE, ""), ("", ONE), (ONE, TWO)])
def test_links_that_go_leave_no_trace(text: str, before: str, after: str) -> None:
    linked_text, entities = linked(text, (), before, after)

    assert linked(linked_text, entities, "", "")[0].split() == text.split()


def test_links_written_twice_stand_once() -> None:
    once = linked("متن\n\n#خبر", (), ONE, TWO)

    assert linked(*once, ONE, TWO) == once


def test_words_that_look_like_our_link_are_left_alone() -> None:
    text = f"متن {BEFORE} است\n\n🔗 {BEFORE}"

    assert linked(text, (), "", "") == (text, ())


@st.composite
def posts(draw: st.DrawFn) -> tuple[str, tuple[dict[str, Any], ...]]:
    text = draw(st.text("ab😀ب\n #@|🔗", max_size=40))
    size = units(text)
    spans = st.tuples(st.integers(0, size), st.integers(0, size))
    found = [(min(s), max(s)) for s in draw(st.lists(spans, max_size=4)) if s[0] != s[1]]
    return text, tuple({"type": "bold", "offset": a, "length": b - a} for a, b in found)


@given(posts())
def test_whatever_the_post_all_else_stays(post: tuple[str, tuple[dict[str, Any], ...]]) -> None:
    text, entities = post
    new, kept = linked(text, entities, ONE, TWO)

    assert links_in(new, kept) == (ONE, TWO)
    assert new.replace(f"🔗 {BEFORE}\n🔗 {AFTER}", "").split() == text.split()
    back, left = linked(new, kept, "", "")
    assert back.split() == text.split() and len(left) == len(entities)
    assert all(e["offset"] >= 0 and e["offset"] + e["length"] <= units(back) for e in left)


def test_a_draft_is_dressed_once_and_undressed_again() -> None:
    part = dressed(dressed(DRAFT, 2, ONE, "گیت"), 3, TWO, "گیت")

    assert part.title == "عنوان 😀 (قسمت ۳)" and part.tags == (*DRAFT.tags, "#گیت")
    assert part.links[1:] == (Link(TWO, BEFORE),)
    assert undressed(part).title == DRAFT.title and undressed(part).links == DRAFT.links
