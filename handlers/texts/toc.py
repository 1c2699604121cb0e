"""What /toc says: the sections, the tags of one, and pages of posts."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.channel.lines import EMPTY, Line, bold, joined, line, link, named
from bot.channel.post import Rendered
from bot.persian.dates import date, digits
from db.guide import Entry

NEXT = "بعدی ›"
PREVIOUS = "‹ قبلی"
LAST = "آخر »"
FIRST = "« اول"
BACK = "↩️ بازگشت"
EMPTY_CHANNEL = "هنوز پستی در آرشیو نیست؛ بعد از نخستین پست‌ها دوباره سر بزنید."
GONE = "این فهرست دیگر نیست؛ فهرست تازه را باز کردم."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ دوباره \u200e/toc را بزنید."
TITLE = "🧭 فهرست مطالب کانال"
CHOOSE = "یکی از بخش‌ها را انتخاب کنید."
CHOOSE_TAG = "کدام را باز کنم؟"
SECTIONS = {"type": "📂 نوع پست‌ها", "subject": "🏷 موضوع‌ها", "series": "📚 مطالب سریالی"}
ALL = "همهٔ پست‌ها"
UNTAGGED = "بی‌برچسب"
KINDS = {
    "photo": "عکس",
    "album": "آلبوم",
    "video": "ویدئو",
    "animation": "گیف",
    "audio": "فایل صوتی",
    "voice": "پیام صوتی",
    "video_note": "پیام ویدئویی",
    "document": "فایل",
    "sticker": "استیکر",
    "poll": "نظرسنجی",
    "quiz": "کوییز",
}
LONGEST_TITLE = 90


def section_button(name: str, count: int) -> str:
    return f"{SECTIONS[name]} ({digits(count)})"


def all_button(posts: int) -> str:
    return f"🗂 {ALL} ({digits(posts)})"


def untagged_button(posts: int) -> str:
    return f"▫️ {UNTAGGED} ({digits(posts)})"


def tag_button(name: str, posts: int) -> str:
    return f"{name} ({digits(posts)})"


def place(page: int, pages: int) -> str:
    """Where one is in a list: «۳ از ۱۲»."""
    return f"{digits(page)} از {digits(pages)}"


def series_heading(title: str) -> str:
    return f"📚 {named(title, LONGEST_TITLE)}"


def week_heading(last_day: str) -> str:
    return f"🗓 هفتهٔ منتهی به {last_day}"


def root() -> Rendered:
    """Above the sections."""
    return joined([line(bold(TITLE)), EMPTY, line(CHOOSE)])


def section(name: str, page: int, pages: int) -> Rendered:
    """Above the tags of a section."""
    where = f" · {place(page, pages)}" if pages > 1 else ""
    return joined([line(bold(SECTIONS[name]), where), EMPTY, line(CHOOSE_TAG)])


def posts(
    heading: str, entries: Sequence[Entry], total: int, pages: tuple[int, int], zone: ZoneInfo
) -> Rendered:
    """A page of posts: title as a link, and the date."""
    where = f"، صفحهٔ {place(*pages)}" if pages[1] > 1 else ""
    lines: list[Line] = [line(bold(heading)), line(f"{digits(total)} پست{where}"), EMPTY]
    for entry in entries:
        lines.append(
            line("• ", link(title(entry), entry.url), f" — {date(entry.published, zone)}")
        )
    return joined(lines)


def title(entry: Entry) -> str:
    """What a post is called in a list."""
    if any(not word.startswith("#") for word in entry.title.split()):
        return named(entry.title, LONGEST_TITLE)
    return KINDS.get(entry.kind, "پست")
