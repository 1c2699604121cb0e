"""Message entities: lengths in UTF-16, clean text, and an order without crossings.

Does not read markup (bot.demo.markup) and does not look for links (bot.demo.detect).
Source: https://core.telegram.org/bots/api#messageentity and TDLib's MessageEntity.cpp
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from bot.demo.errors import bad_request
from bot.demo.links import checked_link

Json = dict[str, Any]

STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
QUOTES = ("blockquote", "expandable_blockquote")
CODES = ("code", "pre")
ASKED_FOR = frozenset(
    {*STYLES, *QUOTES, *CODES, "text_link", "text_mention", "custom_emoji", "date_time"}
)
_PRIORITY = {kind: i for i, kind in enumerate((*QUOTES, "text_link", "pre", "code", *STYLES))}


@dataclass(frozen=True)
class Entity:
    """One stretch of a text with a meaning; offsets and lengths are UTF-16 units."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    user: Json | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    @property
    def end(self) -> int:
        """The first unit after it."""
        return self.offset + self.length

    def to_json(self) -> Json:
        """A Bot API MessageEntity."""
        entity: Json = {"offset": self.offset, "length": self.length, "type": self.type}
        for name in _DETAILS:
            if (value := getattr(self, name)) is not None:
                entity[name] = value
        return entity

    def within(self, start: int, end: int) -> Entity:
        """The same entity on another stretch."""
        return replace(self, offset=start, length=end - start)


_DETAILS = ("url", "language", "user", "custom_emoji_id", "unix_time", "date_time_format")

Formatted = tuple[str, tuple[Entity, ...]]


def utf16_length(text: str) -> int:
    """Length as Telegram counts it: characters beyond U+FFFF are two."""
    return len(text) + sum(character > "\uffff" for character in text)


def utf16_slice(text: str, start: int, end: int) -> str:
    """The stretch of `text` between two UTF-16 positions."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le", "replace")


def read_entities(given: Any, text: str) -> list[Entity]:
    """The `entities` parameter of a call; kinds that Telegram finds itself are ignored.

    Raises ApiError for entities that are malformed or lie outside of the text.
    """
    if not isinstance(given, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    units = text.encode("utf-16-le")
    entities = [_read_entity(item) for item in given]
    for entity in entities:
        _check_bounds(entity, units)
    kept = (_checked(entity) for entity in entities if entity.type in ASKED_FOR)
    return [entity for entity in kept if entity is not None]


def _read_entity(item: Any) -> Entity:
    if not isinstance(item, dict):
        raise bad_request("can't parse entities: MessageEntity must be an Object")
    for name, kind in (("type", str), ("offset", int), ("length", int)):
        if not isinstance(item.get(name), kind):
            raise bad_request(f"can't parse entities: can't find field \"{name}\"")
    known = {name: item[name] for name in _DETAILS if name in item}
    return Entity(item["type"], item["offset"], item["length"], **known)


def _check_bounds(entity: Entity, units: bytes) -> None:
    total = len(units) // 2
    if entity.offset < 0 or entity.offset > total:
        raise bad_request(
            f"entity begins after the end of the text at UTF-16 offset {entity.offset}"
        )
    if entity.length < 0 or entity.end > total:
        raise bad_request(
            f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
            f"at UTF-16 offset {entity.end}"
        )
    for edge, verb in ((entity.offset, "begins"), (entity.end, "ends")):
        if edge < total and 0xDC <= units[2 * edge + 1] <= 0xDF:
            raise bad_request(
                f"entity {verb} in a middle of a UTF-16 symbol at UTF-16 offset {edge}"
            )


def _checked(entity: Entity) -> Entity | None:
    """With its link normalised; None where Telegram drops the entity without a word."""
    if entity.length == 0:
        return None
    if entity.type != "text_link":
        return entity
    link = checked_link(entity.url or "")
    return None if link is None else replace(entity, url=link)


_REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_BLANKED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_SPACES = " \n"


def tidy(text: str, entities: Iterable[Entity]) -> Formatted:
    """Text and entities as Telegram stores them: cleaned, trimmed, sorted and nested."""
    text, entities = _clean(text, list(entities))
    text, entities = _trim(text, _visible(text, nest(_visible(text, entities))))
    return text, tuple(entities)


def _visible(text: str, entities: Iterable[Entity]) -> list[Entity]:
    """Without those that cover blanks only."""
    units = text.encode("utf-16-le")
    words = ((e, units[2 * e.offset : 2 * e.end].decode("utf-16-le", "replace")) for e in entities)
    return [entity for entity, covered in words if covered.strip(_SPACES)]


def _clean(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without control characters and the marks that turn or overlay text."""
    text = _BLANKED.sub(" ", text)
    gone = [utf16_length(text[: match.start()]) for match in _REMOVED.finditer(text)]
    if not gone:
        return text, entities
    moved = []
    for entity in entities:
        start = entity.offset - sum(at < entity.offset for at in gone)
        end = entity.end - sum(at < entity.end for at in gone)
        moved.append(entity.within(start, end))
    return _REMOVED.sub("", text), moved


