"""The door to language models: one method, and its OpenAI-compatible form.

Whatever the server is (OpenAI, OpenRouter, vLLM, Ollama, llama.cpp), callers see `complete`.
Does not know what is asked (see prompts) nor what may be spent (see bot.models.budget).
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from bot.errors import ModelBusy, ModelError, ModelMissing, OverBudget
from bot.models.answer import find_object, without_thinking

if TYPE_CHECKING:
    import openai

log = logging.getLogger(__name__)

LONGEST_ANSWER = 100_000
"""Characters of an answer that are looked at; a server may send more than was asked for."""

PICTURE_TOKENS = 3000
"""More than a page of 1600 pixels takes: 2300 patches of 28 pixels, or 12 tiles of 170 tokens."""

_OPENAI = "https://api.openai.com/v1"
_WAIT_AND_TRY_AGAIN = frozenset({408, 409, 425, 429})
_NOT_UNDERSTOOD = frozenset({400, 404, 415, 422})
_LONGEST_COMPLAINT = 300


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to a model."""

    name: str
    version: str
    system: str
    user: str
    schema: Mapping[str, Any] | None = None
    """JSON Schema of the wanted answer; None asks for text."""
    max_tokens: int = 2000
    temperature: float = 0.3
    images: tuple[str, ...] = ()
    """Pictures as data URIs."""
    item_id: int | None = None
    """The item it is about, for the record of calls."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answer and what it took."""

    text: str
    data: dict[str, Any] | None = None
    """The answer as an object when a schema was asked for; None when it holds none."""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    """As the server says it (OpenRouter's ``usage.cost``, in US dollars); None: it does not."""
    seconds: float = 0.0
    truncated: bool = False
    """The answer was cut off at `Prompt.max_tokens`."""


class LanguageModel(Protocol):
    """Anything that answers a prompt."""

    @property
    def name(self) -> str:
        """What it is called in settings and records."""

    async def complete(self, prompt: Prompt) -> Reply:
        """The answer to `prompt`. Raises ModelBusy (try later) or another ModelError."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """`first`, and `second` whenever the first gives no answer.

    The day's ceiling is no such case: it holds for both.
    """

    first: LanguageModel
    second: LanguageModel

    @property
    def name(self) -> str:
        """The first one's: whose answer it was stands in the reply."""
        return self.first.name

    async def complete(self, prompt: Prompt) -> Reply:
        """The first answer there is. Raises what the second raises."""
        try:
            return await self.first.complete(prompt)
        except OverBudget:
            raise
        except ModelError as error:
            log.warning("%s failed, asking %s: %s", self.first.name, self.second.name, error)
        return await self.second.complete(prompt)


class Mode(StrEnum):
    """How the shape of an answer is asked for, from the strictest to the humblest."""

    SCHEMA = "json_schema"
    OBJECT = "json_object"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How much of the Chat Completions API a server has shown to understand."""

    mode: Mode = Mode.SCHEMA
    limit: str = "max_tokens"
    temperature: bool = True

    def humbler(self, complaint: str, *, shaped: bool) -> Dialect | None:
        """What to try after a request was refused with `complaint`; None when nothing is left.

        `shaped`: whether the request asked for the shape of the answer.
        """
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        steps = {Mode.SCHEMA: Mode.OBJECT, Mode.OBJECT: Mode.PLAIN} if shaped else {}
        return replace(self, mode=steps[self.mode]) if self.mode in steps else None

    def request(self, prompt: Prompt, model: str) -> dict[str, Any]:
        """The arguments of Chat Completions for `prompt`."""
        asked: dict[str, Any] = {"model": model, self.limit: prompt.max_tokens}
        if self.temperature:
            asked["temperature"] = prompt.temperature
        system = prompt.system
        if prompt.schema is not None and self.mode is not Mode.SCHEMA:
            shape = json.dumps(prompt.schema, ensure_ascii=False)
            system += (
                f"\n\nAnswer with one JSON object of this JSON Schema and nothing else:\n{shape}"
            )
        if prompt.schema is not None and self.mode is Mode.SCHEMA:
            schema = {"name": prompt.name, "strict": True, "schema": prompt.schema}
            asked["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif prompt.schema is not None and self.mode is Mode.OBJECT:
            asked["response_format"] = {"type": "json_object"}
        asked["messages"] = [
            {"role": "system", "content": system},
            {"role": "user", "content": _content(prompt)},
        ]
        return asked


def _content(prompt: Prompt) -> str | list[dict[str, Any]]:
    """The user's message: text alone, or text and pictures as parts."""
    if not prompt.images:
        return prompt.user
    pictures = [{"type": "image_url", "image_url": {"url": uri}} for uri in prompt.images]
    return [{"type": "text", "text": prompt.user}, *pictures]


