"""Files that people sent to be read: the jobs, the pages read so far, the day's count of a user.

    new ──> waiting ──> reading ──> ready ──> done
     │  ^      ^           │          ^
     v  │      │           └──────────┤
    password  range                   │      (any of them) ──> ready | cancelled | failed
     └─────────┴──────────────────────┘

One function moves a job, `advance`: one UPDATE that compares the stage. What was read is erased
after a stated time (see bot.reading); does not read anything itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from db.model import stamp


class Stage(StrEnum):
    """Where a job is."""

    NEW = "new"
    PASSWORD = "password"
    RANGE = "range"
    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


OPEN = frozenset({Stage.NEW, Stage.PASSWORD, Stage.RANGE, Stage.WAITING, Stage.READING})
"""Nothing has been decided about its result yet."""
AT_WORK = frozenset({Stage.NEW, Stage.WAITING, Stage.READING, Stage.READY})
"""A process that dies leaves these to the next one."""


class Form(StrEnum):
    """How the result is wanted."""

    MARKDOWN = "md"
    PLAIN = "txt"
    WORD = "docx"


Ranges = tuple[tuple[int, int], ...]
"""Pages from 1, first and last of each stretch; none for the whole file."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file as Telegram keeps it for us."""

    file_id: str
    position: int
    """The message it came in: the order of an album."""


@dataclass(frozen=True, slots=True)
class Job:
    """One document of one person."""

    user_id: int
    chat_id: int
    """Where the result goes: the private chat with that person."""
    asked_in: int
    """The chat of the message that asked: that chat, or a group."""
    message_id: int
    name: str = ""
    album: str = ""
    form: Form = Form.MARKDOWN
    wanted: Ranges = ()
    id: int = 0
    stage: Stage = Stage.NEW
    pages: int = 0
    """In the file; 0 until it was opened."""
    full: bool = False
    """Text layers are not to be used."""
    status_id: int = 0
    """The message that shows how far it is, and becomes the result."""
    reason: str = ""
    """Why it failed, was cut short or has to ask."""
    sending: int = 0
    """The further message that is being sent: its fate is unknown if the process dies now."""
    told: bool = False
    """The word that it is ready went out, or was about to."""
    pressed: int = 0
    """The update of the last press that sent something."""
    created: str = ""
    updated: str = ""

    @property
    def born(self) -> datetime:
        """When it came in."""
        return datetime.fromisoformat(self.created)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What stands on one page."""

    page: int
    text: str
    origin: str
    """Who read it: ``model``, ``layer``, ``tesseract``, ``nobody``; ``blank``: nothing to read."""
    doubts: tuple[str, ...] = ()
    """Why a person should look at it."""


def add(db: Database, job: Job, files: Iterable[Attachment], now: datetime) -> Job | None:
    """Keep a new job; None when the message that asks for it is known already."""
    with db.atomic():
        cursor = db.conn.execute(
            "insert or ignore into ocr_jobs (user_id, chat_id, asked_in, message_id, name, album,"
            " form, wanted, created, updated) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(job.user_id, job.chat_id, job.asked_in, job.message_id, job.name, job.album),
                job.form,
                *(json.dumps(job.wanted), stamp(now), stamp(now)),
            ],
        )
        if not cursor.rowcount:
            return None
        assert cursor.lastrowid
        for file in files:
            _attach(db, cursor.lastrowid, file)
    return get(db, cursor.lastrowid)


def join_album(db: Database, job: Job, file: Attachment, now: datetime) -> Job | None:
    """Add a picture to the album's job while that is still being gathered; None: there is none."""
    row = db.execute(
        "select id from ocr_jobs where user_id = ? and album = ? and stage = ?",
        [job.user_id, job.album, Stage.NEW],
    ).fetchone()
    if not row:
        return None
    with db.atomic():
        _attach(db, row[0], file)
        db.execute("update ocr_jobs set updated = ? where id = ?", [stamp(now), row[0]])
    return get(db, row[0])


def _attach(db: Database, job_id: int, file: Attachment) -> None:
    db.execute(
        "insert or ignore into ocr_files (job_id, position, file_id) values (?, ?, ?)",
        [job_id, file.position, file.file_id],
    )


def close_album(db: Database, job_id: int) -> None:
    """Let no further picture join: the job's are being read."""
    db.execute("update ocr_jobs set album = '' where id = ?", [job_id])


