"""What /sources says: the list, a source's page, and the adding of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.errors import SourceError
from bot.logs import redact
from bot.persian.dates import date_and_clock, digits
from bot.persian.typography import LRM, RLM, plain, right_to_left
from db.model import SourceHealth
from db.sources import Yield

if TYPE_CHECKING:
    from feeds.sources import Source

NEW = "➕ افزودن منبع"
EARLIER = "‹ قبلی"
LATER = "بعدی ›"
MUTE = "🔇 بی‌صدا کن"
UNMUTE = "🔊 صدا بده"
POLL = "همین حالا بخوان"
HEAVIER = "وزن بیشتر"
LIGHTER = "وزن کمتر"
REMOVE = "حذف"
REMOVE_SURELY = "بله، حذف شود"
BACK = "بازگشت"
ADD = "افزودن"
LEAVE = "نه، نمی‌خواهم"

ADD_WORDS = ("add", "افزودن")
"""What may follow /sources to add one."""

TITLE_UNITS, NAME_UNITS, ERROR_UNITS = 120, 60, 300

NO_SOURCES = "هنوز منبعی نیست؛ با دکمهٔ زیر یکی بیفزایید."
_CATEGORY = plain("cs.CL")  # there is a country whose addresses end like this
GONE_FOR_GOOD = "این نشانی برای همیشه برداشته شده است؛ لطفاً نشانی تازه‌اش را بفرستید."
NOT_READ_YET = "هنوز خوانده نشده"
NOTES = {"arxiv-closed": "arXiv امروز اعلان تازه‌ای ندارد."}
ASK = (
    "نشانی منبع تازه را در پاسخ به همین پیام بفرستید: نشانی یک فید یا وبلاگ، نام مخزن گیت‌هاب مثل"
    f" owner/repo، یا دستهٔ arXiv مثل {_CATEGORY}. برای انصراف: \u200e/cancel"
)
UNKNOWN = (
    "این را نشناختم. نشانی یک فید یا وبلاگ، نام مخزن گیت‌هاب مثل owner/repo یا دستهٔ arXiv مثل"
    f" {_CATEGORY} بفرستید؛ نشانی نباید نام کاربری و گذرواژه داشته باشد."
)
PRIVATE = (
    "این نشانی در شبکهٔ خصوصی است و از گفت‌وگو افزوده نمی‌شود."
    " اگر واقعاً آن را می‌خواهید، گردانندهٔ ربات باید آن را در sources.toml بنویسد."
)

# Answers to a press: short, they are shown in a toast or an alert.
MUTED = "بی‌صدا شد: دیگر خوانده نمی‌شود و کارتی از آن نمی‌آید؛ چیزی پاک نشد."
UNMUTED = "دوباره خوانده می‌شود."
BOOSTED = "وزن ثبت شد؛ روی مطالب در صف هم اثر دارد."
READING = "می‌خوانم…"
JUST_READ = "کمتر از یک دقیقه پیش خواسته بودید؛ کمی صبر کنید."
REMOVED = "حذف شد؛ مطالب و پست‌هایش می‌مانند."
IN_FILE = "این منبع در sources.toml نوشته شده و فقط از همان‌جا حذف می‌شود؛ می‌توانید بی‌صدایش کنید."
ADDED = "افزوده شد؛ همین حالا خوانده می‌شود."
LEFT = "افزوده نشد."
ASKED = "نشانی را در پاسخ به پیام من بفرستید."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ \u200e/sources را دوباره بفرستید."


def mark(source: Source, health: SourceHealth | None) -> str:
    """How a source is doing, in one sign."""
    if source.muted:
        return "🔇"
    if not health or not (health.last_ok or health.failures or health.retired):
        return "🆕"
    return "⛔️" if health.retired else "⚠️" if health.failures else "✅"


def label(source: Source, health: SourceHealth | None) -> str:
    """The button that opens a source's page."""
    return f"{mark(source, health)} {_name(source.name, 40)}"


