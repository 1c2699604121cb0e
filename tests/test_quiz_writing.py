"""A question from a post: the place of the right option, interviews, near-duplicates."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime

import pytest

from bot import quiz_writing
from bot.errors import ModelUnfit
from db import questions
from db.model import Post
from db.questions import Form, Question
from db.schema import open_db
from prompts import vocabulary
from tests.handlers.test_quiz_desk import Writer
from tests.prompts.test_quiz_accept import GOOD, POST

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
SOURCE = Post(-1, 5, POST, title="تکنیک Dropout", id=3)
INTERVIEW = {
    "title": "تکنیک Dropout چیست و چرا به کار می‌آید؟",
    "body": "تکنیک Dropout در هنگام آموزش، بخشی از واحدهای شبکه را به صورت تصادفی خاموش می‌کند.\n\n"
    "این کار جلوی بیش‌برازش را می‌گیرد، چون شبکه نمی‌تواند به یک واحد خاص تکیه کند. در زمان آزمون"
    " واحدها روشن می‌مانند.",
    "tags": ["#یادگیری_عمیق"],
}


def test_no_place_is_favoured_for_the_right_option() -> None:
    asked = Question("کدام؟", Form.QUIZ, ("آ", "ب", "پ", "ت"), (1,))
    rng = random.Random(5)
    made = [quiz_writing.shuffled(asked, rng) for _ in range(4000)]
    places = Counter(one.correct[0] for one in made)

    assert {one.options[one.correct[0]] for one in made} == {"ب"}
    assert set(places) == {0, 1, 2, 3} and all(900 < count < 1100 for count in places.values())


def test_several_right_options_stay_right_where_they_go() -> None:
    asked = Question("کدام‌ها؟", Form.QUIZ, ("آ", "ب", "پ", "ت"), (0, 3))
    made = quiz_writing.shuffled(asked, random.Random(2))

    assert {made.options[place] for place in made.correct} == {"آ", "ت"}
    assert list(made.correct) == sorted(made.correct)


async def test_an_interview_question_passes_the_gate_of_summaries() -> None:
    made = await quiz_writing.write(
        open_db(":memory:"), SOURCE, Writer(INTERVIEW), vocabulary.load(), form=Form.INTERVIEW
    )

    assert made.form is Form.INTERVIEW and made.answer.startswith("تکنیک")
    assert made.tags == ("#یادگیری_عمیق",) and made.post_id == 3


async def test_an_interview_answer_that_the_post_does_not_bear_out_says_so() -> None:
    wrong = INTERVIEW | {"body": INTERVIEW["body"] + " دقت ۹۷ درصد شد."}  # type: ignore[operator]
    made = await quiz_writing.write(
        open_db(":memory:"), SOURCE, Writer(wrong, wrong), vocabulary.load(), form=Form.INTERVIEW
    )

    assert "value" in [one["kind"] for one in made.remarks]


async def test_what_the_bank_asks_already_is_not_asked_again() -> None:
    db = open_db(":memory:")
    questions.add(db, Question(GOOD["question"]), NOW)

    with pytest.raises(ModelUnfit, match="duplicate"):
        await quiz_writing.write(db, SOURCE, Writer(GOOD, GOOD), vocabulary.load())
    made = await quiz_writing.write(
        db, SOURCE, Writer(GOOD), vocabulary.load(), previous=questions.find(db)[0]
    )
    assert made.text == GOOD["question"]
