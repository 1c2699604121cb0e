"""Letters in their Persian form, and white space folded: what every other rule builds on. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from bot.persian.edits import Edit
from bot.persian.lexicon import ZWNJ
from bot.persian.scripts import HAMZA, LETTERS, TANVIN

_FORMS = str.maketrans(
    "يىكةەڪٱإ" + "٠١٢٣٤٥٦٧٨٩" + "０１２３４５６７８９",
    "ییکههکاا" + "۰۱۲۳۴۵۶۷۸۹" + "0123456789",
)
_OTHER_FORM = re.compile("[يىكةەڪٱإ٠-٩０-９]")
_MADDA = "\u0653"
_MARKS = "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
_PRINTED = "\ufb50-\ufdfb\ufe70-\ufefc"
_MARKED = re.compile(f"[{_PRINTED}][{_PRINTED}{_MARKS}]*|ۀ[{_MARKS}]*|[{_MARKS}]+")
_COMPOSED = {("ا", HAMZA): "أ", ("و", HAMZA): "ؤ", ("ی", HAMZA): "ئ", ("ا", _MADDA): "آ"}
_HALF_SPACES = re.compile(f"{ZWNJ}+")
_LIKE_HALF_SPACES = re.compile(f"[\u200b\u00ac][\u200b\u00ac{ZWNJ}]*")
_LETTER = re.compile(f"[{LETTERS}]")
_PERSIAN = re.compile(f"[{LETTERS}{TANVIN}{HAMZA}]")
_SPACES = re.compile(r"\s(?:\s+|\Z|(?<=[^ \n])|(?<=\A\s))")


def persian_forms(text: str) -> str:
    """`text` with Persian letters and digits for Arabic ones, each in its place."""
    return text.translate(_FORMS) if _OTHER_FORM.search(text) else text


def marks_on_letters(text: str) -> Iterator[Edit]:
    """Letters in their printed forms, and marks on letters: what does not distinguish goes.

    Tanvin stays («مثلاً») and so does the hamza of «خانهٔ»; short vowels and tashdid go, as in
    printed prose: search takes a word apart at them.
    """
    for match in _MARKED.finditer(text):
        start, found = match.start(), match[0]
        if found[0] == "ۀ":
            yield start, match.end(), f"ه{HAMZA}"
        elif found[0] >= "\ufb50":
            plain = unicodedata.normalize("NFKC", found).replace(" ", "")
            yield start, match.end(), re.sub(f"([^{_MARKS}]?)([{_MARKS}]+)", _settled, plain)
        else:
            start -= bool(start and _LETTER.match(text, start - 1))
            before = text[start : match.start()]
            right = _with_marks(before, found)
            if right != before + found:
                yield start, match.end(), right


def like_half_spaces(text: str) -> Iterator[Edit]:
    """Half-spaces that old keyboards and models write as other characters."""
    for match in _LIKE_HALF_SPACES.finditer(text):
        before = match.start() - 1
        while before > 0 and text[before] == ZWNJ:
            before -= 1
        if before >= 0 and _LETTER.match(text, before) and _LETTER.match(text, match.end()):
            yield match.start(), match.end(), ZWNJ


def idle_half_spaces(text: str) -> Iterator[Edit]:
    """Half-spaces that part nothing, and all but one where several do."""
    for match in _HALF_SPACES.finditer(text):
        parted = match.start() and _PERSIAN.match(text, match.start() - 1)
        right = ZWNJ if parted and _PERSIAN.match(text, match.end()) else ""
        if right != match[0]:
            yield match.start(), match.end(), right


def folded(text: str) -> Iterator[Edit]:
    """White space: one space, no more than one blank line, none at the edges."""
    for match in _SPACES.finditer(text):
        lines = match[0].count("\n")
        at_edge = match.start() == 0 or match.end() == len(text)
        right = "" if at_edge else "\n" * min(lines, 2) or " "
        if right != match[0]:
            yield match.start(), match.end(), right


def _settled(match: re.Match[str]) -> str:
    return _with_marks(match[1], match[2])


def _with_marks(letter: str, marks: str) -> str:
    """`letter` with those of `marks` that count."""
    letter = persian_forms(letter)
    for mark in (HAMZA, _MADDA):
        if mark in marks and (letter, mark) in _COMPOSED:
            return _COMPOSED[letter, mark]
    if HAMZA in marks and letter == "ه":
        return letter + HAMZA
    return letter + (TANVIN if TANVIN in marks and letter else "")
