"""Those who answer questions: scores and boards, days in a row, reviews due, and their wishes.

Fed by db.rounds when it counts answers. A board is a name: all time, a week, a group.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlite_utils import Database

from bot.persian.folding import fold
from db.model import stamp
from db.questions import folded_tag

EVER = "ever"
_SATURDAY = 5
HISTORY = 30
"""First answers that tell the level."""


@dataclass(frozen=True, slots=True)
class Player:
    """What somebody wishes and has achieved."""

    user_id: int
    name: str = ""
    """The chosen name on the boards; empty: not on them."""
    reminder: int | None = None
    """The hour of the daily reminder."""
    subjects: tuple[str, ...] = ()
    """Folded tags; none: all."""
    streak: int = 0
    best_streak: int = 0
    last_day: str = ""


class Standing(NamedTuple):
    """A line of a board. Those with as many points share a place."""

    place: int
    user_id: int
    name: str
    points: int
    answered: int = 0
    """Not told of the others on a board."""


@dataclass(frozen=True, slots=True)
class Subject:
    """How somebody did in one subject, by first answers."""

    name: str
    """As a question writes it, without the mark."""
    right: int
    answered: int


def week(at: datetime, zone: ZoneInfo) -> str:
    """The board of the week that `at` falls in; it begins on Saturday."""
    day = at.astimezone(zone).date()
    return f"week {day - timedelta(days=(day.weekday() - _SATURDAY) % 7)}"


def group(chat_id: int) -> str:
    """The board of a group."""
    return f"group {chat_id}"


def get(db: Database, user_id: int) -> Player:
    """A player; one whom nobody knows has neither wishes nor points."""
    row = db.execute(
        "select user_id, name, reminder, subjects, streak, best_streak, last_day"
        " from players where user_id = ?",
        [user_id],
    ).fetchone()
    if not row:
        return Player(user_id)
    values = [*row[:3], tuple(json.loads(row[3])), *row[4:]]
    return Player(*values)


def was_here(db: Database, user_id: int, day: date) -> None:
    """Count a day with an answer; days in a row make a streak."""
    today, before = day.isoformat(), (day - timedelta(days=1)).isoformat()
    db.conn.execute(
        "insert into players (user_id, streak, best_streak, last_day) values (?, 1, 1, ?)"
        " on conflict (user_id) do update set"
        " streak = case last_day when ? then streak + 1 else 1 end,"
        " best_streak = max(best_streak, case last_day when ? then streak + 1 else 1 end),"
        " last_day = excluded.last_day where last_day < excluded.last_day",
        (user_id, today, before, before),
    )


def streak(player: Player, today: date) -> int:
    """Days in a row up to now; a day is over only when it is."""
    alive = player.last_day >= (today - timedelta(days=1)).isoformat()
    return player.streak if alive else 0


# Boards


def credit(
    db: Database, user_id: int, right: bool, at: str, boards: Iterable[str], name: str = ""
) -> None:
    """Count a first answer on `boards`; `name` is shown on those of groups."""
    for board in boards:
        in_group = board.startswith("group ")
        row = db.conn.execute(
            "insert into scores (board, user_id, points, answered, public, reached, name) values"
            " (?, ?, ?, 1, ? or exists (select 1 from players where user_id = ? and name != ''),"
            " ?, ?) on conflict (board, user_id) do update set"
            " points = points + excluded.points, answered = answered + 1, name = excluded.name,"
            " reached = case when excluded.points then excluded.reached else reached end"
            " returning points, public",
            (board, user_id, int(right), in_group, user_id, at, name if in_group else ""),
        ).fetchone()
        points, public = row
        if public:
            _rise(db, board, points - right, points)


def _rise(db: Database, board: str, before: int, after: int) -> None:
    """Keep count of how many of a board have more than so many points: places are read from that.

    Somebody goes from `before` points to `after`, mostly one more: that is one row.
    """
    low, high = sorted((before, after))
    db.conn.executemany(
        "insert into score_places (board, points, above) values (?, ?, ?)"
        " on conflict (board, points) do update set above = above + excluded.above",
        [(board, points, 1 if after > before else -1) for points in range(low, high)],
    )


def look(
    db: Database, board: str, user_id: int, limit: int = 10
) -> tuple[list[Standing], Standing | None]:
    """The head of a board, and where somebody stands on it (or would, with a name).

    Of equal ones, who was there sooner stands first. No standing: not one answer yet.
    """
    statement = _LOOK_IN_GROUP if board.startswith("group ") else _LOOK
    rows = db.conn.execute(statement, (board, user_id, limit)).fetchall()
    own = None
    if rows and isinstance(rows[-1][1], int):
        place, points, answered = rows.pop()
        own = Standing(place, user_id, "", points, answered)
    standings, place, last = list[Standing](), 0, None
    for number, (user, name, points) in enumerate(rows, 1):
        if points != last:
            place, last = number, points
        standings.append(Standing(place, user, name, points))
    return standings, own


def standing(db: Database, board: str, user_id: int) -> Standing | None:
    """Where somebody stands on a board; None: no answer yet."""
    return look(db, board, user_id, 0)[1]


def _look(name: str, players: str = "") -> str:
    """The head (who, name, points), and then the own line (place, points, answers): in one
    statement, as the costs of a second one would be half of the whole."""
    return (
        f"select * from (select s.user_id, {name}, s.points from scores s {players}"
        " where s.board = ?1 and s.public = 1 and s.points > 0"
        " order by s.points desc, s.reached, s.user_id limit ?3)"
        " union all select 1 + coalesce((select above from score_places"
        " where board = ?1 and points = s.points), 0), s.points, s.answered"
        " from scores s where s.board = ?1 and s.user_id = ?2"
    )


_LOOK = _look("p.name", "join players p on p.user_id = s.user_id")
# The names that a group knows: chosen ones beside its rounds would tell who chose them.
_LOOK_IN_GROUP = _look("s.name")


def show(db: Database, user_id: int, name: str) -> bool:
    """Put somebody on the boards under a name, or with '' take them off; False: it is taken."""
    folded = fold(name)
    with db.atomic():
        taken = db.execute(
            "select 1 from players where folded = ? and folded != '' and user_id != ?",
            [folded, user_id],
        ).fetchone()
        if taken:
            return False
        _known(db, user_id)
        db.execute(
            "update players set name = ?, folded = ? where user_id = ?", [name, folded, user_id]
        )
        _publish(db, user_id, bool(name))
    return True


def _publish(db: Database, user_id: int, public: bool) -> None:
    rows = db.execute(
        "update scores set public = ? where user_id = ? and public != ?"
        " and board not like 'group %' returning board, points",
        [public, user_id, public],
    ).fetchall()
    for board, points in rows:
        _rise(db, board, *((0, points) if public else (points, 0)))


# Learning


def due(db: Database, user_id: int, now: datetime, limit: int = 50) -> list[int]:
    """The questions that a user should see again, the longest overdue first."""
    rows = db.execute(
        "select r.question_id from reviews r join questions q on q.id = r.question_id"
        " where r.user_id = ? and r.due <= ? and q.state = 'approved' order by r.due, 1 limit ?",
        [user_id, stamp(now), limit],
    )
    return [row[0] for row in rows]


def count_due(db: Database, user_id: int, until: datetime) -> int:
    """How many questions are due by then."""
    row = db.execute(
        "select count(*) from reviews r join questions q on q.id = r.question_id"
        " where r.user_id = ? and r.due <= ? and q.state = 'approved'",
        [user_id, stamp(until)],
    ).fetchone()
    return int(row[0])


def next_due(db: Database, user_id: int) -> str | None:
    """When the next review is due, or None."""
    row = db.execute("select min(due) from reviews where user_id = ?", [user_id]).fetchone()
    return row[0] if row else None


def fresh(db: Database, user_id: int, among: Sequence[int]) -> list[tuple[int, int]]:
    """Those of the questions `among` that a user never answered, with their difficulty."""
    rows = db.execute(
        "select q.id, q.difficulty from questions q join json_each(?) j on j.value = q.id"
        " where not exists (select 1 from answers where user_id = ? and question_id = q.id)",
        [json.dumps([*among]), user_id],
    )
    return list(rows.fetchall())


def history(db: Database, user_id: int) -> list[tuple[int, bool]]:
    """The difficulty of the questions last answered and whether rightly, oldest first."""
    rows = db.execute(
        "select q.difficulty, a.correct from answers a join questions q on q.id = a.question_id"
        " where a.user_id = ? order by a.at desc, a.question_id desc limit ?",
        [user_id, HISTORY],
    ).fetchall()
    return [(difficulty, bool(right)) for difficulty, right in reversed(rows)]


def by_subject(db: Database, user_id: int, limit: int = 6) -> list[Subject]:
    """How somebody does in the subjects they answered most."""
    rows = db.execute(
        "select t.folded, sum(a.correct), count(*) from answers a"
        " join question_tags t on t.question_id = a.question_id"
        " where a.user_id = ? group by t.folded order by 3 desc, 1 limit ?",
        [user_id, limit],
    )
    return [Subject(written(db, folded), *figures) for folded, *figures in rows.fetchall()]


def written(db: Database, folded: str) -> str:
    """A subject as a question with it writes it, without the mark and its low lines."""
    row = db.execute(
        "select q.tags from question_tags t join questions q on q.id = t.question_id"
        " where t.folded = ? limit 1",
        [folded],
    ).fetchone()
    names = json.loads(row[0]) if row else []
    same = (name for name in names if folded_tag(name) == folded)
    return next(same, folded).lstrip("#").replace("_", " ")


def learnt(db: Database, user_id: int) -> int:
    """How many questions a user knows by now: FSRS has them in the state "review"."""
    row = db.execute(
        "select count(*) from reviews where user_id = ? and json_extract(card, '$.state') = 2",
        [user_id],
    ).fetchone()
    return int(row[0])


def by_day(db: Database, user_id: int, since: datetime) -> list[tuple[str, int]]:
    """(when, right?) of a user's answers since then, oldest first: all of their own rounds, as
    far as these are kept, and the first ones in groups."""
    rows = db.execute(
        "select a.at, a.correct from rounds r join round_answers a"
        " on a.round_id = r.id and a.user_id = r.user_id"
        " where r.user_id = :user and r.place != 'group' and a.at >= :since"
        " union all select at, correct from answers"
        " where user_id = :user and place = 'group' and at >= :since order by 1",
        {"user": user_id, "since": stamp(since)},
    )
    return list(rows.fetchall())


# Wishes


def _known(db: Database, user_id: int) -> None:
    db.execute("insert or ignore into players (user_id) values (?)", [user_id])


def remind(db: Database, user_id: int, hour: int | None) -> None:
    """Set the hour of the daily reminder; None: no reminder."""
    _known(db, user_id)
    db.execute("update players set reminder = ? where user_id = ?", [hour, user_id])


def prefer(db: Database, user_id: int, subjects: Iterable[str]) -> None:
    """Set the subjects that new questions should come from; none: all."""
    _known(db, user_id)
    db.execute(
        "update players set subjects = ? where user_id = ?", [json.dumps([*subjects]), user_id]
    )


def to_remind(db: Database, today: str, hours: Sequence[int], limit: int = 100) -> list[int]:
    """Players whose reminder falls into these hours of today and was not looked at yet."""
    rows = db.execute(
        "select user_id from players where reminder between ? and ? and reminded < ? limit ?",
        [hours[0], hours[-1], today, limit],
    )
    return [row[0] for row in rows]


def reminded(db: Database, user_id: int, today: str) -> None:
    """Note that today's reminder was looked at."""
    db.execute("update players set reminded = ? where user_id = ?", [today, user_id])


def forget(db: Database, user_id: int) -> Player:
    """Erase a player and every score; returns who that was."""
    player = get(db, user_id)
    with db.atomic():
        rows = db.execute(
            "delete from scores where user_id = ? returning board, points, public", [user_id]
        ).fetchall()
        for board, points, public in rows:
            if public:
                _rise(db, board, points, 0)
        db.execute("delete from players where user_id = ?", [user_id])
    return player
