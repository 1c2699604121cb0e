"""`peyk eval`: the real prompt and gate over stored items, to choose a model by figures.

Asks and judges as drafting does (feeds.write), but keeps nothing: no draft, no card. The calls
count within the day's budget; the books do not connect them with the items.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from statistics import quantiles
from typing import Any

from sqlite_utils import Database

from bot.config import Settings
from bot.errors import ConfigError, ModelError, ModelUnfit, OverBudget
from bot.logs import redact
from bot.models.budget import Budgeted
from bot.models.door import LanguageModel, OpenAIModel, Prompt, Reply
from db import items, posts
from db.model import Item
from feeds.draft import AT_ONCE
from feeds.write import write
from prompts import glossary, vocabulary
from prompts.accept import accept
from prompts.vocabulary import Vocabulary
from prompts.voice import MOST_EXAMPLES, Voice

_WIDTH = 24


class Outcome(StrEnum):
    """What became of one item."""

    AT_ONCE = "passed at once"
    REPAIRED = "after one repair"
    DOUBTFUL = "left with doubts"
    UNFIT = "not usable"
    FAILED = "model failed"
    NOT_ASKED = "not asked"
    """The day's budget was spent."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What a model made of one item."""

    identity: str
    kind: str
    outcome: Outcome
    first: tuple[str, ...] = ()
    """Kinds of reasons against its first answer."""
    left: tuple[str, ...] = ()
    """Kinds of reasons against its last."""
    replies: tuple[Reply, ...] = ()
    error: str = ""

    @property
    def seconds(self) -> float:
        """How long the item took."""
        return sum(reply.seconds for reply in self.replies)


@dataclass(slots=True)
class _Overheard:
    """A model whose answers are kept; what it is asked about does not go into the books."""

    model: LanguageModel
    replies: list[Reply] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.model.name

    async def complete(self, prompt: Prompt) -> Reply:
        reply = await self.model.complete(replace(prompt, item_id=None))
        self.replies.append(reply)
        return reply


async def run(
    settings: Settings,
    db: Database,
    name: str,
    count: int,
    progress: Callable[[int, int], object] = lambda done, of: None,
) -> dict[str, Any]:
    """The `figures` of the model `name` over the newest `count` items of `db`.

    `progress` is told how many of how many are done. Raises ConfigError when there are no items.
    """
    found = items.newest(db, count)
    if not found:
        raise ConfigError(f"{settings.db} (PEYK_DB) holds no items yet; `peyk once` collects some")
    starred = tuple(posts.starred(db, MOST_EXAMPLES))
    voice = Voice(settings.register, glossary.load(), starred)
    door = OpenAIModel(settings.llm_url, settings.llm_key, name)
    model = Budgeted(
        *(door, db, settings.llm_budget, settings.timezone), lambda: datetime.now(UTC)
    )
    try:
        tried = await evaluate(found, model, vocabulary.load(), voice, progress)
    finally:
        await door.close()
    return figures(name, tried)


async def evaluate(
    chosen: Sequence[Item],
    model: LanguageModel,
    tags: Vocabulary,
    voice: Voice,
    progress: Callable[[int, int], object] = lambda done, of: None,
) -> list[Tried]:
    """What `model` makes of each of the `chosen` items, a few at a time."""
    places = asyncio.Semaphore(AT_ONCE)
    finished = 0

    async def one(item: Item) -> Tried:
        nonlocal finished
        async with places:
            tried = await _try(item, model, tags, voice)
        finished += 1
        progress(finished, len(chosen))
        return tried

    return list(await asyncio.gather(*map(one, chosen)))


