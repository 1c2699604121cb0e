"""Everything that is wrong, at once, and what to do about each: `peyk doctor`.

One function per check; all of them side by side, within time limits. What Telegram is asked is
in bot.telegram_check, what the database is asked in db.health.
"""

from __future__ import annotations

import asyncio
import fcntl
import io
import json
import os
import platform
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Invalid, Settings
from bot.errors import ConfigError, ModelBusy, ModelError, ModelMissing, SourceError
from bot.findings import Finding, wrong
from bot.logs import redact

if TYPE_CHECKING:
    from bot.models.local import LocalModel
    from db.health import Health
    from feeds.fetch import Fetcher
    from feeds.sources import Source

ALIVE = 150.0
"""Seconds without a word from Telegram after which the running bot is not well."""
PATIENCE = 14.0
"""Seconds the sources and the model have."""
AT_ONCE = 16
"""Sources asked side by side."""
SILENCE = 6.0
"""Seconds one source may be silent: less than PATIENCE, so that it does not take all of it."""
ARXIV_ASKED = 4
"""With arXiv's pause of 3 s between requests, no more of its feeds fit into the time."""
FREE_BYTES = 200_000_000
OLDEST_SQLITE = (3, 35)


def run(settings: Settings, invalid: Sequence[Invalid], *, as_json: bool) -> int:
    """Examine, print, and return the exit code: 1 when anything is wrong."""
    findings = asyncio.run(examine(settings, invalid))
    if as_json:
        rows = [{k: redact(v) if k != "ok" else v for k, v in asdict(f).items()} for f in findings]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(str, findings)))
    return 0 if all(finding.ok for finding in findings) else 1


def alive(settings: Settings) -> int:
    """The exit code of a health check: 0 when the running bot has lately heard of Telegram."""
    from db import health

    heard = health.last_contact(settings.db)
    if heard is None:
        print("not alive: the bot on this database has never reached Telegram")
        return 1
    ago = time.time() - heard
    print(f"{'alive' if ago < ALIVE else 'not alive'}: Telegram was heard {ago:.0f} s ago")
    return 0 if ago < ALIVE else 1


async def examine(settings: Settings, invalid: Sequence[Invalid] = ()) -> list[Finding]:
    """All findings, in a fixed order, in less than 20 s."""
    # Names are looked up in threads; where no name server answers, few threads would queue up.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(32))
    stored, health = await asyncio.to_thread(database, settings.db)
    parts = await asyncio.gather(
        telegram(settings, health, running=is_running(settings.db)),
        sources(settings),
        models(settings),
        vision(settings),
        local(settings),
    )
    return [
        *versions(),
        *configuration(settings, invalid),
        *slots(settings),
        *stored,
        *(finding for part in parts for finding in part),
    ]


def versions() -> Iterable[Finding]:
    """What runs here."""
    try:
        own = version("peyk")
    except PackageNotFoundError:  # run from a folder, not installed
        own = "from source"
    what = f"peyk {own}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    if sys.version_info < (3, 11) or sqlite3.sqlite_version_info < OLDEST_SQLITE:
        yield wrong("versions", what, "peyk needs Python 3.11 and SQLite 3.35, or newer")
    else:
        yield Finding("versions", True, what)


def configuration(settings: Settings, invalid: Sequence[Invalid]) -> Iterable[Finding]:
    """Each setting that cannot be used, and each that peyk cannot do without."""
    for one in invalid:
        yield wrong(one.name, one.reason, "correct it in the environment or in .env")
    needed = {
        "PEYK_TELEGRAM_TOKEN": (settings.token, "ask @BotFather for a bot, then `peyk init`"),
        "PEYK_CHANNEL": (settings.channel, "the channel's @name or id; `peyk init` helps"),
        "PEYK_ADMIN_CHAT": (settings.admin_chat, "`peyk init` finds the id of the chat"),
        "PEYK_ADMINS": (settings.admins, "`peyk init` finds the ids of the admins"),
    }
    bad = {one.name for one in invalid}
    for name, (value, advice) in needed.items():
        if not value and name not in bad:
            yield wrong(name, "not set", advice)


