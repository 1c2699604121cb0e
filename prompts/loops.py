"""Does a text run in circles? Pure, and cheap enough to be asked while a model still writes."""

from __future__ import annotations

import re
from collections import Counter

from bot.persian.folding import fold

_TIMES = ((6, 2), (4, 3))
"""So many words in a row, so many times: a long stretch again, a shorter one twice again."""
_CITATION = re.compile(r"\[\d{1,2}\]")


def circles(text: str) -> bool:
    """Whether a stretch of words comes again and again, wherever it stands."""
    words = fold(_CITATION.sub(" ", text)).split()
    for size, times in _TIMES:
        pieces = Counter(tuple(words[at : at + size]) for at in range(len(words) - size + 1))
        if max(pieces.values(), default=0) >= times:
            return True
    return False
