"""pdftotext's lines of Persian -> the order in which they are written. Pure.

pdftotext reads a line as it is drawn and fences each run that goes from left to right with signs
of embedding (Unicode, annex 9). The letters come right so, but the spaces, stops and brackets at
the edges of such a run stand at the wrong side of it, and some marks before their letter.
"""

from __future__ import annotations

import re

_RTL, _LTR, _END = "\u202b", "\u202a", "\u202c"
_RUN = re.compile(f"(?P<bracket>[()\\[\\]]?){_LTR}(?P<run>[^{_RTL}{_LTR}{_END}]*){_END}")
_EDGES = re.compile(r"(?P<before>\W*)(?P<core>.*?)(?P<after>[^\w)\]}%²³]*)\Z", re.DOTALL)
_CLOSES = {")": "(", "]": "["}
_EARLY = [
    (re.compile(r"\u064bال\b"), "لا\u064b"),  # the letters of لا are one sign, read backwards
    (re.compile(r"\u064bا"), "ا\u064b"),
    (re.compile(r"(?<=[\u0620-\u06cc])(?<!ه)\u0654ه"), "ه\u0654"),
]
"""Marks that come before the letter they are written on."""
_SIGNS = re.compile(f"[{_RTL}{_LTR}{_END}\u200e\u200f]")


def written(text: str) -> str:
    """The text with each line from right to left in the order in which it was written."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
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
    before, core, after = edges["before"], edges["core"], edges["after"]
    bracket = found["bracket"]
    opening = _CLOSES.get(bracket, "")
    if opening and core.count(opening) > core.count(bracket):  # it closes what the run opens
        core, bracket = core + bracket, ""
    return bracket + after[::-1] + core + before[::-1]
