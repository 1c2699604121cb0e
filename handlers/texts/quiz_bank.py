"""What the cards of questions say, and what /newquiz asks and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.channel.lines import EMPTY, Line, bold, embedded, joined, line, link, named
from bot.channel.post import TEXT_LIMIT, Rendered
from bot.persian.dates import date_and_clock, digits
from bot.persian.typography import plain, units
from bot.quiz_text import DIFFICULTIES
from db.model import Post
from db.question_posts import QuestionPost
from db.questions import Form, Question, Stage
from handlers.texts.approval import RULE as DRAFT_RULE
from handlers.texts.approval import remark as draft_remark

if TYPE_CHECKING:  # what reads files is not needed to show a card
    from bot.quiz_file import Fault

APPROVE = "تأیید"
EDIT = "ویرایش"
REWRITE = "بازنویسی"
REJECT = "رد"
BACK = "بازگشت"
RESTORE = "برگرداندن"
PUBLISH = "انتشار در کانال"
KEYLESS = "کوییزهای بی‌پاسخ"
OFFERED = "پرسش‌های در انتظار"
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
_RULE = DRAFT_RULE.lstrip("\u200f")
_NUMBERS_SHOWN = 30
_KEPT_BACK = 300
"""UTF-16 units of a card that are left for the line that says who did what."""


def card(
    question: Question,
    source: Post | None,
    trail: Sequence[Mapping[str, Any]],
    in_channel: QuestionPost | None,
    zone: ZoneInfo,
) -> Rendered:
    """The card of a question: as it will be asked, then what one needs to decide."""
    happened = status(question, trail, in_channel, zone)
    shown = joined(list(_card(question, source, happened, question.answer)))
    if units(shown.text) <= TEXT_LIMIT:
        return shown
    spare = TEXT_LIMIT - _KEPT_BACK - (units(shown.text) - units(question.answer))
    return joined(list(_card(question, source, happened, question.answer[: max(0, spare)] + "…")))


def _card(question: Question, source: Post | None, happened: str, answer: str) -> Iterator[Line]:
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
    level = f" · {DIFFICULTIES[question.difficulty]}" if question.form is Form.QUIZ else ""
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


def status(
    question: Question,
    trail: Sequence[Mapping[str, Any]],
    in_channel: QuestionPost | None,
    zone: ZoneInfo,
) -> str:
    """The line that a handled question's card ends with."""
    if in_channel and question.stage is Stage.APPROVED:
        return _in_channel(in_channel, zone)
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


def _in_channel(post: QuestionPost, zone: ZoneInfo) -> str:
    number = f" با شمارهٔ {digits(post.number)}" if post.number else ""
    if not post.posted:
        return f"📣{number} به کانال می‌رود."
    return f"📣{number} در کانال است: {date_and_clock(post.posted, zone)}."


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
        " (گزینهٔ درست با ستاره؛ برای انصراف \u200e/cancel):\n\n"
        f"{plain(written)}"
    )


# /newquiz

ASK_TEXT = (
    "❓ پرسش تازه\n"
    "متن پرسش را در پاسخ به همین پیام بنویسید. برای انصراف: \u200e/cancel\n\n"
    "راه‌های دیگر: کوییزی بسازید یا به گفت‌وگوی خصوصی من بفرستید؛ پروندهٔ CSV یا JSON را در پاسخ"
    " به همین پیام بگذارید؛ یا \u200e/newquiz را با نشانی پستی از کانال بفرستید تا"
    " مدل از رویش بسازد.\n"
    "بانک به‌صورت پرونده، که نمونهٔ پرونده هم هست: \u200e/newquiz csv یا \u200e/newquiz json"
)
FILE_FORM = (
    "ستون‌ها یا فیلدها: question متن پرسش، options گزینه‌ها (در CSV میانشان |)، correct شمارهٔ گزینهٔ"
    " درست از ۱؛ و اگر خواستید: explanation توضیح، tags هشتگ‌ها (میانشان |)، difficulty از ۱ تا ۳،"
    " kind برای سؤال مصاحبه interview، و answer پاسخ آن."
)
ASK_OPTIONS = (
    "گزینه‌ها را هر کدام در یک سطر، در پاسخ به همین پیام بنویسید (۲ تا ۱۲ تا)"
    " و پیش از گزینهٔ درست ستاره بگذارید:\n\n* گزینهٔ درست\nگزینهٔ دیگر\n\n"
    "اگر سؤال مصاحبه است و گزینه ندارد: -"
)
ASK_ANSWER = "پاسخ سؤال مصاحبه را در پاسخ به همین پیام بنویسید؛ میان بندها یک سطر خالی بگذارید."
ASK_EXPLANATION = (
    "توضیح کوتاه پاسخ را در پاسخ به همین پیام بنویسید؛ حداکثر ۲۰۰ نویسه. اگر ندارد: -"
)
ASK_TAGS = "هشتگ‌های موضوع را در پاسخ به همین پیام بنویسید. اگر ندارد: -"
NO_SUCH_POST = "این پست را در آرشیو پیدا نکردم؛ نشانی پستی از کانال را بفرستید."
NO_MODEL_HERE = "مدلی تنظیم نشده است؛ پرسش را خودتان بنویسید: \u200e/newquiz"
WRITING = "✍️ از روی این پست پرسش می‌سازم؛ کارتش در اتاق مدیران می‌آید."
MODEL_SILENT = "مدل الان جواب نمی‌دهد؛ کمی بعد دوباره بفرستید، یا خودتان بنویسید: \u200e/newquiz"
STEP_OVER = (
    "این مرحله گذشته است؛ به تازه‌ترین پیام من پاسخ دهید، یا از نو آغاز کنید: \u200e/newquiz"
)
MADE = "ساخته شد؛ کارتش در اتاق مدیران است."
BANK_EMPTY = f"هنوز پرسش تأییدشده‌ای در بانک نیست تا در پرونده بیاید.\n{FILE_FORM}"
NO_OFFERED = "پرسشی در انتظار تصمیم نمانده است."
NO_KEYLESS = "کوییز بی‌پاسخی نمانده است."
UNREADABLE_POLL = "این نظرسنجی را نتوانستم به بانک ببرم: دست‌کم دو گزینه لازم است."
NOT_RECEIVED = "پرونده را از تلگرام نگرفتم؛ لطفاً کمی بعد دوباره بفرستید."
WRITE_TEXT = "متنی در پیام نبود؛ لطفاً آن را به‌صورت پیام متنی بفرستید."


