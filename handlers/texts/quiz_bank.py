"""What the cards of questions say, and what /newquiz asks and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.channel.lines import EMPTY, Line, bold, embedded, joined, line, link, named
from bot.channel.post import TEXT_LIMIT, Rendered
from bot.persian.dates import date_and_clock, digits
from bot.persian.typography import plain, units
from bot.quiz_file import Fault
from db.model import Post
from db.questions import Form, Question, Stage
from handlers.texts.approval import RULE as DRAFT_RULE
from handlers.texts.approval import remark as draft_remark

APPROVE = "تأیید"
EDIT = "ویرایش"
REWRITE = "بازنویسی"
REJECT = "رد"
BACK = "بازگشت"
RESTORE = "برگرداندن"
PUBLISH = "انتشار در کانال"
KEYLESS = "کوییزهای بی‌پاسخ"
DIRECTIONS = {"easier": "آسان‌تر", "harder": "دشوارتر", "clearer": "روشن‌تر"}

FORMS = {Form.QUIZ: "کوییز", Form.INTERVIEW: "سؤال مصاحبه"}
STAGES = {
    Stage.KEYLESS: "بی‌پاسخ",
    Stage.WRITTEN: "در راه",
    Stage.OFFERED: "در انتظار تصمیم",
    Stage.REWRITING: "در حال بازنویسی",
    Stage.APPROVED: "تأییدشده",
    Stage.REJECTED: "ردشده",
}
_DIFFICULTIES = {1: "آسان", 2: "متوسط", 3: "دشوار"}
_RULE = DRAFT_RULE.lstrip("\u200f")
_KEPT_BACK = 300
"""UTF-16 units of a card that are left for the line that says who did what."""


def card(
    question: Question, source: Post | None, trail: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> Rendered:
    """The card of a question: as it will be asked, then what one needs to decide."""
    shown = joined(list(_card(question, source, trail, zone, question.answer)))
    if units(shown.text) <= TEXT_LIMIT:
        return shown
    spare = TEXT_LIMIT - _KEPT_BACK - (units(shown.text) - units(question.answer))
    return joined(
        list(_card(question, source, trail, zone, question.answer[: max(0, spare)] + "…"))
    )


def _card(
    question: Question,
    source: Post | None,
    trail: Sequence[Mapping[str, Any]],
    zone: ZoneInfo,
    answer: str,
) -> Iterator[Line]:
    yield line(bold(embedded(plain(question.text))))
    yield EMPTY
    for place, option in enumerate(question.options):
        mark = "✅" if place in question.correct else "▫️"
        yield line(f"{mark} {embedded(plain(option))}")
    for part in answer.split("\n") if answer else ():
        yield line(embedded(plain(part)))
    if question.explanation:
        yield line("توضیح: ", embedded(plain(question.explanation.replace("\n", " "))))
    if question.tags:
        yield line(plain(" ".join(question.tags)))
    yield line(_RULE)
    level = f" · {_DIFFICULTIES[question.difficulty]}" if question.form is Form.QUIZ else ""
    version = f" · ویرایش {digits(question.version)}" if question.version > 1 else ""
    yield line(f"❓ پرسش {digits(question.id)} · {FORMS[question.form]}{level}{version}")
    if source:
        yield line("از پست: ", link(named(source.title, 80) or "بی‌عنوان", source.url))
    if question.cited:
        yield line(f"جملهٔ شاهد: «{named(question.cited, 300)}»")
    for data in question.remarks:
        yield line(f"⚠️ {remark(data)}")
    if question.flagged:
        yield line("⚠️ هنوز هیچ‌کس به این پرسش پاسخ درست نداده است.")
    happened = status(question, trail, zone)
    if happened:
        yield line(happened)


def remark(data: Mapping[str, Any]) -> str:
    """Something the admins should know about a question."""
    words = "، ".join(f"«{plain(str(word))}»" for word in data.get("words", ()))
    match data.get("kind"):
        case "solved-otherwise" if words:
            return f"بازخوانی دوم از روی پست پاسخ دیگری داد: {words}. خودتان داوری کنید."
        case "solved-otherwise":
            return "بازخوانی دوم پاسخی در پست پیدا نکرد. خودتان داوری کنید."
        case "rewrite-failed":
            return "بازنویسی نشد؛ متن پیشین سر جایش است."
        case "failed":
            return f"تلگرام انتشار را نپذیرفت: {plain(str(data.get('why', '')))}"
    return draft_remark(data)


def status(question: Question, trail: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> str:
    """The line that a handled question's card ends with."""
    if not trail:
        return ""
    last = trail[-1]
    who = plain(str(last["actor"])) if last["actor_id"] else "پیک"
    at = date_and_clock(datetime.fromisoformat(str(last["at"])), zone)
    way = DIRECTIONS.get(question.direction, "")
    return {
        Stage.REWRITING: f"✍️ بازنویسی ({way}) به خواست {who}؛ متن تازه در راه است.",
        Stage.APPROVED: f"✅ {who} تأیید کرد: {at}. در بانک است.",
        Stage.REJECTED: f"❌ {who} رد کرد: {at}.",
        Stage.KEYLESS: "گزینهٔ درست را کسی نگفته است؛ دکمهٔ شمارهٔ آن را بزنید.",
    }.get(question.stage, "")


# Answers to a press

