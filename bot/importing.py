"""The history of a channel, from an export of Telegram Desktop into the archive.

Messages the archive does not have are added. What it has and the export tells otherwise was
changed by hand since, or is gone: that is shown, and applied only when somebody says so. The
posts of a channel that is not the bot's own come in as guests (db.home). Stopped at any moment and
run again, it goes on: what is there already is the same and stays.

Both `peyk import` and the file sent to the bot (handlers.history) come here.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from itertools import islice
from pathlib import Path
from threading import Event
from typing import IO, Any, Literal

from sqlite_utils import Database

from bot.channel.publish import message_url
from bot.config import Chat
from bot.errors import BadExport
from db import guide, home, imports, index, posts
from db.imports import Known
from db.model import Post
from feeds.export import SERVICE, Channel, Pinned, Record, Skipped, convert, read, together

AT_ONCE = 250
"""Messages of one transaction: the bot beside us waits for it when it wants to write (0.1 s)."""
EXAMPLES = 20
"""Differences and oddities that are told one by one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that the export tells otherwise than the archive."""

    kind: Literal["edited", "deleted", "back"]
    message_id: int
    url: str
    was: str
    now: str = ""


@dataclass
class Report:
    """What an import has found and done."""

    channel: str = ""
    chat_id: int = 0
    is_home: bool = True
    """Whether it is the channel of PEYK_CHANNEL, as far as one can tell."""
    is_sure: bool = True
    """False: PEYK_CHANNEL is a name, and Telegram has not told yet whose."""
    messages: int = 0
    """Messages read."""
    posts: int = 0
    """What they are, an album counted as one."""
    added: int = 0
    unchanged: int = 0
    edited: int = 0
    deleted: int = 0
    back: int = 0
    """Deleted by what the archive knew, and yet in the export."""
    outdated: int = 0
    """The archive knows a later edit than the export; left alone."""
    pinned: int = 0
    applied: bool = False
    """Whether the differences were applied, or only found."""
    skipped: dict[str, int] = field(default_factory=dict)
    examples: list[Difference] = field(default_factory=list)
    odd: list[int] = field(default_factory=list)
    """The first messages that were skipped for being odd, not for being service messages."""
    size: int = 0
    read: int = 0
    """Bytes of the file, and how far it has been read."""
    seconds: float = 0.0

    @property
    def differences(self) -> int:
        """How many changes by hand were found."""
        return self.edited + self.deleted + self.back


class Stopped(Exception):
    """Somebody wants the import to end now; run again, it goes on."""


class Another(Exception):
    """The export is of another channel than the bot's own, and only that one was wanted."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def run(
    db: Database,
    path: Path,
    channel: Chat | None,
    zone: tzinfo,
    *,
    apply: bool = False,
    guests: bool = True,
    progress: Callable[[Report], None] = lambda report: None,
    stop: Event | None = None,
) -> Report:
    """Import the export at `path`; `apply` the differences, too.

    `channel` is the bot's own; `guests`: take another one's posts in, too. Works in this thread on
    this connection; `progress` is called after each transaction. Raises BadExport (what is wrong
    with the file), Another (before anything is written) and Stopped.
    """
    begun = time.monotonic()
    report = Report(applied=apply)
    imports.begin(db)
    index.follow_folding(db)
    try:
        chosen = _chosen(path, home.known(db, channel))
        work = _Import(db, report, chosen, channel)
        if not guests and not report.is_home:
            raise Another(chosen.name)
        work.settle()
        with path.open(encoding="utf-8-sig") as file:
            report.size = os.fstat(file.fileno()).st_size
            records = together(work.record(raw, zone) for raw in _messages(file, chosen))
            while chunk := list(islice(records, AT_ONCE)):
                work.take(chunk)
                report.read = os.lseek(file.fileno(), 0, os.SEEK_CUR)
                report.seconds = time.monotonic() - begun
                progress(report)
                if stop and stop.is_set():
                    raise Stopped
    except OSError as error:
        raise BadExport(f"{error.strerror or error}", kind="unreadable") from error
    work.take_deletions()
    report.seconds = time.monotonic() - begun
    return report


