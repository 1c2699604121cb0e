"""Is the text that a page carries the text that stands on it? Pure.

Layers are right, reversed, coded by the font, or of another document, and nothing in the file says
which. So a reading of a few lines of the picture is looked for in each: its words must be there,
in their order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

from bot.persian.letters import persian_forms

AGREES = 0.75
"""The share of the words read that a layer must have. Right layers have 0.8 and more, as read by
tesseract; wrong ones at most 0.45 (measured: ``tests/eval/ocr.py --layers``)."""
FEWEST_WORDS = 8
"""A reading of fewer says nothing."""
PRINTED_FORMS = 0.02
"""From this share of letters in printed forms on, a layer was made by drawing, not by writing."""
LEAST, MOST = 0.4, 2.5
"""A layer has so many of the characters that the page's pixels promise."""

_WORD = re.compile(r"[^\W\d_]{3,}")
_PRINTED = re.compile(r"[\ufb50-\ufdfb\ufe70-\ufefc]")
_STRANGE = re.compile(r"[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f]")
_LETTER = re.compile(r"\w")


def candidates(layers: Sequence[str], promised: int) -> list[str]:
    """The layers worth a comparison with a page of so many characters.

    None when one is in printed forms: how a reader put those into order is a guess.
    """
    if any(map(_is_drawn, layers)):
        return []
    return [layer for layer in layers if _may_be_right(layer, promised)]


def agreeing(layers: Sequence[str], reading: str) -> str | None:
    """The layer that agrees best with a reading of parts of the page; None when none does."""
    rated = [(agreement(layer, reading), layer) for layer in layers]
    best, layer = max(rated, default=(0.0, ""))
    return layer if best >= AGREES else None


def agreement(layer: str, reading: str) -> float:
    """The share of the reading's words that the layer has in the same order."""
    read, told = _words(reading), _words(layer)
    if len(read) < FEWEST_WORDS:
        return 0.0
    blocks = SequenceMatcher(None, read, told, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks) / len(read)


def _is_drawn(layer: str) -> bool:
    return len(_PRINTED.findall(layer)) > PRINTED_FORMS * len(_LETTER.findall(layer))


def _may_be_right(layer: str, promised: int) -> bool:
    letters = len(_LETTER.findall(layer))
    return LEAST * promised <= letters <= MOST * promised and not _STRANGE.search(layer)


def _words(text: str) -> list[str]:
    """Words of three letters and more, in one spelling; half-spaces part them."""
    return _WORD.findall(persian_forms(unicodedata.normalize("NFKC", text)).casefold())
