"""Which sentence of the source each sentence of a summary rests on, without a model. Pure.

Two languages meet in what both write alike: values, Latin names, and the terms of terms.tsv.
Says only what is nearest; whether it bears the sentence out is for prompts.claims.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from bot.persian.numbers import bare, folded, unlatexed, values
from prompts.names import aliases, persian_names

_FOLDER = Path(__file__).parent
_SENTENCE = re.compile(
    r"(?<=[.!?؟…])(?<!\b[A-Z]\.)(?<!vs\.)(?<!e\.g\.)(?<!i\.e\.)(?<!al\.)[»\")\]]*\s+(?=\S)|\n+"
)
_PERSIAN_WORD = re.compile(
    "[\u0621-\u065f\u066e-\u06d3\u06d5]+(?:\u200c[\u0621-\u065f\u066e-\u06d3\u06d5]+)*"
)
_ENGLISH_WORD = re.compile(r"[A-Za-z$][A-Za-z0-9]*")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.+@][A-Za-z0-9]+)*")
_ENOUGH, _ENOUGH_OF_TERMS = 0.2, 0.3
"""Below this share of a sentence's weight nothing is said to bear it: a wrong sentence misleads.

Terms alone, without a common name or value, must make up the larger share.
"""
# Short words are met whole, but for these: «سر» is not the beginning of «سرعت».
_ENDINGS = ("هایی", "های", "ها", "ی", "s")
_PLAIN = "vn"
_WEIGHTS = {"v": 3.0, "n": 2.5, "t": 1.0}


@dataclass(frozen=True, slots=True)
class Term:
    """A row of terms.tsv: what is counted, measured or talked about, in both languages."""

    kind: str
    persian: tuple[str, ...]
    english: tuple[str, ...]


def support(draft: str, source: str) -> list[tuple[str, str | None, float]]:
    """Each sentence of `draft` with the sentence of `source` it rests on and how surely, 0 to 1.

    None where no sentence of the source shares enough with it.
    """
    theirs = sentences(source)
    prints = [fingerprint(unlatexed(sentence)) for sentence in theirs]
    rarity = rarity_of(prints)
    return [_resting(one, theirs, prints, rarity) for one in sentences(bare(draft))]


def sentences(text: str) -> list[str]:
    """The sentences of a text in either language."""
    return [part.strip() for part in _SENTENCE.split(text) if part and part.strip()]


def nearest(
    sentence: str, theirs: list[str], prints: list[frozenset[str]], rarity: Counter[str]
) -> str | None:
    """The one of `theirs` (`prints`: their fingerprints) that says most of `sentence`."""
    return _resting(sentence, theirs, prints, rarity)[1]


def _resting(
    sentence: str, theirs: list[str], prints: list[frozenset[str]], rarity: Counter[str]
) -> tuple[str, str | None, float]:
    ours = fingerprint(folded(sentence))
    weights = {mark: _WEIGHTS[mark[0]] * _idf(mark, rarity, len(prints)) for mark in ours}
    total = sum(weights.values())
    scores = [sum(weights[mark] for mark in ours & marks) for marks in prints]
    if not total or not scores:
        return sentence, None, 0.0
    best = max(range(len(scores)), key=lambda index: (scores[index], -len(prints[index])))
    plain = any(mark[0] in _PLAIN for mark in ours & prints[best])
    if scores[best] < (_ENOUGH if plain else _ENOUGH_OF_TERMS) * total:
        return sentence, None, 0.0
    return sentence, theirs[best], round(min(1.0, scores[best] / total), 2)


def rarity_of(prints: Iterable[frozenset[str]]) -> Counter[str]:
    """In how many of the fingerprints each mark stands."""
    return Counter(mark for marks in prints for mark in marks)


def _idf(mark: str, rarity: Counter[str], size: int) -> float:
    return math.log(1 + (size + 1) / (rarity[mark] + 0.5))


class Mark(NamedTuple):
    """A name (``n…``) or a term (``t…``) that a text shares with its translation, and where."""

    what: str
    start: int
    end: int


def fingerprint(text: str) -> frozenset[str]:
    """What folded `text` has in common with its translation: values, names, terms."""
    said = {f"v{amount:g}" for value in values(text) for amount in value.amounts}
    return frozenset(said | {mark.what for mark in marks(text)})


def marks(text: str) -> Iterator[Mark]:
    """The names and the terms of folded `text`."""
    for match in _LATIN_WORD.finditer(text):
        word = match[0].casefold()
        for name in (word, *aliases(word)):
            yield Mark(f"n{name.casefold()}", match.start(), match.end())
    pattern, table = persian_names()
    for match in pattern.finditer(text):
        for name in table.get(re.sub("[\\s\u200c]+", "", match["name"]), ()):
            yield Mark(f"n{name.casefold()}", match.start(), match.end())
    for term, match in _terms(text):
        yield Mark(f"t{term}", match.start(), match.end())


def _terms(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    for word in (_PERSIAN_WORD, _ENGLISH_WORD):
        for match in word.finditer(text):
            for row in _beginning(match[0].replace("\u200c", "").casefold()):
                yield row, match


def terms_in(text: str, kinds: str = "") -> set[int]:
    """The rows of terms.tsv that folded `text` mentions; only those whose kind is in `kinds`."""
    found = {row for row, _ in _terms(text)}
    return {row for row in found if not kinds or terms()[row].kind in kinds.split()}


@lru_cache(maxsize=20_000)
def _beginning(word: str) -> frozenset[int]:
    """The rows with a beginning of `word`."""
    index = _index()
    whole = next((word.removesuffix(end) for end in _ENDINGS if word.endswith(end)), word)
    sizes = (size for size in range(4, len(word) + 1) if word[:size] in index)
    rows = [index[word[:size]] for size in sizes]
    rows += [index[short] for short in (word, whole) if len(short) < 4 and short in index]
    rows += [index[f"{one}."] for one in (word, whole) if f"{one}." in index]
    return frozenset().union(*rows)


@cache
def _index() -> dict[str, frozenset[int]]:
    index: dict[str, frozenset[int]] = {}
    for row, term in enumerate(terms()):
        for stem in (*term.persian, *term.english):
            key = stem.replace("\u200c", "").casefold()
            index[key] = index.get(key, frozenset()) | {row}
    return index


@cache
def terms() -> tuple[Term, ...]:
    """The rows of terms.tsv."""
    rows = []
    for line in (_FOLDER / "terms.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            kind, persian, english = line.split("\t")
            rows.append(Term(kind, _listed(persian), _listed(english)))
    return tuple(rows)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
