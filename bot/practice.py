"""What to ask whom, and when again: FSRS for reviews, Elo for the level. Pure.

FSRS is the scheduler of https://github.com/open-spaced-repetition with its default parameters and
without its random "fuzz": the same history always gives the same schedule.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # imported when the first answer comes: the start need not wait for it
    from fsrs import Scheduler

ROUND = 5
"""Questions in a round."""
FIRST_LEVEL = 1.5
"""Of somebody who has answered nothing; questions are 1 (easy) to 3 (hard)."""
STEP = 0.4
"""How far one answer can move a level."""


def reviewed(
    question_id: int, card: str | None, right: bool, at: datetime
) -> tuple[str, datetime]:
    """The card of a question after an answer, as JSON, and when it should be asked again.

    `card` is what this function gave last time; None: the first answer.
    """
    from fsrs import Card, Rating

    known = Card.from_json(card) if card else Card(question_id, due=at)
    card_after, _ = _scheduler().review_card(known, Rating.Good if right else Rating.Again, at)
    return json.dumps(card_after.to_dict(), separators=(",", ":")), card_after.due


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(enable_fuzzing=False)


def level(history: Iterable[tuple[int, bool]]) -> float:
    """The level, 1 to 3, that answers show: (difficulty, right?) of each, oldest first.

    Elo's rule: what was expected moves little, a surprise much.
    """
    now = FIRST_LEVEL
    for difficulty, right in history:
        expected = 1 / (1 + 10 ** (difficulty - now))
        now = min(max(now + STEP * (right - expected), 1.0), 3.0)
    return now


def choose(
    due: Sequence[int], new: Sequence[tuple[int, int]], at_level: float, size: int = ROUND
) -> list[int]:
    """The questions of a round: what is due, most urgent first; then new ones near the level.

    `new` are (id, difficulty); of equally near ones the latest comes first.
    """
    reviews = list(dict.fromkeys(due))[:size]
    fitting = sorted(new, key=lambda one: (abs(one[1] - at_level), -one[0]))
    fresh = [question for question, _ in fitting if question not in reviews]
    return [*reviews, *fresh][:size]


def draw(
    candidates: Sequence[int], asked: Iterable[int], seed: str, size: int = ROUND
) -> list[int]:
    """The questions of a round for many: those not `asked` there yet, in an order of chance."""
    known = set(asked)
    fresh = [question for question in candidates if question not in known]
    old = [question for question in candidates if question in known]
    chance = Random(seed)
    return [*chance.sample(fresh, len(fresh)), *chance.sample(old, len(old))][:size]


def order(options: int, seed: str) -> list[int]:
    """The order in which options are shown; the same `seed` gives the same one."""
    return Random(seed).sample(range(options), options)
