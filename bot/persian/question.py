"""What a question asks for: its telling words, and the kind of answer it wants. Pure.

Does not look for the answer: see db.evidence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.persian.folding import fold
from bot.persian.hashtags import hashtags
from bot.persian.typography import JOINER, plain
from bot.persian.wordforms import is_telling, listed

LONGEST = 500
"""Characters of a question that are read."""
MOST_WORDS = 14


class Wanted(StrEnum):
    """What an answer must hold to be one."""

    NUMBER = "number"
    TIME = "time"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Question:
    """A question, read."""

    text: str
    """As written, white space folded."""
    words: tuple[str, ...]
    """Folded words that say what it is about, in their order."""
    soft: frozenset[str] = frozenset()
    """Those of them that tell what is asked of a subject, not the subject."""
    tags: tuple[str, ...] = ()
    wanted: Wanted = Wanted.ANY
    leans: bool = False
    """Whether it leans on what was said before: «چرا؟», «این چند لایه دارد؟»."""


_ASKING, _SOFT = listed("asking"), listed("soft")
_NUMBER = re.compile(
    "(?<![\\w\u200c])(?:چند(?:\u200c?تا|ه|ن)?|چندمین|چقدره?|چه[\u200c ]?قدره?|قیمتش"
    "|چه (?:تعداد|مقدار|درصدی|عددی|رقمی))(?!\\w)|(?i:how (?:many|much))"
)
_TIME = re.compile(
    "(?<![\\w\u200c])(?:چه (?:سالی|تاریخی|روزی|ماهی|زمانی|موقع|وقت)|کِی|در چه سال"
    "|کی (?:منتشر|معرفی|عرضه|ارائه|شروع|برگزار|اومد|آمد|ساخته))(?!\\w)|(?i:when )"
)
_LEANING = re.compile(
    "^\\W*(?:(?:و |پس |حالا |خب |خوب )*(?:چرا|چطور|چطوری|چجوری|چگونه|مثلا|مثلاً|یعنی چی|بیشتر|ادامه"
    "|دیگه چی|اون|این|همین|آن|اینا|اونا|این‌ها|آن‌ها|چندتا|چند تا|کدوم|کدام|کی|کجا)(?![\\w\u200c]))"
    "|(?<![\\w\u200c])(?:اون یکی|این یکی|اولی|دومی|سومی|همونی که گفتی|که گفتی|بالا)(?![\\w\u200c])"
)


def read(text: str) -> Question:
    """Read a question; raises nothing, whatever it says."""
    written = " ".join(plain(text[: LONGEST * 4]).replace(JOINER, "").split())[:LONGEST]
    tags = tuple(dict.fromkeys(tag for _, _, tag in hashtags(written)))
    found = dict.fromkeys(
        word for word in fold(written).split() if is_telling(word) and word not in _ASKING
    )
    kept = tuple(found)[:MOST_WORDS]
    subjects = [word for word in kept if word not in _SOFT]
    vague = len(subjects) < 2 and not any(map(str.isascii, subjects))
    leans = vague or (len(kept) < 4 and _LEANING.search(written) is not None)
    return Question(written, kept, _SOFT & {*kept}, tags, _wanted(written), leans)


def _wanted(text: str) -> Wanted:
    if _TIME.search(text):
        return Wanted.TIME
    return Wanted.NUMBER if _NUMBER.search(text) else Wanted.ANY
