"""Characters that do not show, and where a text has them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.persian.edits import Edit

ZWNJ, ZWJ, JOINER = "\u200c", "\u200d", "\u2060"
LRM, RLM = "\u200e", "\u200f"

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


def line_ends(text: str) -> Iterator[Edit]:
    """Every way to end a line, made the one."""
    for match in _LINE_ENDS.finditer(text):
        yield match.start(), match.end(), "\n"


def unseen(text: str, keep: str) -> Iterator[Edit]:
    """What does not show, taken out, except new lines and the characters of `keep`."""
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


def _joins_pictures(text: str, index: int) -> bool:
    """Whether the ZWJ at `index` makes one emoji of two; elsewhere it only hides."""
    if not 0 < index < len(text) - 1:
        return False
    before, after = (unicodedata.category(text[index + step]) for step in (-1, 1))
    pictured = before in _PICTURES or text[index - 1] == _AS_PICTURE
    return pictured and after == "So"