def files(db: Database, job_id: int) -> list[Attachment]:
    """The files of a job, in order."""
    rows = db.execute(
        "select file_id, position from ocr_files where job_id = ? order by position", [job_id]
    )
    return [Attachment(*row) for row in rows.fetchall()]


def get(db: Database, job_id: int) -> Job | None:
    """The job with this id, or None."""
    return next(iter(_select(db, "id = ?", [job_id])), None)


def find(db: Database, stages: Collection[Stage], user_id: int | None = None) -> list[Job]:
    """The jobs in any of these stages, of one user or of all, oldest first."""
    marks = ",".join("?" * len(stages))
    whose = "" if user_id is None else " and user_id = ?"
    values: list[Any] = [*stages, *([] if user_id is None else [user_id])]
    return _select(db, f"stage in ({marks}){whose} order by id", values)


def by_status(db: Database, chat_id: int, message_id: int) -> Job | None:
    """The job whose state this message shows."""
    where = "chat_id = ? and status_id = ? and status_id != 0"
    return next(iter(_select(db, where, [chat_id, message_id])), None)


def advance(
    db: Database,
    job_id: int,
    stage: Stage,
    expected: Collection[Stage],
    now: datetime,
    *,
    reason: str = "",
    pages: int | None = None,
) -> Job | None:
    """Move a job that is in one of the `expected` stages; None when it is not (any more)."""
    marks = ",".join("?" * len(expected))
    changed = db.execute(
        "update ocr_jobs set stage = ?, reason = ?, pages = coalesce(?, pages), updated = ?"
        f" where id = ? and stage in ({marks})",
        [stage, reason, pages, stamp(now), job_id, *expected],
    ).rowcount
    return get(db, job_id) if changed else None


def choose(
    db: Database, job_id: int, *, form: Form | None = None, wanted: Ranges | None = None
) -> None:
    """Note how the result is wanted, and of which pages."""
    ranges = None if wanted is None else json.dumps(wanted)
    db.execute(
        "update ocr_jobs set form = coalesce(?, form), wanted = coalesce(?, wanted) where id = ?",
        [form, ranges, job_id],
    )


def read_again(db: Database, job_id: int, now: datetime) -> Job | None:
    """Have the pages that came from text layers read from their pictures; None: it is not done."""
    with db.atomic():
        job = advance(db, job_id, Stage.NEW, {Stage.DONE}, now)
        if job:
            db.execute(
                "update ocr_jobs set full = 1, status_id = 0, sending = 0, told = 0 where id = ?",
                [job_id],
            )
            db.execute("delete from ocr_pages where job_id = ? and origin = 'layer'", [job_id])
    return get(db, job_id) if job else None


def shown_in(db: Database, job_id: int, status_id: int) -> None:
    """Note which message shows the job; 0: none any more."""
    db.execute("update ocr_jobs set status_id = ? where id = ?", [status_id, job_id])


def about_to_send(db: Database, job_id: int, part: int) -> None:
    """Note, before the call, that further message `part` goes out; 0: nothing is in doubt."""
    db.execute("update ocr_jobs set sending = ? where id = ?", [part, job_id])


def about_to_tell(db: Database, job_id: int) -> bool:
    """Note, before the call, that the person hears of the result; False: this was noted before."""
    changed = db.execute(
        "update ocr_jobs set told = 1 where id = ? and told = 0", [job_id]
    ).rowcount
    return bool(changed)


def press_once(db: Database, job_id: int, update_id: int) -> bool:
    """Whether this press is a new one: an update that comes twice sends nothing twice."""
    changed = db.execute(
        "update ocr_jobs set pressed = ? where id = ? and pressed < ?",
        [update_id, job_id, update_id],
    ).rowcount
    return bool(changed)


def keep_page(db: Database, job: Job, page: ReadPage, day: str) -> None:
    """Keep a page that was read, and count it for the user's day unless it is blank or unread."""
    with db.atomic():
        fresh = db.execute(
            "insert or ignore into ocr_pages (job_id, page, text, origin, doubts)"
            " values (?, ?, ?, ?, ?)",
            [job.id, page.page, page.text, page.origin, json.dumps(page.doubts)],
        ).rowcount
        if fresh and page.origin not in ("blank", "nobody"):
            db.execute(
                "insert into ocr_days (user_id, day, pages) values (?, ?, 1)"
                " on conflict (user_id, day) do update set pages = pages + 1",
                [job.user_id, day],
            )


