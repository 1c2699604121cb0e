"""From an item to a draft: written by a model, or cut from the source's own words.

Does not choose items (feeds.choose), nor judge an answer (prompts.accept), nor show a draft.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.errors import ModelBusy, ModelError, ModelMissing, ModelUnfit, OverBudget
from bot.models.door import LanguageModel, Prompt, Reply
from bot.persian.typography import plain, typeset, units, visible
from db import drafts as drafts_table
from db import items as items_table
from db import usage
from db.model import Draft, Item, Kind, Link
from prompts.accept import LONGEST_TITLE, MOST_TAGS, Accepted, Reason, accept
from prompts.glossary import Deviation, deviations
from prompts.render import phrase, render
from prompts.vocabulary import Vocabulary
from prompts.voice import Voice

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Questions to the model at the same time."""
PATIENCE = timedelta(hours=6)
"""After this long without a usable answer an item becomes an extract."""

_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=1)
_SOURCE_CHARACTERS = 12_000
_ANSWER_CHARACTERS = 6_000
_EXTRACT_UNITS = 1200
_LONGEST_ADDRESS = 2000
_SENTENCE_END = re.compile(r"[.!?؟](?=\s)|\n")


@dataclass(frozen=True, slots=True)
class Drafted:
    """What one pass over the chosen items gave."""

    made: tuple[Draft, ...] = ()
    waiting: int = 0
    """Items left for later: the model is busy, failing or over its budget."""
    errors: tuple[str, ...] = ()
    """Why they wait, one line each."""


async def write(
    item: Item,
    model: LanguageModel,
    vocabulary: Vocabulary,
    *,
    direction: str = "",
    previous: Draft | None = None,
    remarks: Sequence[dict[str, Any]] = (),
    voice: Voice = Voice(),  # noqa: B008 (frozen, holds nothing)
) -> Draft:
    """A draft of `item` in the model's words; with `previous`, that one rewritten.

    `direction` is ``shorter``, ``longer``, ``simpler`` or empty. `remarks` come first on the
    draft, before those about the answer. An answer that is not fit to use goes back to the model
    once. Raises ModelUnfit when the second is no better, or what the model raises.
    """
    prompt = _question(item, vocabulary, direction, previous, voice)
    reply, accepted = await _answer(item, model, vocabulary, prompt, voice)
    return Draft(
        item_id=item.id,
        kind=accepted.kind,
        title=accepted.title,
        body=accepted.body,
        tags=_tags(item, accepted.kind, accepted.tags, vocabulary),
        links=links(item),
        origin=f"model:{reply.model or model.name}",
        prompt_version=f"{prompt.name} {prompt.version}",
        remarks=(
            *(*remarks, *accepted.remarks, *accepted.doubts),
            *map(_remark, _unlike(voice, item, accepted)),
        ),
        picture=previous.picture if previous else "",
        direction=direction,
    )


def extract(item: Item, vocabulary: Vocabulary) -> Draft:
    """A draft of `item` without a model: a Persian frame around the source's own words."""
    frame = phrase(f"extract.title.{item.kind}", title="")
    title = _cut(" ".join(item.title.split()), LONGEST_TITLE - units(frame), re.compile(r"\s"))
    text = _cut(item.text.strip(), _EXTRACT_UNITS, _SENTENCE_END)
    said = phrase(f"extract.body.{item.kind}") if text else phrase("extract.bare")
    return Draft(
        item_id=item.id,
        kind=item.kind,
        title=_clean(phrase(f"extract.title.{item.kind}", title=title)),
        body=_clean(f"{said}\n\n{text}"),
        tags=_tags(item, item.kind, (), vocabulary),
        links=links(item),
        origin="extract",
        remarks=({"kind": "extract"},),
    )


def links(item: Item) -> tuple[Link, ...]:
    """The addresses a post about `item` shows, with Persian labels.

    The page itself, then what the feed found to be its code; never what a model wrote.
    """
    labels = {link.url: link.label for link in item.links}  # see feeds.feed for what they say
    named = labels.get(item.url) if labels.get(item.url) in ("paper", "release") else item.kind
    page = Link(item.url, phrase(f"link.{named}"))
    code = (Link(url, phrase("link.code")) for url, label in labels.items() if label == "code")
    sound = {link.url: link for link in (page, *code) if _is_web_address(link.url)}
    return tuple(sound.values())[:2]


