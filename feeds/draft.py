"""A pass over the chosen items: each becomes a draft or a thread of them, or waits.

Does not choose items (feeds.choose), nor ask a model itself (feeds.write), nor show a draft.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.errors import ModelBusy, ModelError, ModelMissing, ModelUnfit, OverBudget
from bot.models.door import LanguageModel
from db import drafts as drafts_table
from db import items as items_table
from db import tags as tags_table
from db import usage
from db.model import Draft, Item
from feeds.earlier import marked
from feeds.extract import extract
from feeds.posting import placed
from feeds.substance import is_long
from feeds.write import write, write_thread
from prompts.vocabulary import Vocabulary
from prompts.voice import Voice

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Questions to the model at the same time."""
PATIENCE = timedelta(hours=6)
"""After this long without a usable answer an item becomes an extract."""
THREAD_TRIES = 2
"""After so many questions for a thread without an answer, one summary is asked for."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Drafted:
    """What one pass over the chosen items gave."""

    made: tuple[Draft, ...] = ()
    waiting: int = 0
    """Items left for later: the model is busy, failing or over its budget."""
    errors: tuple[str, ...] = ()
    """Why they wait, one line each."""


async def draft_new(
    db: Database,
    model: LanguageModel | None,
    items: Iterable[Item],
    vocabulary: Vocabulary,
    now: Callable[[], datetime],
    zone: ZoneInfo,
    voice: Voice = Voice(),  # noqa: B008 (frozen, holds nothing)
    second: LanguageModel | None = None,
) -> Drafted:
    """Draft the chosen `items` and store the drafts; a long one may become a thread of them.

    Without a model, or with unfit answers, they become extracts. One whose model fails waits,
    longer each time, and becomes an extract after `PATIENCE`; over the day's budget all wait
    until midnight in `zone`.
    """
    places = asyncio.Semaphore(AT_ONCE)
    busy_in_a_row = 0

    async def one(item: Item) -> list[Draft] | str:
        nonlocal busy_in_a_row
        async with places:
            if busy_in_a_row >= AT_ONCE:  # it is down: do not wait for it once more per item
                return f"{item.identity}: not asked, the model is down"
            try:
                at_length = usage.failures(db, item.id, "thread") < THREAD_TRIES
                made = await _drafted(item, model, vocabulary, voice, second, at_length=at_length)
                busy_in_a_row = 0
            except ModelError as error:
                busy_in_a_row += isinstance(error, ModelBusy)
                if not _gives_up(db, item, error, now()):
                    _postpone(db, item, error, now(), zone)
                    return f"{item.identity}: {error}"
                log.warning("%s: no summary, an extract instead: %s", item.identity, error)
                made = (extract(item, vocabulary),)
            first, *others = made
            made = (marked(db, item, first, zone), *others)
            return _store(db, item, made, now())

    return _outcome(await asyncio.gather(*map(one, items), return_exceptions=True))


def _outcome(results: Iterable[list[Draft] | str | BaseException]) -> Drafted:
    """What came of all items, when the last is done; raises what none of them should."""
    results = list(results)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    errors = tuple(result for result in results if isinstance(result, str))
    made = (draft for result in results if isinstance(result, list) for draft in result)
    return Drafted(tuple(made), len(errors), errors)


async def _drafted(
    item: Item,
    model: LanguageModel | None,
    vocabulary: Vocabulary,
    voice: Voice,
    second: LanguageModel | None,
    *,
    at_length: bool,
) -> tuple[Draft, ...]:
    """The parts of a long item if `at_length`, else one summary, else an extract."""
    if model is None:
        return (extract(item, vocabulary),)
    try:
        if at_length and is_long(item):
            try:
                return await write_thread(item, model, vocabulary, voice, second)
            except ModelUnfit as error:
                log.warning("%s: no thread, one summary instead: %s", item.identity, error)
        return (await write(item, model, vocabulary, voice=voice, second=second),)
    except ModelMissing:
        return (extract(item, vocabulary),)
    except ModelUnfit as error:
        log.warning("%s: no summary, an extract instead: %s", item.identity, error)
        return (extract(item, vocabulary),)


def _store(db: Database, item: Item, parts: Sequence[Draft], now: datetime) -> list[Draft]:
    with db.atomic():
        stored = drafts_table.add_thread(db, [placed(db, part) for part in parts], now)
        items_table.mark_drafted(db, item.id)
        for draft in stored:
            proposed = [name for one in draft.remarks for name in one.get("proposed", ())]
            tags_table.propose(db, proposed, draft.id, now)
    return stored


def _gives_up(db: Database, item: Item, error: ModelError, now: datetime) -> bool:
    if isinstance(error, OverBudget):
        return False
    asked = usage.first_asked(db, item.id)
    return asked is not None and now - asked >= PATIENCE


def _postpone(db: Database, item: Item, error: ModelError, now: datetime, zone: ZoneInfo) -> None:
    """Let `item` wait: until tomorrow, or about as long as it has waited already."""
    if isinstance(error, OverBudget):
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        retry_at = datetime.combine(tomorrow, time(), zone)
    else:
        waited = now - (usage.first_asked(db, item.id) or now)
        wait = min(max(waited, _FIRST_WAIT), _LONGEST_WAIT)
        retry_at = now + wait * random.uniform(0.8, 1.2)  # items do not come back all at once
    items_table.reschedule(db, item.id, retry_at, str(error))
