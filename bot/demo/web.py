"""The people's side over HTTP: what the page shows and what can be done on it.

Who may ask is in bot.demo.loopback, what people can do in bot.demo.people.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler, StaticFileHandler

from bot.demo.errors import ApiError, bad_request
from bot.demo.events import Event
from bot.demo.loopback import Act, Look, PeopleHandler, guard
from bot.demo.people import Person
from bot.demo.records import Json
from bot.demo.shown import is_of_admins, role, shown, shown_chat

if TYPE_CHECKING:
    from bot.demo.server import EmbeddedTelegram

PAGE = Path(__file__).parent / "page"
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
        (r"/demo/inline", Inline, own),
        (r"/demo/choose", Choose, own),
        (r"/demo/vote", Vote, own),
        (r"/demo/upload", Uploaded, own),
        (r"/demo/file/([\w-]+)", File, own),
        (r"/()", Page, {"path": str(PAGE), "default_filename": "index.html"}),
        (r"/page/(.*)", Page, {"path": str(PAGE)}),
    ]


class Page(StaticFileHandler):
    """The page's own files."""

    def prepare(self) -> None:
        """Called by tornado before the request is handled."""
        try:
            guard(self)
        except ApiError as refusal:
            self.set_status(refusal.code)
            self.finish(refusal.description)

    def set_extra_headers(self, path: str) -> None:
        """A newer page shows at the next look."""
        self.set_header("Cache-Control", "no-cache")


class Info(Look):
    """GET /demo/info"""

    def look(self) -> Json:
        """The main chats, the bot, and the program's own words about this demo."""
        chats = self.telegram.world.chats.values()
        bot = self.telegram.world.bot
        return {
            "channel": next((c.id for c in chats if c.type == "channel"), None),
            "admin_chat": next((c.id for c in chats if is_of_admins(c)), None),
            "bot": {"id": bot.id, "username": bot.username, "name": bot.first_name},
            "banner": self.telegram.banner,
        }


class People(Look):
    """GET /demo/people"""

    def look(self) -> list[Json]:
        """Everybody, with what they are to the bot's chats."""
        chats = self.telegram.world.chats.values()
        return [
            {"id": p.id, "name": p.name, "username": p.username, "role": role(chats, p)}
            for p in self.telegram.people.values()
        ]


class Chats(Look):
    """GET /demo/chats?as="""

    def look(self) -> list[Json]:
        """The chats on this person's screen: channels, groups, the private one."""
        person = self.person()
        bot = self.telegram.world.bot
        chats = [c for c in self.telegram.world.chats.values() if person.may_read(c)]
        chats.sort(key=lambda chat: _ORDER[chat.type])
        return [shown_chat(chat, person, bot) for chat in chats]


_ORDER = {"channel": 0, "supergroup": 1, "private": 2}


class Messages(Look):
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


class Send(Act):
    """POST /demo/send"""

    async def act(self) -> Json:
        """A message typed on the page."""
        person = self.person()
        chat = self.chat(person)
        sent = await person.send(chat, self.value("text"), reply_to=self.reply_target(chat))
        return shown(sent, person)


class Press(Act):
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


class Inline(Act):
    """POST /demo/inline"""

    async def act(self) -> Json:
        """What the bot offers for words after its name; nothing if it stays silent."""
        try:
            return {"results": await self.person().inline_query(self.value("words"))}
        except TimeoutError:
            return {"results": []}


class Choose(Act):
    """POST /demo/choose"""

    async def act(self) -> Json:
        """The message that a result of an inline query becomes."""
        person, result = self.person(), self.body.get("result")
        if not isinstance(result, dict) or not isinstance(result.get("type"), str):
            raise bad_request("there is no result in the request")
        return shown(await person.choose(result, self.chat(person)), person)


class Vote(Act):
    """POST /demo/vote"""

    async def act(self) -> Json:
        """The message with the poll as it is after the vote."""
        person = self.person()
        options = self.body.get("options")
        if not isinstance(options, list) or not all(isinstance(o, int) for o in options):
            raise bad_request("options must be an Array of numbers")
        message = self.message(self.chat(person))
        return shown(await person.vote(message, options), person)


class Uploaded(Act):
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


class File(PeopleHandler):
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


class Events(PeopleHandler):
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
