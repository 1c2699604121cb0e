"""Blocks of a read page as messages: text and entities, split where it hurts least. Pure.

Entities are written out (no parse mode), and what stood in the document passes through
`typography.plain`: nothing in it can become a link, a mention or a tag.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.documents.markup import Block, Heading, Item, Line, Paragraph, Style, Table, words
from bot.documents.word import runs_from_right
from bot.persian.typography import RLM, plain, units, visible
from db.model import Entity

LIMIT = 3900
"""UTF-16 units of a message; Telegram takes 4,096."""
MOST_ENTITIES = 90
"""Entities of a message; Telegram keeps 100."""

_STYLES = {Style.BOLD: "bold", Style.ITALIC: "italic", Style.CODE: "code", Style.FORMULA: "code"}


@dataclass(frozen=True, slots=True)
class Piece:
    """What one message says (Bot API, MessageEntity: offsets in UTF-16 units)."""

    text: str
    entities: tuple[Entity, ...] = ()


def messages(blocks: Iterable[Block], limit: int = LIMIT) -> list[Piece]:
    """The blocks as messages, as few as hold them."""
    whole: list[Piece] = []
    for part, gap in _parts(blocks, limit):
        last = whole[-1] if whole else None
        joined = join(last, part, gap) if last else None
        if joined and units(joined.text) <= limit and len(joined.entities) <= MOST_ENTITIES:
            whole[-1] = joined
        else:
            whole.append(part)
    return whole


def join(first: Piece, second: Piece, between: str = "\n\n") -> Piece:
    """Two pieces as one."""
    start = units(first.text + between)
    moved = (entity | {"offset": entity["offset"] + start} for entity in second.entities)
    return Piece(first.text + between + second.text, (*first.entities, *moved))


def parted(piece: Piece, limit: int = LIMIT) -> list[Piece]:
    """A piece as messages of at most `limit` units, cut where it hurts least."""
    parts, at = [], 0
    while at < len(piece.text):
        end = _end(piece.text, at, limit)
        part = _cut(piece, at, end)
        if part.text.strip():
            parts.append(Piece(part.text, part.entities[:MOST_ENTITIES]))
        at = end
    return parts


def opening(piece: Piece, limit: int) -> Piece:
    """The beginning of a piece, at most `limit` units long, with an ellipsis where it is cut."""
    if units(piece.text) <= limit:
        return piece
    return join(_cut(piece, 0, _end(piece.text, 0, limit - 1)), Piece("…"), "")


def _parts(blocks: Iterable[Block], limit: int) -> Iterator[tuple[Piece, str]]:
    """The blocks, cut where they are too long, and what stands before each: a list is dense."""
    in_list = False
    for block in blocks:
        piece = _piece(block)
        gap = "\n" if in_list and isinstance(block, Item) else "\n\n"
        in_list = isinstance(block, Item)
        at = 0
        while at < len(piece.text):
            end = _end(piece.text, at, limit)
            part = _cut(piece, at, end)
            if part.text.strip():
                yield Piece(part.text, part.entities[:MOST_ENTITIES]), gap
            at = end


def _end(text: str, start: int, limit: int) -> int:
    """Where a part that begins at `start` ends: after a line, a sentence or a word if it can."""
    end = min(len(text), start + limit)
    while units(text[start:end]) > limit:
        end -= max(1, (units(text[start:end]) - limit) // 2)
    if end == len(text):
        return end
    for mark in ("\n", ". ", "؟ ", " "):
        found = text.rfind(mark, start + limit // 2, end)
        if found > start:
            return found + len(mark)
    return end


def _cut(piece: Piece, start: int, end: int) -> Piece:
    first, last = units(piece.text[:start]), units(piece.text[:end])
    kept = []
    for entity in piece.entities:
        begin = max(entity["offset"], first)
        over = min(entity["offset"] + entity["length"], last)
        if begin < over:
            kept.append(entity | {"offset": begin - first, "length": over - begin})
    return Piece(piece.text[start:end], tuple(kept))


def _piece(block: Block) -> Piece:
    if isinstance(block, Heading):
        return _over(_line(block.line), "bold")
    if isinstance(block, Item):
        return _line(block.line, f"{'  ' * block.depth}{block.mark or '•'} ")
    if isinstance(block, Table):
        rows = (" | ".join(words(cell) for cell in row) for row in block.rows)
        return _over(Piece(visible("\n".join(rows))), "pre")
    if isinstance(block, Paragraph):
        line = _line(block.line)
        return _over(line, "blockquote") if block.quoted else line
    return _over(Piece(visible(block.text)), "pre")


def _line(line: Line, lead: str = "") -> Piece:
    """A line with its styles; from the right if most of its letters run from there."""
    mark = RLM if runs_from_right(words(line)) else ""
    text, entities = mark + lead, []
    for run in line:
        is_code = run.style in (Style.CODE, Style.FORMULA)
        shown = visible(run.text) if is_code else plain(run.text).replace("\n", f"\n{mark}")
        if run.style and shown.strip():
            at, length = units(text), units(shown)
            entities.append({"type": _STYLES[run.style], "offset": at, "length": length})
        text += shown
    return Piece(text, tuple(entities))


def _over(piece: Piece, kind: str) -> Piece:
    """The whole piece in one style; code inside headings and quotes stays as it is."""
    if not piece.text.strip():
        return piece
    whole: Entity = {"type": kind, "offset": 0, "length": units(piece.text)}
    inner = tuple(e for e in piece.entities if e["type"] not in (kind, "code"))
    return Piece(piece.text, (whole, *inner))