def keyless_button(count: int) -> str:
    return f"{KEYLESS} ({digits(count)})"


def offered_button(count: int) -> str:
    return f"{OFFERED} ({digits(count)})"


def waiting(offered: int, keyless: int, numbers: Sequence[int]) -> str:
    """What waits for the admins, and how to tell keys in one message."""
    lines = [f"{digits(offered)} پرسش در انتظار تصمیم شماست."] if offered else []
    if keyless:
        lines.append(f"{digits(keyless)} کوییز قدیمی هست که گزینهٔ درستش را نمی‌دانم.")
    if numbers:
        shown = "، ".join(digits(number) for number in numbers[:_NUMBERS_SHOWN])
        more = "، …" if len(numbers) > _NUMBERS_SHOWN else ""
        pair = f"{digits(numbers[0])}: ۲" + (f"، {digits(numbers[1])}: ۴" if numbers[1:] else "")
        lines.append(
            f"شماره‌هایشان: {shown}{more}\n"
            "دکمه را بزنید تا یکی‌یکی نشانتان بدهم، یا در پاسخ به همین پیام بنویسید کدام گزینهٔ هر"
            f" کدام درست است: {pair}"
        )
    return "\n".join(lines)


def unknown_tags(names: Iterable[str]) -> str:
    """Hashtags that were left out."""
    told = "، ".join(named(name.lstrip("#"), 40) for name in names)
    return f"این‌ها هشتگ کانال نیستند و کنار گذاشته شدند: {told}\nافزودن هشتگ: \u200e/tags"


def keys_taken(done: Sequence[int], missed: Sequence[int], left: int) -> str:
    """Which keys were noted, and which could not be."""
    if not done and not missed:
        return "نفهمیدم؛ این‌طور بنویسید: شمارهٔ کوییز، دونقطه، شمارهٔ گزینه. مثال: ۹۰: ۲، ۹۱: ۴"
    lines = []
    if done:
        lines.append(f"ثبت شد: {'، '.join(map(digits, done))}")
    if missed:
        why = "کوییز بی‌پاسخی با این شماره نیست، یا چنین گزینه‌ای ندارد"
        lines.append(f"⚠️ {'، '.join(map(digits, missed))}: {why}.")
    lines.append(f"مانده: {digits(left)}" if left else NO_KEYLESS)
    return "\n".join(lines)


def not_written(reasons: Sequence[str]) -> str:
    """The model's questions about a post were refused by the gate."""
    told = "\n".join(f"• {reason}" for reason in dict.fromkeys(reasons))
    return (
        f"مدل از این پست پرسش خوبی ننوشت:\n{told}\n"
        "پست دیگری را امتحان کنید یا خودتان بنویسید: \u200e/newquiz"
    )


def bank_sent(count: int, waiting: int) -> str:
    """What comes with the bank as a file."""
    told = f"{digits(count)} پرسش تأییدشده"
    if waiting:
        told += f"؛ {digits(waiting)} پرسشی که هنوز تصمیمی نگرفته‌اند در پرونده نیست"
    return f"{told}.\n{FILE_FORM}"


def in_bank(question: Question) -> str:
    """A question that is there already."""
    return f"این در بانک هست: پرسش {digits(question.id)} ({STAGES[question.stage]})."


def wrong(faults: Iterable[Mapping[str, Any]]) -> str:
    """What must be mended before a question can be kept; the message can be answered."""
    kinds = {one["kind"]: str(one["message"]) for one in faults}
    if "count" in kinds:
        kinds.pop("wrong-index", None)
    if "wrong-index" in kinds:
        kinds["wrong-index"] = "کدام گزینه درست است؟ پیش از آن ستاره (*) بگذارید."
    told = "\n".join(f"• {message}" for message in kinds.values())
    return f"این‌طور نمی‌شود:\n{told}\nدرستش را در پاسخ به همین پیام بفرستید."


def file_read(added: int, known: int, faults: Sequence[Fault]) -> str:
    """What a file brought, with what is wrong in which line."""
    lines = [f"📥 {digits(added)} پرسش به بانک رفت." if added else "📥 پرسش تازه‌ای به بانک نرفت."]
    if known:
        lines.append(f"{digits(known)} تا از پیش در بانک بود.")
    lines += [_fault(one) for one in faults[:20]]
    if len(faults) > 20:
        lines.append(f"… و {digits(len(faults) - 20)} ایراد دیگر")
    if faults:
        lines.append(FILE_FORM)
    return "\n".join(lines)


def _fault(fault: Fault) -> str:
    where = f"سطر {digits(fault.line)}: " if fault.line else ""
    return f"⚠️ {where}{fault.message}"
