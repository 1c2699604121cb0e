"""Whether a source bears out a value of a draft. Pure; knows no names: see prompts.claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.persian.days import Day, clocks, days
from bot.persian.numbers import Value, bare, folded, values
from prompts.derived import follows
from prompts.names import Known, Run, ends_in_name, runs, shortens
from prompts.nearby import Nearby
from prompts.source import Source
from prompts.support import terms_in

_CLAUSE = re.compile(r"[،؛,;:()«»?!؟\n]|\.(?!\d)|\s(?:و|اما|ولی|در حالی که)\s")
_SENTENCE = re.compile(r"[!?؟\n]|\.(?=\s|$)")
# After a number in digits, these tell that it counts nothing that could be listed.
_NO_COUNT = re.compile(
    r"\s*(?:تا|از|به|را|در|و|یا|برای|است|بود|رسید\w*|کاهش|افزایش|[^\s\w])(?!\w)"
)
_NAMED = re.compile(r"(?:نسخه\S*|[A-Za-z]\S*)\s*$")
_SMALL = 12
_WHOLE = 100
_NOTHING = r"(?i)\b(?:zero|no|none|without|never|nothing|scratch)\b|(?<![\d.,])0(?![\d.,])"
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_MOST_VALUES = 100
_EXACT = 1e-6
_RESCALED = (1.0, 1e3, 1e6, 1e9, 1e12)


@dataclass(frozen=True)
class Draft:
    """A draft, read once for the checks: `raw` as written, `text` folded, equally long."""

    raw: str
    text: str
    known: Known
    """The names of its source."""

    @classmethod
    def read(cls, text: str, known: Known) -> Draft:
        """`text` without marks that do not show."""
        raw = bare(text)
        return cls(raw, folded(raw), known)

    def spelt(self, start: int, end: int) -> str:
        """The words of the draft at a place, as they were written."""
        return self.raw[start:end].strip()

    @cached_property
    def runs(self) -> list[Run]:
        """Its Latin names."""
        return list(runs(self.text))

    @cached_property
    def nearby(self) -> Nearby:
        """What stands near each of its places."""
        return Nearby(self.text)

    @cached_property
    def days(self) -> list[Day]:
        """The days it names."""
        return days(self.text)

    @cached_property
    def values(self) -> list[Value]:
        """Its values, without the numbers of names, days, clocks and lists."""
        taken = [(run.start, self._end_of_name(run)) for run in self.runs]
        taken += [(day.start, day.end) for day in self.days]
        taken += [(start, start + len(time)) for time, start in clocks(self.text)]
        free = [
            value
            for value in values(self.text)
            if not value.inside
            and not any(start < value.end and value.start < end for start, end in taken)
            and not self._is_marker(value)
        ]
        return free[:_MOST_VALUES]

    def _end_of_name(self, run: Run) -> int:
        """Where a name ends: before a number that the source does not put there, a score."""
        last = run.words[-1]
        if len(run.words) > 1 and last[0].isdigit() and not self.known.has(" ".join(run.words)):
            return run.end - len(last)
        return run.end

    def _is_marker(self, value: Value) -> bool:
        opened = self.text[max(0, value.start - 4) : value.start]
        closed = re.match(r"\s?[.)-]\s", self.text[value.end : value.end + 3])
        return bool(closed and re.search(r"(?:^|\n)\s*$", opened) and value.amount < 20)

    def clause(self, start: int, end: int) -> str:
        """The part of its sentence in which the characters from `start` to `end` stand."""
        return _around(self.text, start, end, _CLAUSE)

    def sentence(self, start: int) -> str:
        """The sentence in which the character at `start` stands."""
        return _around(self.text, start, start, _SENTENCE)


def _around(text: str, start: int, end: int, cut: re.Pattern[str]) -> str:
    first = max(
        (m.end() for m in cut.finditer(text, max(0, start - 400), start)),
        default=max(0, start - 400),
    )
    last = cut.search(text, end)
    return text[first : last.start() if last else len(text)].strip()


def told(
    value: Value, theirs: Iterable[Value], days: Sequence[Day] = ()
) -> tuple[list[Value], tuple[str, str]]:
    """The values of a source that bear out `value`; and what is wrong, and what they say instead.

    With none, the fault is ``value`` or ``unit``; with some it may be ``bound``: «بیش از» for
    what the source puts below. The numbers of `days` and of names say nothing of a unit.
    """
    theirs = list(theirs)
    matched = [one for one in theirs if agrees(value, one)]
    if matched:
        opposed = {"over": ("under", "upto"), "under": ("over",)}.get(value.hedge, ())
        if opposed and all(one.hedge in opposed and _is_same(value, one) for one in matched):
            return matched, ("bound", matched[0].words)
        return matched, ("", "")
    free = (one for one in theirs if not any(d.start <= one.start < d.end for d in days))
    alike = next((one for one in free if _is_rescaled(value, one)), None)
    return [], ("unit", alike.words.strip()) if alike else ("value", "")


def _is_same(value: Value, other: Value) -> bool:
    """Whether two values are the same number, not one the round form of the other."""
    return _significant(value.amount) == _significant(other.amount)


def agrees(value: Value, other: Value) -> bool:
    """Whether a source's value `other` says what the draft's `value` says."""
    if value.dimension == "bits" and other.inside:
        return value.amount == other.amount  # INT8
    if (
        value.unit
        and not other.unit
        and (other.inside or (other.spelt and other.amount <= _SMALL))
    ):
        return False  # the 3 of Qwen3 and the two of two-phase are no measures
    if value.dimension == "%" and not other.unit and other.amount > _WHOLE:
        return False  # 270 initial states are no 270 per cent
    pairs = ((ours, their) for ours in value.amounts for their in other.amounts)
    return any(_agree(ours, their, value, other) for ours, their in pairs)


def _agree(ours: float, their: float, value: Value, other: Value) -> bool:
    mine, yours = value.dimension, other.dimension
    if mine == yours and value.unit and other.unit:
        return _close(ours * value.unit.factor, their * other.unit.factor, value, ours)
    if value.ordinal or other.ordinal:
        return ours == their and not (mine or yours)
    kinds = {mine, yours}
    if kinds == {"%", "points"} or kinds == {"points", ""}:
        return _close(ours, their, value, ours)
    if kinds <= {"%", "part", "points", ""} and kinds & {"%", "part"}:
        return _close_share(ours, their, value, other)
    if kinds == {"x", "part"}:
        return _close(ours, 1 / their if their else 0, value, ours)
    if kinds == {"x", "%"}:
        factor, percent = (ours, their) if mine == "x" else (their, ours)
        exact = percent >= _WHOLE or factor == round(1 + percent / 100, 6)
        return exact and _close(factor, 1 + percent / 100, value, ours)
    if mine == "x":
        return False
    return (not mine or not yours) and _close(ours, their, value, ours)


def _close_share(ours: float, their: float, value: Value, other: Value) -> bool:
    """Shares said as 85%, 0.85, 85 or «نیمی»; of a half it may be the other half."""
    if "part" not in (value.dimension, other.dimension) and _close(ours, their, value, ours):
        return True
    one = ours / 100 if value.dimension in ("%", "points") else ours
    two = their / 100 if other.dimension in ("%", "points") else their
    if value.dimension == "part":
        if value.hedge == "over":
            return one <= two <= one + 0.15 or one <= 1 - two <= one + 0.15
        if value.hedge == "under":
            return one - 0.15 <= two <= one or one - 0.15 <= 1 - two <= one
        spare = 0.04 if value.hedge == "about" else 0.015 if one != 0.5 else 0.005
        return abs(one - two) <= spare
    if "%" not in (value.dimension, other.dimension):
        return False
    if 0 < one <= 1.2 and 0 < two <= 1.2:
        return _close(one, two, value, one)
    return False


def _close(ours: float, their: float, value: Value, written: float) -> bool:
    """Equal, or rounded where the draft says that it rounds."""
    if abs(ours - their) <= _EXACT * max(abs(ours), abs(their), 1e-12):
        return True
    if not their or not ours:
        return False
    off = abs(ours - their) / abs(their)
    if value.hedge == "about":
        return off <= 0.08 and _rounds(written, ours, their)
    if value.hedge == "over":
        return ours < their and off <= 0.25 and _is_rounder(ours, their)
    if value.hedge == "under":
        return ours > their and off <= 0.25 and _is_rounder(ours, their)
    return False


def _rounds(written: float, ours: float, their: float) -> bool:
    """Whether `ours` is `their` at the precision in which the draft wrote it."""
    digits = f"{written:.6g}".replace(".", "").strip("0")
    grain = _grain(written)
    allowed = grain / 2 * (ours / written if written else 1)
    near_five = digits.endswith("5") and abs(ours - their) <= 0.025 * abs(their)
    return abs(ours - their) <= allowed * 1.001 or near_five


def _grain(number: float) -> float:
    """The place of the last digit that says something: 10 for 70, 0.1 for 2.5."""
    text = f"{number:.10g}"
    if "e" in text:
        mantissa, _, power = text.partition("e")
        return _grain(float(mantissa)) * 10.0 ** int(power)
    if "." in text:
        return 10.0 ** -len(text.split(".")[1])
    return 10.0 ** (len(text) - len(text.rstrip("0")))


def _is_rounder(ours: float, their: float) -> bool:
    """Whether `ours` has fewer digits that say something."""
    return len(_significant(ours)) < len(_significant(their))


def _significant(number: float) -> str:
    return f"{number:.12g}".split("e")[0].replace(".", "").replace("-", "").strip("0")


def _is_rescaled(value: Value, other: Value) -> bool:
    """Whether two values are one number with another unit or scale: 1.5 million and 1.5B."""
    if value.ordinal or other.ordinal or other.inside or not (value.amount and other.amount):
        return False
    if not other.unit and other.amount <= _SMALL:
        return False  # a small count is nobody's measure
    ratio = max(value.amount, other.amount) / min(value.amount, other.amount)
    return any(abs(ratio / scale - 1) < _EXACT for scale in _RESCALED)


def small_count_is_borne(value: Value, draft: Draft, source: Source) -> bool:
    """Whether a small number counts what the source only lists: «سه گام» for three named steps."""
    amount = value.amount
    if follows(value, draft.clause(value.start, value.end), source):
        return True
    if _shortens_a_version(value, draft, source):
        return True
    if amount == 0.5 and re.search("partial|part of", source.text):
        return True
    if amount == 1 and value.spelt and value.dimension in ("", "points"):
        return True  # «یک نمره»: a mark, not one point
    if amount == 0 and value.spelt:
        return _from_nothing(value, draft) or re.search(_NOTHING, source.text) is not None
    if _is_hour(value, draft, source):
        return True
    if value.unit or amount != int(amount) or amount > _SMALL or "هزار" in value.words:
        return False
    if value.ordinal:
        return (
            amount <= max(2, *source.counts)
            or _follows_ordinal(value, draft)
            or re.search(rf"\b{_ROMAN[int(amount)]}\b", source.text) is not None  # Charles V
        )
    if (amount <= 2 and value.spelt) or amount == 1:
        return True
    counts_something = value.spelt or not _NO_COUNT.match(draft.text, value.end)
    listed = int(amount) in source.counts and counts_something
    return listed and not _counted_otherwise(value, draft, source)


def _from_nothing(value: Value, draft: Draft) -> bool:
    """«از صفر» is from scratch, no count."""
    return re.search("(?<!\\w)از\\s+$", draft.text[: value.start]) is not None


def _is_hour(value: Value, draft: Draft, source: Source) -> bool:
    """«ساعت ۱۷» for 5 PM."""
    before = draft.text[max(0, value.start - 6) : value.start]
    return "ساعت" in before and f"{value.amount:g}:00" in source.clocks


def _shortens_a_version(value: Value, draft: Draft, source: Source) -> bool:
    """Whether it is the beginning of a version: «React ۱۸٫۳» for 18.3.0."""
    number = draft.text[value.start : value.end].strip()
    if value.unit or value.spelt or not re.fullmatch(r"\d+(?:\.\d+)*", number):
        return False
    before = draft.text[max(0, value.start - 24) : value.start]
    named = "." in number or _NAMED.search(before) or ends_in_name(before)
    longer = re.findall(rf"(?<![\d.]){re.escape(number)}(?:\.\d+)+", source.text)
    return bool(named) and any(shortens(number, version) for version in longer)


def _follows_ordinal(value: Value, draft: Draft) -> bool:
    """Whether the draft is counting up: «دوم … سوم»."""
    before = (one for one in draft.values if one.ordinal and one.start < value.start)
    return any(one.amount == value.amount - 1 for one in before)


def _counted_otherwise(value: Value, draft: Draft, source: Source) -> bool:
    """Whether the source counts the same thing with another number."""
    ours = nouns_after(draft.text, value.end, 2)
    theirs = [one for one in source.values if not one.unit and not one.ordinal and not one.inside]
    return any(ours & nouns_after(source.text, one.end, 3) for one in theirs if one.amount > 1)


def nouns_after(text: str, end: int, reach: int) -> set[int]:
    """The rows of terms.tsv that are counted in the next words, up to a sign or a number."""
    after = re.split(r"[.,;:()،؛«»\n\d]", text[end : end + 90].lstrip("-\u200c "), maxsplit=1)[0]
    words: Sequence[str] = after.replace("-", " ").split()[:reach]
    return terms_in(" ".join(words), "n c")
