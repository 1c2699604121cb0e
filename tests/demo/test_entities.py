"""Entities: UTF-16, clean text, order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.entities import (
    Entity,
    nest,
    read_entities,
    tidy,
    utf16_length,
    utf16_slice,
)
from bot.demo.errors import ApiError


def brief(entities):
    return [(e.type, e.offset, e.length) for e in entities]


def test_characters_beyond_the_basic_plane_count_twice():
    assert utf16_length("سلام 🌍") == 7
    assert utf16_slice("a🌍b", 1, 3) == "🌍"


def test_outer_blanks_are_trimmed_and_entities_move():
    text, entities = tidy("\n  سلام دنیا \n", [Entity("bold", 8, 4)])

    assert (text, brief(entities)) == ("سلام دنیا", [("bold", 5, 4)])


def test_a_blank_inside_of_an_entity_is_not_trimmed_from_the_front():
    text, entities = tidy("   a", [Entity("bold", 2, 2)])

    assert (text, brief(entities)) == (" a", [("bold", 0, 2)])


def test_entities_of_blanks_only_disappear():
    assert tidy("a   b", [Entity("bold", 1, 3)]) == ("a   b", ())


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\x00b", "a b"),
        ("a\tb", "a b"),
        ("a\r\nb", "a\nb"),
        ("a\u202eb", "ab"),
        ("a\u200fb", "a\u200fb"),
        ("می\u200cشود", "می\u200cشود"),
    ],
)
def test_control_characters_go_and_persian_marks_stay(raw, clean):
    assert tidy(raw, [])[0] == clean


def test_removed_characters_shift_later_entities():
    text, entities = tidy("\u202e\u202eab", [Entity("bold", 3, 1)])

    assert (text, brief(entities)) == ("ab", [("bold", 1, 1)])


def test_styles_are_cut_at_the_edges_of_links():
    cut = nest([Entity("bold", 0, 10), Entity("text_link", 3, 4, url="http://a.b/")])

    assert brief(cut) == [("bold", 0, 3), ("text_link", 3, 4), ("bold", 3, 4), ("bold", 7, 3)]


def test_nothing_stands_inside_of_code():
    assert brief(nest([Entity("code", 2, 4), Entity("italic", 0, 6)])) == [
        ("italic", 0, 2),
        ("code", 2, 4),
    ]


def test_touching_styles_become_one():
    assert brief(nest([Entity("bold", 0, 3), Entity("bold", 3, 2)])) == [("bold", 0, 5)]


def test_of_two_overlapping_links_the_first_stays():
    links = [Entity("text_link", 0, 4, url="http://a.b/"), Entity("mention", 2, 6)]

    assert brief(nest(links)) == [("text_link", 0, 4)]


_STYLES = st.builds(
    Entity,
    st.sampled_from(["bold", "italic", "code", "text_link", "blockquote", "hashtag"]),
    st.integers(0, 20),
    st.integers(1, 20),
)


@given(st.lists(_STYLES, max_size=8))
def test_nested_entities_never_cross(entities):
    nested = nest(entities)

    for i, a in enumerate(nested):
        for b in nested[i + 1 :]:
            assert b.offset >= a.end or b.end <= a.end or (b.offset == a.offset)
    assert nest(nested) == nested


def test_kinds_that_telegram_finds_itself_are_ignored_when_given():
    given = [{"type": "hashtag", "offset": 0, "length": 2}]

    assert read_entities(given, "ab") == []


@pytest.mark.parametrize(
    ("entity", "words"),
    [
        ({"type": "bold", "offset": 0, "length": 9}, "ends after the end of the text"),
        ({"type": "bold", "offset": 9, "length": 1}, "begins after the end of the text"),
        ({"type": "bold", "offset": 1, "length": 1}, "in a middle of a UTF-16 symbol"),
        ({"type": "bold", "offset": "0", "length": 1}, 'find field "offset"'),
        ("bold", "must be an Object"),
    ],
)
def test_entities_outside_of_the_text_are_refused(entity, words):
    with pytest.raises(ApiError, match=words):
        read_entities([entity], "🌍a")


def test_a_link_without_a_dot_in_its_host_is_dropped():
    local = {"type": "text_link", "offset": 0, "length": 1, "url": "http://localhost/"}

    assert read_entities([local], "a") == []
    assert read_entities([{**local, "url": "Example.ORG"}], "a")[0].url == "http://example.org/"