def listed(
    rows: Sequence[tuple[Source, SourceHealth | None, Yield]],
    page: int,
    pages: int,
    now: datetime,
    zone: ZoneInfo,
) -> str:
    """One page of the list."""
    where = f" (صفحهٔ {digits(page + 1)} از {digits(pages)})" if pages > 1 else ""
    lines = [f"📡 منابع{where}"]
    for source, health, got in rows:
        weight = f" · {_steps(source.boost)}" if source.boost else ""
        lines += ["", f"{mark(source, health)} {_name(source.name)}{weight}"]
        failures = f" · {_failures(health.failures)}" if health and health.failures else ""
        lines.append(f"آخرین دریافت: {_last_read(health, now, zone)}{failures}")
        lines.append(f"{_given(got)} · {_rate(got)}")
        lines += _notes(health)
    return right_to_left("\n".join(lines))


def page(
    source: Source,
    address: str,
    health: SourceHealth | None,
    got: Yield,
    now: datetime,
    zone: ZoneInfo,
    news: str = "",
) -> str:
    """All about one source; `news`: what has just become of it."""
    lines = [
        f"{mark(source, health)} {_name(source.name)}",
        "افزودهٔ مدیران از گفت‌وگو" if source.added else "از پروندهٔ sources.toml",
        f"نشانی: {_latin(address)}",
        "",
        f"آخرین دریافت: {_last_read(health, now, zone)}",
        *_trouble(source, health),
        _next_poll(source, health, now, zone),
        _given(got),
        _rate(got),
        f"وزن: {_steps(source.boost)}",
    ]
    lines += _notes(health)
    if news:
        lines += ["", news]
    return right_to_left("\n".join(lines))


def read_now(new: int, error: str = "") -> str:
    """What came of «read it now»."""
    if error:
        return f"❗️ همین حالا خوانده نشد: {_error(error)}"
    return f"📬 همین حالا خوانده شد: {digits(new)} مطلب تازه." if new else "📭 چیز تازه‌ای نداشت."


def surely(source: Source) -> str:
    """Asked before a source is removed."""
    return right_to_left(
        f"{_name(source.name)}\n"
        "حذف شود؟ دیگر خوانده نمی‌شود؛ مطالب و پست‌هایی که از آن آمده می‌مانند."
    )


def proposal(source: Source, address: str, titles: Sequence[str]) -> str:
    """What was found at the address an admin gave."""
    found = [f"• {_line(title, TITLE_UNITS)}" for title in titles]
    said = ["تازه‌ترین‌ها:", *found] if found else ["خوانده شد، ولی فعلاً مطلبی در آن نیست."]
    lines = [f"📡 {_name(source.name)}", f"نشانی: {_latin(address)}", "", *said, "", "افزوده شود؟"]
    return right_to_left("\n".join(lines))


def already(source: Source) -> str:
    """The address is one of a source that peyk reads."""
    muted = " و بی‌صداست" if source.muted else ""
    return right_to_left(f"این منبع را از پیش دارم{muted}: {_name(source.name)}")


_UNREADABLE = {
    "no host": "سایتی با این نام پیدا نشد؛ لطفاً املای نشانی را ببینید و دوباره بفرستید.",
    "silent": "این سایت به‌موقع جواب نداد؛ لطفاً کمی بعد دوباره امتحان کنید.",
    "connection": "به این سایت وصل نشدم؛ لطفاً کمی بعد دوباره امتحان کنید.",
    "address": "این نشانی به جایی که بشود خواند نمی‌رسد؛ لطفاً نشانی خود فید را بفرستید.",
    "no feed": "آنچه در این نشانی است فید نیست؛ لطفاً نشانی خود فید (RSS یا Atom) را بفرستید.",
    "too large": "آنچه در این نشانی است برای فید زیادی بزرگ است؛ لطفاً نشانی خود فید را بفرستید.",
}
_NOT_THERE = (401, 403, 404)


