"""Which posts are parts of one series: by their titles, and by what they answer. Pure.

    marker("مدلسازی زبان - قسمت چهارم")  ->  Marker(name="مدلسازی زبان", number=4)

A title that only speaks of a part («تا اینجا در قسمت اول گفتیم که…») is none: what precision
costs here is a part that an admin attaches by hand. Keeping series is up to db.series.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from bot.persian.folding import key
from bot.persian.numerals import ENGLISH, ORDINALS_EN, ORDINALS_FA, PERSIAN

NEXT = 0
"""The number of a part that only says that it goes on from the one before."""
LAST = -1
"""The number of «قسمت پایانی»."""
HIGHEST = 200
_LONGEST_LINE, _LONGEST_NAME, _MOST_WORDS = 200, 80, 10
_ALIKE = 0.92

_LETTERS = str.maketrans("يىكۀة", "ییکهه")
_Z = "[\\s\u200c]"
_CARDINALS = {w: int(v) for w, v in (PERSIAN | ENGLISH).items() if 0 < v <= 20}
_TENS = {"بیست": 20, "سی": 30, "چهل": 40, "پنجاه": 50}
_WORDS = (
    _CARDINALS
    | {word: at for at, word in enumerate(ORDINALS_EN, 1)}
    | ORDINALS_FA
    | {"یکم": 1, "سیم": 30, "سی\u200cام": 30, "سی ام": 30, "چهلم": 40, "پنجاهم": 50}
    | {
        f"{ten} و {word}": value + number
        for ten, value in _TENS.items()
        for word, number in (ORDINALS_FA | {"یکم": 1}).items()
        if number < 10
    }
    | {"پایانی": LAST, "آخر": LAST, "نهایی": LAST, "final": LAST}
    | {
        roman: at
        for at, roman in enumerate(["II", "III", "IV", "V", "VI", "VII", "VIII", "IX"], 2)
    }
)
_BY_LENGTH = sorted(_WORDS, key=len, reverse=True)
_WORD = "|".join(
    re.escape(word).replace("\\ ", f"{_Z}*").replace("\u200c", f"{_Z}?") for word in _BY_LENGTH
)
_DIGITS = "[0-9۰-۹٠-٩]{1,3}"
_NUMBER = rf"(?:{_DIGITS}(?:{_Z}?(?:م|ام|اُم)(?!\w))?|(?:{_WORD})(?!\w))"
_UNIT = (
    rf"(?:قسمت|بخش|پارت|جلسه(?:{_Z}?ی|ٔ)?|درس|گام|فصل|اپیزود"
    r"|part|pt\.?|episode|ep\.?|lesson|lecture|chapter|session)"
)
_OF = rf"(?:{_Z}*(?:از|/|of){_Z}*(?P<total>{_DIGITS}))?"
_PART = rf"(?<!\w){_UNIT}{_Z}*\#?(?P<number>{_NUMBER}){_OF}(?!\w)"
_DASH = r"[-–—:：|/،,.;؛»«]"
_FLAGS = re.IGNORECASE

_AT_THE_END = re.compile(
    rf"(?P<name>.+?)(?P<parted>{_Z}*[-–—:|/،,(\[«؛]+)?{_Z}*{_PART}{_Z}*[)\]»]?{_Z}*"
    rf"(?:(?!/){_DASH}+{_Z}*(?P<title>.*))?",
    _FLAGS,
)
_AT_THE_START = re.compile(rf"[(\[]?{_PART}[)\]]?{_Z}*{_DASH}+{_Z}*(?P<title>.*)", _FLAGS)
_ALONE = re.compile(rf"[(\[]?{_PART}[)\]]?", _FLAGS)
_BEFORE_THE_NAME = re.compile(rf"(?=[آ-ی]){_PART}{_Z}+(?P<name>[^-–—:]+)", _FLAGS)
_BARE = re.compile(
    rf"(?P<name>.+?){_Z}*[(\[](?P<number>{_DIGITS}){_OF}[)\]](?:{_Z}*{_DASH}+{_Z}*(?P<title>.*))?"
)
_THREAD = re.compile(
    rf"[(\[]?(?P<number>{_DIGITS})/(?P<total>{_DIGITS})[)\]]?{_Z}*(?:{_DASH}+{_Z}*)?(?P<name>.*)"
)
_HINT = re.compile(rf"{_UNIT}|[0-9۰-۹٠-٩]", _FLAGS)
"""Without which no title is worth a closer look."""
_ORNAMENTS = re.compile(r"^[^\w(\[«]+|[^\w)\]»!؟?]+$")
_CLEAN = re.compile(
    rf"^(?:#|ادامه{_Z}?[یٔ]?{_Z}|مجموعه{_Z}?[یٔ]?{_Z}|سری{_Z})+|[\s«»\"“”()\[\]*]+$|^[\s«»\"“”*]+"
)
_WEAK = (
    "تو توی در به از برای تا که و این اون آن هر همین یک یه با یا اگه اگر دو سه چند چه روی بعد قبل"
    " را رو هم"
    " the a an in of for and this that to from with"
)
_OPEN_ENDED = frozenset(_WEAK.split())
"""Words with which no name ends, nor begins behind a number: they are part of a sentence."""
_VERB = re.compile(r"(?:ن?می\u200c?\w+|است|بود|شد|شده|دارد|داره|آمدید|کنید)$")
_ONWARD = re.compile(rf"ادامه{_Z}*(?:دارد|داره)[\s.…!)\]»:؛،]*$")


@dataclass(frozen=True, slots=True)
class Marker:
    """What a title says of the part that it is."""

    name: str
    """Of the series; empty where the title tells only the number."""
    number: int
    title: str = ""
    """Of the part itself."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that may be a part; `follows` is the post it answers, 0 for none."""

    ordinal: int
    name: str
    number: int
    title: str = ""
    follows: int = 0


