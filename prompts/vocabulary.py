"""The channel's own hashtags and their other names. Pure, but for reading tags.txt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.errors import ConfigError

_FILE = Path(__file__).with_name("tags.txt")
_LONGEST_TEXT = 20_000
# Telegram's own rule (TDLib, MessageEntity.cpp): letters, digits, _, U+200C and U+00B7.
_TAG = re.compile(r"#(?=.*[^\W\d])[\w\u200c\u00b7]{1,255}")


@dataclass(frozen=True)
class Vocabulary:
    """Hashtags, ``#`` included, each with the names under which it is met."""

    tags: Mapping[str, tuple[str, ...]]

    def find(self, name: str) -> str | None:
        """The tag of that name, with or without ``#``, in any spelling; None: not ours."""
        return self._names.get(_folded(name))

    def known(self, names: Iterable[str]) -> tuple[str, ...]:
        """The tags of those names that are ours, each once, in their order."""
        found = (self.find(name) for name in names)
        return tuple(dict.fromkeys(tag for tag in found if tag))

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The tags whose names occur in `text` as whole words, the most frequent first."""
        words = self._mention.findall(text[:_LONGEST_TEXT])
        counts = Counter(tag for word in words if (tag := self.find(word)))
        return tuple(tag for tag, _ in counts.most_common())

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {_folded(name): tag for tag, others in self.tags.items() for name in others}
        return names | {_folded(tag): tag for tag in self.tags}

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        names = [name for others in self.tags.values() for name in others]
        longest_first = sorted(names, key=len, reverse=True)
        choices = "|".join(re.escape(name) for name in longest_first) or "(?!)"
        return re.compile(rf"(?<![\w#])(?:{choices})(?!\w)", re.IGNORECASE)


def _folded(name: str) -> str:
    return re.sub(r"[\s_\u200c-]+", " ", name.strip().removeprefix("#")).strip().casefold()


def parse(text: str) -> Vocabulary:
    """The vocabulary written in `text`, one ``#tag: name, name`` a line.

    Raises ConfigError naming the first line that is wrong.
    """
    tags: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("# "):
            continue
        tag, _, names = line.partition(":")
        tag = tag.strip()
        if not _TAG.fullmatch(tag) or tag in tags:
            raise ConfigError(f"tags.txt, line {number}: {tag!r} is no hashtag or is there twice")
        tags[tag] = tuple(name.strip() for name in names.split(",") if name.strip())
    return Vocabulary(tags)


def load(path: Path = _FILE) -> Vocabulary:
    """The channel's vocabulary. Raises ConfigError when the file cannot be used."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"cannot read {path.name}: {error}") from error
