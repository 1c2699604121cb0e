"""What a model says piece by piece: the shape of its tokens, and who can speak so.

Does not decide what the pieces are worth: see bot.answers.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from bot.models.door import Prompt, Reply


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an answer."""

    text: str
    """Whole characters; empty where a server holds back bytes until the character is whole."""
    logprob: float | None = None
    """Natural logarithm of its probability; None: the server does not tell."""
    top: tuple[tuple[str, float], ...] = ()
    """The likeliest pieces at this place with their logprobs, where they were asked for."""
    finish: str = ""
    """Why the answer ends here: ``stop`` (it is whole), ``length`` (it is cut off in the middle),
    or another word of the server's. Only the last token of an answer has one."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said earlier in a conversation."""

    role: Literal["user", "assistant"]
    text: str


class StreamingModel(Protocol):
    """A `LanguageModel` whose answer can be read while it is made."""

    @property
    def name(self) -> str:
        """What it is called in settings and records."""

    async def complete(self, prompt: Prompt) -> Reply:
        """The answer to `prompt`. Raises ModelBusy (try later) or another ModelError."""

    def stream(
        self,
        prompt: Prompt,
        *,
        earlier: Sequence[Turn] = (),
        top_logprobs: int = 0,
        stop: Sequence[str] = (),
        seed: int | None = None,
    ) -> AsyncGenerator[Token]:
        """The answer to `prompt`, after what was said `earlier`, as it is made.

        `stop`: texts before which the answer ends. Its last token tells why it ends; one that
        just breaks off raises ModelBusy. Closing the generator stops the server's work at once.
        Raises as `complete` does.
        """
