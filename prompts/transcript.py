"""Is this what stands on the page? What a vision model answers, cleaned and doubted. Pure.

A model that reads pages talks before it reads, fences what it wrote, stops in the middle, refuses,
says a line again and again, or does what the page tells it. Nothing here knows the page but by
the number of characters that its pixels promise (see bot.documents.sheet).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.persian.language import persian_share
from bot.persian.letters import persian_forms

LONGER, SHORTER = 3.5, 0.2
"""An answer may be so many times longer than the page promises, and not shorter than so much."""
PROMISING = 100
"""Under so many promised characters a page promises nothing: a figure, a heading."""
ROOM = 600
"""Characters any page may have beyond what its pixels promise."""
LINK = 0.6
"""An answer of addresses alone has so much of what is promised where nothing else stands."""
AGAIN = 3
"""So many times the same line, or the same stretch, one after the other is a loop."""
ECHO = 8
"""Words from which on a line said twice in a row is an echo; shorter ones repeat in real texts."""

LOST = "[…]"
"""Stands where something could not be read at all."""
PERSIAN = 0.3
"""From this share of Persian letters on a page is Persian, and its letters are made so."""

_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_FENCE = re.compile(r"\A\s*```[\w-]*[ \t]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_CHATTER = re.compile(
    r"\A\s*(?:(?:sure|certainly|of course|okay|ok)\b[^\n]{0,80}|"
    r"(?:here(?:'s| is| are)|below is|the (?:following|extracted|transcribed)|this is the)\b"
    r"[^\n]{0,100}(?:text|transcri|content|page|markdown|image|document)[^\n]{0,60}|"
    r"(?:حتماً|البته|بفرمایید|در ادامه|در اینجا|متن (?:صفحه|تصویر|استخراج))[^\n]{0,100}"
    r"(?:متن|صفحه|تصویر|محتوا)[^\n]{0,60}|"
    r"متن (?:صفحه|تصویر|استخراج)[^\n]{0,40}(?:شرح|زیر|چنین)[^\n]{0,30}(?=:))[:.!،]?[ \t]*\n+",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\n+\s*(?:let me know|if you (?:need|have|would)|i hope this|feel free|note: (?:the|this|i)|"
    r"اگر (?:سؤال|سوال|نیاز)|امیدوارم|در صورت نیاز)[^\n]{0,200}\s*\Z",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\A\W*(?:i(?:'|’)?m (?:sorry|unable|not able)|sorry\b|i (?:cannot|can(?:'|’)?t|am unable)|"
    r"as an ai\b|unfortunately|متأسفم|متاسفم|متأسفانه|متاسفانه|ببخشید|پوزش|نمی‌توانم|نمیتوانم|"
    r"من (?:یک|به عنوان) (?:مدل|هوش))",
    re.IGNORECASE,
)
_REFUSAL_WITHIN = 400
_LINK = re.compile(r"(?:https?://|www\.|t\.me/)\S+", re.IGNORECASE)
_WORD = re.compile(r"\w", re.UNICODE)
_STRETCH = re.compile(r"(.{12,400}?)\1{2,}", re.DOTALL)
_TAIL = 4000


def clean(answer: str) -> str:
    """The text of the page in a model's answer: without fences, a first and a last word to us.

    Signs of direction go, because whoever shows the text sets its own; Persian gets its letters.
    """
    text = _DIRECTION.sub("", answer.replace("\r\n", "\n")).strip()
    for _ in range(2):  # a greeting, then a fence, or a fence around both
        text = _CHATTER.sub("", text, count=1)
        fenced = _FENCE.match(text)
        text = fenced[1] if fenced else text
    text = _FAREWELL.sub("", text).strip("\n")
    return persian_forms(text) if persian_share(text) >= PERSIAN else text


def salvaged(text: str, found: tuple[str, ...]) -> str:
    """What can be shown of a cleaned answer with these faults."""
    if {"empty", "refusal", "link-only"} & {*found}:
        return LOST
    return _once(text) if {"loop", "echo"} & {*found} else text


def is_lost(text: str) -> bool:
    """Whether nothing but marks of what could not be read is left of a page."""
    return bool(text.strip()) and not text.replace(LOST, "").strip()


def faults(text: str, promised: int, *, truncated: bool = False) -> tuple[str, ...]:
    """What is wrong with the cleaned answer to a page that promises so many characters.

    ``empty``, ``refusal``, ``truncated``, ``loop``, ``echo``, ``too-long``, ``too-short``,
    ``link-only``; nothing when it may be kept.
    """
    letters = len(_WORD.findall(text))
    if not letters:
        return ("empty",)
    found = ["truncated"] if truncated else []
    if letters < _REFUSAL_WITHIN and _REFUSAL.match(text):
        found.append("refusal")
    if is_loop(text):
        found.append("loop")
    elif next(echoes(text), None) is not None:
        found.append("echo")
    if promised >= PROMISING and letters > LONGER * promised + ROOM:
        found.append("too-long")
    if promised >= PROMISING and letters < SHORTER * promised:
        found.append("too-short")
    if not _WORD.search(_LINK.sub("", text)) and letters < LINK * promised:
        found.append("link-only")
    return tuple(found)


def is_loop(text: str) -> bool:
    """Whether a line, or a stretch at the end, is said `AGAIN` times one after the other."""
    run, last = 0, ""
    for line in _lines(text):
        run = run + 1 if line == last else 1
        last = line
        if run >= AGAIN and len(line) >= 4:
            return True
    tail = " ".join(text[-_TAIL:].split())
    return any(_says_something(found[1]) for found in _STRETCH.finditer(tail))


def echoes(text: str) -> Iterator[str]:
    """Long lines that are said twice, at once or with one line between."""
    lines = list(_lines(text))
    for at, line in enumerate(lines):
        if len(line.split()) >= ECHO and line in lines[at + 1 : at + 3]:
            yield line


def _lines(text: str) -> Iterator[str]:
    """The lines with words on them: rules and empty cells of tables repeat by nature."""
    for line in text.splitlines():
        plain = " ".join(line.strip("#>*-| \t").split())
        if _says_something(plain):
            yield plain


def _once(text: str) -> str:
    """The text with what is said again and again said once."""
    kept: list[str] = []
    for line in text.splitlines():
        if not (_says_something(line) and line in kept[-2:]):
            kept.append(line)
    return _STRETCH.sub(r"\1", "\n".join(kept))


def _says_something(text: str) -> bool:
    return len(_WORD.findall(text)) >= 3
