"""A question -> passages of the archive -> a local model -> an answer that they bear out.

    Sources           what the archive has to say, at once
    Draft, Draft, …   what the model writes, not checked yet: a preview
    Answer            what may be shown as one, or why nothing may

Where the archive has too little the model is not called. What it writes is an answer only if
prompts.grounded finds each sentence in a passage it cites; all else ends as the sources alone.
Who may ask, how often, and how it looks is for handlers.ask.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Protocol, TypeVar

from sqlite_utils import Database

from bot.config import Settings
from bot.models.door import Prompt
from bot.models.doubt import Doubt, Quadrant, measure, most_consistent
from bot.models.stream import StreamingModel, Token, Turn
from bot.persian import question as questions
from bot.persian.folding import fold
from bot.persian.language import persian_share
from bot.persian.question import Question
from db import evidence
from db.evidence import Evidence, Need

log = logging.getLogger("peyk.answers")
T = TypeVar("T")

ENOUGH = 0.55
"""Share of a question's weight that one passage must meet before the model is asked."""
NEAR = 0.36
"""... and before a post is called near at all."""
PASSAGES = 3
"""Passages that a model is given, and posts shown beside an answer that is none."""
LONGEST_ANSWER = 1_200
"""Characters after which a model is stopped: it runs in circles."""
MOST_TURNS, LONGEST_TURN = 4, 500
"""What of the conversation a model is told, in turns, and characters of each."""
SAMPLES = 3
"""Answers among which the most consistent is taken where a model is torn."""
TOP_LOGPROBS = 20
"""Continuations that doubt is measured from; asking for them takes 2 to 12 % of the speed."""
_LOOKED_AT = 24
"""Tokens after which a draft is looked at: does it run in circles, is it Persian?"""
_JUDGED, _PERSIAN = 160, 0.3
_SOFT = 0.4
"""What a word counts that tells what is asked of a subject."""
_EARLIER = 0.5
"""What a word of the question before counts."""
_CHARACTERS_A_TOKEN = 2
"""Of Persian, where nobody counts them."""
_STOPS = ("<|im_end|>", "<|im_start|>", "<end_of_turn>")
"""Marks of templates, where a model writes them out instead of ending its answer."""
_SPARE = 64
"""Tokens that a chat template adds."""


class Kind(StrEnum):
    """What an answer is."""

    ARCHIVE = "archive"
    """From the channel's posts: every sentence is borne out by one that it cites."""
    UNSURE = "unsure"
    """None: the nearest posts only."""
    GENERAL = "general"
    """From the model alone, as the operator allows; nothing bears it out."""
    CLARIFY = "clarify"
    """None: the question should be asked more clearly."""


@dataclass(frozen=True, slots=True)
class Source:
    """A passage of a post, as it is numbered for the model and the reader."""

    number: int
    title: str
    url: str
    excerpt: str
    message_id: int

    @property
    def passage(self) -> str:
        """The excerpt under its title; a first line that is no title is a part of the excerpt."""
        titled = len(self.title) <= evidence.LONGEST_HEADING
        return f"{self.title}\n{self.excerpt}" if titled else f"\n{self.excerpt}"


@dataclass(frozen=True, slots=True)
class Sources:
    """What the archive has to say; the first event, empty where it has nothing."""

    sources: tuple[Source, ...]
    asks_model: bool = True
    """Whether the model is asked next; False: the answer follows at once."""


@dataclass(frozen=True, slots=True)
class Draft:
    """All that the model has written so far, unchecked. A later one may begin anew."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The last event."""

    kind: Kind
    text: str = ""
    """Plain text; ``[n]`` stands for the number of one of `sources` and nothing else."""
    sources: tuple[Source, ...] = ()
    """Those it cites; of one that is unsure, the nearest."""
    reasons: tuple[str, ...] = ()
    """Why what the model wrote is not shown, for the log: kinds of prompts.grounded, or
    ``no-evidence``, ``no-model``, ``no-question``, ``doubt``."""
    doubt: Doubt | None = None
    coverage: float = 0.0
    """How much of the question the best passage meets, 0 to 1."""
    seconds: float = 0.0


