"""Ask a second model whether a summary contradicts its source (PEYK_CHECK_MODEL).

What it is asked and what counts of its answer is prompts.opinion's. A second model that is busy,
failing or over the day's budget stops nothing: the summary stands as the gate left it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.errors import ModelError
from bot.models.door import LanguageModel
from db.model import Item
from prompts import opinion
from prompts.accept import Accepted
from prompts.parts import Parts
from prompts.source import read

log = logging.getLogger(__name__)


async def doubted(model: LanguageModel | None, item: Item, accepted: Accepted) -> Accepted:
    """`accepted` with what `model` (None: nobody) has against it among its reasons."""
    if model is None:
        return accepted
    source = read(item.title, item.text, item.url)
    asked = await asyncio.to_thread(opinion.pairs, accepted, source)
    if not asked:
        return accepted
    try:
        reply = await model.complete(opinion.question(item, asked))
    except ModelError as error:
        log.warning("%s: no second opinion: %s", item.identity, error)
        return accepted
    return replace(accepted, reasons=(*accepted.reasons, *opinion.reasons(reply.data, asked)))


async def all_doubted(model: LanguageModel | None, item: Item, found: Parts) -> Parts:
    """The parts of a thread, each with what `model` has against it."""
    if model is None:
        return found
    parts = tuple([await doubted(model, item, part) for part in found.parts])
    new = tuple(
        {**reason, "part": number}
        for number, (old, part) in enumerate(zip(found.parts, parts, strict=True), 1)
        for reason in part.reasons[len(old.reasons) :]
    )
    return Parts(parts, (*found.reasons, *new))
