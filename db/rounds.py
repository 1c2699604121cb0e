"""Rounds of questions: what was asked where, and who answered; each answer is kept once.

`record` is all that an answer costs when it comes: one statement. What follows from it (first
answers, reviews, scores) `count` does later, many together; every reader calls it before it reads.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.practice import reviewed
from db import players
from db.model import moment, stamp

AT_ONCE = 100
"""Answers counted before others get their turn."""
PRIVATE, SINGLE, GROUP = "private", "single", "group"
"""Where a round is: a user's own, one question of a channel's button, a group's."""


@dataclass(frozen=True, slots=True)
class Round:
    """Some questions asked one after another in a chat."""

    id: int
    chat_id: int
    user_id: int
    """Who began it."""
    place: str
    state: str
    """``open``, ``done`` (to its end) or ``left``."""
    plan: tuple[int, ...]
    position: int
    sends: int
    """How often the poll of this position was sent, or may have been."""
    started: datetime
    updated: datetime

    @property
    def is_open(self) -> bool:
        """Whether questions are still to come."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Asked:
    """A poll of a round, as it was sent."""

    poll_id: str
    round_id: int
    place: str
    position: int
    question_id: int
    chat_id: int
    message_id: int
    correct: tuple[int, ...]
    """The places of the right options as they were shown, rising."""
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What somebody achieved in a round."""

    user_id: int
    name: str
    right: int
    answered: int


_ROUND = (
    "select id, chat_id, user_id, place, state, plan, position, sends, started, updated"
    " from rounds"
)
_ASKED = (
    "select poll_id, round_id, place, position, question_id, chat_id, message_id, correct, closes"
    " from round_polls"
)


def begin(
    db: Database, chat_id: int, user_id: int, place: str, plan: Sequence[int], now: datetime
) -> Round | None:
    """Open a round; None: one is open in that chat already."""
    row = db.execute(
        "insert or ignore into rounds (chat_id, user_id, place, state, plan, started, updated)"
        " values (?, ?, ?, 'open', ?, ?, ?) returning id",
        [chat_id, user_id, place, _dump(plan), stamp(now), stamp(now)],
    ).fetchone()
    return get(db, row[0]) if row else None


def get(db: Database, round_id: int) -> Round | None:
    """The round with this id, or None."""
    return _round(db, "id = ?", round_id)


def open_in(db: Database, chat_id: int) -> Round | None:
    """The round that is open in a chat, or None."""
    return _round(db, "chat_id = ? and state = 'open'", chat_id)


def stuck(db: Database, before: datetime) -> list[int]:
    """Open rounds whose next step nobody made since `before`: a question to ask, or to follow."""
    rows = db.execute(
        "select r.id from rounds r left join round_polls p"
        " on p.round_id = r.id and p.position = r.position"
        " where r.state = 'open' and r.updated < ? and (p.poll_id is null"
        " or exists (select 1 from round_answers a where a.round_id = r.id"
        " and a.question_id = p.question_id and a.user_id = r.user_id and r.place != 'group'))",
        [stamp(before)],
    )
    return [row[0] for row in rows]


def over_in_groups(db: Database, now: datetime) -> list[int]:
    """Open rounds in groups whose poll is over by now."""
    rows = db.execute(
        "select r.id from rounds r join round_polls p"
        " on p.round_id = r.id and p.position = r.position"
        " where r.state = 'open' and r.place = 'group' and p.closes <= ?",
        [stamp(now)],
    )
    return [row[0] for row in rows]


def sending(db: Database, round_: Round, now: datetime) -> None:
    """Note that the poll of this position goes out now; its fate is unknown until `asked`."""
    db.execute(
        "update rounds set sends = sends + 1, updated = ? where id = ?", [stamp(now), round_.id]
    )


def asked(db: Database, poll: Asked) -> None:
    """Note a poll that was sent."""
    db.execute(
        "insert or ignore into round_polls (poll_id, round_id, place, position, question_id,"
        " chat_id, message_id, correct, closes) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(poll.poll_id, poll.round_id, poll.place, poll.position, poll.question_id),
            *(poll.chat_id, poll.message_id, _dump(poll.correct)),
            poll.closes and stamp(poll.closes),
        ],
    )


def poll_of(db: Database, round_: Round) -> Asked | None:
    """The poll that the round is at, or None: it was not sent yet."""
    row = db.execute(
        f"{_ASKED} where round_id = ? and position = ? order by message_id desc limit 1",
        [round_.id, round_.position],
    ).fetchone()
    return _asked(row) if row else None


