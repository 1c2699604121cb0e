"""Questions as a file that teachers write: CSV or JSON in and out, faults told by line. Pure.

CSV has a heading line with these columns in any order, in UTF-8:

    question, options, correct, explanation, tags, difficulty, kind, answer

Options are put apart by ``|``, as are tags; `correct` counts them from 1 (``2``, or ``1|3``). A
``|`` within an option is written ``\\|``.
JSON is a list of objects with the same names, where lists may be lists; or an object with such a
list under ``questions``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.persian.typography import typeset, visible
from db.questions import Form, Question
from prompts.quiz_accept import problems
from prompts.vocabulary import Vocabulary

COLUMNS = (
    *("question", "options", "correct", "explanation", "tags", "difficulty", "kind", "answer"),
)
BIGGEST = 5 * 1024 * 1024
"""Bytes of a file that is read."""
MOST = 2000
"""Questions that one file may hold."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one question of a file, and in which line (0: the file as a whole)."""

    line: int
    message: str
    """In Persian, for the teacher."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds: sound questions, and the faults of the others."""

    questions: tuple[Question, ...] = ()
    faults: tuple[Fault, ...] = ()


def read(content: bytes, vocabulary: Vocabulary) -> Contents:
    """The questions of a CSV or JSON file; which of the two it is, it shows itself."""
    if len(content) > BIGGEST:
        return too_big()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _broken("utf-8", content[: error.start].count(b"\n") + 1)
    rows = _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text)
    if isinstance(rows, Contents):
        return rows
    found, faults = list[Question](), list[Fault]()
    for line, row in rows[:MOST]:
        question = [MESSAGES[row]] if isinstance(row, str) else _question(row, vocabulary)
        if isinstance(question, Question):
            found.append(question)
        else:
            faults += [Fault(line, message) for message in question]
    if len(rows) > MOST:
        faults.append(Fault(rows[MOST][0], MESSAGES["many"]))
    return Contents(tuple(found), tuple(faults))


def to_csv(questions: Iterable[Question]) -> bytes:
    """The same as CSV, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for question in questions:
        row = _row(question)
        listed = {name: _joined(row[name]) for name in ("options", "correct", "tags")}
        writer.writerow({name: _unformula(value) for name, value in (row | listed).items()})
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def to_json(questions: Iterable[Question]) -> bytes:
    """The same as JSON."""
    rows = [_row(question) for question in questions]
    return json.dumps({"questions": rows}, ensure_ascii=False, indent=1).encode()


MESSAGES = {
    "file": "پرونده از ۵ مگابایت بزرگ‌تر است.",
    "utf-8": "پرونده UTF-8 نیست؛ در Excel هنگام ذخیره «CSV UTF-8» را برگزینید.",
    "json": "JSON خوانده نشد: اینجا شکسته است.",
    "list": "JSON باید فهرستی از پرسش‌ها باشد، یا فهرستی با نام questions.",
    "object": "این خانهٔ فهرست یک شیء نیست.",
    "heading": "سطر نخست باید نام ستون‌ها باشد؛ دست‌کم question، options و correct.",
    "columns": "شمار خانه‌های این سطر با سطر نام ستون‌ها نمی‌خواند.",
    "many": "هر پرونده حداکثر ۲۰۰۰ پرسش؛ از این سطر به بعد خوانده نشد.",
    "question": "خانهٔ question خالی است.",
    "correct": "ستون correct باید شمارهٔ گزینهٔ درست باشد، از ۱.",
    "difficulty": "ستون difficulty باید ۱، ۲ یا ۳ باشد.",
    "kind": "ستون kind باید quiz یا interview باشد.",
    "answer": "سؤال مصاحبه پاسخی در ستون answer می‌خواهد.",
}


def too_big() -> Contents:
    """What is said of a file that is not even read."""
    return _broken("file", 0)


_Rows = list[tuple[int, Mapping[str, Any] | str]]
"""By line: a question's fields, or the key of the message that says why they cannot be read."""
_DIVIDER = re.compile(r"(?<!\\)\|")
_NUMBERS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")


