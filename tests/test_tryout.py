"""`peyk demo` as a visitor meets it: questions in the channel, in private and in the group."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
OFFLINE = {"HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"}


class Visitor:
    """Somebody on the demo's page."""

    def __init__(self, page: httpx.AsyncClient, user: int) -> None:
        self._page, self.user = page, user

    async def chat(self, kind: str) -> int:
        """Their chat of this kind."""
        chats = (await self._page.get(f"/demo/chats?as={self.user}")).json()
        return int(next(chat["id"] for chat in chats if chat["type"] == kind))

    async def polls(self, chat: int) -> list[dict[str, Any]]:
        """The polls of a chat, once there are some."""
        async with asyncio.timeout(20):
            while True:
                address = f"/demo/messages?as={self.user}&chat={chat}"
                told = (await self._page.get(address)).json()["messages"]
                if found := [one["poll"] for one in told if one.get("poll")]:
                    return found
                await asyncio.sleep(0.1)

    async def send(self, chat: int, text: str) -> None:
        """Write something there."""
        told = {"as": self.user, "chat": chat, "text": text}
        assert (await self._page.post("/demo/send", json=told)).is_success


async def test_a_visitor_finds_a_quiz_in_the_channel_and_plays_in_private_and_in_the_group(
    tmp_path: Path, free_port: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--port", str(free_port)),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **OFFLINE},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    address = (await process.stdout.readline()).decode().split()[3]
    async with httpx.AsyncClient(base_url=address, headers={"Origin": address}) as page:
        people = (await page.get("/demo/people")).json()
        visitor = Visitor(page, people[-1]["id"])
        (posted,) = await visitor.polls(await visitor.chat("channel"))
        for kind in ("private", "supergroup"):
            await visitor.send(await visitor.chat(kind), "/quiz")
            assert await visitor.polls(await visitor.chat(kind))
    process.terminate()
    await process.communicate()

    assert posted["question"].startswith("❓ کوییز شمارهٔ ۱: ") and process.returncode == 0
