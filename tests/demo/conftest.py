"""The embedded Telegram with a channel, a group and a bot; and the stage for tests of the page.

Tests that take `stage` are skipped where there is no browser.
"""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.demo.people import Person
from bot.demo.records import Chat
from bot.demo.server import EmbeddedTelegram
from tests.demo.browser import open_browser
from tests.demo.stage import Stage, trial_bot


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """The page in a real browser; afterwards it must not have complained about anything."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("Debian's chromium is not installed (apt-get install chromium)")
    async with (
        EmbeddedTelegram(token="42:TEST", port=0, bot_username="peyk_bot") as tg,
        open_browser(chromium, tmp_path / "profile") as browser,
    ):
        await browser.look_like(1280, 900)
        app = trial_bot(tg)
        async with app:
            await app.start()
            await app.updater.start_polling()
            yield Stage(tg, app, browser)
            await browser.go("about:blank")
            await app.updater.stop()
            await app.stop()
        assert browser.complaints == []


@pytest.fixture
async def tg() -> AsyncIterator[EmbeddedTelegram]:
    """A running server."""
    async with EmbeddedTelegram() as telegram:
        yield telegram


@pytest.fixture
def admin(tg: EmbeddedTelegram) -> Person:
    """Who runs the channel."""
    return tg.add_user("مینا", username="mina")


@pytest.fixture
def channel(tg: EmbeddedTelegram, admin: Person) -> Chat:
    """A public channel in which the bot has all rights."""
    return tg.add_channel("پیک هوش مصنوعی", username="peyk_ai", admins=[admin])


@pytest.fixture
def group(tg: EmbeddedTelegram, admin: Person) -> Chat:
    """The admins' group."""
    return tg.add_group("اتاق تحریریه", members=[admin])


@pytest.fixture
async def bot(tg: EmbeddedTelegram) -> AsyncIterator[Bot]:
    """python-telegram-bot as it is, at our address."""
    api, files = f"{tg.url}/bot", f"{tg.url}/file/bot"
    async with Bot(tg.token, base_url=api, base_file_url=files) as bot:
        yield bot


@pytest.fixture
def png() -> bytes:
    """The beginning of a picture of 32 by 16 pixels: all that a server looks at."""
    size = (32).to_bytes(4, "big") + (16).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + size + b"\x08\x06" + bytes(8)
