"""The head of a GGUF file: is it whole, what model is it, how much memory does it want?

Reads only the head, within bounds, and believes nothing: files come from the net. Whether the
model can be run is seen by running it: see bot.models.local. The format is that of ggml's
``docs/gguf.md``, versions 2 and 3.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ModelError

LONGEST_HEAD = 128 << 20
"""Bytes; vocabularies of 260,000 words with their merges take 10 million."""
MOST_STEPS = 4_000_000
"""Strings and entries that are read: a second or two."""
_MAGIC = b"GGUF"
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
_STRING, _ARRAY = 8, 9
_KEPT_ARRAY = 1024
"""Longer arrays are vocabularies; shorter ones count the heads of each layer."""
_NAME = 512
_CACHE_BYTES = 2
"""Of one number in the cache of keys and values (f16)."""
_OVERHEAD = 160 << 20
"""Bytes of the program itself and its working buffers; measured: 70 to 150 MB."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the head of a model's file says."""

    size: int
    """Bytes of the whole file."""
    architecture: str
    name: str
    trained_context: int
    """Tokens it was trained to look back on; 0: not said."""
    cached: int
    """Bytes of cache that one token of context takes, at most; 0: not said."""
    chats: bool
    """It says how a conversation is put to it, so it has been taught to have one."""

    def memory(self, tokens: int) -> int:
        """About the bytes it takes to run with room for so many tokens."""
        return self.size + self.cached * tokens + _OVERHEAD


def head(path: Path) -> Head:
    """The head of the file at `path`.

    Raises ModelError saying what is wrong when it is no model or not a whole one.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            if file.read(4) != _MAGIC:
                raise ModelError(f"{path.name} is not a GGUF file")
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                return _Reader(content, path.name).head(size)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}") from error


class _Reader:
    """Walks through a head, from its fourth byte on."""

    def __init__(self, content: mmap.mmap, name: str) -> None:
        self._content, self._name = content, name
        self._at = 4
        self._steps = 0

    def head(self, size: int) -> Head:
        try:
            told, end = self._walk()
        except (struct.error, ValueError) as error:
            raise ModelError(f"{self._name}: the head of the file is broken: {error}") from error
        if end >= size:
            raise ModelError(f"{self._name} is not whole: {size} bytes, its data end after {end}")
        kind = _text(told.get("general.architecture"))
        if not kind:
            raise ModelError(f"{self._name} names no architecture: is it a model?")
        return Head(
            size,
            kind,
            _text(told.get("general.name")),
            _count(told.get(f"{kind}.context_length")),
            _cached(told, kind),
            bool(_text(told.get("tokenizer.chat_template"))),
        )

    def _walk(self) -> tuple[dict[str, Any], int]:
        """The values of the head, and a byte that the file must at least have."""
        version, tensors, values = self._take("IQQ")
        if version not in (2, 3):
            raise ModelError(f"{self._name}: GGUF version {version} is not known")
        told = {}
        for _ in range(values):
            key = self._string(_NAME)
            told[key] = self._value(self._take("I")[0])
        furthest = 0
        for _ in range(tensors):
            self._string(_NAME)
            (dimensions,) = self._take("I")
            if dimensions > 8:
                raise ValueError(f"a tensor of {dimensions} dimensions")
            *_, offset = self._take(f"{dimensions}QIQ")
            furthest = max(furthest, offset)
        return told, self._at + furthest

    def _value(self, kind: int) -> Any:
        if kind == _STRING:
            return self._string(None)
        if kind == _ARRAY:
            return self._array()
        return self._take(self._scalar(kind))[0]

    def _array(self) -> list[Any] | None:
        """An array; None when it is a vocabulary, which nobody here needs."""
        kind, length = self._take("IQ")
        if kind == _STRING:
            for _ in range(length):
                self._skip(self._take("Q")[0])
            return None
        letter = self._scalar(kind)
        if length > _KEPT_ARRAY:
            self._skip(length * struct.calcsize(f"<{letter}"))
            return None
        return list(self._take(f"{length}{letter}"))

    def _scalar(self, kind: int) -> str:
        if kind not in _SCALARS:
            raise ValueError(f"a value of the unknown kind {kind}")
        return _SCALARS[kind]

    def _string(self, most: int | None) -> str:
        """A text; one without a limit is cut, and the rest of it passed."""
        (length,) = self._take("Q")
        if most is not None and length > most:
            raise ValueError(f"a name of {length} bytes")
        start = self._at
        self._skip(length)
        end = min(self._at, start + _NAME)
        return self._content[start:end].decode(errors="replace")

    def _take(self, form: str) -> tuple[Any, ...]:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise ValueError("it has too many entries")
        found = struct.unpack_from(f"<{form}", self._content, self._at)
        self._skip(struct.calcsize(f"<{form}"))
        return found

    def _skip(self, length: int) -> None:
        self._at += length
        if self._at > min(len(self._content), LONGEST_HEAD):
            raise ValueError("it ends in the middle, or is too long")


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    """A number that may be one for each layer; the largest is taken."""
    numbers = value if isinstance(value, list) else [value]
    return max((one for one in numbers if isinstance(one, int)), default=0)


def _cached(told: dict[str, Any], kind: str) -> int:
    """Bytes of keys and values of one token: llama.cpp keeps both for each head of each layer."""

    def said(name: str) -> int:
        return _count(told.get(f"{kind}.{name}"))

    heads = said("attention.head_count")
    width = said("embedding_length") // heads if heads else 0
    key = said("attention.key_length") or width
    value = said("attention.value_length") or width
    kept = said("attention.head_count_kv") or heads
    return said("block_count") * kept * (key + value) * _CACHE_BYTES
