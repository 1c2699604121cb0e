"""The steps of a pass: collect, draft, rewrite, offer, publish.

The jobs of bot.schedule and `peyk once` both call these. Each is safe to repeat at any time:
what is done is in the database. Decides nothing itself. What a step needs is loaded by its first
run: the start need not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from typing import Any

from telegram.error import TelegramError

from bot.channel import pictures
from bot.channel.publish import Published
from bot.context import Parts
from bot.errors import ModelError, ModelMissing
from bot.loading import load
from bot.logs import redact
from bot.slots import last_weekly, start_of_day
from db import digests as digests_made
from db import drafts, facts, guide, home, index, items, posts
from db.model import PEYK, Draft, Item, Kind, State
from prompts.voice import MOST_EXAMPLES, Voice

log = logging.getLogger("peyk.steps")

PICTURES_AT_ONCE = 2
PICTURES_PATIENCE = 90.0
"""Seconds the pictures of one pass may take together."""
INDEXED_AT_ONCE = 50
"""Posts taken into the index before others have their turn (some 25 ms)."""
INDEX_REST = 0.1
"""Seconds that they have: posts that come in a burst are archived first and indexed after."""
DIGEST_LATE = timedelta(days=1)
"""A digest that could not be drafted for so long is left out."""
REJECTED_PICTURES = timedelta(days=7)
"""How long a rejected draft keeps its picture: it may be restored."""


@dataclass
class Pass:
    """What one pass did, for the log and for `peyk once --json`."""

    new_items: int = 0
    drafted: int = 0
    waiting: int = 0
    offered: int = 0
    published: int = 0
    errors: list[str] = field(default_factory=list)


async def run_all(parts: Parts, *, due_only: bool = False) -> Pass:
    """One whole pass, as `peyk once` makes it."""
    outcome = Pass()
    await collect(parts, outcome, due_only=due_only)
    await draft(parts, outcome)
    await rewrite(parts, outcome)
    await digest(parts)
    await write_quizzes(parts)
    await keep_quizzes(parts)
    await offer(parts, outcome)
    await publish(parts, outcome)
    await keep_guide(parts)
    return outcome


async def collect(parts: Parts, outcome: Pass, *, due_only: bool = True) -> None:
    """Poll the sources that are due and store what is new."""
    from feeds.collect import collect as poll

    async with parts.collecting:
        collected = await poll(
            *(parts.db, parts.web(), parts.roster(), parts.now),
            poll_every=timedelta(minutes=parts.settings.poll_minutes),
            due_only=due_only,
        )
    outcome.new_items = collected.new
    outcome.errors += [f"{source}: {why}" for source, why in collected.errors.items()]
    for source, why in collected.errors.items():
        log.warning("source %s: %s", source, redact(why))
    for notice in collected.notices:
        await tell(parts, notice.kind, notice.key, notice.source, **notice.details)
    if collected.new:
        log.info("%d new entries", collected.new)


async def draft(parts: Parts, outcome: Pass) -> None:
    """Draft the best of the new items, as many as the day's budget allows."""
    async with parts.drafting:
        await _gather(parts)
        await _draft(parts, outcome)


async def _gather(parts: Parts) -> None:
    """Ask of each new item whether its story is told already; nothing is drafted before."""
    from feeds import gather
    from feeds.posting import relink

    if items.ungathered(parts.db, 1):
        if parts.stories is None:
            parts.stories = await gather.remembered(parts.db)
        heard = {source.name for source in parts.roster() if not source.muted}
        found = await gather.gather(parts.db, parts.stories, heard, parts.now)
        if found.merged or found.following:
            log.info("%d entries merged, %d follow others up", found.merged, found.following)
    relink(parts.db, parts.now())


async def _draft(parts: Parts, outcome: Pass) -> None:
    now = parts.now()
    since = start_of_day(now, parts.settings.timezone)
    budget = parts.settings.drafts_per_day - drafts.made_since(parts.db, since)
    if budget <= 0:
        return
    from feeds.pick import pick

    chosen = await pick(parts.db, parts.roster(), budget=budget, since=since, now=now)
    if not chosen:
        return
    await load("feeds.draft")
    from feeds.draft import draft_new
    from handlers.tags import announce

    made = await draft_new(
        *(parts.db, parts.model, chosen, parts.vocabulary, parts.now, parts.settings.timezone),
        voice=_voice(parts),
        second=parts.second,
    )
    outcome.drafted, outcome.waiting = len(made.made), made.waiting
    outcome.errors += made.errors
    for why in made.errors:
        log.warning("not drafted yet: %s", redact(why))
    if made.waiting:
        await tell(parts, "model-down", "model-down", error=made.errors[0])
    elif made.made:
        facts.over(parts.db, "model-down")
    await announce(parts)
    await _illustrate(parts, made.made)


