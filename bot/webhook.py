"""Webhook mode: Telegram brings the updates; each is stored before Telegram is told "200 OK"."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from telegram import Bot
from telegram.error import BadRequest, TelegramError
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from bot.config import Settings
from bot.errors import ConfigError
from bot.logs import redact
from bot.updates import Inbox
from db import facts

log = logging.getLogger("peyk.webhook")

LARGEST = 5_000_000
"""Bytes of one update; Telegram's are far smaller."""


@asynccontextmanager
async def listening(
    settings: Settings, bot: Bot, inbox: Inbox, kinds: Iterable[str]
) -> AsyncIterator[None]:
    """Serve the webhook and tell Telegram its address, while the body runs.

    Telegram proves itself by the secret in the header ``X-Telegram-Bot-Api-Secret-Token``
    (Bot API, setWebhook); without PEYK_WEBHOOK_SECRET one is made up at each start.
    """
    secret = settings.webhook_secret or secrets.token_urlsafe(32)
    path = urlsplit(settings.webhook_url).path or "/"
    routes = [(path, _Update, {"inbox": inbox, "secret": secret})]
    server = HTTPServer(Application(routes), max_body_size=LARGEST)
    try:
        server.listen(settings.webhook_port)
    except OSError as error:
        raise ConfigError(
            f"PEYK_WEBHOOK_PORT {settings.webhook_port}: {error.strerror}"
        ) from error
    await _tell_telegram(bot, settings.webhook_url, secret, list(kinds))
    facts.put(inbox.db, "webhook", True)
    log.info("listening for Telegram on port %d", settings.webhook_port)
    try:
        yield
    finally:
        server.stop()
        await server.close_all_connections()


async def _tell_telegram(bot: Bot, url: str, secret: str, kinds: list[str]) -> None:
    """Set the webhook, however long Telegram cannot be reached."""
    pause = 1.0
    while True:
        try:
            await bot.set_webhook(
                url, secret_token=secret, allowed_updates=kinds, max_connections=20
            )
            return
        except BadRequest as error:
            raise ConfigError(f"PEYK_WEBHOOK_URL: Telegram refuses it: {error}") from error
        except TelegramError as error:
            log.warning("the webhook is not set, trying again: %s", redact(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, 60.0)


class _Update(RequestHandler):
    """Takes one update."""

    def initialize(self, inbox: Inbox, secret: str) -> None:
        self.inbox, self.secret = inbox, secret

    def post(self) -> None:
        """Store the update and say so; whoever does not know the secret is turned away."""
        shown = self.request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        if not hmac.compare_digest(shown.encode(), self.secret.encode()):
            log.warning("somebody without the secret called the webhook")
            self.set_status(403)
            return
        try:
            update = json.loads(self.request.body)
        except ValueError:
            self.set_status(400)
            return
        if self.inbox.full:
            self.set_status(503)
        elif isinstance(update, dict):
            self.inbox.take([update])

    def log_exception(self, *_: object) -> None:
        log.exception("an update was not stored; Telegram will bring it again")