def slots(settings: Settings) -> Iterable[Finding]:
    """Publishing slots, and those of them that the quiet hours swallow."""
    from bot.slots import is_quiet

    zone = settings.timezone
    today = datetime.now(zone).date()
    lost = [
        f"{clock:%H:%M}"
        for clock in settings.post_times
        if is_quiet(datetime.combine(today, clock, zone), zone, settings.quiet_hours)
    ]
    if lost:
        yield wrong(
            "slots",
            f"{', '.join(lost)} (PEYK_POST_TIMES) in the quiet hours: nothing goes out then",
            "move these slots, or change PEYK_QUIET_HOURS",
        )
    else:
        times = ", ".join(f"{clock:%H:%M}" for clock in settings.post_times)
        yield Finding("slots", True, f"{times or 'none'} ({zone.key})")


def database(path: Path) -> tuple[list[Finding], Health | None]:
    """The state of the database file and its disk, and what stands in it."""
    from db import health

    folder = _nearest(path.parent)
    if not os.access(folder, os.W_OK | os.X_OK):
        advice = "give the user that runs peyk the right to write there, or change PEYK_DB"
        return [wrong("database", f"{folder} is not writable", advice)], None
    findings = list(_disk(folder))
    if not path.exists():
        return [Finding("database", True, f"{path} will be made by `peyk run`"), *findings], None
    try:
        found = health.examine(path)
    except ConfigError as error:
        advice = "restore a backup (`peyk backup` makes them), or name another file in PEYK_DB"
        return [wrong("database", f"{path}: {error}", advice), *findings], None
    migrations = "; the next start brings it up to date" if found.pending else ""
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    return [
        Finding("database", True, f"{path}, {size}, sound and writable{migrations}"),
        *findings,
        *_open_questions(found),
    ], found


