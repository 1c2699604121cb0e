"""Methods by which the bot receives updates: long polling or a webhook, never both."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.demo.errors import bad_request, conflict
from bot.demo.methods.params import Params
from bot.demo.methods.registry import method
from bot.demo.records import Json
from bot.demo.world import World

MOST_UPDATES = 100
LONGEST_WAIT = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@method
async def get_updates(world: World, params: Params) -> list[bytes]:
    """https://core.telegram.org/bots/api#getupdates: updates already written as JSON."""
    if world.webhook["url"]:
        raise conflict(
            "can't use getUpdates method while webhook is active; "
            "use deleteWebhook to delete the webhook first"
        )
    if params.has("allowed_updates"):
        world.updates.allow(params.array("allowed_updates"))
    limit = params.integer("limit", MOST_UPDATES)
    limit = limit if 1 <= limit <= MOST_UPDATES else MOST_UPDATES
    wait = min(max(params.integer("timeout"), 0), LONGEST_WAIT)
    return await world.updates.fetch(params.integer("offset"), limit, wait)


@method
async def set_webhook(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setwebhook: http is taken too, as all is loopback."""
    url, secret = params.text("url"), params.text("secret_token")
    if url:
        _check_webhook_url(url)
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    if params.has("allowed_updates"):
        world.updates.allow(params.array("allowed_updates"))
    _switch(world, params, {"url": url, "secret_token": secret})
    return True


def _check_webhook_url(url: str) -> None:
    if not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not urlsplit(url).hostname:
        raise bad_request("invalid webhook URL specified")


@method
async def delete_webhook(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deletewebhook"""
    _switch(world, params, {"url": ""})
    return True


def _switch(world: World, params: Params, webhook: Json) -> None:
    if params.flag("drop_pending_updates"):
        world.updates.drop_all()
    if webhook["url"]:
        world.updates.interrupt()
    world.set_webhook(webhook)


@method
async def get_webhook_info(world: World, params: Params) -> Json:
    """https://core.telegram.org/bots/api#webhookinfo"""
    info = {name: value for name, value in world.webhook.items() if name != "secret_token"}
    allowed = world.updates.allowed
    return {
        **info,
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
        **({"allowed_updates": sorted(allowed)} if allowed else {}),
    }