@dataclass
class Found:
    """A series: number -> the post that is this part."""

    name: str
    parts: dict[int, Candidate] = field(default_factory=dict)
    left: list[Candidate] = field(default_factory=list)
    """Posts whose number another part has."""


def marker(title: str) -> Marker | None:
    """The part that a title line announces, or None."""
    line = title[:_LONGEST_LINE].translate(_LETTERS)
    if not _HINT.search(line):
        return None
    line = _ORNAMENTS.sub("", line).strip()
    for pattern in (_ALONE, _AT_THE_START, _AT_THE_END, _BEFORE_THE_NAME, _BARE, _THREAD):
        if match := pattern.fullmatch(line):
            return _read(match, pattern)
    return None


def _read(match: re.Match[str], pattern: re.Pattern[str]) -> Marker | None:
    told = match.groupdict()
    number, total = _value(told["number"]), _value(told.get("total") or "")
    if number == NEXT or number > HIGHEST or (total and number > total):
        return None
    name = _CLEAN.sub("", told.get("name") or "").strip()
    if pattern in (_ALONE, _AT_THE_START):
        return Marker("", number, (told.get("title") or "").strip())
    runs_on = pattern in (_AT_THE_END, _BEFORE_THE_NAME) and not told.get("parted")
    if not _is_name(name, _MOST_WORDS - 2 * runs_on):
        return None
    if pattern is _BEFORE_THE_NAME and (name.split()[0] in _OPEN_ENDED or _VERB.search(name)):
        return None
    return Marker(
        " ".join(name.replace("_", " ").split()), number, (told.get("title") or "").strip()
    )


def _value(written: str) -> int:
    """The number that is written, 0 for none."""
    digits = re.match(_DIGITS, written)
    if digits:
        return int(digits[0])
    plain = re.sub(rf"{_Z}+", " ", written.replace("\u200c", " ")).strip()
    return next((value for word, value in _WORDS.items() if _bare(word) == _bare(plain)), NEXT)


def _bare(word: str) -> str:
    return word.replace("\u200c", "").replace(" ", "").casefold()


def _is_name(name: str, most_words: int) -> bool:
    words = name.split()
    sentence = re.search(r"[.؟?!](?:\s|$)", name)
    return (
        0 < len(words) <= most_words
        and len(name) <= _LONGEST_NAME
        and sum(map(str.isalpha, name)) >= 2
        and words[-1].strip("،,").casefold() not in _OPEN_ENDED
        and not sentence
    )


def goes_on(text: str) -> bool:
    """Whether a text ends with «ادامه دارد»; hashtags and names may follow."""
    lines = [line.strip() for line in text.rstrip().splitlines() if line.strip()]
    while lines and re.fullmatch(r"(?:[#@]\S+[\s|]*)+.{0,40}", lines[-1]):
        lines.pop()
    return bool(lines) and bool(_ONWARD.search(lines[-1].translate(_LETTERS)))


def same_name(one: str, other: str) -> bool:
    """Whether two names of series are one: in another spelling, or with a slip."""
    first, second = key(one), key(other)
    if first == second:
        return True
    if re.findall(r"\d+", first) != re.findall(r"\d+", second) or min(len(first), len(second)) < 8:
        return False
    return SequenceMatcher(None, first, second, autojunk=False).ratio() >= _ALIKE


def recognise(candidates: Iterable[Candidate]) -> list[Found]:
    """The series among `candidates`, each with two parts at least, in the order they began."""
    in_order = sorted(candidates, key=lambda one: one.ordinal)
    by_title = {one.ordinal: one.name for one in _by_title([c for c in in_order if not c.name])}
    found: list[Found] = []
    belongs: dict[int, Found] = {}
    for one in in_order:
        series = belongs.get(one.follows) if not one.name else None
        name = one.name or by_title.get(one.ordinal, "")
        if series is None and name:
            series = _of_name(found, name)
            if series is None:
                series = Found(name)
                found.append(series)
        if series:
            belongs[one.ordinal] = series
            series.left.append(one)
    for series in found:
        _number(series)
    return [series for series in found if _is_series(series)]


def _by_title(nameless: Sequence[Candidate]) -> list[Candidate]:
    """«قسمت دوم: …» names a series where several parts have the same words behind the number."""
    named = []
    for one in nameless:
        alike = [c for c in nameless if c.title and same_name(c.title, one.title)]
        if one.title and len({c.number for c in alike}) > 1:
            named.append(replace(one, name=alike[0].title, title=""))
    return named


def _of_name(found: Sequence[Found], name: str) -> Found | None:
    return next((series for series in found if same_name(series.name, name)), None)


def _number(series: Found) -> None:
    """Give each part its number where it is free: gaps stay, of repeated ones the first counts."""
    waiting, series.left = series.left, []
    told = {one.number for one in waiting}
    numbers: dict[int, int] = {}
    for one in waiting:
        number = one.number
        if number in (NEXT, LAST):
            number = max(numbers.get(one.follows, 0), max(series.parts, default=0)) + 1
        elif number in series.parts and number + 1 not in told and one.title:
            number += 1  # two «قسمت سوم» and then «قسمت پنجم»: a slip of the pen
        if number in series.parts:
            series.left.append(one)
        else:
            series.parts[number] = one
            numbers[one.ordinal] = number


def _is_series(series: Found) -> bool:
    """Two parts, with numbers near each other: years and issues in brackets count no parts."""
    count = len(series.parts)
    return count > 1 and max(series.parts) - min(series.parts) <= 4 * count
