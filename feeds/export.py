"""A Telegram Desktop export (result.json) -> posts: read as a stream, however large. Pure.

    with open(path, encoding="utf-8-sig") as file:
        for event in read(file):       # a Channel, then its messages as they stand there
            ...
    together(convert(raw, …) for raw in messages)

Knows the export of one chat and that of a whole account (``chats.list``). What a message means
for the archive is decided in bot.importing. The form: tdesktop, export_output_json.cpp.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import IO, Any

from bot.errors import BadExport
from bot.persian.typography import units
from db.model import Entity, Post

SERVICE = "service messages"
"""Why most of what is skipped is skipped: notes about the channel itself."""
LONGEST_TEXT = 40_000
"""Units of one message; Telegram itself takes a fraction of that."""
MOST_IN_ALBUM = 10
CHUNK = 1 << 16
LARGEST_VALUE = 1 << 23
"""Characters of one message; larger ones are no messages."""

_BLANK = re.compile(r"[ \t\n\r]*")
_UNFINISHED = re.compile(r"[-+.\\\w]*\Z")
"""What may be the beginning of a number, a name (true…) or an escape."""
_CUT_OFF = "the file ends too early; was it copied whole?"
_DECODER = json.JSONDecoder()
_UNFIT = re.compile("[\x00\ud800-\udfff]")
"""What JSON can say and a database or Telegram cannot keep."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The chat whose messages follow."""

    id: int
    """As the Bot API has it: -100…"""
    name: str
    type: str
    alone: bool
    """Whether the file is the export of this chat only."""

    @property
    def is_channel(self) -> bool:
        """Whether it is a channel, and not a group or a private chat."""
        return self.type.endswith("_channel")


@dataclass(frozen=True, slots=True)
class Pinned:
    """A note that a message was pinned."""

    id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A message that is no post, and why; `id` is None where it has none."""

    id: int | None
    why: str


Record = Post | Pinned | Skipped


class _Stream:
    """JSON by and by: no more of it in memory than one value and a chunk."""

    def __init__(self, file: IO[str]) -> None:
        self._file, self._text, self._at, self._ended = file, "", 0, False
        self._before, self._lines = 0, 1

    def error(self, what: str, at: int | None = None, kind: str = "broken") -> BadExport:
        """That this is no export, and where."""
        at = self._at if at is None else at
        line = self._lines + self._text.count("\n", 0, at)
        return BadExport(f"line {line}, character {self._before + at + 1}: {what}", kind=kind)

    def peek(self) -> str:
        """The next character that is not blank; empty at the end."""
        while True:
            blank = _BLANK.match(self._text, self._at)
            self._at = blank.end() if blank else self._at
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more(CHUNK)

    def take(self, wanted: str) -> str:
        """Pass over the next character, which must be one of `wanted`."""
        found = self.peek()
        if not found:
            raise self.error(_CUT_OFF, kind="cut off")
        if found not in wanted:
            raise self.error(f"{' or '.join(wanted)} is missing")
        self._at += 1
        return found

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
                if end < len(self._text) or self._ended:
                    self._at = end
                    return found
            except json.JSONDecodeError as error:
                if not self._is_cut_off(error):
                    raise self.error(f"no JSON: {error.msg}", error.pos) from error
                if self._ended:
                    raise self.error(_CUT_OFF, len(self._text), "cut off") from error
            except (ValueError, RecursionError) as error:
                raise self.error("no JSON that Telegram writes") from error
            if len(self._text) - self._at > LARGEST_VALUE:
                raise self.error("a value too large for a message")
            self._more(max(CHUNK, len(self._text) - self._at))

    def _is_cut_off(self, error: json.JSONDecodeError) -> bool:
        """Whether more text may mend it: it is wrong only where the text stops."""
        rest = self._text[error.pos : error.pos + 16]
        is_last = error.pos + len(rest) == len(self._text) and len(rest) < 16
        return error.msg.startswith("Unterminated") or (
            is_last and _UNFINISHED.match(rest) is not None
        )

    def _more(self, size: int) -> None:
        self._lines += self._text.count("\n", 0, self._at)
        self._before += self._at
        try:
            chunk = self._file.read(size)
        except UnicodeDecodeError as error:
            raise self.error(f"no UTF-8 ({error.reason})", len(self._text)) from error
        self._ended = not chunk
        self._text, self._at = self._text[self._at :] + chunk, 0

    def members(self) -> Iterator[str]:
        """The names in an object; who gets one takes its value before the next."""
        self.take("{")
        if self.peek() == "}":
            self.take("}")
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise self.error("a name is missing")
            self.take(":")
            yield key
            if self.take(",}") == "}":
                return

    def elements(self) -> Iterator[None]:
        """Once for each value of a list; who is called takes it."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield
            if self.take(",]") == "]":
                return


