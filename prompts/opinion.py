"""A second model's opinion of a summary: what it is asked, and what counts of its answer. Pure.

For what prompts.claims cannot see: negation, and roles that changed places. The model judges
pairs of sentences; only a plain contradiction becomes a reason, ``second-opinion`` with words, a
Persian message and the sentence of the source. Who asks, and what when nobody answers, is for
feeds.write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.models.door import Prompt
from bot.persian.typography import plain, visible
from db.model import Item
from prompts.accept import SECOND_OPINION, Accepted, Reason
from prompts.render import phrase, render
from prompts.source import Source
from prompts.support import sentences

MOST_PAIRS = 24

_LONGEST_SENTENCE = 600
_LONGEST_WORDS, _LONGEST_WHY = 80, 200
_CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence of a draft, and what its source says nearest to it."""

    said: str
    source: str


def pairs(accepted: Accepted, source: Source) -> tuple[Pair, ...]:
    """The sentences of a draft that rest on one of the source, with it and its neighbours."""
    said = [accepted.title, *sentences(accepted.body)]
    found = (Pair(one, _told(source.nearest(one), source)) for one in said)
    return tuple(pair for pair in found if pair.source)[:MOST_PAIRS]


def _told(nearest: str | None, source: Source) -> str:
    """A sentence of the source between its neighbours, which often name what it speaks of."""
    if not nearest:
        return ""
    index = source.sentences.index(nearest)
    around = source.sentences[max(0, index - 1) : index + 2]
    return " ".join(sentence[:_LONGEST_SENTENCE] for sentence in around)


def question(item: Item, asked: Sequence[Pair]) -> Prompt:
    """What the second model is asked about `item`."""
    lines = (
        f"{number})\nجمله: {_line(pair.said)}\nمنبع: {_line(pair.source)}"
        for number, pair in enumerate(asked, 1)
    )
    return replace(render("check", pairs="\n\n".join(lines)), item_id=item.id)


def _line(text: str) -> str:
    return visible(" ".join(text.split()))


def reasons(answer: object, asked: Sequence[Pair]) -> tuple[Reason, ...]:
    """The contradictions in a second model's `answer`, which is hostile text."""
    return tuple(_reason(asked[number - 1], why) for number, why in _told_of(answer, len(asked)))


def _told_of(answer: object, count: int) -> Iterator[tuple[int, str]]:
    """The number of each pair that is contradicted, once, and why."""
    verdicts = answer.get("verdicts") if isinstance(answer, Mapping) else None
    seen: set[int] = set()
    for verdict in verdicts if isinstance(verdicts, list) else []:
        if not isinstance(verdict, Mapping) or verdict.get("verdict") != _CONTRADICTED:
            continue
        number, why = verdict.get("number"), verdict.get("why")
        if isinstance(number, int) and 1 <= number <= count and number not in seen:
            seen.add(number)
            yield number, why if isinstance(why, str) else ""


def _reason(pair: Pair, why: str) -> Reason:
    words = plain(pair.said[:_LONGEST_WORDS])
    told = plain(" ".join(why.split())[:_LONGEST_WHY]) or phrase("opinion.no-reason")
    return {
        "kind": SECOND_OPINION,
        "words": [words],
        "message": phrase("opinion.contradicted", words=words, why=told),
        "source": plain(pair.source[:_LONGEST_SENTENCE]),
    }