async def _try(item: Item, model: LanguageModel, tags: Vocabulary, voice: Voice) -> Tried:
    heard = _Overheard(model)
    error = ""
    try:
        await write(item, heard, tags, voice=voice)
        outcome = Outcome.AT_ONCE if len(heard.replies) == 1 else Outcome.REPAIRED
    except ModelUnfit:
        outcome = Outcome.UNFIT
    except OverBudget as spent:
        outcome, error = Outcome.NOT_ASKED, str(spent)
    except ModelError as failure:
        outcome, error = Outcome.FAILED, str(failure)
    judged = [await _reasons(reply, item, tags) for reply in heard.replies]
    first, left = (judged[0], judged[-1]) if judged else ((), ())
    if outcome is Outcome.REPAIRED and left:
        outcome = Outcome.DOUBTFUL
    replies = tuple(heard.replies)
    return Tried(item.identity, item.kind, outcome, first, left, replies, redact(error))


async def _reasons(reply: Reply, item: Item, tags: Vocabulary) -> tuple[str, ...]:
    answer = reply.text if reply.data is None else reply.data
    judged = await asyncio.to_thread(accept, answer, item, tags)
    return tuple(dict.fromkeys(str(reason["kind"]) for reason in judged.reasons))


def figures(model: str, tried: Sequence[Tried]) -> dict[str, Any]:
    """What `tried` comes to, as `peyk eval --json` prints it. Cost in US dollars, where told."""
    replies = [reply for one in tried for reply in one.replies]
    costs = [reply.cost for reply in replies if reply.cost is not None]
    answered = [one for one in tried if one.replies]
    slowest = max(answered, key=lambda one: one.seconds, default=None)
    seconds = [one.seconds for one in answered]
    return {
        "model": model,
        "items": len(tried),
        "kinds": dict(Counter(one.kind for one in tried)),
        "outcomes": {str(kind): sum(one.outcome is kind for one in tried) for kind in Outcome},
        "reasons": {
            "first": _counted(one.first for one in tried),
            "left": _counted(one.left for one in tried),
        },
        "calls": len(replies),
        "tokens": {
            "in": sum(reply.prompt_tokens for reply in replies),
            "out": sum(reply.completion_tokens for reply in replies),
        },
        "cost": sum(costs) if costs else None,
        "seconds": {"p50": _quantile(seconds, 50), "p95": _quantile(seconds, 95)},
        "longest": {"item": slowest.identity, "seconds": slowest.seconds} if slowest else None,
        "errors": list(dict.fromkeys(one.error for one in tried if one.error)),
    }


def _counted(kinds: Iterable[Sequence[str]]) -> dict[str, int]:
    return dict(Counter(kind for told in kinds for kind in told).most_common())


def _quantile(values: Sequence[float], percent: int) -> float | None:
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def table(told: Mapping[str, Any]) -> str:
    """`figures` as lines for a terminal."""
    count = told["items"]
    kinds = ", ".join(f"{number} {kind}" for kind, number in told["kinds"].items())
    lines = [f"{told['model']}: {count} items ({kinds})", ""]
    for outcome, number in told["outcomes"].items():
        lines.append(f"{outcome:{_WIDTH}}{number:>5}{number / count:>8.0%}")
    lines += ["", f"{'reasons':{_WIDTH}}{'first':>5}{'left':>8}"]
    first, left = told["reasons"]["first"], told["reasons"]["left"]
    for kind in dict.fromkeys([*first, *left]):
        lines.append(f"  {kind:{_WIDTH - 2}}{first.get(kind, 0):>5}{left.get(kind, 0):>8}")
    if not first:
        lines.append("  none")
    tokens, seconds, longest = told["tokens"], told["seconds"], told["longest"]
    cost = f"${told['cost']:.4f}" if told["cost"] is not None else "not told by the server"
    lines += ["", f"{'calls':{_WIDTH}}{told['calls']}"]
    lines.append(f"{'tokens':{_WIDTH}}{tokens['in']:,} in, {tokens['out']:,} out")
    lines.append(f"{'cost':{_WIDTH}}{cost}")
    if longest:
        spread = f"p50 {seconds['p50']:.1f}, p95 {seconds['p95']:.1f}"
        slowest = f"longest {longest['seconds']:.1f} ({longest['item']})"
        lines.append(f"{'seconds an item':{_WIDTH}}{spread}, {slowest}")
    return "\n".join([*lines, *(f"error: {error}" for error in told["errors"])])
