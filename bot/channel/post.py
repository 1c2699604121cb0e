"""A draft -> the exact text and entities of a post. Pure: the card and the channel show the same.

Entities are written out (no parse mode), and all that machines wrote passes through
`typography.plain`, so nothing in it can become a link, a mention or a tag.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from bot.persian.serial import continued, numbered, uncontinued, unnumbered
from bot.persian.typography import plain, right_to_left, typeset, typeset_with, units
from db.model import Draft, Entity

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITIES_LIMIT = 100
MARKUP_LIMIT = 9000
"""Telegram refuses about 9,500 characters of markup, addresses included; a little is kept back."""

_KEPT_FROM_ADMINS = frozenset(
    {
        *("bold", "italic", "underline", "strikethrough", "spoiler"),
        *("code", "pre", "text_link", "blockquote"),
    }
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What Telegram is given: text, entities (UTF-16 offsets) and perhaps a picture."""

    text: str
    entities: tuple[Entity, ...] = ()
    photo: str = ""

    def payload(self) -> dict[str, Any]:
        """As the outbox keeps it."""
        return {"text": self.text, "entities": list(self.entities), "photo": self.photo}


@dataclass
class _Writer:
    text: str = ""
    entities: list[Entity] = field(default_factory=list)

    def write(self, text: str, **entity: Any) -> None:
        if entity and text.strip():
            self.entities.append({"offset": units(self.text), "length": units(text), **entity})
        self.text += text

    def write_formatted(self, text: str, entities: tuple[Entity, ...]) -> None:
        start = units(self.text)
        text, entities = typeset_with(text, entities)
        self.entities += [e | {"offset": e["offset"] + start} for e in entities]
        self.text += text


def compose(draft: Draft, signature: str) -> Rendered:
    """The post of `draft`: bold title, body, a line per link, hashtags, signature.

    A part of a thread has its number in the title and says at its end that another one follows.
    """
    writer = _Writer()
    machine = not draft.origin.startswith("admin:")
    harmless = plain if machine else str
    title = numbered(draft.title, draft.number, draft.parts)
    writer.write(harmless(typeset(title)), type="bold")
    writer.write("\n\n")
    if draft.entities:
        writer.write_formatted(draft.body, draft.entities)
    else:
        writer.write(harmless(typeset(draft.body)))
    writer.write(continued(draft.number, draft.parts))
    if draft.links:
        writer.write("\n")
    for link in draft.links:
        writer.write("\n🔗 ")
        writer.write(plain(typeset(link.label or "پیوند")), type="text_link", url=link.url)
    tail = [right_to_left(" ".join(draft.tags)), right_to_left(signature)]
    writer.write("".join(f"\n\n{line}" for line in tail if line))
    photo = draft.picture if units(writer.text) <= CAPTION_LIMIT else ""
    return Rendered(writer.text, tuple(writer.entities), photo)


def problems(post: Rendered) -> list[dict[str, Any]]:
    """Why Telegram would refuse this post, as remarks; empty when it would not."""
    found: list[dict[str, Any]] = []
    if units(post.text) > TEXT_LIMIT:
        found.append({"kind": "too-long", "units": units(post.text), "limit": TEXT_LIMIT})
    markup = sum(len(entity.get("url", "")) + 20 for entity in post.entities)
    if markup > MARKUP_LIMIT or len(post.entities) > ENTITIES_LIMIT:
        found.append({"kind": "too-much-markup"})
    return found


def edited(draft: Draft, text: str, entities: tuple[Entity, ...], origin: str) -> dict[str, Any]:
    """The fields of `draft` after an admin sent new text: first line the title, the rest the body.

    Formatting of the body survives; the title is bold anyway. Tags and links stay as they were.
    """
    lead = len(text) - len(text.lstrip())
    title, _, rest = text.strip().partition("\n")
    body = rest.strip()
    if draft.parts > 1:
        title, body = unnumbered(title), uncontinued(body)
    if not body:
        title, body = draft.title, title
        start = units(text[:lead])
    else:
        start = units(text[: text.index(body, lead + len(title))])
    kept = tuple(_shifted(entities, start, units(body)))
    body, kept = typeset_with(body, kept)
    return {"title": typeset(title), "body": body, "entities": kept, "origin": origin}


def _shifted(entities: tuple[Entity, ...], start: int, length: int) -> list[Entity]:
    """The entities that an admin may use, cut to ``[start, start + length)`` and moved to 0."""
    moved = []
    for entity in entities:
        first = max(entity["offset"], start)
        last = min(entity["offset"] + entity["length"], start + length)
        if entity["type"] in _KEPT_FROM_ADMINS and first < last:
            moved.append(entity | {"offset": first - start, "length": last - first})
    return moved
