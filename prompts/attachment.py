"""What a number belongs to: the draft's word against the source's. Pure.

Speaks up only where both texts are plain about it and differ; for the rest of the gate see
prompts.claims.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from bot.persian.days import clocks
from bot.persian.numbers import Value
from prompts.matching import Draft, agrees, nouns_after
from prompts.source import Source
from prompts.support import terms, terms_in

_METRICS = " ".join(
    f"m:{what}"
    for what in ("speed", "memory", "cost", "quality", "error", "energy", "compute", "recall")
)
_MEASURED = ("%", "x", "points", "part", "time", "bytes")
_UP_FA = re.compile(
    "(?<!\\w)(?:افزایش|رشد (?:کرد|داشت|داد|می)|زیاد (?:شد|کرد|می)|بالا (?:رفت|برد|می)"
    "|بیشتر(?:ی)?(?!\\w)(?!\\s+(?:از|این|آن)))"
)
_DOWN_FA = re.compile("(?<!\\w)(?:کاهش|افت|کم (?:شد|کرد|می)|پایین (?:آم|آور|می)|کمتر)")
_UP_EN = re.compile(
    r"increas|\bmore\b|higher|grow|rise|rising|rose|boost|larger|improv|gain|lift|up\b|faster",
    re.I,
)
_DOWN_EN = re.compile(
    r"reduc|decreas|lower|\bless\b|fewer|drop|\bcut|shrink|declin|smaller|sav(?:e|ing)", re.I
)

_PLAIN = 0.6
"""By how much surroundings must be more alike across than straight."""
_MOST_PLACED = 30
_NAME = re.compile(r"[A-Za-z\d_-]*(?:[a-z][A-Z]|\d[A-Za-z]|[A-Z]{2})[A-Za-z\d_-]*")

_Found = tuple[str, str, int, str]


def misplaced(draft: Draft, source: Source) -> Iterator[_Found]:
    """The values of `draft` that `source` has, but of something else."""
    for value in draft.values:
        theirs = [one for one in source.values if agrees(value, one)]
        if not theirs or value.ordinal:
            continue
        fault = (
            _counts_other_things(value, theirs, draft, source)
            or _measures_other_things(value, theirs, draft, source)
            or _points_the_other_way(value, theirs, draft, source)
        )
        if fault:
            kind, seen = fault
            yield kind, draft.spelt(value.start, value.end), value.start, " ".join(seen.split())
    yield from _crossed(draft, source)
    yield from _turned_round(draft, source)


def _counts_other_things(
    value: Value, theirs: list[Value], draft: Draft, source: Source
) -> tuple[str, str] | None:
    """«۱۱۵ میلیون مسیر» for ``500 trajectories and 115M tokens``."""
    if value.unit or value.amount <= 2:
        return None
    ours = nouns_after(draft.text, value.end, 1)
    if not ours:
        return None
    for one in theirs:
        around = nouns_after(source.text, one.end, 5)
        before = terms_in(_word_before(source.text, one.start), "n c")
        if one.inside or one.unit or not around or ours & (around | before):
            return None
    elsewhere = any(
        ours & nouns_after(source.text, other.end, 2)
        for other in source.values
        if other not in theirs and not other.unit and not other.ordinal
    )
    unheard = all(terms()[row].kind == "c" for row in ours) and not ours & terms_in(
        source.text, "c"
    )
    return ("attached", _excerpt(source, theirs[0])) if elsewhere or unheard else None


def _word_before(text: str, start: int) -> str:
    """The word that a number follows: ``width 128``, ``Precision at 5``."""
    words = text[max(0, start - 40) : start].split()
    return " ".join(
        words[-2:] if words[-1:] in (["at"], ["of"], ["to"], ["from"], ["="]) else words[-1:]
    )


def _measures_other_things(
    value: Value, theirs: list[Value], draft: Draft, source: Source
) -> tuple[str, str] | None:
    """«تأخیر … ۹۰ درصد» where the source's 90% is of errors, and its latency has another value."""
    if value.dimension not in _MEASURED or len(theirs) > 1:
        return None
    ours = _metrics(draft.clause(value.start, value.end))
    one = theirs[0]
    clause = _metrics(source.clause(one.start, one.end))
    if not ours or not clause or ours & clause:
        return None
    sentence = _metrics(source.sentence(one.start))
    if not ours & sentence:
        return ("attached", _excerpt(source, one)) if not ours & _metrics(source.text) else None
    others = (v for v in source.values if v is not one and v.dimension in _MEASURED)
    swapped = any(ours & _metrics(source.clause(v.start, v.end)) for v in others)
    return ("attached", _excerpt(source, one)) if swapped else None


