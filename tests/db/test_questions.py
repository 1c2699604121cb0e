"""The bank: stages, versions, what the same update may do, and the numbers of the channel."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot import importing
from bot.errors import WrongState
from db import home, posts, question_posts, questions
from db.model import PEYK, Actor, Post
from db.questions import NEXT, Form, Question, Stage
from db.schema import open_db

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
MINA = Actor(7, "مینا", update_id=70)


@pytest.fixture
def db() -> Database:
    return open_db(":memory:")


def made(db: Database, text: str = "کدام؟", stage: Stage = Stage.OFFERED) -> Question:
    question = Question(text, Form.QUIZ, ("آ", "ب"), (1,), tags=("#مدل_زبانی",), stage=stage)
    return questions.add(db, question, NOW)


def test_every_stage_can_be_reached_and_left_again() -> None:
    reached = {stage for follows in NEXT.values() for stage in follows}

    assert reached | {Stage.KEYLESS} == set(Stage) == set(NEXT)
    assert all(NEXT.values())


def test_only_approved_questions_are_asked_and_by_their_subject(db: Database) -> None:
    waiting, ready = made(db), made(db, "چه؟", Stage.APPROVED)

    assert (
        questions.askable(db)
        == questions.askable(db, ["#مدل‌های زبانی", "مدل زبانی"])
        == [ready.id]
    )
    assert questions.askable(db, ["بینایی"]) == [] and waiting.id != ready.id


def test_the_same_update_decides_once(db: Database) -> None:
    question = made(db)
    for _ in range(2):
        questions.advance(db, question.id, Stage.APPROVED, "approved", MINA, NOW, version=1)

    assert [row["action"] for row in questions.trail(db, question.id)] == ["made", "approved"]


def test_the_same_update_makes_one_question(db: Database) -> None:
    first = questions.add(db, Question("یک؟"), NOW, MINA)

    assert questions.add(db, Question("یک؟"), NOW, MINA) == first
    assert len(questions.find(db)) == 1


def test_a_decision_about_an_older_version_is_refused(db: Database) -> None:
    question = made(db)
    questions.advance(
        db, question.id, Stage.OFFERED, "edited", MINA, NOW, new_text=True, text="چرا؟"
    )

    with pytest.raises(WrongState):
        questions.advance(db, question.id, Stage.APPROVED, "approved", PEYK, NOW, version=1)
    assert questions.same(db, "چرا") and not questions.same(db, "کدام")


def test_a_forgotten_admin_leaves_no_name(db: Database) -> None:
    question = made(db)
    questions.advance(db, question.id, Stage.REJECTED, "rejected", MINA, NOW)

    assert questions.forget_actor(db, MINA.id, "مدیر پیشین") == 1
    assert "مینا" not in json.dumps(questions.trail(db, question.id), ensure_ascii=False)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("❓کوییز شماره ۹۰: کدام؟", (90, "کدام؟")),
        ("❓ کوییز شمارهٔ ۹۶: کدام؟", (96, "کدام؟")),
        ("کویز شماره‌ی 12 - کدام؟", (12, "کدام؟")),
        ("Quiz #7: which?", (7, "which?")),
        ("کوییز ۴: کدام؟", (4, "کدام؟")),
        ("کوییز ۴ گزینه‌ای", (0, "کوییز ۴ گزینه‌ای")),
        ("شماره ۹۰: کدام؟", (0, "شماره ۹۰: کدام؟")),
    ],
)
def test_the_number_of_a_quiz_is_read_from_its_heading(line: str, found: tuple[int, str]) -> None:
    assert question_posts.heading(line) == found


def export(seed: str) -> list[dict[str, object]]:
    """The quizzes of a channel's web page as messages of an export."""
    found = re.finditer(r"❓.*?\nAnonymous Quiz\n((?:\d+%\n.*\n?)+)", seed)
    return [
        {
            "id": 100 + place,
            "type": "message",
            "date_unixtime": str(1_700_000_000 + place),
            "date": "2023-11-14T22:13:20",
            "from": "کانال",
            "from_id": "channel1",
            "text": "",
            "text_entities": [],
            "poll": {
                "question": match[0].partition("\n")[0],
                "closed": False,
                "total_voters": 9,
                "answers": [
                    {"text": text, "voters": 1, "chosen": False}
                    for text in match[1].strip().split("\n")[1::2]
                ],
            },
        }
        for place, match in enumerate(found)
    ]


def test_the_numbers_go_on_after_an_imported_archive(shared: Path, tmp_path: Path) -> None:
    (seed,) = (shared.parent / "seeds").glob("003_*.txt")
    told = {"name": "کانال", "type": "public_channel", "id": 1}
    told["messages"] = export(seed.read_text(encoding="utf-8"))  # type: ignore[assignment]
    (tmp_path / "result.json").write_text(json.dumps(told), encoding="utf-8")
    db = open_db(tmp_path / "peyk.db")
    importing.run(db, tmp_path / "result.json", "@peyk_ai", ZoneInfo("Asia/Tehran"), apply=False)
    question_posts.take_in(db, NOW)

    assert question_posts.next_number(db) == 96
    assert [q.stage for q in questions.find(db)] == [Stage.KEYLESS] * 6
    assert all(len(q.options) >= 3 and "کوییز" not in q.text for q in questions.find(db))
    db.close()


def archived(db: Database, chat: int, number: int, **fields: Any) -> None:
    """A quiz that stands in a channel's archive."""
    poll = {"question": f"❓کوییز شماره {number}: پرسش {number}؟", "options": ["آ", "ب"]} | fields
    posts.add(db, Post(chat, number, "", published=NOW, kind="quiz", poll=poll))


def test_quizzes_of_other_channels_are_neither_numbers_nor_questions_of_ours(db: Database) -> None:
    home.settle(db, -1)
    archived(db, -1, 7)
    archived(db, -2, 500)
    question_posts.take_in(db, NOW)
    assert question_posts.next_number(db) == 8 and len(questions.find(db)) == 1

    home.settle(db, -2)
    question_posts.take_in(db, NOW)
    assert question_posts.next_number(db) == 501
    assert [question.text for question in questions.find(db)] == ["پرسش 500؟"]


def test_votes_that_come_before_the_quiz_is_noted_are_kept(db: Database) -> None:
    question = made(db, stage=Stage.APPROVED)
    db.execute("pragma foreign_keys = off").fetchall()
    question_posts.plan(db, question, 1, draft_id=5, slot="s")
    for counts in ([2, 1], [1, 1]):
        assert question_posts.count(db, "77", counts) is None
    posts.add(db, Post(-1, 3, "", published=NOW, kind="quiz", poll={"id": "77"}, draft_id=5))
    question_posts.catch_up(db)

    assert question_posts.by_poll(db, "77").counts == (2, 1)  # type: ignore[union-attr]
