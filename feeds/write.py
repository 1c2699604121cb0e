"""From an item to drafts in a model's words: asked, judged, and asked once more at need.

Does not judge an answer itself (prompts.accept, prompts.parts), nor store a draft (feeds.draft).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any, Protocol, TypeVar

from bot.errors import ModelUnfit
from bot.models.door import LanguageModel, Prompt, Reply
from bot.persian.typography import plain, visible
from db.model import Draft, Item
from feeds.extract import links, tags
from feeds.second import all_doubted, doubted
from prompts.accept import Accepted, Reason, accept
from prompts.claims import findings
from prompts.glossary import Deviation, deviations
from prompts.parts import accept_part, accept_parts
from prompts.render import phrase, render
from prompts.source import Source
from prompts.vocabulary import Vocabulary
from prompts.voice import Voice

log = logging.getLogger(__name__)

SOURCE_CHARACTERS, LONG_SOURCE_CHARACTERS = 12_000, 20_000
"""Most of a source that a model is shown, for one post and for a thread."""
_ANSWER_CHARACTERS = 12_000
_FAULTS_CHARACTERS = 1_500


async def write(
    item: Item,
    model: LanguageModel,
    vocabulary: Vocabulary,
    *,
    direction: str = "",
    previous: Draft | None = None,
    remarks: Sequence[dict[str, Any]] = (),
    voice: Voice = Voice(),  # noqa: B008 (frozen, holds nothing)
    second: LanguageModel | None = None,
) -> Draft:
    """A draft of `item` in the model's words; with `previous`, that one rewritten.

    `direction` is ``shorter``, ``longer``, ``simpler`` or empty. `remarks` come first on the
    draft, before those about the answer. What the gate finds in `previous` is told to the model.
    A `second` model may doubt what it wrote. An answer that is not fit to use goes back to it
    once. Raises ModelUnfit when the next is no better, or what the model raises.
    """
    prompt = await _question(item, vocabulary, direction, previous, voice)
    judge = accept_part if previous and previous.parts > 1 else accept
    reply, accepted = await _answer(
        model,
        prompt,
        lambda answer: judge(answer, item, vocabulary),
        lambda found: _unlike(voice, item, found),
        lambda found: doubted(second, item, found),
    )
    draft = _draft(item, accepted, vocabulary, voice, prompt, reply, model)
    draft = replace(draft, remarks=(*remarks, *draft.remarks), direction=direction)
    if previous is None:
        return draft
    return replace(draft, picture=previous.picture, part=previous.part)


async def write_thread(
    item: Item,
    model: LanguageModel,
    vocabulary: Vocabulary,
    voice: Voice,
    second: LanguageModel | None = None,
) -> tuple[Draft, ...]:
    """Drafts of the parts in which the model tells a long `item`; one, where one post is enough.

    Raises ModelUnfit when two answers are not fit to use, or what the model raises.
    """
    about = _about(item, vocabulary, voice, LONG_SOURCE_CHARACTERS)
    prompt = replace(render("thread", **about), item_id=item.id)
    reply, found = await _answer(
        model,
        prompt,
        lambda answer: accept_parts(answer, item, vocabulary),
        lambda found: [one for part in found.parts for one in _unlike(voice, item, part)],
        lambda found: all_doubted(second, item, found),
    )
    return tuple(
        _draft(item, part, vocabulary, voice, prompt, reply, model) for part in found.parts
    )


def _draft(
    item: Item,
    accepted: Accepted,
    vocabulary: Vocabulary,
    voice: Voice,
    prompt: Prompt,
    reply: Reply,
    model: LanguageModel,
) -> Draft:
    """An answer that was accepted, as a draft."""
    return Draft(
        item_id=item.id,
        kind=accepted.kind,
        title=accepted.title,
        body=accepted.body,
        tags=tags(item, accepted.kind, accepted.tags, vocabulary),
        links=links(item),
        origin=f"model:{reply.model or model.name}",
        prompt_version=f"{prompt.name} {prompt.version}",
        remarks=(
            *(*accepted.remarks, *accepted.doubts),
            *map(_remark, _unlike(voice, item, accepted)),
        ),
    )


async def _question(
    item: Item, vocabulary: Vocabulary, direction: str, previous: Draft | None, voice: Voice
) -> Prompt:
    if previous is None:
        about = _about(item, vocabulary, voice, SOURCE_CHARACTERS)
        return replace(render("summary", **about), item_id=item.id)
    most = LONG_SOURCE_CHARACTERS if previous.parts > 1 else SOURCE_CHARACTERS
    prompt = render(
        "rewrite",
        draft=visible(f"{previous.title}\n\n{previous.body}"),
        wish=phrase(f"wish.{direction or 'again'}"),
        faults=await asyncio.to_thread(_faults, item, previous, voice),
        place=_place(previous),
        **_about(item, vocabulary, voice, most),
    )
    return replace(prompt, item_id=item.id)


def _about(item: Item, vocabulary: Vocabulary, voice: Voice, most: int) -> dict[str, str]:
    """What every question about `item` says of it, with `most` characters of its text."""
    source = f"{item.title}\n\n{item.text}"[:most]
    return voice.values(source) | {
        "kind": str(item.kind),
        "tags": " ".join(vocabulary.tags),
        "source": visible(source),
    }


def _place(draft: Draft) -> str:
    """Which part of a thread a draft is; empty: of none."""
    if draft.parts == 1:
        return ""
    return phrase("thread.place", number=draft.number, count=draft.parts)


def _faults(item: Item, previous: Draft, voice: Voice) -> str:
    """What the gate and the glossary have against a draft as it stands, a line for each."""
    if previous.origin == "extract":  # the source's own words
        return ""
    source = Source(item.title, item.text, item.url)
    told = [one.message for one in findings(previous.title, previous.body, source)]
    told += [one.message for one in _unlike(voice, item, previous)]
    lines = dict.fromkeys(f"- {visible(' '.join(one.split()))}" for one in told)
    kept = [
        line
        for line, length in zip(lines, accumulate(map(len, lines)), strict=True)
        if length <= _FAULTS_CHARACTERS
    ]
    return "\n".join(kept)


class _Judged(Protocol):
    """What an answer is worth."""

    @property
    def reasons(self) -> Sequence[Reason]:
        """Everything against it."""

    @property
    def faults(self) -> Sequence[Reason]:
        """Those for which it cannot be used at all."""


_J = TypeVar("_J", bound=_Judged)


async def _answer(
    model: LanguageModel,
    prompt: Prompt,
    judge: Callable[[object], _J],
    unlike: Callable[[_J], Sequence[Deviation]],
    doubt: Callable[[_J], Awaitable[_J]],
) -> tuple[Reply, _J]:
    """A usable answer to `prompt`, the first or the second, as judged in a thread of its own.

    `doubt` asks another model; not about an answer that goes back anyhow.
    """
    reply = await model.complete(prompt)
    judged = await asyncio.to_thread(judge, _content(reply))
    if not judged.reasons:
        judged = await doubt(judged)
    if judged.reasons:
        log.info("%s: answer refused: %s", prompt.name, _kinds(judged.reasons))
        words = [one.message for one in unlike(judged)]
        reply = await model.complete(_again(prompt, reply, judged.reasons, words))
        judged = await asyncio.to_thread(judge, _content(reply))
        judged = judged if judged.faults else await doubt(judged)
    if judged.faults:
        raise ModelUnfit(f"{reply.model}: two answers refused: {_kinds(judged.faults)}")
    return reply, judged


def _content(reply: Reply) -> Mapping[str, Any] | str:
    return reply.text if reply.data is None else reply.data


def _unlike(voice: Voice, item: Item, said: Accepted | Draft) -> Sequence[Deviation]:
    """Where a text does not speak as the channel does: told, never a reason to refuse it."""
    source = f"{item.title}\n\n{item.text}"[:LONG_SOURCE_CHARACTERS]
    return deviations(voice.glossary, source, f"{said.title}\n\n{said.body}")


def _remark(one: Deviation) -> dict[str, Any]:
    return {"kind": "glossary", "words": [plain(one.words)], "message": plain(one.message)}


def _again(
    prompt: Prompt, reply: Reply, reasons: Sequence[Reason], words: Sequence[str]
) -> Prompt:
    """`prompt` with the refused answer and what was wrong with it."""
    faults = "\n".join(f"- {fault}" for fault in (*map(_in_words, reasons), *words))
    repair = render("repair", answer=visible(reply.text[:_ANSWER_CHARACTERS]), faults=faults)
    return replace(prompt, user=f"{prompt.user}\n\n{repair.user}")


def _in_words(reason: Reason) -> str:
    fault = phrase("fault." + str(reason["kind"]), **reason)
    return (
        phrase("thread.fault", number=reason["part"], fault=fault) if "part" in reason else fault
    )


def _kinds(reasons: Sequence[Reason]) -> str:
    return ", ".join(dict.fromkeys(str(one["kind"]) for one in reasons))
