"""What a user hears first, what is kept about people, and the word for things gone wrong."""

from __future__ import annotations

from collections.abc import Sequence

from bot.channel.lines import embedded
from bot.persian.dates import digits
from bot.persian.hidden import JOINER, LRM, RLM


def start(channel: str) -> str:
    """Who peyk is; `channel` is its @name, or empty."""
    where = f"کانال {channel}" if channel else "کانال"
    return (
        f"سلام! من پیکم؛ خبرهای تازهٔ هوش مصنوعی را به فارسی به {where} می‌رسانم.\n"
        "برای دیدن کارهایی که از من برمی‌آید: \u200e/help"
    )


_FOR_ALL = (
    ("start", "آغاز"),
    ("toc", "فهرست مطالب کانال"),
    ("search", "جست‌وجو در پست‌ها؛ در گفت‌وگوی خصوصی همان واژه‌ها را بفرستید هم کافی است"),
    ("ask", "پرسش از آرشیو کانال، با منبع: \u200e/ask پرسش شما"),
    ("quiz", "پنج پرسش از پست‌های کانال؛ با نام موضوع: \u200e/quiz LLM"),
    ("score", "کارنامه، جدول‌ها، یادآور روزانه"),
    ("help", "همین راهنما"),
    ("ocr", "خواندن متن از PDF و عکس (یا همین حالا یکی بفرستید)"),
    ("privacy", "دربارهٔ شما چه نگه می‌دارم"),
    ("forget", "پاک‌کردن هرچه دربارهٔ شما نگه داشته‌ام"),
    ("cancel", "انصراف از کار نیمه‌تمام"),
)
"""The commands of everybody, as /help explains them."""
_FOR_ADMINS = (
    ("drafts", "پیش‌نویس‌های در انتظار؛ و آنچه ادغام یا کنار گذاشته شد"),
    ("sources", "حال منابع؛ افزودن، حذف، وزن و بی‌صدا کردنشان"),
    ("tags", "هشتگ‌های کانال"),
    ("series", "مجموعه‌ها و قسمت‌هایشان"),
    ("newquiz", "پرسش تازه برای بانک کوییز"),
    ("stats", "آمار"),
    ("settings", "تنظیم‌ها"),
    ("pause", "توقف انتشار"),
    ("resume", "ازسرگیری انتشار"),
)
"""Those of admins."""
_ADMINS_MAY = (
    "برای عوض‌کردن متن یک پیش‌نویس، در پاسخ به کارتش متن تازه را بفرستید.\n"
    "پستی را که نمونهٔ خوبی از قلم کانال است ستاره کنید: با دکمهٔ زیر کارت منتشرشده‌اش، یا با"
    " بازفرستادن پست کانال در گفت‌وگوی خصوصی با من.\n"
    "برای واردکردن پست‌های گذشتهٔ کانال، result.json تلگرام دسکتاپ را در گفت‌وگوی خصوصی بفرستید."
)


def help_(bot: str, *, for_admin: bool) -> str:
    """What can be asked for; `bot` is its name without @."""
    text = f"از من چه برمی‌آید:\n{_listed(_FOR_ALL)}{_in_groups(bot)}"
    if for_admin:
        text += f"\n\nبرای مدیران:\n{_listed(_FOR_ADMINS)}\n{_ADMINS_MAY}"
    return text


def _listed(commands: Sequence[tuple[str, str]]) -> str:
    """A line for each; the marks make it run from the right though it begins with Latin."""
    return "\n".join(f"{RLM}{JOINER}{LRM}/{name} {what}" for name, what in commands)


def _in_groups(bot: str) -> str:
    """How the bot is addressed where others talk, too; `bot` is its name without @."""
    return (
        f"\nدر گروه‌ها نامم را هم بنویسید: {LRM}/ask@{bot} و پرسش شما، یا @{bot} و پرسش؛"
        " یا در پاسخ به پیام من بپرسید."
    )


