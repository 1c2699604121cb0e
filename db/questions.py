"""The bank: questions, and the one way their stage changes: `advance`, which keeps a trail.

What a question became in the channel is kept in db.question_posts, what players answered by those
who ask them. Neither judges a question: see prompts.quiz_accept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlite_utils import Database

from bot.errors import WrongState
from bot.persian.folding import fold
from db.drafts import FORGOTTEN
from db.model import PEYK, Actor, stamp
from db.posts import PER_SECOND
from db.stepping import from_where, step


class Form(StrEnum):
    """How a question is asked."""

    QUIZ = "quiz"
    """Options, of which the right ones are known."""
    INTERVIEW = "interview"
    """A question with its answer, posted as text."""


class Stage(StrEnum):
    """The life of a question.

    keyless ──────────────────────────> approved     an admin told the right option
        └──> rejected                     │  ^
    written ──> offered ──────────────────┼──┘
       ^          │  ^ └──> rejected      │
       │          v  │         │          │
       └── rewriting └─────────┴──────────┘
    """

    KEYLESS = "keyless"
    WRITTEN = "written"
    OFFERED = "offered"
    REWRITING = "rewriting"
    APPROVED = "approved"
    REJECTED = "rejected"


NEXT: dict[Stage, frozenset[Stage]] = {
    Stage.KEYLESS: frozenset({Stage.APPROVED, Stage.REJECTED, Stage.OFFERED}),
    Stage.WRITTEN: frozenset({Stage.OFFERED}),
    Stage.OFFERED: frozenset({Stage.OFFERED, Stage.REWRITING, Stage.APPROVED, Stage.REJECTED}),
    Stage.REWRITING: frozenset({Stage.WRITTEN, Stage.OFFERED}),
    Stage.APPROVED: frozenset({Stage.OFFERED}),
    Stage.REJECTED: frozenset({Stage.OFFERED}),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the bank. ``version`` rises with every change of what it says."""

    text: str
    form: Form = Form.QUIZ
    options: tuple[str, ...] = ()
    correct: tuple[int, ...] = ()
    """The places of the right options, from 0, rising; empty: not known."""
    explanation: str = ""
    """Shown by Telegram after an answer; at most 200 UTF-16 units."""
    answer: str = ""
    """The answer of an interview question."""
    tags: tuple[str, ...] = ()
    """Canonical hashtags, with the mark #."""
    post_id: int | None = None
    """The post it comes from (posts.id)."""
    cited: str = ""
    """The sentence of that post which holds the answer."""
    difficulty: int = 2
    """1 easy, 2 medium, 3 hard: the author's guess; votes tell more."""
    author: str = ""
    """``model:<name>``, ``admin:<id>``, ``channel`` (an old post) or ``file``."""
    remarks: tuple[dict[str, Any], ...] = ()
    """What the admins should know, as data: ``{"kind": …}``; worded in handlers.texts."""
    direction: str = ""
    """What a rewrite should change: ``easier``, ``harder``, ``clearer``."""
    stage: Stage = Stage.WRITTEN
    version: int = 1
    flagged: str | None = None
    """When it was found that nobody gets it right."""
    id: int = 0


_JSON = ("options", "correct", "tags", "remarks")
_TEXT = (
    *("text", "explanation", "answer", "post_id", "cited", "difficulty", "author", "direction"),
    "flagged",
)
_COLUMNS = {"form": "kind", "stage": "state"}
"""Where the table has another name for a field."""
_SELECT = (
    "select id, kind, state, version, text, options, correct, explanation, answer, tags, post_id,"
    " cited, difficulty, author, remarks, direction, flagged from questions"
)


def add(db: Database, question: Question, now: datetime, actor: Actor = PEYK) -> Question:
    """Store a new question in the stage it has; the same update stores it once."""
    with db.atomic():
        if actor.update_id is not None and (known := _made_by(db, actor)):
            return known
        values = _columns({name: getattr(question, name) for name in _fields()})
        values |= {"folded": fold(question.text), "created": stamp(now), "updated": stamp(now)}
        row = db.execute(
            f"insert into questions ({', '.join(values)})"
            f" values ({', '.join('?' * len(values))}) returning id",
            [*values.values()],
        ).fetchone()
        made = _one(db, row[0])
        _index_tags(db, made)
        _trail(db, made, actor, "made", "", now)
    return made


def add_all(db: Database, new: Iterable[Question], now: datetime) -> int:
    """Store questions as approved, without those the bank has; returns how many were new."""
    with db.atomic():
        fresh = 0
        for question in new:
            if not same(db, question.text):
                add(db, replace(question, stage=Stage.APPROVED), now)
                fresh += 1
    return fresh


