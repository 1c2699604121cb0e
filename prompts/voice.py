"""How the channel sounds, as values of a prompt: register, words of the glossary, starred posts.

Pure, but for reading the two registers. Does not check whether a model kept to it: see
prompts.glossary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from bot.errors import ConfigError
from bot.persian.typography import units, visible
from prompts.glossary import Glossary, lines

REGISTERS = ("friendly", "formal")
MOST_EXAMPLES = 3
LONGEST_EXAMPLES = 4000
"""Of all examples together, in UTF-16 code units."""

_FOLDER = Path(__file__).parent
_BETWEEN = "\n\n* * *\n\n"
# What `bot.channel.post` puts below the body: links, hashtags, signature.
_TAIL = re.compile(r"\n\s*(?:🔗|(?:#[^\s#]+[ \t]*)+(?:\n|$))")


@dataclass(frozen=True)
class Voice:
    """What an editor decides about the channel's language."""

    register: str = REGISTERS[0]
    glossary: Glossary = field(default_factory=Glossary)
    starred: tuple[str, ...] = ()
    """Posts held up as examples, the newest first."""

    def values(self, source_text: str) -> dict[str, str]:
        """The values of a prompt about this source; what there is nothing to say of is empty."""
        return {
            "register": register(self.register),
            "glossary": lines(self.glossary, source_text),
            "examples": examples(self.starred),
        }


@cache
def register(name: str) -> str:
    """How to write in that register. Raises ConfigError when there is none of that name."""
    if name not in REGISTERS:
        raise ConfigError(f"{name!r} is no register; there are: {', '.join(REGISTERS)}")
    try:
        return (_FOLDER / f"register_{name}.txt").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"cannot read register_{name}.txt: {error}") from error


def examples(posts: Iterable[str]) -> str:
    """The first of `posts` that fit the bounds, whole, without links, hashtags and signature."""
    kept: list[str] = []
    length = 0
    for post in posts:
        text = visible(_TAIL.split(post, maxsplit=1)[0]).strip()
        added = units(text) + units(_BETWEEN)
        if text and len(kept) < MOST_EXAMPLES and length + added <= LONGEST_EXAMPLES:
            kept.append(text)
            length += added
    return _BETWEEN.join(kept)