def _broken(kind: str, line: int) -> Contents:
    return Contents(faults=(Fault(line, MESSAGES[kind]),))


def _csv(text: str) -> _Rows | Contents:
    sample = text.partition("\n")[0]
    divider = max(",;\t", key=sample.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    rows: _Rows = []
    start = 2
    try:
        names = [str(name).strip().lower() for name in reader.fieldnames or ()]
        if not {"question"} <= set(names):
            return _broken("heading", 1)
        reader.fieldnames = names
        for row in reader:
            odd = None in row or None in row.values()
            if any(str(cell or "").strip() for cell in row.values()):
                rows.append((start, "columns" if odd else row))
            start = reader.line_num + 1
    except csv.Error:
        return _broken("columns", start)
    return rows


def _json(text: str) -> _Rows | Contents:
    """The objects of a list, each with the line it starts in."""
    decoder = json.JSONDecoder()
    try:
        told = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        return _broken("json", getattr(error, "lineno", 1))
    listed = told.get("questions") if isinstance(told, dict) else told
    if not isinstance(listed, list):
        return _broken("list", 1)
    rows: _Rows = []
    named = re.search(r'"questions"\s*:\s*\[', text)
    at = named.end() - 1 if isinstance(told, dict) and named else text.index("[")
    for value in listed:
        at += 1
        while text[at] in " \t\r\n,":
            at += 1
        line = text.count("\n", 0, at) + 1
        rows.append((line, value if isinstance(value, dict) else "object"))
        at = decoder.raw_decode(text, at)[1] - 1
    return rows


def _question(row: Mapping[str, Any], vocabulary: Vocabulary) -> Question | list[str]:
    """A question, or what is wrong with it."""
    kind = str(row.get("kind") or Form.QUIZ).strip().lower()
    if kind not in list(Form):
        return [MESSAGES["kind"]]
    difficulty = str(row.get("difficulty") or 2).strip().translate(_NUMBERS)
    if difficulty not in ("1", "2", "3"):
        return [MESSAGES["difficulty"]]
    if not _text(row.get("question")).strip():
        return [MESSAGES["question"]]
    said = Question(
        text=typeset(_text(row.get("question"))).strip(),
        form=Form(kind),
        explanation=typeset(_text(row.get("explanation"))).strip(),
        tags=vocabulary.known(_listed(row.get("tags"))),
        difficulty=int(difficulty),
        author="file",
    )
    if said.form is Form.INTERVIEW:
        answer = typeset(_text(row.get("answer"))).strip()
        return replace(said, answer=answer) if answer else [MESSAGES["answer"]]
    options = tuple(typeset(one) for one in _listed(row.get("options")))
    places = [one.translate(_NUMBERS) for one in _listed(row.get("correct"))]
    if not places or not all(one.isdecimal() and len(one) < 4 for one in places):
        return [MESSAGES["correct"]]
    correct = tuple(sorted(int(one) - 1 for one in places))
    wrong = [
        str(one["message"]) for one in problems(said.text, options, correct, said.explanation)
    ]
    return wrong or replace(said, options=options, correct=correct)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _listed(value: object) -> list[str]:
    """A list, or a text with ``|`` between its parts; numbers as text."""
    if isinstance(value, list):
        parts = [str(part) for part in value]
    else:
        parts = [part.replace("\\|", "|") for part in _DIVIDER.split(str(value or ""))]
    return [part.strip() for part in parts if part.strip()]


def _joined(parts: Iterable[object]) -> str:
    return "|".join(str(part).replace("|", "\\|") for part in parts)


def _row(question: Question) -> dict[str, Any]:
    return {
        "question": visible(question.text),
        "options": [visible(option) for option in question.options],
        "correct": [place + 1 for place in question.correct],
        "explanation": visible(question.explanation),
        "tags": list(question.tags),
        "difficulty": question.difficulty,
        "kind": str(question.form),
        "answer": visible(question.answer),
    }


def _unformula(value: object) -> object:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    text = str(value)
    return f"\u200e{text}" if text[:1] in ("=", "+", "-", "@") else value
