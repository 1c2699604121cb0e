"""What is said in a round of questions, in private and in groups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.channel.lines import EMPTY, Line, bold, joined, line, link, named
from bot.channel.post import Rendered
from bot.persian.dates import date_and_clock, digits
from bot.persian.typography import plain, typeset
from db.rounds import Result

DUNNO = "نمی‌دانم"
AGAIN = "یک دور دیگر"
SCORE = "کارنامهٔ من"
LONGEST_NAME = 40
LONGEST_OPTION = 110
SHOWN = 10
"""Lines of a scoreboard."""

EMPTY_BANK = "هنوز پرسشی آماده نیست؛ چند روز دیگر دوباره سر بزنید."
NOTHING_LEFT = "همهٔ پرسش‌ها را جواب داده‌اید و فعلاً مروری هم در نوبت نیست. آفرین!"
LEFT = "دور را همین‌جا بستم."
NOT_HERE = (
    "کوییز گروهی فقط در گروه گفت‌وگوی کانال است؛ اینجا نمی‌شود. در گفت‌وگوی خصوصی \u200e/quiz بزنید."
)
RUNNING = "یک کوییز همین حالا در جریان است؛ به آن برسید!"
ANSWER_FIRST = "پرسشی باز دارید؛ همین را جواب بدهید، یا برای پایان دور \u200e/cancel بزنید."
COUNTS_ONCE = "همان پرسش کانال؛ پاسخی که اینجا بدهید، یک بار، در امتیازتان حساب می‌شود."
COMES_NEXT = "این پرسش بعد از پرسشی که باز است می‌آید."
QUESTION_GONE = "این پرسش دیگر در کوییز نیست. با \u200e/quiz پرسش‌های دیگر را ببینید."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند. برای شروع \u200e/quiz بزنید."
ALREADY_ANSWERED = "به این پرسش جواب داده‌اید."
ONLY_STARTER = "کوییز گروه را کسی می‌بندد که آغازش کرده است، یا یکی از مدیران."
FIRST_ONLY = "در جدول‌ها هر پرسش برای هر کس یک بار امتیاز دارد: بار نخست."
NOBODY = "کسی جواب نداد؛ کوییز را همین‌جا می‌بندم. هر وقت خواستید: \u200e/quiz"


def no_such_subject(tag: str, known: Sequence[str]) -> str:
    """There is no question on this subject."""
    text = f"پرسشی با موضوع «{named(tag, LONGEST_NAME)}» ندارم."
    if known:
        text += "\nموضوع‌هایی که پرسش دارند: " + "، ".join(
            named(name, LONGEST_NAME) for name in known
        )
    return text


def nothing_due(when: datetime, zone: ZoneInfo) -> str:
    """All is answered; the next review comes then."""
    return f"{NOTHING_LEFT}\nمرور بعدی: {date_and_clock(when, zone)}"


def group_begins(questions: int, seconds: int) -> str:
    """A group's quiz is about to begin."""
    return (
        f"کوییز گروهی: {digits(questions)} پرسش، هر کدام {digits(seconds)} ثانیه."
        " اولین جواب هر کس به حساب می‌آید. این هم پرسش نخست:"
    )


def verdict(
    right: bool,
    answer: Sequence[str],
    explanation: str,
    source: tuple[str, str] | None,
    place: tuple[int, int],
) -> Rendered:
    """After an answer: right or wrong, why, and the post it comes from (title, address)."""
    opening = bold("✅ درست بود") if right else bold("❌ درست نبود")
    at, whole = place
    progress = f" · پرسش {digits(at)} از {digits(whole)}" if whole > 1 else ""
    lines = [line(opening, progress)]
    if not right:
        lines.append(_right(answer))
    return joined([*lines, *_why(explanation, source)])


def closed(
    answer: Sequence[str],
    explanation: str,
    source: tuple[str, str] | None,
    answered: int,
    right: int,
) -> Rendered:
    """After the time of a group's question: the answer, and how many knew it."""
    said = "گفت" if right == 1 else "گفتند"
    told = f"از {digits(answered)} نفر، {digits(right)} نفر درست {said}."
    if not right:
        told = f"از {digits(answered)} نفر هیچ‌کس درست نگفت."
    return joined([_right(answer), line(told), *_why(explanation, source)])


def counted_before(
    right: bool, answer: Sequence[str], explanation: str, source: tuple[str, str] | None
) -> Rendered:
    """The channel's question was answered by this user already: once is all that counts."""
    how = "درست" if right else "نادرست"
    first = line(f"این پرسش پیش‌تر در امتیازتان حساب شده است: {how}.")
    return joined([first, _right(answer), *_why(explanation, source)])


def summary(right: int, answered: int, *, ended_early: bool, short: bool) -> str:
    """The end of somebody's own round; `short`: there were no more questions to ask."""
    if not answered:
        return LEFT
    opening = LEFT if ended_early else "پایان دور!"
    praise = " آفرین!" if right == answered else ""
    lines = [f"{opening} {digits(right)} از {digits(answered)} درست.{praise}"]
    if right < answered:
        lines.append("آنچه ندانستید، به‌وقتش دوباره می‌آید.")
    if short and not ended_early:
        lines.append("فعلاً پرسش دیگری در نوبت نبود.")
    return "\n".join(lines)


def single_done(points: int) -> str:
    """The channel's question counts now."""
    return (
        f"در امتیازتان حساب شد. امتیاز این هفته: {digits(points)}\nبرای پرسش‌های بیشتر: \u200e/quiz"
    )


def scoreboard(results: Sequence[Result], ended_early: bool) -> Rendered:
    """The end of a group's quiz: who knew how many; equal ones share a place."""
    heading = "کوییز را بستیم" if ended_early else "پایان کوییز"
    lines = [line(bold(f"🏁 {heading}"))]
    place = 0
    for number, result in enumerate(results[:SHOWN], 1):
        if number == 1 or result.right != results[number - 2].right:
            place = number
        lines.append(_row(place, result))
    if len(results) > SHOWN:
        lines.append(line(f"… و {digits(len(results) - SHOWN)} نفر دیگر"))
    return joined([*lines, EMPTY, line(FIRST_ONLY)])


def _row(place: int, result: Result) -> Line:
    name = named(result.name, LONGEST_NAME)
    return line(f"{digits(place)}. ", bold(name), f" — {digits(result.right)} درست")


def _right(answer: Sequence[str]) -> Line:
    shown = "، ".join(f"«{named(option, LONGEST_OPTION)}»" for option in answer)
    return line("پاسخ درست: ", shown)


def _why(explanation: str, source: tuple[str, str] | None) -> list[Line]:
    lines = []
    if explanation:
        lines += [EMPTY, *(line(plain(part)) for part in typeset(explanation).split("\n"))]
    if source:
        title, url = source
        lines += [EMPTY, line("📖 ", link(named(title, 100), url))]
    return lines
