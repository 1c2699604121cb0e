"""pdftotext's lines of Persian -> the order in which they are written. Pure.

pdftotext reads a line as it is drawn and fences each run that goes from left to right with signs
of embedding (Unicode, annex 9). The letters come right so, but the spaces, stops and brackets at
the edges of such a run stand at the wrong side of it, and some marks before their letter.
"""

from __future__ import annotations

import re

_RTL, _LTR, _END = "\u202b", "\u202a", "\u202c"
_RUN = re.compile(f"(?P<bracket>[()\\[\\]]?){_LTR}(?P<run>[^{_RTL}{_LTR}{_END}]*){_END}")
_BEFORE_ITS_LINE = re.compile(
    f"(?<=^{_RTL})([?!.:;,]+)({_LTR}[^{_RTL}{_LTR}{_END}]*{_END})(?={_END}*$)"
)
"""The stop of a Latin line in a Persian paragraph: it is drawn at the left and comes last."""
_EDGES = re.compile(r"(?P<before>\W*)(?P<core>.*?)(?P<after>[^\w)\]}%²³]*)\Z", re.DOTALL)
_CLOSES = {")": "(", "]": "["}
_EARLY = [
    (re.compile(r"\u064bال\b"), "لا\u064b"),  # the letters of لا are one sign, read backwards
    (re.compile(r"(?<=[\u0620-\u06cc])(?<!ه)\u0654ه"), "ه\u0654"),
    (re.compile(r"(?<=[\u0620-\u06cc])([\u064b-\u0652]+)([\u0620-\u06cc])"), r"\2\1"),
]
"""Marks that come before the letter they are written on."""
_FOUR_BIT = re.compile(
    r"\b(bits?|shot|way|fold|gram|layer|head|step|stage|hop|class|dim|point|page)-(\d+)\b",
    re.ASCII,
)
"""Behind Persian letters «4-bit» is drawn as "bit-4" (annex 9, rules W2 and N2)."""
_SIGNS = re.compile(f"[{_RTL}{_LTR}{_END}\u200e\u200f]")


def written(text: str) -> str:
    """The text with each line from right to left in the order in which it was written."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    line = _BEFORE_ITS_LINE.sub(r"\2\1", line)
    if line.lstrip().startswith(_RTL):
        line = _RUN.sub(_turned, line)
    line = _SIGNS.sub("", line)
    for early, right in _EARLY:
        line = early.sub(right, line)
    return " ".join(line.split())


def _turned(found: re.Match[str]) -> str:
    """A run as it is read within a line from right to left: what is at its left comes last."""
    edges = _EDGES.match(found["run"])
    assert edges
    before, after = edges["before"], edges["after"]
    core = _FOUR_BIT.sub(r"\2-\1", edges["core"])
    bracket = found["bracket"]
    opening = _CLOSES.get(bracket, "")
    if opening and core.count(opening) > core.count(bracket):  # it closes what the run opens
        core, bracket = core + bracket, ""
    return bracket + after[::-1] + core + before[::-1]
