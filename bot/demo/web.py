"""The people's side over HTTP: what the page shows and what can be done on it.

For this machine's own page only: every request must come to and from a loopback address.
What people can do is in bot.demo.people.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler, StaticFileHandler

from bot.demo.errors import ApiError, bad_request
from bot.demo.events import Event
from bot.demo.people import Person
from bot.demo.records import Chat, Json, Message, User

if TYPE_CHECKING:
    from bot.demo.server import EmbeddedTelegram

PAGE = Path(__file__).parent / "page"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONTENT_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
MESSAGES_AT_ONCE = 200
SECONDS_BETWEEN_SIGNS = 15.0
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def routes(telegram: EmbeddedTelegram) -> list[tuple[str, type[RequestHandler], Json]]:
    """Addresses under /demo/, and the page itself."""
    own = {"telegram": telegram}
    return [
        (r"/demo/info", Info, own),
        (r"/demo/people", People, own),
        (r"/demo/chats", Chats, own),
        (r"/demo/messages", Messages, own),
        (r"/demo/events", Events, own),
        (r"/demo/send", Send, own),
        (r"/demo/press", Press, own),
        (r"/demo/vote", Vote, own),
        (r"/demo/upload", Uploaded, own),
        (r"/demo/file/([\w-]+)", File, own),
        (r"/()", Page, {"path": str(PAGE), "default_filename": "index.html"}),
        (r"/page/(.*)", Page, {"path": str(PAGE)}),
    ]


def _guard(handler: RequestHandler) -> None:
    """Refuse requests that another site's page could have caused; harden the answer."""
    request = handler.request
    origin = request.headers.get("Origin")
    host = urlsplit(f"//{request.host}").hostname
    if host not in LOOPBACK or origin not in (None, f"http://{request.host}"):
        raise ApiError(403, "Forbidden: this page is for this machine only")
    handler.set_header("Content-Security-Policy", CONTENT_POLICY)
    handler.set_header("X-Content-Type-Options", "nosniff")
    handler.set_header("Referrer-Policy", "no-referrer")
    handler.set_header("Cross-Origin-Resource-Policy", "same-origin")


class Page(StaticFileHandler):
    """The page's own files."""

    def prepare(self) -> None:
        """Called by tornado before the request is handled."""
        try:
            _guard(self)
        except ApiError as refusal:
            self.set_status(refusal.code)
            self.finish(refusal.description)

    def set_extra_headers(self, path: str) -> None:
        """A newer page shows at the next look."""
        self.set_header("Cache-Control", "no-cache")


class _PeopleHandler(RequestHandler):
    """What all addresses under /demo/ share: who asks, about which chat, and errors as JSON."""

    def initialize(self, telegram: EmbeddedTelegram) -> None:
        """Called by tornado."""
        self.telegram = telegram

    def prepare(self) -> None:
        """Called by tornado before the request is handled."""
        self.body: Json = {}
        self._answer_errors(self._read)

    def _read(self) -> None:
        _guard(self)
        self.set_header("Cache-Control", "no-store")
        if self.request.headers.get("Content-Type", "").startswith("application/json"):
            self.body = _json_object(self.request.body)

    def _answer_errors(self, step: Any) -> None:
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
        if name in self.body:
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


class _Look(_PeopleHandler):
    """An address that only shows something."""

    def get(self) -> None:
        """Answer with what look() returns."""
        self._answer_errors(lambda: self.finish(json.dumps(self.look(), ensure_ascii=False)))

    def look(self) -> Any:
        """What there is to see."""
        raise NotImplementedError


class _Act(_PeopleHandler):
    """An address that does something for a person."""

    async def post(self) -> None:
        """Answer with what act() returns."""
        try:
            answer = await self.act()
        except ApiError as refusal:
            self.refuse(refusal)
        else:
            self.finish(json.dumps(answer, ensure_ascii=False))

    async def act(self) -> Json:
        """What is done."""
        raise NotImplementedError


