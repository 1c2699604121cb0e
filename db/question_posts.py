"""Questions in the channel: their numbers, votes, results; what is due, and what follows.

Old quizzes of the archive are taken in here too. Sending is the outbox's (db.outbox): the
messages of what it sent are looked up there, so a crash between the two loses nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.persian.folding import fold
from bot.persian.typography import visible
from db import facts, questions
from db.model import moment, stamp
from db.questions import Form, Question, Stage

MOST_RANKED = 500
"""Quizzes that a table looks at."""
_TAKEN_IN = "quizzes taken in"
_HIGHEST = "highest quiz number"
_HIGHEST_BELIEVED = 100_000
_EARLY, _MOST_EARLY = "early votes", 50
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_HEADING = re.compile(
    r"^\W*(?:کو[یي]+ز|quiz)[\s\u200c]*"
    r"(?:(?:شمار[هةۀ][\u0654\u200cٔیي]{0,3}|#|no\.?)[\s\u200c]*([0-9۰-۹٠-٩]{1,6})\s*[:：.\-–—]?"
    r"|([0-9۰-۹٠-٩]{1,6})\s*[:：])\s*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class QuestionPost:
    """A question as it stands in the channel, with what was voted."""

    id: int
    question_id: int
    number: int
    """Its number in the channel; 0: none."""
    draft_id: int | None = None
    slot: str = ""
    chat_id: int | None = None
    message_id: int | None = None
    poll_id: str | None = None
    options: tuple[str, ...] = ()
    """In the order of the poll."""
    correct: tuple[int, ...] = ()
    counts: tuple[int, ...] = ()
    """Votes of each option; empty: none were told yet."""
    posted: datetime | None = None
    followed: str | None = None

    @property
    def votes(self) -> int:
        """How many voted, where one may choose one option."""
        return sum(self.counts)

    @property
    def right(self) -> int:
        """How many votes the right options got."""
        return sum(self.counts[index] for index in self.correct if index < len(self.counts))

    @property
    def share(self) -> float:
        """The part of the votes that was right, 0 to 1."""
        return self.right / self.votes if self.votes else 0.0


def heading(text: str) -> tuple[int, str]:
    """The number that a quiz of the channel bears (0: none), and its question without it.

    «❓کوییز شماره ۹۰: کدام …» -> (90, «کدام …»).
    """
    match = _HEADING.match(text)
    if not match:
        return 0, text
    return int((match[1] or match[2]).translate(_DIGITS)), text[match.end() :]


def next_number(db: Database) -> int:
    """The number of the next quiz: one more than the highest of the archive and the bank."""
    (highest,) = db.execute("select coalesce(max(number), 0) from question_posts").fetchone()
    return max(int(highest), int(facts.get(db, _HIGHEST, 0))) + 1


def take_in(db: Database, now: datetime, limit: int = 200) -> int:
    """Take the quizzes among the archive's new posts into the bank; returns how many posts were
    looked at, at most `limit`.

    One whose right option nobody told waits, keyless, for an admin. Other channels' posts
    (db.home) are passed: their numbers are not ours.
    """
    last = int(facts.get(db, _TAKEN_IN, 0))
    rows = db.execute(
        "select id, chat_id, message_id, text, poll, published, draft_id from posts where id > ?"
        " and guest = 0 order by id limit ?",
        [last, limit],
    ).fetchall()
    with db.atomic():
        for post_id, chat_id, message_id, text, poll, published, draft_id in rows:
            if poll and draft_id is None:
                _take(db, (chat_id, message_id), json.loads(poll), moment(published) or now, now)
            elif not poll:
                _note_number(db, heading(text.partition("\n")[0])[0])
            last = post_id
        if rows:
            facts.put(db, _TAKEN_IN, last)
    return len(rows)


def look_again(db: Database) -> None:
    """Take in everything anew, because it turned out which channel is our own."""
    with db.atomic():
        db.execute(
            "delete from question_posts where draft_id is null and exists (select 1 from posts p"
            " where p.chat_id = question_posts.chat_id and p.guest = 1"
            " and p.message_id = question_posts.message_id)"
        )
        db.execute(
            "delete from questions where state = 'keyless' and author = 'channel'"
            " and id not in (select question_id from question_posts)"
        )
        for key in (_TAKEN_IN, _HIGHEST):
            facts.put(db, key, 0)


def _take(
    db: Database, place: tuple[int, int], poll: dict[str, Any], at: datetime, now: datetime
) -> None:
    number, text = heading(visible(str(poll.get("question", ""))).strip())
    options = tuple(visible(str(option)).strip() for option in poll.get("options", ()))
    if not fold(text) or len(options) < 2 or not all(options):
        return
    correct = tuple(sorted({int(i) for i in poll.get("correct", ()) if 0 <= i < len(options)}))
    known = questions.same(db, text)
    if not known:
        stage = Stage.APPROVED if correct else Stage.KEYLESS
        explanation = visible(str(poll.get("explanation", "")))
        known = questions.add(
            db,
            Question(
                *(text, Form.QUIZ, options, correct, explanation), author="channel", stage=stage
            ),
            now,
        )
    counts = tuple(int(count) for count in poll.get("voters", ()))
    db.execute(
        "insert into question_posts (question_id, number, chat_id, message_id, options, correct,"
        " counts, posted, followed) values (?,?,?,?,?,?,?,?,'') on conflict do nothing",
        [
            *(known.id, _believed(number), *place, _dump(options), _dump(correct)),
            *(_dump(counts if len(counts) == len(options) else ()), stamp(at)),
        ],
    )


def _note_number(db: Database, number: int) -> None:
    if _believed(number) > int(facts.get(db, _HIGHEST, 0)):
        facts.put(db, _HIGHEST, number)


def _believed(number: int) -> int:
    return number if number <= _HIGHEST_BELIEVED else 0


def planned(db: Database, slot: str) -> bool:
    """Whether this slot of the plan has its question."""
    row = db.execute("select 1 from question_posts where slot = ?", [slot]).fetchone()
    return row is not None


def choose(db: Database, form: Form) -> Question | None:
    """The approved question that has waited longest for its turn in the channel, or None."""
    row = db.execute(
        "select id from questions q where state = 'approved' and kind = ? and author != 'channel'"
        " and flagged is null"
        " and not exists (select 1 from question_posts p where p.question_id = q.id)"
        " order by id limit 1",
        [str(form)],
    ).fetchone()
    return questions.get(db, row[0]) if row else None


def waiting(db: Database, form: Form) -> int:
    """How many questions wait for their turn in the channel, or for an admin."""
    (count,) = db.execute(
        "select count(*) from questions q where kind = ? and author != 'channel'"
        " and state in ('approved', 'offered', 'written', 'rewriting')"
        " and not exists (select 1 from question_posts p where p.question_id = q.id)",
        [str(form)],
    ).fetchone()
    return int(count)


def plan(db: Database, question: Question, number: int, draft_id: int, slot: str) -> None:
    """Note that a question goes to the channel as this draft; call it in one transaction with
    the draft's approval."""
    db.execute(
        "insert into question_posts (question_id, number, draft_id, slot, options, correct)"
        " values (?,?,?,?,?,?)",
        [
            *(question.id, number, draft_id, slot),
            *(_dump(question.options), _dump(question.correct)),
        ],
    )


