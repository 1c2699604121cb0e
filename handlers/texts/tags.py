"""What /tags says: lists, the page of a tag, previews of changes, proposals of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from bot.persian.dates import digits
from bot.persian.typography import plain
from db.tag_changes import Preview, What
from db.tags import Tag, TagKind, TagState, View

BACK = "بازگشت"
EARLIER = "صفحهٔ پیش"
LATER = "صفحهٔ بعد"
KIND = "گونه"
NAMES = "حذف نام دیگر"
DO = "انجام بده"
DO_NOT = "نه"
TAKE = "بپذیر"
REFUSE = "نه، لازم نیست"
SAME_AS = "همان هشتگ دیگر است…"
UNDO = "برگرداندن آخرین تغییر"

VIEWS = {
    View.SUBJECTS: "موضوع‌ها",
    View.TYPES: "گونه‌های پست",
    View.SERIES: "مجموعه‌ها",
    View.FOUND: "فقط در پست‌ها",
    View.PROPOSED: "پیشنهادهای مدل",
    View.HIDDEN: "پنهان‌ها",
}
KINDS = {
    TagKind.OPEN: "بی‌گونه",
    TagKind.TYPE: "گونهٔ پست",
    TagKind.SUBJECT: "موضوع",
    TagKind.SERIES: "مجموعه",
}
STATES = {
    TagState.OURS: "در واژگان؛ پست‌های تازه هم می‌گیرندش",
    TagState.SEEN: "فقط در پست‌ها دیده شده؛ پست‌های تازه نمی‌گیرندش",
    TagState.PROPOSED: "پیشنهاد مدل؛ هنوز پذیرفته نشده",
    TagState.REFUSED: "پیشنهاد مدل بود و رد شد",
}
ASKED = {
    What.RENAME: "تغییر نام",
    What.LABEL: "برچسب فارسی",
    What.ALIAS: "نام دیگر",
    What.MERGE: "یکی‌کردن با…",
}
DONE_WITH = {
    What.HIDE: "پنهان کن",
    What.SHOW: "نمایان کن",
    What.ADOPT: "به واژگان بیفزا",
    What.REFUSE: "رد پیشنهاد",
}
DONE = "انجام شد."
UNDONE = "آخرین تغییر برگشت."
NOTHING_TO_UNDO = "تغییری برای برگرداندن نمانده است؛ شاید کسی پس از آن تغییر دیگری داده باشد."
CHANGED = "در این میان هشتگ‌ها تغییر کرده‌اند؛ وضع تازه را ببینید و دوباره بخواهید."
GONE = "این هشتگ دیگر نیست؛ شاید با هشتگ دیگری یکی شده باشد."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ \u200e/tags را دوباره بفرستید."
ASKED_BELOW = "پاسخ را در جواب پیام من بفرستید."
UNKNOWN = "هشتگی به این نام نمی‌شناسم. \u200e/tags همه را نشان می‌دهد."

LINES = 12
"""Tags of a page that its text names; the buttons name them all."""
NAMES_SHOWN = 30


def _hashtag(name: str) -> str:
    return plain(f"#{name}")


def tag_button(tag: Tag) -> str:
    """A tag in a list: its name and how many posts, or drafts, have it."""
    count = tag.wishes if tag.state is TagState.PROPOSED else tag.posts
    return f"#{tag.name} · {digits(count)}"


def alias_button(name: str) -> str:
    """An alias that can be taken away."""
    return f"✖️ {name}"


def home(counts: Mapping[View, int], last: tuple[What, str] | None) -> str:
    """The first page of /tags."""
    lines = ["🏷 هشتگ‌های کانال", ""]
    lines += [f"{VIEWS[view]}: {digits(counts[view])}" for view in View if counts[view]]
    if last:
        lines += ["", f"آخرین تغییر: {_done(last[0])}، به دست {plain(last[1])}"]
    lines += ["", "برای دیدن یک هشتگ: \u200e/tags و نام آن"]
    return "\n".join(lines)


def _done(what: What) -> str:
    more = {What.KIND: "تغییر گونه", What.UNALIAS: "حذف نام دیگر", What.MERGE: "یکی‌کردن"}
    return more.get(what) or ASKED.get(what) or DONE_WITH[what]


def page(view: View, offset: int, size: int, total: int) -> str:
    """The heading of a list."""
    number, pages = offset // size + 1, max(1, -(-total // size))
    lines = [f"🏷 {VIEWS[view]}: {digits(total)}"]
    if pages > 1:
        lines.append(f"صفحهٔ {digits(number)} از {digits(pages)}")
    if view is View.PROPOSED:
        lines.append("عدد کنار هر نام: پیش‌نویس‌هایی که مدل آن را برایشان خواست.")
    return "\n".join(lines)


def tag(shown: Tag, drafts: Sequence[int] = ()) -> str:
    """The page of a tag."""
    lines = [f"🏷 {_hashtag(shown.name)}", ""]
    lines.append(f"برچسب فارسی: {plain(shown.label) or 'ندارد'}")
    lines.append(f"گونه: {KINDS[shown.kind]}")
    lines.append(f"پست‌ها: {digits(shown.posts)}")
    lines.append(f"وضع: {STATES[shown.state]}{'؛ پنهان' if shown.hidden else ''}")
    if shown.aliases:
        names = "، ".join(map(plain, shown.aliases[:NAMES_SHOWN]))
        more = len(shown.aliases) - NAMES_SHOWN
        lines.append(f"نام‌های دیگر: {names}" + (f" و {digits(more)} نام دیگر" * (more > 0)))
    if drafts:
        numbers = "، ".join(map(digits, drafts))
        lines.append(f"مدل برای {digits(shown.wishes)} پیش‌نویس خواسته است؛ آخرین‌ها: {numbers}")
    return "\n".join(lines)


def ask(shown: Tag, what: What) -> str:
    """The question whose answer is a name, a label or another tag."""
    name = _hashtag(shown.name)
    wanted = {
        What.RENAME: f"نام تازهٔ {name} چه باشد؟ نام کنونی به‌عنوان نام دیگر می‌ماند.",
        What.LABEL: f"برچسب فارسی {name} چه باشد؟ برای برداشتنش یک خط تیره «-» بفرستید.",
        What.ALIAS: f"{name} دیگر به چه نامی نوشته می‌شود؟",
        What.MERGE: f"{name} همان کدام هشتگ است؟ نام هشتگی را که می‌ماند بفرستید.",
    }[what]
    return f"{wanted}\nدر پاسخ به همین پیام بنویسید. برای انصراف: \u200e/cancel"


def ask_kind(shown: Tag) -> str:
    """Above the kinds to choose from."""
    return f"گونهٔ {_hashtag(shown.name)} اکنون «{KINDS[shown.kind]}» است. کدام باشد؟"


def ask_name(shown: Tag) -> str:
    """Above the aliases to choose from."""
    return (
        f"کدام نام دیگر از {_hashtag(shown.name)} گرفته شود؟"
        " پست‌هایی که با آن نام نوشته شده‌اند هشتگ جدای خود را می‌گیرند."
    )


def preview(seen: Preview) -> str:
    """What a change would do, or why it cannot be made."""
    if seen.problem:
        return PROBLEMS[seen.problem]
    before, after = seen.before[0], seen.after[0]
    lines = [f"🔎 {_TOLD[seen.change.what](before, after, seen)}", ""]
    if seen.guide_changes:
        lines.append("در فهرست و راهنمای کانال:")
        lines += [f"پیش از تغییر: {_shown(tag)}" for tag in seen.before]
        lines += [f"پس از تغییر: {_shown(tag)}" for tag in seen.after]
    else:
        lines.append("فهرست و راهنمای کانال عوض نمی‌شود.")
    return "\n".join([*lines, *_NOTES.get(seen.change.what, ())])


def _shown(tag: Tag) -> str:
    if not tag.shown:
        return f"{_hashtag(tag.name)} نشان داده نمی‌شود"
    label = f" ({plain(tag.label)})" if tag.label else ""
    return f"{_hashtag(tag.name)}{label}، {KINDS[tag.kind]}، {digits(tag.posts)} پست"


def _merge(before: Tag, after: Tag, seen: Preview) -> str:
    other = seen.before[1]
    return (
        f"{_hashtag(before.name)} ({digits(before.posts)} پست) جزو {_hashtag(other.name)}"
        f" ({digits(other.posts)} پست) می‌شود و روی هم {digits(after.posts)} پست دارند."
    )


_TOLD: dict[What, Callable[[Tag, Tag, Preview], str]] = {
    What.RENAME: lambda before, after, seen: (
        f"نام {_hashtag(before.name)} به {_hashtag(after.name)} تغییر می‌کند."
    ),
    What.LABEL: lambda before, after, seen: (
        f"برچسب فارسی {_hashtag(before.name)}: {plain(after.label) or 'برداشته می‌شود'}"
    ),
    What.KIND: lambda before, after, seen: (
        f"گونهٔ {_hashtag(before.name)} «{KINDS[after.kind]}» می‌شود."
    ),
    What.HIDE: lambda before, after, seen: f"{_hashtag(before.name)} پنهان می‌شود.",
    What.SHOW: lambda before, after, seen: f"{_hashtag(before.name)} دوباره نمایان می‌شود.",
    What.ADOPT: lambda before, after, seen: f"{_hashtag(before.name)} به واژگان کانال می‌پیوندد.",
    What.REFUSE: lambda before, after, seen: (
        f"پیشنهاد {_hashtag(before.name)} رد می‌شود و مدل دیگر برایش نمی‌پرسد."
    ),
    What.MERGE: _merge,
    What.ALIAS: lambda before, after, seen: (
        f"{_hashtag(before.name)} این نام را هم می‌گیرد: {plain(seen.change.value)}"
    ),
    What.UNALIAS: lambda before, after, seen: (
        f"«{plain(seen.change.value)}» دیگر نام {_hashtag(before.name)} نیست."
    ),
}
_PRINTED = "در پست‌های کانال همان هشتگی که چاپ شده می‌ماند"
_NOTES = {
    What.RENAME: (f"{_PRINTED}؛ پست‌های تازه نام تازه را می‌گیرند و هر دو با هم پیدا می‌شوند.",),
    What.MERGE: (f"{_PRINTED}؛ از این پس با هر دو نام با هم پیدا می‌شوند.",),
    What.HIDE: ("پست‌ها هشتگشان را دارند؛ فقط در فهرست نمی‌آید و پست تازه‌ای نمی‌گیردش.",),
    What.ADOPT: ("از این پس مدل می‌تواند آن را برای پست‌های تازه برگزیند.",),
}
PROBLEMS = {
    "gone": GONE,
    "itself": "این همان هشتگ است؛ نام هشتگ دیگری را بفرستید.",
    "no-name": (
        "این نام هشتگ نمی‌شود. فقط حرف، رقم، نیم‌فاصله و «_» بی‌فاصله، دست‌کم یک حرف و حداکثر"
        " ۶۰ نویسه؛ مثلاً: بینایی_ماشین"
    ),
    "taken": "این نام از آنِ هشتگ دیگری است. اگر هر دو یکی‌اند، «یکی‌کردن با…» را بزنید.",
    "too-long": "برچسب باید حداکثر ۶۰ نویسه باشد.",
    "same": "همین حالا هم همین است؛ چیزی تغییر نمی‌کند.",
}


def proposal(tag: Tag, drafts: Sequence[int]) -> str:
    """Told when the model has wanted a tag often enough."""
    numbers = "، ".join(map(digits, drafts))
    return (
        f"🏷 مدل برای {digits(tag.wishes)} پیش‌نویس (از جمله {numbers}) هشتگ"
        f" {_hashtag(tag.name)} را خواسته که در واژگان کانال نیست. بپذیریم؟"
    )


def taken(tag: Tag, who: str) -> str:
    """What a decided proposal says from then on."""
    return f"🏷 {_hashtag(tag.name)} به واژگان کانال پیوست. تصمیم: {plain(who)}"


def refused(tag: Tag, who: str) -> str:
    """What a refused proposal says from then on."""
    return f"🏷 {_hashtag(tag.name)} پذیرفته نشد. تصمیم: {plain(who)}"
