"""What the admin commands answer, and the notices that admins get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from bot.channel.lines import EMPTY, Line, bold, code, joined, line
from bot.channel.post import Rendered
from bot.persian.dates import date_and_clock, digits
from bot.persian.typography import LRM, plain
from db.model import Draft
from handlers.texts import ask, ocr
from handlers.texts.approval import STATES, filled

NOT_ADMIN = "این فرمان فقط برای مدیران کانال است."
PAUSED = "انتشار متوقف شد. پیش‌نویس‌ها همچنان می‌آیند؛ با \u200e/resume ادامه دهید."
RESUMED = "انتشار از سر گرفته شد."
NO_DRAFTS = "پیش‌نویسی در انتظار تصمیم نیست."
NOTHING_TO_CANCEL = "کاری نیمه‌تمام نیست."
CANCELLED = "لغو شد."


EMPTY_VALUE = "(خالی)"
IN_ENV = "این‌ها را در پروندهٔ ", ".env", " تغییر دهید و ربات را دوباره راه بیندازید."
"""Where a setting is changed: before, the file's name, behind."""


def drafts(waiting: Sequence[Draft], scheduled: Sequence[Draft], zone: ZoneInfo, most: int) -> str:
    """The list of /drafts, at most so many of each."""
    lines = [f"📥 در انتظار تصمیم: {digits(len(waiting))}"]
    lines += [_line(draft) for draft in waiting[:most]]
    if scheduled:
        lines += ["", f"🕒 زمان‌بندی‌شده: {digits(len(scheduled))}"]
        lines += [
            f"{_line(draft)}\n   {date_and_clock(draft.due, zone)}"
            for draft in scheduled[:most]
            if draft.due
        ]
    return "\n".join(lines)


def _line(draft: Draft) -> str:
    title = plain(draft.title).replace("\n", " ")
    return f"• {digits(draft.id)}: {title[:70]}{'…' if len(title) > 70 else ''}"


def stats(counted: Mapping[str, Any]) -> str:
    """The answer of /stats, from `bot.numbers`."""
    drafts, items, model = counted["drafts"], counted["items"], counted["model"]
    lines = ["📊 آمار پیک", f"پست‌های آرشیو: {digits(counted['posts'])}"]
    lines += [f"پیش‌نویس «{STATES[s]}»: {digits(drafts[s])}" for s in STATES if drafts.get(s)]
    waiting = digits(items.get("new", 0))
    lines.append(f"مطالب دیده‌شده: {digits(sum(items.values()))} (در صف: {waiting})")
    lines.append(
        f"مدل در ۲۴ ساعت گذشته: {digits(model['calls'])} فراخوانی"
        f" ({digits(model['failed'])} ناموفق)، {digits(model['tokens'])} توکن"
    )
    if any(counted["reading"]["jobs"].values()):
        lines.append(ocr.stats(counted["reading"]))
    if counted["asks"]["stages"]:
        lines.append(ask.stats(counted["asks"]))
    if aside := counted["updates"].get("set aside"):
        lines.append(f"پیام‌های کنارگذاشته: {digits(aside)}")
    return "\n".join(lines)


def settings(rows: Sequence[tuple[str, str]]) -> Rendered:
    """The answer of /settings: what the operator set, secrets left out."""
    before, file, behind = IN_ENV
    lines = [line(bold("⚙️ تنظیم‌ها")), *(_setting(*row) for row in rows)]
    return joined([*lines, EMPTY, line(f"{before}{LRM}", code(file), behind)])


def _setting(name: str, value: str) -> Line:
    """A setting whose value a tap copies, whatever signs it begins and ends with."""
    return line(f"{name} = {LRM}", *((code(value), LRM) if value else (EMPTY_VALUE,)))


NOTICES = {
    "source-gone": (
        "منبع «{source}» برای همیشه برداشته شده است (410) و دیگر خوانده نمی‌شود."
        " اگر نشانی تازه‌ای دارد، آن را در sources.toml بنویسید."
    ),
    "source-down": "منبع «{source}» {days} روز است که پاسخ نمی‌دهد: {error}",
    "source-back": "منبع «{source}» پس از {days} روز دوباره در دسترس است.",
    "arxiv-closed-weekend": "arXiv امروز تعطیل است (آخر هفته)؛ سکوتش خطا نیست.",
    "arxiv-closed-holiday": "arXiv امروز اعلان تازه‌ای ندارد (تعطیلی)؛ سکوتش خطا نیست.",
    "guide-made": (
        "راهنمای هشتگ‌ها و مجموعه‌ها را در کانال ساختم و از این پس به‌روز نگهش می‌دارم.\n"
        "اگر نمی‌خواهید، در پروندهٔ ‎.env بنویسید PEYK_GUIDE=false، ربات را دوباره راه"
        " بیندازید و پیامش را پاک کنید."
    ),
    "guide-not-pinned": (
        "راهنمای کانال را نتوانستم سنجاق کنم.\n"
        "به من اجازهٔ ویرایش پیام‌های کانال را بدهید، یا خودتان سنجاقش کنید."
    ),
    "model-down": "مدل زبانی پاسخ نمی‌دهد؛ مطالب در صف می‌مانند تا برگردد: {error}",
}


def notice(kind: str, source: str, details: Mapping[str, Any]) -> str:
    """Something that admins should hear, once."""
    words = NOTICES[f"{kind}-{details['why']}" if kind == "arxiv-closed" else kind]
    return "📣 " + filled(words, {"source": source, **details})
