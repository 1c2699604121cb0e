"""Does what is wrong ever reach a reader as an answer? On the labelled questions and answers.

The figures themselves are printed by tests.eval.answering; here they may not fall.
"""

from __future__ import annotations

import pytest

from bot.answers import Kind
from bot.persian import question as questions
from prompts import grounded
from tests.eval import answering
from tests.eval.answering import Scripted, Shelf, answered, found, wrong

SPLITS = ("dev", "held_out")
"""The set with which the code was mended; the second is for figures only."""


def asked() -> list[answering.Asked]:
    return [one for one in answering.asked() if one.split in SPLITS]


def labelled() -> list[answering.Labelled]:
    return [one for one in answering.labelled() if one.split in SPLITS]


@pytest.fixture(scope="module")
def shelf(shared) -> Shelf:
    return Shelf(shared.parent)


def is_right(shelf: Shelf, one: answering.Labelled) -> bool:
    passages = {1: shelf.passage(one.post)}
    verdict = grounded.check(one.text, passages, questions.read(one.question))
    return bool(verdict.reasons) != one.supported


async def test_of_a_server_that_is_always_wrong_nothing_reaches_a_reader(shelf):
    let_through = [
        one for one in asked() if found(shelf, one).coverage >= answering.answers.ENOUGH
    ]
    shown = []
    for number, line in enumerate(wrong()):
        for one in let_through[number % 24 :: 24]:
            said = await answered(shelf, one, Scripted(lambda _, line=line: line))
            shown += [(one.text, said.text)] * (said.kind is not Kind.UNSURE)

    assert len(let_through) > 40
    assert shown == []


def test_a_post_that_answers_is_among_the_first_three(shelf):
    wanted = [one for one in asked() if one.kind == "answerable"]
    hits = [
        bool(one.posts & {passage.hit.message_id for passage in found(shelf, one).passages})
        for one in wanted
    ]

    assert sum(hits) >= 0.93 * len(hits)


def test_supported_answers_are_accepted_and_others_refused(shelf):
    some = [one for one in labelled() if one.kind != "uncited"][::4]
    borne = [is_right(shelf, one) for one in some if one.supported]
    faulty = [is_right(shelf, one) for one in some if not one.supported]

    assert sum(borne) >= 0.55 * len(borne)
    assert sum(faulty) >= 0.88 * len(faulty)