def catch_up(db: Database) -> None:
    """Learn from the outbox which questions are in the channel, and as which messages.

    What Telegram refused, or an admin took back, was never posted: its question and number are
    free again.
    """
    db.execute(
        "update question_posts set chat_id = p.chat_id, message_id = p.message_id,"
        " poll_id = nullif(json_extract(nullif(p.poll, ''), '$.id'), ''), posted = p.published"
        " from posts p where p.draft_id = question_posts.draft_id"
        " and question_posts.message_id is null"
    )
    db.execute(
        "delete from question_posts where message_id is null and draft_id in"
        " (select id from drafts where state in ('failed', 'offered', 'rejected'))"
    )
    early: dict[str, list[int]] = facts.get(db, _EARLY, {})
    for poll_id, counts in early.items():
        if by_poll(db, poll_id):
            count(db, poll_id, counts)
    if early and not is_awaited(db):
        facts.put(db, _EARLY, {})


def is_awaited(db: Database) -> bool:
    """Whether a question is on its way to the channel, so that its poll is not known yet."""
    row = db.execute("select 1 from question_posts where message_id is null limit 1").fetchone()
    return row is not None


def keyed(db: Database, question: Question) -> None:
    """Note the right options of old quizzes that wait for them, where the options are the same."""
    db.execute(
        "update question_posts set correct = ? where question_id = ? and correct = '[]'"
        " and options = ?",
        [_dump(question.correct), question.id, _dump(question.options)],
    )


def on_its_way(db: Database, question_id: int) -> bool:
    """Whether a question waits in the outbox."""
    row = db.execute(
        "select 1 from question_posts where question_id = ? and message_id is null", [question_id]
    ).fetchone()
    return row is not None


