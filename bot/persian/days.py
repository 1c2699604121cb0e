"""The days and months a text names, English or Persian, Gregorian or Jalali. Pure.

Writing dates for readers is bot.persian.dates' affair.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import jdatetime

_LETTER = "A-Za-z\u0621-\u065f\u066e-\u06d3\u06d5"
_GAP = "[\\s\u200c]"
_ENGLISH = "january february march april may june july august september october november december"
_MONTHS_EN = {name: number for number, name in enumerate(_ENGLISH.split(), 1)}
_MONTHS_EN |= {name[:3]: number for name, number in _MONTHS_EN.items()} | {"sept": 9}
_MONTHS_FA = {
    **{
        "ژانویه": 1,
        "ژانویهٔ": 1,
        "فوریه": 2,
        "فوریهٔ": 2,
        "مارس": 3,
        "آوریل": 4,
        "اوریل": 4,
        "مه": 5,
    },
    **{"می": 5, "ژوئن": 6, "ژوئیه": 7, "ژوئیهٔ": 7, "جولای": 7, "اوت": 8, "آگوست": 8},
    **{"سپتامبر": 9, "اکتبر": 10, "نوامبر": 11, "دسامبر": 12},
}
_MONTHS_JALALI = {
    **{"فروردین": 1, "اردیبهشت": 2, "خرداد": 3, "تیر": 4, "مرداد": 5, "شهریور": 6},
    **{"مهر": 7, "آبان": 8, "آذر": 9, "دی": 10, "بهمن": 11, "اسفند": 12},
}
# Words of other meanings: alone they name no month, as «ژانویه» does.
_WORDS_TOO = frozenset({*_MONTHS_JALALI, "می", "مه", "مارس", "اوت"})
_FA = "|".join(sorted((*_MONTHS_FA, *_MONTHS_JALALI), key=len, reverse=True))
_EN = "|".join(sorted(_MONTHS_EN, key=len, reverse=True))
_PERSIAN_DAY = re.compile(
    rf"(?<![{_LETTER}\d.])(?:(?P<day>\d{{1,2}})(?:{_GAP}?م)?{_GAP}+)?(?P<month>{_FA})(?:{_GAP}?ماه)?"
    rf"(?:{_GAP}+(?:سال{_GAP}+)?(?P<year>\d{{4}}))?(?![{_LETTER}\d])"
)
_ENGLISH_DAY = re.compile(
    rf"\b(?:(?P<before>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?,? )?(?P<month>{_EN})\b\.?"
    rf"(?:,? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|[.:]\d))?(?:,? (?P<year>(?:19|20)\d\d))?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<y>(?:19|20|13|14)\d\d)([-/.])(?P<m>\d{1,2})(?:\2(?P<d>\d{1,2}))?(?![\d./-]*\d)"
)
_JALALI_YEAR = re.compile(
    rf"(?<![\d.,])(?P<year>1[34]\d\d)(?=[^\n]{{0,16}}(?:خورشیدی|شمسی))"
    rf"|سال{_GAP}+(?P<said>1[34]\d\d)(?!\d)"
)
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?![\d:])(?:\s?([ap])\.?m\b)?", re.IGNORECASE)
_HOUR = re.compile(r"(?<![\d:.])(\d{1,2})\s?([ap])\.?m\b", re.IGNORECASE)
_WEEKDAYS_FA = ("دوشنبه", "سهشنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
_WEEKDAYS_EN = ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
_WEEKDAY = re.compile(
    rf"(?<![{_LETTER}\u200c])(?P<fa>(?:(?:یک|دو|سه|چهار|پنج){_GAP}?)?شنبه|جمعه)(?![{_LETTER}])"
    rf"|\b(?P<en>{'|'.join(_WEEKDAYS_EN)})days?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day, month or year that a text names, as the Gregorian days it covers."""

    first: date
    last: date
    start: int
    end: int
    words: str
    yearless: bool = False
    """No year was said: only month and day count."""

    def covers(self, other: Day) -> bool:
        """Whether what was said here is borne out by `other`."""
        if self.yearless or other.yearless:
            ours, theirs = self._days(), other._days()
            return bool(ours & theirs) and len(ours) <= max(len(theirs), 31)
        return self.first <= other.last and other.first <= self.last

    def _days(self) -> set[tuple[int, int]]:
        span = min((self.last - self.first).days, 366)
        days = (date.fromordinal(self.first.toordinal() + n) for n in range(span + 1))
        return {(day.month, day.day) for day in days}


