"""A long text becomes parts that are cut at sense and say which they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.post import compose, edited
from bot.channel.thread import Piece, cut
from bot.demo.entities import utf16_length, utf16_slice
from bot.persian.serial import continued, numbered, uncontinued, unnumbered
from db.model import Draft, Entity, Kind

MOST, LEAST = 60, 20
SENTENCE = "این جمله کوتاه است."
PART = Draft(
    item_id=1, kind=Kind.NEWS, title="عنوان", body="متن.", origin="model:m", number=1, parts=3
)


def texts(pieces: list[Piece]) -> list[str]:
    return [text for text, _ in pieces]


def bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def styled(piece: Piece) -> list[str]:
    text, entities = piece
    return [utf16_slice(text, e["offset"], e["offset"] + e["length"]) for e in entities]


# Where it is cut


@pytest.mark.parametrize(
    "joint", ["\n\n", "\n", ". ", "؟ ", "!» ", "، ", "؛ ", " "], ids=lambda joint: repr(joint)
)
def test_the_best_place_in_reach_is_where_it_is_cut(joint: str) -> None:
    half = "واژه " * 7 + "پایان"

    assert texts(cut(f"{half}{joint}{half}", (), MOST, LEAST)) == [
        f"{half}{joint}".rstrip(),
        half,
    ]


@pytest.mark.parametrize(
    ("better", "worse"), [("\n\n", "\n"), ("\n", "، "), (". ", "، "), ("، ", " ")]
)
def test_a_better_place_beats_one_nearer_the_middle(better: str, worse: str) -> None:
    text = f"{'الف' * 8}{better}{'ب' * 12}{worse}{'پ' * 40}"

    assert texts(cut(text, (), MOST, LEAST))[0] == f"{'الف' * 8}{better}".rstrip()


def test_pieces_are_alike_where_places_are() -> None:
    pieces = cut(" ".join([SENTENCE] * 20), (), 8 * len(SENTENCE), LEAST)

    assert [text.count(SENTENCE) for text in texts(pieces)] == [7, 7, 6]


def test_a_text_that_fits_is_one_piece() -> None:
    assert cut(f" {SENTENCE}\n", (), MOST, LEAST) == [(SENTENCE, ())]
    assert cut("  \n ", (), MOST, LEAST) == []


def test_no_piece_is_a_scrap() -> None:
    text = f"{'واژه ' * 11}پایان.\n\nدم."

    assert min(map(utf16_length, texts(cut(text, (), MOST, LEAST)))) >= LEAST


def test_an_address_and_code_are_not_cut() -> None:
    address = "https://example.org/" + "a/" * 12
    code = "x = 1; y = 2\nrun(x, y)"
    text = f"{'واژه ' * 6}{address} و {code} {'واژه ' * 8}"
    entity = {"type": "code", "offset": text.index(code), "length": len(code)}

    pieces = cut(text, (entity,), MOST, LEAST)

    assert [address in text for text in texts(pieces)].count(True) == 1
    assert [words for piece in pieces for words in styled(piece)] == [code]


def test_formatting_longer_than_a_piece_goes_on_in_the_next() -> None:
    text = " ".join([SENTENCE] * 6)
    bold = {"type": "bold", "offset": 0, "length": len(text)}

    pieces = cut(text, (bold,), MOST, LEAST)

    assert len(pieces) > 1
    assert [styled(piece) for piece in pieces] == [[text] for text in texts(pieces)]


def test_a_limit_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ValueError, match="balanced"):
        cut(SENTENCE, (), 10, 6)


@st.composite
def formatted(draw: st.DrawFn) -> Piece:
    """A text of words, marks and emoji, with formatting that begins and ends at letters."""
    words = st.text(st.sampled_from("ابپ\u200cxY1😀👩🏽é،.؟:»"), min_size=1, max_size=30)
    gaps = st.sampled_from([" ", " ", " ", "\n", "\n\n", "  ", " \n "])
    text = "".join(draw(words) + draw(gaps) for _ in range(draw(st.integers(1, 60))))
    entities: list[Entity] = []
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        end = min(len(text), start + draw(st.integers(1, LEAST)))
        offset, length = utf16_length(text[:start]), utf16_length(text[start:end])
        entities.append({"type": "code", "offset": offset, "length": length})
    return text, tuple(entities)


@given(formatted())
def test_together_the_pieces_are_the_text(source: Piece) -> None:
    pieces = cut(*source, MOST, LEAST)

    assert bare("".join(texts(pieces))) == bare(source[0])
    assert all(text == text.strip() != "" for text in texts(pieces))


@given(formatted())
def test_no_piece_is_over_the_limit_and_few_are_under_the_least(source: Piece) -> None:
    lengths = list(map(utf16_length, texts(cut(*source, MOST, LEAST))))

    assert max(lengths, default=0) <= MOST
    # White space at a cut is dropped from the piece after it, which may then be a little shorter.
    assert all(length >= LEAST - 4 for length in lengths) or len(lengths) == 1


@given(formatted())
def test_every_character_keeps_its_formatting(source: Piece) -> None:
    def marked(piece: Piece) -> str:
        text, entities = piece
        inside = {at for e in entities for at in range(e["offset"], e["offset"] + e["length"])}
        raw = [text.encode("utf-16-le")[at : at + 2] for at in range(0, 2 * utf16_length(text), 2)]
        seen = [(unit, at in inside) for at, unit in enumerate(raw)]
        return "".join(
            f"{unit!r}{on}"
            for unit, on in seen
            if not unit.decode("utf-16-le", "replace").isspace()
        )

    assert "".join(map(marked, cut(*source, MOST, LEAST))) == marked(source)


@given(st.lists(st.sampled_from(["یک", "👩🏽", "cat,", "بس."]), min_size=40), st.data())
def test_no_entity_is_cut_that_could_be_spared(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 4))
    offset = utf16_length("".join(f"{word} " for word in words[:first]))
    code = " ".join(words[first : first + 4])
    entity = {"type": "code", "offset": offset, "length": utf16_length(code)}

    pieces = cut(" ".join(words), (entity,), MOST, LEAST)

    assert [text for piece in pieces for text in styled(piece)] == [code]


# What a part says of the others


def test_a_part_has_its_number_in_the_title_and_promises_the_next() -> None:
    first, last = compose(PART, "").text, compose(Draft(**_fields(number=3)), "").text

    assert first.startswith("عنوان (قسمت ۱ از ۳)\n\n") and first.endswith("\n\nادامه دارد…")
    assert last.startswith("عنوان (قسمت ۳ از ۳)\n\n") and "ادامه" not in last


def test_a_single_post_says_nothing_of_parts() -> None:
    post = compose(Draft(**_fields(number=1, parts=1)), "").text

    assert post == "عنوان\n\nمتن."
    assert (numbered("ع", 1, 1), continued(1, 1)) == ("ع", "")


@pytest.mark.parametrize("mark", ["ادامه دارد…", "ادامه دارد...", "(ادامه دارد)", "ادامه دارد"])
def test_what_an_admin_copied_from_the_card_is_not_said_twice(mark: str) -> None:
    fields = edited(PART, f"عنوان نو (قسمت ۱ از ۳)\n\nمتن نو.\n\n{mark}", (), "admin:7")

    assert (fields["title"], fields["body"]) == ("عنوان نو", "متن نو.")


def test_a_single_post_keeps_what_its_writer_says_of_parts() -> None:
    single = Draft(**_fields(number=1, parts=1))
    fields = edited(single, "گفت‌وگو (قسمت ۲ از ۲)\n\nمتن.\n\nادامه دارد", (), "admin:7")

    assert fields["title"] == "گفت‌وگو (قسمت ۲ از ۲)"
    assert fields["body"].endswith("ادامه دارد")


@pytest.mark.parametrize(
    "title", ["قسمت دوم: روش کار", "روش کار (قسمت ۲ از ۳)", "روش کار قسمت دوم از سه", "روش کار"]
)
def test_a_number_is_known_in_any_form(title: str) -> None:
    assert unnumbered(title) == "روش کار"


def test_nothing_but_the_mark_stays_what_it_is() -> None:
    assert unnumbered("(قسمت ۱ از ۲)") == "(قسمت ۱ از ۲)"
    assert uncontinued("ادامه دارد…") == "ادامه دارد…"


def _fields(**changed: object) -> dict[str, object]:
    fields = {name: getattr(PART, name) for name in Draft.__dataclass_fields__}
    return fields | changed
