"""The counter of bot.asking: a question's messages, from its place in the line to the answer.

In private what is being written streams as a draft (Bot API, sendMessageDraft) and the answer is
one real message; elsewhere, and where drafts are refused, one message is edited and becomes it.
Nothing is formatted by marks in the text: entities are written out, so a cut breaks nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlite_utils import Database
from telegram import Message, MessageEntity, ReplyParameters
from telegram.error import BadRequest, Forbidden, NetworkError, TelegramError
from telegram.ext import ExtBot

from bot.channel.post import Rendered
from bot.channel.publish import NO_PREVIEW
from bot.logs import redact
from db import asks, facts
from db.asks import Ask, Stage
from handlers import ask_buttons
from handlers.pages import LIMIT, Piece, opening, parted
from handlers.texts import ask as words

log = logging.getLogger("peyk.ask")

DRAFT_EVERY = 2.0
"""Seconds between two drafts: Telegram takes about one call a second to a chat for long, and
whoever asks on should see the first words of the next answer at once, too."""
BUTTON_AFTER = 2.0
"""Seconds after which a streamed answer gets a message with the button that stops it: until then
/cancel does, and the app's own button."""
EDIT_EVERY = 2.0
"""Seconds between two edits of a message."""
ANY_ROOM, SOME_ROOM, MUCH_ROOM = 0, 1, 2
"""Calls of a chat's burst that are left free by first words and answers, by tidying, and by a
message that only bears a button (bot.flood); a word to a press waits for no room."""
GROUP_EDIT_EVERY = 4.0
"""... of one in a group, to which a bot may send 20 messages and edits a minute."""
DOWN = "local-model-down"
"""What db.facts calls the notice to the admins."""


@dataclass(slots=True)
class _Shown:
    """What this process has shown of a question."""

    drafted: bool = False
    no_drafts: bool = False
    worded: bool = False
    """Some words of the answer were seen."""
    stoppable: bool = False
    """A message says that the answer is being written, above the button that stops it."""
    since: float = field(default_factory=lambda: asyncio.get_running_loop().time())
    edited: float = -EDIT_EVERY