def days(text: str) -> list[Day]:
    """Every day, month with a year or a day, and Jalali year of folded `text`."""
    found = [*_numeric(text), *_persian(text), *_english(text), *_jalali_years(text)]
    taken: list[Day] = []
    for day in sorted(found, key=lambda one: one.start - one.end):
        if not any(day.start < other.end and other.start < day.end for other in taken):
            taken.append(day)
    return sorted(taken, key=lambda one: one.start)


def clocks(text: str) -> list[tuple[str, int]]:
    """Times of day such as ``22:34`` in folded `text`, and where they stand; 5 PM is 17:00."""
    found = [
        (_of_the_day(int(match[1]), match[2], match[3]), match.start())
        for match in _CLOCK.finditer(text)
        if int(match[1]) < 25
    ]
    hours = (match for match in _HOUR.finditer(text) if 0 < int(match[1]) < 13)
    found += [(_of_the_day(int(match[1]), "00", match[2]), match.start()) for match in hours]
    return found


def _of_the_day(hour: int, minute: str, half: str | None) -> str:
    if half:
        hour = hour % 12 + (12 if half in "pP" else 0)
    return f"{hour}:{minute}"


def weekdays(text: str) -> list[tuple[int, int, int]]:
    """Days of the week in folded `text`: their number, Monday 0, and where they start and end."""
    return [(_number_of(match), match.start(), match.end()) for match in _WEEKDAY.finditer(text)]


def _number_of(match: re.Match[str]) -> int:
    if match["fa"]:
        return _WEEKDAYS_FA.index(re.sub(_GAP, "", match["fa"]))
    return _WEEKDAYS_EN.index(match["en"].lower())


def _numeric(text: str) -> Iterator[Day]:
    for match in _NUMERIC.finditer(text):
        year, month = int(match["y"]), int(match["m"])
        number = int(match["d"]) if match["d"] else 0
        if match[2] == "." and not number:
            continue  # 2024.1 is a version
        yield from _day(match, year, month, number, jalali=year < 1500)


def _persian(text: str) -> Iterator[Day]:
    for match in _PERSIAN_DAY.finditer(text):
        month = match["month"]
        alone = not match["day"] and not match["year"] and "ماه" not in match[0]
        if alone and month in _WORDS_TOO:
            continue
        if match["day"] and int(match["day"]) > 31:
            continue
        if month == "می" and not match["year"]:
            continue
        jalali = month in _MONTHS_JALALI
        number = _MONTHS_JALALI[month] if jalali else _MONTHS_FA[month]
        year = int(match["year"] or 0)
        yield from _day(match, year, number, int(match["day"] or 0), jalali=jalali)


def _english(text: str) -> Iterator[Day]:
    for match in _ENGLISH_DAY.finditer(text):
        name = match["month"]
        day = int(match["day"] or match["before"] or 0)
        if (
            not day
            and not match["year"]
            and (
                name.lower() in ("may", "march", "mar", "sep", "dec", "jan", "oct", "jun", "nov")
                or name.islower()
            )
        ):
            continue
        if name.islower() and name in ("may", "march", "mar"):
            continue
        yield from _day(match, int(match["year"] or 0), _MONTHS_EN[name.lower()], day)


def _jalali_years(text: str) -> Iterator[Day]:
    for match in _JALALI_YEAR.finditer(text):
        year = int(match["year"] or match["said"])
        if year >= 1300:
            first = jdatetime.date(year, 1, 1).togregorian()
            last = jdatetime.date(year, 12, 29).togregorian()
            yield Day(first, last, match.start(), match.end(), match[0])


def _day(
    match: re.Match[str], year: int, month: int, day: int, *, jalali: bool = False
) -> Iterator[Day]:
    """The day or month that was said; nothing when there is no such day."""
    some = year or (1403 if jalali else 2024)  # leap years of both calendars
    try:
        if jalali:
            first = jdatetime.date(some, month, day or 1).togregorian()
            length = 31 if month < 7 else 30 if month < 12 else 29
            last = first if day else jdatetime.date(some, month, length).togregorian()
        else:
            first = date(some, month, day or 1)
            last = first if day else date(some, month, monthrange(some, month)[1])
    except ValueError:
        return
    if jalali and not year:  # the same day of another year is a day off at most
        first, last = first - timedelta(days=1), last + timedelta(days=1)
    words = match[0].strip()
    yield Day(first, last, match.start(), match.end(), words, yearless=not year)