def pages(db: Database, job_id: int) -> list[ReadPage]:
    """The pages read so far, in order."""
    rows = db.execute(
        "select page, text, origin, doubts from ocr_pages where job_id = ? order by page", [job_id]
    )
    return [
        ReadPage(page, text, origin, tuple(json.loads(doubts)))
        for page, text, origin, doubts in rows.fetchall()
    ]


def read_so_far(db: Database, job_id: int) -> set[int]:
    """The numbers of the pages read so far."""
    rows = db.execute("select page from ocr_pages where job_id = ?", [job_id])
    return {row[0] for row in rows.fetchall()}


def used(db: Database, user_id: int, day: str) -> int:
    """How many pages of this user's were read on `day` (YYYY-MM-DD in the operator's zone)."""
    query = "select pages from ocr_days where user_id = ? and day = ?"
    row = db.execute(query, [user_id, day]).fetchone()
    return int(row[0]) if row else 0


def counts(db: Database, since: datetime) -> dict[str, Any]:
    """What `/stats` says: jobs by stage, pages by origin, pages for a person's eye, and the cost.

    Of jobs that came in, and model calls that were made, from `since` on.
    """
    ours = "job_id in (select id from ocr_jobs where created >= ?)"
    stages = db.execute(
        "select stage, count(*) from ocr_jobs where created >= ? group by stage", [stamp(since)]
    )
    origins = db.execute(
        f"select origin, count(*) from ocr_pages where {ours} group by origin", [stamp(since)]
    )
    doubtful = db.execute(
        f"select count(*) from ocr_pages where {ours} and doubts != '[]'", [stamp(since)]
    )
    calls = db.execute(
        "select count(*), coalesce(sum(error != ''), 0),"
        " coalesce(sum(prompt_tokens + completion_tokens), 0), sum(cost)"
        " from model_calls where purpose = 'page' and at >= ?",
        [stamp(since)],
    ).fetchone()
    return {
        "jobs": dict(stages.fetchall()),
        "pages": dict(origins.fetchall()),
        "doubtful": int(doubtful.fetchone()[0]),
        **dict(zip(("calls", "failed_calls", "tokens", "cost"), calls, strict=True)),
    }


def idle_since(db: Database, moment: datetime) -> list[int]:
    """The jobs that nothing happened to since `moment`, and that nobody works at."""
    rows = db.execute("select id, stage from ocr_jobs where updated < ?", [stamp(moment)])
    return [row[0] for row in rows.fetchall() if row[1] not in AT_WORK]


def of_user(db: Database, user_id: int) -> list[int]:
    """All jobs of one user."""
    rows = db.execute("select id from ocr_jobs where user_id = ?", [user_id])
    return [row[0] for row in rows.fetchall()]


def erase(db: Database, job_ids: Sequence[int]) -> None:
    """Delete jobs with all that was read.

    The bytes are overwritten in the file (SQLite, "PRAGMA secure_delete"), not only released.
    """
    db.execute("pragma secure_delete = on").fetchall()
    try:
        for job_id in job_ids:
            db.execute("delete from ocr_jobs where id = ?", [job_id])
    finally:
        db.execute("pragma secure_delete = off").fetchall()


def prune_days(db: Database, today: str) -> None:
    """Forget how much was read on the days before `today`."""
    db.execute("delete from ocr_days where day < ?", [today])


def _select(db: Database, where: str, values: Sequence[object]) -> list[Job]:
    rows = db.execute(
        "select user_id, chat_id, asked_in, message_id, name, album, form, wanted, id, stage,"
        " pages, full, status_id, reason, sending, told, pressed, created, updated"
        f" from ocr_jobs where {where}",
        values,
    )
    return [_job(row) for row in rows.fetchall()]


def _job(row: Sequence[Any]) -> Job:
    values = dict(zip(Job.__dataclass_fields__, row, strict=True))
    return Job(
        **values
        | {
            "form": Form(values["form"]),
            "wanted": tuple((first, last) for first, last in json.loads(values["wanted"])),
            "stage": Stage(values["stage"]),
            "full": bool(values["full"]),
            "told": bool(values["told"]),
        }
    )
