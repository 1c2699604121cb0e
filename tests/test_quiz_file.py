"""Files of questions: what goes out comes back, and faults are told by their line."""

from __future__ import annotations

import json

import pytest

from bot import quiz_file
from db.questions import Form, Question
from prompts import vocabulary

WORDS = vocabulary.load()
ONE = Question(
    *("کدام بهینه‌ساز تکانه دارد؟", Form.QUIZ, ("آدام", "هیچ | دو", "ساده"), (0, 2)),
    explanation="چون میانگین متحرک می‌گیرد،\nو تکانه هم دارد.",
    tags=WORDS.known(["یادگیری_عمیق"]),
    difficulty=3,
    author="file",
)
TALK = Question("تفاوت دو لایه چیست؟", Form.INTERVIEW, answer="بند یک.\n\nبند دو.", author="file")
HEAD = "question,options,correct,explanation\n"


def read(text: str | bytes) -> quiz_file.Contents:
    return quiz_file.read(text if isinstance(text, bytes) else text.encode(), WORDS)


def test_what_goes_out_as_json_comes_back() -> None:
    assert read(quiz_file.to_json([ONE, TALK])) == quiz_file.Contents((ONE, TALK))


def test_what_goes_out_as_csv_comes_back() -> None:
    plain = Question(
        ONE.text, ONE.form, ("این | آن", "ساده"), (1,), ONE.explanation, author="file"
    )

    assert read(quiz_file.to_csv([plain, TALK])) == quiz_file.Contents((plain, TALK))


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_spreadsheets_put_columns_apart_in_their_own_ways(divider: str) -> None:
    found = read(f"Question{divider}correct{divider}options\nکدام؟{divider}۲{divider}الف|ب\n")

    assert [(one.options, one.correct) for one in found.questions] == [(("الف", "ب"), (1,))]


def test_a_fault_names_its_line_and_the_rest_is_taken() -> None:
    rows = 'کدام؟,الف|ب,1,"دو\nسطر"\nچه؟,الف|ب,9,\nچرا؟,الف|الف,1,\nکی؟,یک|دو,x,\n'
    found = read(f"{HEAD}{rows}کو؟,الف|ب\n \n,الف|ب,1,\nآیا؟,الف|ب,1,")

    assert [one.text for one in found.questions] == ["کدام؟", "آیا؟"]
    assert [fault.line for fault in found.faults] == [4, 5, 6, 7, 9]


def test_faults_of_json_name_the_line_of_the_object() -> None:
    rows = [{"question": "کدام؟", "options": ["الف", "ب"], "correct": [1]}, {"question": "چه؟"}]
    found = read(json.dumps({"note": [1], "questions": rows}, ensure_ascii=False, indent=1))

    assert len(found.questions) == 1
    assert [fault.line for fault in found.faults] == [16]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("[{]", 1),
        ('{"questions":\n\n [}', 3),
        ('{"quizzes": []}', 1),
        ("[\n1]", 2),
        ("سؤال,گزینه\n", 1),
        (HEAD + "کدام؟,الف|ب\n", 2),
        (HEAD + 'کدام؟,"الف|ب,1,x\n', 2),
        (HEAD.encode() + b"\n\xff\xfe,1,2,3", 3),
        ("[" * 100_000, 1),
        (b"x" * (quiz_file.BIGGEST + 1), 0),
        ("", 1),
    ],
)
def test_a_broken_file_says_where(content: str | bytes, line: int) -> None:
    found = read(content)

    assert not found.questions and [fault.line for fault in found.faults] == [line]


def test_no_cell_becomes_a_formula() -> None:
    evil = Question('=HYPERLINK("https://evil.example")', Form.QUIZ, ("+1", "b"), (0,))

    assert b'\n"=' not in quiz_file.to_csv([evil]) and b",+1" not in quiz_file.to_csv([evil])
