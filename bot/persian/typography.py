"""How Persian text is shown, and how foreign text is kept from becoming links. Pure.

`typeset` is the one door to typography (bot.persian.typesetting runs its rules), `plain` makes
text harmless. Does not judge what a text says: see prompts.accept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.persian.edits import revised
from bot.persian.hidden import JOINER, LRM, RLM, ZWNJ, line_ends, unseen

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

Entity = Mapping[str, Any]


def typeset(text: str) -> str:
    """`text` as a Persian typographer would set it, each paragraph running from the right.

    Idempotent. Letters, digits, half-spaces, quotes, marks and spaces become Persian; addresses,
    @names, #tags, `code`, emoji and Latin names stay as they are. Invisible characters, tatweel
    and short vowels are dropped; lines and single blank lines stay.
    """
    from bot.persian import typesetting

    return typesetting.typeset(text)


def typeset_with(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[dict[str, Any], ...]]:
    """`typeset` for text with formatting (Bot API, MessageEntity; offsets in UTF-16 units).

    The entities stay on their words; code, addresses and names in them stay untouched. An entity
    that has nothing left to cover is dropped.
    """
    from bot.persian import typesetting

    return typesetting.typeset_with(text, entities)


def right_to_left(text: str) -> str:
    """`text` with each of its paragraphs running from the right, and nothing else changed.

    For what is read by machines too: a line of #tags, a signature.
    """
    from bot.persian import direction

    return direction.right_to_left(text)


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
    text = revised(text, [], line_ends)[0].replace("\t", " ")
    return revised(text, [], lambda whole: unseen(whole, keep))[0]


def _half_spaced(text: str) -> str:
    """`text` with half-spaces only where they part Persian letters from others."""
    return _STRAY_ZWNJ.sub("", re.sub(f"{ZWNJ}+", ZWNJ, text))


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
_LONG_NUMBER = re.compile(r"\d(?:(?:[ ()-]{0,2}|\.(?=\d{3}))\d){9,}")


def _outer_marks(match: re.Match[str]) -> str:
    """Direction marks as typeset puts them: none within a word, two at most elsewhere."""
    if match["inner"]:
        return ""
    first, last = match[0][0], match[0][-1]
    return first if first == last else first + last


def _in_fours(match: re.Match[str]) -> str:
    """A long number with a joiner after every fourth digit, but none at its end."""
    return re.sub(r"((?:\d\D*?){4})(?=\D*\d)", rf"\1{JOINER}", match[0])
