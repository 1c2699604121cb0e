"""How a post says that it is part of a series: put on for readers, and taken off again. Pure."""

from __future__ import annotations

import re

from bot.persian.dates import digits

TO_BE_CONTINUED = "ادامه دارد…"

_NUMBERED = re.compile(
    r"^\s*قسمت\s+\w{1,12}\s*[:：]\s*"
    r"|\s*[(\[]?\s*قسمت\s+\w{1,12}\s+از\s+\w{1,12}\s*[)\]]?[\s\u200e\u200f]*$"
)
_CONTINUED = re.compile(r"\s*[(«]?\s*ادامه\s+دارد\s*(?:…|\.{1,3})?\s*[)»]?[\s\u200e\u200f]*$")


def numbered(title: str, number: int, parts: int) -> str:
    """The title of a part as readers see it; that of a single post stays."""
    return f"{title} (قسمت {digits(number)} از {digits(parts)})" if parts > 1 else title


def continued(number: int, parts: int) -> str:
    """What a part ends with; the last one, or a single post, with nothing."""
    return f"\n\n{TO_BE_CONTINUED}" if number < parts else ""


def unnumbered(title: str) -> str:
    """A title without a number of its own, as somebody wrote or copied it."""
    return _NUMBERED.sub("", title) or title


def uncontinued(body: str) -> str:
    """A body without a promise of more at its end, as somebody wrote or copied it."""
    return _CONTINUED.sub("", body) or body
