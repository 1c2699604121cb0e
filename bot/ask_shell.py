"""`peyk ask`: a question answered in a terminal, by the same engine as /ask.

What the model writes streams to a terminal as what it is, a preview; stdout gets only what was
checked, and where it comes from.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from textwrap import shorten
from typing import TYPE_CHECKING, TextIO

from bot import answers
from bot.answers import Answer, Draft, Kind, Policy, Source, Sources
from bot.asking import is_refused
from bot.config import Settings
from bot.errors import ModelError, ModelMissing
from bot.persian.typography import typeset, visible
from db.reader import Reader

if TYPE_CHECKING:
    from bot.models.local import LocalModel

PREVIEW = "(preview, not checked yet)"
END_OF_PREVIEW = "(end of the preview; it does not count. What was checked:)"
LONGEST_EXCERPT = 160
_TOLD = {
    Kind.ARCHIVE: "Answer from the channel's archive:",
    Kind.GENERAL: "Answer of the model; it has no source and may be wrong:",
    Kind.UNSURE: "Not sure: nothing in the archive bears an answer out.",
    Kind.CLARIFY: "Not sure what is meant; please ask more clearly.",
}
_REFUSED = "Not sure: what the model wrote does not agree with the channel's posts."


class Failed(Exception):
    """The model gave no answer; `sources` are the posts that were found all the same."""

    def __init__(self, error: ModelError, sources: Sequence[Source]) -> None:
        super().__init__(str(error))
        self.sources = tuple(sources)


async def ask(settings: Settings, question: str, told: TextIO) -> Answer:
    """The answer to `question`; what is written streams to `told`, where that is a terminal.

    Raises Failed when the model does not answer, or none is named.
    """
    async with AsyncExitStack() as stack:
        reader = Reader(settings.db)
        stack.push_async_callback(reader.close)
        bar = _Bar(told)
        local = _local(settings, bar)
        if local:
            stack.push_async_callback(local.close)
        policy = Policy.of(settings, local)
        preview = _Preview(told)
        found: tuple[Source, ...] = ()
        events = answers.answer(question, archive=reader, model=local, policy=policy)
        stack.push_async_callback(events.aclose)
        try:
            async for event in events:
                if isinstance(event, Sources):
                    found = event.sources
                    if local and event.asks_model:
                        _announce(settings, told)
                        await local.fetch()
                elif isinstance(event, Draft):
                    preview.show(event.text)
                else:
                    answer = event
        except ModelError as error:
            raise Failed(error, found) from error
        finally:
            bar.end()
            preview.end()
    if "no-model" in answer.reasons:
        raise Failed(ModelMissing("PEYK_LOCAL_MODEL is not set"), answer.sources)
    return answer


def _local(settings: Settings, bar: _Bar) -> LocalModel | None:
    """The offline model, where one is named; its download grows as a bar."""
    if not settings.local_model:
        return None
    from bot.models.local import local_model

    return local_model(settings, bar.grow)


def _announce(settings: Settings, told: TextIO) -> None:
    """Say that a file is fetched before a slow hub has said anything."""
    from bot.models.local import source_of

    if settings.local_model.startswith("hf:"):
        place = source_of(settings).place
        if not place.exists():
            print(f"fetching {settings.local_model}, once, to {place.parent}", file=told)


class _Bar:
    """How much of the model's file is here; in tenths, a line each, where there is no terminal."""

    def __init__(self, told: TextIO) -> None:
        self._told, self._shown, self._open = told, -1, False

    def grow(self, done: int, size: int) -> None:
        """So many bytes of so many are here."""
        from bot.ocr_shell import bar

        terminal = self._told.isatty()
        steps = 100 if terminal else 10
        if done * steps // size > self._shown:
            self._shown = done * steps // size
            shown = bar(done // 10**6, size // 10**6, "MB of the model")
            self._told.write(f"\r{shown}" if terminal else f"{shown}\n")
            self._told.flush()
            self._open = terminal and done < size
            if terminal and done >= size:
                self._told.write("\n")

    def end(self) -> None:
        """Nothing more comes."""
        if self._open:
            self._told.write("\n")


class _Preview:
    """The text as it grows, a line begun anew where the model begins anew; on terminals only."""

    def __init__(self, told: TextIO) -> None:
        self._told, self._shown, self._begun = told, "", False

    def show(self, text: str) -> None:
        """Show what is new of `text`."""
        if not self._told.isatty():
            return
        text = visible(text)
        if not self._begun:
            self._told.write(f"{PREVIEW}\n")
        elif not text.startswith(self._shown):
            self._told.write("\n")
            self._shown = ""
        self._told.write(text[len(self._shown) :])
        self._told.flush()
        self._shown, self._begun = text, True

    def end(self) -> None:
        """Nothing more comes."""
        if self._begun:
            self._told.write(f"\n{END_OF_PREVIEW}\n\n")


def text(answer: Answer) -> str:
    """The answer and its sources, for a terminal."""
    lines = [_REFUSED if is_refused(answer) else _TOLD[answer.kind]]
    if answer.text:
        lines += ["", typeset(answer.text)]
    return "\n".join([*lines, *posts(answer.sources, cited=answer.kind is Kind.ARCHIVE)])


def posts(sources: Sequence[Source], *, cited: bool = False) -> list[str]:
    """The posts of an answer, or those nearest to a question."""
    if not sources:
        return []
    lines = ["", "Sources:" if cited else "The nearest posts:"]
    for one in sources:
        lines.append(f"[{one.number}] {visible(one.title)}  {one.url}".rstrip())
        if not cited:
            excerpt = shorten(visible(one.excerpt), LONGEST_EXCERPT, placeholder="…")
            lines.append(f"    {excerpt}".rstrip())
    return lines


def as_json(answer: Answer) -> str:
    """The answer for programs."""
    return json.dumps(asdict(answer), ensure_ascii=False, indent=2)
