"""What the admins' taste does to the order of items."""

from feeds.rank import EXPLORE_EVERY, MOST_TASTE, lined_up, tasted
from feeds.taste import NEUTRAL, Opinion

SURE, UNSURE = Opinion(0.5, 0.0, 0.1), Opinion(0.5, 0.0, 20.0)


def test_without_decisions_points_stay_as_they_are():
    assert tasted(4.25, NEUTRAL) == 4.25


def test_taste_lifts_and_lowers_within_bounds():
    assert tasted(4, Opinion(0.6, 0.5)) > 4 > tasted(4, Opinion(0.4, -0.5))
    assert tasted(4, Opinion(1, 99.0)) == 4 + MOST_TASTE


def test_the_best_are_taken_in_order():
    assert lined_up([1, 3, 2], [SURE] * 3, 2) == [(1, False), (2, False)]


def test_there_may_be_more_places_than_items():
    assert lined_up([1, 2], [SURE] * 2, 12) == [(1, False), (0, False)]
    assert lined_up([], [], 12) == []


def test_two_of_a_dozen_go_to_what_might_be_liked():
    points = [float(100 - number) for number in range(30)]
    opinions = [SURE] * 28 + [UNSURE] * 2

    taken = lined_up(points, opinions, 12)

    assert [at for at, explored in taken if explored] == [28, 29]
    assert [at for at, explored in taken if not explored] == list(range(10))


def test_places_filled_one_at_a_time_explore_as_often():
    points, opinions = [2.0, 1.0], [SURE, UNSURE]

    turns = [lined_up(points, opinions, 1, drafted)[0] for drafted in range(EXPLORE_EVERY)]

    assert turns == [(0, False)] * (EXPLORE_EVERY - 1) + [(1, True)]


def test_no_item_is_taken_twice():
    taken = lined_up([5.0] * 20, [UNSURE] * 20, 20)

    assert sorted(at for at, _ in taken) == list(range(20))


def test_before_the_first_decision_nothing_is_explored():
    taken = lined_up([float(n) for n in range(20)], [NEUTRAL] * 20, 12)

    assert taken == [(at, False) for at in range(19, 7, -1)]
