"""How the channel sounds, as values of a prompt: register, words of the glossary, starred posts.

Pure, but for reading the two registers. Does not check whether a model kept to it: see
prompts.glossary.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from bot.errors import ConfigError
from bot.persian.typography import units, visible
from prompts.glossary import Glossary, lines

REGISTERS = ("friendly", "formal")
MOST_EXAMPLES = 3
LONGEST_EXAMPLE = 700
"""In UTF-16 code units: enough to hear the tone, and three of them cost little at each draft."""

_FOLDER = Path(__file__).parent
_BETWEEN = "\n\n* * *\n\n"
_TAGS = re.compile(r"[\s#]*(?:#[^\s#]+\s*)+")
_LINK_LINE = re.compile(r"\s*🔗.*")
_NAME_LINE = re.compile(r"\s*@\w+.*")
_ADDRESS = re.compile(r"(?:https?://|www\.|t\.me/)\S+", re.IGNORECASE)
_END = re.compile(r"[.!?؟…](?=\s)|\n")


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
    """The beginnings of the first of `posts`, without their links, hashtags and signatures."""
    bodies = filter(None, map(_body, posts))
    return _BETWEEN.join(_beginning(body) for body in islice(bodies, MOST_EXAMPLES))


def _body(post: str) -> str:
    """What a post says, without what `bot.channel.post` or a person puts around it."""
    lines = [line.rstrip() for line in visible(post).strip().split("\n")]
    while lines and (not lines[-1] or _is_tail(lines[-1]) or _signs(lines)):
        lines.pop()
    kept = "\n".join(line for line in lines if not _is_tail(line))
    return re.sub(r"\n{3,}", "\n\n", _ADDRESS.sub("", kept)).strip()


def _is_tail(line: str) -> bool:
    """Whether a line holds only a link, hashtags or somebody's @name."""
    return any(kind.fullmatch(line) for kind in (_LINK_LINE, _TAGS, _NAME_LINE))


def _signs(lines: list[str]) -> bool:
    """Whether the last line is a signature: one line by itself below links or hashtags."""
    above = [line for line in lines[:-1] if line]
    return len(above) > 1 and _is_tail(above[-1]) and not _is_tail(above[0])


def _beginning(text: str) -> str:
    """`text`, or its whole sentences within LONGEST_EXAMPLE."""
    if units(text) <= LONGEST_EXAMPLE:
        return text
    head = text[:LONGEST_EXAMPLE]
    while units(head) >= LONGEST_EXAMPLE:
        head = head[:-1]
    ends = [match.end() for match in _END.finditer(head)]
    return head[: ends[-1]].rstrip() if ends else head.rstrip() + "…"
