"""The unit of work: the picture of one page in, checked text out.

All it needs comes in a `Task` that can be sent anywhere; there is no state but the cache. A reader
is never believed: what is wrong with its answer (prompts.transcript) is read again in smaller
pieces, at another temperature, by a second model; what stays wrong is marked for a human eye.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Protocol, Self

from bot.documents import layer
from bot.documents.lines import paragraphs
from bot.documents.pieces import Piece, parts, sample
from bot.documents.reader import Answer, PageReader
from bot.errors import ModelBusy, ModelError, OverBudget
from prompts.transcript import clean, faults, is_lost, salvaged

log = logging.getLogger("peyk.documents")

LASTING = frozenset({"too-short", "small"})
"""Faults that are marked, but not read again: the pixels may have promised too much, or be few."""
WARMTHS = (0.0, 0.3, 0.6)
"""The temperatures of the first, second and third reading of the same picture."""


class Origin(StrEnum):
    """Where the text of a page comes from."""

    BLANK = "blank"
    MODEL = "model"
    LAYER = "layer"
    TESSERACT = "tesseract"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class PageText:
    """A page that was read, or could not be."""

    page: int
    """Counted from 1."""
    text: str
    """Markdown."""
    origin: Origin
    doubts: tuple[str, ...] = ()
    """Why a human should look at it: faults of prompts.transcript, kinds of DocumentError,
    ``small`` (the picture has few pixels for what stands on it), ``unreachable``."""
    model: str = ""
    turned: int = 0
    cached: bool = False

    @property
    def needs_eye(self) -> bool:
        """Whether a human should compare it with the picture."""
        return bool(self.doubts)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, kept: dict[str, Any]) -> Self:
        """What `as_dict` gave."""
        values = kept | {"origin": Origin(kept["origin"]), "doubts": tuple(kept["doubts"])}
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Task:
    """One page to be read, with all that is known of it."""

    page: int
    jpeg: bytes
    characters: int
    """About how many are written on it."""
    turned: int = 0
    small: bool = False
    """Whether the picture has few pixels for what stands on it."""
    layers: tuple[str, ...] = ()
    """What the file says stands on it; nothing when it is to be read in full."""
    before: str = ""
    """How the page before ends, where that is known already: for second readings."""
    patience: float = 60.0
    """Seconds for a free check of its layers; then it is read in full."""


class Cache(Protocol):
    """What was read before, by key."""

    def get(self, key: str) -> dict[str, Any] | None: ...

    def put(self, key: str, page: dict[str, Any]) -> None: ...


class Glancing(PageReader, Protocol):
    """A reader without a price, which can also look at a few lines."""

    async def glance(self, jpeg: bytes, like: str = "") -> str:
        """The lines of a picture as they stand, in the language of `like`. Raises ModelError."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Who can be asked, in this order; any may be missing."""

    first: PageReader | None = None
    second: PageReader | None = None
    offline: Glancing | None = None


async def read_page(task: Task, doors: Doors, cache: Cache) -> PageText:
    """The text of a page. Raises OverBudget when only a model could read it and it may not."""
    key = key_of(task.jpeg, doors.first)
    if kept := cache.get(key):
        return replace(PageText.from_dict(kept), page=task.page, cached=True)
    found = await _from_layer(task, doors, cache)
    if found is None:
        found = await _from_models(task, doors)
        found = found and _doubted(found, task)
        if found and LASTING.issuperset(found.doubts):
            cache.put(key, found.as_dict())
    if (found is None or is_lost(found.text)) and doors.offline:
        read = await _offline(task, doors.offline)
        found = _instead(read, found) if read else found
    if found and is_lost(found.text):
        return replace(found, text="", origin=Origin.NOBODY)
    return found or PageText(task.page, "", Origin.NOBODY, ("unreachable",), turned=task.turned)


def _instead(page: PageText, lost: PageText | None) -> PageText:
    """What was read in place of a page whose model gave nothing: its doubts remain."""
    return replace(page, doubts=(*page.doubts, *lost.doubts)) if lost else page


def _doubted(page: PageText, task: Task) -> PageText:
    """The page, with a doubt more where its picture is too small to be read with certainty."""
    return replace(page, doubts=(*page.doubts, "small")) if task.small else page


def key_of(jpeg: bytes, reader: PageReader | None) -> str:
    """The key of a picture as this reader reads it: content, prompt version and model."""
    told = f"{reader.name}\n{reader.version}\n" if reader else ""
    return hashlib.sha256(told.encode() + jpeg).hexdigest()


# The text that the file itself carries


async def _from_layer(task: Task, doors: Doors, cache: Cache) -> PageText | None:
    """The page's own layer, if a cheap reading of part of the picture agrees with it."""
    layers = layer.candidates(task.layers, task.characters)
    reader = doors.offline or doors.first
    if not layers or not reader:
        return None
    few = await asyncio.to_thread(sample, task.jpeg)
    try:
        reading = await _glance(few, layers[0], task.patience, doors, cache)
    except OverBudget:
        return None
    except TimeoutError:
        log.info("page %d: its layer was not checked in time", task.page)
        return None
    except ModelError as error:
        log.info("page %d: its layer was not checked: %s", task.page, error)
        return None
    found = layer.agreeing(layers, reading)
    if found is None:
        return None
    return PageText(task.page, clean(paragraphs(found)), Origin.LAYER, turned=task.turned)


