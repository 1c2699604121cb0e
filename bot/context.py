"""What a handler is handed: the parts of the program, typed (python-telegram-bot's bot_data)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from sqlite_utils import Database
from telegram.ext import CallbackContext, ExtBot

from bot.asking import Asking
from bot.channel.guide import Keeper
from bot.channel.publish import Publisher
from bot.config import Settings
from bot.models.door import LanguageModel
from bot.reading import Reading
from bot.together import Together
from db import rounds, tags
from db.reader import Reader
from db.rounds import Answer
from prompts.vocabulary import Vocabulary
from prompts.voice import Voice

if TYPE_CHECKING:  # feeds brings a parser that the start need not wait for
    from feeds.fetch import Fetcher
    from feeds.sources import Source
    from feeds.story import Stories


@dataclass
class Parts:
    """Everything handlers and jobs work with."""

    settings: Settings
    db: Database
    reader: Reader
    """The same database, for long questions."""
    bot: ExtBot[int]
    publisher: Publisher
    guide: Keeper
    reading: Reading
    asking: Asking
    now: Callable[[], datetime]
    voice: Voice
    sources: Sequence[Source] = ()
    """Those of sources.toml; for all that are read, ask `roster`."""
    fetcher: Fetcher | None = None
    stories: Stories | None = None
    """The recent items by what they are recognised by; made when the first new one is asked."""
    model: LanguageModel | None = None
    second: LanguageModel | None = None
    """The model that is asked whether a summary contradicts its source."""
    signature: str = ""
    """The last line of each post; known for sure once the channel has been asked."""
    kick: Callable[[str], None] = lambda job: None
    """Run the job of this name now rather than at its next turn."""

    jobs: set[asyncio.Task[None]] = field(default_factory=set)
    """The jobs that run at this moment."""

    last_contact: Callable[[], datetime | None] = lambda: None
    """When Telegram was last heard of."""
    collecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    drafting: asyncio.Lock = field(default_factory=asyncio.Lock)
    rewriting: asyncio.Lock = field(default_factory=asyncio.Lock)
    offering: asyncio.Lock = field(default_factory=asyncio.Lock)
    linking: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held by these steps, so that two runs of them do nothing twice."""
    quizzing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Questions are written by one run of the desk at a time."""
    importing: asyncio.Lock = field(default_factory=asyncio.Lock)
    """One export of the channel is read at a time."""

    archive: Together[Callable[[Database], object], object] = field(init=False)
    """Where the archive is told of posts: they come in bursts."""
    home: int | None = None
    """The channel's id, as far as the archive was told of it since the start."""
    answers: Together[Answer, tuple[int, str] | None] = field(init=False)
    """Where answers to polls go."""
    _turns: WeakValueDictionary[int, asyncio.Lock] = field(
        default_factory=WeakValueDictionary, init=False
    )
    _vocabulary: tuple[int, Vocabulary] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Join the parts that others are made of."""
        self.archive = Together(self.db, lambda db, write: write(db))
        self.answers = Together(self.db, rounds.record)

    @property
    def vocabulary(self) -> Vocabulary:
        """The channel's hashtags as they are now; read again after each change."""
        revision = tags.revision(self.db)
        if not self._vocabulary or self._vocabulary[0] != revision:
            self._vocabulary = revision, Vocabulary(tags.vocabulary(self.db))
        return self._vocabulary[1]

    def turn(self, round_id: int) -> asyncio.Lock:
        """Held by whoever carries a round of questions on."""
        return self._turns.setdefault(round_id, asyncio.Lock())

    def is_admin(self, user_id: int | None) -> bool:
        """Whether this user may do what admins do."""
        return user_id in self.settings.admins

    def roster(self) -> list[Source]:
        """Every source as admins steer it now: those of sources.toml and those added from chat."""
        from feeds.roster import roster

        return roster(self.db, self.sources)

    def web(self) -> Fetcher:
        """The one fetcher of the process: arXiv's pause between requests holds across passes."""
        from feeds.fetch import Fetcher
        from feeds.sources import named_origins

        if self.fetcher is None:
            named, token = named_origins(self.sources), self.settings.github_token
            self.fetcher = Fetcher(named, github_token=token, now=self.now)
        return self.fetcher


class Context(CallbackContext[ExtBot[int], dict[Any, Any], dict[Any, Any], Parts]):
    """A handler's context, whose ``bot_data`` are the Parts."""
