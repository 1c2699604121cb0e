"""A question as admins write it in a message, and read back. Pure.

    کدام …؟
    * گزینهٔ درست
    - گزینهٔ دیگر
    توضیح: …
    دشواری: متوسط
    #هشتگ

An interview question is its first line, the answer is the rest. What does not show (the marks with
which we send texts, and which come back in copies) is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.persian.folding import fold
from bot.persian.typography import typeset, visible
from db.questions import Form, Question
from prompts.vocabulary import Vocabulary

EXPLANATION, DIFFICULTY = "توضیح", "دشواری"
DIFFICULTIES = {1: "آسان", 2: "متوسط", 3: "دشوار"}
_OPTION = re.compile(r"^\s*(?P<mark>✅|\*|\+|▫️?|[-–—•])\s*(?P<text>.+)$")
_RIGHT = ("✅", "*", "+")
_EXPLANATION = re.compile(r"^\s*توض[یي]ح\s*[:：]\s*(.*)$")
_DIFFICULTY = re.compile(r"^\s*دشوار[یي]\s*[:：]\s*(\w+)\s*$")
_KEY = re.compile(r"(\d{1,6})\s*[:：=\-–]\s*(\d{1,2})(?!\d)", re.ASCII)
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_TAGS = re.compile(r"^\s*(?:#[\w\u200c]+\s*)+$")


def written(question: Question) -> str:
    """The question as an admin would write it."""
    tags = [" ".join(question.tags)] if question.tags else []
    if question.form is Form.INTERVIEW:
        return visible("\n".join([question.text, question.answer, *tags]))
    marked = [
        f"{'*' if place in question.correct else '-'} {option}"
        for place, option in enumerate(question.options)
    ]
    explained = [f"{EXPLANATION}: {question.explanation}"] if question.explanation else []
    level = f"{DIFFICULTY}: {DIFFICULTIES[question.difficulty]}"
    return visible("\n".join([question.text, *marked, *explained, level, *tags]))


def read(text: str, form: Form, vocabulary: Vocabulary) -> dict[str, Any]:
    """The fields of db.questions.Question that such a message gives."""
    lines = visible(text).strip().split("\n")
    tags = " ".join(line for line in lines if _TAGS.match(line))
    fields: dict[str, Any] = {"tags": vocabulary.known(tags.split())}
    rest = [line for line in lines if not _TAGS.match(line)]
    if form is Form.INTERVIEW:
        answer = typeset("\n".join(rest[1:])).strip()
        return fields | {"text": _set(rest[:1]), "answer": answer}
    if levels := [match[1] for line in rest if (match := _DIFFICULTY.match(line))]:
        fields |= _level(levels[-1])
        rest = [line for line in rest if not _DIFFICULTY.match(line)]
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


def unknown_tags(text: str, vocabulary: Vocabulary) -> list[str]:
    """The hashtags of such a message that are none of the channel's."""
    lines = (line for line in visible(text).split("\n") if _TAGS.match(line))
    return [name for line in lines for name in line.split() if not vocabulary.find(name)]


def keys(text: str) -> list[tuple[int, int]]:
    """«۹۰: ۲، ۹۱: ۴» -> [(90, 1), (91, 3)]: numbers of quizzes, places of options from 0."""
    pairs = _KEY.findall(visible(text).translate(_DIGITS))
    return [(int(number), int(option) - 1) for number, option in pairs if int(option)]


def options(lines: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The options that these lines hold, one each, and the places of those marked right."""
    found, correct = list[str](), list[int]()
    for line in map(visible, lines):
        if not line.strip():
            continue
        match = _OPTION.match(line)
        if match and match["mark"] in _RIGHT:
            correct.append(len(found))
        found.append(typeset(match["text"] if match else line).strip())
    return tuple(found), tuple(correct)


def _level(word: str) -> dict[str, int]:
    """The difficulty that a word means; what means none changes none."""
    named = [level for level, name in DIFFICULTIES.items() if fold(name) == fold(word)]
    return {"difficulty": named[0]} if named else {}


def _set(lines: Sequence[str]) -> str:
    return " ".join(typeset(" ".join(lines)).split())
