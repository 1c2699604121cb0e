"""What a number belongs to: the draft's word against the source's. Pure.

Speaks up only where both texts are plain about it and differ; for the rest of the gate see
prompts.claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

from bot.persian.numbers import Value
from prompts.matching import Draft, agrees, nouns_after
from prompts.source import Source
from prompts.support import fingerprint, terms, terms_in

_METRICS = " ".join(
    f"m:{what}"
    for what in ("speed", "memory", "cost", "quality", "error", "energy", "compute", "recall")
)
_MEASURED = ("%", "x", "points", "part", "time", "bytes")
_UP_FA = re.compile(
    "(?<!\\w)(?:افزایش|رشد (?:کرد|داشت|داد|می)|زیاد (?:شد|کرد|می)|بالا (?:رفت|برد|می))"
)
_DOWN_FA = re.compile("(?<!\\w)(?:کاهش|افت|کم (?:شد|کرد|می)|پایین (?:آم|آور|می)|کمتر)")
_UP_EN = re.compile(
    r"increas|\bmore\b|higher|grow|rise|rising|rose|boost|larger|improv|gain|lift|up\b|faster",
    re.I,
)
_DOWN_EN = re.compile(
    r"reduc|decreas|lower|\bless\b|fewer|drop|\bcut|shrink|declin|smaller|sav(?:e|ing)", re.I
)

_PLAIN = 2
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
    return source.text[max(0, value.start - 30) : value.end + 40].strip()


def _crossed(draft: Draft, source: Source) -> Iterator[_Found]:
    """Values that changed places: «در A ۹۳ و در B ۹۱» for ``91 on A and 93 on B``.

    Of two values, what the draft says around each is what the source says around the other, and
    nothing of it what the source says around itself.
    """
    placed = [(value, its[0]) for value in draft.values if len(its := _lone(value, source)) == 1]
    placed = placed[:_MOST_PLACED]
    ours = [fingerprint(draft.clause(value.start, value.end)) for value, _ in placed]
    theirs = [fingerprint(source.clause(one.start, one.end)) for _, one in placed]
    for first, second in combinations(range(len(placed)), 2):
        here, there = _apart(ours[first], ours[second])
        straight, other = _apart(theirs[first], theirs[second])
        if here & straight or there & other:
            continue
        if min(_weight(here & other), _weight(there & straight)) < _PLAIN:
            continue
        for index in (first, second):
            value, one = placed[index]
            yield (
                "attached",
                draft.spelt(value.start, value.end),
                value.start,
                _excerpt(source, one),
            )


def _weight(marks: frozenset[str]) -> int:
    """How plainly two texts speak of the same: a name alone is enough, a common word is not."""
    return sum(2 if mark[0] == "n" else 1 for mark in marks)


def _lone(value: Value, source: Source) -> list[Value]:
    """Where the source has a value that says more than a small count."""
    if value.ordinal or (not value.unit and value.amount <= 2):
        return []
    return [one for one in source.values if not one.inside and agrees(value, one)]


def _apart(one: frozenset[str], other: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What either has for itself, values aside."""
    return (
        frozenset(mark for mark in one - other if mark[0] != "v"),
        frozenset(mark for mark in other - one if mark[0] != "v"),
    )


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
