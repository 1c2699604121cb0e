"""What a model wrapped around its answer, put aside: thoughts, fences, chatter. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bot.models.stream import Token

_TAGS = ("think", "thinking", "reasoning")
_THINKING = re.compile(rf"<({'|'.join(_TAGS)})>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
# Models put real line breaks into strings, which JSON forbids: hence not strict.
_DECODER = json.JSONDecoder(strict=False)
_MOST_STARTS = 200


def without_thinking(text: str) -> str:
    """`text` without the thoughts that some models print before they answer."""
    return _THINKING.sub("", text).strip()


class Thoughts:
    """Leaves out the thoughts at the beginning of an answer that comes token by token."""

    def __init__(self) -> None:
        self._held = ""
        """What may yet turn out to be the beginning of a thought, or is one."""
        self._speaking = False

    def heard(self, token: Token) -> Token | None:
        """What of `token` belongs to the answer; None while that cannot be told."""
        if self._speaking:
            return token
        self._held += token.text
        if self._undecided():
            return None
        begun = self._held.lstrip()
        if begun.startswith("<"):  # else a tag further on is part of the answer
            end = begun[len(begun.rstrip()) :]
            begun = without_thinking(begun) + end
        self._speaking, self._held = True, ""
        return replace(token, text=begun)

    def rest(self) -> str:
        """What is left when the answer has ended."""
        return without_thinking(self._held)

    def _undecided(self) -> bool:
        begun = self._held.lstrip()
        opening = next((tag for tag in _TAGS if begun.lower().startswith(f"<{tag}>")), None)
        if opening is None:
            return not begun or any(f"<{tag}>".startswith(begun.lower()) for tag in _TAGS)
        return not begun.lower().partition(f"</{opening}>")[2].strip()


def find_object(text: str, fields: Collection[str] = ()) -> dict[str, Any] | None:
    """The JSON object in `text` with most of `fields`, the first among equals; None without any.

    Fences and chatter around it do not matter.
    """
    best: dict[str, Any] | None = None
    position = 0
    for _ in range(_MOST_STARTS):
        position = text.find("{", position)
        if position < 0:
            break
        found, position = _object_at(text, position)
        if found is not None and (best is None or _score(found, fields) > _score(best, fields)):
            best = found
    return best


def _object_at(text: str, start: int) -> tuple[dict[str, Any] | None, int]:
    """The object that starts at `start`, if one does, and where to look on."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start + 1
    return (value if isinstance(value, dict) else None), end


def _score(found: dict[str, Any], fields: Collection[str]) -> int:
    return sum(name in found for name in fields)
