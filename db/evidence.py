"""What the archive has to say to a question: the best passages of its posts, and how much that is.

Every telling word of a question is a need, heavier the rarer the archive has it. Posts with any
of them are weighed by the share of that weight which one passage meets, the title counting with
it. Knows no model and no words of its own: needs are named by the caller (bot.answers).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlite_utils import Database

from bot.persian.folding import fold
from bot.persian.query import Term
from bot.persian.wordforms import are_forms, root
from db import search, wording
from db.search import Hit
from db.wording import Group

CANDIDATES = 40
"""Posts that are read for a question."""
LONGEST_PASSAGE = 600
"""Characters of a passage; a post that is not longer is taken whole."""
_SHORTEST = 40
"""Characters that a post must have besides tags and addresses to tell anything."""
LONGEST_HEADING = 70
"""Characters of a first line that is a title."""
_REMNANT = 40
"""Characters of a line without its tags and addresses up to which nothing is said in it."""
_LONGEST_POST = 12_000
_KNOWN = 1_000
"""Posts after which a word is as common as it can be."""
_HEARD, _GUESSED = 0.85, 0.5
"""What a need counts that is met only by a word that sounds like it, or is nearly it."""
_COMPLETED = 4
"""Letters of a word from which on words that begin with it are its forms."""
_SENTENCE = re.compile(r"(?<=[.!?؟])\s+|\n+")
_NOISE = re.compile(r"https?://\S+|t\.me/\S+|[#＃][\w\u200c]+|@\w+")
_STEM = 4
_CONSONANTS = 3
"""Of a name, without which it sounds like too many others."""


@dataclass(frozen=True, slots=True)
class Need:
    """A folded word that an answer's post should have, in any of these ways."""

    word: str
    others: tuple[tuple[str, ...], ...] = ()
    """Other names of the same thing, each as the folded words of a phrase."""
    share: float = 1.0
    """What it counts; less for what was only said earlier in the conversation."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a post that speaks to a question."""

    hit: Hit
    text: str
    coverage: float
    """The share of the needs' weight that it and the post's title meet, 0 to 1."""
    missing: tuple[str, ...] = ()
    """The needs that it does not meet."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages, best first."""

    passages: tuple[Passage, ...] = ()

    @property
    def coverage(self) -> float:
        """That of the best."""
        return max((one.coverage for one in self.passages), default=0.0)


Sound = Callable[[str], str]
"""What a word sounds like, whatever its script."""


def gather(db: Database, needs: Sequence[Need], limit: int, sound: Sound) -> Evidence:
    """The best passages of up to `limit` posts."""
    weighed = [_Weighed.of(db, need, sound) for need in needs]
    known = [one.group for one in weighed if one.count]
    if not known:
        return Evidence()
    hits = search.best(db, wording.any_of(known), CANDIDATES)
    found = [one for hit in hits if (one := _passage(hit, weighed))]
    # Python's sort keeps the order of equals: that of the index.
    found.sort(key=lambda one: -one[0])
    return Evidence(tuple(passage for _, passage in found[:limit]))


@dataclass(frozen=True)
class _Weighed:
    """A need as the archive spells it, and what it weighs there."""

    need: Need
    group: Group
    count: int
    weight: float
    sure: float = 1.0

    @classmethod
    def of(cls, db: Database, need: Need, sound: Sound) -> _Weighed:
        """A need whose word no post has is met by one that sounds like it, or nearly is it."""
        size = wording.size(db, _KNOWN)
        group = _group(db, need)
        count = wording.number(db, group.match, _KNOWN)
        weight = need.share * math.log(1 + size / (1 + count))
        if count:
            return cls(need, group, count, weight)
        names = (need.word, *("".join(other) for other in need.others))
        alike = [one for name in names for one in _sounding(db, name, sound)]
        near = alike or ([] if need.word.isascii() else wording.near_words(db, need.word)[:1])
        if not near:
            return cls(need, group, 0, weight)
        meant = wording.any_of([Group(wording.quoted(one), frozenset({one})) for one in near])
        count = wording.number(db, meant.match, _KNOWN)
        weight = need.share * math.log(1 + size / (1 + count))
        return cls(Need(near[0]), meant, count, weight, _HEARD if alike else _GUESSED)

    def met(self, text: _Read) -> float:
        """How far `text` meets it, 0 to 1."""
        here = text.has(self.need.word) or any(map(text.says, self.need.others))
        here = here or any(text.has(word) for word in self.group.wanted if word[-1] != "*")
        return self.sure if here else 0.0


def _sounding(db: Database, word: str, sound: Sound) -> list[str]:
    """The archive's words of the other script that sound like `word`."""
    wanted = sound(word)
    if len(wanted) < _CONSONANTS:
        return []
    return [one for one in wording.of_script(db, latin=not word.isascii()) if sound(one) == wanted]


