"""The counter of bot.reading: files fetched, the job's message kept true and made the result.

The message that showed how far a job was becomes its result by an edit, which may be repeated
without anything appearing twice; only what does not fit goes out in messages of its own, and if
the fate of one of those is unknown, the edited message gets the whole text as a file.
"""

from __future__ import annotations

import asyncio
import io
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlite_utils import Database
from telegram import (
    InlineKeyboardMarkup,
    InputFile,
    InputMediaDocument,
    Message,
    MessageEntity,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden, TelegramError
from telegram.ext import ExtBot

from bot.channel.publish import NO_PREVIEW
from bot.documents.markup import blocks, plain_text
from bot.documents.word import word
from bot.errors import DocumentError
from bot.logs import redact
from bot.persian.typography import units, visible
from bot.reading import View, pages_of
from db import ocr
from db.ocr import Form, Job, ReadPage, Stage
from handlers import ocr_buttons
from handlers.pages import LIMIT, Piece, join, messages, opening
from handlers.texts import ocr as words

log = logging.getLogger("peyk.transcripts")

LARGEST = 100 << 20
"""Bytes of a file, where the operator's own Bot API server gives more than Telegram's 20 MB."""
FETCH_SECONDS = 60.0
ATTEMPTS = 3
PAUSE = 2.0
"""Seconds before a file that could not be fetched is asked for again."""
MOST_MESSAGES = 3
"""A result that needs more messages is a file."""
MOST_CHARACTERS = 2 * LIMIT * MOST_MESSAGES
"""Of Markdown; a longer text is a file without being tried."""
CAPTION = 1000
"""UTF-16 units under a file; Telegram takes 1,024."""
PREVIEW = 600
"""UTF-16 units of the first page under a file."""
LONG_WAIT = timedelta(seconds=20)
"""Whoever waited longer is told by a message: an edit makes no sound."""
LONGEST_STEM = 40
"""Characters of the name of a file we send."""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A finished job with what was read."""

    job: Job
    pages: tuple[ReadPage, ...]
    wanted: int

    @property
    def markdown(self) -> str:
        """The whole text; a line of warning stands where a page should be looked at."""
        from bot.documents.page import Origin, PageText
        from bot.documents.whole import markdown

        read = [PageText(p.page, p.text, Origin(p.origin), p.doubts) for p in self.pages]

        def mark(page: PageText) -> str:
            unread = page.origin is Origin.NOBODY
            return words.mark(page.page, unread=unread) if page.needs_eye else ""

        return markdown(read, mark=mark)

    @property
    def is_written(self) -> bool:
        """Whether anything stands on it."""
        return any(page.text.strip() for page in self.pages)

    @property
    def notes(self) -> str:
        """What one should know about it."""
        return words.notes(self.job, self.pages, self.wanted)

    def content(self, form: Form) -> bytes:
        """The bytes of a file in this form."""
        if form is Form.WORD:
            return word(blocks(self.markdown))
        text = plain_text(self.markdown) if form is Form.PLAIN else self.markdown
        return f"{text}\n".encode()

    def pieces(self) -> list[Piece] | None:
        """The whole text as messages, the notes at its end; None when they would be too many."""
        if self.job.form is Form.WORD or sum(len(p.text) for p in self.pages) > MOST_CHARACTERS:
            return None
        said = self._pieces()
        return said if len(said) <= MOST_MESSAGES else None

    def _pieces(self) -> list[Piece]:
        if self.job.form is Form.PLAIN:
            text = plain_text(self.markdown)
            said = messages(blocks("\n\n".join(map(_escaped, text.split("\n\n")))))
        else:
            said = messages(blocks(self.markdown))
        said = said or [Piece(words.nothing_written([page.page for page in self.pages]))]
        if not self.notes:
            return said
        notes = Piece(f"———\n{self.notes}")
        ended = join(said[-1], notes)
        fits = units(ended.text) <= LIMIT
        return [*said[:-1], ended] if fits else [*said, notes]

    def caption(self) -> str:
        """What stands under a file: the notes, and how the first page begins."""
        notes = opening(Piece(self.notes), CAPTION - PREVIEW - 100).text
        written = (p.text for p in self.pages if p.text)
        first = messages(blocks(next(written, "")[: 4 * PREVIEW])) or [Piece("")]
        parts = (words.title(self.job), opening(first[0], PREVIEW).text, notes)
        return "\n\n".join(filter(None, parts))

    def buttons(self, *, as_file: bool) -> InlineKeyboardMarkup:
        """What can be asked for; `as_file`: the result itself is a file."""
        there = self.job.form if as_file else None
        files = [form for form in Form if form is not there] if self.is_written else []
        doubtful = [page.page for page in self.pages if page.doubts]
        layers = any(page.origin == "layer" for page in self.pages)
        return ocr_buttons.result(self.job, doubtful, files=files, layers=layers)


def _escaped(paragraph: str) -> str:
    """Plain text that stays what it is when read as Markdown."""
    return re.sub(r"([\\`*_{}\[\]#+\-.!|$<>~])", r"\\\1", paragraph)


class Transcripts:
    """See the module; the Desk of bot.reading."""

    def __init__(self, db: Database, bot: ExtBot[int], now: Callable[[], datetime]) -> None:
        self._db, self._bot, self._now = db, bot, now

    # Files

    async def fetch(self, job: Job) -> list[bytes]:
        """The job's files. Raises DocumentError: ``too-big``, ``unavailable``."""
        return [await self._download(file.file_id) for file in ocr.files(self._db, job.id)]

    async def _download(self, file_id: str) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                async with asyncio.timeout(FETCH_SECONDS):
                    file = await self._bot.get_file(file_id)
                    if (file.file_size or 0) > LARGEST:
                        raise DocumentError("too-big")
                    return bytes(await file.download_as_bytearray())
            except BadRequest as error:
                kind = "too-big" if "too big" in str(error) else "unavailable"
                raise DocumentError(kind) from error
            except (TelegramError, TimeoutError) as error:
                log.warning("a file could not be fetched: %s", redact(error))
                if attempt == ATTEMPTS:
                    raise DocumentError("unavailable") from error
            await asyncio.sleep(PAUSE * attempt)
        raise DocumentError("unavailable")

    # The job's message while it is worked on

    async def show(self, view: View) -> None:
        """Make the job's message say how it stands; a finished one is left alone."""
        if view.job.stage in (Stage.READY, Stage.DONE):
            return
        text, buttons = words.status(view), ocr_buttons.status(view)
        try:
            if not view.job.status_id:
                await self._put_up(view.job, text, buttons)
            elif view.job.stage is Stage.PASSWORD and view.job.reason:
                # An answer belongs below what was just written, not further up.
                await self._bot.delete_message(view.job.chat_id, view.job.status_id)
                await self._put_up(view.job, text, buttons)
            else:
                await self._edit(view.job.chat_id, view.job.status_id, Piece(text), buttons)
        except BadRequest as error:
            if not _is_gone(error):
                log.warning("the message of job %s: %s", view.job.id, redact(error))
        except TelegramError as error:
            log.warning("the message of job %s: %s", view.job.id, redact(error))

    async def _put_up(
        self, job: Job, text: str, buttons: InlineKeyboardMarkup | None = None
    ) -> int:
        """Send the job's message; its id."""
        sent = await self._bot.send_message(
            job.chat_id,
            text,
            reply_markup=buttons,
            link_preview_options=NO_PREVIEW,
            reply_parameters=_reply(job),
        )
        ocr.shown_in(self._db, job.id, sent.message_id)
        return sent.message_id

    async def _edit(
        self, chat: int, message: int, piece: Piece, buttons: InlineKeyboardMarkup | None
    ) -> None:
        try:
            await self._bot.edit_message_text(
                piece.text,
                chat,
                message,
                entities=_entities(piece),
                reply_markup=buttons,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as error:
            if "not modified" not in str(error):
                raise

    # The result

    def transcript(self, job: Job) -> Transcript:
        """What was read for a job, of the pages that are wanted."""
        wanted = pages_of(job.wanted, job.pages)
        chosen = set(wanted)
        read = (page for page in ocr.pages(self._db, job.id) if page.page in chosen)
        return Transcript(job, tuple(read), len(wanted))

    async def deliver(self, job: Job) -> bool:
        """Make the job's message the result; False when that has to be tried again."""
        try:
            await self._hand_over(job)
            await self._tell(job)
        except Forbidden:
            log.info("job %s: its person has stopped the bot", job.id)
        except BadRequest as error:
            log.error("the result of job %s is refused: %s", job.id, redact(error))
            if job.form is Form.WORD or job.sending:
                return True
            ocr.about_to_send(self._db, job.id, 1)  # a file is refused for fewer reasons
            return False
        except TelegramError as error:
            log.warning("the result of job %s waits: %s", job.id, redact(error))
            return False
        return True

    async def _hand_over(self, job: Job) -> None:
        transcript = self.transcript(job)
        pieces = await asyncio.to_thread(transcript.pieces)
        if not pieces or job.sending:
            content = await asyncio.to_thread(transcript.content, job.form)
            become = partial(self._become_file, transcript, content)
            await self._on_its_message(job, become)
            return
        first, *rest = pieces
        buttons = transcript.buttons(as_file=False)
        await self._on_its_message(
            job, lambda id_: self._edit(job.chat_id, id_, first, None if rest else buttons)
        )
        for number, piece in enumerate(rest, 2):
            ocr.about_to_send(self._db, job.id, number)
            last = number == len(pieces)
            await self._send(job, piece, buttons if last else None)
        ocr.about_to_send(self._db, job.id, 0)

    async def _on_its_message(self, job: Job, change: Callable[[int], Awaitable[None]]) -> None:
        """Change the job's message; a new one if there is none, or its person deleted it."""
        now = ocr.get(self._db, job.id) or job
        if now.status_id:
            try:
                await change(now.status_id)
                return
            except BadRequest as error:
                if not _is_gone(error):
                    raise
        await change(await self._put_up(job, words.title(job)))

    async def _become_file(self, transcript: Transcript, content: bytes, message: int) -> None:
        job = transcript.job
        media = InputMediaDocument(
            InputFile(io.BytesIO(content), filename(job, job.form)),
            caption=transcript.caption(),
            filename=filename(job, job.form),
        )
        await self._bot.edit_message_media(
            media, job.chat_id, message, reply_markup=transcript.buttons(as_file=True)
        )

    async def _send(self, job: Job, piece: Piece, buttons: InlineKeyboardMarkup | None) -> None:
        await self._bot.send_message(
            job.chat_id,
            piece.text,
            entities=_entities(piece),
            reply_markup=buttons,
            link_preview_options=NO_PREVIEW,
        )

    async def _tell(self, job: Job) -> None:
        """Wake whoever has waited long: at most once, at worst never."""
        if self._now() - job.born < LONG_WAIT or not ocr.about_to_tell(self._db, job.id):
            return
        now = ocr.get(self._db, job.id) or job
        answered = ReplyParameters(now.status_id, allow_sending_without_reply=True)
        await self._bot.send_message(job.chat_id, words.ready(job), reply_parameters=answered)

    async def send_as(self, job: Job, form: Form) -> Message:
        """The result once more, as a file in this form."""
        content = await asyncio.to_thread(self.transcript(job).content, form)
        return await self._bot.send_document(
            job.chat_id, InputFile(io.BytesIO(content), filename(job, form))
        )


def filename(job: Job, form: Form) -> str:
    """The name of a file we send: of the sender's name, only what is harmless anywhere."""
    stem = visible(job.name).replace("\\", "/").rpartition("/")[2].rpartition(".")[0]
    safe = re.sub(r"[^\w\u200c-]+", " ", stem).strip()[:LONGEST_STEM].strip()
    return f"{safe or 'text'}.{form}"


def _reply(job: Job) -> ReplyParameters | None:
    """The message with the file, where it stands in the same chat."""
    if job.asked_in != job.chat_id:
        return None
    return ReplyParameters(job.message_id, allow_sending_without_reply=True)


def _entities(piece: Piece) -> list[MessageEntity] | None:
    return [MessageEntity.de_json(dict(entity), None) for entity in piece.entities] or None


def _is_gone(error: BadRequest) -> bool:
    """Whether the person has deleted the message."""
    said = str(error).lower()
    return "not found" in said or "can't be edited" in said or "message_id_invalid" in said
