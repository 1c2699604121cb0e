"""Reads the three markup languages of the Bot API; errors are Telegram's, to the byte.

Entities come out as written; bot.demo.entities puts them in order.
Source: https://core.telegram.org/bots/api#formatting-options and TDLib's MessageEntity.cpp
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NoReturn
from urllib.parse import parse_qs, urlsplit

from bot.demo.entities import Entity, utf16_length
from bot.demo.errors import bad_request
from bot.demo.links import checked_link

Marked = tuple[str, list[Entity]]

_SPACE = " \t\r\n\v\f"


def parse_markup(text: str, mode: str) -> Marked:
    """Text without its markup, and the entities it described.

    Raises ApiError for markup that Telegram does not take; `mode` is in lower case.
    """
    if mode == "html":
        return _Html(text).parse()
    if mode == "markdownv2":
        return _MarkdownV2(text).parse()
    if mode == "markdown":
        return _Markdown(text).parse()
    raise bad_request("unsupported parse_mode")


class _Parser:
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


# HTML

_TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-z]+));?")
_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
_LANGUAGE = "language-"


@dataclass
class _Tag:
    name: str
    at: int
    start: int
    part: int
    attributes: dict[str, str] = field(default_factory=dict)


class _Html(_Parser):
    def parse(self) -> Marked:
        open_tags: list[_Tag] = []
        while character := self.peek():
            if character == "&":
                self.add(self._reference())
            elif character != "<":
                self.add(self.read_until("&<"))
            elif self.peek(1) == "/":
                self._close_tag(self._end_tag(open_tags))
            else:
                open_tags.append(self._start_tag())
        if open_tags:
            self.fail(f'Can\'t find end tag corresponding to start tag "{open_tags[-1].name}"')
        text, entities = self.result()
        return text, _with_languages(entities)

    def _reference(self) -> str:
        """The character of a reference such as &lt;, or the ampersand itself."""
        found = _REFERENCE.match(self.source, self.at)
        character = _decoded(found) if found else ""
        if not found or not character:
            self.at += 1
            return "&"
        self.at = found.end()
        if 0xD800 <= ord(character) <= 0xDFFF:
            self.fail(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            )
        return character

    def _start_tag(self) -> _Tag:
        begin = self.at
        self.at += 1
        name = self.read_until(_SPACE + ">").lower()
        if not self.peek():
            self.fail("Unclosed start tag at byte offset {}", begin)
        if name not in _TAGS:
            self.fail(f'Unsupported start tag "{name}" at byte offset {{}}', begin)
        tag = _Tag(name, begin, self.length, len(self.parts))
        while self.peek() != ">":
            self.skip(_SPACE)
            if self.peek() != ">":
                self._attribute(tag)
        self.at += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            self.fail('Tag "span" must have class "tg-spoiler" at byte offset {}', begin)
        return tag

    def _attribute(self, tag: _Tag) -> None:
        if not self.peek():
            self.fail("Unclosed start tag at byte offset {}", tag.at)
        name = self.read_until(_SPACE + "=>")
        if not name:
            self.fail(f'Empty attribute name in the tag "{tag.name}" at byte offset {{}}', tag.at)
        self.skip(_SPACE)
        if self.peek() != "=":
            self._bare_attribute(tag, name.lower())
            return
        self.at += 1
        self.skip(_SPACE)
        if not self.peek():
            self.fail(f'Unclosed start tag "{tag.name}" at byte offset {{}}', tag.at)
        value = self._quoted(tag) if self.peek() in "'\"" else self._token()
        tag.attributes[name.lower()] = value

    def _bare_attribute(self, tag: _Tag, name: str) -> None:
        if not self.peek():
            self.fail(f'Unclosed start tag "{tag.name}" at byte offset {{}}', tag.at)
        if (tag.name, name) != ("blockquote", "expandable"):
            self.fail(
                "Expected equal sign in declaration of an attribute of the tag "
                f'"{tag.name}" at byte offset {{}}',
                tag.at,
            )
        tag.attributes[name] = ""

    def _token(self) -> str:
        begin = self.at
        found = _TOKEN.match(self.source, begin)
        value = found.group() if found else ""
        self.at += len(value)
        if not self.peek() or self.peek() not in _SPACE + ">":
            self.fail("Unexpected end of name token at byte offset {}", begin)
        return value

    def _quoted(self, tag: _Tag) -> str:
        quote = self.peek()
        self.at += 1
        value = ""
        while (character := self.peek()) != quote:
            if not character:
                self.fail("Unclosed start tag at byte offset {}", tag.at)
            value += self._reference() if character == "&" else self.read_until(quote + "&")
        self.at += 1
        return value

    def _end_tag(self, open_tags: list[_Tag]) -> _Tag:
        begin = self.at
        if not open_tags:
            self.fail("Unexpected end tag at byte offset {}", begin)
        self.at += 2
        name = self.read_until(_SPACE + ">").lower()
        self.skip(_SPACE)
        if self.peek() != ">":
            self.fail("Unclosed end tag at byte offset {}", begin)
        self.at += 1
        expected = open_tags.pop()
        if name and name != expected.name:
            self.fail(
                f'Unmatched end tag at byte offset {{}}, expected "</{expected.name}>", '
                f'found "</{name}>"',
                begin,
            )
        return expected

    def _close_tag(self, tag: _Tag) -> None:
        kind, given = _TAGS[tag.name], tag.attributes
        if kind == "text_link":
            self.close_link(tag.start, given.get("href") or self.text_since(tag.part))
        elif kind == "custom_emoji":
            self.close(kind, tag.start, custom_emoji_id=given.get("emoji-id", ""))
        elif kind == "code" and given.get("class", "").startswith(_LANGUAGE):
            self.close(kind, tag.start, language=given["class"].removeprefix(_LANGUAGE))
        elif kind == "blockquote" and "expandable" in given:
            self.close("expandable_blockquote", tag.start)
        else:
            self.close(kind, tag.start)


def _decoded(found: re.Match[str]) -> str:
    """The character that a reference means; empty where it means none."""
    sixteen, ten, name = found.groups()
    if name:
        return _NAMED.get(name, "")
    code = int(sixteen, 16) if sixteen else int(ten)
    return chr(code) if 0 < code < 0x10FFFF else ""


def _with_languages(entities: list[Entity]) -> list[Entity]:
    """<pre><code class="language-x"> around the same words is one block with a language."""
    named = {(e.offset, e.length): e.language for e in entities if e.type == "code" and e.language}
    blocks = {(e.offset, e.length) for e in entities if e.type == "pre"}
    merged = []
    for entity in entities:
        place = (entity.offset, entity.length)
        if entity.type == "pre":
            merged.append(replace(entity, language=named.get(place)))
        elif entity.type != "code" or place not in blocks or place not in named:
            merged.append(replace(entity, language=None))
    return merged


# MarkdownV2

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


class _MarkdownV2(_Parser):
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
        if word and self.source[self.at + len(word)] not in _SPACE:
            word = ""
        self.at += len(word)
        line_break = re.compile(r"\r\n|\n\r|\n|\r").match(self.source, self.at)
        if line_break:
            self.at = line_break.end()
        return word


# Markdown, the old one


class _Markdown(_Parser):
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