def knows(db: Database, poll_id: str) -> bool:
    """Whether a poll is one of ours."""
    row = db.execute("select 1 from round_polls where poll_id = ?", [poll_id]).fetchone()
    return row is not None


def drop(db: Database, poll_id: str) -> None:
    """Forget a poll whose message is gone; the round asks its question again."""
    db.execute("delete from round_polls where poll_id = ?", [poll_id])


def used(db: Database, chat_id: int) -> set[int]:
    """The questions asked in a chat, as far as its rounds are kept."""
    rows = db.execute("select distinct question_id from round_polls where chat_id = ?", [chat_id])
    return {row[0] for row in rows}


class Answer(NamedTuple):
    """What somebody chose in a poll."""

    poll_id: str
    user_id: int
    name: str
    chosen: Sequence[int]
    at: datetime


def record(db: Database, answer: Answer) -> tuple[int, str] | None:
    """Keep somebody's answer: the round and its place; None: kept already, or no poll of ours."""
    poll_id, user_id, name, chosen, at = answer
    row = db.conn.execute(
        "insert or ignore into round_answers"
        " (round_id, question_id, user_id, place, name, correct, at)"
        " select round_id, question_id, ?, place, ?, correct = ?, ?"
        " from round_polls where poll_id = ? returning round_id, place",
        (user_id, name, _dump(sorted(chosen)), stamp(at), poll_id),
    ).fetchone()
    return (row[0], row[1]) if row else None


def round_of(db: Database, poll_id: str) -> int | None:
    """The round a poll belongs to, or None."""
    row = db.execute("select round_id from round_polls where poll_id = ?", [poll_id]).fetchone()
    return row[0] if row else None


def has_answered(db: Database, round_: Round, user_id: int) -> bool:
    """Whether the question that the round is at has this user's answer."""
    if round_.position >= len(round_.plan):
        return False
    row = db.execute(
        "select 1 from round_answers where round_id = ? and question_id = ? and user_id = ?",
        [round_.id, round_.plan[round_.position], user_id],
    ).fetchone()
    return row is not None


def answers_to(db: Database, round_: Round) -> tuple[int, int]:
    """How many answered the question that the round is at, and how many of them rightly."""
    row = db.execute(
        "select count(*), coalesce(sum(correct), 0) from round_answers"
        " where round_id = ? and question_id = ?",
        [round_.id, round_.plan[round_.position]],
    ).fetchone()
    return row[0], row[1]


def was_right(db: Database, round_: Round, user_id: int) -> bool:
    """Whether the user answered the present question rightly."""
    row = db.execute(
        "select correct from round_answers where round_id = ? and question_id = ? and user_id = ?",
        [round_.id, round_.plan[round_.position], user_id],
    ).fetchone()
    return bool(row and row[0])


def move(db: Database, round_: Round, now: datetime) -> None:
    """Go on to the next question, once."""
    db.execute(
        "update rounds set position = position + 1, sends = 0, updated = ?"
        " where id = ? and position = ?",
        [stamp(now), round_.id, round_.position],
    )


def insert(db: Database, round_: Round, question_id: int) -> None:
    """Make a question the next of a round, after the present one."""
    at = round_.position + 1
    plan = [*round_.plan[:at], question_id, *round_.plan[at:]]
    db.execute("update rounds set plan = ? where id = ?", [_dump(plan), round_.id])


def end(db: Database, round_: Round, state: str, now: datetime) -> bool:
    """Close a round as ``done`` or ``left``; False: it was closed already."""
    changed = db.execute(
        "update rounds set state = ?, updated = ? where id = ? and state = 'open'",
        [state, stamp(now), round_.id],
    )
    return changed.rowcount > 0


def results(db: Database, round_id: int) -> list[Result]:
    """What everybody achieved in a round: the best first, of equal ones who was there sooner."""
    rows = db.execute(
        "select user_id, max(name), sum(correct), count(*) from round_answers where round_id = ?"
        " group by user_id order by 3 desc, max(case when correct then at end), user_id",
        [round_id],
    )
    return [Result(*row) for row in rows]


