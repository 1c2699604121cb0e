"""The channel's own hashtags and their other names. Pure, but for reading tags.txt.

tags.txt is the first vocabulary of a new database; from then on db.tags has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from pathlib import Path

from bot.errors import ConfigError
from bot.persian.folding import key
from bot.persian.typography import typeset, visible

_FILE = Path(__file__).with_name("tags.txt")
_LONGEST_TEXT = 20_000
_PARTED = re.compile(r"[\s_\u200c-]+")
_LONGEST_PROPOSED, _MOST_WORDS = 40, 4
_PROPOSED = re.compile(r"[A-Za-z\d_\u200cآ-ی]*(?:[A-Za-zآ-ی][\d_\u200c]*){2}[A-Za-z\d_\u200cآ-ی]*")
"""Letters of our two scripts, two at least."""
_ALIKE = 0.86
"""Of two keys, the share of letters in common from which one is a slip of the other."""
# Telegram's own rule (TDLib, MessageEntity.cpp): letters, digits, _, U+200C and U+00B7.
_TAG = re.compile(r"#(?=.*[^\W\d])[\w\u200c\u00b7]{1,255}")


@dataclass(frozen=True)
class Vocabulary:
    """Hashtags, ``#`` included, each with the names under which it is met."""

    tags: Mapping[str, tuple[str, ...]]

    def find(self, name: str) -> str | None:
        """The tag of that name, with or without ``#``, in any spelling; None: not ours."""
        return self._names.get(key(name))

    def known(self, names: Iterable[str]) -> tuple[str, ...]:
        """The tags of those names that are ours, each once, in their order."""
        found = (self.find(name) for name in names)
        return tuple(dict.fromkeys(tag for tag in found if tag))

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The tags whose names occur in `text` as whole words, the most frequent first."""
        words = self._mention.findall(text[:_LONGEST_TEXT])
        counts = Counter(tag for word in words if (tag := self.find(word)))
        return tuple(tag for tag, _ in counts.most_common())

    def proposal(self, name: str) -> str | None:
        """`name` as a tag that might join the vocabulary, without ``#``; None: it is unfit.

        Unfit is what is no hashtag of one to four words in our scripts, and what is ours already
        or so like one of ours that it may be a slip.
        """
        written = visible(typeset(name.strip().removeprefix("#"))).strip()
        tag = re.sub(r"[\s_-]+", "_", written).strip("_\u200c")
        words = tag.split("_")
        fits = len(tag) <= _LONGEST_PROPOSED and len(words) <= _MOST_WORDS
        if not fits or not _PROPOSED.fullmatch(tag):
            return None
        folded = key(tag)
        return None if any(_alike(folded, ours) for ours in self._names) else tag

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {key(name): tag for tag, others in self.tags.items() for name in others}
        return names | {key(tag): tag for tag in self.tags}

    @cached_property
    def _mention(self) -> re.Pattern[str]:
        names = [name for others in self.tags.values() for name in others]
        names += [tag[1:] for tag in self.tags if _PARTED.search(tag)]
        longest_first = sorted(names, key=len, reverse=True)
        choices = "|".join(map(_in_texts, longest_first)) or "(?!)"
        return re.compile(rf"(?<![\w#])(?:{choices})(?!\w)", re.IGNORECASE)


def _in_texts(name: str) -> str:
    """A pattern for a name: its words may be parted in any way, or not at all."""
    return r"[\s_\u200c-]?".join(map(re.escape, _PARTED.split(name)))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 2:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


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
