"""Half-spaces: put where Persian joins the parts of a word, taken out everywhere else. Pure.

The ezafe behind a silent heh becomes «خانهٔ», the Academy's form: unlike «خانه‌ی» it cannot be
taken for the indefinite «خانه‌ای», and the word stays one for line breaks and for search.

Works on words and their neighbours, by the lists of bot.persian.lexicon; a word that has two
readings stays as it stands. Knows no digits and no punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from bot.persian.edits import Edit
from bot.persian.lexicon import (
    AFTER,
    COMPOUNDS,
    FOLLOWERS,
    GLUED,
    KEPT_JOINED,
    PARTICIPLES,
    UNJOINED,
    VERB_FORMS,
    VERB_FORMS_WITH_OBJECT,
    ZWNJ,
    tied,
    words,
)
from bot.persian.scripts import HAMZA, LATIN, LETTERS, TANVIN

_WORD = re.compile(f"[{LETTERS}](?:[{LETTERS}{TANVIN}{HAMZA}{ZWNJ}]*[{LETTERS}{TANVIN}{HAMZA}])?")
_EZAFE = re.compile(f"ه(?:{ZWNJ}ی|{HAMZA}ی)$")
_PLURAL = re.compile(
    "(?P<stem>.{2,}?)(?P<ending>ها(?:ی|یی|یم|یت|یش|یمان|یتان|یشان|ست|یند|ش|شون|مون|تون)?)$"
)
_PLURALS = words("endings", "plural")
_PERSONS = words("endings", "person")
_OWNERS = words("endings", "owner")
_AUXILIARIES = words("endings", "auxiliary")
_NO_HEH = words("endings", "no_silent_heh")
_LETTER_NAMES = words("endings", "letter_names")
_TAR_WORDS = words("endings", "comparative")
_TAR = re.compile("(?P<stem>.+?)(?P<ending>تر(?:ین)?(?:ها|های|هایی|ی|م|ند|ین)?)$")
_MI = re.compile(f"(?P<before>بر|در|باز|فرا|وا)?(?P<mi>ن?می)(?P<form>[^{ZWNJ}]+)(?P<rest>.*)$")
_MI_WORDS = frozenset(("می", "نمی", "همی", *words("verbs", "prefixed")))
_COPULA = re.compile("(?P<stem>.+ه)(?P<ending>اند|ام|ایم|اید|است)$")
_ENDINGS = ("", "ی", "ها", "های", "هایی", "ان", "انه", "ش", "شان", "م", "مان")
_NOT_GLUED = words("verbs", "not_glued")
_HEH = words("nouns", "silent_heh")
_HEH_TAILS = tuple(sorted((n for n in _HEH if len(n) > 3), key=len, reverse=True))
_BEFORE_HEH = words("nouns", "before_silent_heh")
_HEH_BEHIND_ANY = words("nouns", "silent_heh_behind_any")
_EITHER = words("nouns", "either")
_NOT_PLURAL = words("nouns", "not_plural")
_ADJECTIVES = words("adjectives", "comparable")
_NOT_BEFORE_TAR = words("adjectives", "not_before_tar")
# Some are also the ends of other words, and count only behind a noun with a silent heh.
_SECOND = re.compile(
    f"(?P<first>.{{3,}}?)(?:(?P<free>{'|'.join(sorted(words('suffixed', 'glued')))})"
    f"|(?P<bound>{'|'.join(sorted(words('suffixed', 'glued_after_heh')))}))"
    "(?P<ending>ی|ها|های|هایی|ش|شان)?$"
)
_NO_PARTS = words("suffixed", "not_glued")
_PART_ENDINGS = ("", "ی", "ها", "های", "هایی", "ان")
_TAILS = (
    _PLURALS
    | _PERSONS
    | _OWNERS
    | _TAR_WORDS
    | {"ی"}
    | {part + ending for part in AFTER for ending in _PART_ENDINGS}
)
_LATIN_PLURAL = re.compile(f" (?<=[{LATIN}0-9+] )(?P<word>ها[{LETTERS}]*)")
_LONGEST_COMPOUND = max(map(len, COMPOUNDS))
_AGO = "پیش"
_OWN_WORDS = words("compounds", "own_words_after_ago")
_TIMES = words("nouns", "times")
_LIGHT = re.compile(
    f"(?:ن?می{ZWNJ}?|ن|ب)?(?:{'|'.join(sorted(words('verbs', 'light'), key=len, reverse=True))})"
    "(?:م|ی|د|یم|ید|ند|ه|ن)?$"
)


def spelling(text: str) -> Iterator[Edit]:
    """Changes within words: «میشود», «شبکههای», «شبکه‌ی»."""
    for match in _WORD.finditer(text):
        if (right := _spelt(match[0])) != match[0]:
            yield match.start(), match.end(), right


def joining(text: str) -> Iterator[Edit]:
    """Changes between words: «می شود», «شبکه های», «LLM ها»."""
    found = list(_WORD.finditer(text))
    index = 0
    while index < len(found):
        word = found[index][0]
        if word in _TAILS or word.partition(ZWNJ)[0] in _TAILS or _follows_mi(found, index):
            yield from _tie_before(text, found, index)
        parts = 1
        following = found[index + 1][0] if index + 1 < len(found) else ""
        if word in FOLLOWERS and following.startswith(FOLLOWERS[word]):
            parts, compound = _compound(_row(text, found, index))
            if word == _AGO and _is_ago(text, found, index, parts):
                parts = 1
            if parts > 1:
                yield found[index].start(), found[index + parts - 1].end(), compound
        index += parts


def _follows_mi(found: list[re.Match[str]], index: int) -> bool:
    return index > 0 and found[index - 1][0] in _MI_WORDS


def latin_plurals(text: str) -> Iterator[Edit]:
    """«LLM ها» is one word, and needs no half-space."""
    for match in _LATIN_PLURAL.finditer(text):
        if match["word"] in _PLURALS:
            yield match.start(), match.start() + 1, ""


@lru_cache(maxsize=16384)
def _spelt(word: str) -> str:
    """`word` with its half-spaces in their places."""
    before = ""
    while word != before:
        before = word
        word = _EZAFE.sub(f"ه{HAMZA}", _without_idle(word))
        for rule in (_verb, _known_glued, _participle, _plural, _comparative, _second_part):
            if (right := rule(word)) != word:
                word = right
                break
    return word


def _without_idle(word: str) -> str:
    """`word` without the half-spaces that do not show."""
    return re.sub(f"(?<=[{''.join(UNJOINED)}]){ZWNJ}+", "", word)


def _verb(word: str) -> str:
    match = _MI.match(word)
    if not match or word in _NOT_GLUED:
        return word
    form, mi = match["form"], (match["before"] or "") + match["mi"]
    if match["mi"] + form in _NOT_GLUED:
        return word
    if form in VERB_FORMS or form in VERB_FORMS_WITH_OBJECT:
        return f"{mi}{ZWNJ}{form}{match['rest']}"
    if form.startswith("ا") and "آ" + form[1:] in VERB_FORMS:
        return f"{mi}{ZWNJ}آ{form[1:]}{match['rest']}"  # «میاید»
    return word


def _known_glued(word: str) -> str:
    for ending in _ENDINGS:
        stem = word.removesuffix(ending).removesuffix(ZWNJ)
        if word.endswith(ending) and stem in GLUED:
            tie = tied(stem) if ending.startswith("ها") else ""
            return GLUED[stem] + tie + ending
    return word


def _participle(word: str) -> str:
    """«شدهاند», «شدهاست»."""
    match = _COPULA.match(word)
    if not match or match["stem"].split(ZWNJ)[-1].removeprefix("ن") not in PARTICIPLES:
        return word
    return match["stem"] + (" " if match["ending"] == "است" else ZWNJ) + match["ending"]


def _plural(word: str) -> str:
    head, _, last = word.rpartition(ZWNJ)
    match = _PLURAL.match(last)
    if not match or last in _NOT_PLURAL or last in _PLURALS:
        return word
    stem, ending = match["stem"], match["ending"]
    front = head + ZWNJ if head else ""
    if ending == "هاش" and stem + "ه" in _HEH and stem not in _EITHER:
        return f"{front}{stem}ه{ZWNJ}اش"
    if ending == "های" and not stem.endswith("ه"):
        whole = stem in _EITHER or _is_heh_noun(stem + "ه")
        if stem in _EITHER or whole is None:
            return word
        if whole:
            return f"{front}{GLUED.get(stem + 'ه', stem + 'ه')}{ZWNJ}ای"
    stem = _known_glued(stem) if not head else stem
    return front + stem + tied(stem) + ending


def _is_heh_noun(word: str) -> bool | None:
    """Whether `word` is a noun with a silent heh, or one behind its prefix; None: who knows.

    «محیطه» ends like «حیطه» and is none: what stands in front must be known too.
    """
    if word in _HEH_TAILS or word in GLUED or word in KEPT_JOINED:
        return True
    for noun in _HEH_TAILS:
        if word.endswith(noun):
            front = word.removesuffix(noun)
            if front in _BEFORE_HEH or noun in _HEH_BEHIND_ANY:
                return True
            if noun[:-1] in _EITHER:
                return None  # «ثبتنامهای», «پیماننامهای»
    return False


def _comparative(word: str) -> str:
    match = _TAR.match(word)
    if not match:
        return word
    stem, ending = match["stem"], match["ending"]
    known = stem in _ADJECTIVES or stem.rpartition(ZWNJ)[2] in _ADJECTIVES
    return stem + tied(stem) + ending if known else word


def _second_part(word: str) -> str:
    """«بهینهسازی», «فارسیسازی»: a part known to be a second one behind a letter that joins."""
    if ZWNJ in word or word in _NO_PARTS:
        return word
    match = _SECOND.match(word)
    if not match or not (match["free"] or match["first"] in _HEH):
        return word
    first, part, ending = match["first"], match["free"] or match["bound"], match["ending"] or ""
    return first + tied(first) + part + (tied(part) if ending.startswith("ها") else "") + ending


def _row(text: str, found: list[re.Match[str]], index: int) -> list[str]:
    """The words from `index` on that stand one plain space apart, endings left on the last."""
    row = [found[index][0]]
    for before, after in pairwise(found[index : index + _LONGEST_COMPOUND]):
        if text[before.end() : after.start()] not in (" ", "-"):
            break
        row.append(after[0])
    return row


def _is_ago(text: str, found: list[re.Match[str]], index: int, parts: int) -> bool:
    """Whether «پیش» may be a word of its own: «گام‌های پیش پردازش می‌کند», «سال پیش فرض»."""
    second = found[index + 1][0].partition(ZWNJ)[0]
    if parts != 2 or second not in _OWN_WORDS:
        return False
    after = _next(text, found, index + 1)
    if after in _MI_WORDS or _LIGHT.match(after):
        return True
    before = _before(text, found, index)
    stem = before.partition(ZWNJ)[0]
    return before in _TIMES or stem in _TIMES or _PLURAL.match(before) is not None


def _before(text: str, found: list[re.Match[str]], index: int) -> str:
    if index and text[found[index - 1].end() : found[index].start()] == " ":
        return found[index - 1][0]
    return ""


def _compound(row: list[str]) -> tuple[int, str]:
    """How many words of `row` make a compound, and the compound."""
    for length in range(min(len(row), _LONGEST_COMPOUND), 1, -1):
        first, last = tuple(row[: length - 1]), row[length - 1]
        base, tie, rest = last.partition(ZWNJ)
        for ending in _ENDINGS:
            stem = base.removesuffix(ending)
            if base.endswith(ending) and (*first, stem) in COMPOUNDS:
                return length, COMPOUNDS[(*first, stem)] + ending + tie + rest
    return 1, ""


def _tie_before(text: str, found: list[re.Match[str]], index: int) -> Iterator[Edit]:
    """The gap before a word that is part of what stands before it."""
    word, start = found[index][0], found[index].start()
    gap = text[max(start - 1, 0) : start]
    if gap not in (" ", "-") or not index or found[index - 1].end() != start - 1:
        return
    tie = _tie(found[index - 1][0], word, _next(text, found, index), gap)
    if tie is not None:
        yield start - 1, start + (word == "ی" and tie != ZWNJ), tie


def _next(text: str, found: list[re.Match[str]], index: int) -> str:
    if index + 1 < len(found) and text[found[index].end() : found[index + 1].start()] == " ":
        return found[index + 1][0]
    return ""


def _tie(before: str, word: str, after: str, gap: str) -> str | None:
    """What stands between `before` and `word` in place of `gap`; None leaves it."""
    base = word.partition(ZWNJ)[0]
    of_verb = before in _MI_WORDS and (base in VERB_FORMS or base in VERB_FORMS_WITH_OBJECT)
    if of_verb or (word in _PLURALS and before != "و"):
        return tied(before)
    if gap == "-":
        return None
    if word == "ی" and before.endswith(("ه", "ا")) and before not in {*_NO_HEH, "یا"}:
        return HAMZA if before.endswith("ه") else "ی"
    compared = word in _TAR_WORDS and before not in _NOT_BEFORE_TAR and len(before) > 1
    if compared or _is_person(before, word, after) or _is_second(before, word, after):
        return tied(before)
    return None


def _is_person(before: str, word: str, after: str) -> bool:
    """«شده اند», «خانه ای», «همه شان»."""
    if not before.endswith("ه") or before in _NO_HEH:
        return False
    return word in _OWNERS or (word in _PERSONS and after not in _LETTER_NAMES)


def _is_second(before: str, word: str, after: str) -> bool:
    """«برنامه نویسی», «آموزش دیده»; but not where «دیده» is the verb: «آموزش دیده است»."""
    base, _, rest = word.partition(ZWNJ)
    if base in PARTICIPLES and (rest in _AUXILIARIES or after in _AUXILIARIES):
        return False
    for ending in _PART_ENDINGS:
        if base.endswith(ending) and base.removesuffix(ending) in AFTER:
            all_but, named = AFTER[base.removesuffix(ending)]
            stem = before.split(ZWNJ)[-1] if all_but else before
            return len(before) > 1 and ((stem not in named) if all_but else stem in named)
    return False
