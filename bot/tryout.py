"""`peyk demo`: the whole bot on embedded parts, with a web page to look at it.

The Telegram is bot.demo's. The news are today's where there is a network; otherwise, and said so
on the page, a small recorded set with recorded summaries.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
import webbrowser
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlite_utils import Database
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, StaticFileHandler

from bot.app import Peyk, stop_on_signals
from bot.config import Settings
from bot.demo.recorded_model import NAME, RecordedModel
from bot.demo.server import EmbeddedTelegram
from bot.documents import tesseract
from bot.errors import ConfigError
from db import questions
from db.schema import open_db

log = logging.getLogger("peyk.demo")

TOKEN = "42:DEMO"
RECORDED_NEWS = Path(__file__).parent / "demo" / "recorded"
FIRST_QUESTIONS = RECORDED_NEWS / "questions.csv"
ANSWER_HOURS = 0.05
"""The channel's first quiz is answered after three minutes, so that a visitor sees it."""
LOOK = "https://rss.arxiv.org/rss/cs.CL"
"""Asked once, to learn whether there is a network and arXiv can be reached."""
LOOK_SECONDS = 4.0

LIVE = "نمایش پیک · تلگرامِ این صفحه ساختگی است؛ خبرها تازه و واقعی‌اند."
RECORDED = (
    "نمایش پیک · تلگرامِ این صفحه ساختگی است. به شبکه دسترسی نیست؛"
    " مقاله‌ها و نسخه‌ها واقعی‌اند، اما ضبط‌شده؛ یک خبر نمونه هم ساختگی است."
)
RECORDED_SUMMARIES = " خلاصه‌ها هم ضبط‌شده‌اند."
READ_OFFLINE = " عکس و PDF هم بفرستید: مدل بینایی تنظیم نشده است و Tesseract می‌خواند."
READ_BY_NOBODY = " خواندن عکس و PDF مدل بینایی یا Tesseract می‌خواهد و اینجا هیچ‌کدام نیست."
PLAY = (
    " یک کوییز در کانال است و سه دقیقه بعد پاسخش می‌آید؛ در گفت‌وگوی خصوصی یا «گپ پیک»"
    " هم /quiz بزنید."
)
ASK = " نخست پیش‌نویسی را منتشر کنید و بعد با ‎/ask‎ از آرشیو بپرسید؛ مدل محلی می‌نویسد."
ASK_ONLY_POSTS = (
    " پس از انتشار نخستین پست، ‎/ask‎ بی PEYK_LOCAL_MODEL فقط نزدیک‌ترین پست‌ها را نشان می‌دهد."
)
NO_SUMMARIES = " مدل زبانی تنظیم نشده است؛ پیش‌نویس‌ها چکیدهٔ اصلی را نشان می‌دهند."


async def show(settings: Settings, *, port: int, browser: bool) -> None:
    """Run the demonstration until the program is told to stop."""
    stop = stop_on_signals()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="peyk-demo-")))
        telegram = await stack.enter_async_context(_telegram(port))
        settings = _furnish(settings, telegram, folder)
        telegram.banner = LIVE
        if not await has_network():
            telegram.banner = RECORDED
            settings = replace(settings, sources=stack.enter_context(_recorded_news(folder)))
            if not settings.summary_model:
                telegram.banner += RECORDED_SUMMARIES
                model = await stack.enter_async_context(RecordedModel())
                settings = replace(settings, llm_url=model.url, summary_model=NAME)
        if not settings.summary_model:
            telegram.banner += NO_SUMMARIES
        if not settings.vision_model:
            reader = await asyncio.to_thread(tesseract.find)
            telegram.banner += READ_OFFLINE if reader else READ_BY_NOBODY
        telegram.banner += PLAY
        telegram.banner += ASK if settings.local_model else ASK_ONLY_POSTS
        print(f"peyk demo: open {telegram.url}  (Ctrl-C ends it)", flush=True)
        if browser:
            await asyncio.to_thread(webbrowser.open, telegram.url)
        db = open_db(settings.db)
        stack.callback(db.close)
        _stock(db)
        peyk = await stack.enter_async_context(Peyk(settings, db))
        await peyk.run(stop)


async def has_network() -> bool:
    """Whether arXiv answers."""
    try:
        async with httpx.AsyncClient(timeout=LOOK_SECONDS) as client:
            return (await client.head(LOOK)).status_code < 500
    except httpx.HTTPError:
        return False


@asynccontextmanager
async def _telegram(port: int) -> AsyncIterator[EmbeddedTelegram]:
    telegram = EmbeddedTelegram(token=TOKEN, port=port)
    try:
        await telegram.start()
    except OSError as error:
        raise ConfigError(f"--port {port}: {error.strerror}; try another") from error
    try:
        yield telegram
    finally:
        await telegram.stop()


@contextmanager
def _recorded_news(folder: Path) -> Iterator[Path]:
    """Serve the recorded feeds on loopback; gives the sources file that names them."""
    files = {"path": str(RECORDED_NEWS)}
    routes = [(r"/(.*)", StaticFileHandler, files)]
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application(routes, log_function=lambda handler: None))
    server.add_sockets(sockets)
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    text = (RECORDED_NEWS / "sources.toml").read_text(encoding="utf-8")
    sources = folder / "sources.toml"
    sources.write_text(text.replace("$RECORDED", address), encoding="utf-8")
    try:
        yield sources
    finally:
        server.stop()


def _furnish(settings: Settings, telegram: EmbeddedTelegram, folder: Path) -> Settings:
    """Put people, a channel and an admin chat into the Telegram, and point the settings there."""
    admins = [telegram.add_user("مینا", "mina"), telegram.add_user("آرش", "arash")]
    reader = telegram.add_user("سارا", "sara")
    channel = telegram.add_channel("پیک هوش مصنوعی", "peyk_demo", admins=admins, members=[reader])
    group = telegram.add_group("تحریریهٔ پیک", members=admins)
    telegram.link(channel, telegram.add_group("گپ پیک", members=[*admins, reader]))
    now = datetime.now(settings.timezone).replace(second=0, microsecond=0)
    return replace(
        settings,
        token=telegram.token,
        api_url=telegram.url,
        channel=f"@{channel.username}",
        admin_chat=group.id,
        admins=frozenset(admin.id for admin in admins),
        db=folder / "peyk.db",
        webhook_url="",
        quiz_times=settings.quiz_times or ((now.weekday(), now.time()),),
        quiz_answer_hours=ANSWER_HOURS,
    )


def _stock(db: Database) -> None:
    """Put some questions into the bank, to play with before anything is published."""
    from bot import quiz_file
    from prompts.vocabulary import load

    found = quiz_file.read(FIRST_QUESTIONS.read_bytes(), load())
    questions.add_all(db, found.questions, datetime.now(UTC))