class Info(_Look):
    """GET /demo/info"""

    def look(self) -> Json:
        """The main chats, the bot, and the program's own words about this demo."""
        chats = self.telegram.world.chats.values()
        bot = self.telegram.world.bot
        return {
            "channel": next((c.id for c in chats if c.type == "channel"), None),
            "admin_chat": next((c.id for c in chats if c.type == "supergroup"), None),
            "bot": {"id": bot.id, "username": bot.username, "name": bot.first_name},
            "banner": self.telegram.banner,
        }


class People(_Look):
    """GET /demo/people"""

    def look(self) -> list[Json]:
        """Everybody, with what they are to the bot's chats."""
        return [
            {"id": p.id, "name": p.name, "username": p.username, "role": _role(self.telegram, p)}
            for p in self.telegram.people.values()
        ]


class Chats(_Look):
    """GET /demo/chats?as="""

    def look(self) -> list[Json]:
        """The chats on this person's screen: channels, groups, the private one."""
        person = self.person()
        bot = self.telegram.world.bot
        chats = [c for c in self.telegram.world.chats.values() if person.may_read(c)]
        chats.sort(key=lambda chat: _ORDER[chat.type])
        return [_chat_json(chat, person, bot) for chat in chats]


_ORDER = {"channel": 0, "supergroup": 1, "private": 2}


class Messages(_Look):
    """GET /demo/messages?as=&chat=&before=&limit="""

    def look(self) -> Json:
        """The newest messages before one, oldest first; whoever looks counts as a viewer."""
        person = self.person()
        chat = self.chat(person)
        before = self.number("before") if self.value("before") else None
        limit = min(max(self.number("limit") if self.value("limit") else 50, 1), MESSAGES_AT_ONCE)
        found = [m for m in chat.messages.values() if before is None or m.message_id < before]
        for message in found[-limit:]:
            message.viewers.add(person.id)
        return {"messages": [shown(message, person) for message in found[-limit:]]}


class Send(_Act):
    """POST /demo/send"""

    async def act(self) -> Json:
        """A message typed on the page."""
        person = self.person()
        chat = self.chat(person)
        sent = await person.send(chat, self.value("text"), reply_to=self.reply_target(chat))
        return shown(sent, person)


class Press(_Act):
    """POST /demo/press"""

    async def act(self) -> Json:
        """What the bot says to a pressed button, or that it says nothing."""
        person = self.person()
        message = self.message(self.chat(person))
        try:
            answer = await person.press_data(message, self.value("data"))
        except TimeoutError:
            return {"timeout": True}
        return {"text": answer.text, "show_alert": answer.show_alert, "url": answer.url}


class Vote(_Act):
    """POST /demo/vote"""

    async def act(self) -> Json:
        """The message with the poll as it is after the vote."""
        person = self.person()
        options = self.body.get("options")
        if not isinstance(options, list) or not all(isinstance(o, int) for o in options):
            raise bad_request("options must be an Array of numbers")
        message = self.message(self.chat(person))
        return shown(await person.vote(message, options), person)


class Uploaded(_Act):
    """POST /demo/upload, as a form"""

    async def act(self) -> Json:
        """A picture as a photo, anything else as a document."""
        person = self.person()
        chat, caption = self.chat(person), self.value("caption")
        sent = self.request.files.get("file")
        if not sent:
            raise bad_request("there is no file in the request")
        name, mime, content = sent[0].filename, sent[0].content_type, sent[0].body
        if mime in PICTURES:
            message = await person.send_photo(chat, content, caption)
        else:
            message = await person.send_file(chat, name, content, mime, caption)
        return shown(message, person)


class File(_PeopleHandler):
    """GET /demo/file/<file_id>"""

    def get(self, file_id: str) -> None:
        """The bytes: pictures to look at, everything else only to save."""
        stored = self.telegram.world.files.by_id(file_id)
        if stored is None:
            self.refuse(ApiError(404, "Not Found"))
            return
        is_picture = stored.mime in PICTURES
        self.set_header("Content-Type", stored.mime if is_picture else "application/octet-stream")
        if not is_picture:
            self.set_header("Content-Disposition", "attachment")
        self.set_header("Content-Security-Policy", "default-src 'none'; sandbox")
        self.finish(stored.content)


