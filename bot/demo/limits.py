"""Telegram's limits: how long, how many, how large, how often.

Raises ApiError with Telegram's words. Sources: https://core.telegram.org/bots/api, the Bot FAQ's
broadcasting limits, and threads 165 and 648 of tdlib/telegram-bot-api for the undocumented ones.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.demo.entities import Entity, Formatted, utf16_length
from bot.demo.errors import bad_request, too_many_requests
from bot.demo.records import ChatType

TEXT = 4096
CAPTION = 1024
ENTITIES_KEPT = 100
MARKUP_CHARACTERS = 9500
CALLBACK_DATA_BYTES = 64
CALLBACK_ANSWER = 200
COPY_TEXT = 256
BUTTONS = 100
BUTTONS_IN_ROW = 8
ALBUM = range(2, 11)
MESSAGES_AT_ONCE = 100
INLINE_RESULTS = 50
DOWNLOAD_BYTES = 20 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024
PHOTO_SIDES = 10_000
PHOTO_RATIO = 20


def check_text(formatted: Formatted) -> Formatted:
    """Text of a message: some, not too much, and as many entities as Telegram keeps."""
    text, _ = formatted
    if not text:
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT:
        raise bad_request("message is too long")
    return _check_entities(formatted)


def check_caption(formatted: Formatted) -> Formatted:
    """Words under a picture: none is fine."""
    if utf16_length(formatted[0]) > CAPTION:
        raise bad_request("message caption is too long")
    return _check_entities(formatted)


def markup_weight(entities: Sequence[Entity]) -> int:
    """About the characters it takes to write the entities down, addresses included."""
    return sum(_OVERHEAD.get(e.type, 0) + len(e.url or "") for e in entities)


def _check_entities(formatted: Formatted) -> Formatted:
    text, entities = formatted
    if markup_weight(entities) > MARKUP_CHARACTERS:
        raise bad_request("ENTITIES_TOO_LONG")
    return text, entities[:ENTITIES_KEPT]


_OVERHEAD = {
    "bold": 7,
    "italic": 7,
    "underline": 7,
    "strikethrough": 7,
    "spoiler": 25,
    "code": 13,
    "pre": 11,
    "blockquote": 25,
    "expandable_blockquote": 36,
    "text_link": 15,
    "text_mention": 15,
    "custom_emoji": 30,
}


def check_album(count: int) -> None:
    """The number of pictures or files that are sent together."""
    if count not in ALBUM:
        raise bad_request("media group must include 2-10 items")


def check_photo(content: bytes, size: tuple[int, int] | None) -> tuple[int, int]:
    """A picture's width and height, if Telegram would take it as a photo."""
    if len(content) > PHOTO_BYTES:
        raise bad_request(
            f"file of size {len(content)} bytes is too big for a photo; "
            f"the maximum size is {PHOTO_BYTES} bytes"
        )
    if size is None:
        raise bad_request("IMAGE_PROCESS_FAILED")
    width, height = size
    narrow, wide = sorted(size)
    if width + height > PHOTO_SIDES or narrow == 0 or wide > PHOTO_RATIO * narrow:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    return size


@dataclass
class Window:
    """At most `calls` in any `seconds`."""

    calls: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Seconds until the next call is allowed; 0 if it is allowed now."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        if len(self.times) < self.calls:
            return 0.0
        return self.times[0] + self.seconds - now

    def count(self, now: float) -> None:
        """Note a call."""
        self.times.append(now)


FREE = frozenset(
    {
        "getme",
        "getupdates",
        "setwebhook",
        "deletewebhook",
        "getwebhookinfo",
        "answercallbackquery",
        "answerinlinequery",
        "getfile",
    }
)
CHATS_WATCHED = 1000


class FloodLimits:
    """How often the bot may call; a call during a ban makes the ban longer.

    Sends, edits and chat actions share one budget; answers to buttons are free.
    """

    def __init__(
        self,
        overall: tuple[int, float],
        chat: tuple[int, float],
        group: tuple[int, float],
        penalty: float = 1.0,
    ) -> None:
        """Each pair is calls per seconds; `penalty` seconds are added per call in a ban."""
        self._overall = Window(*overall)
        self._chat, self._group, self._penalty = chat, group, penalty
        self._windows: dict[int, list[Window]] = {}
        self._banned_until = 0.0

    @classmethod
    def real(cls) -> FloodLimits:
        """About what Telegram does: 30 a second, 1 a second per chat in bursts, 20 a minute."""
        return cls(overall=(30, 1.0), chat=(5, 5.0), group=(20, 60.0))

    def check(self, method: str, chat: tuple[int, ChatType] | None, now: float) -> None:
        """Count a call of `method` (lower case). Raises ApiError (429) when it is one too many."""
        if method in FREE:
            return
        if now < self._banned_until:
            self._banned_until += self._penalty
            raise too_many_requests(math.ceil(self._banned_until - now))
        windows = [self._overall, *(self._windows_of(*chat) if chat else [])]
        wait = max(window.wait(now) for window in windows)
        if wait > 0:
            self._banned_until = now + wait
            raise too_many_requests(max(1, math.ceil(wait)))
        for window in windows:
            window.count(now)

    def _windows_of(self, chat_id: int, kind: ChatType) -> list[Window]:
        if chat_id not in self._windows:
            limits = [self._chat] if kind == "private" else [self._chat, self._group]
            self._windows[chat_id] = [Window(*limit) for limit in limits]
            if len(self._windows) > CHATS_WATCHED:
                del self._windows[next(iter(self._windows))]
        return self._windows[chat_id]
