"""The words the typographer knows, read from lexicon.toml once. Decides nothing.

What a list is for stands beside it in the file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

ZWNJ = "\u200c"
UNJOINED = frozenset("اآأإٱدذرزژوؤةء")
"""Letters that never join the next one: a half-space behind them changes nothing on the screen."""

_LISTS = tomllib.loads(files(__package__).joinpath("lexicon.toml").read_text("utf-8"))
_PRESENT_ENDINGS = ("م", "ی", "د", "یم", "ید", "ند")
_PAST_ENDINGS = ("", "م", "ی", "یم", "ید", "ند", "ه")
_OBJECTS = ("ش", "شان", "مان", "تان")
# Stems that end in a vowel take another ی before an ending that starts with one: «گویید».
_VOWELS = ("ا", "و")


def words(table: str, name: str) -> frozenset[str]:
    """One list of the file, as a set."""
    return frozenset(_LISTS[table][name].split())


def tied(before: str) -> str:
    """What ties a part to `before`: a half-space, or nothing where that would not show."""
    return "" if not before or before[-1] in UNJOINED else ZWNJ


def joint(parts: list[str]) -> str:
    """`parts` as one word."""
    word = parts[0]
    for part in parts[1:]:
        word += tied(word) + part
    return word


def _verb_forms() -> Iterator[str]:
    """What can follow «می» and «نمی»."""
    for stem in words("verbs", "present"):
        base = stem + "ی" if stem.endswith(_VOWELS) and not stem.endswith("شو") else stem
        yield from (base + ending for ending in _PRESENT_ENDINGS)
        yield from (stem + ending for ending in _PRESENT_ENDINGS if stem.endswith("و"))
    for stem in words("verbs", "past"):
        yield from (stem + ending for ending in _PAST_ENDINGS)
    yield from words("verbs", "whole")
    yield from words("verbs", "spoken")


def _compounds() -> Iterator[tuple[tuple[str, ...], str]]:
    """The parts of each compound, and the compound."""
    for word in _LISTS["compounds"]["words"].split():
        yield tuple(word.split("|")), joint(word.split("|"))
    for word in _LISTS["compounds"]["joined"].split():
        yield tuple(word.split("+")), word.replace("+", "")


def _glued() -> Iterator[tuple[str, str]]:
    for word in (_LISTS["compounds"]["words"] + _LISTS["compounds"]["glued_only"]).split():
        if word.replace("|", "") not in KEPT_JOINED:
            yield word.replace("|", ""), joint(word.split("|"))


def _after() -> Iterator[tuple[str, tuple[bool, frozenset[str]]]]:
    """For each second part: whether all but these words may stand before it, and the words."""
    for rule in _LISTS["suffixed"]["after"].split():
        part, _, before = rule.partition(":")
        names = frozenset(before.removeprefix("*").split("-"))
        yield part, (before.startswith("*"), names)


KEPT_JOINED = words("compounds", "kept_joined")
VERB_FORMS = frozenset(_verb_forms())
VERB_FORMS_WITH_OBJECT = frozenset(f + o for f in VERB_FORMS for o in _OBJECTS if len(f) > 2)
PARTICIPLES = frozenset(stem + "ه" for stem in words("verbs", "past"))
COMPOUNDS = dict(_compounds())
"""Parts, each a word of its own -> the compound."""
FOLLOWERS = {
    first: tuple({parts[1] for parts in COMPOUNDS if parts[0] == first})
    for first in {parts[0] for parts in COMPOUNDS}
}
"""First parts of compounds -> how what follows them may begin."""
GLUED = dict(_glued())
AFTER = dict(_after())
