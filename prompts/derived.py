"""Values that a source does not say but that follow from two it does: a gap, a sum, a span. Pure.

Only what a reader could work out from one sentence counts; see prompts.matching for the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import combinations, permutations

from bot.persian.numbers import Value
from prompts.source import Source

_COMPARED = re.compile(
    "بالا|پایین|ارتقا|بیشتر|کمتر|بهتر|بدتر|جلوتر|عقب\u200cتر|اختلاف|فاصله|تفاوت|شکاف|افزایش|کاهش"
    "|رشد|افت|بهبود|پیشی|افزود|کم کرد|جهش"
)
_TOGETHER = re.compile("مجموع|جمعاً|روی\u200cهم|روی هم|در کل|سرجمع|کلاً")
# How short and how long a span may be that is told in round words: «بیش از دو ساعت».
_ROUNDED = {"": (0.95, 1.05), "about": (0.9, 1.1), "over": (1.0, 1.25), "under": (0.75, 1.0)}
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MOST = 60


def follows(value: Value, clause: str, source: Source) -> bool:
    """Whether `value`, said in `clause` of a draft, is the work of two values of `source`."""
    unit = value.unit.name if value.unit else ""
    if unit == "year":
        return _is_span_of_years(value, source)
    if value.dimension == "time" and _is_span_of_clocks(value, source):
        return True
    if value.dimension == "part" and _is_share(value, source):
        return True
    if value.dimension in ("%", "points") and _COMPARED.search(clause):
        return _is_made(value, source, lambda a, b: abs(a - b))
    if value.dimension == "x":
        return _is_made(value, source, lambda a, b: a / b if b else 0.0)
    if _TOGETHER.search(clause):
        return _is_made(value, source, lambda a, b: a + b)
    return False


def _is_span_of_years(value: Value, source: Source) -> bool:
    years = {one.amount for one in source.values if _FIRST_YEAR <= one.amount <= _LAST_YEAR}
    gaps = (b - a for a, b in combinations(sorted(years), 2))
    return any(-1 <= gap - value.amount <= 1 for gap in gaps)


def _is_span_of_clocks(value: Value, source: Source) -> bool:
    """Whether so much time lies between two times of day that the source names."""
    seconds = value.amount * (value.unit.factor if value.unit else 1.0)
    parts = (time.split(":") for time in source.clocks)
    minutes = [int(hour) * 60 + int(rest) for hour, rest in parts]
    least, most = _ROUNDED.get(value.hedge, _ROUNDED[""])
    spans = (abs(a - b) * 60 for a, b in combinations(minutes, 2))
    return any(least * seconds <= span <= most * seconds for span in spans)


def _is_share(value: Value, source: Source) -> bool:
    """Whether one number of the source is that part of another, or of it and another."""
    plain = [one.amount for one in source.values if one.amount > 2 and not one.ordinal][:_MOST]
    if value.amount == 0.5 and _has_equals(source):  # 400 English and 400 Chinese
        return True
    return any(b and abs(a / b - value.amount) < 0.01 for a, b in permutations(plain, 2))


def _has_equals(source: Source) -> bool:
    return any(a.amount == b.amount and a.amount > 2 for a, b in _neighbours(source))


def _is_made(value: Value, source: Source, make: Callable[[float, float], float]) -> bool:
    """Whether `make` gives the value from two like values of one sentence."""
    spare = 0.05 if value.hedge == "about" else 0.001
    wanted = value.amount
    for a, b in _neighbours(source):
        if a.dimension != b.dimension or (value.dimension == "x" and not _is_compared(a)):
            continue
        one, two = (v.amount * (v.unit.factor if v.unit else 1.0) for v in (a, b))
        if any(abs(made - wanted) <= spare * wanted for made in (make(one, two), make(two, one))):
            return True
    return False


def _is_compared(value: Value) -> bool:
    """Whether a quotient of such values says how much faster, larger or cheaper something is."""
    return value.dimension in ("time", "money", "bytes", "power", "frequency", "months")


def _neighbours(source: Source) -> Iterator[tuple[Value, Value]]:
    """Values that stand in one sentence."""
    for a, b in combinations(source.values[:_MOST], 2):
        if not (a.ordinal or b.ordinal or a.inside or b.inside) and (
            "\n" not in source.text[a.start : b.start]
        ):
            yield a, b