def _metrics(text: str) -> set[int]:
    """What `text` measures; the words inside names such as MemoryArena count for nothing."""
    return terms_in(_NAME.sub(" ", text), _METRICS)


def _points_the_other_way(
    value: Value, theirs: list[Value], draft: Draft, source: Source
) -> tuple[str, str] | None:
    """«۳۰ درصد افزایش» for ``reduces … by 30%``."""
    if value.dimension not in ("%", "x", "points", "part"):
        return None
    clause = draft.clause(value.start, value.end)
    up, down = bool(_UP_FA.search(clause)), bool(_DOWN_FA.search(clause))
    if up == down:
        return None
    for one in theirs:
        said = source.clause(one.start, one.end)
        rises, falls = bool(_UP_EN.search(said)), bool(_DOWN_EN.search(said))
        if rises in (falls, up):
            return None
    return "direction", _excerpt(source, theirs[0])


def _excerpt(source: Source, value: Value) -> str:
    return source.excerpt(value.start, value.end)


def _crossed(draft: Draft, source: Source) -> Iterator[_Found]:
    """Values that changed places: «در A ۹۳ و در B ۹۱» for ``91 on A and 93 on B``.

    What the draft says around two values is then more like what the source says around the
    other than what it says around the same.
    """
    placed = list(_placed(draft, source))[:_MOST_PLACED]
    if len(placed) < 2:  # nothing could have changed places
        return
    ours = [draft.nearby.around(one.start, one.end) for one in placed]
    theirs = [source.nearby.around(one.there, one.there_end) for one in placed]
    told: set[int] = set()
    for pair in combinations(range(len(placed)), 2):
        first, second = (placed[index] for index in pair)
        if first.what == second.what or first.measure != second.measure:
            continue
        like = source.nearby.likeness
        straight = like(ours[pair[0]], theirs[pair[0]]) + like(ours[pair[1]], theirs[pair[1]])
        across = like(ours[pair[0]], theirs[pair[1]]) + like(ours[pair[1]], theirs[pair[0]])
        if across - straight > _PLAIN:
            told |= set(pair)
    for index in sorted(told):
        one = placed[index]
        seen = source.excerpt(one.there, one.there_end)
        yield "attached", draft.spelt(one.start, one.end), one.start, seen


@dataclass(frozen=True, slots=True)
class _Placed:
    """A value or a time of day that has one place in the draft and one in the source."""

    what: object
    measure: str
    start: int
    end: int
    there: int
    there_end: int


def _placed(draft: Draft, source: Source) -> Iterator[_Placed]:
    for value in draft.values:
        its = _lone(value, source)
        if len(its) == 1 and not _in_step(source, its[0].start):
            one = its[0]
            yield _Placed(one.amount, one.dimension, value.start, value.end, one.start, one.end)
    known = Counter(time for time, _ in clocks(source.text))
    where = dict(clocks(source.text))
    for time, start in clocks(draft.text):
        if known[time] == 1:
            there = where[time]
            yield _Placed(time, "clock", start, start + 5, there, there + 5)


def _in_step(source: Source, start: int) -> bool:
    """Whether values and what they are of are listed apart there: nearness says nothing."""
    word = "respectively"
    return word in source.text and word in source.nearby.sentence(start)


def _lone(value: Value, source: Source) -> list[Value]:
    """Where the source has a value that says more than a small count."""
    if value.ordinal or (not value.unit and value.amount in (0, 1, 2)):
        return []
    return [one for one in source.values if not one.inside and agrees(value, one)]


def _turned_round(draft: Draft, source: Source) -> Iterator[_Found]:
    """«از ۵۲۴ به ۹۹۵» for ``from 995 to 524``."""
    known = list(
        _steps(source.text, source.values, r".*\bfrom\b\D{0,20}$", r"\D{0,24}\bto\b\D{0,24}")
    )
    if not known:
        return
    for first, second in _steps(
        draft.text, draft.values, r".*(?<!\w)از\D{0,20}$", r"\D{0,24}\sبه\s\D{0,24}"
    ):
        straight = any(agrees(first, a) and agrees(second, b) for a, b in known)
        turned = any(agrees(first, b) and agrees(second, a) for a, b in known)
        if turned and not straight:
            words = draft.spelt(first.start, second.end)
            seen = source.text[known[0][0].start : known[0][1].end]
            yield "direction", words, first.start, seen


def _steps(
    text: str, found: list[Value], opening: str, between: str
) -> Iterator[tuple[Value, Value]]:
    for first, second in pairwise(found):
        opened = re.fullmatch(opening, text[max(0, first.start - 30) : first.start], re.S)
        if opened and re.fullmatch(between, text[first.end : second.start], re.S):
            yield first, second