class Events(_PeopleHandler):
    """GET /demo/events?as= : what happens, as it happens (server-sent events)"""

    async def get(self) -> None:
        """Send events until the page goes away, from Last-Event-ID on if it was here before."""
        try:
            person = self.person()
        except ApiError as refusal:
            self.refuse(refusal)
            return
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        try:
            await self._stream(person)
        except StreamClosedError:
            return

    def on_connection_close(self) -> None:
        """Called by tornado when the page is gone."""
        self._is_gone = True

    async def _stream(self, person: Person) -> None:
        log = self.telegram.events
        last = _event_number(self.request.headers.get("Last-Event-ID"), log.last_number)
        self.write("retry: 1000\n\n")
        await self.flush()
        while not log.is_closed and not getattr(self, "_is_gone", False):
            for event in log.after(last):
                self.write(_event_text(event, person))
                last = event.number
            await self.flush()
            if last == log.last_number and not await log.wait(SECONDS_BETWEEN_SIGNS):
                self.write(": still here\n\n")


def _event_number(given: str | None, newest: int) -> int:
    """Where to go on; the future where a page comes first, or from an earlier run."""
    if given is None or not given.isdigit() or int(given) > newest:
        return newest
    return int(given)


def _event_text(event: Event, person: Person) -> str:
    """One event in the words of the protocol; only its number where it is not for this person."""
    change = event.change
    if not person.may_read(change.chat):
        return f"id: {event.number}\n\n"
    data: Json = {"chat_id": change.chat.id, **change.details}
    if change.kind == "deleted" and change.message is not None:
        data["message_id"] = change.message.message_id
    elif change.message is not None:
        data["message"] = shown(change.message, person)
    body = json.dumps(data, ensure_ascii=False)
    return f"id: {event.number}\nevent: {change.kind}\ndata: {body}\n\n"


def shown(message: Message, person: Person) -> Json:
    """A Bot API Message, with what a page needs to show it to this person."""
    poll = message.poll
    vote = poll.votes.get(person.id) if poll is not None else None
    told = message.to_json()
    if poll is not None and poll.type == "quiz":
        told["poll"] = poll.to_json(show_key=poll.is_closed or vote is not None)
    if message.markup is not None:  # a person's app sees reply keyboards and ForceReply too
        told["reply_markup"] = message.markup
    told["demo"] = {
        "views": max(1, len(message.viewers)),
        "mine": message.sender is person.user and message.forward_origin is None,
        "my_vote": None if vote is None else list(vote),
        "photo_url": _file_url(message.photo.file_id) if message.photo else None,
        "document_url": _file_url(message.document.file_id) if message.document else None,
        "pinned": message.pinned,
        "deleted": message.is_deleted,
        "via_force_reply": bool((message.markup or {}).get("force_reply")),
    }
    return told


def _file_url(file_id: str) -> str:
    return f"/demo/file/{file_id}"


def _role(telegram: EmbeddedTelegram, person: Person) -> str:
    """admin: in a group with the bot, or runs a channel; subscriber: in a channel; else user."""
    places = [c for c in telegram.world.chats.values() if c.type != "private" and c.has(person.id)]
    if any(c.type == "supergroup" or c.members[person.id].is_admin for c in places):
        return "admin"
    return "subscriber" if places else "user"


def _chat_json(chat: Chat, person: Person, bot: User) -> Json:
    is_private = chat.type == "private"
    return {
        "id": chat.id,
        "title": bot.first_name if is_private else chat.title,
        "type": chat.type,
        "username": bot.username if is_private else chat.username,
        "pinned": list(chat.pinned),
        "can_post": person.may_write(chat),
        "subtitle": _subtitle(chat),
    }


def _subtitle(chat: Chat) -> str:
    people = sum(member.is_inside and not member.user.is_bot for member in chat.members.values())
    count = str(people).translate(_PERSIAN_DIGITS)
    return {
        "channel": f"کانال، {count} عضو",
        "supergroup": f"گروه، {count} عضو",
        "private": "ربات",
    }[chat.type]


_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


def _json_object(body: bytes) -> Json:
    try:
        value = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("expected an Object")
    return value
