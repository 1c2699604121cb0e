"""Lines as they were printed -> paragraphs: for readers that know no Markdown. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

FULL = 0.8
"""A line of so much of a full one's length goes on in the next."""
_ITEM = re.compile(r"(?:[-*•▪●–—]|\d{1,3}[.)\-])\s+\S")
_LABEL = re.compile(r"\S+(?: \S+){0,2}:\s\S")
"""A line that may be an item whose dot was drawn and not written."""
_STOP = re.compile(r"[.!?؟:؛»”)\]]\Z")
_BROKEN_LINK = re.compile(r"(https?://[^\s?]+[?&/=]) (?=[\w%]+=)")
_PAGE_NUMBER = re.compile(r"\W*\d{1,4}\W*")


def paragraphs(text: str) -> str:
    """The text with its lines joined into paragraphs, an empty line between them.

    A paragraph ends at a short line, before an item of a list, and where the end of a sentence is
    followed by an empty line, a label or a heading: other empty lines come from marks above and
    below. A page number that stands alone at the top or the bottom goes.
    """
    lines = [" ".join(line.split()) for line in text.replace("\f", "\n").splitlines()]
    said = [at for at, line in enumerate(lines) if line]
    lonely = {at for at in said[:1] + said[-1:] if _PAGE_NUMBER.fullmatch(lines[at])}
    kept = [line for at, line in enumerate(lines) if at not in lonely]
    return "\n\n".join(_joined(kept))


def _joined(lines: list[str]) -> Iterator[str]:
    width = _width(lines)
    paragraph: list[str] = []
    for line in lines:
        if paragraph and _ends(paragraph[-1], line, width):
            yield _one(paragraph)
            paragraph = []
        if line:
            paragraph.append(line)
    if paragraph:
        yield _one(paragraph)


def _one(lines: list[str]) -> str:
    """The lines as one; an address goes on where it was broken."""
    return _BROKEN_LINK.sub(r"\1", " ".join(lines))


def _ends(last: str, line: str, width: int) -> bool:
    """Whether a paragraph ends after `last`, given what follows."""
    if _BROKEN_LINK.search(f"{last} {line}"):
        return False
    if len(last) < FULL * width or _ITEM.match(line):
        return True
    if not _STOP.search(last):
        return False
    if not line or _LABEL.match(line):
        return True
    return len(line) < FULL * width and not _STOP.search(line)


def _width(lines: list[str]) -> int:
    """The length of a full line: one in five may be longer, as those of a table or a heading."""
    lengths = sorted(len(line) for line in lines if line)
    return lengths[len(lengths) * 4 // 5] if lengths else 0