def _chosen(path: Path, wanted: int | None) -> Channel:
    """The channel to import: the wanted one where the file holds several."""
    found = []
    with path.open(encoding="utf-8-sig") as file:
        for event in read(file):
            if isinstance(event, Channel):
                found.append(event)
                if event.alone:
                    break
    channels = [chat for chat in found if chat.is_channel]
    if not channels:
        kinds = ", ".join(sorted({chat.type or "?" for chat in found}))
        raise BadExport(f"an export of {kinds}; only channels can be imported", kind="no channel")
    fit = [chat for chat in channels if chat.id == wanted] or channels
    if len(fit) > 1:
        names = ", ".join(f"{chat.id} ({chat.name})" for chat in fit[:10])
        told = f"it holds {len(fit)} channels: {names}; export the one alone"
        raise BadExport(told, kind="several")
    return fit[0]


def _messages(file: IO[str], chosen: Channel) -> Iterator[Any]:
    """The messages of this chat as they stand in the file."""
    is_chosen = False
    for event in read(file):
        if isinstance(event, Channel):
            is_chosen = event.id == chosen.id
        elif is_chosen:
            yield event


class _Import:
    """An import under way: takes records into the archive, and counts them in its report."""

    def __init__(
        self, db: Database, report: Report, chosen: Channel, channel: Chat | None
    ) -> None:
        self._db, self._report, self._chat = db, report, chosen.id
        self._home = home.known(db, channel)
        report.channel, report.chat_id = chosen.name, chosen.id
        report.is_home = self._home in (None, chosen.id)
        report.is_sure = channel is None or home.told(db, channel) is not None
        self._name: Chat = channel if channel and report.is_home else chosen.id
        self._first, self._last = 2**31, 0
        self._album = ""

    def settle(self) -> None:
        """Have the posts that come now told from the channel's own, where they are not these."""
        if self._home is not None and not self._report.is_home:
            home.settle(self._db, self._home)

    def record(self, raw: Any, zone: tzinfo) -> Record:
        """One message of the export as what it is to the archive."""
        self._report.messages += 1
        return convert(raw, self._chat, zone, self._url)

    def _url(self, message_id: int) -> str:
        return message_url(self._name, self._chat, message_id)

    def take(self, chunk: list[Record]) -> None:
        """Take some records in, in one transaction, and then into the index."""
        with self._db.atomic():
            fresh = [record for record in chunk if self._is_new(record)]
            ids = [record.message_id for record in fresh if isinstance(record, Post)]
            known = imports.known(self._db, self._chat, ids)
            albums = {
                record.album: known[record.message_id].album
                for record in fresh
                if isinstance(record, Post) and record.album and record.message_id in known
            }
            for record in fresh:
                if isinstance(record, Post):
                    album = albums.get(record.album, record.album)
                    post = replace(record, album=album) if album != record.album else record
                    self._count(post)
                    self._take(post, known.get(post.message_id))
                elif isinstance(record, Pinned):
                    posts.mark_pinned(self._db, self._chat, record.message_id)
                    self._report.pinned += 1
                else:
                    self._skip(record)
        index.catch_up(self._db, 2 * AT_ONCE, at_once=AT_ONCE)

    def _is_new(self, record: Record) -> bool:
        """Whether the export had no message of this number before; counts those it had."""
        number = record.message_id if isinstance(record, Post) else record.id
        if number is None:
            return True
        self._first, self._last = min(self._first, number), max(self._last, number)
        if imports.meet(self._db, number):
            return True
        self._skip(Skipped(number, "there twice"))
        return False

    def _count(self, post: Post) -> None:
        """Count a message that is a post, or begins one that is an album."""
        self._report.posts += not post.album or post.album != self._album
        self._album = post.album

    def _skip(self, record: Skipped) -> None:
        counts = self._report.skipped
        counts[record.why] = counts.get(record.why, 0) + 1
        is_odd = record.why != SERVICE and record.id is not None
        if is_odd and len(self._report.odd) < EXAMPLES:
            self._report.odd.append(record.id or 0)

    def _take(self, post: Post, known: Known | None) -> None:
        report = self._report
        if known is None:
            if guide.is_ours(self._db, self._chat, post.message_id):
                report.posts -= 1
                self._skip(Skipped(post.message_id, "messages of the guide"))
                return
            posts.add(self._db, post)
            report.added += 1
        elif known.is_deleted:
            report.back += 1
            self._differs("back", post, known)
        elif _same(post, known):
            report.unchanged += 1
        elif (post.edited or post.published or known.told) < known.told:
            report.outdated += 1
        else:
            report.edited += 1
            self._differs("edited", post, known)

    def _differs(self, kind: Literal["edited", "back"], post: Post, known: Known) -> None:
        now = index.shortened(index.split(post.text, post.poll)[0])
        self._show(Difference(kind, post.message_id, post.url, known.title, now))
        if self._report.applied:
            posts.add(self._db, _merged(post, known))

    def _show(self, difference: Difference) -> None:
        if len(self._report.examples) < EXAMPLES:
            self._report.examples.append(difference)

    def take_deletions(self) -> None:
        """Find what is missing from the export between its first and its last message."""
        gone = []
        for number, title, url in imports.missing(self._db, self._chat, self._first, self._last):
            gone.append(number)
            self._show(Difference("deleted", number, url, title))
        self._report.deleted = len(gone)
        for start in range(0, len(gone) if self._report.applied else 0, AT_ONCE):
            some = gone[start : start + AT_ONCE]
            posts.mark_deleted(self._db, self._chat, some, datetime.now(UTC))
            index.catch_up(self._db, 2 * AT_ONCE, at_once=AT_ONCE)