def first_answer(db: Database, user_id: int, question_id: int) -> bool | None:
    """Whether the user's first answer to a question was right; None: there is none."""
    row = db.execute(
        "select correct from answers where user_id = ? and question_id = ?", [user_id, question_id]
    ).fetchone()
    return None if row is None else bool(row[0])


def count(db: Database, zone: ZoneInfo, limit: int = AT_ONCE, round_id: int | None = None) -> int:
    """Let new answers (of one round, or of all) have their effect; returns how many those were."""
    rows = db.execute(
        "select a.round_id, a.question_id, a.user_id, a.place, a.name, a.correct, a.at, r.chat_id"
        " from round_answers a indexed by round_answers_new join rounds r on r.id = a.round_id"
        f" where a.counted = 0{' and a.round_id = ?' if round_id else ''} limit ?",
        [*([round_id] if round_id else []), limit],
    ).fetchall()
    if not rows:
        return 0
    with db.atomic():
        for row in sorted(rows, key=lambda row: row[6]):
            _count(db, zone, *row)
        db.conn.executemany(
            "update round_answers set counted = 1"
            " where round_id = ? and question_id = ? and user_id = ?",
            [row[:3] for row in rows],
        )
    return len(rows)


def _count(
    db: Database,
    zone: ZoneInfo,
    round_id: int,
    question_id: int,
    user_id: int,
    place: str,
    name: str,
    correct: int,
    at: str,
    chat_id: int,
) -> None:
    when = moment(at)
    assert when
    first = db.conn.execute(
        "insert or ignore into answers (user_id, question_id, correct, place, at)"
        " values (?, ?, ?, ?, ?)",
        (user_id, question_id, correct, place, at),
    )
    boards = [players.EVER, players.week(when, zone)]
    if place == GROUP:
        boards.append(players.group(chat_id))
    if first.rowcount:
        players.credit(db, user_id, bool(correct), at, boards, name)
    players.was_here(db, user_id, when.astimezone(zone).date())
    _review(db, question_id, user_id, bool(correct), when)


def _review(db: Database, question_id: int, user_id: int, right: bool, at: datetime) -> None:
    known = db.conn.execute(
        "select card from reviews where user_id = ? and question_id = ?", (user_id, question_id)
    ).fetchone()
    card, due = reviewed(question_id, known and known[0], right, at)
    db.conn.execute(
        "insert or replace into reviews (user_id, question_id, card, due) values (?, ?, ?, ?)",
        (user_id, question_id, card, stamp(due)),
    )


def doubtful(db: Database, user_id: int) -> Round | None:
    """An open round of the user, else of a group, of which a poll was sent that we do not know."""
    return _round(
        db,
        "state = 'open' and (chat_id = ? or place = 'group') and sends > (select count(*)"
        " from round_polls p where p.round_id = rounds.id and p.position = rounds.position)"
        " order by place = 'group' limit 1",
        user_id,
    )


def prune(db: Database, before: datetime) -> None:
    """Forget rounds that ended long ago; what they taught is counted and stays.

    Those that their users left without a word are closed first.
    """
    db.execute(
        "update rounds set state = 'left' where state = 'open' and updated < ?", [stamp(before)]
    )
    db.execute(
        "delete from rounds where state != 'open' and updated < ? and not exists"
        " (select 1 from round_answers where round_id = rounds.id and counted = 0)",
        [stamp(before)],
    )


def forget(db: Database, user_id: int) -> int:
    """Erase a user's answers, reviews and rounds; returns how many answers that were."""
    with db.atomic():
        answers = db.execute("delete from answers where user_id = ?", [user_id]).rowcount
        db.execute("delete from round_answers where user_id = ?", [user_id])
        db.execute("delete from reviews where user_id = ?", [user_id])
        db.execute("delete from rounds where chat_id = ?", [user_id])
        db.execute("update rounds set user_id = 0 where user_id = ?", [user_id])
    return answers


def _dump(values: Iterable[int]) -> str:
    return f"[{','.join(map(str, values))}]"


def _round(db: Database, where: str, *values: object) -> Round | None:
    row = db.execute(f"{_ROUND} where {where}", [*values]).fetchone()
    if not row:
        return None
    plan = tuple(json.loads(row[5]))
    rest = [plan, *row[6:8], moment(row[8]), moment(row[9])]
    return Round(*row[:5], *rest)


def _asked(row: Sequence[Any]) -> Asked:
    values = [*row[:7], tuple(json.loads(row[7])), moment(row[8])]
    return Asked(*values)
