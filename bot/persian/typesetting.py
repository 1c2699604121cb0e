"""A text through all rules of typography, in their order, its entities moved along. Pure.

The rules stand in the files beside this one, one for each concern. What they need takes a while
to load, so bot.persian.typography, by which all ask for this, loads it when it is first asked.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from bot.persian import direction
from bot.persian.edits import Edit, Place, Rule, revised
from bot.persian.figures import PARTED, figures
from bot.persian.halfspace import joining, latin_plurals, spelling
from bot.persian.hidden import JOINER, ZWNJ, line_ends, unseen
from bot.persian.letters import (
    folded,
    idle_half_spaces,
    like_half_spaces,
    marks_on_letters,
    persian_forms,
)
from bot.persian.punctuation import ELLIPSIS, SPACING, marks, only_prose, quotes
from bot.persian.typography import Entity, units
from bot.persian.untouched import code_covered, covered, originals, uncovered

_UNTOUCHED_ENTITIES = frozenset(
    {
        *("code", "pre", "url", "email", "phone_number", "mention", "text_mention", "hashtag"),
        *("cashtag", "bot_command", "custom_emoji"),
    }
)


def typeset(text: str) -> str:
    """`text` after all rules (see bot.persian.typography)."""
    return _set(text, [], ())[0]


def typeset_with(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[dict[str, Any], ...]]:
    """`text` after all rules, with its entities (see bot.persian.typography)."""
    kept = [entity for entity in entities if entity["length"] > 0 and entity["offset"] >= 0]
    to_chars = _from_units(text)
    spans = [(to_chars(e["offset"]), to_chars(e["offset"] + e["length"])) for e in kept]
    places = [
        Place(at, late) for start, end in spans for at, late in ((start, True), (end, False))
    ]
    untouched = [
        part
        for span, entity in zip(spans, kept, strict=True)
        if entity["type"] in _UNTOUCHED_ENTITIES
        for part in _parts(text, span, whole=entity["type"] == "pre")
    ]
    text, places = _set(text, places, untouched)
    moved = []
    for entity, first, last in zip(kept, places[::2], places[1::2], strict=True):
        if text[first.at : last.at].strip():
            offset = units(text[: first.at])
            length = units(text[first.at : last.at])
            moved.append({**entity, "offset": offset, "length": length})
    return text, tuple(moved)


def _parts(text: str, span: tuple[int, int], *, whole: bool) -> Iterator[tuple[int, int]]:
    """The stretches of `span` to leave alone: all of a block, the lines of anything else."""
    pattern = r"[^\n](?:[\s\S]*[^\n])?" if whole else r"[^\n]+"
    for match in re.compile(pattern).finditer(text, *span):
        yield match.span()


def _set(
    text: str, own: Sequence[Place], spans: Sequence[tuple[int, int]]
) -> tuple[str, list[Place]]:
    """`text` typeset, and its `own` places moved along; what `spans` cover stays."""
    edges = [
        Place(at, late) for span in spans for at, late in zip(span, (True, False), strict=True)
    ]
    text, places = _revised(text.replace("\t", " "), [*own, *edges], _READING)
    joiners = [Place(match.start()) for match in re.finditer(JOINER, text)]
    text, places = revised(text, places + joiners, _joiners)
    starts, ends = places[len(own) :][: len(edges) : 2], places[len(own) + 1 :][: len(edges) : 2]
    code = code_covered(text, [(a.at, b.at) for a, b in zip(starts, ends, strict=True)])
    codes = originals(text, code)
    text, places = _revised(code, places, _CLEANING)
    hidden = covered(text)
    untouched = originals(uncovered(text, codes), hidden)
    text, places = _revised(persian_forms(hidden), places, _RULES)
    shown = uncovered(text, untouched)
    text, places = revised(shown, places, lambda _: direction.marks(text, shown))
    text, places = revised(
        text, places, lambda whole: _joined(whole, places[len(own) + len(edges) :])
    )
    return text, places[: len(own)]


def _revised(text: str, places: list[Place], rules: Iterable[Rule]) -> tuple[str, list[Place]]:
    for rule in rules:
        text, places = revised(text, places, rule)
    return text, places


def _seen(text: str) -> Iterator[Edit]:
    return unseen(text, ZWNJ + JOINER)


def _joiners(text: str) -> Iterator[Edit]:
    for match in re.finditer(JOINER, text):
        yield match.start(), match.end(), ""


def _joined(text: str, joiners: Iterable[Place]) -> Iterator[Edit]:
    """Joiners back at their places, except where they join nothing."""
    for at in sorted({place.at for place in joiners}):
        if 0 < at < len(text) and not (text[at - 1].isspace() or text[at].isspace()):
            yield at, at, JOINER


def _from_units(text: str) -> Any:
    """UTF-16 offsets of `text` -> places of characters, none outside of it."""
    if text.isascii() or max(map(ord, text), default=0) < 0x10000:
        return lambda offset: min(offset, len(text))
    at = [0]
    for char in text:
        at.append(at[-1] + (2 if ord(char) > 0xFFFF else 1))
    return lambda offset: min(bisect_left(at, offset), len(text))


_READING: tuple[Rule, ...] = (line_ends, like_half_spaces, _seen)
_CLEANING: tuple[Rule, ...] = (marks_on_letters, like_half_spaces, idle_half_spaces, folded)
_RULES: tuple[Rule, ...] = (
    spelling,
    joining,
    *map(only_prose, PARTED),
    figures,
    latin_plurals,
    *map(only_prose, (quotes, ELLIPSIS, marks, *SPACING)),
)
