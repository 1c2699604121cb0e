"""What /score, its boards and wishes say, and what is asked for once a day."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channel.lines import EMPTY, Line, bold, joined, line, named
from bot.channel.post import Rendered
from bot.persian.dates import digits
from db.players import Player, Standing, Subject

WEEK = "جدول این هفته"
EVER = "جدول کل"
JOIN = "نامم در جدول بیاید"
RENAME = "نام دیگر در جدول"
QUIT = "بیرون از جدول"
REMINDER = "یادآور روزانه"
NO_REMINDER = "بی یادآور"
SUBJECTS = "موضوع‌ها"
ALL_SUBJECTS = "همهٔ موضوع‌ها"
MORE = "بعدی ›"
BACK = "‹ قبلی"
LONGEST_NAME = 24
LONGEST_SUBJECT = 30

NOTHING_YET = "هنوز به پرسشی جواب نداده‌اید. با \u200e/quiz آغاز کنید؛ پنج پرسش بیشتر نیست."
ASK_NAME = (
    "با چه نامی در جدول‌ها بیایید؟ در پاسخ به همین پیام بنویسید (تا ۲۴ نویسه)."
    " این نام را همه می‌بینند. انصراف: \u200e/cancel"
)
BAD_NAME = (
    "این نام را نمی‌شود نشان داد: ۲ تا ۲۴ نویسه، دست‌کم یک حرف، بی پیوند و نشانه‌هایی مثل @ # / < >."
    " نام دیگری در پاسخ به همین پیام بفرستید."
)
NAME_TAKEN = "این نام را کس دیگری برداشته است؛ نام دیگری در پاسخ به همین پیام بفرستید."
OFF_BOARD = "نامتان از جدول‌ها برداشته شد. امتیازتان سر جایش است."
ASK_HOUR = "هر روز چه ساعتی یادآوری کنم؟ روزی که مروری در نوبت نباشد چیزی نمی‌گویم."
REMINDER_OFF = "یادآور خاموش شد."
ASK_SUBJECTS = "پرسش‌های تازه از کدام موضوع‌ها باشد؟"
NO_SUBJECTS = "پرسش‌ها هنوز موضوع ندارند."
EMPTY_BOARD = (
    "هنوز کسی در این جدول نیست. با \u200e/quiz امتیاز بگیرید و نامتان را در جدول بیاورید."
)
FIRST_ONLY = "هر پرسش یک بار امتیاز دارد: بار نخست که جواب می‌دهید."
EMPTY_GROUP = "در این گروه هنوز کوییزی نبوده است. \u200e/quiz را بزنید!"

# On the picture
TITLE = "کارنامهٔ کوییز"
LAST_DAYS = "پاسخ‌های دو هفتهٔ اخیر"
RIGHT, WRONG = "درست", "نادرست"
IN_SUBJECTS = "درستی در هر موضوع"
STREAK_LABEL = "روز پیاپی"
ACCURACY_LABEL = "درست"
ANSWERED_LABEL = "پرسش"


def named_now(name: str) -> str:
    """The name was taken."""
    return f"از این پس در جدول‌ها «{named(name, LONGEST_NAME + 2)}» هستید."


def reminded_at(hour: int) -> str:
    """The reminder was set."""
    return f"هر روز ساعت {digits(hour)}، اگر مروری در نوبت باشد، خبرتان می‌کنم."


def reminder(due: int) -> str:
    """The daily reminder."""
    return f"{digits(due)} پرسش برای مرور در نوبت است. \u200e/quiz\nخاموش‌کردن یادآور: \u200e/score"


def subject(name: str) -> str:
    """A subject as a button shows it."""
    return named(name, LONGEST_SUBJECT)


def own(
    player: Player,
    streak: int,
    due: int,
    learnt: int,
    subjects: Sequence[Subject],
    week: Standing | None,
    ever: Standing,
) -> Rendered:
    """Streak, accuracy, what is due, and where one stands."""
    right, answered = ever.points, ever.answered
    lines = [
        line(bold("📊 کارنامهٔ شما")),
        line(f"🔥 {digits(streak)} روز پیاپی (بیشترین: {digits(player.best_streak)})"),
        line(
            f"🎯 بار نخست: {digits(right)} درست از {digits(answered)} ({percent(right, answered)})"
        ),
        line(f"🧠 حالا در یاد: {digits(learnt)} پرسش"),
        line(f"🔁 مرور تا پایان امروز: {digits(due)}"),
        line(f"🏅 این هفته: {digits(week.points if week else 0)} امتیاز{_place(player, week)}"),
    ]
    if subjects:
        lines += [EMPTY, *(_subject(one) for one in subjects)]
    return joined(lines)


def _place(player: Player, week: Standing | None) -> str:
    shown = player.name and week and week.points
    return f"، جایگاه {digits(week.place)}" if shown and week else ""


def _subject(one: Subject) -> Line:
    told = f": {digits(one.right)} از {digits(one.answered)} ({percent(one.right, one.answered)})"
    return line("• ", named(one.name, LONGEST_SUBJECT), told)


def told(one: Subject) -> tuple[int, int, str]:
    """The figures of a subject on the picture, and in words."""
    return one.right, one.answered, f"{digits(one.right)} از {digits(one.answered)}"


def percent(right: int, answered: int) -> str:
    """«٪۶۳»."""
    return f"٪{digits(round(100 * right / answered) if answered else 0)}"


def board(
    which: str, standings: Sequence[Standing], mine: Standing | None, on_it: bool
) -> Rendered:
    """The head of a board, and the reader's own line where it is further down."""
    heading = {"w": WEEK, "e": EVER}.get(which, "جدول این گروه")
    lines = [line(bold(f"🏆 {heading}"))]
    lines += [_row(one, mine) for one in standings]
    if not standings:
        lines.append(line(EMPTY_BOARD if which else EMPTY_GROUP))
    if mine and on_it and mine.points and all(one.user_id != mine.user_id for one in standings):
        lines += [line("…"), line(f"{digits(mine.place)}. ", bold("شما"), _points(mine))]
    elif mine and not on_it and which:
        lines += [EMPTY, line(f"شما{_points(mine)}؛ نامتان در جدول نیست.")]
    if standings:
        lines += [EMPTY, line(FIRST_ONLY)]
    return joined(lines)


def _row(one: Standing, mine: Standing | None) -> Line:
    own = " (شما)" if mine and mine.user_id == one.user_id else ""
    name = named(one.name, LONGEST_NAME + 2)
    return line(f"{digits(one.place)}. ", bold(name), own, _points(one))


def _points(one: Standing) -> str:
    return f" — {digits(one.points)} امتیاز"
