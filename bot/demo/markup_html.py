"""The HTML of the Bot API: a few tags, strictly nested.

Source: https://core.telegram.org/bots/api#formatting-options and TDLib's MessageEntity.cpp
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from bot.demo.entities import Entity
from bot.demo.source import SPACE, Marked, Source

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


class Html(Source):
    """Text with tags."""

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
        name = self.read_until(SPACE + ">").lower()
        if not self.peek():
            self.fail("Unclosed start tag at byte offset {}", begin)
        if name not in _TAGS:
            self.fail(f'Unsupported start tag "{name}" at byte offset {{}}', begin)
        tag = _Tag(name, begin, self.length, len(self.parts))
        while self.peek() != ">":
            self.skip(SPACE)
            if self.peek() != ">":
                self._attribute(tag)
        self.at += 1
        if name == "span" and tag.attributes.get("class") != "tg-spoiler":
            self.fail('Tag "span" must have class "tg-spoiler" at byte offset {}', begin)
        return tag

    def _attribute(self, tag: _Tag) -> None:
        if not self.peek():
            self.fail("Unclosed start tag at byte offset {}", tag.at)
        name = self.read_until(SPACE + "=>")
        if not name:
            self.fail(f'Empty attribute name in the tag "{tag.name}" at byte offset {{}}', tag.at)
        self.skip(SPACE)
        if self.peek() != "=":
            self._bare_attribute(tag, name.lower())
            return
        self.at += 1
        self.skip(SPACE)
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
        if not self.peek() or self.peek() not in SPACE + ">":
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
        name = self.read_until(SPACE + ">").lower()
        self.skip(SPACE)
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
