"""How Persian text is shown, and how foreign text is kept from becoming links. Pure.

`typeset` is the one place for typography: half-spaces, digits and quotes will be its own affair
too. `plain` makes text harmless. Does not judge what a text says: see prompts.accept.
"""

from __future__ import annotations

import re
import unicodedata

RLM = "\u200f"
ZWNJ = "\u200c"
ZWJ = "\u200d"
JOINER = "\u2060"
"""WORD JOINER: invisible, and no part of a link, name or tag in Telegram's eyes."""

_PERSIAN_FORMS = str.maketrans("يىكة" + "٠١٢٣٤٥٦٧٨٩", "ییکه" + "۰۱۲۳۴۵۶۷۸۹")
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Letters and marks without ink, with which words are made to look like other words.
_BLANK = frozenset("\u00ad\u034f\u0640\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0")
_HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs"})
_PICTURES = frozenset({"So", "Sk", "Mn"})


def typeset(text: str) -> str:
    """`text` with Persian letters and digits, folded white space and right-to-left paragraphs.

    Idempotent. Direction marks, overrides, control characters and tatweel are dropped; lines and
    single blank lines stay.
    """
    text = _half_spaced(visible(text, keep=ZWNJ + JOINER)).translate(_PERSIAN_FORMS)
    text = _LOOSE_JOINER.sub("", text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    folded = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
    return "\n".join(_right_to_left(line) for line in folded.split("\n"))


def plain(text: str) -> str:
    """`text` looking the same, but nothing in it is a link for Telegram's entity detection.

    Addresses, bare domains, @names, #tags, $TAGS, /commands, e-mail addresses, telephone and card
    numbers get a WORD JOINER at the place that makes them one. Idempotent. Invisible characters
    go, except half-spaces between Persian letters and a direction mark that starts a line.
    """
    text = _STRAY_RLM.sub("", _half_spaced(visible(text, keep=ZWNJ + RLM)))
    for sign in _SIGNS:
        text = sign.sub(rf"\g<0>{JOINER}", text)
    return _LONG_NUMBER.sub(_in_fours, text)


def units(text: str) -> int:
    """The length of `text` as Telegram counts it: UTF-16 code units (Bot API, MessageEntity)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def visible(text: str, keep: str = ZWNJ) -> str:
    """`text` without characters that do not show, except new lines and those in `keep`."""
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    shown = []
    for index, char in enumerate(text):
        if char == ZWJ:
            hidden = not _joins_pictures(text, index)
        else:
            hidden = char in _BLANK or unicodedata.category(char) in _HIDDEN
        if not hidden or char == "\n" or char in keep:
            shown.append(char)
    return "".join(shown)


def _half_spaced(text: str) -> str:
    """`text` with half-spaces only where they part Persian letters from others."""
    return _STRAY_ZWNJ.sub("", re.sub(f"{ZWNJ}+", ZWNJ, text))


def _joins_pictures(text: str, index: int) -> bool:
    """Whether the ZWJ at `index` makes one emoji of two; elsewhere it only hides."""
    if not 0 < index < len(text) - 1:
        return False
    before, after = (unicodedata.category(text[index + step]) for step in (-1, 1))
    return before in _PICTURES and after == "So"


def _right_to_left(line: str) -> str:
    """`line` such that its first strong character (UAX #9, P2) is a right-to-left one."""
    if not line:
        return line
    for char in line:
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return line
        if direction == "L":
            break
    return RLM + line


_ARABIC_SCRIPT = "\u0620-\u065f\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
_STRAY_RLM = re.compile(f"(?<!^){RLM}", re.MULTILINE)
_LOOSE_JOINER = re.compile(rf"(?<!\S){JOINER}+|{JOINER}+(?!\S)")
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


def _in_fours(match: re.Match[str]) -> str:
    """A long number with a joiner after every fourth digit, but none at its end."""
    return re.sub(r"((?:\d\D*?){4})(?=\D*\d)", rf"\1{JOINER}", match[0])