PRIVACY = (
    "پیامی که به من می‌دهید فقط تا وقتی نگه داشته می‌شود که به آن پاسخ بدهم؛ بعد متنش پاک می‌شود"
    " (متن پرونده‌ها و پرسش‌های \u200e/ask بیشتر می‌ماند؛ پایین‌تر نوشته‌ام چقدر).\n"
    "آنچه جست‌وجو می‌کنید جایی ثبت نمی‌شود.\n"
    "از کوییزها این‌ها می‌ماند: درست یا نادرست بودن پاسخ‌هایتان و زمانشان، نوبت مرورها، امتیازها"
    " و روزهای پیاپی، و اگر بخواهید ساعت یادآور، موضوع‌ها و نامی که برای جدول‌ها برگزیده‌اید."
    " در کوییز گروه، نامتان در تلگرام کنار امتیازتان می‌ماند.\n"
    "از مدیران کانال، نام و تصمیمشان دربارهٔ هر پیش‌نویس ثبت می‌شود.\n"
    "با \u200e/forget هرچه از شما مانده پاک می‌شود."
)
NOTHING_LEFT = "از شما چیزی نزد من نمانده است."
FORMER_ADMIN = "مدیر پیشین"
FORGOTTEN_ADMIN = "پیام‌هایتان پاک شد. نامتان در سابقهٔ تصمیم‌ها به «مدیر پیشین» تغییر کرد."


def forgotten(*, was_admin: bool = False, asked: bool = False, read: bool = False) -> str:
    """What /forget did, and what stays of a day on which the person asked, or had pages read."""
    erased = FORGOTTEN_ADMIN if was_admin else "پاک شد."
    counts = ["شمار پرسش‌های امروزتان"] if asked else []
    counts += ["شمار صفحه‌هایی که امروز خوانده‌ام"] if read else []
    if counts:
        return f"{erased} فقط {' و '.join(counts)} تا پایان امروز می‌ماند و بعد پاک می‌شود."
    return erased if was_admin else f"{erased} {NOTHING_LEFT}"


def forgotten_quizzes(answers: int, name: str, reminder: bool) -> str:
    """What was erased of somebody who answered questions; empty where there was nothing."""
    erased = [f"{digits(answers)} پاسخ کوییز با مرورها و امتیازهایش"] if answers else []
    erased += [f"نام «{embedded(name)}» در جدول‌ها"] if name else []
    erased += ["یادآور روزانه"] if reminder else []
    return f"\nاین‌ها هم پاک شد: {'، '.join(erased)}." if erased else ""


UNKNOWN = "این را نفهمیدم. \u200e/help می‌گوید چه کارهایی از من برمی‌آید."
SORRY = "ببخشید، کاری که خواستید انجام نشد. چند دقیقهٔ دیگر دوباره امتحان کنید."

COMMANDS = (
    ("start", "آغاز"),
    ("toc", "فهرست مطالب کانال"),
    ("search", "جست‌وجو در پست‌ها"),
    ("ask", "پرسش از آرشیو کانال"),
    ("quiz", "کوییز"),
    ("score", "کارنامه و جدول‌ها"),
    ("help", "راهنما"),
    ("ocr", "خواندن متن از PDF و عکس"),
    ("privacy", "چه نگه می‌دارم"),
    ("forget", "پاک‌کردن داده‌های من"),
    ("cancel", "انصراف"),
)
ADMIN_COMMANDS = (
    ("drafts", "پیش‌نویس‌ها"),
    ("sources", "منابع"),
    ("tags", "هشتگ‌ها"),
    ("series", "مجموعه‌ها"),
    ("newquiz", "پرسش تازه برای کوییز"),
    ("stats", "آمار"),
    ("settings", "تنظیم‌ها"),
    ("pause", "توقف انتشار"),
    ("resume", "ازسرگیری انتشار"),
    ("cancel", "انصراف"),
    ("help", "راهنما"),
)
