"""Questions that people ask of the archive: their stages, what was answered, the day's share.

    waiting ──> ready ──> archive | unsure | general | clarify | stopped | failed | lost

A question is `waiting` until there is something to say, however far its answer has come, and
`ready` until it is said: a process that dies leaves both to the next one. All of it is erased
after a stated time (see bot.asking); does not answer anything itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from db.model import stamp


class Stage(StrEnum):
    """Where a question is; those after `ready` say what became of it."""

    WAITING = "waiting"
    READY = "ready"
    ARCHIVE = "archive"
    UNSURE = "unsure"
    GENERAL = "general"
    CLARIFY = "clarify"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question of one person."""

    user_id: int
    chat_id: int
    message_id: int
    """The message that asks."""
    question: str
    parent: int | None = None
    """The question whose answer this one replies to."""
    id: int = 0
    stage: Stage = Stage.WAITING
    status_id: int = 0
    """The message that shows how far it is."""
    attempts: int = 0
    """How many processes have begun to answer it."""
    kind: str = ""
    """What became of it: the stage that follows once that is said."""
    answer: str = ""
    sources: tuple[dict[str, Any], ...] = ()
    reason: str = ""
    doubt: str = ""
    """How sure the model was of its words: a bot.models.doubt.Quadrant; empty: not measured."""
    seconds: float = 0.0
    """From the question to its answer."""
    created: str = ""

    @property
    def born(self) -> datetime:
        """When it came in."""
        return datetime.fromisoformat(self.created)


_COLUMNS = ", ".join(field.name for field in fields(Ask))


def add(db: Database, ask: Ask, now: datetime) -> Ask | None:
    """Keep a new question; None when the message that asks it is known already."""
    cursor = db.execute(
        "insert or ignore into asks"
        " (user_id, chat_id, message_id, question, parent, reason, created)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        [
            *(ask.user_id, ask.chat_id, ask.message_id, ask.question, ask.parent),
            *(ask.reason, stamp(now)),
        ],
    )
    if not cursor.rowcount:
        return None
    assert cursor.lastrowid
    return get(db, cursor.lastrowid)


def get(db: Database, ask_id: int) -> Ask | None:
    """The question with this id, or None."""
    return next(iter(_select(db, "id = ?", [ask_id])), None)


def undone(db: Database, user_id: int | None = None) -> list[Ask]:
    """The questions that nothing was said to yet, of one person or of all, oldest first."""
    whose = "" if user_id is None else " and user_id = ?"
    values = [Stage.WAITING, Stage.READY, *([] if user_id is None else [user_id])]
    return _select(db, f"stage in (?, ?){whose} order by id", values)


def begin(db: Database, ask_id: int) -> None:
    """Note that a process begins to answer it."""
    db.execute("update asks set attempts = attempts + 1 where id = ?", [ask_id])


def put_back(db: Database) -> None:
    """Undo `begin` for all that wait: the process ends as it should, and no question's fault."""
    where = "stage = ? and attempts > 0"
    db.execute(f"update asks set attempts = attempts - 1 where {where}", [Stage.WAITING])


def shown_in(db: Database, ask_id: int, status_id: int) -> None:
    """Note which message shows how far it is; 0: none any more."""
    db.execute("update asks set status_id = ? where id = ?", [status_id, ask_id])


def found(db: Database, ask_id: int, sources: Sequence[dict[str, Any]]) -> None:
    """Keep the posts that were found, should the answer not come."""
    kept = json.dumps(sources, ensure_ascii=False)
    db.execute("update asks set sources = ? where id = ?", [kept, ask_id])


def ready(db: Database, ask: Ask) -> Ask | None:
    """Keep what is to be handed over, with its seconds; None when it is not wanted any more."""
    changed = db.execute(
        "update asks set stage = ?, kind = ?, answer = ?, sources = ?, reason = ?, doubt = ?,"
        " seconds = ?"
        " where id = ? and stage = ?",
        [
            *(Stage.READY, ask.kind, ask.answer, json.dumps(ask.sources, ensure_ascii=False)),
            *(ask.reason, ask.doubt, ask.seconds, ask.id, Stage.WAITING),
        ],
    ).rowcount
    return get(db, ask.id) if changed else None


def end(db: Database, ask_id: int) -> None:
    """What became of a question was said."""
    db.execute("update asks set stage = kind where id = ? and stage = ?", [ask_id, Stage.READY])


