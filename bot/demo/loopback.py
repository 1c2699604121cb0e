"""Requests of this machine's own page: who asks, about what; all others are refused.

A page of another site could otherwise drive the demo through the browser of whoever runs it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tornado.web import RequestHandler

from bot.demo.errors import ApiError, bad_request
from bot.demo.people import Person
from bot.demo.records import Chat, Json, Message

if TYPE_CHECKING:
    from bot.demo.server import EmbeddedTelegram

LOOPBACK = ("127.0.0.1", "localhost")
CONTENT_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def guard(handler: RequestHandler) -> None:
    """Refuse requests that another site's page could have caused; harden the answer."""
    request = handler.request
    origin = request.headers.get("Origin")
    host = request.host.partition(":")[0]
    if host not in LOOPBACK or origin not in (None, f"http://{request.host}"):
        raise ApiError(403, "Forbidden: this page is for this machine only")
    handler.set_header("Content-Security-Policy", CONTENT_POLICY)
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Referrer-Policy", "no-referrer")
    handler.set_header("Cross-Origin-Resource-Policy", "same-origin")


class PeopleHandler(RequestHandler):
    """What all addresses under /demo/ share: who asks, about which chat, and errors as JSON."""

    def initialize(self, telegram: EmbeddedTelegram) -> None:
        """Called by tornado."""
        self.telegram = telegram

    def prepare(self) -> None:
        """Called by tornado before the request is handled."""
        self.body: Json = {}
        self.answer_errors(self._read)

    def _read(self) -> None:
        guard(self)
        self.set_header("Cache-Control", "no-store")
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            self.body = _json_object(self.request.body)

    def answer_errors(self, step: Callable[[], object]) -> None:
        """Take a step; where it is refused, that is the answer."""
        try:
            step()
        except ApiError as refusal:
            self.refuse(refusal)

    def refuse(self, refusal: ApiError) -> None:
        """Answer with an error."""
        self.set_status(refusal.code)
        self.finish(refusal.to_json())

    def value(self, name: str) -> str:
        """A value of the JSON body, the form or the address, in this order."""
        if self.body.get(name) is not None:
            return str(self.body[name])
        return str(self.get_argument(name, ""))

    def number(self, name: str) -> int:
        """The same as a number. Raises ApiError (400) where it is none."""
        try:
            return int(self.value(name))
        except ValueError:
            raise bad_request(f"{name} must be a number") from None

    def person(self) -> Person:
        """Who asks. Raises ApiError (404) for nobody."""
        person = self.telegram.people.get(self.number("as"))
        if person is None:
            raise ApiError(404, "Not Found: no such person")
        return person

    def chat(self, person: Person) -> Chat:
        """The chat asked about. Raises ApiError (404) for one that the person does not see."""
        chat = self.telegram.world.chats.get(self.number("chat"))
        if chat is None or not person.may_read(chat):
            raise ApiError(404, "Not Found: no such chat")
        return chat

    def message(self, chat: Chat, name: str = "message") -> Message:
        """A message of the chat. Raises ApiError (404) if it is not there."""
        message = chat.messages.get(self.number(name))
        if message is None:
            raise ApiError(404, "Not Found: no such message")
        return message

    def reply_target(self, chat: Chat) -> Message | None:
        """The message replied to, if one is named."""
        return self.message(chat, "reply_to") if self.value("reply_to") else None


class Look(PeopleHandler, ABC):
    """An address that only shows something."""

    def get(self) -> None:
        """Answer with what look() returns."""
        self.answer_errors(lambda: self.finish(json.dumps(self.look(), ensure_ascii=False)))

    @abstractmethod
    def look(self) -> Any:
        """What there is to see."""


class Act(PeopleHandler, ABC):
    """An address that does something for a person."""

    async def post(self) -> None:
        """Answer with what act() returns."""
        try:
            answer = await self.act()
        except ApiError as refusal:
            self.refuse(refusal)
        else:
            self.finish(json.dumps(answer, ensure_ascii=False))

    @abstractmethod
    async def act(self) -> Json:
        """What is done."""


def _json_object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("expected an Object")
    return value
