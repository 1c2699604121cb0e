"""What typography leaves as it is: addresses, names, tags, code, formulas, emoji. Pure.

`covered` puts stand-ins of the same length over it, one kind for each direction of writing, so
that the rules can neither change it nor take it for words; `uncovered` puts it back. Code goes
first: what it holds is nobody's to clean.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from bot.persian.scripts import HAMZA, RIGHT_TO_LEFT, TANVIN

LATIN, PERSIAN, NEUTRAL = "\ue000", "\ue001", "\ue002"
"""The first character of a stand-in (private use: typeset text has none), then `MORE`."""
MORE = "\ue003"
STAND_INS = LATIN + PERSIAN + NEUTRAL + MORE

Span = tuple[int, int]

_MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\\.?"
_START = "(?<![A-Za-z0-9_۰-۹])"
_ADDRESS = r"(?:[^\s<>()\[\]{}«»‹›“”\"،؛؟…]|\([^\s<>()«»‹›“”\"]*\))+(?<![.,:;!?'’*\]}\u200c])"
_END = "(?![A-Za-z0-9_])"
_NAMED = "[^\\W_](?:[\\w\u200c\u00b7]*\\w)?"
_UNTOUCHED = re.compile(
    r"(?=[`<@＠#＃$/\\~.:;=*A-Za-z0-9])(?:"  # nothing else begins one: a quick no
    + "|".join(
        (
            r"</?[A-Za-z][^<>\n]{0,300}>",
            rf"{_START}[A-Za-z][A-Za-z0-9+.-]{{0,15}}://{_ADDRESS}",
            rf"{_START}(?:www\.|mailto:|tel:){_ADDRESS}",
            rf"{_START}[A-Za-z0-9._%+-]{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}})+",
            rf"(?<![\w@＠{TANVIN}{HAMZA}])[@＠][A-Za-z0-9_]+|(?<![\w#＃·{TANVIN}{HAMZA}])[#＃](?=[\w\u200c]*[^\W\d_]){_NAMED}",
            rf"\$(?=[^\s$])[^$\n{RIGHT_TO_LEFT}]*[\\^_=][^$\n{RIGHT_TO_LEFT}]*(?<=[^\s$])\$",
            rf"(?<![\w/])\$[A-Z]{{1,8}}{_END}|(?<![\w/<])/[A-Za-z][A-Za-z0-9_@]*(?!/){_END}",
            r"(?<![\w/])(?:~|\.{1,2}|[A-Za-z]:)?(?:[/\\][A-Za-z0-9_.~-]+)+[/\\]?(?<![.])",
            rf"{_START}[A-Za-z][A-Za-z0-9_.-]{{0,99}}(?:[/\\][A-Za-z0-9_-][A-Za-z0-9_.-]*){{2,}}(?<![.])",
            rf"{_START}10\.\d{{4,9}}/[A-Za-z0-9./_-]*[A-Za-z0-9]",
            rf"{_START}\d{{4}}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?Z?)?(?!-){_END}",
            rf"{_START}(?:{_MONTH} \d{{1,2}}|\d{{1,2}} {_MONTH})(?:,? \d{{4}})?{_END}",
            r"[0-9#*]\ufe0f?\u20e3",
            r"(?<!\S)[:;=]-?[()|DPO]+(?!\S)",
        )
    )
    + ")"
)

_CODE = re.compile(r"```[\s\S]*?```|`[^`\n]+`")
_STAND_IN = re.compile(f"[{LATIN}{PERSIAN}{NEUTRAL}]{MORE}*")


def code_covered(text: str, spans: Iterable[Span] = ()) -> str:
    """`text` with stand-ins over `spans` and over `code`."""
    for start, end in spans:
        text = text[:start] + _stand_in(text[start:end]) + text[end:]
    return _CODE.sub(lambda match: _stand_in(match[0]), text)


def covered(text: str) -> str:
    """`text` with stand-ins over all else that is untouched."""
    return _UNTOUCHED.sub(lambda match: _stand_in(match[0]), text)


def uncovered(text: str, original: Iterable[str]) -> str:
    """`text` with the stand-ins replaced by their `original`, in order."""
    rest = iter(original)
    return _STAND_IN.sub(lambda _: next(rest), text)


def originals(text: str, covered_text: str) -> list[str]:
    """What the stand-ins of `covered_text` stand for."""
    return [text[m.start() : m.end()] for m in _STAND_IN.finditer(covered_text)]


def _stand_in(text: str) -> str:
    """A stand-in for `text`, telling by its kind how it is written."""
    if not text:
        return ""
    directions = (unicodedata.bidirectional(char) for char in text)
    strong = next((d for d in directions if d in ("L", "R", "AL")), "")
    if strong:
        kind = LATIN if strong == "L" else PERSIAN
    else:
        kind = LATIN if "-" in text and text[0].isdecimal() else NEUTRAL
    return kind + MORE * (len(text) - 1)