def _voice(parts: Parts) -> Voice:
    """The channel's voice with the posts that admins hold up as examples now."""
    return replace(parts.voice, starred=tuple(posts.starred(parts.db, MOST_EXAMPLES)))


async def _illustrate(parts: Parts, made: Iterable[Draft]) -> None:
    """Give new drafts their pictures, where they can be had in time; the cards wait for this."""
    if not parts.settings.pictures:
        return
    places, until = asyncio.Semaphore(PICTURES_AT_ONCE), monotonic() + PICTURES_PATIENCE

    async def one(draft: Draft) -> None:
        async with places:
            await _give_picture(parts, draft, until - monotonic())

    async with asyncio.TaskGroup() as group:
        for draft in made:
            if draft.part == 1:  # of a thread, the first part
                group.create_task(one(draft))


async def _give_picture(parts: Parts, draft: Draft, left: float) -> None:
    from feeds.picture import PATIENCE, picture_of
    from feeds.raster import suffix

    item = items.get(parts.db, draft.item_id)
    content = item and await picture_of(item, parts.web(), patience=min(PATIENCE, left))
    if not content:
        return
    folder, name = pictures.folder(parts.settings.db), f"{draft.id}{suffix(content)}"
    try:
        picture = await pictures.keep(folder, name, content)
    except OSError as error:
        log.error("the picture of draft %s was not kept: %s", draft.id, error)
        return
    async with parts.offering:  # a card that is being sent shows the draft as it was before
        drafts.illustrate(parts.db, draft.id, picture)


async def clear_pictures(parts: Parts) -> None:
    """Delete the pictures of drafts that were sent, or rejected long ago."""
    async with parts.drafting:  # a picture being made belongs to no draft yet
        drafts.drop_pictures(parts.db, parts.now() - REJECTED_PICTURES)
        folder = pictures.folder(parts.settings.db)
        await pictures.clear(folder, drafts.pictures(parts.db))


async def rewrite(parts: Parts, outcome: Pass) -> None:
    """Write the next version of what admins want shorter, longer or simpler."""
    from handlers import offers

    async with parts.rewriting:
        for old in drafts.find(parts.db, [State.REWRITING]):
            try:
                await _rewrite(parts, old)
                outcome.drafted += 1
            except ModelError as error:
                log.warning("draft %s was not rewritten: %s", old.id, redact(error))
                outcome.errors.append(f"draft {old.id} was not rewritten: {error}")
                back = drafts.advance(
                    *(parts.db, old.id, State.OFFERED, "not rewritten", PEYK, parts.now()),
                    remarks=_with(old.remarks, {"kind": "rewrite-failed"}),
                )
                await offers.show_again(parts, back)


async def _rewrite(parts: Parts, old: Draft) -> None:
    from bot.channel.digest import SOURCE
    from bot.channel.parts import dress

    item = items.get(parts.db, old.item_id)
    if item and item.source == SOURCE:
        drafts.add(parts.db, await _digest_of(parts, item) or old, parts.now())
        return
    if parts.model is None or item is None:
        raise ModelMissing("no model is configured")
    await load("feeds.write")
    from feeds.posting import placed
    from feeds.write import write

    new = await write(
        *(item, parts.model, parts.vocabulary),
        direction=old.direction,
        previous=old,
        voice=_voice(parts),
        second=parts.second,
    )
    dressed = dress(parts.db, replace(placed(parts.db, new), id=old.id))
    drafts.add(parts.db, dressed, parts.now())


