"""Changes to a text as data, and what they do to places in it. Pure.

A rule looks at a text and yields edits; nothing else touches the text, so places (where an
entity starts or ends) can follow it through all rules.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Edit = tuple[int, int, str]
"""``(start, end, new)``: `new` in place of ``text[start:end]``."""
Rule = Callable[[str], Iterable[Edit]]
"""Reads a text; yields edits in order, none overlapping another."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place between two characters; what is put in right there stays behind a `late` one."""

    at: int
    late: bool = False


def revised(text: str, places: list[Place], rule: Rule) -> tuple[str, list[Place]]:
    """`text` after the edits of `rule`, and `places` moved along."""
    edits = list(rule(text))
    if not edits:
        return text, places
    parts: list[str] = []
    done = 0
    for start, end, new in edits:
        parts += (text[done:start], new)
        done = end
    parts.append(text[done:])
    if places:
        places = _moved(places, [_trimmed(text, edit) for edit in edits])
    return "".join(parts), places


def _trimmed(text: str, edit: Edit) -> Edit:
    """The same change, without the characters it leaves as they are."""
    start, end, new = edit
    while start < end and new and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while end > start and new and text[end - 1] == new[-1]:
        end, new = end - 1, new[:-1]
    return start, end, new


def _moved(places: list[Place], edits: list[Edit]) -> list[Place]:
    starts = [start for start, _, _ in edits]
    grown = [0]
    for start, end, new in edits:
        grown.append(grown[-1] + len(new) - (end - start))

    def moved(place: Place) -> Place:
        index = bisect_left(starts, place.at)
        at = place.at + grown[index]
        if index and edits[index - 1][1] > place.at:
            start, _, new = edits[index - 1]
            at = start + grown[index - 1] + min(place.at - start, len(new))
        elif place.late and index < len(edits) and edits[index][:2] == (place.at, place.at):
            at += len(edits[index][2])
        return Place(at, place.late)

    return [moved(place) for place in places]