def read(file: IO[str]) -> Iterator[Channel | Any]:
    """Every chat of an export, each followed by its messages as they stand there.

    Raises BadExport, saying where, at what is no export.
    """
    stream = _Stream(file)
    if stream.peek() != "{":
        raise stream.error("this is no export of Telegram Desktop (JSON)", kind="foreign")
    found = False
    for event in _chat(stream, alone=True):
        found = True
        yield event
    if not found:
        raise stream.error(
            "there are no messages; choose the format JSON when exporting", kind="empty"
        )


def _chat(stream: _Stream, alone: bool = False) -> Iterator[Channel | Any]:
    told: dict[str, Any] = {}
    for key in stream.members():
        if key == "messages":
            yield _header(stream, told, alone)
            for _ in stream.elements():
                yield stream.value()
        elif key in ("chats", "left_chats") and stream.peek() == "{":
            yield from _chats(stream)
        else:
            value = stream.value()
            if key in ("name", "type", "id"):
                told[key] = value


def _chats(stream: _Stream) -> Iterator[Channel | Any]:
    for key in stream.members():
        if key == "list":
            for _ in stream.elements():
                yield from _chat(stream)
        else:
            stream.value()


def _header(stream: _Stream, told: dict[str, Any], alone: bool) -> Channel:
    if not _is_id(told.get("id"), 2**52):
        raise stream.error("the chat has no id before its messages", kind="foreign")
    name, kind = told.get("name"), told.get("type")
    return Channel(
        id=int(f"-100{told['id']}"),
        name=_clean(name) if isinstance(name, str) else "",
        type=_clean(kind) if isinstance(kind, str) else "",
        alone=alone,
    )


def _is_id(value: object, below: int = 2**31) -> bool:
    return type(value) is int and 0 < value < below


def convert(raw: Any, chat_id: int, zone: tzinfo, url: Callable[[int], str]) -> Record:
    """What one message of an export is to the archive.

    `zone`: of the machine that exported, for exports from before 2021, which tell local time only.
    """
    if not isinstance(raw, dict) or not _is_id(raw.get("id")):
        return Skipped(None, "without an id")
    number: int = raw["id"]
    if raw.get("type") == "service":
        pinned = raw.get("message_id")
        if raw.get("action") == "pin_message" and isinstance(pinned, int) and _is_id(pinned):
            return Pinned(number, pinned)
        return Skipped(number, SERVICE)
    if raw.get("type") != "message":
        return Skipped(number, "of a kind this peyk does not know")
    published = _moment(raw, "date", zone)
    if not published:
        return Skipped(number, "without a date")
    text, entities = _text(raw)
    if units(text) > LONGEST_TEXT:
        return Skipped(number, "longer than any message")
    kind, poll = _kind(raw), _poll(raw.get("poll"))
    if not text and kind == "text":
        return Skipped(number, "without content")
    return Post(
        chat_id=chat_id,
        message_id=number,
        text=text,
        entities=entities,
        published=published,
        url=url(number),
        kind=kind,
        origin="import",
        reply_to=_answered(raw),
        forwarded=_source(raw),
        poll=poll,
        edited=_moment(raw, "edited", zone),
    )


def _moment(raw: dict[str, Any], name: str, zone: tzinfo) -> datetime | None:
    """A date of a message; ``date`` itself is local time of the machine that exported."""
    seconds, local = raw.get(f"{name}_unixtime"), raw.get(name)
    try:
        if isinstance(seconds, str | int) and 0 < int(seconds) < 2**32:
            return datetime.fromtimestamp(int(seconds), UTC)
        if isinstance(local, str):
            return datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return None


def _answered(raw: dict[str, Any]) -> int | None:
    """The message of the same chat that it answers."""
    number = raw.get("reply_to_message_id")
    return number if _is_id(number) and "reply_to_peer_id" not in raw else None


def _source(raw: dict[str, Any]) -> str:
    if "forwarded_from" not in raw:
        return ""
    return _clean(str(raw["forwarded_from"] or raw.get("forwarded_from_id") or "?"))[:256]


_KINDS = {
    "sticker": "sticker",
    "video_file": "video",
    "voice_message": "voice",
    "video_message": "video_note",
    "audio_file": "audio",
    "animation": "animation",
}
_OTHERS = {
    "poll": "poll",
    "photo": "photo",
    "file": "document",
    "location_information": "location",
    "contact_information": "contact",
    "game_title": "game",
    "invoice_information": "invoice",
    "giveaway_information": "giveaway",
    "todo_list": "checklist",
    "paid_media": "paid_media",
}


