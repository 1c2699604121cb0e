"""Lines of a message with their entities, weighed as Telegram weighs them. Pure.

What they say is up to others: the guide (bot.channel.contents), the digest, the answers of /toc.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from bot.channel.post import ENTITIES_LIMIT, MARKUP_LIMIT, TEXT_LIMIT, Rendered
from bot.persian.typography import JOINER, LRM, RLM, plain, units
from db.model import Entity

LONGEST_LINK = 200
"""Characters of an address that is worth its share of a message's markup."""
_TAG_AROUND = 20
"""Characters of markup that one entity costs beside its address, about."""


class Piece(NamedTuple):
    """A stretch of a line: bold, code, a link, or a hashtag that Telegram finds by itself."""

    text: str
    type: str = ""
    url: str = ""


class Weight(NamedTuple):
    """What a line takes of a message: UTF-16 units, entities, characters of markup."""

    units: int = 0
    entities: int = 0
    markup: int = 0

    def __add__(self, other: Weight) -> Weight:  # type: ignore[override]
        return Weight(*map(sum, zip(self, other, strict=True)))

    def fits(self, slack: float = 1.0) -> bool:
        """Whether one message can hold `slack` times as much; a little is kept back of each."""
        limits = (TEXT_LIMIT - 96, ENTITIES_LIMIT - 4, MARKUP_LIMIT)
        return all(taken * slack <= limit for taken, limit in zip(self, limits, strict=True))


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is never divided."""

    pieces: tuple[Piece, ...]
    weight: Weight


def bold(text: str) -> Piece:
    """A heading."""
    return Piece(text, "bold")


def code(text: str) -> Piece:
    """Words as they are: nothing in them is found to be a link, and a tap copies them."""
    return Piece(text, "code")


def link(text: str, url: str) -> Piece:
    """Words that lead to `url`; plain words where there is none, or a monstrous one."""
    return Piece(text, "text_link", url) if 0 < len(url) <= LONGEST_LINK else Piece(text)


def hashtag(name: str) -> Piece:
    """#name, for the reader to tap."""
    return Piece(embedded(f"#{name}"), "hashtag")


def line(*pieces: Piece | str) -> Line:
    """A line that runs from the right, whatever it starts with."""
    whole = (Piece(RLM), *(Piece(piece) if isinstance(piece, str) else piece for piece in pieces))
    marked = [piece for piece in whole if piece.type]
    weight = Weight(
        sum(units(piece.text) for piece in whole) + 1,
        len(marked),
        sum(len(piece.url) + _TAG_AROUND for piece in marked),
    )
    return Line(whole, weight)


EMPTY = Line((), Weight(1))


def weigh(lines: Iterable[Line]) -> Weight:
    """What these lines take together."""
    columns = zip(*(line.weight for line in lines), strict=True)
    return Weight(*map(sum, columns))


def joined(lines: Iterable[Line]) -> Rendered:
    """One message of these lines."""
    text: list[str] = []
    entities: list[Entity] = []
    at = 0
    for number, line in enumerate(lines):
        for piece in (*((Piece("\n"),) if number else ()), *line.pieces):
            length = units(piece.text)
            if length and piece.type not in ("", "hashtag"):
                address = {"url": piece.url} if piece.url else {}
                entities.append({"type": piece.type, "offset": at, "length": length, **address})
            text.append(piece.text)
            at += length
    return Rendered("".join(text), tuple(entities))


def named(text: str, most: int) -> str:
    """Somebody's words as a part of our line: harmless, on one line, at most about `most` long.

    Latin in it keeps its own order within the line.
    """
    whole = " ".join(plain(text).split())
    if units(whole) > most:
        kept = whole[: most - 1]
        while units(kept) > most - 1:
            kept = kept[:-1]
        whole = f"{kept.rpartition(' ')[0] or kept}…"
    return embedded(whole)


def embedded(text: str) -> str:
    """`text` for a line that runs from the right: Latin at its ends keeps its signs, and digits
    that follow do not join it (UAX #9, W7)."""
    kinds = [unicodedata.bidirectional(character) for character in text]
    strong = [kind for kind in kinds if kind in ("L", "R", "AL")]
    before = LRM if strong[:1] == ["L"] and kinds[0] != "L" else ""
    # Telegram makes a half-space of a mark that another follows, hence the joiner.
    after = f"{LRM}{JOINER}{RLM}" if strong[-1:] == ["L"] else ""
    return before + text + after