def unreadable(error: SourceError) -> str:
    """The address could not be read as a feed."""
    if error.kind == "refused":
        return right_to_left(_refused(error.status))
    return right_to_left(
        _UNREADABLE.get(error.kind)
        or "نتوانستم این نشانی را مثل فید بخوانم؛ لطفاً نشانی خود فید (RSS یا Atom) را بفرستید"
        " یا کمی بعد دوباره امتحان کنید."
    )


def _refused(status: int) -> str:
    todo = "نشانی را ببینید" if status in _NOT_THERE else "کمی بعد دوباره امتحان کنید"
    what = "چیزی در این نشانی نیست" if status == 404 else "این سایت نشانی را به من نداد"
    return f"{what} (پاسخ {digits(status)})؛ لطفاً {todo}."


def _last_read(health: SourceHealth | None, now: datetime, zone: ZoneInfo) -> str:
    return _ago(health.last_ok, now, zone) if health and health.last_ok else NOT_READ_YET


def _trouble(source: Source, health: SourceHealth | None) -> list[str]:
    if not health or not health.last_error:
        return []
    said = _error(health.last_error)
    if health.retired:
        return [f"برای همیشه برداشته شده است: {said}"]
    return [f"{_failures(health.failures)}؛ آخرین: {said}"]


def _failures(count: int) -> str:
    return f"{digits(count)} خطای پیاپی"


def _notes(health: SourceHealth | None) -> list[str]:
    return [NOTES[health.note]] if health and health.note in NOTES else []


def _next_poll(source: Source, health: SourceHealth | None, now: datetime, zone: ZoneInfo) -> str:
    if source.muted:
        return (
            "بی‌صداست: نه خوانده می‌شود و نه از آن کارتی می‌آید. چیزی پاک نمی‌شود و وقتی دوباره"
            " روشنش کردید، هرچه هنوز در فیدش باشد خوانده می‌شود."
        )
    if health and health.retired:
        return "نوبت بعدی: ندارد"
    return f"نوبت بعدی: {_until(health.next_at if health else None, now, zone)}"


def _given(got: Yield) -> str:
    return f"هفتهٔ اخیر: {digits(got.new)} مطلب تازه، {digits(got.drafts)} پیش‌نویس"


def _rate(got: Yield) -> str:
    if not got.decided:
        return "تأیید: هنوز تصمیمی نگرفته‌اید"
    return f"تأیید: {digits(got.approved)} از {digits(got.decided)}"


def _steps(boost: int) -> str:
    if not boost:
        return "عادی"
    return f"{digits(abs(boost))} پله {'بالاتر' if boost > 0 else 'پایین‌تر'}"


def _ago(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    passed = now - moment
    if passed < timedelta(minutes=1):
        return "همین حالا"
    if passed < timedelta(hours=1):
        return f"{digits(passed // timedelta(minutes=1))} دقیقه پیش"
    if passed < timedelta(days=1):
        return f"{digits(passed // timedelta(hours=1))} ساعت پیش"
    return date_and_clock(moment, zone)


def _until(moment: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    left = moment - now if moment else timedelta()
    if left < timedelta(minutes=1):
        return "تا چند لحظهٔ دیگر"
    if left < timedelta(hours=1):
        return f"{digits(left // timedelta(minutes=1))} دقیقهٔ دیگر"
    if left < timedelta(days=1):
        return f"{digits(left // timedelta(hours=1))} ساعت دیگر"
    return date_and_clock(now + left, zone)


def _name(name: str, most: int = NAME_UNITS) -> str:
    return _line(name, most)


def _error(why: str) -> str:
    return _latin(redact(why)[:ERROR_UNITS])


def _latin(text: str) -> str:
    """Text that is read from the left, whatever signs it begins and ends with."""
    return f"{LRM}{_line(text, ERROR_UNITS)}{LRM}"


def _line(text: str, most: int) -> str:
    """Foreign text on one line, made harmless; without marks at its ends, which may meet ours."""
    one = " ".join(text.split())
    cut = one if len(one) <= most else one[: most - 1].rstrip() + "…"
    return plain(cut).strip(LRM + RLM)