def _kind(raw: dict[str, Any]) -> str:
    media = raw.get("media_type")
    if isinstance(media, str) and media in _KINDS:
        return _KINDS[media]
    return next((kind for name, kind in _OTHERS.items() if name in raw), "text")


def _poll(told: Any) -> dict[str, Any] | None:
    if not isinstance(told, dict):
        return None
    answers = told.get("answers")
    listed = answers if isinstance(answers, list) else []
    whole = [answer for answer in listed if isinstance(answer, dict)]
    voters = [answer.get("voters") for answer in whole]
    poll = {
        "question": _plain(told.get("question")),
        "options": [_plain(answer.get("text")) for answer in whole],
    }
    told_all = bool(voters) and all(type(one) is int for one in voters)
    return poll | ({"voters": voters} if told_all else {})


def _plain(told: Any) -> str:
    return "".join(_clean(text) for text, _, _ in _parts(told))


# Text and entities

_ENTITIES = {
    **dict.fromkeys(("bold", "italic", "underline", "strikethrough", "spoiler"), ""),
    **dict.fromkeys(("code", "mention", "hashtag", "cashtag", "bot_command", "email"), ""),
    **{"blockquote": "", "link": "url", "phone": "phone_number"},
    **{"text_link": "", "pre": "", "custom_emoji": "", "mention_name": "text_mention"},
}
"""Names of the export whose entities the Bot API has, and its names where they differ."""


def _parts(told: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """A text as the export has it (a string, or a list of strings and objects), part by part."""
    for part in told if isinstance(told, list) else [told]:
        if isinstance(part, str):
            yield part, "plain", {}
        elif isinstance(part, dict) and isinstance(part.get("text"), str):
            yield part["text"], str(part.get("type")), part


def _text(raw: dict[str, Any]) -> tuple[str, tuple[Entity, ...]]:
    parts = raw.get("text_entities")
    text, entities, offset = list[str](), list[Entity](), 0
    for dirty, kind, part in _parts(
        parts if isinstance(parts, list) and parts else raw.get("text")
    ):
        piece = _clean(dirty)
        length = units(piece)
        entity = _entity(kind, part, piece)
        if entity and length:
            entities.append(entity | {"offset": offset, "length": length})
        text.append(piece)
        offset += length
    return "".join(text), tuple(entities)


def _entity(kind: str, part: dict[str, Any], text: str) -> Entity | None:
    """A part as a MessageEntity of the Bot API without its place; None: it is plain text."""
    if kind not in _ENTITIES:
        return None
    entity: Entity = {"type": _ENTITIES[kind] or kind}
    if kind == "text_link":
        url = part.get("href")
        return entity | {"url": _clean(str(url))} if _is_short(url) else None
    if kind == "pre" and _is_short(part.get("language")):
        return entity | {"language": _clean(part["language"])}
    if kind == "blockquote" and part.get("collapsed"):
        return {"type": "expandable_blockquote"}
    if kind == "custom_emoji":
        emoji = str(part.get("document_id"))
        return entity | {"custom_emoji_id": emoji} if emoji.isdecimal() else None
    if kind == "mention_name":
        user = {"id": part.get("user_id"), "is_bot": False, "first_name": text}
        return entity | {"user": user} if _is_id(user["id"], 2**52) else None
    return entity


def _is_short(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 4096


def _clean(text: str) -> str:
    return _UNFIT.sub("\ufffd", text)


# Albums

_TOGETHER = {"photo": "picture", "video": "picture", "document": "file", "audio": "sound"}


def together(records: Iterable[Record]) -> Iterator[Record]:
    """The records, with the messages of an album marked as one.

    The export does not tell albums. Taken for one is what stands in a row, was sent in the same
    second, is of kinds that Telegram mixes (pictures and videos; files; music), comes from the
    same place and has at most one caption: two posts made one at worst lose no word.
    """
    held: list[Post] = []
    for record in records:
        if held and not (isinstance(record, Post) and _fits(held, record)):
            yield from _marked(held)
            held = []
        if isinstance(record, Post) and record.kind in _TOGETHER:
            held.append(record)
        else:
            yield record
    yield from _marked(held)


def _fits(held: list[Post], post: Post) -> bool:
    last = held[-1]
    alike = (post.published, post.forwarded, post.reply_to, _TOGETHER.get(post.kind)) == (
        *(last.published, last.forwarded, last.reply_to),
        _TOGETHER[last.kind],
    )
    captions = sum(1 for one in (*held, post) if one.text)
    follows = 0 < post.message_id - last.message_id <= MOST_IN_ALBUM
    return alike and follows and captions <= 1 and len(held) < MOST_IN_ALBUM


def _marked(held: list[Post]) -> Iterator[Post]:
    if len(held) < 2:
        yield from held
        return
    name = f"export:{held[0].message_id}"
    yield from (replace(post, album=name) for post in held)