def said_in(db: Database, ask: Ask, message_ids: Sequence[int]) -> None:
    """Note the messages that answer it: whoever replies to one of them goes on from there."""
    for message_id in message_ids:
        db.execute(
            "insert or ignore into ask_messages (chat_id, message_id, ask_id)"
            " select ?, ?, id from asks where id = ?",
            [ask.chat_id, message_id, ask.id],
        )


def is_said(db: Database, ask_id: int) -> bool:
    """Whether a message answers it already."""
    query = "select 1 from ask_messages where ask_id = ? limit 1"
    return db.execute(query, [ask_id]).fetchone() is not None


def answered_by(db: Database, chat_id: int, message_id: int) -> Ask | None:
    """The question that this message answers, or None."""
    where = "id = (select ask_id from ask_messages where chat_id = ? and message_id = ?)"
    return next(iter(_select(db, where, [chat_id, message_id])), None)


def earlier(db: Database, ask: Ask, most: int) -> list[Ask]:
    """The questions before this one in its conversation, oldest first, at most so many."""
    found: list[Ask] = []
    parent = ask.parent
    while parent is not None and len(found) < most:
        before = get(db, parent)
        if not before:
            break
        found.insert(0, before)
        parent = before.parent
    return found


# The day's share


def count(db: Database, user_id: int, day: str) -> None:
    """One more question of this person's went to the model on `day`."""
    db.execute(
        "insert into ask_days (user_id, day, asks) values (?, ?, 1)"
        " on conflict (user_id, day) do update set asks = asks + 1",
        [user_id, day],
    )


def uncount(db: Database, user_id: int, day: str) -> None:
    """Undo `count`: the model gave no answer, and that is not this person's fault."""
    where = "user_id = ? and day = ? and asks > 0"
    db.execute(f"update ask_days set asks = asks - 1 where {where}", [user_id, day])


def used(db: Database, user_id: int, day: str) -> int:
    """How many of this person's questions went to the model on `day` (YYYY-MM-DD)."""
    query = "select asks from ask_days where user_id = ? and day = ?"
    row = db.execute(query, [user_id, day]).fetchone()
    return int(row[0]) if row else 0


def counts(db: Database, since: datetime) -> dict[str, Any]:
    """What `/stats` says of the questions that came in from `since` on.

    `seconds`: half of the answers took no longer; None: there are none.
    """
    rows = db.execute(
        "select stage, count(*) from asks where created >= ? group by stage", [stamp(since)]
    )
    took = db.execute(
        "select seconds from asks where created >= ? and seconds > 0 order by seconds",
        [stamp(since)],
    ).fetchall()
    return {
        "stages": dict(rows.fetchall()),
        "seconds": round(took[(len(took) - 1) // 2][0], 1) if took else None,
    }


# Forgetting


def of_user(db: Database, user_id: int) -> list[int]:
    """All questions of one person."""
    rows = db.execute("select id from asks where user_id = ?", [user_id])
    return [row[0] for row in rows.fetchall()]


def before(db: Database, moment: datetime) -> list[int]:
    """The settled questions that came in before `moment`."""
    rows = db.execute(
        "select id from asks where created < ? and stage not in (?, ?)",
        [stamp(moment), Stage.WAITING, Stage.READY],
    )
    return [row[0] for row in rows.fetchall()]


def erase(db: Database, ask_ids: Sequence[int]) -> None:
    """Delete questions with their answers.

    The bytes are overwritten in the file (SQLite, "PRAGMA secure_delete"), not only released.
    """
    db.execute("pragma secure_delete = on").fetchall()
    try:
        for ask_id in ask_ids:
            db.execute("delete from asks where id = ?", [ask_id])
    finally:
        db.execute("pragma secure_delete = off").fetchall()


def prune_days(db: Database, today: str) -> None:
    """Forget how much was asked on the days before `today`."""
    db.execute("delete from ask_days where day < ?", [today])


def _select(db: Database, where: str, values: Sequence[object]) -> list[Ask]:
    rows = db.execute(f"select {_COLUMNS} from asks where {where}", values)
    return [_ask(row) for row in rows.fetchall()]


def _ask(row: Sequence[Any]) -> Ask:
    values = dict(zip((field.name for field in fields(Ask)), row, strict=True))
    kept = {"stage": Stage(values["stage"]), "sources": tuple(json.loads(values["sources"]))}
    return Ask(**values | kept)