def _made_by(db: Database, actor: Actor) -> Question | None:
    row = db.execute(
        "select question_id from question_trail where update_id = ? and action = 'made'",
        [actor.update_id],
    ).fetchone()
    return get(db, row[0]) if row else None


def get(db: Database, question_id: int) -> Question | None:
    """The question with this id, or None."""
    found = _select(db, "id = ?", [question_id])
    return found[0] if found else None


def find(
    db: Database, stages: Iterable[Stage] = (), form: Form | None = None, limit: int = 1000
) -> list[Question]:
    """Questions in any of `stages` (all, when none is given), oldest first."""
    wanted = [str(stage) for stage in stages] or [str(stage) for stage in Stage]
    marks = ",".join("?" * len(wanted))
    return _select(
        db,
        f"state in ({marks}) and kind = coalesce(?, kind) order by id limit ?",
        [*wanted, form and str(form), limit],
    )


def counts(db: Database) -> dict[str, int]:
    """How many questions are in each stage."""
    return dict(db.execute("select state, count(*) from questions group by state").fetchall())


def askable(db: Database, tags: Sequence[str] = ()) -> list[int]:
    """The ids of the quiz questions that may be asked; of any of `tags`, if some are given."""
    marks = ",".join("?" * len(tags))
    of_tags = f" and id in (select question_id from question_tags where folded in ({marks}))"
    rows = db.execute(
        "select id from questions where state = 'approved' and kind = 'quiz'"
        f"{of_tags if tags else ''} order by id",
        [folded_tag(tag) for tag in tags],
    )
    return [row[0] for row in rows]


def subjects(db: Database) -> list[tuple[str, int]]:
    """The tags of questions that may be asked, folded, with how many each has; frequent first."""
    rows = db.execute(
        "select t.folded, count(*) from question_tags t join questions q on q.id = t.question_id"
        " where q.state = 'approved' and q.kind = 'quiz' group by 1 order by 2 desc, 1"
    )
    return list(rows.fetchall())


def folded_tag(name: str) -> str:
    """A hashtag as the bank compares it, with or without its mark."""
    return fold(name.lstrip("#").replace("_", " "))


def texts(db: Database) -> list[tuple[int, str]]:
    """The id and the folded text of every question that was not rejected."""
    rows = db.execute("select id, folded from questions where state != 'rejected'")
    return list(rows.fetchall())


def same(db: Database, text: str) -> Question | None:
    """The question that asks the same in any spelling, or None; rejected ones do not count."""
    found = _select(db, "folded = ? and state != 'rejected' order by id limit 1", [fold(text)])
    return found[0] if found else None


def unasked_posts(db: Database, since: datetime, limit: int) -> list[int]:
    """The ids of the newest posts with a text worth a question, and none yet."""
    rows = db.execute(
        "select id from posts p where ordinal >= ? and deleted is null and guest = 0"
        " and length(text) >= 300"
        " and kind in ('text', 'photo', 'album', 'video') and coalesce(draft_id, 0) not in"
        " (select id from drafts where origin in ('extract:quiz', 'extract:digest'))"
        " and not exists (select 1 from questions q where q.post_id = p.id)"
        " order by ordinal desc limit ?",
        [int(since.timestamp()) * PER_SECOND, limit],
    )
    return [row[0] for row in rows]


def advance(
    db: Database,
    question_id: int,
    to: Stage,
    action: str,
    actor: Actor,
    now: datetime,
    *,
    version: int | None = None,
    expected: Iterable[Stage] | None = None,
    new_text: bool = False,
    **values: Any,
) -> Question:
    """Move a question to stage `to`, in one compare-and-set statement, and say so in the trail.

    As db.drafts.advance: `version` is the one the actor saw, `expected` the stages it may come
    from (all that NEXT allows), `new_text` makes it the next version. The same update delivered
    twice acts once. Raises WrongState when the question has moved on.
    """
    stages = from_where(NEXT, to, expected)
    columns = _columns({"stage": to} | values) | {"updated": stamp(now)}
    if "text" in values:
        columns["folded"] = fold(values["text"])
    with db.atomic():
        before = get(db, question_id)
        if before and acted(db, question_id, action, actor):
            return before
        told = (db, "questions", question_id, columns, stages)
        changed = step(*told, version=version, new_text=new_text)
        if not changed or not before:
            raise WrongState(f"question {question_id} is {before.stage if before else 'unknown'}")
        after = _one(db, question_id)
        _index_tags(db, after)
        _trail(db, after, actor, action, str(before.stage), now)
    return after


