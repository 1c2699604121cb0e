"""What two texts of one language have in common, word by word. Pure.

Forms of one word meet (bot.persian.wordforms), near words do (near_words.txt), and so do the
channel's two names for one thing: glossary.tsv and names.tsv. A word stands for its keys; two
words that share a key mean nearly the same. Knows no sentences: see prompts.grounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from bot.persian.folding import fold
from bot.persian.wordforms import are_forms, is_telling, root
from prompts import glossary
from prompts.names import skeleton

_FOLDER = Path(__file__).parent
_LONGEST_PHRASE = 5
_START = 4
_CONSONANTS = 3
_NO_SOUND = (False, "")
_OPPOSITE = str.maketrans("+-", "-+")
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word of a text, and what it stands for."""

    word: str
    keys: frozenset[str]
    place: int
    """Which of the text's folded words it is."""

    def is_in(self, text: Content) -> bool:
        """Whether `text` says it too, in some form."""
        if not self.keys.isdisjoint(text.keys) or _heard(self.word) in text.sounds:
            return True
        return any(are_forms(self.word, other) for other in text.forms.get(_start(self.word), ()))

    def opposes(self, text: Content) -> bool:
        """Whether `text` says the opposite, and not this."""
        opposite = (key.translate(_OPPOSITE) for key in self.keys if key[-1] in "+-")
        return any(key in text.keys for key in opposite) and not self.is_in(text)


@dataclass(frozen=True, slots=True)
class Content:
    """What a text says, as words and as keys."""

    words: tuple[Word, ...]
    keys: frozenset[str]
    forms: Mapping[str, frozenset[str]]
    """Its words by how they begin, for forms that no key tells."""
    sounds: frozenset[tuple[bool, str]]
    """What its words sound like to those of the other script."""


@lru_cache(maxsize=512)
def read(text: str) -> Content:
    """The content of `text`."""
    folded = fold(text).split()
    named, glued = _named(folded), _glued(folded)
    words = tuple(
        Word(word, frozenset({*_keys(word), *named.get(place, ()), *glued[place]}), place)
        for place, word in enumerate(folded)
        if is_telling(word) or place in named
    )
    keys = frozenset(key for word in words for key in word.keys)
    forms: dict[str, frozenset[str]] = {}
    for word in words:
        start = _start(word.word)
        forms[start] = forms.get(start, frozenset()) | {word.word}
    joint = (f"{one}{other}" for one, other in pairwise(folded))
    sounds = frozenset(map(_sound, (*folded, *joint))) - {_NO_SOUND}
    return Content(words, keys | {f"w{word}" for word in folded}, forms, sounds)


@lru_cache(maxsize=20_000)
def _sound(word: str) -> tuple[bool, str]:
    """Whether a word is Latin, and its consonants; too few of them sound like anything."""
    heard = skeleton(word)
    return (word.isascii(), heard) if len(heard) >= _CONSONANTS else _NO_SOUND


def _heard(word: str) -> tuple[bool, str]:
    """The sound of the same name in the other script."""
    latin, heard = _sound(word)
    return (not latin, heard) if heard else (latin, "?")


def _glued(words: Sequence[str]) -> list[set[str]]:
    """For each place the keys of the word and its neighbour as one: «توصیه گر», «توصیهگر»."""
    found: list[set[str]] = [set() for _ in words]
    for place, (one, other) in enumerate(pairwise(words)):
        joint = f"{one}{other}"
        if not joint.isascii() and (is_telling(one) or is_telling(other)):
            keys = _keys(joint)
            found[place] |= keys
            found[place + 1] |= keys
    return found


def _start(word: str) -> str:
    """How all forms of a word begin: see wordforms.are_forms."""
    return root(word)[:_START]


def other_names(words: Sequence[str]) -> list[list[Phrase]]:
    """For each folded word the other names of the thing it names, alone or with its neighbours."""
    found: list[list[Phrase]] = [[] for _ in words]
    phrases = _phrases()
    for start, end in _spans(words):
        same = [one for one in phrases[tuple(words[start:end])] if one != tuple(words[start:end])]
        for place in range(start, end):
            found[place] += same
    for place, word in enumerate(words):
        found[place] += [(near,) for near in _near().get(root(word), ()) if near != word]
    return found


@lru_cache(maxsize=20_000)
def _keys(word: str) -> frozenset[str]:
    stem = root(word)
    return frozenset({f"w{word}", f"r{stem}", *_groups().get(stem, ())})


def _named(words: Sequence[str]) -> dict[int, set[str]]:
    """For each place the keys of the terms and names that stand there."""
    found: dict[int, set[str]] = {}
    phrases = _phrases()
    for start, end in _spans(words):
        names = phrases[tuple(words[start:end])]
        for place in range(start, end):
            found.setdefault(place, set()).update(f"n{' '.join(name)}" for name in names)
    return found


def _spans(words: Sequence[str]) -> Iterable[tuple[int, int]]:
    """Where terms and names stand, the longest at each place."""
    phrases, at = _phrases(), 0
    while at < len(words):
        sizes = range(min(_LONGEST_PHRASE, len(words) - at), 0, -1)
        size = next((n for n in sizes if tuple(words[at : at + n]) in phrases), 0)
        if size:
            yield at, at + size
        at += max(size, 1)


@cache
def _phrases() -> dict[Phrase, frozenset[Phrase]]:
    """Every folded name of a thing, and all names of it."""
    table: dict[Phrase, frozenset[Phrase]] = {}
    for spellings in (*_terms(), *_names()):
        phrases = frozenset(tuple(fold(one).split()) for one in spellings) - {()}
        for phrase in phrases:
            if any(map(is_telling, phrase)):
                table[phrase] = table.get(phrase, frozenset()) | phrases
    return table


def _terms() -> Iterable[Sequence[str]]:
    for entry in glossary.load().entries:
        if entry.terms:
            said = (one for one in (*entry.say, *entry.avoid) if one != glossary.LATIN)
            yield (*entry.terms, *said)


def _names() -> Iterable[Sequence[str]]:
    for line in (_FOLDER / "names.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [one.strip() for one in line.replace("\t", ",").split(",") if one.strip()]


@cache
def _lines() -> tuple[tuple[tuple[str, ...], ...], ...]:
    """near_words.txt: of each line the words, and behind the stroke their opposites; folded."""
    rows = []
    for line in (_FOLDER / "near_words.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            sides = (side.split() for side in line.split("|"))
            rows.append(tuple(tuple("".join(fold(w).split()) for w in side) for side in sides))
    return tuple(rows)


@cache
def _groups() -> dict[str, frozenset[str]]:
    """The groups of each root, as keys that end in ``+`` or, for opposites, in ``-``."""
    table: dict[str, frozenset[str]] = {}
    for number, sides in enumerate(_lines()):
        for side, sign in zip(sides, "+-", strict=False):
            for word in side:
                table[root(word)] = table.get(root(word), frozenset()) | {f"g{number}{sign}"}
    return table


@cache
def _near() -> dict[str, tuple[str, ...]]:
    """The near words of each root."""
    table: dict[str, tuple[str, ...]] = {}
    for sides in _lines():
        for side in sides:
            for word in side:
                others = tuple(other for other in side if other != word)
                table[root(word)] = (*table.get(root(word), ()), *others)
    return table
