"""How Persian text is shown, and how foreign text is kept from becoming links. Pure.

`typeset` is the one place for typography; its rules stand in the files beside this one, one for
each concern, and run in the order of `_RULES`. `plain` makes text harmless. Does not judge what
a text says: see prompts.accept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.persian import direction
from bot.persian.direction import JOINER, LRM, RLM, right_to_left
from bot.persian.edits import Edit, Place, Rule, revised
from bot.persian.figures import PARTED, figures
from bot.persian.halfspace import joining, latin_plurals, spelling
from bot.persian.letters import (
    folded,
    idle_half_spaces,
    like_half_spaces,
    marks_on_letters,
    persian_forms,
)
from bot.persian.punctuation import ELLIPSIS, SPACING, marks, only_prose, quotes
from bot.persian.untouched import code_covered, covered, originals, uncovered

__all__ = [
    "JOINER",
    "LRM",
    "RLM",
    "ZWNJ",
    "plain",
    "right_to_left",
    "typeset",
    "typeset_with",
    "units",
    "visible",
]

ZWNJ = "\u200c"
ZWJ = "\u200d"

Entity = Mapping[str, Any]

_UNTOUCHED_ENTITIES = frozenset(
    {
        *("code", "pre", "url", "email", "phone_number", "mention", "text_mention", "hashtag"),
        *("cashtag", "bot_command", "custom_emoji"),
    }
)
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Letters and marks without ink, with which words are made to look like other words.
_BLANK = frozenset("\u00ad\u034f\u0640\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_PICTURES = frozenset({"So", "Sk"})
_AS_PICTURE = "\ufe0f"
# All that may be hidden; the rest is common and surely shows.
_SUSPECT = re.compile(
    "[^ -~\n\u00a0-\u00ac\u00ae-\u02ff\u060b-\u061b\u061e-\u063f\u0641-\u06dc–—‘’“”•…]"
)


def typeset(text: str) -> str:
    """`text` as a Persian typographer would set it, each paragraph running from the right.

    Idempotent. Letters, digits, half-spaces, quotes, marks and spaces become Persian; addresses,
    @names, #tags, `code`, emoji and Latin names stay as they are. Invisible characters, tatweel
    and short vowels are dropped; lines and single blank lines stay.
    """
    return _set(text, [], ())[0]


def typeset_with(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[dict[str, Any], ...]]:
    """`typeset` for text with formatting (Bot API, MessageEntity; offsets in UTF-16 units).

    The entities stay on their words; code, addresses and names in them stay untouched. An entity
    that has nothing left to cover is dropped.
    """
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


def plain(text: str) -> str:
    """`text` looking the same, but nothing in it is a link for Telegram's entity detection.

    Addresses, bare domains, @names, #tags, $TAGS, /commands, e-mail addresses, telephone and card
    numbers get a WORD JOINER at the place that makes them one. Idempotent. Invisible characters
    go, except half-spaces between Persian letters and direction marks at the edges of words.
    """
    text = _MARKS.sub(_outer_marks, _half_spaced(visible(text, keep=ZWNJ + LRM + RLM)))
    for sign in _SIGNS:
        text = sign.sub(rf"\g<0>{JOINER}", text)
    text = _LONG_NUMBER.sub(_in_fours, text)
    return _TWO_MARKS.sub(JOINER, text)


def units(text: str) -> int:
    """The length of `text` as Telegram counts it: UTF-16 code units (Bot API, MessageEntity)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str, keep: str = ZWNJ) -> str:
    """`text` without characters that do not show, except new lines and those in `keep`."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    return revised(text, [], lambda whole: _unseen(whole, keep))[0]


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


def _line_ends(text: str) -> Iterator[Edit]:
    for match in _LINE_ENDS.finditer(text):
        yield match.start(), match.end(), "\n"


def _seen(text: str) -> Iterator[Edit]:
    return _unseen(text, ZWNJ + JOINER)


def _unseen(text: str, keep: str) -> Iterator[Edit]:
    """What does not show, taken out."""
    for match in _SUSPECT.finditer(text):
        char, index = match[0], match.start()
        if char == ZWJ:
            hidden = not _joins_pictures(text, index)
        else:
            hidden = char in _BLANK or unicodedata.category(char) in _HIDDEN
        between = char == JOINER and _is_mark(text, index - 1) and _is_mark(text, index + 1)
        if between or (hidden and char not in keep):
            yield index, index + 1, ""


def _is_mark(text: str, index: int) -> bool:
    return text[max(index, 0) : index + 1] in (LRM, RLM)


def _joiners(text: str) -> Iterator[Edit]:
    for match in re.finditer(JOINER, text):
        yield match.start(), match.end(), ""


def _joined(text: str, joiners: Iterable[Place]) -> Iterator[Edit]:
    """Joiners back at their places, except where they join nothing."""
    for at in sorted({place.at for place in joiners}):
        if 0 < at < len(text) and not (text[at - 1].isspace() or text[at].isspace()):
            yield at, at, JOINER


def _half_spaced(text: str) -> str:
    """`text` with half-spaces only where they part Persian letters from others."""
    return _STRAY_ZWNJ.sub("", re.sub(f"{ZWNJ}+", ZWNJ, text))


def _joins_pictures(text: str, index: int) -> bool:
    """Whether the ZWJ at `index` makes one emoji of two; elsewhere it only hides."""
    if not 0 < index < len(text) - 1:
        return False
    before, after = (unicodedata.category(text[index + step]) for step in (-1, 1))
    pictured = before in _PICTURES or text[index - 1] == _AS_PICTURE
    return pictured and after == "So"


def _from_units(text: str) -> Any:
    """UTF-16 offsets of `text` -> places of characters, none outside of it."""
    if text.isascii() or max(map(ord, text), default=0) < 0x10000:
        return lambda offset: min(offset, len(text))
    at = [0]
    for char in text:
        at.append(at[-1] + (2 if ord(char) > 0xFFFF else 1))
    return lambda offset: min(bisect_left(at, offset), len(text))


_ARABIC_SCRIPT = "\u0620-\u065f\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
_MARKS = re.compile(rf"(?P<inner>(?<=\w)[{LRM}{RLM}]+(?=\w))|[{LRM}{RLM}]+")
_TWO_MARKS = re.compile(rf"(?<=[{LRM}{RLM}])(?=[{LRM}{RLM}])")
_STRAY_ZWNJ = re.compile(
    f"{ZWNJ}(?!\\w)|(?<![\\w{_ARABIC_SCRIPT}]){ZWNJ}"
    f"|(?<![{_ARABIC_SCRIPT}]){ZWNJ}(?![{_ARABIC_SCRIPT}])"
)
# What Telegram's detection hangs on (TDLib, td/telegram/MessageEntity.cpp): each pattern matches
# the sign after which a joiner ends it. A dot counts before a letter (a top-level domain) and
# inside a dotted quad, so that 72.5 and v0.32.15 stay as they are.
_SIGNS = (
    re.compile(r"(?<=\S)\.(?=[^\W\d_])"),
    re.compile(r"(?<=\d)\.(?=\d+\.\d+\.\d)"),
    re.compile(r":(?=//)"),
    re.compile(r"[@＠#＃](?=\S)"),
    re.compile(r"\$(?=[A-Z\d])"),
    re.compile(r"(?<![\w/])/(?=\w)"),
    re.compile(r"\+(?=[\d(])(?=(?:[\s().-]{0,3}\d){7})"),
)
_LONG_NUMBER = re.compile(r"\d(?:[ .()-]{0,2}\d){9,}")


def _outer_marks(match: re.Match[str]) -> str:
    """Direction marks as typeset puts them: none within a word, two at most elsewhere."""
    if match["inner"]:
        return ""
    first, last = match[0][0], match[0][-1]
    return first if first == last else first + last


def _in_fours(match: re.Match[str]) -> str:
    """A long number with a joiner after every fourth digit, but none at its end."""
    return re.sub(r"((?:\d\D*?){4})(?=\D*\d)", rf"\1{JOINER}", match[0])


_READING: tuple[Rule, ...] = (_line_ends, like_half_spaces, _seen)
_CLEANING: tuple[Rule, ...] = (marks_on_letters, like_half_spaces, idle_half_spaces, folded)
_RULES: tuple[Rule, ...] = (
    spelling,
    joining,
    *map(only_prose, PARTED),
    figures,
    latin_plurals,
    *map(only_prose, (quotes, ELLIPSIS, marks, *SPACING)),
)