def flag(db: Database, question_id: int, now: datetime) -> bool:
    """Note that nobody gets this question right; whether that was news."""
    return bool(
        db.execute(
            "update questions set flagged = ? where id = ? and flagged is null",
            [stamp(now), question_id],
        ).rowcount
    )


def acted(db: Database, question_id: int, action: str, actor: Actor) -> bool:
    """Whether this very update has already done this to this question."""
    if actor.update_id is None:
        return False
    row = db.execute(
        "select 1 from question_trail where update_id = ? and question_id = ? and action = ?",
        [actor.update_id, question_id, action],
    ).fetchone()
    return row is not None


def trail(db: Database, question_id: int) -> list[dict[str, Any]]:
    """Everything that happened to a question, oldest first, as rows of question_trail."""
    return list(
        db.query("select * from question_trail where question_id = ? order by id", [question_id])
    )


def forget_actor(db: Database, user_id: int, name: str) -> int:
    """Put `name` in a person's place in the trail; returns in how many rows they stood."""
    with db.atomic():
        db.execute(
            "update questions set author = ? where author = ?",
            [f"admin:{FORGOTTEN}", f"admin:{user_id}"],
        )
        return db.execute(
            "update question_trail set actor = ?, actor_id = ? where actor_id = ?",
            [name, FORGOTTEN, user_id],
        ).rowcount


# Cards


@dataclass(frozen=True, slots=True)
class QuestionCard:
    """A message about a question; `purpose`: card, or old (replaced by a newer one)."""

    chat_id: int
    message_id: int
    question_id: int
    version: int
    purpose: str = "card"


def add_card(db: Database, card: QuestionCard) -> None:
    """Remember a card, or what it has come to show."""
    values = asdict(card)
    db.execute(
        f"insert or replace into question_cards ({', '.join(values)}) values (?,?,?,?,?)",
        [*values.values()],
    )


def cards(db: Database, question_id: int) -> list[QuestionCard]:
    """The cards of a question that a newer one has not replaced, oldest first."""
    return _cards(db, "question_id = ? and purpose = 'card' order by message_id", question_id)


def card_at(db: Database, chat_id: int, message_id: int) -> QuestionCard | None:
    """The card that this message is, or None."""
    found = _cards(db, "chat_id = ? and message_id = ?", chat_id, message_id)
    return found[0] if found else None


def _cards(db: Database, where: str, *values: object) -> list[QuestionCard]:
    rows = db.execute(
        "select chat_id, message_id, question_id, version, purpose from question_cards"
        f" where {where}",
        [*values],
    )
    return [QuestionCard(*row) for row in rows]


# Rows


def _fields() -> tuple[str, ...]:
    return ("form", "stage", *_TEXT, *_JSON)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    columns = {}
    for name, value in values.items():
        if name in _JSON:
            value = json.dumps(value, ensure_ascii=False)
        columns[_COLUMNS.get(name, name)] = str(value) if isinstance(value, StrEnum) else value
    return columns


def _index_tags(db: Database, question: Question) -> None:
    db.execute("delete from question_tags where question_id = ?", [question.id])
    for tag in {folded_tag(tag) for tag in question.tags}:
        db.execute("insert into question_tags values (?, ?)", [tag, question.id])


def _trail(
    db: Database, question: Question, actor: Actor, action: str, old: str, now: datetime
) -> None:
    db.execute(
        "insert into question_trail (question_id, at, actor_id, actor, action, old_state,"
        " new_state, version, update_id) values (?,?,?,?,?,?,?,?,?)",
        [
            *(question.id, stamp(now), actor.id, actor.name, action, old, str(question.stage)),
            *(question.version, actor.update_id),
        ],
    )


def _one(db: Database, question_id: int) -> Question:
    return _select(db, "id = ?", [question_id])[0]


def _select(db: Database, where: str, values: Sequence[Any]) -> list[Question]:
    rows = db.execute(f"{_SELECT} where {where}", [*values])
    return [
        Question(
            *(r[4], Form(r[1]), tuple(json.loads(r[5])), tuple(json.loads(r[6])), r[7], r[8]),
            *(tuple(json.loads(r[9])), r[10], r[11], r[12], r[13], tuple(json.loads(r[14]))),
            *(r[15], Stage(r[2]), r[3], r[16], r[0]),
        )
        for r in rows
    ]
