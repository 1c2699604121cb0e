"""Whoever reads a picture: one method, and its form that asks a vision model.

Says what was read and not whether to believe it: see bot.documents.page.
"""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, replace
from typing import Protocol

from bot.errors import ModelBusy, ModelError, OverBudget
from bot.models.door import LanguageModel
from prompts.render import read, render
from prompts.transcript import clean

SILENT = 4
"""After so many calls in a row without an answer a reader rests..."""
REST = 60.0
"""... for so many seconds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reader made of a picture."""

    text: str
    truncated: bool = False
    """The reader was cut off."""
    model: str = ""


class PageReader(Protocol):
    """Anything that reads pictures."""

    @property
    def name(self) -> str:
        """Who reads; part of the key under which the answer is kept."""

    @property
    def version(self) -> str:
        """Of the way in which it is asked; also part of that key."""

    async def read(self, jpeg: bytes, *, warmth: float = 0.0, before: str = "") -> Answer:
        """The text of a picture as Markdown. Raises ModelError.

        `warmth` is the temperature; `before`, if known, is how the page before it ends.
        """


class VisionReader:
    """A vision model, asked with the prompt ``page``."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    @property
    def name(self) -> str:
        """The model's."""
        return self._model.name

    @property
    def version(self) -> str:
        """The prompt's."""
        return read("page").version

    async def read(self, jpeg: bytes, *, warmth: float = 0.0, before: str = "") -> Answer:
        """As in PageReader."""
        picture = f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
        prompt = render("page", before=before)
        reply = await self._model.complete(replace(prompt, images=(picture,), temperature=warmth))
        return Answer(clean(reply.text), reply.truncated, reply.model)


class Resting:
    """A reader that is not asked for a while after it gave no answers; wraps any.

    Used where somebody else can read meanwhile.
    """

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader
        self._silent = 0
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        """That of the reader inside."""
        return self._reader.name

    @property
    def version(self) -> str:
        """That of the reader inside."""
        return self._reader.version

    async def read(self, jpeg: bytes, *, warmth: float = 0.0, before: str = "") -> Answer:
        """As in PageReader. Raises ModelBusy without asking while the reader rests."""
        if time.monotonic() < self._rests_until:
            raise ModelBusy(f"{self.name} gave no answers lately")
        try:
            answer = await self._reader.read(jpeg, warmth=warmth, before=before)
        except OverBudget:
            raise
        except ModelError:
            self._silent += 1
            if self._silent >= SILENT:
                self._rests_until = time.monotonic() + REST
            raise
        self._silent = 0
        return answer