def by_poll(db: Database, poll_id: str) -> QuestionPost | None:
    """The channel's quiz with this poll, or None."""
    found = _select(db, "poll_id = ?", [poll_id])
    return found[0] if found else None


def latest(db: Database, question_id: int) -> QuestionPost | None:
    """The last post of a question, in the channel or on its way there; None: it has none."""
    found = _select(db, "question_id = ? order by id desc limit 1", [question_id])
    return found[0] if found else None


def keyless(db: Database) -> dict[int, int]:
    """The numbers of the channel's quizzes whose right option nobody told -> their questions."""
    rows = db.execute(
        "select p.number, q.id from question_posts p join questions q on q.id = p.question_id"
        " where q.state = 'keyless' and p.number > 0 order by p.number"
    )
    return dict(rows.fetchall())


def of_draft(db: Database, draft_id: int) -> QuestionPost | None:
    """The post of a question that this draft is, or None."""
    found = _select(db, "draft_id = ?", [draft_id])
    return found[0] if found else None


def count(db: Database, poll_id: str, counts: Sequence[int]) -> QuestionPost | None:
    """Keep the votes of a channel's quiz as they stand now; None when it is none that is known.

    Updates may arrive out of order: fewer votes than known are an older state of a quiz, in
    which nobody can take an answer back. They may also come before the quiz itself is noted, for
    long where its sending was cut off: then they wait for `catch_up`.
    """
    known = by_poll(db, poll_id)
    if not known and is_awaited(db):
        _keep_early(db, poll_id, counts)
    if not known or sum(counts) < known.votes:
        return known
    db.execute(
        "update question_posts set counts = ? where poll_id = ?", [_dump(tuple(counts)), poll_id]
    )
    return by_poll(db, poll_id)


def _keep_early(db: Database, poll_id: str, counts: Sequence[int]) -> None:
    early: dict[str, list[int]] = facts.get(db, _EARLY, {})
    latest = max(early.pop(poll_id, []), [*counts], key=sum)
    facts.put(db, _EARLY, dict([*early.items(), (poll_id, latest)][-_MOST_EARLY:]))


def to_follow(db: Database, before: datetime, since: datetime) -> list[QuestionPost]:
    """The quizzes posted between the two moments whose explanation was not posted yet."""
    return _select(
        db,
        "followed is null and correct != '[]' and message_id is not null and posted <= ?"
        " and posted >= ? order by id",
        [stamp(before), stamp(since)],
    )


def follow(db: Database, post: QuestionPost, now: datetime) -> None:
    """Note that a quiz has its explanation; in one transaction with the draft of that."""
    db.execute("update question_posts set followed = ? where id = ?", [stamp(now), post.id])


def ranked(
    db: Database, since: datetime | None = None, least: int = 5
) -> list[tuple[QuestionPost, Question]]:
    """The channel's newest quizzes with at least `least` votes, hardest first."""
    rows = _select(
        db,
        "counts != '[]' and correct != '[]' and posted >= ? order by id desc limit ?",
        [stamp(since) if since else "", MOST_RANKED],
    )
    voted = [row for row in rows if row.votes >= least]
    told = [(row, questions.get(db, row.question_id)) for row in voted]
    pairs = [(row, question) for row, question in told if question]
    return sorted(pairs, key=lambda pair: (pair[0].share, -pair[0].votes, pair[0].id))


def totals(db: Database) -> dict[str, int]:
    """Numbers for /stats: quizzes in the channel, their votes, and how many were right."""
    row = db.execute(
        "select (select count(*) from question_posts where message_id is not null),"
        " (select coalesce(sum(v.value), 0) from question_posts p, json_each(p.counts) v),"
        " (select coalesce(sum(json_extract(p.counts, '$[' || r.value || ']')), 0)"
        " from question_posts p, json_each(p.correct) r where p.counts != '[]')"
    ).fetchone()
    return dict(zip(("posted", "votes", "right"), row, strict=True))


def _dump(values: Sequence[Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _select(db: Database, where: str, values: Sequence[Any]) -> list[QuestionPost]:
    rows = db.execute(
        "select id, question_id, number, draft_id, coalesce(slot, ''), chat_id, message_id,"
        " poll_id, options, correct, counts, posted, followed from question_posts"
        f" where {where}",
        [*values],
    )
    lists = ("options", "correct", "counts")
    names = [item.name for item in fields(QuestionPost)]
    told = [dict(zip(names, row, strict=True)) for row in rows]
    read = [one | {name: tuple(json.loads(one[name])) for name in lists} for one in told]
    return [QuestionPost(**one | {"posted": moment(one["posted"])}) for one in read]
