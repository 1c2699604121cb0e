"""Direction marks: a mixed line reads right on any phone, whatever it starts with. Pure.

Every paragraph runs from the right; each Latin run in it keeps its own order and its own signs,
and what stands between two runs flows with the paragraph (UAX #9). Where the algorithm alone
gives that, nothing is put in. Marks, not isolates: they need no closing, so a text cut in the
middle stays sound, every client since the first knows them, and Telegram lets them through.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.persian.edits import Edit
from bot.persian.hidden import JOINER, LRM, RLM
from bot.persian.scripts import LATIN, RIGHT_TO_LEFT
from bot.persian.untouched import LATIN as STAND_IN
from bot.persian.untouched import MORE, PERSIAN, STAND_INS

Run = tuple[int, int]

_L = f"(?:[{LATIN}]|{STAND_IN}{MORE}*)"
_CORE = f"(?:[{LATIN}0-9\u0300-\u036f_]|{STAND_IN}{MORE}*)+"
_BETWEEN = r"(?:[.\-–+×^=/:&~'’@#%$*\\<>|°·]{1,3}|,(?=\d))"
_INNER = f"\\s{RIGHT_TO_LEFT}"
_BRACKETED = rf"(?:\([^(){_INNER}]*\)|\[[^\[\]{_INNER}]*\]|\{{[^{{}}{_INNER}]*\}})"
_LEAD = r"(?:(?<![^\s«‹(\[\"])(?:[.@#$~\\/_*&=<>≤≥≈±+]{1,3}|-(?=\d)|--))?"
_TAIL = r"(?:[+#*%°'’_\\/=~$]{1,3}(?![A-Za-z0-9_]))?"
_TOKEN = f"{_LEAD}{_CORE}(?:{_BETWEEN}{_CORE}|{_BRACKETED})*{_TAIL}"
_GLUE = r"(?: |[,:;] | [&+=×→<>|*/–-] )"
_LATIN_RUN = re.compile(f"{_TOKEN}(?:{_GLUE}{_TOKEN})*")
_SIGNED = re.compile(r"(?<![\w\d)٪])[+\-−±~≈<>≤≥]{1,2} ?[۰-۹]+(?:[.,:/٫٬][۰-۹]+)*٪?")
_HAS_LETTER = re.compile(_L)
_TURNS = re.compile(r"\d[-–×^=+]\d|^[+\-−±~≈<>≤≥]")
_STARTS_SOUND = re.compile(rf"(?:\d+(?:[.,:/]\d+)*)?{_L}|\d+(?:[.,:/]\d+)*$")
_MARKED = re.compile(f"[{LATIN}{STAND_IN}0-9+\\-−±~≈<>≤≥]")
_STRONG = re.compile(f"[^\\W_]|[{STAND_INS}]|[+\\-−±~≈<>≤≥](?=[۰-۹])")
_NOT_LATIN = re.compile(f"[{RIGHT_TO_LEFT}«»‹›{PERSIAN}]")
_RTL_LETTER = re.compile(f"(?=[{RIGHT_TO_LEFT}])[^\\W\\d_]|{PERSIAN}")


def marks(text: str, shown: str) -> Iterator[Edit]:
    """The marks of each line of `text`; `shown` is it with what its stand-ins stand for."""
    start = 0
    for line in text.split("\n"):
        seen = shown[start : start + len(line)]
        for place, marks in sorted(_line_marks(line, seen).items()):
            # Telegram (TDLib, misc.cpp) makes a half-space of a mark that another follows.
            yield start + place, start + place, JOINER.join(marks)
        start += len(line) + 1


def right_to_left(text: str) -> str:
    """`text` with each of its paragraphs running from the right (see bot.persian.typography)."""
    lines = text.split("\n")
    return "\n".join(RLM + line if _needs_turning(line, {}) else line for line in lines)


def latin_runs(line: str) -> list[Run]:
    """Where the runs of `line` stand that are read from the left; all of it without Persian."""
    runs = _runs(line)
    if not runs or _NOT_LATIN.search(line):
        return runs
    start = runs[0][0]
    return [(start - (line[start - 1 : start] in tuple("([{\"'")), len(line))]


def _runs(line: str) -> list[Run]:
    found = [match.span() for match in _LATIN_RUN.finditer(line) if _is_run(match[0])]
    signed = [match.span() for match in _SIGNED.finditer(line)]
    apart = [s for s in signed if all(s[1] <= f[0] or f[1] <= s[0] for f in found)]
    return sorted(found + apart)


def _is_run(run: str) -> bool:
    return bool(_HAS_LETTER.search(run) or _TURNS.search(run))


def _line_marks(line: str, seen: str) -> dict[int, str]:
    if not line:
        return {}
    found: dict[int, str] = {}
    runs = latin_runs(line) if _MARKED.search(line) else []
    for start, end in runs:
        if not _STARTS_SOUND.match(seen, start, end):
            found[start] = LRM
        if not _ends_sound(seen[start:end], start in found):
            found[end] = found.get(end, "") + LRM
    for _, end in runs:
        following = _STRONG.search(line, end)
        if following and not _RTL_LETTER.match(line, following.start()):
            found[end] = found.get(end, "") + RLM
    if _needs_turning(seen, found):
        found[0] = RLM + found.get(0, "")
    return found


def _ends_sound(run: str, led: bool) -> bool:
    """Whether the last character of `run` is read from the left by itself."""
    run = run.removesuffix("٪")
    last = run[-1]
    if unicodedata.bidirectional(last) == "L":
        return True
    return last.isdecimal() and (led or any(unicodedata.bidirectional(c) == "L" for c in run))


def _needs_turning(seen: str, found: dict[int, str]) -> bool:
    """Whether the first strong character (UAX #9, P2) would not turn the line to the right."""
    for place, char in enumerate(seen):
        if found.get(place):
            return True
        direction = unicodedata.bidirectional(char)
        if direction in ("R", "AL"):
            return False
        if direction == "L":
            return True
    return bool(seen)
