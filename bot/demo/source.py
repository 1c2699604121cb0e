"""Marked-up text while it is read: a place in it, and the text and entities found before it.

What the marks mean is known to bot.demo.markup_html and bot.demo.markdown.
"""

from __future__ import annotations

from typing import NoReturn
from urllib.parse import parse_qs, urlsplit

from bot.demo.entities import Entity, utf16_length
from bot.demo.errors import bad_request
from bot.demo.links import checked_link

Marked = tuple[str, list[Entity]]

SPACE = " \t\r\n\v\f"


class Source:
    """A place in the source, and what was read before it."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.parts: list[str] = []
        self.length = 0
        self.entities: list[Entity] = []

    def peek(self, ahead: int = 0) -> str:
        """A character further on; empty past the end."""
        return self.source[self.at + ahead : self.at + ahead + 1]

    def add(self, words: str) -> None:
        """Add plain text to the result."""
        self.parts.append(words)
        self.length += utf16_length(words)

    def text_since(self, part: int) -> str:
        """What was added after that many parts."""
        return "".join(self.parts[part:])

    def close(self, kind: str, start: int, **details: str) -> None:
        """Note an entity from `start` to here, unless it is empty."""
        if self.length > start:
            self.entities.append(Entity(kind, start, self.length - start, **details))  # type: ignore[arg-type]

    def close_link(self, start: int, url: str) -> None:
        """Note a link or a mention; an address Telegram does not take leaves plain text."""
        person = _mentioned(url)
        if person is not None and self.length > start:
            user = {"id": person, "is_bot": False, "first_name": ""}
            length = self.length - start
            self.entities.append(Entity("text_mention", start, length, user=user))
        elif (link := checked_link(url)) is not None:
            self.close("text_link", start, url=link)

    def skip(self, characters: str) -> None:
        """Go past any of these."""
        while self.peek() and self.peek() in characters:
            self.at += 1

    def read_until(self, stops: str) -> str:
        """What stands before the next of these, or before the end."""
        start = self.at
        while self.peek() and self.peek() not in stops:
            self.at += 1
        return self.source[start : self.at]

    def fail(self, words: str, at: int | None = None) -> NoReturn:
        """Raise Telegram's error, with the byte offset of `at` in place of {}."""
        offset = len(self.source[: at or 0].encode("utf-8", "replace"))
        raise bad_request(f"can't parse entities: {words.replace('{}', str(offset))}")

    def result(self) -> Marked:
        """Text and entities."""
        return "".join(self.parts), self.entities


def _mentioned(url: str) -> int | None:
    """The user of a tg://user?id= address."""
    parts = urlsplit(url.replace("tg:user", "tg://user"))
    number = parse_qs(parts.query).get("id", [""])[0]
    is_user = parts.scheme == "tg" and parts.netloc == "user"
    return int(number) if is_user and number.isdigit() else None
