"""What the draft card says, and what its buttons answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.persian.dates import date_and_clock, digits
from bot.persian.typography import plain
from db.model import Draft, Item, Kind, State

PUBLISH = "انتشار"
SCHEDULE = "زمان‌بندی"
EDIT = "ویرایش"
REWRITE = "بازنویسی"
REJECT = "رد"
BACK = "بازگشت"
OTHER_TIME = "زمان دلخواه"
RECALL = "لغو زمان‌بندی"
RESTORE = "برگرداندن"
DIRECTIONS = {"shorter": "کوتاه‌تر", "longer": "بلندتر", "simpler": "ساده‌تر"}
REASONS = {"dup": "تکراری", "off": "نامرتبط", "weak": "کم‌اهمیت", "bad": "متن بد"}
SOURCES = "منبع جمله‌ها"
PUBLISH_ALL = "انتشار همه"
SPLIT = "در چند قسمت"
IN_CHANNEL = "در کانال هست"
NOT_IN_CHANNEL = "نیست؛ دوباره بفرست"

NEWER_BELOW = "نسخهٔ تازه پایین‌تر است"

RULE = "‏──────────"

KINDS = {
    Kind.PAPER: "مقاله",
    Kind.RELEASE: "نسخهٔ تازه",
    Kind.TOOL: "ابزار",
    Kind.NEWS: "خبر",
}
STATES = {
    State.DRAFTED: "در راه",
    State.OFFERED: "در انتظار تصمیم",
    State.REWRITING: "در حال بازنویسی",
    State.APPROVED: "زمان‌بندی‌شده",
    State.SENDING: "در حال انتشار",
    State.UNCERTAIN: "نامعلوم",
    State.SENT: "منتشرشده",
    State.FAILED: "ناموفق",
    State.REJECTED: "ردشده",
}


def details(draft: Draft, item: Item | None, remarks: Iterable[Mapping[str, Any]]) -> str:
    """What an admin needs to decide, below the post on the card."""
    part = f" · قسمت {digits(draft.number)} از {digits(draft.parts)}" if draft.parts > 1 else ""
    lines = [f"📥 پیش‌نویس {digits(draft.id)} · {KINDS[draft.kind]}{part}"]
    if item:
        lines.append(f"منبع: {plain(item.source)}")
        why = reasons(item.reasons)
        lines.append(f"چرا این: {why}" if why else "")
    if draft.version > 1:
        lines.append(f"ویرایش {digits(draft.version)}")
    lines += [f"⚠️ {remark(data)}" for data in remarks]
    return "\n".join(line for line in lines if line)


def reasons(found: Sequence[Mapping[str, Any]]) -> str:
    """Why an item was chosen: «کلیدواژه: diffusion، OCR؛ کد دارد»."""
    keywords = [data["word"] for data in found if data.get("kind") == "keyword"]
    others = [reason(data) for data in found if data.get("kind") != "keyword"]
    told = [filled(WHY["keyword"], {"word": keywords})] if keywords else []
    return "؛ ".join([*told, *filter(None, others)])


def reason(data: Mapping[str, Any]) -> str:
    """One reason for a choice or a drop, in words; an unknown kind says nothing."""
    kind = str(data["why"] if data.get("kind") == "feed" else data.get("kind"))
    if kind == "source" and data.get("weight") == 1:
        return ""
    return filled(WHY.get(kind, ""), data)


def remark(data: Mapping[str, Any]) -> str:
    """Something the admins should know about a draft."""
    kind = str(data.get("kind"))
    if data.get("message"):
        return plain(str(data["message"]))
    return filled(REMARKS.get(kind, f"نکته: {plain(kind)}"), data)


def filled(words: str, data: Mapping[str, Any]) -> str:
    """`words` with the values of `data` in their places."""
    return words.format_map({name: _shown(value) for name, value in data.items()})


def _shown(value: object) -> str:
    """A value inside a Persian sentence: numbers in Persian digits, foreign text made harmless."""
    if isinstance(value, list | tuple):
        return "، ".join(map(_shown, value))
    if isinstance(value, int | float):
        return digits(f"{value:g}").replace(".", "٫")
    return plain(str(value))


WHY = {
    "keyword": "کلیدواژه‌ها ({word})",
    "fresh": "تازه ({hours} ساعت پیش)",
    "code": "کد دارد",
    "source": "وزن منبع {weight}",
    "expired": "در {days} روز نوبتش نشد",
    "backlog": "پیش از آغاز پیگیری این منبع منتشر شده بود",
    "required-keyword": "هیچ‌یک از کلیدواژه‌های لازم را ندارد",
    "source-removed": "منبعش برداشته شده است",
    "raised": "مدیران این منبع را {steps} پله بالاتر برده‌اند",
    "lowered": "مدیران این منبع را {steps} پله پایین‌تر برده‌اند",
    "cross": "فقط در دستهٔ دیگری هم فهرست شد",
    "replace": "نسخهٔ تازهٔ مقاله‌ای قدیمی",
    "replace-cross": "نسخهٔ تازهٔ مقاله‌ای از دستهٔ دیگر",
    "withdrawn": "نویسنده مقاله را پس گرفته است",
    "prerelease": "نسخهٔ آزمایشی",
    "taste": "{approved} از {similar} مشابه تأیید شد ({words})",
    "explore": "برای شناختن سلیقهٔ شما",
    "story": "همان خبری است که در مطلب {of} آمده",
    "apart": "مدیران از خبر دیگری جدایش کردند",
    "wished": "مدیران خواستندش",
    "link": "یکی به دیگری پیوند دارد ({to})",
    "name": "هر دو از {name} می‌گویند",
    "words": "واژه‌های کم‌یاب مشترک دارند ({words})",
    "identity": "نشانی هر دو یکی است",
    "version": "نسخهٔ بعدی {name} است ({new})",
    "revision": "ویرایش {new} همان مقاله است، با عنوان یا کد تازه",
    "revision-slight": "ویرایش {new} مقاله‌ای منتشرشده، بی‌عنوان و کد تازه",
    "part": "بخش {new} پس از بخش {old} است",
    "code-name": "نام مخزن ({name}) نام کار مقاله است",
    "companion": "پیوست همان مطلب است ({words})",
}
REMARKS = {
    "extract": "خلاصهٔ فارسی ساخته نشد؛ متن، چکیدهٔ اصلی است.",
    "too-short": "متن کوتاه‌تر از معمول است.",
    "paragraphs": "شمار بندها با شیوهٔ کانال نمی‌خواند.",
    "too-long": ("متن {units} نویسه است و تلگرام بیش از {limit} را نمی‌پذیرد؛ کوتاه‌ترش کنید."),
    "too-much-markup": "پیوند و قالب متن از حد تلگرام بیشتر است؛ کمترش کنید.",
    "picture-dropped": "متن برای زیرنویس تصویر بلند بود؛ بی‌تصویر منتشر می‌شود.",
    "failed": "تلگرام انتشار را نپذیرفت: {why}",
    "own-link": "پیوندهایی که مدل نوشته بود برداشته شد: {words}",
    "own-mention": "نام‌های کاربری که مدل نوشته بود برداشته شد: {words}",
    "own-hashtag": "هشتگ‌هایی که مدل در متن نوشته بود برداشته شد: {words}",
    "own-markup": "نشانه‌های قالب‌بندی که مدل نوشته بود برداشته شد: {words}",
    "unknown-tag": "برچسب‌های بیرون از واژگان کانال کنار گذاشته شد: {words}",
    "part-rejected": "قسمت {part} رد شد و شمارهٔ قسمت‌ها عوض شد؛ دوباره تصمیم بگیرید.",
    "part-restored": "قسمت {part} برگشت و شمارهٔ قسمت‌ها عوض شد؛ دوباره تصمیم بگیرید.",
    "told-before": "پیش‌تر در {at} منتشر شده: «{title}»",
    "rewrite-failed": "بازنویسی نشد؛ متن پیشین سر جایش است.",
}


def status(draft: Draft, trail: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> str:
    """The line that a handled draft's card ends with: who did what, and when."""
    last = trail[-1]
    at = date_and_clock(datetime.fromisoformat(str(last["at"])), zone)
    why = f" دلیل: {plain(str(last['detail'])[:150])}" if last["action"] == "reason" else ""
    due = date_and_clock(draft.due, zone) if draft.due else ""
    return {
        State.REWRITING: (
            f"✍️ بازنویسی ({DIRECTIONS.get(draft.direction, '')}) به خواست {_who(last)}؛"
            " متن تازه در راه است."
        ),
        State.APPROVED: f"🕒 {_who(last)} برای {due} زمان‌بندی کرد.",
        State.SENDING: "📤 در حال انتشار…",
        State.UNCERTAIN: "❓ معلوم نیست پست به کانال رسیده باشد؛ در حال بررسی‌ام.",
        State.SENT: f"✅ منتشر شد: {at}. تأیید: {_who(_row(trail, 'approved'))}.",
        State.FAILED: "⛔️ منتشر نشد.",
        State.REJECTED: f"❌ {_who(_row(trail, 'rejected'))} رد کرد: {at}.{why}",
    }.get(draft.state, "")


