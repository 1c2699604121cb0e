"""Where a long text is cut into the parts of a thread: at sense. Pure.

Does not decide what becomes a thread (handlers.threads), nor number parts (bot.persian.serial).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from db.model import Entity

LEAST = 400
"""UTF-16 units below which a piece is no part of its own."""

Piece = tuple[str, tuple[Entity, ...]]
"""A text and its formatting (Bot API, MessageEntity; offsets in UTF-16 units)."""

# From the best place for a cut to the worst; a piece ends before the white space.
_PLACES = (
    re.compile(r"\n\s*\n\s*"),
    re.compile(r"\s*\n\s*|(?<=[.!?؟…])[»”\")\]]*(\s+)(?=\S)"),
    re.compile(r"(?<=[،؛,;:])\s+"),
    re.compile(r"\s+"),
)
_JOINERS = "\u200c\u200d\u2060"


def cut(text: str, entities: Sequence[Entity], most: int, least: int = LEAST) -> list[Piece]:
    """`text` in pieces of at most `most` units and, where it can be, no fewer than `least`.

    Cut at paragraphs, else sentences, else clauses, else words; inside a word or an entity only
    where there is no other place, and the entity is then continued in the next piece. Among equal
    places the one counts that makes the pieces alike. White space at a cut is dropped. Raises
    ValueError when `most` leaves no room for two pieces of `least`.
    """
    if most < 2 * least:
        raise ValueError(f"pieces of {least} to {most} units cannot be balanced")
    read = _Text(text, entities)
    pieces, start = [], read.after_white_space(0)
    while start < read.end:
        stop = read.stop(start, most, least)
        pieces.append(read.piece(start, stop))
        start = read.after_white_space(stop)
    return pieces


@dataclass(frozen=True, slots=True)
class _Place:
    """A cut: a piece ends at the character `stop`, the next begins at `start`."""

    stop: int
    start: int


class _Text:
    """A text that is being cut; places are characters, distances are UTF-16 units."""

    def __init__(self, text: str, entities: Sequence[Entity]) -> None:
        self._text = text
        self._at = [0, *accumulate(2 if ord(char) > 0xFFFF else 1 for char in text)]
        self._entities = entities
        self.end = len(text.rstrip())
        self._inside = [
            (bisect_left(self._at, e["offset"]), bisect_left(self._at, e["offset"] + e["length"]))
            for e in entities
        ]

    def after_white_space(self, place: int) -> int:
        while place < self.end and self._text[place].isspace():
            place += 1
        return place

    def piece(self, start: int, stop: int) -> Piece:
        """The text from `start` to `stop` with its share of the entities."""
        first, last = self._at[start], self._at[stop]
        shares = (
            e | {"offset": at - first, "length": upto - at}
            for e in self._entities
            if (at := max(e["offset"], first)) < (upto := min(e["offset"] + e["length"], last))
        )
        return self._text[start:stop], tuple(shares)

    def stop(self, start: int, most: int, least: int) -> int:
        """Where the piece that begins at `start` ends."""
        rest = self._at[self.end] - self._at[start]
        if rest <= most:
            return self.end
        first = self._at[start] + least
        last = self._at[start] + min(most, rest - least)
        ideal = self._at[start] + rest / -(-rest // most)
        window = bisect_left(self._at, first), bisect_right(self._at, last) - 1
        for places in self._by_sense(start, *window):
            if places:
                return min(places, key=lambda place: abs(self._at[place.stop] - ideal)).stop
        return window[1]

    def _by_sense(self, start: int, first: int, last: int) -> Iterator[list[_Place]]:
        """The places for a cut in the window, the best kind first; entities are spared."""
        for spared in (True, False):
            for kind in _PLACES:
                found = self._places(kind, start, first, last)
                yield [place for place in found if not (spared and self._cuts_entity(place))]
            whole = (_Place(at, at) for at in range(last, first - 1, -1) if self._is_edge(at))
            yield [place for place in whole if not (spared and self._cuts_entity(place))][:1]

    def _places(self, kind: re.Pattern[str], start: int, first: int, last: int) -> list[_Place]:
        # Matches may begin before the window's first place and end after its last one.
        matches = kind.finditer(self._text, start, self.after_white_space(last))
        places = (_Place(*m.span(m.lastindex or 0)) for m in matches)
        return [place for place in places if first <= place.stop <= last]

    def _cuts_entity(self, place: _Place) -> bool:
        return any(begin < place.stop and place.start < end for begin, end in self._inside)

    def _is_edge(self, place: int) -> bool:
        """Whether a cut here leaves letters with their marks, and joined pictures, whole."""
        before, after = self._text[place - 1], self._text[place : place + 1]
        joined = before in _JOINERS or after in _JOINERS
        return not joined and unicodedata.category(after or " ")[0] not in "M"
