"""The pages of a document -> one Markdown text. Pure.

Sentences that go on overleaf are joined; heads that stand on every page go where no model has left
them out already. What to say of a page that needs a human eye is the caller's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from bot.documents.page import Origin, PageText

REPEATED = 3
"""A first or last line on so many different pages, and on half of all, is a running head."""
PARAGRAPH = 40
"""Characters from which on a block is taken for a paragraph that may go on."""

_SHAPED = re.compile(r"#|\||[-*+] |>|```|\$\$|!\[|\d+[.)] |\[[^\]]*\]\Z")
_ENDS = re.compile(r"[.!?؟:؛…»”\"|`)\]}$*]\Z")
_GOES_ON = re.compile(r"[a-z\u0600-\u06ff«(\d]")
_DIVIDED = re.compile(r"[A-Za-z]{2,}-\Z")


def markdown(pages: Iterable[PageText], mark: Callable[[PageText], str] = lambda page: "") -> str:
    """The pages in their order. `mark` gives a line to put before a page, or nothing."""
    ordered = sorted(pages, key=lambda page: page.page)
    heads = _running_heads(ordered)
    whole = ""
    last = 0
    for page in ordered:
        text = _closed(_without(heads, page) if page.origin in _PRINTED else page.text.strip())
        said = "\n\n".join(part for part in (mark(page), text) if part)
        if whole and said:
            goes_on = page.page == last + 1 and said == text and _goes_on(whole, text)
            whole = _joined(whole, said) if goes_on else f"{whole}\n\n{said}"
        else:
            whole += said
        last = page.page
    return whole + "\n" if whole else ""


_PRINTED = frozenset({Origin.LAYER, Origin.TESSERACT})
"""Who reads everything that is printed, heads included."""


def _running_heads(pages: Sequence[PageText]) -> frozenset[str]:
    """First and last lines that stand on page after page."""
    printed = {page.text: page for page in pages if page.origin in _PRINTED and page.text.strip()}
    seen: dict[str, int] = {}
    for text in printed:
        lines = text.strip().splitlines()
        for line in {lines[0], lines[-1]} if len(lines) > 1 else ():
            seen[line] = seen.get(line, 0) + 1
    enough = max(REPEATED, len(printed) / 2)
    return frozenset(line for line, times in seen.items() if times >= enough)


def _without(heads: frozenset[str], page: PageText) -> str:
    lines = page.text.strip().splitlines()
    if len(lines) > 1 and lines[0] in heads:
        del lines[0]
    if len(lines) > 1 and lines[-1] in heads:
        del lines[-1]
    return "\n".join(lines).strip()


def _closed(text: str) -> str:
    """The text with a fence that was left open closed, so that it does not swallow the rest."""
    fences = sum(1 for line in text.splitlines() if line.lstrip().startswith("```"))
    return f"{text}\n```" if fences % 2 else text


def _goes_on(before: str, after: str) -> bool:
    """Whether a sentence seems to run over the end of the page."""
    last, first = before.rpartition("\n")[2], after.partition("\n")[0]
    if len(last) < PARAGRAPH or _SHAPED.match(last) or _SHAPED.match(first):
        return False
    if len(first) < PARAGRAPH and not _ENDS.search(first):  # a heading
        return False
    return not _ENDS.search(last) and bool(_GOES_ON.match(first))


def _joined(before: str, after: str) -> str:
    return before[:-1] + after if _DIVIDED.search(before) else f"{before} {after}"
