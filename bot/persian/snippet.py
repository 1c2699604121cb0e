"""The part of a text that answers a query, and which of its words do. Pure.

Foreign text comes out harmless: nothing in it becomes a link (bot.persian.typography.plain). What
is marked is looked for in the text as it is shown, so marks stand on whole words of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.persian.folding import Token, spots, tokens
from bot.persian.typography import plain, typeset, units

WIDTH = 140
"""Characters of a snippet, about."""
BEFORE = 40
"""Of these, characters before the first word that is marked."""
MOST_MARKS = 6
"""Words marked in a snippet: Telegram takes 100 entities in a message."""
_READ = 20_000
"""Characters of a text that are looked through."""
_NEAR = 20
"""Wanted words that are looked at together."""
_EDGE = "_\u200c"


@dataclass(frozen=True, slots=True)
class Shown:
    """Harmless text, and the places of the marked words (offset, length; UTF-16 units)."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


class Wanted:
    """Folded words to be marked; ``word*`` stands for all that begin so."""

    def __init__(self, words: Iterable[str]) -> None:
        every = set(words)
        self._beginnings = tuple(word[:-1] for word in every if word.endswith("*"))
        self._words = frozenset(word for word in every if not word.endswith("*"))
        self.fits: Callable[[str], bool] = self._words.__contains__
        """Whether a folded word is one of them; asked of every word of a text, so it is bare."""
        if self._beginnings:
            self.fits = lambda word: word in self._words or word.startswith(self._beginnings)

    def __len__(self) -> int:
        return len(self._words) + len(self._beginnings)


def shown(
    found: Iterable[tuple[str, str]], wanted: Wanted, width: int = WIDTH
) -> list[tuple[Shown, Shown]]:
    """For each (title, text): the title, and the stretch of the text with the most wanted words.

    A text without any is shown from its beginning.
    """
    lines = [
        line
        for title, text in found
        for line in (
            " ".join(title.split()),
            _stretch(" ".join(text[:_READ].split()), wanted, width),
        )
    ]
    marked = [_marked(line, wanted) for line in _set(lines)]
    return list(zip(marked[::2], marked[1::2], strict=True))


def _set(lines: Sequence[str]) -> list[str]:
    """The lines typeset and harmless: all at once, which takes half the time of one by one."""
    together = plain(typeset("\n".join(lines))).split("\n")
    if len(together) == len(lines):
        return together
    return [plain(typeset(line)) for line in lines]  # one of them was empty


def _stretch(text: str, wanted: Wanted, width: int) -> str:
    start, end = _window(text, wanted, width)
    head, tail = "…" if start else "", "…" if end < len(text) else ""
    return f"{head}{text[start:end].strip()}{tail}"


def _window(text: str, wanted: Wanted, width: int) -> tuple[int, int]:
    """From where to where: the first window that holds more different words than any before."""
    best, start = 0, 0
    near: list[Token] = []
    for token in spots(text, wanted.fits):
        near = [one for one in near[-_NEAR:] if token[2] - one[1] <= width - 2 * BEFORE]
        near.append(token)
        held = len({word for word, _, _ in near})
        if held > best:
            best, start = held, max(near[0][1] - BEFORE, 0)
        if best == len(wanted):
            break
    end = start + width
    if end >= len(text):
        start, end = max(len(text) - width, 0), len(text)
    return _at_word(text, start, ahead=True), _at_word(text, end, ahead=False)


def _at_word(text: str, place: int, *, ahead: bool) -> int:
    """The nearest edge of a word: no word is cut, but a very long one."""
    if place <= 0 or place >= len(text):
        return min(max(place, 0), len(text))
    if ahead:
        gap = text.find(" ", place, place + BEFORE)
    else:
        gap = text.rfind(" ", place - BEFORE, place)
    return gap if gap >= 0 else place


def _marked(text: str, wanted: Wanted) -> Shown:
    """`text`, and where its wanted words stand."""
    marks: list[tuple[int, int]] = []
    for word, start, end in tokens(text) if wanted else ():
        if wanted.fits(word) and (not marks or start >= marks[-1][1]):
            marks.append((start, start + len(text[start:end].rstrip(_EDGE))))
    places = ((units(text[:start]), units(text[start:end])) for start, end in marks[:MOST_MARKS])
    return Shown(text, tuple(places))
