"""Typography as a filter: lines in, lines out, one at a time. Pure but for its streams.

Does not open files and prints nothing: bot.cli gives it standard input and writes what it yields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from bot.errors import ConfigError
from bot.persian.typography import typeset


def typeset_text(text: str) -> str:
    """The whole of a text, typeset; a new line at its end stays."""
    return typeset(text) + ("\n" if text.endswith("\n") else "")


def typeset_json(lines: Iterable[str]) -> Iterator[str]:
    """For each line ``{"id", "text"}`` the same with its text typeset; empty lines are skipped.

    Raises ConfigError, naming the line, for one that is not such an object; what came before has
    been yielded by then.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            one, text = _read(line, number)
            yield json.dumps({"id": one, "text": typeset(text)}, ensure_ascii=False) + "\n"


def _read(line: str, number: int) -> tuple[object, str]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"line {number}: not JSON: {error}") from error
    if not isinstance(found, dict) or not {"id", "text"} <= found.keys():
        raise ConfigError(f'line {number}: not an object with "id" and "text"')
    if not isinstance(found["text"], str):
        raise ConfigError(f'line {number}: "text" is not a string')
    return found["id"], found["text"]
