"""What search sees of a text: one form for all spellings of a word, for posts and queries. Pure.

Letters, marks and digits become one kind; half-space, space and nothing before an ending meet;
plural, ezafe and indefinite endings go. Folded text is never shown: see bot.persian.typography.

A word is folded by itself, and remembered. Only two rules look at neighbours: an ending that
stands alone goes, or joins the word before it, and «می» joins the verb behind it. That some words
lose more than an ending («علمی» meets «علم») is accepted: posts and queries lose the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from bot.persian.lexicon import words

VERSION = 1
"""Raised with every change of what `fold` or `key` gives: whatever was folded is folded anew."""

LONGEST = 64
"""Characters of a folded word; what is longer is cut."""
_READ = 256
"""Characters of a word as written that are looked at."""

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06ed"
_UNSEEN = "\u00ad\u0640\u061c\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_ZWNJ = "\u200c"
_WORD = re.compile(rf"[^\W_][\w{_MARKS}{_UNSEEN}{_ZWNJ}]*")
_DROPPED = re.compile(f"[{_MARKS}{_UNSEEN}]+")
_PERSIAN = "\u0620-\u063f\u0641-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff"
_PARTS = re.compile(rf"[{_PERSIAN}]+|\d+|[^\W\d_{_PERSIAN}]+")
_IN_PERSIAN = re.compile(f"[{_PERSIAN}]")
_LETTERS = str.maketrans(
    "يىېێےۍئ" + "كڪګ" + "ةەہھۃۀ" + "ٱآأإ" + "ۆۇۈۋؤ" + "٠١٢٣٤٥٦٧٨٩" + "۰۱۲۳۴۵۶۷۸۹",
    "ی" * 7 + "ک" * 3 + "ه" * 6 + "ا" * 4 + "و" * 5 + "0123456789" * 2,
)
_PLAIN = re.compile("[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی\u200c]+")


Token = tuple[str, int, int]
"""A folded word, and where it starts and ends in the text as written (characters)."""


def fold(text: str) -> str:
    """`text` as search sees it: folded words, one space between. Idempotent."""
    found: list[str] = []
    before = ""
    for parts in map(_folded, _WORD.findall(text)):
        for part in parts:
            if part in _SPECIAL or before in _VERBAL:
                grown = _grown(before, part)
                if grown is not None:
                    found[-1:] = [grown] if grown else []
                    before = grown
                    continue
            found.append(part)
            before = part
    return " ".join(found)


def key(tag: str) -> str:
    """What makes a hashtag the same tag: case, letters, half-spaces and underscores do not."""
    return "".join(part for word in tag.split("_") for part in _parts(word))


def tokens(text: str) -> list[Token]:
    """The words of `fold(text)`, in order; an ending that went is covered by its word."""
    found: list[Token] = []
    before = ""
    for match in _WORD.finditer(text):
        for part in _folded(match[0]):
            if part in _SPECIAL or before in _VERBAL:
                grown = _grown(before, part)
                if grown is not None:
                    found[-1:] = [(grown, found[-1][1], match.end())] if grown else []
                    before = grown
                    continue
            found.append((part, *match.span()))
            before = part
    return found


def spots(text: str, wanted: Callable[[str], bool]) -> Iterator[Token]:
    """About where wanted words stand: as `tokens`, but faster, and blind to neighbours."""
    for match in _WORD.finditer(text):
        for part in _folded(match[0]):
            if wanted(part):
                yield part, match.start(), match.end()


def _grown(before: str, part: str) -> str | None:
    """What the word `before` becomes by `part`; None where that is a word of its own."""
    if part in _GONE or (part == "ای" and before[-1:] == "ه"):
        return before
    if (part in _JOINING or before in _VERBAL) and _both_persian(before, part):
        return _stem(before + part)
    return None


def _both_persian(before: str, part: str) -> bool:
    return bool(_IN_PERSIAN.match(before) and _IN_PERSIAN.match(part))


@lru_cache(maxsize=50_000)
def _folded(word: str) -> Sequence[str]:
    """The stems of one word as written: several where it is compounded."""
    return tuple(map(_stem, _parts(word)))


def _parts(word: str) -> list[str]:
    """A word in its letters, cut at half-spaces, and where letters and digits meet."""
    plain = word[:_READ].translate(_LETTERS)
    if _PLAIN.fullmatch(plain):
        return [part[:LONGEST] for part in plain.split(_ZWNJ) if part]
    plain = _DROPPED.sub("", _unmarked(_unmarked(plain).casefold())).translate(_LETTERS)
    return [part[:LONGEST] for part in _PARTS.findall(plain)]


def _unmarked(word: str) -> str:
    return word if word.isascii() else unicodedata.normalize("NFKD", word)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """`word` without its endings."""
    word = word[:LONGEST]
    rule = _persian_stem if _IN_PERSIAN.match(word) else _latin_stem
    while (shorter := rule(word)) != word and shorter not in _SPECIAL:
        word = shorter
    return word


def _latin_stem(word: str) -> str:
    """«LLMs» and «transformers» meet their singular."""
    plural = word[-1] == "s" and len(word) > 3 and word[-2] not in "sui"
    return word[:-1] if plural else word


def _persian_stem(word: str) -> str:
    """One ending less, or the same word."""
    if not word.endswith(_LAST) or word in _NO_PLURALS:
        return word
    for ending, least, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            stem = word[: -len(ending)]
            if ending in _HIDES_HEH and stem + "ه" in _HEH and stem not in _EITHER:
                return stem + "ه"
            return stem + instead
    return word


def _plainly(found: frozenset[str]) -> frozenset[str]:
    """The lexicon's words in the letters of this file."""
    return frozenset("".join(_parts(word)) for word in found)


_GONE = _plainly(words("endings", "plural")) | {"ی"}
"""Endings that go where they stand by themselves, behind a space or a half-space."""
_JOINING = frozenset(("تر", "ترین"))
_VERBAL = frozenset(("می", "نمی"))
_SPECIAL = _GONE | _JOINING | _VERBAL | {"ای", ""}
_HEH = _plainly(words("nouns", "silent_heh"))
_EITHER = _plainly(words("nouns", "either"))
_NO_PLURALS = _plainly(words("nouns", "not_plural"))
_HIDES_HEH = frozenset(("های", "ات"))
_AGENTS = "گر بر مند کار ساز نویس شناس دان آموز پژوه گذار دار یار ور"
_ENDINGS = (
    *((ending, 2, "") for ending in sorted(_GONE - {"ی"}, key=len, reverse=True)),
    ("ترین", 2, "تر"),
    ("گان", 3, "ه"),
    ("یان", 3, "ی"),
    *((f"{agent}ان", 2, agent) for agent in map("".join, map(_parts, _AGENTS.split()))),
    ("ات", 3, ""),
    ("ی", 4, ""),
)
"""(ending, letters that must be left, what comes in its place)."""
_LAST = tuple(ending for ending, _, _ in _ENDINGS)
