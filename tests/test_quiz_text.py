"""A question written in a message is read back as it was."""

from __future__ import annotations

import pytest

from bot import quiz_text
from bot.persian.typography import plain
from db.questions import Form, Question
from prompts import vocabulary

WORDS = vocabulary.load()
TAGS = WORDS.known(["یادگیری_عمیق"])


@pytest.mark.parametrize(
    "question",
    [
        Question("کدام؟", Form.QUIZ, ("آدام", "اسجی‌دی"), (0,), "چون.", tags=TAGS),
        Question("کدام‌ها؟", Form.QUIZ, ("یک", "دو", "سه"), (0, 2), difficulty=3),
        Question("\u200fGPT-4 چیست؟", Form.QUIZ, ("\u200fAttention", "\u200fv0.3"), (0,), "چون."),
        Question("چرا؟", Form.INTERVIEW, answer="بند یک.\n\nبند دو.", tags=TAGS),
    ],
)
def test_what_is_shown_for_an_edit_is_read_back(question: Question) -> None:
    shown = plain(quiz_text.written(question))
    read = quiz_text.read(shown, question.form, WORDS)

    assert {name: getattr(question, name) for name in read} == read


def test_a_question_that_says_no_difficulty_keeps_its_own() -> None:
    assert "difficulty" not in quiz_text.read("کدام؟\n* یک\n- دو", Form.QUIZ, WORDS)
    assert "difficulty" not in quiz_text.read("کدام؟\n* یک\nدشواری: ؟", Form.QUIZ, WORDS)


def test_marks_may_be_written_in_other_ways() -> None:
    read = quiz_text.read("کدام یک\nبهتر است؟\n✅درست\n• نادرست\nتوضيح: چون.", Form.QUIZ, WORDS)

    assert (read["text"], read["options"]) == ("کدام یک بهتر است؟", ("درست", "نادرست"))


def test_options_of_a_step_need_no_marks_but_for_the_right_one() -> None:
    assert quiz_text.options(["یک", "", "* دو", "سه"]) == (("یک", "دو", "سه"), (1,))
