"""Formatting stays on its words while the text around it changes."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.persian.typography import typeset, typeset_with, units

ZWNJ = "\u200c"


def formatted(text: str, **words: str) -> list[dict[str, Any]]:
    """An entity of each type over its words in `text`."""
    places = {kind: text.index(part) for kind, part in words.items()}
    return [
        {"type": kind, "offset": units(text[:at]), "length": units(words[kind])}
        for kind, at in places.items()
    ]


def covered_by(text: str, entities: tuple[dict[str, Any], ...]) -> dict[str, str]:
    """What each entity covers."""
    raw = text.encode("utf-16-le")
    return {
        e["type"]: raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in entities
    }


def test_entities_follow_their_words() -> None:
    text = '😀 مدل هاي  بزرگ تر می شود "عالی" است'
    entities = formatted(text, bold="مدل هاي", italic="می شود", underline='"عالی"')

    set_text, moved = typeset_with(text, entities)

    assert set_text == typeset(text)
    wanted = {"bold": f"مدل{ZWNJ}های", "italic": f"می{ZWNJ}شود", "underline": "«عالی»"}
    assert covered_by(set_text, moved) == wanted


def test_direction_marks_stand_outside_of_formatting() -> None:
    text = "C++ و GPT-4 (OpenAI)"

    moved = typeset_with(text, formatted(text, bold="C++", italic="GPT-4", underline="OpenAI"))

    assert covered_by(*moved) == {"bold": "C++", "italic": "GPT-4", "underline": "OpenAI"}


def test_code_and_addresses_stay_as_they_are() -> None:
    text = "اجرا کن : x  =  ي,1 , سپس a.ir/ي  را ببین"
    entities = formatted(text, code="x  =  ي,1", url="a.ir/ي")

    set_text, moved = typeset_with(text, entities)

    assert covered_by(set_text, moved) == {"code": "x  =  ي,1", "url": "a.ir/ي"}
    assert "اجرا کن: " in set_text and "، سپس " in set_text


def test_a_block_of_code_keeps_its_lines() -> None:
    text = "نمونه:\nif x:\n\n\n\n    y = 'ي'\nتمام"

    set_text, moved = typeset_with(text, formatted(text, pre="if x:\n\n\n\n    y = 'ي'"))

    assert covered_by(set_text, moved) == {"pre": "if x:\n\n\n\n    y = 'ي'"}


def test_a_line_that_begins_within_code_runs_from_the_right_too() -> None:
    assert typeset_with("a\nb\nc", ({"type": "code", "offset": 0, "length": 4},))[0] == (
        "\u200fa\n\u200fb\n\u200fc"
    )


def test_other_fields_of_an_entity_stay() -> None:
    link = {"type": "text_link", "offset": 0, "length": 6, "url": "https://a.example"}

    assert typeset_with("میشود.", (link,))[1] == ({**link, "length": 7},)


def test_an_entity_over_nothing_is_dropped() -> None:
    assert typeset_with("الف   ب", ({"type": "bold", "offset": 3, "length": 3},))[1] == ()
    assert typeset_with("الف", ({"type": "bold", "offset": 90, "length": 3},))[1] == ()


WORDS = "می شود میشود مدل های ها GPT-4 C++ ( ) « » , 20 😀 كتاب"
PIECES = st.sampled_from([*WORDS.split(), "\n", "\n\n\n"])


@given(st.lists(PIECES, min_size=1, max_size=8), st.data())
def test_entities_stay_within_the_text_and_a_second_pass_moves_nothing(
    pieces: list[str], data: st.DataObject
) -> None:
    text = " ".join(pieces)
    offset = data.draw(st.integers(0, units(text) - 1))
    length = data.draw(st.integers(1, units(text) - offset))

    once = typeset_with(text, ({"type": "bold", "offset": offset, "length": length},))

    assert once[0] == typeset(text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= units(once[0]) for e in once[1])
    assert typeset_with(*once) == once