async def _glance(few: Piece, like: str, patience: float, doors: Doors, cache: Cache) -> str:
    """What stands in a sample: read by the free reader, or else by the model, once."""
    if doors.offline:
        async with asyncio.timeout(patience):
            return await doors.offline.glance(few.jpeg, like)
    assert doors.first
    key = key_of(few.jpeg, doors.first)
    if kept := cache.get(key):
        return str(kept["text"])
    answer = await doors.first.read(few.jpeg)
    cache.put(key, {"text": answer.text})
    return answer.text


# Readers that are not believed


@dataclass(frozen=True, slots=True)
class _Read:
    """What became of a picture: a text, and what is wrong with it."""

    text: str
    doubts: tuple[str, ...]
    model: str = ""

    @property
    def final(self) -> bool:
        """Whether another reading would not help."""
        return LASTING.issuperset(self.doubts)


async def _from_models(task: Task, doors: Doors) -> PageText | None:
    """The page as the models read it; None when none can be reached."""
    if not doors.first:
        return None
    asking = _Asking(doors.first, doors.second, task.before)
    try:
        read = await asking.whole(Piece(task.jpeg, task.characters))
    except OverBudget:
        if doors.offline:
            log.warning("page %d is read by tesseract: the day's tokens are used up", task.page)
            return None
        raise
    except ModelError as error:
        log.warning("page %d: %s", task.page, error)
        return None
    return PageText(task.page, read.text, Origin.MODEL, read.doubts, read.model, task.turned)


@dataclass(frozen=True, slots=True)
class _Asking:
    """The readings of one page."""

    first: PageReader
    second: PageReader | None
    before: str

    async def whole(self, page: Piece) -> _Read:
        """The page, and where that fails its halves. Raises ModelError when nobody answers."""
        read = await self._try(page, 0)
        return read if read.final else await self._in_parts(page, read, 1)

    async def _half(self, half: Piece) -> _Read:
        """A half, twice if need be, and where both fail its quarters."""
        read = await self._try(half, 1)
        if not read.final:
            read = _better(read, await self._try(half, 2))
        return read if read.final else await self._in_parts(half, read, 2)

    async def _in_parts(self, piece: Piece, read: _Read, depth: int) -> _Read:
        """A piece in two parts; `read` is what there is of it so far."""
        pieces = await asyncio.to_thread(parts, piece.jpeg, 2)
        try:
            reads = [
                await (self._half(part) if depth == 1 else self._try(part, depth))
                for part in pieces
            ]
        except OverBudget:
            raise
        except ModelError:
            if not read.text:
                raise
            return read  # something is better than nothing
        return _better(_together(reads), read)

    async def _try(self, piece: Piece, attempt: int) -> _Read:
        """One reading; another by the second model when the first gives no answer at all."""
        reader = self.second if attempt > 1 and self.second else self.first
        before = self.before if attempt else ""
        try:
            answer = await reader.read(piece.jpeg, warmth=WARMTHS[attempt], before=before)
        except OverBudget:
            raise
        except ModelError as error:
            other = self._other(reader, error)
            if other is None:
                raise
            answer = await other.read(piece.jpeg, warmth=WARMTHS[attempt], before=before)
        return _judged(answer, piece)

    def _other(self, reader: PageReader, error: ModelError) -> PageReader | None:
        """Whom to ask when `reader` fails: the other model, or the same one if it was busy."""
        if self.second:
            return self.first if reader is self.second else self.second
        return reader if isinstance(error, ModelBusy) else None


def _judged(answer: Answer, piece: Piece) -> _Read:
    found = faults(answer.text, piece.characters, truncated=answer.truncated)
    return _Read(salvaged(answer.text, found) if found else answer.text, found, answer.model)


def _better(one: _Read, other: _Read) -> _Read:
    """The reading with fewer faults; of two equal ones the first."""
    return min(one, other, key=lambda read: len(read.doubts))


def _together(reads: Sequence[_Read]) -> _Read:
    """The parts of a page as one reading."""
    doubts = dict.fromkeys(doubt for read in reads for doubt in read.doubts)
    text = "\n\n".join(read.text for read in reads if read.text)
    return _Read(text, tuple(doubts), reads[0].model)


async def _offline(task: Task, reader: PageReader) -> PageText | None:
    try:
        answer = await reader.read(task.jpeg)
    except ModelError as error:
        log.warning("page %d: %s", task.page, error)
        return None
    found = faults(answer.text, task.characters)
    text = salvaged(answer.text, found) if found else answer.text
    read = PageText(task.page, text, Origin.TESSERACT, found, answer.model, task.turned)
    return _doubted(read, task)
