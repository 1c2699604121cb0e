"""Moments and numbers as Persian readers write them: Jalali dates, Persian digits. Pure."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime
from zoneinfo import ZoneInfo

import jdatetime

_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
# By datetime.weekday(); the calendar library's own names lack half-spaces.
_WEEKDAYS = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یکشنبه")
_MONTHS = (
    *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
    *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
)


def digits(value: object) -> str:
    """`value` with Persian digits."""
    return str(value).translate(_DIGITS)


def date(moment: datetime, zone: ZoneInfo) -> str:
    """«شنبه ۳۰ آبان ۱۴۰۵»."""
    local = moment.astimezone(zone)
    day = jdatetime.date.fromgregorian(date=local.date())
    weekday = _WEEKDAYS[local.weekday()]
    return digits(f"{weekday} {day.day} {_MONTHS[day.month - 1]} {day.year}")


def day_of_month(day: Day) -> str:
    """«۳۰»: which day of its Jalali month it is."""
    return digits(jdatetime.date.fromgregorian(date=day).day)


def clock(moment: datetime, zone: ZoneInfo) -> str:
    """«۱۸:۳۰»."""
    return digits(f"{moment.astimezone(zone):%H:%M}")


def date_and_clock(moment: datetime, zone: ZoneInfo) -> str:
    """«شنبه ۳۰ آبان ۱۴۰۵، ساعت ۱۸:۳۰»."""
    return f"{date(moment, zone)}، ساعت {clock(moment, zone)}"
