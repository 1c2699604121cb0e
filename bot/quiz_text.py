"""A question as admins write it in a message, and read back. Pure.

    کدام …؟
    * گزینهٔ درست
    - گزینهٔ دیگر
    توضیح: …
    #هشتگ

An interview question is its first line, the answer is the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.persian.typography import typeset
from db.questions import Form, Question
from prompts.vocabulary import Vocabulary

EXPLANATION = "توضیح"
_OPTION = re.compile(r"^\s*(?P<mark>✅|\*|\+|▫️?|[-–—•])\s*(?P<text>.+)$")
_RIGHT = ("✅", "*", "+")
_EXPLANATION = re.compile(r"^\s*توض[یي]ح\s*[:：]\s*(.*)$")
_TAGS = re.compile(r"^\s*(?:#[\w\u200c]+\s*)+$")


def written(question: Question) -> str:
    """The question as an admin would write it."""
    tags = [" ".join(question.tags)] if question.tags else []
    if question.form is Form.INTERVIEW:
        return "\n".join([question.text, question.answer, *tags])
    marked = [
        f"{'*' if place in question.correct else '-'} {option}"
        for place, option in enumerate(question.options)
    ]
    explained = [f"{EXPLANATION}: {question.explanation}"] if question.explanation else []
    return "\n".join([question.text, *marked, *explained, *tags])


def read(text: str, form: Form, vocabulary: Vocabulary) -> dict[str, Any]:
    """The fields of db.questions.Question that such a message gives."""
    lines = [line for line in text.strip().split("\n")]
    tags = " ".join(line for line in lines if _TAGS.match(line))
    fields: dict[str, Any] = {"tags": vocabulary.known(tags.split())}
    rest = [line for line in lines if not _TAGS.match(line)]
    if form is Form.INTERVIEW:
        answer = typeset("\n".join(rest[1:])).strip()
        return fields | {"text": _set(rest[:1]), "answer": answer}
    explained = next((n for n, one in enumerate(rest) if _EXPLANATION.match(one)), len(rest))
    asked = [line for line in rest[:explained] if not _OPTION.match(line)]
    found, correct = options([line for line in rest[:explained] if _OPTION.match(line)])
    told = "\n".join(rest[explained:]).strip()
    explanation = typeset(told.partition(":")[2]).strip()
    return fields | {
        "text": _set(asked),
        "options": found,
        "correct": correct,
        "explanation": explanation,
    }


def options(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The options that these lines hold, one each, and the places of those marked right."""
    found, correct = list[str](), list[int]()
    for line in lines:
        if not line.strip():
            continue
        match = _OPTION.match(line)
        if match and match["mark"] in _RIGHT:
            correct.append(len(found))
        found.append(typeset(match["text"] if match else line).strip())
    return tuple(found), tuple(correct)


def _set(lines: Sequence[str]) -> str:
    return " ".join(typeset(" ".join(lines)).split())
