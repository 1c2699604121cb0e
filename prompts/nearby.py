"""What stands near a place in a text, and how near: names and terms, of either language. Pure.

For prompts.attachment, which compares the surroundings of a value in a draft and in its source.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping
from functools import cached_property

from prompts.support import Mark, marks

_REACH = 25.0
"""Characters after which a word is less than half as near as a neighbour."""
_APART = 0.5
"""How much of its nearness a word keeps across a comma or an «و»."""
_WEIGHTS = {"n": 2.5, "t": 1.0}
# A short line without an end is the heading of the next: «Aug 19, 11:02 UTC» and what happened.
_SENTENCE = re.compile(r"[!?؟]|\.(?=\s|$)|(?<=[.!?؟:])\n|(?<=[^\n]{40})\n|\n(?=\n)")
_CUT = re.compile(
    r"[،؛,;()](?=\s|$)|[()؛]"
    r"|\s(?:و|اما|ولی|در حالی که|and|while|whereas|but|with|versus|vs\.?|outperforming)\s"
)

Surroundings = Mapping[str, float]
"""Names and terms, and how near each is: 1 right beside, towards 0 at the end of the sentence."""


class Nearby:
    """A folded text, read once for the question of what stands near a place in it."""

    def __init__(self, text: str) -> None:
        """Index `text`."""
        self._text = text
        self.marks: list[Mark] = sorted(marks(text), key=lambda mark: mark.start)
        """Its names and terms, in their order."""
        self._starts = [mark.start for mark in self.marks]
        self._ends_of_sentences = [match.end() for match in _SENTENCE.finditer(text)]
        self._cuts = [match.end() for match in _CUT.finditer(text)]

    def around(self, start: int, end: int) -> Surroundings:
        """What the sentence says around the characters from `start` to `end`."""
        first, last = self._sentence(start)
        found: dict[str, float] = {}
        own = bisect_right(self._cuts, start)
        for mark in self.marks[bisect_left(self._starts, first) :]:
            if mark.start >= last:
                break
            if mark.start < end and mark.end > start:
                continue
            distance = start - mark.end if mark.end <= start else mark.start - end
            cuts = abs(bisect_right(self._cuts, mark.start) - own)
            near = math.exp(-max(distance, 0) / _REACH) * _APART**cuts
            if near > found.get(mark.what, 0.0):
                found[mark.what] = near
        return found

    def sentence(self, start: int) -> str:
        """The sentence around the character at `start`."""
        first, last = self._sentence(start)
        return self._text[first:last]

    def _sentence(self, start: int) -> tuple[int, int]:
        index = bisect_right(self._ends_of_sentences, start)
        first = self._ends_of_sentences[index - 1] if index else 0
        ends = self._ends_of_sentences
        return first, ends[index] if index < len(ends) else len(self._text)

    @cached_property
    def _rarity(self) -> Counter[str]:
        """In how many sentences each mark stands."""
        places = {
            (mark.what, bisect_right(self._ends_of_sentences, mark.start)) for mark in self.marks
        }
        return Counter(what for what, _ in places)

    def likeness(self, ours: Surroundings, theirs: Surroundings) -> float:
        """How much surroundings in a draft have in common with surroundings in this text."""
        return sum(
            self._weight(what) * min(near, theirs[what])
            for what, near in ours.items()
            if what in theirs
        )

    def _weight(self, what: str) -> float:
        """A name says more than a term, and what is rare here more than what is everywhere."""
        sentences = len(self._ends_of_sentences) + 1
        return _WEIGHTS[what[0]] * math.log(1 + (sentences + 1) / (self._rarity[what] + 0.5))
