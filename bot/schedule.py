"""When things happen: the jobs of the running bot, on python-telegram-bot's own scheduler.

Each job is a step of bot.steps. A job that was missed runs late rather than never, and never
beside itself. `kick` runs one at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, cast

from telegram.ext import Application, JobQueue

from bot import steps
from bot.context import Context, Parts
from bot.steps import Pass
from db import facts, rounds, updates

log = logging.getLogger("peyk.schedule")

PUBLISH_EVERY = timedelta(seconds=5)
INDEX_EVERY = timedelta(seconds=3)
GUIDE_EVERY = timedelta(seconds=5)
DIGEST_EVERY = timedelta(minutes=1)
ROUNDS_EVERY = timedelta(seconds=2)
REMIND_EVERY = timedelta(minutes=1)
QUIZZES_EVERY = timedelta(seconds=5)
QUIZ_DESK_EVERY = timedelta(minutes=1)
HEARTBEAT_EVERY = timedelta(seconds=20)
PRUNE_EVERY = timedelta(hours=6)
TIDY_EVERY = timedelta(minutes=15)
ROUNDS_KEPT = timedelta(days=30)
LATE = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
"""APScheduler's own defaults drop a job that is one second late."""


NEEDS = (
    *("handlers.offers", "handlers.quiz_channel", "handlers.quiz_desk", "handlers.rounds"),
    *("handlers.score", "handlers.texts.guide", "bot.channel.parts"),
    *("feeds.collect", "feeds.gather", "feeds.posting", "feeds.pick"),
)
"""Modules that the jobs import with their first turn: to be loaded before `start`."""
PATIENCE = 1.0
"""Seconds a job that was broken off has to end, before it is told once more."""

Job = Callable[[Context], Coroutine[Any, Any, None]]


def start(app: Application, parts: Parts) -> None:  # type: ignore[type-arg]
    """Begin all jobs, and let `parts.kick` run them early."""
    queue: JobQueue[Context] | None = app.job_queue
    assert queue
    poll = timedelta(minutes=parts.settings.poll_minutes)
    for job, interval in (
        (_rewrite, timedelta(hours=1)),
        (_news, min(poll, timedelta(minutes=1))),
        (_publish, PUBLISH_EVERY),
        (_index, INDEX_EVERY),
        (_guide, GUIDE_EVERY),
        (_digest, DIGEST_EVERY),
        (_rounds, ROUNDS_EVERY),
        (_remind, REMIND_EVERY),
        (_quizzes, QUIZZES_EVERY),
        (_quiz_desk, QUIZ_DESK_EVERY),
        (_heartbeat, HEARTBEAT_EVERY),
        (_prune, PRUNE_EVERY),
        (_tidy, TIDY_EVERY),
    ):
        at_once = LATE | {"next_run_time": datetime.now(UTC)}
        queue.run_repeating(job, interval, job_kwargs=at_once)
    before = facts.get(parts.db, "alive", 0.0)
    since = datetime.fromtimestamp(before, UTC) - HEARTBEAT_EVERY * 3
    queue.run_once(_catch_up, 0, since, job_kwargs={"misfire_grace_time": None})
    jobs = {
        "rewrite": _rewrite,
        "publish": _publish,
        "news": _news,
        "guide": _guide,
        "quiz desk": _quiz_desk,
    }
    parts.kick = lambda name: _soon(queue, jobs[name])


async def stop(app: Application, parts: Parts) -> None:  # type: ignore[type-arg]
    """Break the jobs off, and return when none touches the database any more.

    A network library may turn one cancellation into an error of its own and let the job go on.
    """
    if app.job_queue:
        await app.job_queue.stop(wait=False)
    while running := set(parts.jobs):
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=PATIENCE)


def _soon(queue: JobQueue[Context], job: Job) -> None:
    queue.run_once(job, 0, job_kwargs={"misfire_grace_time": None})


def _job(step: Job) -> Job:
    """A job that is known while it runs."""

    @wraps(step)
    async def run(context: Context) -> None:
        task, jobs = asyncio.current_task(), context.bot_data.jobs
        assert task
        jobs.add(task)
        try:
            await step(context)
        finally:
            jobs.discard(task)

    return run


@_job
async def _news(context: Context) -> None:
    outcome = Pass()
    await steps.collect(context.bot_data, outcome)
    await steps.draft(context.bot_data, outcome)
    await steps.offer(context.bot_data, outcome)
    if outcome.offered:
        log.info("%d drafts sent to the admins", outcome.offered)


@_job
async def _rewrite(context: Context) -> None:
    outcome = Pass()
    await steps.rewrite(context.bot_data, outcome)
    await steps.offer(context.bot_data, outcome)


@_job
async def _publish(context: Context) -> None:
    outcome = Pass()
    await steps.publish(context.bot_data, outcome)
    if outcome.published:
        log.info("%d posts published", outcome.published)


@_job
async def _index(context: Context) -> None:
    await steps.index_posts(context.bot_data)


@_job
async def _guide(context: Context) -> None:
    await steps.keep_guide(context.bot_data)


@_job
async def _digest(context: Context) -> None:
    outcome = Pass()
    if await steps.digest(context.bot_data):
        await steps.offer(context.bot_data, outcome)


@_job
async def _rounds(context: Context) -> None:
    from handlers.rounds import watch

    await watch(context.bot_data)


@_job
async def _remind(context: Context) -> None:
    from handlers.rounds import rescue
    from handlers.score import remind

    await rescue(context.bot_data)
    reminded = await remind(context.bot_data)
    if reminded:
        log.info("%d players reminded", reminded)


@_job
async def _quizzes(context: Context) -> None:
    await steps.keep_quizzes(context.bot_data)


@_job
async def _quiz_desk(context: Context) -> None:
    await steps.write_quizzes(context.bot_data)


@_job
async def _catch_up(context: Context) -> None:
    """Say on the cards what a process that died could not say any more."""
    from handlers.offers import catch_up

    assert context.job
    await catch_up(context.bot_data, cast(datetime, context.job.data))


@_job
async def _heartbeat(context: Context) -> None:
    """What the container's health check looks at (`peyk doctor --alive`)."""
    parts = context.bot_data
    contact = parts.last_contact()
    if contact:
        facts.put(parts.db, "alive", contact.timestamp())


@_job
async def _prune(context: Context) -> None:
    updates.prune(context.bot_data.db, context.bot_data.now())
    rounds.prune(context.bot_data.db, context.bot_data.now() - ROUNDS_KEPT)
    await steps.clear_pictures(context.bot_data)


async def _tidy(context: Context) -> None:
    """What people had read, and asked, is erased in time."""
    context.bot_data.reading.tidy()
    context.bot_data.asking.tidy()