class AskDesk:
    """See the module; the Desk of bot.asking."""

    def __init__(
        self,
        db: Database,
        bot: ExtBot[int],
        admin_chat: int | str,
        now: Callable[[], datetime],
        *,
        has_model: bool,
    ) -> None:
        self._db, self._bot, self._admin_chat, self._now = db, bot, admin_chat, now
        self._has_model = has_model
        self._shown: dict[int, _Shown] = {}

    def pace(self, ask: Ask) -> float:
        """Seconds between two previews."""
        if self._drafts(ask):
            return DRAFT_EVERY
        return EDIT_EVERY if _is_private(ask) else GROUP_EDIT_EVERY

    # While it waits and is answered

    async def wait(self, ask: Ask, ahead: int) -> None:
        """Say that it waits, behind so many."""
        await self._show(ask, Piece(words.place(ahead)))

    async def begin(self, ask: Ask) -> None:
        """Say that its turn has come."""
        piece = Piece(words.WRITING)
        if not self._drafts(ask) or not (await self._draft(ask, piece) or self._drafts(ask)):
            await self._show(ask, piece)

    async def postpone(self, ask: Ask) -> None:
        """Say that the answer comes after a pause."""
        self._of(ask).edited = -EDIT_EVERY  # there is no time to wait
        await self._show(ask, Piece(words.POSTPONED))

    async def preview(self, ask: Ask, text: str) -> bool:
        """Show what is written so far, as what it is: unchecked; False: there is no room now."""
        if not text.strip():
            await self._offer_stop(ask)
            return True
        shown, piece = self._of(ask), opening(_piece(words.preview(text)), LIMIT)
        if self._drafts(ask):
            went = await self._draft(ask, piece, None if shown.worded else ANY_ROOM)
            if self._drafts(ask):
                shown.worded |= went
                await self._offer_stop(ask)
                return went
        await self._show(ask, piece)
        return True

    async def _offer_stop(self, ask: Ask) -> None:
        """Put the button that stops it under a message, where that is worth one."""
        shown = self._of(ask)
        waited = asyncio.get_running_loop().time() - shown.since
        if self._drafts(ask) and not shown.stoppable and (ask.status_id or waited >= BUTTON_AFTER):
            shown.stoppable = True
            await self._show(ask, Piece(words.WRITING), MUCH_ROOM)

    def _drafts(self, ask: Ask) -> bool:
        """Whether what is written streams as a draft."""
        return _is_private(ask) and not self._of(ask).no_drafts

    async def _draft(self, ask: Ask, piece: Piece, leaves: int | None = None) -> bool:
        """Stream a draft; False when there is no room for it, or drafts are not to be had here."""
        try:
            went = await self._bot.send_message_draft(
                *(ask.chat_id, ask.id, piece.text),
                entities=_entities(piece),
                api_kwargs={"can_stop": True},  # Bot API 10.3, which the library has not yet
                rate_limit_args=leaves,
            )
        except NetworkError as error:
            if isinstance(error, BadRequest):  # the library counts it among these
                return self._give_up_drafts(ask, error)
            log.info("a preview of question %s is left out: %s", ask.id, redact(error))
            return True
        except TelegramError as error:
            return self._give_up_drafts(ask, error)
        self._of(ask).drafted |= went
        return went

    def _give_up_drafts(self, ask: Ask, error: TelegramError) -> bool:
        log.info("no drafts for question %s, a message is edited: %s", ask.id, redact(error))
        self._of(ask).no_drafts = True
        return False

    async def _show(self, ask: Ask, piece: Piece, leaves: int | None = None) -> None:
        """Make the question's message say this, above the button that stops it."""
        try:
            if ask.status_id:
                await self._edit(ask, piece, stoppable=True)
            else:
                sent = await self._send(ask, piece, stoppable=True, leaves=leaves)
                asks.shown_in(self._db, ask.id, sent.message_id)
        except TelegramError as error:
            log.info("the message of question %s: %s", ask.id, redact(error))

    # The end

    async def deliver(self, ask: Ask) -> bool:
        """Say what became of a question, in place of the message that showed how far it was.

        False: to be tried again.
        """
        if ask.kind == Stage.STOPPED:
            self._of(ask).edited = -EDIT_EVERY  # a word to a press does not wait
        pieces = parted(_piece(words.answer(ask, has_model=self._has_model)))
        try:
            if not asks.is_said(self._db, ask.id):
                await self._put(ask, pieces)
            elif ask.status_id:  # an earlier process came as far as this
                await self._remove(ask)
        except Forbidden:
            log.info("question %s: its person has stopped the bot", ask.id)
            return True
        except BadRequest as error:
            log.error("the answer to question %s is refused: %s", ask.id, redact(error))
            return True
        except TelegramError as error:
            log.warning("the answer to question %s waits: %s", ask.id, redact(error))
            return False
        self._shown.pop(ask.id, None)
        return True

    async def _put(self, ask: Ask, pieces: Sequence[Piece]) -> None:
        """Send these pieces, the first as an edit where that does."""
        if ask.status_id and not self._of(ask).drafted:
            try:
                await self._edit(ask, pieces[0])
            except BadRequest as error:
                log.info("the message of question %s is gone: %s", ask.id, redact(error))
            else:
                rest = [await self._send(ask, piece) for piece in pieces[1:]]
                sent = [ask.status_id, *(message.message_id for message in rest)]
                asks.said_in(self._db, ask, sent)
                asks.shown_in(self._db, ask.id, 0)
                return
        leaves = None if ask.kind == Stage.STOPPED else ANY_ROOM
        messages = [await self._send(ask, piece, leaves=leaves) for piece in pieces]
        asks.said_in(self._db, ask, [message.message_id for message in messages])
        if ask.status_id:
            await self._remove(ask)

    async def _remove(self, ask: Ask) -> None:
        """Take away the message that showed how far it was."""
        asks.shown_in(self._db, ask.id, 0)
        try:
            await self._bot.delete_message(ask.chat_id, ask.status_id, rate_limit_args=SOME_ROOM)
        except TelegramError as error:
            log.info("the message of question %s stays: %s", ask.id, redact(error))

    async def _send(
        self, ask: Ask, piece: Piece, *, stoppable: bool = False, leaves: int | None = None
    ) -> Message:
        return await self._bot.send_message(
            ask.chat_id,
            piece.text,
            entities=_entities(piece),
            reply_markup=ask_buttons.stop(ask) if stoppable else None,
            link_preview_options=NO_PREVIEW,
            reply_parameters=ReplyParameters(ask.message_id, allow_sending_without_reply=True),
            rate_limit_args=leaves,
        )

    async def _edit(self, ask: Ask, piece: Piece, *, stoppable: bool = False) -> None:
        """Edit the question's message, not too soon after the last time."""
        shown, clock = self._of(ask), asyncio.get_running_loop().time
        await asyncio.sleep(shown.edited + EDIT_EVERY - clock())
        try:
            await self._bot.edit_message_text(
                piece.text,
                ask.chat_id,
                ask.status_id,
                entities=_entities(piece),
                reply_markup=ask_buttons.stop(ask) if stoppable else None,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if "not modified" not in str(error):
                raise
        shown.edited = clock()

    def _of(self, ask: Ask) -> _Shown:
        return self._shown.setdefault(ask.id, _Shown())

    # The admins

    async def alarm(self, error: str) -> None:
        """Let the admins know, once, that the model gives no answers."""
        if not facts.first_time(self._db, DOWN, self._now()):
            return
        if not await self._tell_admins(words.model_down(error)):
            facts.over(self._db, DOWN)

    async def relieve(self) -> None:
        """The model answers; let the admins know if they think that it does not."""
        if facts.over(self._db, DOWN):
            await self._tell_admins(words.MODEL_BACK)

    async def _tell_admins(self, said: Rendered) -> bool:
        try:
            await self._bot.send_message(
                *(self._admin_chat, said.text),
                link_preview_options=NO_PREVIEW,
                disable_notification=True,
            )
        except TelegramError as refusal:
            log.warning("the admins were not told of the model: %s", redact(refusal))
            return False
        return True


def _is_private(ask: Ask) -> bool:
    """A private chat bears the number of its person (Bot API, Chat); groups have negative ones."""
    return ask.chat_id > 0


def _piece(said: Rendered) -> Piece:
    return Piece(said.text, said.entities)


def _entities(piece: Piece) -> list[MessageEntity] | None:
    return [MessageEntity.de_json(dict(entity), None) for entity in piece.entities] or None
