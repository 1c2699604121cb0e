"""When posts may go out: pure arithmetic over a clock, slots, quiet hours and what is taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import jdatetime

HORIZON = 60
"""Days looked ahead for a free slot."""

_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_WORDS = {"امروز": 0, "فردا": 1, "پس‌فردا": 2, "پس فردا": 2, "پسفردا": 2}
_CLOCK = re.compile(r"(?:^|\s)(\d{1,2})(?::|٫|\.)(\d{2})\s*$")
_DATE = re.compile(r"^(\d{4})[/-](\d{1,2})[/-](\d{1,2})$")


def free_slots(
    now: datetime,
    times: Collection[time],
    zone: ZoneInfo,
    taken: Collection[datetime] = (),
    quiet: tuple[time, time] | None = None,
) -> Iterator[datetime]:
    """The coming publishing slots that no approved post holds, soonest first."""
    held = {moment.astimezone(zone) for moment in taken}
    today = now.astimezone(zone).date()
    for days in range(HORIZON):
        for clock in sorted(times):
            slot = datetime.combine(today + timedelta(days=days), clock, zone)
            if slot > now and slot not in held and not is_quiet(slot, zone, quiet):
                yield slot


def next_slots(
    count: int,
    now: datetime,
    times: Collection[time],
    zone: ZoneInfo,
    taken: Collection[datetime] = (),
    quiet: tuple[time, time] | None = None,
) -> list[datetime]:
    """The first `count` of `free_slots`."""
    return list(islice(free_slots(now, times, zone, taken, quiet), count))


def is_quiet(moment: datetime, zone: ZoneInfo, quiet: tuple[time, time] | None) -> bool:
    """Whether `moment` lies in the quiet hours, which may span midnight."""
    if not quiet:
        return False
    start, end = quiet
    clock = moment.astimezone(zone).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def start_of_day(now: datetime, zone: ZoneInfo) -> datetime:
    """Midnight in `zone`: where the day's budget begins."""
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A moment as a Persian speaker writes it, or None if it cannot be understood or is past.

    «۱۸:۳۰» (today, or tomorrow when that is past), «فردا ۹:۰۰», «۱۴۰۵/۹/۱ ۱۰:۰۰» (Jalali),
    «2026-11-22 10:00».
    """
    wanted = text.strip().translate(_LATIN)
    clock = _CLOCK.search(wanted)
    if not clock or int(clock[1]) > 23 or int(clock[2]) > 59:
        return None
    day_text = wanted[: clock.start()].strip().removesuffix("ساعت").strip()
    local = now.astimezone(zone)
    at = time(int(clock[1]), int(clock[2]))
    if not day_text:
        moment = datetime.combine(local.date(), at, zone)
        return moment if moment > now else datetime.combine(local.date() + timedelta(1), at, zone)
    if day_text in _WORDS:
        moment = datetime.combine(local.date() + timedelta(days=_WORDS[day_text]), at, zone)
        return moment if moment > now else None
    return _on_date(day_text, at, now, zone)


def _on_date(day_text: str, at: time, now: datetime, zone: ZoneInfo) -> datetime | None:
    date = _DATE.match(day_text)
    if not date:
        return None
    year, month, day = (int(part) for part in date.groups())
    try:
        if year < 1700:
            found = jdatetime.date(year, month, day).togregorian()
        else:
            found = datetime(year, month, day, tzinfo=zone).date()
    except ValueError:
        return None
    moment = datetime.combine(found, at, zone)
    return moment if now < moment < now + timedelta(days=365) else None


def last_weekly(
    plan: Sequence[tuple[int, time]], now: datetime, zone: ZoneInfo
) -> datetime | None:
    """The latest moment up to `now` that a weekly plan (weekday, time) names; None: no plan."""
    today = now.astimezone(zone).date()
    days = (today - timedelta(days=back) for back in range(8))
    moments = (
        datetime.combine(day, clock, zone)
        for day in days
        for weekday, clock in plan
        if day.weekday() == weekday
    )
    return max((moment for moment in moments if moment <= now), default=None)
