"""Find the object in a model's answer, whatever the model wrapped around it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
# Models put real line breaks into strings, which JSON forbids: hence not strict.
_DECODER = json.JSONDecoder(strict=False)
_MOST_STARTS = 200


def without_thinking(text: str) -> str:
    """`text` without the thoughts that some models print before they answer."""
    return _THINKING.sub("", text).strip()


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
