"""The links of a part to its neighbours, as lines of the post. Pure: text and entities in and out.

All else in a post stays as it is, also what somebody changed by hand. Offsets are UTF-16 code
units (Bot API, MessageEntity).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from bot.persian.dates import digits
from bot.persian.typography import units
from db.model import Draft, Entity, Link

BEFORE, AFTER = "قسمت پیشین", "قسمت بعدی"
_MARK = "🔗 "
_LABELS = (BEFORE, AFTER)
_NUMBERED = re.compile(r"\s*\(قسمت [۰-۹]+\)$")
_DETECTED = frozenset(
    ("hashtag", "cashtag", "mention", "url", "email", "phone_number", "bot_command")
)
"""Entities that Telegram finds by itself in any text."""


def links_in(text: str, entities: Sequence[Entity]) -> tuple[str, str]:
    """The addresses of the parts before and after that a post links to; '' where it does not."""
    found = {_covered(text, one): str(one.get("url", "")) for one in entities if _is_link(one)}
    return found.get(BEFORE, ""), found.get(AFTER, "")


def linked(
    text: str, entities: Sequence[Entity], before: str, after: str
) -> tuple[str, tuple[Entity, ...]]:
    """The post with these links, '' for none, in place of those it had."""
    kept: list[Entity] = [dict(one) for one in entities if one["type"] not in _DETECTED]
    while ours := next((one for one in kept if _is_line_of_ours(text, one)), None):
        text, kept = _without_line(text, kept, ours)
    wanted = [(label, url) for label, url in zip(_LABELS, (before, after), strict=True) if url]
    at, lead = _place(text, kept)
    for label, url in wanted:
        line = f"{lead}{_MARK}"
        text, kept = _inserted(text, kept, at, line + label)
        start = at + units(line)
        kept.append({"type": "text_link", "offset": start, "length": units(label), "url": url})
        at, lead = start + units(label), "\n"
    return text, tuple(sorted(kept, key=lambda one: (one["offset"], -one["length"])))


def _is_link(entity: Entity) -> bool:
    return bool(entity["type"] == "text_link")


def _is_line_of_ours(text: str, entity: Entity) -> bool:
    """Whether a link is one of ours, alone on its line."""
    if not _is_link(entity) or _covered(text, entity) not in _LABELS:
        return False
    head = _slice(text, 0, entity["offset"])
    rest = _slice(text, entity["offset"] + entity["length"])
    return f"\n{head}".endswith(f"\n{_MARK}") and f"{rest}\n".startswith("\n")


def _covered(text: str, entity: Entity) -> str:
    return _slice(text, entity["offset"], entity["offset"] + entity["length"])


def _slice(text: str, start: int, end: int | None = None) -> str:
    """Part of a text between places in UTF-16 units."""
    coded = text.encode("utf-16-le", "surrogatepass")
    return coded[2 * start : None if end is None else 2 * end].decode("utf-16-le", "surrogatepass")


def _without_line(text: str, entities: list[Entity], link: Entity) -> tuple[str, list[Entity]]:
    """`text` without the line of this link; of the blank lines around it one stays."""
    start, end = link["offset"] - units(_MARK), link["offset"] + link["length"]
    head, rest = _slice(text, 0, start), _slice(text, end)
    between = head.endswith("\n\n") and (rest == "" or rest.startswith("\n\n"))
    start = max(0, start - (2 if between else 1))
    others = [_cut(one, start, end) for one in entities if one is not link]
    kept = [one for one in others if one["length"] > 0]
    return _slice(text, 0, start) + rest, kept


def _cut(entity: Entity, start: int, end: int) -> Entity:
    """An entity after the stretch from `start` to `end` has gone."""
    first, last = entity["offset"], entity["offset"] + entity["length"]
    first = first - max(0, min(first, end) - start) if first > start else first
    last = last - max(0, min(last, end) - start) if last > start else last
    return entity | {"offset": first, "length": last - first}


def _inserted(text: str, entities: list[Entity], at: int, new: str) -> tuple[str, list[Entity]]:
    """`text` with `new` at that place; an entity around the place grows, one behind it moves."""
    size = units(new)
    moved = []
    for one in entities:
        first, last = one["offset"], one["offset"] + one["length"]
        first, last = first + size * (first >= at), last + size * (last > at)
        moved.append(one | {"offset": first, "length": last - first})
    return _slice(text, 0, at) + new + _slice(text, at), moved


def _place(text: str, entities: Sequence[Entity]) -> tuple[int, str]:
    """Where links go, and what parts them from the text: below other links, or above the tags."""
    ends = [
        one["offset"] + one["length"]
        for one in entities
        if _is_link(one) and _slice(text, 0, one["offset"]).endswith(f"\n{_MARK}")
    ]
    if ends:
        return max(ends), "\n"
    lines = text.split("\n")
    while len(lines) > 1 and _is_tail(lines[-1]):
        lines.pop()
    return units("\n".join(lines)), "\n\n"


def _is_tail(line: str) -> bool:
    """Whether a line holds only tags, names and what follows a bar: the end of a post."""
    words = line.partition("|")[0].replace("\u200f", " ").split()
    return all(word.startswith(("#", "@")) for word in words)


def dressed(draft: Draft, number: int, before: str, tag: str) -> Draft:
    """A draft as part `number` of a series: «(قسمت n)» in its title, a link, the series' tag."""
    bare = undressed(draft)
    link = (Link(before, BEFORE),) if before else ()
    tags = (*bare.tags, f"#{tag}") if tag and f"#{tag}" not in bare.tags else bare.tags
    title = f"{bare.title} (قسمت {digits(number)})"
    return replace(bare, title=title, links=(*bare.links, *link), tags=tags)


def undressed(draft: Draft) -> Draft:
    """A draft as it was before it became part of a series; tags stay."""
    links = tuple(link for link in draft.links if link.label not in _LABELS)
    return replace(draft, title=_NUMBERED.sub("", draft.title), links=links)
