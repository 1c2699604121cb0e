"""The two Markdowns of the Bot API.

Source: https://core.telegram.org/bots/api#formatting-options and TDLib's MessageEntity.cpp
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.demo.source import SPACE, Marked, Source

_RESERVED = "_*[]()~`>#+-=|{}.!"
_LABELS = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
}
_OPENINGS = (
    ("```", "pre"),
    ("`", "code"),
    ("__", "underline"),
    ("_", "italic"),
    ("*", "bold"),
    ("~", "strikethrough"),
    ("||", "spoiler"),
    ("![", "custom_emoji"),
    ("[", "text_link"),
)
_ENDINGS = {kind: opening for opening, kind in _OPENINGS} | {
    "text_link": "]",
    "custom_emoji": "]",
}


@dataclass
class _Open:
    kind: str
    at: int
    start: int
    part: int
    language: str = ""


class MarkdownV2(Source):
    """Text with marks that nest and must be escaped where they are meant as signs."""

    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.stack: list[_Open] = []
        self.quote_start: int | None = None
        self.quote_kind = "blockquote"
        self.is_line_start = True

    def parse(self) -> Marked:
        while self.peek():
            self._step()
        if self.stack:
            last = self.stack[-1]
            label = "PreCode" if last.language else _LABELS[last.kind]
            self.fail(f"Can't find end of {label} entity at byte offset {{}}", last.at)
        self._end_quote()
        return self.result()

    def _step(self) -> None:
        is_line_start, self.is_line_start = self.is_line_start, False
        if is_line_start and not self.stack and self._quote_line():
            return
        character = self.peek()
        if character == "\\" and "\0" < self.peek(1) < "\x7f":
            self._plain(self.peek(1), 2)
        elif self._closes():
            self._close()
        elif character not in ("`" if self._in_code() else _RESERVED):
            self._plain(character, 1)
        elif not self._ends_expandable() and not self._opens():
            self.fail(
                f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )

    def _plain(self, character: str, consumed: int) -> None:
        self.add(character)
        self.at += consumed
        self.is_line_start = character == "\n"

    def _in_code(self) -> bool:
        return bool(self.stack) and self.stack[-1].kind in ("code", "pre")

    def _quote_line(self) -> bool:
        """Whether this line begins with a quote mark, which is then read."""
        for mark, kind in ((">", "blockquote"), ("**>", "expandable_blockquote")):
            if not self.source.startswith(mark, self.at):
                continue
            if self.quote_start is not None and kind == "expandable_blockquote":
                self._end_quote()
            if self.quote_start is None:
                self.quote_start, self.quote_kind = self.length, kind
            self.at += len(mark)
            return True
        self._end_quote()
        return False

    def _end_quote(self) -> None:
        if self.quote_start is not None:
            self.close(self.quote_kind, self.quote_start)
        self.quote_start = None

    def _ends_expandable(self) -> bool:
        """|| at the end of a quoted line folds the quote instead of opening a spoiler."""
        rest = self.source[self.at : self.at + 3]
        if self.quote_start is None or rest not in ("||", "||\n"):
            return False
        self.quote_kind = "expandable_blockquote"
        self._end_quote()
        self.at += 2
        return True

    def _closes(self) -> bool:
        if not self.stack:
            return False
        ending = _ENDINGS[self.stack[-1].kind]
        if ending == "_" and self.peek(1) == "_":
            return False
        return self.source.startswith(ending, self.at)

    def _close(self) -> None:
        opened = self.stack.pop()
        self.at += len(_ENDINGS[opened.kind])
        if opened.kind == "text_link":
            url = self._url()
            self.close_link(opened.start, self.text_since(opened.part) if url is None else url)
        elif opened.kind == "custom_emoji":
            self._close_emoji(opened)
        elif opened.language:
            self.close("pre", opened.start, language=opened.language)
        else:
            self.close(opened.kind, opened.start)

    def _close_emoji(self, opened: _Open) -> None:
        found = re.fullmatch(r"tg:(?://)?emoji\?id=(\d+)", self._url() or "")
        if found is None:
            self.fail("Custom emoji entity must contain a tg://emoji URL")
        self.close("custom_emoji", opened.start, custom_emoji_id=found[1])

    def _url(self) -> str | None:
        """The address in parentheses after a link's words; None where there are none."""
        if self.peek() != "(":
            return None
        self.at += 1
        begin, url = self.at, ""
        while (character := self.peek()) != ")":
            if not character:
                self.fail("Can't find end of a URL at byte offset {}", begin)
            escaped = character == "\\" and "\0" < self.peek(1) < "\x7f"
            url += self.peek(1) if escaped else character
            self.at += 2 if escaped else 1
        self.at += 1
        return url

    def _opens(self) -> bool:
        for opening, kind in _OPENINGS:
            if self.source.startswith(opening, self.at):
                opened = _Open(kind, self.at, self.length, len(self.parts))
                self.stack.append(opened)
                self.at += len(opening)
                if kind == "pre":
                    opened.language = self._language()
                return True
        return False

    def _language(self) -> str:
        """The word right after ```, if a blank ends it; one line break after it is skipped."""
        found = re.compile(r"[^\s`]+(?=[^`])", re.DOTALL).match(self.source, self.at)
        word = found.group() if found else ""
        if word and self.source[self.at + len(word)] not in SPACE:
            word = ""
        self.at += len(word)
        line_break = re.compile(r"\r\n|\n\r|\n|\r").match(self.source, self.at)
        if line_break:
            self.at = line_break.end()
        return word


class Markdown(Source):
    """The older language: marks do not nest, and a lonely one is an error."""

    def parse(self) -> Marked:
        while character := self.peek():
            if character == "\\" and self.peek(1) and self.peek(1) in "_*`[":
                self.add(self.peek(1))
                self.at += 2
            elif character in "_*`[":
                self._entity()
            else:
                self.add(character)
                self.at += 1
        return self.result()

    def _entity(self) -> None:
        begin, start = self.at, self.length
        is_pre = self.source.startswith("```", begin)
        opening = "```" if is_pre else self.peek()
        ending = "]" if opening == "[" else opening
        self.at += len(opening)
        language = self._language() if is_pre else ""
        end = self.source.find(ending, self.at)
        if end < 0:
            self.fail("Can't find end of the entity starting at byte offset {}", begin)
        words = self.source[self.at : end]
        self.at = end + len(ending)
        self.add(words)
        if opening == "[":
            self.close_link(start, self._url() or words)
        else:
            details = {"language": language} if language else {}
            self.close(_OLD_KINDS[opening], start, **details)

    def _url(self) -> str:
        if self.peek() != "(":
            return ""
        self.at += 1
        url = self.read_until(")")
        self.at += 1
        return url

    def _language(self) -> str:
        found = re.compile(r"([^\s`]*)[ \t]*\n|([^\s`]+)(?=\s)").match(self.source, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[1] or found[2] or ""


_OLD_KINDS = {"_": "italic", "*": "bold", "`": "code", "```": "pre"}
