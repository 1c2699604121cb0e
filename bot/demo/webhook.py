"""Brings updates to the bot's webhook, one after the other, until each is accepted.

Source: https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from bot.demo.world import World

SECONDS_FOR_ANSWER = 60.0
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 60.0


async def deliver(world: World, tried: Callable[[], None]) -> None:
    """Post updates for ever while a webhook is set; a failed one is tried again, ever later.

    `tried` is called after every attempt.
    """
    client = AsyncHTTPClient(force_instance=True)
    pause = FIRST_PAUSE
    try:
        while True:
            await world.webhook_set.wait()
            await world.updates.arrival()
            if not world.webhook["url"]:
                continue
            is_accepted = await _deliver_first(world, client)
            tried()
            if is_accepted:
                pause = FIRST_PAUSE
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
    finally:
        client.close()


async def _deliver_first(world: World, client: AsyncHTTPClient) -> bool:
    """Whether the oldest update was accepted; it leaves the queue then, and only then."""
    first, webhook = world.updates.pending[0], world.webhook
    headers = {"Content-Type": "application/json"}
    if webhook.get("secret_token"):
        headers["X-Telegram-Bot-Api-Secret-Token"] = webhook["secret_token"]
    request = HTTPRequest(
        webhook["url"],
        method="POST",
        headers=headers,
        body=first.body,
        request_timeout=SECONDS_FOR_ANSWER,
        follow_redirects=False,
    )
    try:
        response = await client.fetch(request, raise_error=False)
    except (OSError, HTTPClientError) as error:
        return _failed(world, type(error).__name__)
    if not HTTPStatus.OK <= response.code < HTTPStatus.MULTIPLE_CHOICES:
        return _failed(world, f"Wrong response from the webhook: {response.code}")
    if world.updates.pending and world.updates.pending[0] is first:
        world.updates.confirm_first()
    return True


def _failed(world: World, words: str) -> bool:
    world.webhook |= {"last_error_date": int(world.now()), "last_error_message": words}
    return False