def _same(post: Post, known: Known) -> bool:
    """Whether the export says what the archive has; of formatting, exports tell only a part."""
    told, asked = post.poll or {}, known.poll or {}
    same_poll = all(told.get(name) == asked.get(name) for name in ("question", "options"))
    return post.text.strip() == known.text.strip() and same_poll


def _merged(post: Post, known: Known) -> Post:
    """A post as the export tells it, with what only Telegram tells a bot: albums, answers."""
    poll = (known.poll or {}) | (post.poll or {})
    return replace(post, kind=known.kind, album=known.album, poll=poll or None)


# For the shell


def bar(report: Report, width: int = 30) -> str:
    """How far an import is, in a line."""
    share = min(report.read / report.size, 1.0) if report.size else 1.0
    done = round(share * width)
    rate = report.messages / report.seconds if report.seconds else 0.0
    return (
        f"[{'#' * done}{'.' * (width - done)}] {share:4.0%}  {report.messages:,} ({rate:,.0f}/s)"
    )


def summary(report: Report) -> Iterator[str]:
    """What an import did, for the operator."""
    rate = report.messages / report.seconds if report.seconds else 0.0
    yield (
        f"{report.channel} ({report.chat_id}): {report.messages:,} messages,"
        f" {report.posts:,} posts, {report.pinned:,} pins, {rate:,.0f}/s"
    )
    yield f"added: {report.added:,}; known already: {report.unchanged:,}"
    if report.outdated:
        yield f"left alone: {report.outdated:,}, edited after the export was made"
    for why, count in report.skipped.items():
        yield f"skipped: {count:,} {why}"
    if report.odd:
        yield f"skipped ones, by number: {', '.join(map(str, report.odd))}"
    if report.differences:
        yield from _changes(report)


def remark(report: Report) -> str:
    """Whose channel it was, where that is not plain; empty: the bot's own."""
    its = f"{report.channel} ({report.chat_id})"
    if not report.is_home:
        return (
            f"{its} is another channel than PEYK_CHANNEL: its posts are found by search and listed"
            " by `peyk posts`, and stand in no guide, /toc or digest;"
            f" `peyk import --forget {report.chat_id}` takes them out again"
        )
    if not report.is_sure:
        return (
            f"{its} was taken for the channel of PEYK_CHANNEL, whose id Telegram has not told yet;"
            " if it is another one, that is put right when peyk first reaches Telegram"
        )
    return ""


def forget(db: Database, chat_id: int, progress: Callable[[int], None]) -> int:
    """Take another channel's imported posts out of the archive again; returns how many.

    `progress` is called with the count after each transaction.
    """
    gone = 0
    while some := home.forget(db, chat_id):
        gone += some
        progress(gone)
    return gone


def _changes(report: Report) -> Iterator[str]:
    yield (
        f"changed by hand: {report.edited:,} edited, {report.deleted:,} deleted,"
        f" {report.back:,} deleted in the archive and yet in the export"
    )
    for one in report.examples:
        yield f"  {one.kind:<7} {one.url}  {one.was}{f' -> {one.now}' if one.now else ''}"
    if len(report.examples) < report.differences:
        yield f"  and {report.differences - len(report.examples):,} more"
    yield "applied" if report.applied else "not applied; run it again with --apply to do so"
