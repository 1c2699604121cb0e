"""Boards, streaks and what is kept of players."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from db import players
from db.schema import open_db

TEHRAN = ZoneInfo("Asia/Tehran")
AT = "2026-11-22T08:00:00Z"


@pytest.fixture
def db():
    """An empty database."""
    return open_db(":memory:")


def credit(db, user, right=True, at=AT, board=players.EVER):
    players.credit(db, user, right, at, [board])


def test_places_agree_with_counting_everybody(db):
    chance = Random(3)
    for user in range(1, 60):
        players.show(db, user, f"نام {user}")
    for _ in range(3000):
        credit(db, int(chance.triangular(1, 60, 5)), chance.random() < 0.7)
    for user in range(1, 60, 7):
        players.show(db, user, "")
    for user in range(2, 60, 11):
        players.forget(db, user)

    rows = db.execute("select user_id, points, public from scores").fetchall()
    for user, points, _ in rows:
        better = sum(other > points for _, other, public in rows if public)
        assert players.standing(db, players.EVER, user).place == better + 1


def test_equal_ones_share_a_place_and_stand_in_the_order_they_came(db):
    for user, at in ((3, "2026-11-22T08:00:03Z"), (1, AT), (2, AT)):
        players.show(db, user, f"نام {user}")
        credit(db, user, at=at)
    credit(db, 1, right=False, at="2026-11-23T08:00:00Z")
    players.show(db, 4, "نام ۴")
    credit(db, 4, right=False)
    board, own = players.look(db, players.EVER, 3)

    assert [(one.place, one.user_id) for one in board] == [(1, 1), (1, 2), (1, 3)]
    assert (own.place, own.points) == (1, 1)


def test_a_name_comes_to_old_weeks_too_and_goes_from_all(db):
    credit(db, 1, board="week 2026-11-14")
    players.show(db, 1, "سارا")
    assert [one.name for one in players.look(db, "week 2026-11-14", 1)[0]] == ["سارا"]

    players.show(db, 1, "")
    assert players.look(db, "week 2026-11-14", 1)[0] == []
    assert db.execute("select sum(above) from score_places").fetchone() == (0,)


@pytest.mark.parametrize(
    ("moment", "board"),
    [
        ("2026-11-20T20:29:59+00:00", "week 2026-11-14"),
        ("2026-11-20T20:30:00+00:00", "week 2026-11-21"),
        ("2026-11-27T20:29:59+00:00", "week 2026-11-21"),
    ],
)
def test_a_week_begins_on_saturday_in_tehran(moment, board):
    assert players.week(datetime.fromisoformat(moment), TEHRAN) == board


def test_days_in_a_row_make_a_streak_and_a_late_count_breaks_none(db):
    day = date(2026, 11, 1)
    for after in (0, 1, 1, 2, 0, 5, 6):
        players.was_here(db, 1, day + timedelta(days=after))
    player = players.get(db, 1)

    assert (player.streak, player.best_streak) == (2, 3)
    assert players.streak(player, day + timedelta(days=7)) == 2
    assert players.streak(player, day + timedelta(days=8)) == 0


def test_reminders_are_due_once_a_day_and_not_for_ever_late(db):
    for user, hour in ((1, 9), (2, 12), (3, None)):
        players.remind(db, user, hour)
    assert players.to_remind(db, "2026-11-22", range(7, 10)) == [1]
    players.reminded(db, 1, "2026-11-22")

    assert players.to_remind(db, "2026-11-22", range(8, 11)) == []
    assert players.to_remind(db, "2026-11-23", range(7, 10)) == [1]
    assert players.to_remind(db, "2026-11-23", range(13, 16)) == []


def test_nobody_is_taken_for_a_player(db):
    assert players.get(db, 9) == players.Player(9)
    assert players.look(db, players.EVER, 9) == ([], None)
    assert players.due(db, 9, datetime.now(UTC)) == []