def _trim(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without outer blanks; leading ones inside of an entity stay, as at Telegram."""
    text = text.rstrip(_SPACES)
    end = utf16_length(text)
    lead = len(text) - len(text.lstrip(_SPACES))
    if entities:
        lead = min(lead, entities[0].offset)
    cut = (
        e.within(max(e.offset, 0) - lead, min(e.end, end) - lead)
        for e in entities
        if e.offset < end
    )
    return text[lead:], [e for e in cut if e.length > 0]


def _sorted(entities: Iterable[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda e: (e.offset, -e.length, _PRIORITY.get(e.type, -1)))


def nest(entities: Iterable[Entity]) -> list[Entity]:
    """Sorted entities of which no two cross, cut the way TDLib cuts them.

    Of two links or quotes that overlap the first stays. Styles that touch are joined, then cut
    at the edges of links and quotes and where another style begins; inside of code is nothing.
    """
    entities = list(entities)
    quotes = _without_overlaps([e for e in entities if e.type in QUOTES])
    rigid = _without_overlaps([e for e in entities if e.type not in (*STYLES, *QUOTES)])
    rigid = [e for e in rigid if not any(_cross(e, quote) for quote in quotes)]
    codes = [e for e in rigid if e.type in CODES]
    styles = _joined([e for e in entities if e.type in STYLES])
    cuts = {edge for wall in (*quotes, *rigid) for edge in (wall.offset, wall.end)}
    cuts |= {style.offset for style in styles}
    pieces = [piece for style in styles for piece in _cut(style, cuts)]
    allowed = [p for p in pieces if not any(_overlap(p, code) for code in codes)]
    return _sorted([*quotes, *rigid, *allowed])


def _overlap(a: Entity, b: Entity) -> bool:
    return a.offset < b.end and b.offset < a.end


def _cross(a: Entity, b: Entity) -> bool:
    """Overlap without either containing the other."""
    a_holds_b = a.offset <= b.offset and b.end <= a.end
    b_holds_a = b.offset <= a.offset and a.end <= b.end
    return _overlap(a, b) and not a_holds_b and not b_holds_a


def _without_overlaps(entities: Sequence[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in _sorted(entities):
        if not kept or kept[-1].end <= entity.offset:
            kept.append(entity)
    return kept


def _joined(styles: Sequence[Entity]) -> list[Entity]:
    """Touching stretches of one style become one."""
    last: dict[str, Entity] = {}
    joined: list[Entity] = []
    for style in _sorted(styles):
        before = last.get(style.type)
        if before is not None and style.offset <= before.end:
            joined.remove(before)
            style = style.within(before.offset, max(before.end, style.end))
        joined.append(style)
        last[style.type] = style
    return joined


def _cut(entity: Entity, cuts: Iterable[int]) -> list[Entity]:
    inner = sorted(cut for cut in cuts if entity.offset < cut < entity.end)
    bounds = [entity.offset, *inner, entity.end]
    return [entity.within(a, b) for a, b in pairwise(bounds)]


def overlaps_any(entity: Entity, others: Iterable[Entity]) -> bool:
    """Whether it shares a character with a link, a mention or code among the others."""
    rigid = (other for other in others if other.type not in (*STYLES, *QUOTES))
    return any(_overlap(entity, other) for other in rigid)