class OpenAIModel:
    """A model behind an OpenAI-compatible server.

    `openai` is imported at the first call, in a thread: it is more than half of the program's
    start. Its client retries 429, 5xx and time-outs with jitter and honours Retry-After.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        model: str,
        *,
        attempt_seconds: float = 120.0,
        total_seconds: float = 180.0,
        max_retries: int = 2,
    ) -> None:
        self.name = model
        self.dialect = Dialect()
        self._base_url = base_url or _OPENAI
        self._key = key
        self._attempt_seconds = attempt_seconds
        self._total_seconds = total_seconds
        self._max_retries = max_retries
        self._client: openai.AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    def __repr__(self) -> str:
        return f"OpenAIModel({self._who})"

    @property
    def _who(self) -> str:
        return f"{self.name} at {urlsplit(self._base_url).hostname}"

    async def complete(self, prompt: Prompt) -> Reply:
        """The answer to `prompt`.

        Raises ModelMissing when the model has no name, ModelBusy when the server is down, slow,
        limiting or failing, and ModelError when it refuses the request.
        """
        if not self.name:
            raise ModelMissing("no model is named (PEYK_SUMMARY_MODEL)")
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._total_seconds):
                completion = await self._ask(prompt)
        except TimeoutError as error:
            raise ModelBusy(f"{self._who}: no answer in {self._total_seconds:g} s") from error
        reply = _reply(completion, prompt)
        if reply is None:
            raise ModelError(f"{self._who}: not a Chat Completions answer; is the address right?")
        seconds = time.monotonic() - started
        return replace(reply, model=reply.model or self.name, seconds=seconds)

    async def open(self) -> None:
        """Load the client now rather than at the first call."""
        await self._open()

    async def close(self) -> None:
        """Give the connections back; the next call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _ask(self, prompt: Prompt) -> object:
        """The server's answer in the richest dialect it takes; the dialect is remembered."""
        client = await self._open()
        dialect = self.dialect
        while True:
            try:
                completion = await self._send(client, dialect.request(prompt, self.name))
            except _NotUnderstood as refusal:
                humbler = dialect.humbler(refusal.complaint, shaped=prompt.schema is not None)
                if humbler is None:
                    raise ModelError(f"{self._who}: {refusal.complaint}") from refusal
                dialect = humbler
            else:
                self.dialect = dialect
                return completion

    async def _open(self) -> openai.AsyncOpenAI:
        async with self._opening:
            if self._client is None:
                self._client = await asyncio.to_thread(self._new_client)
            return self._client

    def _new_client(self) -> openai.AsyncOpenAI:
        client: openai.AsyncOpenAI = importlib.import_module("openai").AsyncOpenAI(
            base_url=self._base_url,
            # Local servers want no key, the package does.
            api_key=self._key or "none",
            max_retries=self._max_retries,
            timeout=self._attempt_seconds,
        )
        # The resource is another lazy import: done here, it does not stop the event loop.
        _ = client.chat.completions
        return client

    async def _send(self, client: openai.AsyncOpenAI, request: dict[str, Any]) -> object:
        """One call with the client's retries, its exceptions turned into ours."""
        import openai  # here by now: _open() imported it in a thread

        try:
            return await client.chat.completions.create(**request)
        except openai.APIStatusError as error:
            message = error.message.removeprefix(f"Error code: {error.status_code} - ")
            complaint = f"HTTP {error.status_code}: {self._clean(message)}"
            if error.status_code in _NOT_UNDERSTOOD:
                raise _NotUnderstood(complaint) from error
            busy = error.status_code >= 500 or error.status_code in _WAIT_AND_TRY_AGAIN
            raise (ModelBusy if busy else ModelError)(f"{self._who}: {complaint}") from error
        except openai.APIConnectionError as error:
            raise ModelBusy(f"{self._who}: {self._clean(error.message)}") from error
        except (openai.OpenAIError, ValueError, RecursionError) as error:
            raise ModelError(f"{self._who}: {self._clean(str(error))}") from error

    def _clean(self, message: str) -> str:
        """What a server complains of, on one short line and without the key it may repeat."""
        if self._key:
            message = message.replace(self._key, "***")
        return " ".join(message.split())[:_LONGEST_COMPLAINT]


class _NotUnderstood(Exception):
    """The server refused the form of a request; a humbler one may do."""

    def __init__(self, complaint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint


def _reply(completion: object, prompt: Prompt) -> Reply | None:
    """What a server sent, read with suspicion; None when it is no completion at all."""
    choices = getattr(completion, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = getattr(choice, "message", None)
    if message is None:
        return None
    said = getattr(message, "content", None) or getattr(message, "refusal", None) or ""
    text = without_thinking(str(said)[:LONGEST_ANSWER])
    data = find_object(text, prompt.schema.get("required", ())) if prompt.schema else None
    usage = getattr(completion, "usage", None)
    cost = getattr(usage, "cost", None)
    return Reply(
        text,
        data,
        model=str(getattr(completion, "model", "") or ""),
        prompt_tokens=_count(usage, "prompt_tokens", most_tokens(prompt) // 3),
        completion_tokens=_count(usage, "completion_tokens", len(text) // 3),
        cost=float(cost) if isinstance(cost, int | float) else None,
        truncated=getattr(choice, "finish_reason", None) == "length",
    )


def most_tokens(prompt: Prompt) -> int:
    """More tokens than the question can take: scripts other than Latin reach one per character."""
    return len(prompt.system) + len(prompt.user) + PICTURE_TOKENS * len(prompt.images)


def _count(usage: object, name: str, estimate: int) -> int:
    """The tokens a server counted; where it does not, an estimate, so that the ceiling holds."""
    counted = getattr(usage, name, None)
    return counted if isinstance(counted, int) and counted >= 0 else estimate
