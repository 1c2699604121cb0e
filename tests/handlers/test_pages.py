"""Blocks as messages."""

import pytest

from bot.documents.markup import blocks
from bot.persian.typography import units
from handlers.pages import LIMIT, MOST_ENTITIES, Piece, messages, opening, parted


def spans(piece: Piece) -> list[tuple[str, str]]:
    """What each entity covers."""
    raw = piece.text.encode("utf-16-le")
    return [
        (e["type"], raw[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in piece.entities
    ]


def test_entities_stand_on_their_words():
    (piece,) = messages(blocks("# 😀 عنوان\n\nیک **مهم** و `code`\n\n```\nx\n```"))

    assert [(kind, text.lstrip("\u200f")) for kind, text in spans(piece)] == [
        *(("bold", "😀 عنوان"), ("bold", "مهم"), ("code", "code"), ("pre", "x")),
    ]


def test_a_list_is_dense():
    (piece,) = messages(blocks("متن\n\n- یک\n- دو\n\nمتن"))

    assert piece.text.replace("\u200f", "") == "متن\n\n• یک\n• دو\n\nمتن"


def test_long_texts_are_split_between_blocks_and_nothing_is_lost():
    paragraphs = [f"بند {number} " + "متن " * 100 for number in range(40)]
    pieces = messages(blocks("\n\n".join(paragraphs)))

    assert len(pieces) > 3
    assert all(units(piece.text) <= LIMIT for piece in pieces)
    assert all(piece.text.startswith("\u200fبند") for piece in pieces)
    assert "".join(p.text for p in pieces).count("بند") == 40


def test_one_endless_paragraph_is_cut_after_words():
    pieces = messages(blocks("کلمه " * 3000))

    assert all(units(piece.text) <= LIMIT for piece in pieces)
    assert all(piece.text.strip().endswith("کلمه") for piece in pieces)


def test_emoji_count_twice():
    pieces = messages(blocks("😀" * 5000))

    assert [units(piece.text) <= LIMIT for piece in pieces] == [True] * len(pieces)
    assert sum(piece.text.count("😀") for piece in pieces) == 5000


def test_no_message_has_more_entities_than_telegram_keeps():
    pieces = messages(blocks("\n\n".join(["**a** b"] * 300)))

    assert max(len(piece.entities) for piece in pieces) <= MOST_ENTITIES


@pytest.mark.parametrize("text", ["@someone", "t.me/x", "https://a.example/b", "#tag", "/start"])
def test_nothing_in_a_document_becomes_a_link(text):
    (piece,) = messages(blocks(f"متن {text} متن"))

    assert text not in piece.text


def test_an_opening_ends_with_an_ellipsis_and_cuts_its_entities():
    (piece,) = messages(blocks("# " + "بلند " * 50))
    cut = opening(piece, 60)

    assert units(cut.text) <= 60 and cut.text.endswith("…")
    assert cut.entities[0]["offset"] + cut.entities[0]["length"] <= units(cut.text)


def test_a_long_piece_is_parted_at_words_and_keeps_its_entities():
    text = "واژه " * 2000
    entities = ({"type": "text_link", "offset": 5 * 999, "length": 4, "url": "https://e.org"},)
    parts = parted(Piece(text, entities))

    assert "".join(part.text for part in parts) == text and len(parts) == 3
    assert all(units(part.text) <= LIMIT and part.text.startswith("واژه") for part in parts)
    assert [span for part in parts for span in spans(part)] == [("text_link", "واژه")]
