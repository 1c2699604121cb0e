"""What /series says, and the button of a card that puts a draft into a series."""

from __future__ import annotations

from collections.abc import Sequence

from bot.persian.dates import digits
from bot.persian.typography import plain, units
from db.model import Entity
from db.series import Part, Series

BACK = "بازگشت"
EARLIER = "پیشتر"
LATER = "بیشتر"
NEW = "مجموعهٔ تازه"
SCAN = "بازنگری پست‌ها"
POST = "افزودن پست"
PARTS = "ترتیب و حذف"
TITLE = "تغییر نام"
TAG = "هشتگ"
FINISH = "پایان یافت"
REOPEN = "ادامه دارد"
DROP = "برچیدن"
DROP_IT = "برچین"
DO_NOT = "نه"
UP = "🔼 یکی جلوتر"
DOWN = "🔽 یکی عقب‌تر"
OUT = "بیرون‌آوردن از مجموعه"
PICK = "قسمت بعدی یک مجموعه…"
ALONE = "جزو هیچ مجموعه‌ای نباشد"

NONE = (
    "📚 هنوز مجموعه‌ای نیست.\n"
    "پست‌هایی که عنوانشان «… قسمت اول»، «… قسمت دوم» است خودبه‌خود مجموعه می‌شوند؛"
    " مجموعه‌های دیگر را خودتان بسازید."
)
ASKED_BELOW = "پاسخ را در جواب پیام من بفرستید."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ \u200e/series را دوباره بفرستید."
GONE = "این مجموعه یا قسمت دیگر نیست؛ فهرست تازه را ببینید."
DONE = "انجام شد."
SCANNING = "پست‌ها از نو نگاه می‌شوند؛ تا لحظه‌ای دیگر \u200e/series را دوباره ببینید."
ALREADY_PART = "این پست قسمتی از همین مجموعه است."
NO_SERIES = "مجموعهٔ بازی نیست؛ با \u200e/series بسازید."

ASK_NEW = (
    "نام مجموعه را در پاسخ به همین پیام بفرستید، و اگر هشتگی دارد کنارش؛ مثلاً:"
    " مدل‌سازی زبان #language_modeling\nبرای انصراف: \u200e/cancel"
)
BAD_TITLE = "نام مجموعه باید دست‌کم یک حرف، حداکثر ۸۰ نویسه و جز نام مجموعه‌های دیگر باشد."
BAD_TAG = "این نام هشتگ نمی‌شود؛ فقط حرف، رقم، نیم‌فاصله و «_» بی‌فاصله؛ مثلاً: language_modeling"
NO_POST = (
    "پستی از کانال به این نشانی نمی‌شناسم. پیوند پست را بفرستید (در برنامهٔ تلگرام: «کپی پیوند»)"
    " یا در گفت‌وگوی خصوصی خود پست را بازفرستید."
)


def ask_title(series: Series) -> str:
    """The question for another title."""
    return (
        f"نام تازهٔ «{plain(series.title)}» را در پاسخ به همین پیام بفرستید. انصراف: \u200e/cancel"
    )


def ask_tag(series: Series) -> str:
    """The question for a hashtag."""
    return (
        f"هشتگ «{plain(series.title)}» چه باشد؟ در پاسخ به همین پیام بفرستید؛"
        " برای برداشتنش یک خط تیره «-». انصراف: \u200e/cancel"
    )


def ask_post(series: Series) -> str:
    """The question for a post."""
    return (
        f"کدام پست قسمتی از «{plain(series.title)}» است؟ پیوندش را در پاسخ به همین پیام بفرستید؛"
        " در گفت‌وگوی خصوصی می‌توانید خود پست را بازفرستید. انصراف: \u200e/cancel"
    )


def series_button(series: Series) -> str:
    """A series in the list."""
    return f"{series.title} · {digits(len(series.parts))}{'' if series.is_open else ' ✓'}"


def part_button(part: Part) -> str:
    """A part in the list."""
    return f"{digits(part.number)}. {_short(part.title, 50)}"


def next_of(title: str) -> str:
    """The series that a draft may go into."""
    return f"قسمت بعدی «{_short(title, 40)}»"


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def home(found: Sequence[Series]) -> str:
    """The heading of the list."""
    return f"📚 مجموعه‌ها: {digits(len(found))}\n✓ یعنی پایان یافته است." if found else NONE


def series(shown: Series, offset: int = 0, size: int = 10) -> tuple[str, list[Entity]]:
    """The page of a series: its parts as links, a page of them, and the entities."""
    state = "ادامه دارد" if shown.is_open else "پایان یافته"
    lines = [f"📚 {plain(shown.title)}", f"وضع: {state}"]
    lines.append(f"هشتگ: {plain('#' + shown.tag) if shown.tag else 'ندارد'}")
    lines.append(f"قسمت‌ها: {digits(len(shown.parts))}")
    gaps = missing(shown)
    if gaps:
        lines.append(f"این شماره‌ها نیستند: {'، '.join(map(digits, gaps))}")
    text = "\n".join(lines) + "\n"
    entities: list[Entity] = []
    for part in shown.parts[offset : offset + size]:
        text += f"\n{digits(part.number)}. "
        title = plain(_short(part.title, 80)) or "بی‌عنوان"
        if part.url:
            place = {"offset": units(text), "length": units(title)}
            entities.append({"type": "text_link", "url": part.url, **place})
        text += title
    return text, entities


def missing(shown: Series, most: int = 10) -> list[int]:
    """The numbers that no part has, up to the last."""
    have = {part.number for part in shown.parts}
    return [number for number in range(1, max(have, default=0)) if number not in have][:most]


def part(shown: Series, one: Part) -> str:
    """The page of a part."""
    return f"📚 {plain(shown.title)}، قسمت {digits(one.number)}\n«{plain(_short(one.title, 200))}»"


def dropping(shown: Series) -> str:
    """Before a series is dissolved."""
    return (
        f"مجموعهٔ «{plain(shown.title)}» با {digits(len(shown.parts))} قسمت برچیده شود؟"
        " پست‌ها در کانال می‌مانند؛ پیوندهای «قسمت پیشین» و «قسمت بعدی» از پست‌های پیک"
        " برداشته می‌شود."
    )


def attached(shown: Series, number: int) -> str:
    """A post has become a part."""
    return f"پست، قسمت {digits(number)} از «{plain(shown.title)}» شد."


def made(shown: Series) -> str:
    """A series was made."""
    return f"مجموعهٔ «{plain(shown.title)}» ساخته شد."


def in_series(title: str, number: int) -> str:
    """Told to who put a draft into a series."""
    return f"قسمت {digits(number)} از «{plain(_short(title, 60))}» شد."


TAKEN_OUT = "دیگر جزو مجموعه‌ای نیست."
PICKED = "کدام مجموعه؟"