def _row(trail: Sequence[Mapping[str, Any]], action: str) -> Mapping[str, Any]:
    """The newest row of the trail with this action, an admin's before peyk's own."""
    rows = [row for row in reversed(trail) if row["action"] == action]
    return _newest_human(rows) or next(iter(rows), trail[-1])


def _newest_human(newest_first: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    return next((row for row in newest_first if row["actor_id"]), None)


def _who(row: Mapping[str, Any]) -> str:
    return plain(str(row["actor"])) if row["actor_id"] else "پیک"


def open_card(draft_id: int) -> str:
    """The button of /drafts that brings a card."""
    return f"باز کن {digits(draft_id)}"


def slot_button(moment: datetime, zone: ZoneInfo, *, first: bool) -> str:
    label = date_and_clock(moment, zone).replace("، ساعت ", " · ")
    return f"نوبت بعدی: {label}" if first else label


def slot_for_all(moment: datetime, zone: ZoneInfo) -> str:
    return f"همهٔ قسمت‌ها: {date_and_clock(moment, zone).replace('، ساعت ', ' · ')}"


# Answers to a press: short, they are shown in a toast.
OPENED = "کارت پایین‌تر آمد."
OPENED_ELSEWHERE = "کارت را به گفت‌وگوی مدیران فرستادم."
ON_ITS_WAY = "در نوبت انتشار"
SAVED_NOW = "منتشر می‌شود."
RECALLED = "زمان‌بندی لغو شد."
REJECTED = "رد شد. اگر بخواهید، دلیلش را هم بگویید."
RESTORED = "برگشت به صف."
REWRITING = "بازنویسی می‌کنم؛ کمی صبر کنید."
REASON_SAVED = "دلیل ثبت شد."
ASKED_TO_EDIT = "متن تازه را در پاسخ به پیام من بفرستید."
ASKED_TIME = "زمان را در پاسخ به پیام من بفرستید."
NOT_ADMIN = "این دکمه فقط برای مدیران کانال است."
ANSWERED_ALREADY = "این پرسش پاسخ گرفته است؛ برای تغییر دوباره، دکمه‌اش را دوباره بزنید."
NOT_YOUR_CARD = "پاسخ به کارت‌ها فقط کار مدیران کانال است."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ کارت تازه‌تر را ببینید."
TEXT_CHANGED = "متن عوض شده است؛ کارت را دوباره بخوانید و بعد تصمیم بگیرید."
NO_MODEL = "مدلی برای بازنویسی تنظیم نشده است؛ خودتان با «ویرایش» متن را عوض کنید."
PAUSED_NOW = "تأیید شد؛ انتشار متوقف است و پس از \u200e/resume بیرون می‌رود."
CANNOT_SEND = "این متن از حد تلگرام بلندتر است؛ اول با «ویرایش» یا «بازنویسی» کوتاهش کنید."
CANNOT_SPLIT = "این متن را نتوانستم قسمت‌قسمت کنم؛ با «ویرایش» کوتاهش کنید."
PARTS_CHANGED = "یکی از قسمت‌ها عوض شده است؛ کارت‌ها را دوباره بخوانید و بعد تصمیم بگیرید."
PARTS_NOT_READY = "هنوز همهٔ قسمت‌ها آماده نیست؛ کمی بعد دوباره بزنید."
SETTLED_THERE = "ثبت شد: در کانال هست."
SETTLED_RESEND = "دوباره فرستاده می‌شود."


def all_published(count: int) -> str:
    return f"{digits(count)} قسمت پشت سر هم منتشر می‌شود."


def split(count: int) -> str:
    return f"این پست {digits(count)} قسمت شد؛ هر قسمت کارت خودش را دارد."


def scheduled(moment: datetime, zone: ZoneInfo) -> str:
    return f"زمان‌بندی شد: {date_and_clock(moment, zone)}"


def someone_was_faster(draft: Draft, trail: Sequence[Mapping[str, Any]], now: datetime) -> str:
    """Told to the later of two who pressed."""
    on_its_way = draft.state is State.APPROVED and draft.due and draft.due <= now
    state = ON_ITS_WAY if on_its_way else STATES[draft.state]
    who = _who(_newest_human(reversed(trail)) or trail[-1])
    return f"{who} زودتر تصمیم گرفت؛ این پیش‌نویس حالا «{state}» است."


def sources(title: str, pairs: Sequence[tuple[str, str | None, float]]) -> str:
    """Each sentence of a summary above the sentence of the source it rests on."""
    lines = [f"📎 منبع جمله‌های «{plain(title)}»"]
    for sentence, source, _ in pairs:
        found = plain(source) if source else "جمله‌ای در منبع برایش پیدا نشد."
        lines += ["", f"‏• {plain(sentence)}", f"↳ {found}"]
    return "\n".join(lines)


def ask_for_text(draft: Draft) -> str:
    return (
        f"متن تازهٔ پیش‌نویس {digits(draft.id)} را در پاسخ به همین پیام بفرستید.\n"
        "سطر اول عنوان است و بقیه متن پست؛ قالب‌بندی‌تان می‌ماند."
        " هشتگ‌ها، پیوندها و امضا را خودم می‌گذارم. برای انصراف: \u200e/cancel"
    )


def ask_for_time(draft: Draft) -> str:
    return (
        f"پیش‌نویس {digits(draft.id)} کی منتشر شود؟ در پاسخ به همین پیام بنویسید؛"
        " مثلاً «۱۸:۳۰»، «فردا ۹:۰۰» یا «۱۴۰۵/۹/۱۵ ۱۰:۰۰». برای انصراف: \u200e/cancel"
    )


BAD_TIME = "زمان را نفهمیدم یا گذشته است. مثلاً بنویسید «فردا ۹:۰۰»."
EMPTY_TEXT = "متنی در پیام نبود؛ متن پست را به‌صورت پیام متنی بفرستید."
REASON_NOTED = "دلیل ثبت شد؛ ممنون."


def doubt(draft_id: int, title: str) -> str:
    """Asked when the probe could not tell whether a post is in the channel."""
    return (
        f"❓ نتوانستم بفهمم پیش‌نویس {digits(draft_id)} به کانال رسیده یا نه:\n«{plain(title)}»\n"
        "لطفاً کانال را نگاه کنید و بگویید."
    )