Event = Sources | Draft | Answer


class Archive(Protocol):
    """Whoever answers questions about the database: db.reader.Reader."""

    async def ask(self, question: Callable[[Database], T]) -> T:
        """What `question` answers, given the database."""


class Counting(Protocol):
    """A model that knows its limits: bot.models.local.LocalModel."""

    @property
    def context(self) -> int:
        """Tokens that it takes at once."""

    async def count(self, text: str) -> int:
        """How many tokens a text has."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the operator allows, and what the model can carry."""

    general: bool = False
    """Whether a question that the archive says nothing of may be answered without sources."""
    context: int = 0
    """Tokens that the model takes at once; 0: unknown, no limit is kept."""
    count: Callable[[str], Awaitable[int]] | None = None
    """How many tokens a text has; None: it is estimated."""
    top_logprobs: int = 0
    """Continuations asked for at each token, to measure doubt; 0: doubt is not measured."""
    heeds_doubt: bool = False
    """Whether doubt decides too: see `_heeding`."""

    @classmethod
    def of(cls, settings: Settings, model: Counting | None) -> Policy:
        """What the operator has set, for this model."""
        return cls(
            general=settings.ask_general,
            context=model.context if model else 0,
            count=model.count if model else None,
            top_logprobs=TOP_LOGPROBS if settings.local_doubt else 0,
            heeds_doubt=settings.local_doubt,
        )


