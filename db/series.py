"""Series of posts: their parts in order, the drafts that will be parts, and posts that may be.

Which posts look like parts is for bot.channel.series to say; links are written into posts by
bot.channel.parts. A deleted post stays a part, and is left out of all that is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from bot.persian.folding import key
from db import facts
from db.model import stamp

OPEN, FINISHED = "open", "finished"
LONGEST_TITLE = 80
_SCANNED = "series scanned"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a series: a post of the channel."""

    number: int
    ordinal: int
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Series:
    """A series with its parts in order; `tag` is the name of its hashtag, or empty."""

    id: int
    title: str
    tag: str = ""
    state: str = OPEN
    parts: tuple[Part, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether more parts may come."""
        return self.state == OPEN


class Candidate(NamedTuple):
    """A post that may be a part; the columns are those of bot.channel.series.Candidate."""

    ordinal: int
    name: str
    number: int
    title: str
    follows: int


class Unseen(NamedTuple):
    """A post that nobody has looked at for series yet, and the post it answers."""

    id: int
    ordinal: int
    text: str
    poll: str
    answered: int
    answered_text: str


class Unlinked(NamedTuple):
    """A post of ours whose links to its neighbours are not as they should be."""

    ordinal: int
    before: str
    after: str


_SELECT = (
    "select s.id, s.title, coalesce(t.name, ''), s.state from series s"
    " left join tags t on t.id = s.tag_id"
)


def listing(db: Database) -> list[Series]:
    """All series: open ones first, then those with the newest parts."""
    found = [_series(db, row) for row in db.execute(_SELECT).fetchall()]
    return sorted(found, key=lambda one: (not one.is_open, -_newest(one), one.id))


def _newest(series: Series) -> int:
    return max((part.ordinal for part in series.parts), default=1 << 62)


def get(db: Database, series_id: int) -> Series | None:
    """The series with this id, or None."""
    row = db.execute(f"{_SELECT} where s.id = ?", [series_id]).fetchone()
    return _series(db, row) if row else None


def open_ones(db: Database, limit: int) -> list[tuple[int, str]]:
    """The id and title of the open series, the newest first."""
    rows = db.execute(
        "select id, title from series where state = 'open' order by id desc limit ?", [limit]
    )
    return list(rows.fetchall())


def named(db: Database, title: str) -> Series | None:
    """The series of that title, in any spelling, or None."""
    row = db.execute(f"{_SELECT} where s.folded = ?", [key(title)]).fetchone()
    return _series(db, row) if row else None


def of_post(db: Database, ordinal: int) -> Series | None:
    """The series that a post is part of, or None."""
    row = db.execute(
        f"{_SELECT} where s.id = (select series_id from series_parts where ordinal = ?)", [ordinal]
    ).fetchone()
    return _series(db, row) if row else None


def _series(db: Database, row: Sequence[Any]) -> Series:
    parts = db.execute(
        "select s.number, s.ordinal, iif(s.title = '', p.title, s.title), p.url"
        " from series_parts s join posts p on p.ordinal = s.ordinal"
        " where s.series_id = ? and p.deleted is null and p.guest = 0 order by s.number",
        [row[0]],
    )
    series_id, title, tag, state = row
    return Series(series_id, title, tag, state, tuple(Part(*part) for part in parts))


def create(db: Database, title: str, tag_id: int | None, now: datetime) -> Series | None:
    """A new series without parts; None when its title says nothing or another has it."""
    if not key(title) or len(title) > LONGEST_TITLE or named(db, title):
        return None
    row = db.execute(
        "insert into series (title, folded, tag_id, created) values (?,?,?,?) returning id",
        [title, key(title), tag_id, stamp(now)],
    ).fetchone()
    return get(db, row[0])


def rename(db: Database, series_id: int, title: str) -> bool:
    """Give a series another title; False when it says nothing or another series has it."""
    other = named(db, title)
    if not key(title) or len(title) > LONGEST_TITLE or (other and other.id != series_id):
        return False
    db.execute(
        "update series set title = ?, folded = ? where id = ?", [title, key(title), series_id]
    )
    return True


def set_tag(db: Database, series_id: int, tag_id: int | None) -> None:
    """Give a series a hashtag, or none."""
    db.execute("update series set tag_id = ? where id = ?", [tag_id, series_id])


def set_state(db: Database, series_id: int, state: str) -> None:
    """Say that a series is OPEN or FINISHED."""
    db.execute("update series set state = ? where id = ?", [state, series_id])


def remove(db: Database, series_id: int) -> None:
    """Dissolve a series; its posts stay, and are not taken for a series again."""
    with db.atomic():
        _ignore(db, "select ordinal from series_parts where series_id = ?", series_id)
        db.execute("delete from series where id = ?", [series_id])


# Parts


def attach(
    db: Database, series_id: int, ordinal: int, number: int | None = None, title: str = ""
) -> int:
    """Make a post a part, the last where no number is given or it is taken; returns the number.

    A post that was part of another series leaves it; one that is part already stays as it is.
    """
    with db.atomic():
        there = db.execute(
            "select number from series_parts where ordinal = ? and series_id = ?",
            [ordinal, series_id],
        ).fetchone()
        if there:
            return int(there[0])
        taken = {row[0] for row in _numbers(db, series_id)}
        if number is None or number in taken:
            number = max(taken, default=0) + 1
        db.execute("delete from series_parts where ordinal = ?", [ordinal])
        db.execute(
            "insert into series_parts (series_id, number, ordinal, title) values (?,?,?,?)",
            [series_id, number, ordinal, title],
        )
    return number


def _numbers(db: Database, series_id: int) -> list[tuple[int]]:
    rows = db.execute("select number from series_parts where series_id = ?", [series_id])
    return list(rows.fetchall())


def detach(db: Database, ordinal: int) -> None:
    """Make a post part of nothing; it is not taken for a part again."""
    with db.atomic():
        _ignore(db, "select ordinal from series_parts where ordinal = ?", ordinal)
        db.execute("delete from series_parts where ordinal = ?", [ordinal])


def _ignore(db: Database, ordinals: str, value: int) -> None:
    """Let no recogniser make parts of these posts."""
    db.execute(
        "insert into series_candidates (ordinal, name, number, ignored)"
        f" select ordinal, '', 0, 1 from posts where ordinal in ({ordinals})"
        " on conflict (ordinal) do update set ignored = 1",
        [value],
    )


def swap(db: Database, series_id: int, number: int, other: int) -> bool:
    """Let two parts change places; False when one of them is not there."""
    with db.atomic():
        rows = dict(
            db.execute(
                "select number, ordinal from series_parts where series_id = ?"
                " and number in (?, ?)",
                [series_id, number, other],
            ).fetchall()
        )
        if len(rows) != 2:
            return False
        for at, new in ((rows[number], -1), (rows[other], number), (rows[number], other)):
            db.execute("update series_parts set number = ? where ordinal = ?", [new, at])
    return True


# Drafts that will be parts


def plan(db: Database, draft_id: int, series_id: int) -> int:
    """Let a draft become the next part of a series; returns its number.

    Drafts that were rejected, and the draft itself, hold no number.
    """
    with db.atomic():
        db.execute("delete from series_drafts where draft_id = ?", [draft_id])
        row = db.execute(
            "select max(number) from (select number from series_parts where series_id = :id"
            " union all select number from series_drafts join drafts on drafts.id = draft_id"
            " where series_id = :id and drafts.state != 'rejected')",
            {"id": series_id},
        ).fetchone()
        number = (row[0] or 0) + 1
        db.execute("insert into series_drafts values (?,?,?)", [draft_id, series_id, number])
    return number


def unplan(db: Database, draft_id: int) -> None:
    """Let a draft be part of nothing."""
    db.execute("delete from series_drafts where draft_id = ?", [draft_id])


def planned(db: Database, draft_id: int) -> tuple[Series, int] | None:
    """The series that a draft will be part of, and as which part; or None."""
    row = db.execute(
        "select series_id, number from series_drafts where draft_id = ?", [draft_id]
    ).fetchone()
    series = get(db, row[0]) if row else None
    return (series, row[1]) if series else None


def sent(db: Database) -> list[tuple[int, int, int]]:
    """Posts that were drafted as parts and are none yet: (series, number, ordinal)."""
    return list(
        db.execute(
            "select d.series_id, d.number, p.ordinal from series_drafts d"
            " join posts p on p.draft_id = d.draft_id"
            " where not exists (select 1 from part_links where ordinal = p.ordinal)"
            " order by p.ordinal"
        ).fetchall()
    )


# Links between parts


def unlinked(db: Database) -> list[Unlinked]:
    """Our posts whose links are not those to the parts beside them, in the order of series."""
    rows = db.execute(
        "with beside as (select s.ordinal, p.draft_id, coalesce(lag(p.url) over w, '') as before,"
        " coalesce(lead(p.url) over w, '') as after from series_parts s"
        " cross join posts p on p.ordinal = s.ordinal where p.deleted is null"
        " window w as (partition by s.series_id order by s.number))"
        " select b.ordinal, b.before, b.after from beside b"
        " left join part_links l on l.ordinal = b.ordinal where b.draft_id is not null"
        " and coalesce(l.links, ' ') != b.before || ' ' || b.after"
        " union all select l.ordinal, '', '' from part_links l cross join posts p using (ordinal)"
        " where l.links != ' ' and p.deleted is null and p.draft_id is not null"
        " and l.ordinal not in (select ordinal from series_parts)"
    )
    return [Unlinked(*row) for row in rows]


def note_links(db: Database, ordinal: int, before: str, after: str) -> None:
    """Remember which links a post of ours carries."""
    db.execute(
        "insert or replace into part_links (ordinal, links) values (?, ?)",
        [ordinal, f"{before} {after}"],
    )


# Posts that may be parts


def unseen(db: Database, limit: int) -> list[Unseen]:
    """The next posts to look at, in the order in which they came to be known."""
    rows = db.execute(
        "select p.id, p.ordinal, p.text, p.poll, coalesce(q.ordinal, 0), coalesce(q.text, '')"
        " from posts p left join posts q"
        " on q.chat_id = p.chat_id and q.message_id = p.reply_to and q.deleted is null"
        " where p.id > ? and p.guest = 0 order by p.id limit ?",
        [facts.get(db, _SCANNED, 0), limit],
    )
    return [Unseen(*row) for row in rows]


def note_seen(db: Database, last_id: int, found: Iterable[Candidate]) -> None:
    """Remember that posts up to this id were looked at, and which of them may be parts."""
    with db.atomic():
        db.conn.executemany(
            "insert into series_candidates (ordinal, name, number, title, follows)"
            " values (?,?,?,?,?) on conflict (ordinal) do update set name = excluded.name,"
            " number = excluded.number, title = excluded.title, follows = excluded.follows"
            " where excluded.name != '' or name = ''",
            [*found],
        )
        facts.put(db, _SCANNED, last_id)


def look_again(db: Database) -> None:
    """Have all posts looked at once more; what admins took out stays out."""
    facts.put(db, _SCANNED, 0)


def candidates(db: Database) -> list[Candidate]:
    """The posts that may be parts, and that no admin has said are none."""
    rows = db.execute(
        "select c.ordinal, c.name, c.number, c.title, c.follows from series_candidates c"
        " join posts p on p.ordinal = c.ordinal"
        " where c.ignored = 0 and p.deleted is null and p.guest = 0 order by c.ordinal"
    )
    return [Candidate(*row) for row in rows]


def absorb(db: Database, title: str, parts: Mapping[int, Candidate], now: datetime) -> int:
    """Bring a series that was recognised in; returns how many parts are new.

    A series known by one of the parts, or by its title, gains what it lacks where its numbers
    are free; what admins have arranged stays as it is.
    """
    with db.atomic():
        if not parts:
            return 0
        series = next(filter(None, (of_post(db, part.ordinal) for part in parts.values())), None)
        series = series or named(db, title[:LONGEST_TITLE])
        series = series or create(db, title[:LONGEST_TITLE], None, now)
        if not series:
            return 0
        taken = {row[0] for row in _numbers(db, series.id)}
        new = {
            number: part
            for number, part in parts.items()
            if number not in taken and not of_post(db, part.ordinal)
        }
        for number, part in new.items():
            attach(db, series.id, part.ordinal, number, part.title)
    return len(new)