def _nearest(folder: Path) -> Path:
    """`folder`, or what exists of the way to it."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.exists())


def _disk(folder: Path) -> Iterable[Finding]:
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        yield wrong("disk", f"{free / 1e6:.0f} MB free at {folder}", "make room")


def _open_questions(found: Health) -> Iterable[Finding]:
    if found.uncertain:
        yield wrong(
            "outbox",
            f"{found.uncertain} posts of which Telegram's answer was lost",
            "press the buttons of the questions in the admin chat",
        )
    if found.set_aside:
        yield Finding(
            "updates",
            True,
            f"{found.set_aside} updates of Telegram could not be used and were set aside",
            "the log says why; they are dropped after two days",
        )


def is_running(database: Path) -> bool:
    """Whether a peyk holds the lock of this database (see bot.app.only_one)."""
    try:
        with database.with_suffix(".lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


async def telegram(settings: Settings, health: Health | None, *, running: bool) -> list[Finding]:
    """The token; and with a good one the channel, the admin chat and the updates."""
    if not settings.token:
        return []
    from bot import telegram_check as ask

    async with ask.bot_of(settings) as bot:
        known = await ask.token(bot)
        if not known[0].ok:
            return known
        questions = [
            ask.updates(
                bot, settings, own=bool(health and health.has_own_webhook), running=running
            )
        ]
        if settings.admin_chat:
            chats = (settings.admin_chat, settings.admins, settings.channel)
            questions.insert(0, ask.admin_chat(bot, *chats))
        if settings.channel:
            questions.insert(0, ask.channel(bot, settings.channel))
        answers = await asyncio.gather(*questions)
    return known + [finding for answer in answers for finding in answer]


async def sources(settings: Settings) -> list[Finding]:
    """Each source of the sources file and each added from chat: can it be read now?"""
    from db.health import steered
    from feeds.fetch import Fetcher
    from feeds.roster import merged
    from feeds.sources import load, named_origins

    try:
        found = merged(load(settings.sources), *steered(settings.db))
    except ConfigError as error:
        return [wrong("sources", error, "correct the file; the README describes it")]
    if not found:
        return [wrong("sources", f"{settings.sources} names none", "add one, as in the README")]
    places = asyncio.Semaphore(AT_ONCE)
    heard = [one for one in found if not one.muted]
    asked = [one for one in heard if one.kind == "arxiv"][:ARXIV_ASKED]
    async with Fetcher(
        named_origins(found), github_token=settings.github_token, deadline=SILENCE, quiet=SILENCE
    ) as fetcher:
        return await asyncio.gather(
            *(
                _source(fetcher, one, places)
                if one in heard and (one.kind != "arxiv" or one in asked)
                else _unasked(one)
                for one in found
            )
        )


async def _source(fetcher: Fetcher, source: Source, places: asyncio.Semaphore) -> Finding:
    from feeds.collect import probe

    check = f"source {source.name}"
    advice = "see whether this machine reaches it; else correct, mute or remove it"
    try:
        async with asyncio.timeout(PATIENCE), places:
            reason = await probe(fetcher, source)
    except TimeoutError:
        reason = f"no answer in {PATIENCE:g} s"
    except SourceError as error:
        reason = str(error)
    return wrong(check, reason, advice) if reason else Finding(check, True, "can be read")


async def _unasked(source: Source) -> Finding:
    why = "muted from chat" if source.muted else "arXiv wants 3 s between requests"
    return Finding(f"source {source.name}", True, f"not asked now: {why}")


async def models(settings: Settings) -> list[Finding]:
    """The models that write summaries, and the one that checks them."""
    told = (settings.summary_model, settings.summary_fallback)
    names = [name for name in (*told, settings.summary_model and settings.check_model) if name]
    if not names:
        advice = "name one in PEYK_SUMMARY_MODEL to have Persian summaries"
        return [Finding("model", True, "none; cards quote the sources in English", advice)]
    return await asyncio.gather(*(model(settings, name) for name in names))


async def model(settings: Settings, name: str) -> Finding:
    """Whether a model answers, and in which form it takes the wish for JSON."""
    from bot.models.door import OpenAIModel, Prompt

    shape = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    }
    prompt = Prompt("check", "1", "Answer in JSON.", 'Say {"ok": true}.', shape, max_tokens=200)
    door = OpenAIModel(
        *(settings.llm_url, settings.llm_key, name),
        attempt_seconds=PATIENCE,
        total_seconds=PATIENCE,
        max_retries=0,
    )
    try:
        reply = await door.complete(prompt)
    except ModelBusy as error:
        return wrong("model", error, "see that the server of OPENAI_BASE_URL runs and answers")
    except ModelError as error:
        advice = "compare OPENAI_BASE_URL, OPENAI_API_KEY and the model's name"
        return wrong("model", error, advice)
    finally:
        await door.close()
    what = f"{name} answers in {reply.seconds:.1f} s, JSON by {door.dialect.mode}"
    if reply.data is None:
        return Finding("model", True, what, "its answer was no JSON; a larger model may do better")
    return Finding("model", True, what)


async def vision(settings: Settings) -> list[Finding]:
    """Who reads the documents that people send."""
    from bot.documents import tesseract
    from bot.documents.reader import VisionReader
    from bot.models.door import OpenAIModel

    if not settings.vision_model:
        if offline := await asyncio.to_thread(tesseract.find):
            return [Finding("vision", True, f"no model; {offline.name} reads documents")]
        advice = "name a model in PEYK_VISION_MODEL, or install tesseract-ocr-fas"
        return [Finding("vision", True, "none; documents cannot be read", advice)]
    door = OpenAIModel(
        *(*settings.vision_server, settings.vision_model),
        attempt_seconds=PATIENCE,
        total_seconds=PATIENCE,
        max_retries=0,
    )
    try:
        answer = await VisionReader(door).read(await asyncio.to_thread(_trial))
    except ModelError as error:
        advice = "compare PEYK_VISION_MODEL, PEYK_VISION_BASE_URL and PEYK_VISION_API_KEY"
        return [wrong("vision", error, advice)]
    finally:
        await door.close()
    if "42" not in answer.text:
        advice = "does it take pictures? peyk needs a vision model"
        return [Finding("vision", True, f"{door.name} did not read a trial page", advice)]
    return [Finding("vision", True, f"{door.name} reads")]


async def local(settings: Settings) -> list[Finding]:
    """The offline model: is it here, can this machine carry it, and how fast does it answer?"""
    from bot.models.homes import OnHub
    from bot.models.local import local_model, source_of

    check = "local"
    model = local_model(settings)
    if model is None:
        advice = "name one in PEYK_LOCAL_MODEL to have answers written"
        return [Finding(check, True, "no offline model; /ask shows the nearest posts", advice)]
    if not settings.local_model.startswith("http"):
        source = source_of(settings)
        if isinstance(source, OnHub) and not source.place.exists():
            advice = "`peyk run` fetches it at its start, `peyk ask` when a question needs it"
            return [Finding(check, True, f"{settings.local_model} is not here yet", advice)]
        if await asyncio.to_thread(_is_spoilt, source.place):
            advice = "delete it: it is fetched anew"
            return [wrong(check, f"{source.place} is not what the hub has", advice)]
    try:
        async with asyncio.timeout(PATIENCE):
            speed = await _first_words(model)
        return [Finding(check, True, speed, await _doubt_of(settings))]
    except TimeoutError:
        advice = "a smaller model, or more PEYK_LOCAL_THREADS, would answer sooner"
        return [wrong(check, f"{model.name}: no word in {PATIENCE:g} s", advice)]
    except ModelMissing as error:
        advice = "correct PEYK_LOCAL_MODEL, or install what is missing"
        return [wrong(check, error, advice)]
    except ModelError as error:
        return [wrong(check, error, _advice_of(settings.local_model))]
    finally:
        await model.close()


def _advice_of(model: str) -> str:
    if model.startswith("http"):
        return "does that server run, is it at this address (with /v1), does it know the #model?"
    return "the README names models for small machines"


async def _doubt_of(settings: Settings) -> str:
    """What makes a model that runs unfit to answer, if anything does."""
    from bot.models import gguf
    from bot.models.local import source_of

    if settings.local_model.startswith("http"):
        return ""
    head = await asyncio.to_thread(gguf.head, source_of(settings).place)
    return "" if head.chats else "it has no chat template: take the -instruct or -it of it"


async def _first_words(model: LocalModel) -> str:
    """How long a model takes to load and how fast it writes, in words."""
    from bot.models.door import Prompt

    started = time.monotonic()
    await model.ready()
    loaded = time.monotonic()
    prompt = Prompt("check", "1", "You are brief.", "Count from one to twenty.", max_tokens=16)
    moments = [time.monotonic() async for said in model.stream(prompt) if not said.finish]
    if not moments:
        raise ModelError(f"{model.name} has nothing to say")
    took = moments[-1] - moments[0]
    speed = f"{(len(moments) - 1) / took:.0f} tokens/s" if took else "one token"
    # It is not the loading alone: of a server elsewhere, this is the time to find it.
    return (
        f"{model.name} is ready in {loaded - started:.1f} s, answers after"
        f" {moments[0] - loaded:.1f} s with {speed}, {model.context} tokens of context"
    )


def _is_spoilt(place: Path) -> bool:
    from bot.models import hub

    return place.is_file() and hub.is_sound(place, PATIENCE / 4) is False


def _trial() -> bytes:
    """A page with a number on it."""
    from PIL import Image, ImageDraw

    page = Image.new("L", (120, 40), 255)
    ImageDraw.Draw(page).text((20, 12), "peyk 42", fill=0)
    packed = io.BytesIO()
    page.resize((720, 240)).save(packed, "JPEG")
    return packed.getvalue()
