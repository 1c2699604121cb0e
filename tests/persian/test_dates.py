"""Moments and numbers as Persian readers write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.persian.dates import clock, date, date_and_clock, digits

TEHRAN = ZoneInfo("Asia/Tehran")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-03-21T12:00", "شنبه ۱ فروردین ۱۴۰۵"),
        ("2026-03-20T12:00", "جمعه ۲۹ اسفند ۱۴۰۴"),
        ("2025-03-20T12:00", "پنج‌شنبه ۳۰ اسفند ۱۴۰۳"),  # a leap year
        ("2026-09-22T12:00", "سه‌شنبه ۳۱ شهریور ۱۴۰۵"),
        ("2026-11-22T12:00", "یکشنبه ۱ آذر ۱۴۰۵"),
        ("2026-11-23T12:00", "دوشنبه ۲ آذر ۱۴۰۵"),
        ("2026-11-25T12:00", "چهارشنبه ۴ آذر ۱۴۰۵"),
    ],
)
def test_a_date_is_jalali(moment: str, expected: str) -> None:
    assert date(datetime.fromisoformat(moment).replace(tzinfo=UTC), TEHRAN) == expected


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-22T20:29", "یکشنبه ۱ آذر ۱۴۰۵، ساعت ۲۳:۵۹"),
        ("2026-11-22T20:30", "دوشنبه ۲ آذر ۱۴۰۵، ساعت ۰۰:۰۰"),
        ("2026-11-22T05:30", "یکشنبه ۱ آذر ۱۴۰۵، ساعت ۰۹:۰۰"),
    ],
)
def test_the_day_changes_at_midnight_in_the_zone(moment: str, expected: str) -> None:
    told = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    assert date_and_clock(told, TEHRAN) == expected


def test_the_clock_has_two_digits_each() -> None:
    assert clock(datetime(2026, 11, 22, 1, 35, tzinfo=UTC), TEHRAN) == "۰۵:۰۵"


def test_every_day_of_a_week_and_every_month_has_its_own_name() -> None:
    start = datetime(2026, 3, 21, 12, tzinfo=UTC)
    days = [date(start + timedelta(days=n), TEHRAN).split() for n in range(365)]

    assert len({day[0] for day in days}) == 7
    assert len({day[2] for day in days}) == 12


@pytest.mark.parametrize(
    ("value", "shown"), [(0, "۰"), (1405, "۱۴۰۵"), (2.5, "۲.۵"), ("v3", "v۳")]
)
def test_digits_are_persian(value: object, shown: str) -> None:
    assert digits(value) == shown
