"""How sure a model is of what it says, from the probabilities of its tokens. Pure.

Entropy is the expected surprisal of a token's distribution, varentropy the variance of that
surprisal; both in nats (natural logarithms; varentropy in nats squared). A server shows only the
likeliest tokens: the mass it does not show is counted as tokens as likely as the least likely one
shown, which is the least entropy that the rest can have. Decides nothing: see bot.answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.models.stream import Token

HIGH_ENTROPY = 1.0
"""Mean nats from which on a model is unsure."""
HIGH_VARENTROPY = 1.5
"""Mean nats squared from which on its distributions have several peaks."""


class Quadrant(StrEnum):
    """The four ways to be sure or not."""

    SURE = "sure"
    """Low entropy, low varentropy: one continuation stands out."""
    SEVERAL = "several"
    """Low entropy, high varentropy: mostly sure, with a few good continuations."""
    FLAT = "flat"
    """High entropy, low varentropy: everything is as likely as anything."""
    SPIKY = "spiky"
    """High entropy, high varentropy: several different peaks."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """The doubt of an answer: means over its tokens."""

    entropy: float
    varentropy: float
    surprisal: float
    """Of the tokens that were taken: the negative mean of their logprobs."""
    tokens: int

    @property
    def quadrant(self) -> Quadrant:
        """Which of the four."""
        if self.entropy < HIGH_ENTROPY:
            return Quadrant.SURE if self.varentropy < HIGH_VARENTROPY else Quadrant.SEVERAL
        return Quadrant.FLAT if self.varentropy < HIGH_VARENTROPY else Quadrant.SPIKY


def of_token(logprobs: Sequence[float]) -> tuple[float, float]:
    """Entropy and varentropy of one token from the logprobs of its likeliest continuations."""
    shown = sorted((one for one in logprobs if one > -math.inf), reverse=True)
    if not shown:
        return 0.0, 0.0
    masses = [(math.exp(one), -one) for one in shown]
    rest = 1.0 - sum(mass for mass, _ in masses)
    if rest > 0:
        masses.append((rest, -shown[-1]))
    total = sum(mass for mass, _ in masses)
    entropy = sum(mass * surprisal for mass, surprisal in masses) / total
    spread = sum(mass * (surprisal - entropy) ** 2 for mass, surprisal in masses) / total
    return entropy, spread


def measure(tokens: Iterable[Token]) -> Doubt | None:
    """The doubt of an answer; None where the server told nothing of its tokens."""
    told = [one for one in tokens if one.top]
    if not told:
        return None
    pairs = [of_token([logprob for _, logprob in one.top]) for one in told]
    taken = [-one.logprob for one in told if one.logprob is not None]
    return Doubt(
        sum(entropy for entropy, _ in pairs) / len(pairs),
        sum(spread for _, spread in pairs) / len(pairs),
        sum(taken) / len(taken) if taken else 0.0,
        len(told),
    )


def most_consistent(texts: Sequence[Sequence[str]]) -> int:
    """Which of several answers, each as its words, has most in common with the others.

    The first among equals; likeness is the share of words that two have in common (Jaccard).
    """
    bags = [frozenset(words) for words in texts]

    def likeness(at: int) -> float:
        others = (bag for place, bag in enumerate(bags) if place != at)
        return sum(len(bags[at] & bag) / (len(bags[at] | bag) or 1) for bag in others)

    return max(range(len(bags)), key=lambda at: (likeness(at), -at))
