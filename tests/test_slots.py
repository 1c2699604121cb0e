"""When posts may go out, and how people write a moment."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slots import is_quiet, last_weekly, next_slots, parse_moment, start_of_day

TEHRAN = ZoneInfo("Asia/Tehran")
BERLIN = ZoneInfo("Europe/Berlin")
TIMES = (time(9), time(13), time(18), time(21))
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=TEHRAN)
"""Sunday, the first of Azar 1405."""


def written(moments: list[datetime], zone: ZoneInfo = TEHRAN) -> list[str]:
    return [f"{moment.astimezone(zone):%d %H:%M}" for moment in moments]


def test_slots_come_soonest_first_and_go_on_tomorrow() -> None:
    found = next_slots(5, NOW, TIMES, TEHRAN)

    assert written(found) == ["22 13:00", "22 18:00", "22 21:00", "23 09:00", "23 13:00"]


def test_a_slot_that_begins_now_is_over() -> None:
    assert written(next_slots(1, NOW.replace(hour=13), TIMES, TEHRAN)) == ["22 18:00"]


def test_taken_slots_are_left_out_in_whatever_zone_they_are_told() -> None:
    taken = {datetime(2026, 11, 22, 9, 30, tzinfo=UTC), NOW.replace(hour=21)}

    assert written(next_slots(2, NOW, TIMES, TEHRAN, taken)) == ["22 18:00", "23 09:00"]


def test_slots_in_quiet_hours_are_left_out() -> None:
    found = next_slots(3, NOW, TIMES, TEHRAN, quiet=(time(20), time(10)))

    assert written(found) == ["22 13:00", "22 18:00", "23 13:00"]


def test_without_times_there_are_no_slots() -> None:
    assert next_slots(3, NOW, (), TEHRAN) == []


def test_a_slot_keeps_its_clock_when_the_clocks_change() -> None:
    saturday = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)

    first, second = next_slots(2, saturday, (time(9),), BERLIN)

    assert written([first, second], BERLIN) == ["25 09:00", "26 09:00"]
    assert first.astimezone(UTC) - saturday.astimezone(UTC) == timedelta(hours=22)


@given(st.integers(0, 2_000_000), st.integers(1, 12))
def test_all_slots_lie_ahead_and_none_comes_twice(minutes: int, count: int) -> None:
    now = NOW + timedelta(minutes=minutes)

    found = next_slots(count, now, TIMES, TEHRAN)

    assert len(set(found)) == count and found == sorted(found)
    assert all(slot > now and slot.astimezone(TEHRAN).time() in TIMES for slot in found)


@pytest.mark.parametrize(
    ("clock", "quiet", "expected"),
    [
        ("12:00", None, False),
        ("00:00", (time(0), time(7)), True),
        ("06:59", (time(0), time(7)), True),
        ("07:00", (time(0), time(7)), False),
        ("23:30", (time(23), time(7)), True),
        ("03:00", (time(23), time(7)), True),
        ("07:00", (time(23), time(7)), False),
        ("22:59", (time(23), time(7)), False),
        ("09:00", (time(9), time(9)), False),
    ],
)
def test_quiet_hours_may_span_midnight(
    clock: str, quiet: tuple[time, time] | None, expected: bool
) -> None:
    moment = datetime.combine(NOW.date(), time.fromisoformat(clock), TEHRAN)

    assert is_quiet(moment.astimezone(UTC), TEHRAN, quiet) is expected


def test_the_day_begins_at_midnight_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 20, 45, tzinfo=UTC)  # already Monday in Tehran

    assert start_of_day(late, TEHRAN).isoformat() == "2026-11-23T00:00:00+03:30"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("18:30", "2026-11-22 18:30"),
        ("۱۸:۳۰", "2026-11-22 18:30"),
        ("١٨:٣٠", "2026-11-22 18:30"),
        ("۱۸٫۳۰", "2026-11-22 18:30"),
        ("ساعت ۱۸:۳۰", "2026-11-22 18:30"),
        ("  ۹:۰۰ ", "2026-11-23 09:00"),  # past for today
        ("10:00", "2026-11-23 10:00"),  # now is past
        ("امروز ۲۳:۵۹", "2026-11-22 23:59"),
        ("فردا ۹:۰۰", "2026-11-23 09:00"),
        ("فردا ساعت ۹:۰۰", "2026-11-23 09:00"),
        ("پس‌فردا ۹:۰۰", "2026-11-24 09:00"),
        ("پس فردا ۹:۰۰", "2026-11-24 09:00"),
        ("۱۴۰۵/۹/۱۵ ۱۰:۰۰", "2026-12-06 10:00"),
        ("1405-09-15 10:00", "2026-12-06 10:00"),
        ("۱۴۰۵/۱۲/۲۹ ۱۰:۰۰", "2027-03-20 10:00"),
        ("2026-11-25 07:05", "2026-11-25 07:05"),
        ("2026/11/25 ساعت 7:05", "2026-11-25 07:05"),
    ],
)
def test_a_moment_as_people_write_it(text: str, expected: str) -> None:
    moment = parse_moment(text, NOW, TEHRAN)

    assert moment and f"{moment.astimezone(TEHRAN):%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "فردا", "۲۵:۰۰", "12:60", "12", "12:3", "ساعت نه", "دیروز ۹:۰۰", "هفته بعد ۹:۰۰"),
        *("امروز ۹:۰۰", "1405/9/1 9:00", "1405/13/1 9:00", "1405/12/30 9:00", "2026-02-30 9:00"),
        *("2030-01-01 10:00", "1399/1/1 10:00", "0000/1/1 10:00", "9999-12-31 23:59", "1:2:3:4"),
        "9" * 5000,
    ],
)
def test_what_is_no_moment_to_come_is_not_guessed(text: str) -> None:
    assert parse_moment(text, NOW, TEHRAN) is None


@given(st.text(max_size=40))
def test_no_text_makes_the_reading_fail(text: str) -> None:
    moment = parse_moment(text, NOW, TEHRAN)

    assert moment is None or moment > NOW


@pytest.mark.parametrize(
    ("plan", "last"),
    [
        ([], None),
        ([(6, time(10))], "22 10:00"),
        ([(6, time(10, 1))], "15 10:01"),
        ([(4, time(10)), (1, time(9))], "20 10:00"),
    ],
)
def test_the_last_moment_of_a_weekly_plan(plan: list[tuple[int, time]], last: str | None) -> None:
    found = last_weekly(plan, NOW, TEHRAN)

    assert (written([found])[0] if found else None) == last