async def answer(
    question: str,
    *,
    archive: Archive,
    model: StreamingModel | None,
    earlier: Sequence[Turn] = (),
    policy: Policy | None = None,
) -> AsyncGenerator[Event]:
    """The events of answering `question`, after what was said `earlier`.

    Raises what the model raises (errors.ModelError) after `Sources`; closing the generator stops
    the model.
    """
    policy, started = policy or Policy(), time.monotonic()
    asked = questions.read(question)
    found, needs = await _found(archive, asked, earlier)
    sources = numbered(found)
    work = _Work(asked, sources, tuple(earlier), policy, found.coverage)
    verdict = _without_model(work, model)
    yield Sources(sources, asks_model=verdict is None)
    if verdict is None:
        assert model
        async with aclosing(_asking(work, model)) as events:
            async for event in events:
                if isinstance(event, Draft):
                    yield event
                else:
                    verdict = event
    assert verdict
    log.info(
        "asked: %s, coverage %.2f of %d words%s",
        verdict.kind,
        found.coverage,
        len(needs),
        f", refused: {', '.join(verdict.reasons)}" if verdict.reasons else "",
    )
    yield replace(verdict, coverage=found.coverage, seconds=time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class _Work:
    """A question with all that is known of it."""

    question: Question
    sources: tuple[Source, ...]
    earlier: tuple[Turn, ...]
    policy: Policy
    coverage: float

    @property
    def is_evident(self) -> bool:
        return self.coverage >= ENOUGH

    def unsure(self, *reasons: str, doubt: Doubt | None = None) -> Answer:
        return Answer(Kind.UNSURE, sources=self.sources, reasons=reasons, doubt=doubt)


def _without_model(work: _Work, model: StreamingModel | None) -> Answer | None:
    """The answer for which no model is asked; None: one is."""
    if not work.question.words and not (work.earlier and work.is_evident):
        return Answer(Kind.CLARIFY, reasons=("no-question",))
    if not work.is_evident and not work.policy.general:
        return work.unsure("no-evidence")
    return None if model else work.unsure("no-model")


async def _asking(work: _Work, model: StreamingModel) -> AsyncGenerator[Draft | Answer]:
    """Drafts, then the judged answer."""
    prompt = await _prompt(work)
    tokens: list[Token] = []
    async with aclosing(_written(model, prompt, work, tokens)) as drafts:
        async for draft in drafts:
            yield draft
    doubt = measure(tokens)
    if work.policy.heeds_doubt and doubt and doubt.quadrant is not Quadrant.SURE:
        async with aclosing(_heeding(work, model, prompt, tokens, doubt)) as events:
            async for event in events:
                yield event
    else:
        yield await asyncio.to_thread(judged, tokens, work, doubt)


async def _heeding(
    work: _Work, model: StreamingModel, prompt: Prompt, first: list[Token], doubt: Doubt
) -> AsyncGenerator[Draft | Answer]:
    """What is done about a model's doubt: ask colder, ask again, or not answer."""
    if doubt.quadrant is Quadrant.FLAT:
        short = len(work.question.words) < 2
        yield (
            Answer(Kind.CLARIFY, reasons=("doubt",), doubt=doubt)
            if short
            else work.unsure("doubt", doubt=doubt)
        )
        return
    several = doubt.quadrant is Quadrant.SEVERAL
    again = replace(prompt, temperature=0.0) if several else prompt
    samples = [] if several else [first]
    for seed in range(1, 2 if several else SAMPLES):
        tokens: list[Token] = []
        async with aclosing(_written(model, again, work, tokens, seed)) as drafts:
            async for draft in drafts:
                yield draft
        samples.append(tokens)
    words = [fold("".join(token.text for token in one)).split() for one in samples]
    chosen = samples[most_consistent(words)]
    yield await asyncio.to_thread(judged, chosen, work, doubt)


async def _written(
    model: StreamingModel,
    prompt: Prompt,
    work: _Work,
    tokens: list[Token],
    seed: int | None = None,
) -> AsyncGenerator[Draft]:
    """Drafts of what the model writes; its tokens are put into `tokens`. Stopped when hopeless."""
    from prompts.loops import circles

    size = 0
    stream = model.stream(
        prompt,
        earlier=_told(work.earlier),
        top_logprobs=work.policy.top_logprobs,
        stop=_STOPS,
        seed=seed,
    )
    async with aclosing(stream) as said:
        async for token in said:
            tokens.append(token)
            size += len(token.text)
            text = "".join(one.text for one in tokens)
            if token.text:
                yield Draft(text)
            looked_at = len(tokens) % _LOOKED_AT == 0
            if size > LONGEST_ANSWER or (looked_at and (circles(text) or _is_foreign(text))):
                break


def _is_foreign(text: str) -> bool:
    return len(text) >= _JUDGED and persian_share(text) < _PERSIAN


def judged(tokens: Sequence[Token], work: _Work, doubt: Doubt | None = None) -> Answer:
    """What `tokens`, written by a model, are worth as an answer."""
    from prompts import grounded  # slow to import, and slow to run: hence in a thread

    text = "".join(token.text for token in tokens)
    torn = bool(tokens) and tokens[-1].finish not in ("", "stop")
    if not work.is_evident:
        verdict = grounded.check_unsourced(text, torn=torn)
        if verdict.reasons:
            return work.unsure("no-evidence", *verdict.reasons, doubt=doubt)
        return Answer(Kind.GENERAL, verdict.text, doubt=doubt)
    passages = {one.number: one.passage for one in work.sources}
    verdict = grounded.check(text, passages, work.question, torn=torn)
    if verdict.reasons:
        return work.unsure(*verdict.reasons, doubt=doubt)
    cited = [one for one in work.sources if one.number in verdict.cited]
    numbers = {one.number: number for number, one in enumerate(cited, 1)}
    said = re.sub(r"\[(\d+)\]", lambda found: f"[{numbers[int(found[1])]}]", verdict.text)
    shown = tuple(replace(one, number=numbers[one.number]) for one in cited)
    return Answer(Kind.ARCHIVE, said, shown, doubt=doubt)


# -- What the archive says ----------------------------------------------------------------------


async def _found(
    archive: Archive, asked: Question, earlier: Sequence[Turn]
) -> tuple[Evidence, Sequence[Need]]:
    """The evidence for a question; one that leans on the question before is read with it."""
    before = next((turn.text for turn in reversed(earlier) if turn.role == "user"), "")
    needs = await asyncio.to_thread(needs_of, asked)
    found = await archive.ask(partial(_gathered, needs))
    if before and (asked.leans or found.coverage < ENOUGH):
        known = {need.word for need in needs}
        more = [
            replace(one, share=_EARLIER)
            for one in await asyncio.to_thread(needs_of, questions.read(before))
            if one.word not in known
        ]
        both = (*needs, *more)
        again = await archive.ask(partial(_gathered, both))
        if more and asked.leans:
            told = await archive.ask(
                partial(_gathered, tuple(replace(one, share=1.0) for one in more))
            )
            return _together(told, again), both
        if more and again.coverage > found.coverage:
            return again, both
    return found, needs


def _together(told: Evidence, again: Evidence) -> Evidence:
    """The best passages of two searches; what was spoken of before stays among them."""
    kept = {one.hit.ordinal: one for one in (*again.passages[:1], *told.passages[:1])}
    kept |= {one.hit.ordinal: one for one in again.passages if one.hit.ordinal not in kept}
    return Evidence(tuple(kept.values())[:PASSAGES])


def _gathered(needs: tuple[Need, ...], db: Database) -> Evidence:
    from prompts.names import skeleton

    return evidence.gather(db, needs, PASSAGES, skeleton)


def needs_of(asked: Question) -> tuple[Need, ...]:
    """What a post that answers should have."""
    from prompts.likeness import other_names

    words, found = asked.words, []
    for place, (word, names) in enumerate(zip(words, other_names(words), strict=True)):
        before, after = words[max(place - 1, 0) : place], words[place + 1 : place + 2]
        joint = [(f"{one}{word}",) for one in before] + [(f"{word}{one}",) for one in after]
        share = _SOFT if word in asked.soft else 1.0
        found.append(Need(word, tuple(dict.fromkeys([*names, *joint])), share))
    tags = dict.fromkeys(word for tag in asked.tags for word in fold(tag).split())
    return (*found, *(Need(word) for word in tags if word not in words))


def numbered(found: Evidence) -> tuple[Source, ...]:
    """The passages as sources, numbered from 1 in their order."""
    near = (one for one in found.passages if one.coverage >= NEAR)
    return tuple(
        Source(number, one.hit.title, one.hit.url, one.text, one.hit.message_id)
        for number, one in enumerate(near, 1)
    )


# -- What the model is told ---------------------------------------------------------------------


async def _prompt(work: _Work) -> Prompt:
    """The question with as many passages as the model can take."""
    from prompts.render import render

    asked = _harmless(work.question.text)
    if not work.is_evident:
        return render("general", question=asked)
    kept = [(one.number, one.passage) for one in work.sources]
    while True:
        prompt = render("answer", passages=_lines(kept), question=asked)
        if await _fits(prompt, work) or not kept:
            return prompt
        number, text = kept.pop()
        if not kept and len(text) > _JUDGED:
            kept = [(number, text[: len(text) // 2])]


def _lines(passages: Sequence[tuple[int, str]]) -> str:
    return "\n\n".join(f"[{number}] {_harmless(text)}" for number, text in passages)


async def _fits(prompt: Prompt, work: _Work) -> bool:
    if not work.policy.context:
        return True
    said = "".join(turn.text for turn in _told(work.earlier))
    whole = f"{prompt.system}\n{prompt.user}\n{said}"
    count = work.policy.count
    tokens = await count(whole) if count else len(whole) // _CHARACTERS_A_TOKEN
    return tokens + prompt.max_tokens + _SPARE <= work.policy.context


def _told(earlier: Sequence[Turn]) -> list[Turn]:
    """The last turns, cut, as they are told to a model."""
    return [
        replace(turn, text=_harmless(turn.text[:LONGEST_TURN])) for turn in earlier[-MOST_TURNS:]
    ]


def _harmless(text: str) -> str:
    """Text without what makes up a chat template's own marks: ``<|im_end|>``, ``[INST]``.

    A server reads these marks wherever they stand.
    """
    text = text.replace("<", "‹").replace(">", "›")
    return text.replace("[INST", "INST").replace("[/INST", "INST")
