"""What answers become in the database, beside the reference scheduler of reviews."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from fsrs import Card, Rating, Scheduler

from db import players, questions, rounds
from db.questions import Question, Stage
from db.rounds import PRIVATE, Answer, Asked
from db.schema import open_db

TEHRAN = ZoneInfo("Asia/Tehran")
START = datetime(2026, 11, 22, 8, tzinfo=UTC)
READER = 5


def test_the_reviews_of_a_history_come_in_the_order_of_the_reference():
    db, chance, reference = open_db(":memory:"), Random(3), Scheduler(enable_fuzzing=False)
    for number in range(20):
        asked = Question(f"پرسش {number}؟", options=("آ", "ب"), correct=(0,), stage=Stage.APPROVED)
        questions.add(db, asked, START)
    cards: dict[int, Card] = {}
    for day in range(6):
        for at, number in enumerate(chance.sample(range(1, 21), 12)):
            when, right = START + timedelta(days=day, minutes=at), chance.random() < 0.6
            answer(db, number, right, when)
            card = cards.get(number) or Card(number, due=when)
            rating = Rating.Good if right else Rating.Again
            cards[number], _ = reference.review_card(card, rating, when)

    later = START + timedelta(days=1000)
    theirs = sorted(cards, key=lambda number: (cards[number].due, number))
    assert players.due(db, READER, later) == theirs
    soon = START + timedelta(days=7)
    due = [number for number in theirs if cards[number].due <= soon]
    assert 0 < len(due) < 20 and players.due(db, READER, soon) == due


def answer(db, question_id, right, when):
    """Somebody's own round of this question, answered and counted."""
    begun = rounds.begin(db, READER, READER, PRIVATE, [question_id], when)
    poll = f"{begun.id}"
    place = (question_id, READER, begun.id)
    rounds.asked(db, Asked(poll, begun.id, PRIVATE, 0, *place, (0,)))
    assert rounds.record(db, Answer(poll, READER, "سارا", (0,) if right else (1,), when))
    assert rounds.record(db, Answer(poll, READER, "سارا", (0,), when)) is None
    assert rounds.count(db, TEHRAN) == 1
    rounds.end(db, begun, "done", when)