def _group(db: Database, need: Need) -> Group:
    spelt = wording.groups(db, [Term((need.word,))])
    every = [*spelt, *(Group(wording.quoted(*other), frozenset(other)) for other in need.others)]
    stem = root(need.word)
    if len(stem) >= _COMPLETED and not stem.isascii():
        every.append(Group(f"{wording.quoted(stem)}*", frozenset({f"{stem}*"})))
    match = wording.any_of(every).match
    # What a phrase is made of is not wanted by itself: «زبان» for «مدل زبانی».
    return Group(match, frozenset(word for group in spelt for word in group.wanted))


class _Read:
    """A stretch of text as needs are looked for in it."""

    def __init__(self, folded: Iterable[str]) -> None:
        self.words = tuple(folded)
        self._set = frozenset(self.words)
        self._text = f" {' '.join(self.words)} "

    @cached_property
    def _stems(self) -> dict[str, set[str]]:
        stems: dict[str, set[str]] = {}
        for word in self._set:
            stems.setdefault(root(word)[:_STEM], set()).add(word)
        return stems

    def has(self, word: str) -> bool:
        """Whether a form of a folded word stands in it, also where it is written as two."""
        if word in self._set:
            return True
        near = self._stems.get(root(word)[:_STEM], ())
        return any(are_forms(word, other) for other in near) or self._has_parted(word)

    def says(self, phrase: Sequence[str]) -> bool:
        """Whether these words follow one another in it."""
        return f" {' '.join(phrase)} " in self._text

    def _has_parted(self, word: str) -> bool:
        places = range(2, len(word) - 1)
        return any(f" {word[:at]} {word[at:]} " in self._text for at in places)


def _passage(hit: Hit, needs: Sequence[_Weighed]) -> tuple[float, Passage] | None:
    """The best passage of a post, with the points of the post."""
    heading = _plain(hit.heading)
    told = len(heading) > LONGEST_HEADING  # the first line is no title, but a part of the text
    text = "\n".join(filter(None, [heading if told else "", _plain(hit.text)]))
    if len(text) + (0 if told else len(heading)) < _SHORTEST:
        return None
    named = [] if told else [heading]
    title = fold(" ".join([*named, *_NOISE.findall(f"{hit.heading}\n{hit.text}")])).split()
    units = _units(text)
    reads = [fold(unit).split() for unit in units]
    whole = _coverage(_Read([*title, *(word for read in reads for word in read)]), needs)
    start, end, coverage = _window(units, reads, title, needs)
    passage = "\n".join(units[start:end]) if units else ""
    read = _Read([*title, *(word for read in reads[start:end] for word in read)])
    missing = tuple(one.need.word for one in needs if not one.met(read))
    titled = _coverage(_Read(title), needs)
    points = 0.75 * coverage + 0.2 * whole + 0.05 * titled
    return points, Passage(hit, passage, coverage, missing)


def _window(
    units: Sequence[str], reads: Sequence[Sequence[str]], title: Sequence[str],
    needs: Sequence[_Weighed],
) -> tuple[int, int, float]:  # fmt: skip
    """The first stretch of whole units that meets most of the needs."""
    best = (0, 0, _coverage(_Read(title), needs))
    for start in range(len(units)):
        size, words, end = 0, list(title), start
        while end < len(units) and (end == start or size + len(units[end]) <= LONGEST_PASSAGE):
            size += len(units[end]) + 1
            words += reads[end]
            end += 1
        met = _coverage(_Read(words), needs)
        if met > best[2] + 1e-9 or best[0] == best[1]:
            best = (start, end, met)
        if end == len(units):
            break
    return best


def _coverage(text: _Read, needs: Sequence[_Weighed]) -> float:
    total = sum(one.weight for one in needs)
    return sum(one.weight * one.met(text) for one in needs) / total if total else 0.0


def _plain(text: str) -> str:
    """A text without tags, names and addresses, and without the lines that lived on these.

    What is left of such a line is a signature, or the word before a link.
    """
    kept = []
    for line in text[:_LONGEST_POST].split("\n"):
        bare = " ".join(_NOISE.sub(" ", line).split())
        if re.search(r"\w{2}", bare) and (len(bare) > _REMNANT or not _NOISE.search(line)):
            kept.append(bare)
    return "\n".join(kept)


def _units(text: str) -> list[str]:
    """The sentences of a text, a very long one cut at a space."""
    found = []
    for sentence in _SENTENCE.split(text):
        rest = sentence.strip()
        while len(rest) > LONGEST_PASSAGE:
            cut = rest.rfind(" ", LONGEST_PASSAGE // 2, LONGEST_PASSAGE)
            cut = cut if cut > 0 else LONGEST_PASSAGE
            found.append(rest[:cut])
            rest = rest[cut:].strip()
        if rest:
            found.append(rest)
    return found
