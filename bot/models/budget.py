"""A language model that stops at the day's ceiling of tokens and keeps the books; wraps any."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.errors import ModelError, OverBudget
from bot.models.door import LanguageModel, Prompt, Reply, most_tokens
from db import usage


class Budgeted:
    """`model` within `ceiling` tokens a day (0: no limit), every call recorded in `db`.

    The day is that of `zone`. Models that share a database share the ceiling. Near the ceiling
    calls are made one at a time, so that at most one call goes past it.
    """

    def __init__(
        self,
        model: LanguageModel,
        db: Database,
        ceiling: int,
        zone: ZoneInfo,
        now: Callable[[], datetime],
    ) -> None:
        self._model = model
        self._db = db
        self._ceiling = ceiling
        self._zone = zone
        self._now = now
        self._running = 0
        self._changed = asyncio.Condition()

    @property
    def name(self) -> str:
        """The name of the model inside."""
        return self._model.name

    async def complete(self, prompt: Prompt) -> Reply:
        """The model's answer. Raises OverBudget, without asking, when no tokens are left."""
        await self._admit(prompt)
        try:
            return await self._recorded(prompt)
        finally:
            self._running -= 1
            async with self._changed:
                self._changed.notify_all()

    async def _admit(self, prompt: Prompt) -> None:
        async with self._changed:
            while self._running and self._left() <= (self._running + 1) * _most(prompt):
                await self._changed.wait()
            if self._left() <= 0:
                raise OverBudget(
                    f"the day's ceiling of {self._ceiling} tokens is reached"
                    " (PEYK_LLM_BUDGET_TOKENS)"
                )
            self._running += 1

    def _left(self) -> float:
        """Tokens that may still be spent today."""
        if not self._ceiling:
            return float("inf")
        midnight = self._now().astimezone(self._zone).replace(hour=0, minute=0, second=0)
        return self._ceiling - usage.tokens_since(self._db, midnight)

    async def _recorded(self, prompt: Prompt) -> Reply:
        started = time.monotonic()
        try:
            reply = await self._model.complete(prompt)
        except ModelError as error:
            self._record(prompt, Reply("", seconds=time.monotonic() - started), str(error))
            raise
        self._record(prompt, reply, "")
        return reply

    def _record(self, prompt: Prompt, reply: Reply, error: str) -> None:
        call = usage.ModelCall(
            at=self._now(),
            purpose=prompt.name,
            model=reply.model or self.name,
            item_id=prompt.item_id,
            prompt_version=prompt.version,
            prompt_tokens=reply.prompt_tokens,
            completion_tokens=reply.completion_tokens,
            cost=reply.cost,
            seconds=reply.seconds,
            error=error,
        )
        usage.record(self._db, call)


def _most(prompt: Prompt) -> int:
    """More tokens than `prompt` and its answer can take."""
    return most_tokens(prompt) + prompt.max_tokens
