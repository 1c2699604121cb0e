"""The products that titles name with a version, and how two such names stand. Pure.

*Claude Opus 4.6*, *Qwen3-VL*, *o3-mini*: the family, the version, and what else tells one make
from another. Which titles are of one event is decided in feeds.story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from db.items import newer

WORD = re.compile(r"\d{1,3}(?:,\d{3})+|[^\W_]+(?:[.'’·][^\W_]+)*")
_VERSION = re.compile(r"(?P<stem>[^\W\d_]*?)v?(?P<version>\d{1,2}(?:\.\d{1,4}){0,3}[a-z]?)")
_SIZE = re.compile(r"\d{1,4}(?:\.\d{1,2})?(?:x\d{1,3})?[bm]", re.IGNORECASE)


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


LAUNCH = words(
    "a an the introducing announcing announces introduces launches launching releases releasing"
    " released presenting presents meet hello say welcome unveils unveiling debuts ships here is"
    " are now available out new our today model models general generally"
)
"""Words that say only that something is there."""
STOP = LAUNCH | words(
    "and or of to in on for with from by at as how why what when we you your us it its this that"
    " be can more not no up into over about s ai"
)
VARIANTS = words(
    "mini nano micro pro max ultra flash lite turbo air vl vision audio image video voice omni"
    " multimodal coder code codex embed embedding instruct thinking reasoning preview lightning"
    " small medium large xl next base chat safeguard guard ocr"
)
"""Words after a version that make it another product."""
RELEASED = words(
    "introducing announcing announces introduces launches launching launched releases releasing"
    " released presents unveils unveiling unveiled debuts ships opens publishes published sources"
    " opensources drops reveals revealed"
)
"""Words by which a title says that its product has come out."""
DESCRIBING = words(
    "language source weight weights licence license licensed parameter parameters billion open"
    " opens family version text multimodal reasoning apache mit under using its own latest fully"
    " free"
)
"""Words that describe a released product, and tell of no other event."""
AFTERMATH = words(
    "withdraws withdrawn withdraw pulls pulled delays delayed bans banned ban sues sued lawsuit"
    " fixes fixed fix patch patches bug flaw hacked leak leaks leaked outage deprecates deprecated"
    " retires retired price prices pricing cheaper cuts update updates updated upgrade adds added"
    " rereleases again recalls recalled fails benchmark benchmarks tops beats investigates"
    " api app plugin tutorial review tuning finetune tuned explained"
)
"""Words by which a title tells what came of a product, or what else there is of it."""
TIERS = words("sonnet opus haiku")
"""Makes that reports leave out: *Claude 3.7* is the Sonnet of that version."""
NO_FAMILY = words(
    "part version vol volume phase chapter day week top series step act"
    " apache gpl lgpl agpl mpl by sa nc license licence"
)
"""Words before a number that make it no product's: places in a series, and licences."""
NOT_VERSIONS = frozenset("dkbmxst")
"""Letters that make a number a dimension, a size or a count: 3D, 128k, 7B, 2x, 1st."""


@dataclass(frozen=True, slots=True)
class Name:
    """A product as titles name it: *Claude Opus 4.6*, *Qwen3-VL*."""

    family: tuple[str, ...]
    version: str
    tail: tuple[str, ...]
    start: int
    """Index of its first word in the title; `end` is that of the word after it."""
    end: int

    @property
    def sized(self) -> bool:
        """Whether a size stands where others have a version: *Falcata-7B*."""
        return self.version[-1] in NOT_VERSIONS

    @property
    def text(self) -> str:
        """The name in lower case, its parts apart."""
        return " ".join((*self.family, self.version, *self.tail))


def names_in(title: str) -> Iterator[Name]:
    """The versioned products in a title; sums, years, counts and sizes alone are none."""
    found = list(WORD.finditer(title))
    for at, match in enumerate(found):
        if sized := _sized(title, found, at):
            yield sized
            continue
        version = _VERSION.fullmatch(match[0].removesuffix("'s"))
        if not version or version["version"][-1] in NOT_VERSIONS:
            continue
        if title[max(match.start() - 1, 0)] in "$€£#.,":
            continue
        start = at
        while start and at - start < 3 and _belongs(title, found, start):
            start -= 1
        stem = (version["stem"].casefold(),) if version["stem"] else ()
        family = tuple(fold(word[0]) for word in found[start:at]) + stem
        if not family or family[-1] in NO_FAMILY or family[-1] in STOP:
            continue
        tail, end = _tail(title, found, at)
        yield Name(family, version["version"], tail, start, end)


def _sized(title: str, found: list[re.Match[str]], at: int) -> Name | None:
    """The name that a size at `at` ends, where hyphens make them one: *Falcata-7B*."""
    start = at
    while start and title[found[start - 1].end() : found[start].start()] in ("-", "‑"):
        start -= 1
    family = tuple(fold(word[0]) for word in found[start:at])
    if not _SIZE.fullmatch(found[at][0]) or not family or family[-1] in STOP | NO_FAMILY:
        return None
    if not all(word.isalpha() for word in family):
        return None  # Qwen3-8B has its version already.
    tail, end = _tail(title, found, at)
    return Name(family, found[at][0].casefold(), tail, start, end)


def _belongs(title: str, found: list[re.Match[str]], at: int) -> bool:
    """Whether the word before the one at `at` is part of the same name."""
    word, following = found[at - 1], found[at]
    gap = title[word.end() : following.start()]
    verb = at == 1 and word[0].casefold().endswith("ing")
    named = not word[0].islower() and fold(word[0]) not in STOP and not word[0].isdigit()
    return gap in (" ", "-", "‑") and named and not verb


def _tail(title: str, found: list[re.Match[str]], at: int) -> tuple[tuple[str, ...], int]:
    """The words of make after the version at `at`, and where the name ends."""
    end = at + 1
    while end < len(found) and title[found[end - 1].end() : found[end].start()] in (" ", "-", "‑"):
        if fold(found[end][0]) not in VARIANTS | TIERS:
            break
        end += 1
    return tuple(fold(word[0]) for word in found[at + 1 : end]), end


def compare(one: Name, other: Name) -> Literal["same", "higher", "lower", "other", "unrelated"]:
    """How a product's name stands to another: ``higher`` means a later version of it."""
    least = min(len(one.family), len(other.family))
    if one.family[-least:] != other.family[-least:]:
        return "other" if set(one.family) & set(other.family) else "unrelated"
    if one.version == other.version:
        odd = set(one.tail) ^ set(other.tail)
        one_sided = not one.tail or not other.tail
        return "same" if not odd or (one_sided and odd <= TIERS) else "other"
    if one.tail != other.tail or one.family != other.family or one.sized or other.sized:
        return "other"
    return "higher" if newer(one.version, other.version) else "lower"


def fold(word: str) -> str:
    """A word as it is compared: no capitals, no possessive."""
    return word.casefold().replace("’", "'").removesuffix("'s").rstrip("'")


def folded(text: str) -> list[str]:
    """The words of a text as they are compared, in order."""
    return [fold(match[0]) for match in WORD.finditer(text)]
