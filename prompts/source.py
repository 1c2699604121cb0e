"""A source, read once for the checks of prompts.claims: its values, names, days, lists. Pure.

Orders to whoever summarises, slipped into a source, are cut out: nothing may rest on them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from bot.persian.days import Day, clocks, days
from bot.persian.numbers import Value, unlatexed, values
from prompts.names import Known, Run, runs
from prompts.nearby import Nearby
from prompts.support import nearest, rarity_of, sentences

_LONGEST = 40_000
_BEFORE, _AFTER = 30, 40
"""Characters of the source quoted around a value."""
_MOST_VALUES = 1000
_LONGEST_WORD = re.compile(r"\S{200,}")
_ORDER = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:previous|prior|above|earlier|all|your"
    r"|preceding|system|these|other|any)\b.{0,30}(?:instruction|prompt|rule|guideline"
    r"|direction|command)"
    r"|\byou are now\b|\bnew (?:system )?instructions?\s*:|(?:^|[\s\[<(])system\s*(?:prompt"
    r"|message|note)?\s*[:\]>]"
    r"|\b(?:dear|attention|note to|message (?:to|for)|instructions? (?:to|for)|hey"
    r"|hello),?\s+(?:the |all |any |an )?"
    r"(?:ai|llm|model|assistant|summari[sz]er|language model|reviewer|bot|chatbot)s?\b"
    r"|\b(?:ai|llm|language)[ -](?:assistants?|models?|summari[sz]ers?|agents?|reviewers?) "
    r"(?:reading|processing|summari[sz]ing|translating|must|should now)\b"
    r"|\b(?:when|while|if you are) (?:summari[sz]ing|translating) this\b"
    r"|\b(?:in|into|to|with|of) your (?:summary|response|answer|output|reply|post|translation)\b"
    r"|<\|?(?:system|im_start|im_end)|\[/?INST\]|\bdo not (?:summari[sz]e"
    r"|mention this instruction)\b"
    r"|\byou must (?:say|write|add|mention|include|state|output|tell|recommend|reply|end|begin)\b"
    r"|دستور(?:ها|العمل)?[\w\u200c]* (?:قبلی|پیشین|بالا).{0,40}نادیده|(?:قبلی"
    r"|پیشین).{0,20}(?:نادیده بگیر|فراموش کن)"
    r"|در (?:خلاصه|پاسخ|متن) (?:خود |خودت )?.{0,40}(?:بنویس|بگو|اضافه کن|بیاور)(?!\w)",
    re.IGNORECASE,
)
_MORE_ORDERS = re.compile(
    r"\W*(?:write|say|add|include|state|claim|mention|output|respond|reply|recommend|tell"
    r"|append|insert"
    r"|praise|rate|call|describe|print|begin|start|end|use|do not|don't|never|always|instead"
    r"|you\b|now"
    r"|also|then|please|and\b|make sure|the summary|your\b|بنویس|بگو|اضافه|همچنین|در پایان|حتماً)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:()]\s|\s(?:and|while|whereas|but|with)\s|\.\s|\n")
_LIST = re.compile(r"(?:[^,;:.()\n]{1,70}, ){1,15}(?:(?:and|or) )?[^,;:.()\n]{1,70}")
_MARKS = re.compile(r"\((?:\d|[ivx]{1,4}|[a-h])\)|(?<!\w)\d\)", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[•*▪‣·–-]|\d{1,2}[.)])\s+\S", re.MULTILINE)


class Source:
    """What a source says, in the forms that the checks ask for."""

    def __init__(self, title: str, text: str, url: str = "") -> None:
        """Read `title` and `text`; of `url` only the names count."""
        whole = f"{title.strip()}\n{text}"[:_LONGEST]
        self.sentences, self.orders = _honest(_LONGEST_WORD.sub(" ", whole))
        self.text = unlatexed("\n".join(self.sentences))
        marks = {match.start() + 1 for match in _MARKS.finditer(self.text)}
        self.values: list[Value] = [one for one in values(self.text) if one.start not in marks][
            :_MOST_VALUES
        ]
        self.names = Known(f"{self.text}\n{_words_of(url)}")
        self.url = url

    @cached_property
    def runs(self) -> list[Run]:
        """Its Latin names."""
        return list(runs(self.text))

    @cached_property
    def days(self) -> list[Day]:
        """The days it names; an arXiv address tells a month."""
        month = re.search(r"arxiv\.org/\w+/(\d\d)(0[1-9]|1[0-2])\.\d", self.url)
        told = f"20{month[1]}-{month[2]}" if month else ""
        return [*days(self.text), *days(told)]

    @cached_property
    def nearby(self) -> Nearby:
        """What stands near each of its places."""
        return Nearby(self.text)

    @cached_property
    def clocks(self) -> frozenset[str]:
        """The times of day it names."""
        return frozenset(time for time, _ in clocks(self.text))

    @cached_property
    def counts(self) -> frozenset[int]:
        """How many things its lists hold."""
        counts = {2}
        for match in _LIST.finditer(self.text):
            commas = match[0].count(", ")
            closed = re.search(r"(,)? (?:and|or) ", match[0])  # with the Oxford comma or without
            counts |= {commas + 1, commas + 1 + bool(closed and not closed[1])}
        for paragraph in self.text.split("\n"):
            marks = len(set(_MARKS.findall(paragraph)))
            counts |= {marks} if marks > 1 else set()
        counts.add(len(_BULLET.findall(self.text)))
        return frozenset(counts)

    def clause(self, start: int, end: int) -> str:
        """The part of its sentence in which the characters from `start` to `end` stand."""
        cuts = self._cuts
        index = bisect_right(cuts, start) - 1
        first = cuts[index] if index >= 0 else 0
        last = next((cut for cut in cuts[index + 1 :] if cut >= end), len(self.text))
        return self.text[first:last]

    def sentence(self, start: int) -> str:
        """The sentence in which the character at `start` stands."""
        position = 0
        for sentence in self.text.split("\n"):
            position += len(sentence) + 1
            if start < position:
                return sentence
        return ""

    def excerpt(self, start: int, end: int) -> str:
        """The words around the characters from `start` to `end`, none of them cut."""
        text = self.text
        first, last = max(0, start - _BEFORE), min(len(text), end + _AFTER)
        while 0 < first < start and not text[first - 1].isspace():
            first += 1
        while end < last < len(text) and not text[last].isspace():
            last -= 1
        while first and first == start and not text[first - 1].isspace():
            first, start = first - 1, start - 1  # no gap before it: its own word at least
        return text[first:last].strip()

    @cached_property
    def _cuts(self) -> list[int]:
        return [match.end() for match in _CLAUSE.finditer(self.text)]

    @cached_property
    def _prints(self) -> list[frozenset[str]]:
        """What each of its sentences has for support.nearest; one sentence is one line."""
        ends = [match.start() for match in re.finditer("\n", self.text)]
        said: list[set[str]] = [set() for _ in self.sentences]
        for mark in self.nearby.marks:
            said[min(bisect_right(ends, mark.start), len(said) - 1)].add(mark.what)
        for value in self.values:
            line = min(bisect_right(ends, value.start), len(said) - 1)
            said[line] |= {f"v{amount:g}" for amount in value.amounts}
        return [frozenset(one) for one in said]

    @cached_property
    def _rarity(self) -> Counter[str]:
        return rarity_of(self._prints)

    def nearest(self, sentence: str) -> str | None:
        """The sentence of it that says most of what a `sentence` of a draft says."""
        return nearest(sentence, self.sentences, self._prints, self._rarity)


@lru_cache(maxsize=8)
def read(title: str, text: str, url: str = "") -> Source:
    """The source of an item; read once for an answer, its repair and its card."""
    return Source(title, text, url)


def _honest(text: str) -> tuple[list[str], list[str]]:
    """The sentences of `text`, and apart from them those that give orders to a model."""
    kept: list[str] = []
    orders: list[str] = []
    for paragraph in text.split("\n"):
        ordering = False
        for sentence in sentences(paragraph):
            ordering = bool(_ORDER.search(sentence)) or (
                ordering and bool(_MORE_ORDERS.match(sentence))
            )
            (orders if ordering else kept).append(sentence)
    return kept, orders


def _words_of(url: str) -> str:
    """The names in an address: its host and path, without numbers of articles."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return re.sub(r"\d{4}\.\d{4,5}(?:v\d+)?|%[\dA-F]{2}", " ", f"{parts.netloc} {parts.path}")
