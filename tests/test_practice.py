"""When questions come again beside the reference scheduler, and which ones make up a round."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from fsrs import Card, Rating, Scheduler
from hypothesis import given
from hypothesis import strategies as st

from bot import practice

START = datetime(2026, 11, 22, 8, tzinfo=UTC)
HISTORY = st.lists(st.tuples(st.booleans(), st.integers(30, 90 * 86_400)), min_size=1, max_size=20)


@given(HISTORY)
def test_the_schedule_is_that_of_the_reference(history):
    reference, theirs = Scheduler(enable_fuzzing=False), Card(7, due=START)
    ours, now = None, START

    for right, pause in history:
        theirs, _ = reference.review_card(theirs, Rating.Good if right else Rating.Again, now)
        ours, due = practice.reviewed(7, ours, right, now)
        assert (Card.from_json(ours), due) == (theirs, theirs.due)
        now += timedelta(seconds=pause)


def test_the_order_of_reviews_is_that_of_the_reference():
    chance, reference = Random(5), Scheduler(enable_fuzzing=False)
    cards, ours = {n: Card(n, due=START) for n in range(40)}, dict.fromkeys(range(40))
    due = {}
    for day in range(8):
        for number in chance.sample(range(40), 15):
            right, at = chance.random() < 0.6, START + timedelta(days=day, minutes=number)
            rating = Rating.Good if right else Rating.Again
            cards[number], _ = reference.review_card(cards[number], rating, at)
            ours[number], due[number] = practice.reviewed(number, ours[number], right, at)

    theirs = sorted(due, key=lambda number: (cards[number].due, number))
    assert sorted(due, key=lambda number: (due[number], number)) == theirs


def test_what_is_not_known_comes_again_sooner():
    _, after_wrong = practice.reviewed(1, None, False, START)
    _, after_right = practice.reviewed(1, None, True, START)

    assert START < after_wrong < after_right


@pytest.mark.parametrize(
    ("due", "new", "level", "chosen"),
    [
        ([], [], 2.0, []),
        ([9, 8], [(1, 2)], 2.0, [9, 8, 1]),
        ([9, 8, 7, 6, 5, 4], [(1, 2)], 2.0, [9, 8, 7, 6, 5]),
        ([9, 9], [(9, 2), (1, 2)], 2.0, [9, 1]),
        ([], [(1, 1), (2, 2), (3, 3)], 3.0, [3, 2, 1]),
        ([], [(1, 2), (2, 2), (3, 1)], 1.9, [2, 1, 3]),
    ],
)
def test_reviews_come_first_and_then_new_ones_near_the_level(due, new, level, chosen):
    assert practice.choose(due, new, level) == chosen


def test_the_level_rises_and_falls_with_the_answers():
    good, bad = [(2, True)] * 10, [(2, False)] * 10

    assert 1.0 <= practice.level(bad) < practice.level([]) < practice.level(good) <= 3.0
    assert practice.level([(3, True)] * 100) <= 3.0


def test_a_group_gets_what_it_has_not_had():
    drawn = practice.draw(range(10), asked=range(6), seed="x")

    assert set(drawn[:4]) == {6, 7, 8, 9} and len(set(drawn)) == 5
    assert drawn == practice.draw(range(10), asked=range(6), seed="x")


def test_no_place_of_an_option_is_favoured():
    places = [practice.order(4, f"{n}:0").index(0) for n in range(4000)]

    assert all(900 < places.count(place) < 1100 for place in range(4))
    assert sorted(practice.order(12, "1:2")) == list(range(12))