async def draft_new(
    db: Database,
    model: LanguageModel | None,
    items: Iterable[Item],
    vocabulary: Vocabulary,
    now: Callable[[], datetime],
    zone: ZoneInfo,
    voice: Voice = Voice(),  # noqa: B008 (frozen, holds nothing)
) -> Drafted:
    """Draft the chosen `items` and store the drafts.

    Without a model, or with unfit answers, they become extracts. One whose model fails waits,
    longer each time, and becomes an extract after `PATIENCE`; over the day's budget all wait
    until midnight in `zone`.
    """
    places = asyncio.Semaphore(AT_ONCE)
    busy_in_a_row = 0

    async def one(item: Item) -> Draft | str:
        nonlocal busy_in_a_row
        async with places:
            if busy_in_a_row >= AT_ONCE:  # it is down: do not wait for it once more per item
                return f"{item.identity}: not asked, the model is down"
            try:
                draft = await _drafted(item, model, vocabulary, voice)
                busy_in_a_row = 0
            except ModelError as error:
                busy_in_a_row += isinstance(error, ModelBusy)
                if not _gives_up(db, item, error, now()):
                    _postpone(db, item, error, now(), zone)
                    return f"{item.identity}: {error}"
                log.warning("%s: no summary, an extract instead: %s", item.identity, error)
                draft = extract(item, vocabulary)
            return _store(db, item, draft, now())

    results = await asyncio.gather(*map(one, items), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    errors = tuple(result for result in results if isinstance(result, str))
    made = tuple(result for result in results if isinstance(result, Draft))
    return Drafted(made, len(errors), errors)


async def _drafted(
    item: Item, model: LanguageModel | None, vocabulary: Vocabulary, voice: Voice
) -> Draft:
    if model is None:
        return extract(item, vocabulary)
    try:
        return await write(item, model, vocabulary, voice=voice)
    except ModelMissing:
        return extract(item, vocabulary)
    except ModelUnfit as error:
        log.warning("%s: no summary, an extract instead: %s", item.identity, error)
        return extract(item, vocabulary)


def _store(db: Database, item: Item, draft: Draft, now: datetime) -> Draft:
    with db.atomic():
        stored = drafts_table.add(db, draft, now)
        items_table.mark_drafted(db, item.id)
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


def _question(
    item: Item, vocabulary: Vocabulary, direction: str, previous: Draft | None, voice: Voice
) -> Prompt:
    values = voice.values(f"{item.title}\n\n{item.text}"[:_SOURCE_CHARACTERS]) | {
        "kind": str(item.kind),
        "tags": " ".join(vocabulary.tags),
        "source": visible(f"{item.title}\n\n{item.text}"[:_SOURCE_CHARACTERS]),
    }
    if previous is None:
        return replace(render("summary", **values), item_id=item.id)
    draft = visible(f"{previous.title}\n\n{previous.body}")
    wish = phrase(f"wish.{direction or 'again'}")
    return replace(render("rewrite", draft=draft, wish=wish, **values), item_id=item.id)


async def _answer(
    item: Item, model: LanguageModel, vocabulary: Vocabulary, prompt: Prompt, voice: Voice
) -> tuple[Reply, Accepted]:
    """A usable answer to `prompt`, the first or the second."""
    reply = await model.complete(prompt)
    accepted = accept(reply.text if reply.data is None else reply.data, item, vocabulary)
    if accepted.reasons:
        log.info("%s: answer refused: %s", item.identity, _kinds(accepted.reasons))
        words = [one.message for one in _unlike(voice, item, accepted)]
        reply = await model.complete(_again(prompt, reply, accepted.reasons, words))
        accepted = accept(reply.text if reply.data is None else reply.data, item, vocabulary)
    if accepted.faults:
        raise ModelUnfit(f"{reply.model}: two answers refused: {_kinds(accepted.faults)}")
    return reply, accepted


def _unlike(voice: Voice, item: Item, accepted: Accepted) -> Sequence[Deviation]:
    """Where the answer does not speak as the channel does: told, never a reason to refuse it."""
    source = f"{item.title}\n\n{item.text}"[:_SOURCE_CHARACTERS]
    return deviations(voice.glossary, source, f"{accepted.title}\n\n{accepted.body}")


def _remark(one: Deviation) -> dict[str, Any]:
    return {"kind": "glossary", "words": [plain(one.words)], "message": plain(one.message)}


def _again(
    prompt: Prompt, reply: Reply, reasons: Sequence[Reason], words: Sequence[str]
) -> Prompt:
    """`prompt` with the refused answer and what was wrong with it."""
    told = [phrase("fault." + str(one["kind"]), **one) for one in reasons]
    faults = "\n".join(f"- {fault}" for fault in (*told, *words))
    repair = render("repair", answer=visible(reply.text[:_ANSWER_CHARACTERS]), faults=faults)
    return replace(prompt, user=f"{prompt.user}\n\n{repair.user}")


def _kinds(reasons: Sequence[Reason]) -> str:
    return ", ".join(dict.fromkeys(str(one["kind"]) for one in reasons))


def _tags(
    item: Item, kind: Kind, chosen: Sequence[str], vocabulary: Vocabulary
) -> tuple[str, ...]:
    """The kind's tag, then those chosen and those of the source; at need, those mentioned."""
    of_kinds = set(vocabulary.known(Kind))
    tags = list(vocabulary.known([kind, *chosen, *item.tags]))
    tags = [tag for tag in tags if tag not in of_kinds or tag == vocabulary.find(kind)]
    if len(tags) < 3:
        found = vocabulary.mentioned(f"{item.title}\n{item.title}\n{item.text}")
        tags += [tag for tag in found if tag not in {*of_kinds, *tags}][:2]
    return tuple(tags[:MOST_TAGS])


def _clean(text: str) -> str:
    """Foreign text as a draft may hold it: set, and without anything that becomes a link."""
    return plain(typeset(text)).strip()


def _cut(text: str, most: int, end: re.Pattern[str]) -> str:
    """`text`, or its beginning to the last `end` within `most` UTF-16 units and an ellipsis."""
    if units(text) <= most:
        return text
    head = text[:most]
    while units(head) > most - 1:
        head = head[: -max(1, (units(head) - most) // 2)]
    ends = [match.end() for match in end.finditer(head)]
    if not ends or ends[-1] < most // 2:
        ends = [match.start() for match in re.finditer(r"\s", head)] or [len(head)]
    return head[: ends[-1]].rstrip() + "…"


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        clean = url == visible(url) and not re.search(r"\s", url) and "@" not in parts.netloc
        return parts.scheme in ("http", "https") and bool(parts.hostname) and clean
    except ValueError:
        return False