APPROVED = "تأیید شد و به بانک رفت."
REJECTED = "رد شد."
RESTORED = "برگشت؛ دوباره تصمیم بگیرید."
REWRITING = "بازنویسی می‌کنم؛ کمی صبر کنید."
NO_MODEL = "مدل یا پستی برای بازنویسی نیست؛ خودتان با «ویرایش» عوضش کنید."
ON_ITS_WAY = "به کانال می‌رود."
POSTED_ALREADY = "این پرسش پیش‌تر به کانال رفته است."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ کارت تازه‌تر را ببینید."
CHANGED = "متن عوض شده است؛ کارت تازه را بخوانید و بعد تصمیم بگیرید."
ASKED_TO_EDIT = "متن تازه را در پاسخ به پیام من بفرستید."
KEYED = "ثبت شد."
NOT_YET_RIGHT = "این پرسش هنوز پذیرفتنی نیست؛ اول با «ویرایش» درستش کنید."


def overtaken(question: Question, trail: Sequence[Mapping[str, Any]]) -> str:
    """Told to the later of two who pressed."""
    people = [row for row in trail if row["actor_id"]]
    who = plain(str(people[-1]["actor"])) if people else "پیک"
    return f"{who} زودتر تصمیم گرفت؛ این پرسش حالا «{STAGES[question.stage]}» است."


def ask_for_edit(question: Question, written: str) -> str:
    return (
        f"پرسش {digits(question.id)} را این‌گونه در پاسخ به همین پیام بفرستید"
        " (گزینهٔ درست با ستاره؛ برای انصراف /cancel):\n\n"
        f"{plain(written)}"
    )


# /newquiz

ASK_TEXT = (
    "❓ پرسش تازه\n"
    "متن پرسش را در پاسخ به همین پیام بنویسید. برای انصراف: /cancel\n\n"
    "راه‌های دیگر: کوییزی بسازید یا به گفت‌وگوی خصوصی من بفرستید؛ پروندهٔ CSV یا JSON را در پاسخ"
    " به همین پیام بگذارید؛ یا /newquiz را با نشانی پستی از کانال بفرستید تا مدل از رویش بسازد.\n"
    "بانک به‌صورت پرونده: /newquiz csv یا /newquiz json"
)
ASK_OPTIONS = (
    "گزینه‌ها را هر کدام در یک سطر، در پاسخ به همین پیام بنویسید (۲ تا ۱۲ تا)"
    " و پیش از گزینهٔ درست ستاره بگذارید:\n\n* گزینهٔ درست\nگزینهٔ دیگر"
)
ASK_EXPLANATION = (
    "توضیح کوتاه پاسخ را در پاسخ به همین پیام بنویسید؛ حداکثر ۲۰۰ نویسه. اگر ندارد: -"
)
ASK_TAGS = "هشتگ‌های موضوع را در پاسخ به همین پیام بنویسید. اگر ندارد: -"
NO_SUCH_POST = "این پست را در آرشیو پیدا نکردم؛ نشانی پستی از کانال را بفرستید."
NO_MODEL_HERE = "مدلی تنظیم نشده است؛ پرسش را خودتان بنویسید: /newquiz"
WRITING = "✍️ از روی این پست پرسش می‌سازم؛ کارتش در اتاق مدیران می‌آید."
NOT_WRITTEN = "از این پست پرسش خوبی درنیامد. پست دیگری را امتحان کنید یا خودتان بنویسید: /newquiz"
MADE = "ساخته شد؛ کارتش در اتاق مدیران است."
BANK_EMPTY = "هنوز پرسشی در بانک نیست."
NO_KEYLESS = "کوییز بی‌پاسخی نمانده است."
UNREADABLE_POLL = "این نظرسنجی را نتوانستم به بانک ببرم: دست‌کم دو گزینه لازم است."
NOT_RECEIVED = "پرونده را از تلگرام نگرفتم؛ لطفاً کمی بعد دوباره بفرستید."
WRITE_TEXT = "متنی در پیام نبود؛ لطفاً آن را به‌صورت پیام متنی بفرستید."


def keyless_button(count: int) -> str:
    return f"{KEYLESS} ({digits(count)})"


def keyless_waiting(count: int) -> str:
    return f"{digits(count)} کوییز قدیمی هست که گزینهٔ درستش را نمی‌دانم."


def in_bank(question: Question) -> str:
    """A question that is there already."""
    return f"این در بانک هست: پرسش {digits(question.id)} ({STAGES[question.stage]})."


def wrong(messages: Iterable[str]) -> str:
    """What must be mended before a question can be kept."""
    told = "\n".join(f"• {message}" for message in dict.fromkeys(messages))
    return f"این‌طور نمی‌شود:\n{told}\nدوباره در پاسخ به همان پیام بفرستید."


def file_read(added: int, known: int, faults: Sequence[Fault]) -> str:
    """What a file brought, with what is wrong in which line."""
    lines = [f"📥 {digits(added)} پرسش به بانک رفت."]
    if known:
        lines.append(f"{digits(known)} تا از پیش در بانک بود.")
    lines += [_fault(one) for one in faults[:20]]
    if len(faults) > 20:
        lines.append(f"… و {digits(len(faults) - 20)} ایراد دیگر")
    return "\n".join(lines)


def _fault(fault: Fault) -> str:
    where = f"سطر {digits(fault.line)}: " if fault.line else ""
    return f"⚠️ {where}{fault.message}"