def _with(remarks: Iterable[dict[str, Any]], new: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    return (*(remark for remark in remarks if remark["kind"] != new["kind"]), new)


async def offer(parts: Parts, outcome: Pass) -> None:
    """Show new drafts to the admins."""
    from handlers import offers

    async with parts.offering:
        outcome.offered += await offers.offer(parts)


async def publish(parts: Parts, outcome: Pass) -> None:
    """Send what is due, and tell the admin chat what became of it."""
    published = await parts.publisher.publish_due()
    outcome.published = len(published.sent)
    outcome.errors += [f"draft {row.draft_id} was not published" for row in published.failed]
    await _report(parts, published)
    await _keep_series(parts)


async def _keep_series(parts: Parts) -> None:
    """Find the parts among new posts, and link ours to their neighbours; not while paused."""
    from bot.channel.parts import keep

    if parts.settings.admin_chat is not None and not facts.get(parts.db, "paused", False):
        chat, turn = parts.settings.admin_chat, parts.linking
        await keep(parts.db, parts.bot, chat, turn, parts.now)


async def _report(parts: Parts, published: Published) -> None:
    from handlers import offers

    try:
        await offers.report(parts, published)
    except TelegramError as error:
        log.warning("the admin chat was not told: %s", redact(error))


async def write_quizzes(parts: Parts) -> None:
    """Write and rewrite questions for the bank, and show them to the admins."""
    from handlers import quiz_model

    await quiz_model.work(parts)


async def keep_quizzes(parts: Parts) -> None:
    """Line up the channel's quizzes and what follows them."""
    from handlers import quiz_channel

    await quiz_channel.keep(parts)


async def index_posts(parts: Parts) -> None:
    """Bring what has changed in the archive into its index, a little at a time."""
    index.follow_folding(parts.db)
    while index.catch_up(parts.db, INDEXED_AT_ONCE) == INDEXED_AT_ONCE:  # noqa: ASYNC110 - works
        await asyncio.sleep(INDEX_REST)


async def keep_guide(parts: Parts) -> None:
    """Make the guide in the channel say what the archive holds."""
    if not parts.settings.guide:
        return
    from bot.channel.contents import Frame
    from handlers.texts.guide import WORDS

    await index_posts(parts)
    settings = parts.settings
    footer = settings.guide_footer or parts.signature
    frame = Frame(WORDS, parts.bot.username or "", settings.guide_heading, footer)
    kept = await parts.guide.keep(frame)
    if kept.is_first:
        await tell(parts, "guide-made", "guide-made")
    if kept.pin_refused:
        await tell(parts, "guide-not-pinned", "guide-not-pinned")


async def digest(parts: Parts) -> bool:
    """Draft the digest of the week when it is time, once; whether there is a new one."""
    now, zone = parts.now(), parts.settings.timezone
    end = last_weekly(parts.settings.digest, now, zone)
    if not end or now - end > DIGEST_LATE:
        return False
    from bot.channel.digest import SOURCE
    from handlers.texts.guide import DIGEST

    year, week, _ = end.astimezone(zone).isocalendar()
    item = Item(
        identity=f"digest:{year}-W{week:02}",
        source=SOURCE,
        kind=Kind.NEWS,
        title=DIGEST.others,
        text="",
        url="",
        published=end,
    )
    if digests_made.exists(parts.db, item.identity):
        return False
    made = await _digest_of(parts, item)
    return bool(made and digests_made.add(parts.db, item, made, now))


async def _digest_of(parts: Parts, item: Item) -> Draft | None:
    """The digest of the week that ended when `item` says; None when nothing was posted."""
    from bot.channel import digest as digests
    from bot.channel.contents import Frame
    from handlers.texts import guide as words

    assert item.published
    await index_posts(parts)
    shelf = guide.Shelf("week", int(item.published.timestamp()) // 60)
    posts = guide.week(parts.db, shelf)
    if not posts:
        return None
    known = parts.vocabulary.known(words.DIGEST_TAG_NAMES)
    frame = Frame(words.WORDS, parts.bot.username or "")
    return digests.draft(
        *(item.id, posts, words.DIGEST, (*known, words.DIGEST_TAG)[0]),
        *(parts.signature, frame.deep(f"w{shelf.id}")),
    )


async def tell(parts: Parts, kind: str, key: str, source: str = "", **details: object) -> None:
    """Tell the admins something once (again after a day, if it goes on)."""
    if not parts.settings.admin_chat or not facts.first_time(parts.db, key, parts.now()):
        return
    from handlers.texts.admin import notice

    text = redact(notice(kind, source, details))
    try:
        await parts.bot.send_message(parts.settings.admin_chat, text, disable_notification=True)
    except TelegramError as error:
        facts.over(parts.db, key)
        log.warning("the admins were not told of %s: %s", key, redact(error))


async def identify(parts: Parts) -> None:
    """Ask Telegram for the channel: its id, and its name, which signs the posts when the operator
    wrote none.
    """
    channel = parts.settings.channel
    if channel is None:
        return
    if isinstance(channel, int):
        home.learn(parts.db, channel, channel)
        if parts.settings.signature:
            return
    try:
        chat = await parts.bot.get_chat(channel)
    except TelegramError as error:
        log.error("the channel (PEYK_CHANNEL) cannot be reached: %s", redact(error))
        return
    home.learn(parts.db, channel, chat.id)
    if parts.settings.signature:
        return
    parts.signature = signature_of(chat.username, chat.title)
    facts.put(parts.db, "signature", parts.signature)


def signature_of(username: str | None, title: str | None) -> str:
    """The last line of a post: «@peyk_ai | پیک هوش مصنوعی»."""
    return " | ".join(part for part in (username and f"@{username}", title) if part)
