"""The door to language models: one method, and its OpenAI-compatible form.

Whatever the server is (OpenAI, OpenRouter, vLLM, Ollama, llama.cpp), callers see `complete`, and
`stream` where an answer is read while it is made.
Does not know what is asked (see prompts) nor what may be spent (see bot.models.budget).
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import re
import time
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from bot.errors import ModelBusy, ModelError, ModelMissing, OverBudget
from bot.models.answer import Thoughts, find_object, without_thinking
from bot.models.stream import Token, Turn

if TYPE_CHECKING:
    import openai

log = logging.getLogger(__name__)

LONGEST_ANSWER = 100_000
"""Characters of an answer that are looked at; a server may send more than was asked for."""

PICTURE_TOKENS = 3000
"""More than a page of 1600 pixels takes: 2300 patches of 28 pixels, or 12 tiles of 170 tokens."""

LAST_WORDS = 0.5
"""Seconds that what follows an answer's last word may take; read, it frees the connection."""

_OPENAI = "https://api.openai.com/v1"
_OWN_MACHINE = ("127.0.0.1", "::1", "localhost")
_WAIT_AND_TRY_AGAIN = frozenset({408, 409, 425, 429})
_NOT_UNDERSTOOD = frozenset({400, 404, 415, 422})
_LONGEST_COMPLAINT = 300
# Within a piece of an answer, which is JSON, there is no line break.
_DONE = re.compile(rb"[\r\n]data: ?\[DONE\]")
_LONGEST_DONE = 16


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
    logprobs: bool = True

    def humbler(self, complaint: str, *, shaped: bool) -> Dialect | None:
        """What to try after a request was refused with `complaint`; None when nothing is left.

        `shaped`: whether the request asked for the shape of the answer.
        """
        if "context size" in complaint:  # no other form would make it shorter
            return None
        if self.limit == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, limit="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if self.logprobs and "logprobs" in complaint:
            return replace(self, logprobs=False)
        steps = {Mode.SCHEMA: Mode.OBJECT, Mode.OBJECT: Mode.PLAIN} if shaped else {}
        return replace(self, mode=steps[self.mode]) if self.mode in steps else None

    def request(self, prompt: Prompt, model: str, earlier: Sequence[Turn] = ()) -> dict[str, Any]:
        """The arguments of Chat Completions for `prompt`, after what was said `earlier`."""
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
            *({"role": turn.role, "content": turn.text} for turn in earlier),
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
        extras: Mapping[str, Any] = MappingProxyType({}),
        setting: str = "",
    ) -> None:
        """`extras`: arguments of `stream` beyond the API, for a server known to take them.

        `setting`: what the operator named the server in; errors name it, too.
        """
        self.name = model
        self.dialect = Dialect()
        self._base_url = base_url or _OPENAI
        self._key = key
        self._attempt_seconds = attempt_seconds
        self._total_seconds = total_seconds
        self._max_retries = max_retries
        self._extras = dict(extras)
        self._setting = setting
        self._tokenizes = True
        self._client: openai.AsyncOpenAI | None = None
        self._opening = asyncio.Lock()

    def __repr__(self) -> str:
        return f"OpenAIModel({self._who})"

    @property
    def _who(self) -> str:
        said = f"{self._setting}: " if self._setting else ""
        return f"{said}{self.name or 'the server'} at {self._place}"

    @property
    def _place(self) -> str:
        """Host and port, without the name and password that an address may carry."""
        return urlsplit(self._base_url).netloc.rpartition("@")[2]

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

    async def stream(
        self,
        prompt: Prompt,
        *,
        earlier: Sequence[Turn] = (),
        top_logprobs: int = 0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> AsyncGenerator[Token]:
        """The answer to `prompt` as it is made; see bot.models.stream.

        Thoughts that the model prints first are left out. Raises as `complete` does, also in the
        middle of an answer.
        """
        if not self.name:
            raise ModelMissing("no model is named (PEYK_SUMMARY_MODEL)")
        asked: dict[str, Any] = {"stream": True, "extra_body": self._extras}
        if stop:
            asked["stop"] = list(stop)
        if seed is not None:
            asked["seed"] = seed
        deadline = asyncio.get_running_loop().time() + self._total_seconds
        answer: Any = None
        thoughts, length = Thoughts(), 0
        try:
            async with asyncio.timeout_at(deadline):
                answer = await self._ask(prompt, earlier, asked, top_logprobs)
            answer.response = heard = _Heard(answer.response)
            finish = ""
            while not finish:
                chunk = await self._next(answer, deadline)
                if chunk is None:
                    finish = self._end(heard)
                for token in _tokens(chunk):
                    if said := thoughts.heard(token):
                        length += len(said.text)
                        yield said
                finish = finish or _finish(chunk)
                if length > LONGEST_ANSWER:
                    finish = "length"
            yield Token(thoughts.rest(), finish=finish)
            await self._use_up(answer)
        except TimeoutError as error:
            raise ModelBusy(f"{self._who}: no answer in {self._total_seconds:g} s") from error
        finally:
            if answer is not None:  # the server sees the connection go and stops its work
                await answer.close()

    async def tokens(self, text: str) -> int | None:
        """How many tokens `text` is, by llama.cpp's ``/tokenize``; None: the server has none."""
        if not self._tokenizes:
            return None
        client = await self._open()
        address = f"{self._base_url.removesuffix('/v1')}/tokenize"
        try:
            counted: Any = await client.post(address, cast_to=object, body={"content": text})
        except _openai().APIConnectionError:
            return None
        except _openai().OpenAIError:
            counted = None
        found = counted.get("tokens") if isinstance(counted, dict) else None
        self._tokenizes = isinstance(found, list)
        return len(found) if isinstance(found, list) else None

    async def offered(self) -> list[str]:
        """The names of the models that the server has. Raises ModelBusy or ModelError."""
        client = await self._open()
        try:
            with self._our_errors():
                listed = await client.models.list()
        except _NotUnderstood as refusal:
            raise ModelError(f"{self._who}: {refusal.complaint}") from refusal
        return [str(one.id) for one in getattr(listed, "data", None) or ()]

    async def open(self) -> None:
        """Load the client now rather than at the first call."""
        await self._open()

    async def close(self) -> None:
        """Give the connections back; the next call opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _next(self, answer: Any, deadline: float) -> object | None:
        """The next piece of a streamed answer; None at its end."""
        # Not one timeout around the loop: it would also run while the reader of the stream works.
        async with asyncio.timeout_at(deadline):
            with self._our_errors():
                return await anext(answer, None)

    def _end(self, heard: _Heard) -> str:
        """Why an answer ends that does not say so itself. Raises where nobody does."""
        if heard.done:
            return "stop"
        if not heard.streams:
            raise ModelError(f"{self._who}: no stream of Chat Completions; is the address right?")
        raise ModelBusy(f"{self._who}: the answer broke off in the middle")

    async def _use_up(self, answer: Any) -> None:
        """Read what follows the last word of an answer: its connection can be used again."""
        deadline = asyncio.get_running_loop().time() + LAST_WORDS
        with suppress(ModelError, TimeoutError):
            while await self._next(answer, deadline) is not None:
                pass

    async def _ask(
        self,
        prompt: Prompt,
        earlier: Sequence[Turn] = (),
        options: Mapping[str, Any] = MappingProxyType({}),
        top_logprobs: int = 0,
    ) -> object:
        """The server's answer in the richest dialect it takes; the dialect is remembered."""
        client = await self._open()
        dialect = self.dialect
        while True:
            request = {**dialect.request(prompt, self.name, earlier), **options}
            if top_logprobs and dialect.logprobs:
                request |= {"logprobs": True, "top_logprobs": top_logprobs}
            try:
                completion = await self._send(client, request)
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
        package = _openai()
        own = urlsplit(self._base_url).hostname in _OWN_MACHINE
        client: openai.AsyncOpenAI = package.AsyncOpenAI(
            # A proxy of the environment would look for this machine on its own.
            http_client=package.DefaultAsyncHttpx2Client(trust_env=False) if own else None,
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
        with self._our_errors():
            return await client.chat.completions.create(**request)

    @contextmanager
    def _our_errors(self) -> Iterator[None]:
        """Turn what the client raises into ModelBusy, ModelError or _NotUnderstood."""
        openai = _openai()
        try:
            yield
        except openai.APIStatusError as error:
            message = error.message.removeprefix(f"Error code: {error.status_code} - ")
            complaint = f"HTTP {error.status_code}: {self._clean(message)}"
            if error.status_code in _NOT_UNDERSTOOD:
                raise _NotUnderstood(complaint) from error
            busy = error.status_code >= 500 or error.status_code in _WAIT_AND_TRY_AGAIN
            raise (ModelBusy if busy else ModelError)(f"{self._who}: {complaint}") from error
        except openai.APITimeoutError as error:
            raise ModelBusy(f"{self._who}: {self._clean(error.message)}") from error
        except openai.APIConnectionError as error:
            raise ModelBusy(f"{self._who}: {self._lost(error)}") from error
        except (openai.OpenAIError, ValueError, RecursionError) as error:
            raise ModelError(f"{self._who}: {self._clean(str(error))}") from error

    def _lost(self, error: Exception) -> str:
        """What became of a connection, and what the operator can do about it."""
        if not isinstance(error.__cause__, importlib.import_module("httpx2").ConnectError):
            return "the connection broke off"
        mend = "; start it, or correct the address" if self._setting else ""
        return f"no connection{mend}"

    def _clean(self, message: str) -> str:
        """What a server complains of, on one short line and without the key it may repeat."""
        if self._key:
            message = message.replace(self._key, "***")
        return " ".join(message.split())[:_LONGEST_COMPLAINT]


def _openai() -> Any:
    """The package, imported when it is first needed."""
    return importlib.import_module("openai")


class _Heard:
    """A streamed response that remembers whether its server said ``[DONE]``.

    The client's stream ends in the same way there and where the connection was closed.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._last = b"\n"
        self.done = False
        self.streams = "text/event-stream" in response.headers.get("content-type", "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._response, name)

    async def aiter_bytes(self) -> AsyncGenerator[bytes]:
        """The body as it comes."""
        async for part in self._response.aiter_bytes():
            self._last += part
            self.done = self.done or bool(_DONE.search(self._last))
            self._last = self._last[-_LONGEST_DONE:]
            yield part


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


def _tokens(chunk: object) -> Iterator[Token]:
    """What a piece of a streamed answer holds, read with suspicion."""
    choices = getattr(chunk, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    text = getattr(getattr(choice, "delta", None), "content", None)
    if not isinstance(text, str):
        return
    # Half of a pair of UTF-16 would break whatever is made of the text.
    text = text.encode(errors="ignore").decode()
    told = getattr(getattr(choice, "logprobs", None), "content", None) or []
    yield Token(text, *_likelihood(told[0])) if told else Token(text)
    for more in told[1:]:  # several tokens of one character, or of one delivery
        yield Token("", *_likelihood(more))


def _finish(chunk: object) -> str:
    """Why the answer ends with this piece; empty: it goes on."""
    choices = getattr(chunk, "choices", None)
    choice = choices[0] if isinstance(choices, list) and choices else None
    reason = getattr(choice, "finish_reason", None)
    return reason if isinstance(reason, str) else ""


def _likelihood(told: Any) -> tuple[float | None, tuple[tuple[str, float], ...]]:
    """The logprob of a token, and the likeliest tokens in its place with theirs."""
    others = getattr(told, "top_logprobs", None) or ()
    top = [(str(getattr(one, "token", "")), _number(one)) for one in others]
    return _number(told), tuple((text, number) for text, number in top if number is not None)


def _number(told: object) -> float | None:
    logprob = getattr(told, "logprob", None)
    return float(logprob) if isinstance(logprob, int | float) else None


def most_tokens(prompt: Prompt) -> int:
    """More tokens than the question can take: scripts other than Latin reach one per character."""
    return len(prompt.system) + len(prompt.user) + PICTURE_TOKENS * len(prompt.images)


def _count(usage: object, name: str, estimate: int) -> int:
    """The tokens a server counted; where it does not, an estimate, so that the ceiling holds."""
    counted = getattr(usage, name, None)
    return counted if isinstance(counted, int) and counted >= 0 else estimate
