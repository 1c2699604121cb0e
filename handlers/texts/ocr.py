"""What is said about files that people send to be read."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence

from bot.persian.dates import digits
from bot.persian.typography import plain, right_to_left, visible
from bot.reading import KEPT, MOST_WAITING, View
from db.ocr import Form, Job, Ranges, ReadPage, Stage

LONGEST_NAME = 60
BAR = 12
"""Signs of the bar."""

CANCEL = "لغو"
ERASE = "پاک‌کردن متن از نزد پیک"
READ_FULL = "خواندن همه از روی تصویر"
FORMS = {Form.MARKDOWN: "Markdown", Form.PLAIN: "متن ساده", Form.WORD: "Word"}

GONE = "متن این پرونده دیگر نزد من نیست؛ پرونده را دوباره بفرستید."
NOT_YOURS = "این پرونده را کس دیگری فرستاده است."
TOO_LATE = "دیگر کاری برای لغو نمانده است."
CANCELLED = "لغو شد."
FORM_CHOSEN = "نتیجه به این شکل می‌آید."
ON_ITS_WAY = "در راه است…"
ERASED = "متن این پرونده از نزد من پاک شد."
TOO_MANY = (
    f"هنوز {digits(MOST_WAITING)} پروندهٔ ناتمام دارید؛"
    " پس از تمام‌شدن آن‌ها یا لغوشان (\u200e/cancel) دوباره بفرستید."
)
WRONG_PASSWORD = "این رمز درست نبود."
PASSWORD_TAKEN = "رمز را امتحان می‌کنم. پیامش را پاک کردم و آن را جایی نمی‌نویسم."
PASSWORD_SHOWN = "رمز را امتحان می‌کنم، اما نتوانستم پیامش را پاک کنم؛ خودتان پاکش کنید."
PASSWORD_AGAIN = "رمز را جایی نمی‌نویسم و میان کار از یادم رفت؛ دوباره بفرستیدش."
NO_SUCH_PAGES = "این پرونده چنین صفحه‌ای ندارد."
HOW_TO_NAME_PAGES = "شمارهٔ صفحه‌ها را این‌طور بنویسید: ۳-۷ یا ۲،۵ یا «صفحهٔ ۴ تا ۹»."
NO_PICTURE = "تصویر این صفحه دیگر در دسترس نیست."
LOCKED_PICTURE = "این پرونده رمز دارد و رمزش را نگه نداشته‌ام؛ صفحه را در خود پرونده ببینید."
START_FIRST = (
    "نتیجه را در گفت‌وگوی خصوصی می‌دهم؛ اول آنجا \u200e/start را بزنید، بعد دوباره بخواهید."
)
IN_PRIVATE = "می‌خوانم و نتیجه را در گفت‌وگوی خصوصی به خودتان می‌دهم."
REPLY_TO_FILE = (
    "در گروه فقط وقتی می‌خوانم که \u200e/ocr را در پاسخ به یک عکس یا PDF بفرستید؛"
    " نتیجه را در گفت‌وگوی خصوصی به خودتان می‌دهم."
)

HOURS = digits(int(KEPT.total_seconds() // 3600))


def pages_in_words(count: int) -> str:
    """«۲۰٬۰۰۰»."""
    return digits(f"{count:,}".replace(",", "٬"))


def about(left: int, quota: int) -> str:
    """The answer of /ocr."""
    return (
        "یک PDF یا عکس بفرستید تا متنش را بخوانم؛ چند عکس در یک آلبوم، یک سند به شمار می‌آید.\n"
        f"سهم امروز شما: {digits(left)} صفحه از {digits(quota)} مانده است"
        " (صفحهٔ سفید حساب نمی‌شود).\n"
        f"متن‌ها فقط برای خود شماست و {HOURS} ساعت پس از پایان کار پاک می‌شود."
    )


def form(form: Form, chosen: bool) -> str:
    """The button of a form."""
    return f"✓ {FORMS[form]}" if chosen else FORMS[form]


def first_pages(count: int) -> str:
    """The button that reads only as much as today's share holds."""
    return f"{digits(count)} صفحهٔ نخست" if count > 1 else "صفحهٔ نخست"


def picture_button(page: int) -> str:
    """The button that shows a page."""
    return f"تصویر صفحهٔ {digits(page)}"


def shown_name(name: str) -> str:
    """A file's name inside a sentence: one short harmless line, whatever its sender called it."""
    line = " ".join(plain(visible(name, keep="")).split())
    return f"{line[:LONGEST_NAME]}{'…' if len(line) > LONGEST_NAME else ''}"


def title(job: Job) -> str:
    """The line that says which file it is."""
    return right_to_left(f"📄 {shown_name(job.name)}" if job.name else "📄 تصویر شما")


def status(view: View) -> str:
    """How a job stands."""
    job, lines = view.job, [title(view.job)]
    if job.stage is Stage.NEW:
        lines.append("پرونده را نگاه می‌کنم…")
    elif job.stage is Stage.WAITING:
        lines += [f"{digits(view.wanted)} صفحه · {_place(view)}", _estimate(view), *_hint(view)]
    elif job.stage is Stage.READING:
        lines += [_bar(view), *_hint(view)]
    elif job.stage is Stage.PASSWORD:
        lines.append(WRONG_PASSWORD if job.reason else "این پرونده رمز دارد.")
        lines.append(
            "رمز را در پاسخ به همین پیام بفرستید؛ پیامش را پاک می‌کنم و رمز را جایی نمی‌نویسم."
        )
    elif job.stage is Stage.RANGE:
        lines += [_which(view), *_hint(view)]
    elif job.stage is Stage.CANCELLED:
        forgotten = job.reason == "forgotten"
        lines.append("لغو و پاک شد." if forgotten else "لغو شد؛ چیزی خوانده نشده بود.")
    elif job.stage is Stage.FAILED:
        lines.append(failure(job.reason))
    return "\n".join(lines)


def _place(view: View) -> str:
    if view.ahead is None:
        return "همین حالا آغاز می‌کنم"
    return f"شمارهٔ {digits(view.ahead + 1)} در نوبت"


def _bar(view: View) -> str:
    share = view.done / view.wanted if view.wanted else 0.0
    full = math.floor(share * BAR)
    bar = "▰" * full + "▱" * (BAR - full)
    return (
        f"{bar}\n{digits(view.done)} از {digits(view.wanted)} صفحه خوانده شد."
        f" {_estimate(view)}".rstrip()
    )


def _estimate(view: View) -> str:
    if view.seconds < 1:
        return ""
    if view.seconds < 90:
        return f"حدود {digits(math.ceil(view.seconds / 5) * 5)} ثانیه می‌ماند."
    return f"حدود {digits(math.ceil(view.seconds / 60))} دقیقه می‌ماند."


def _hint(view: View) -> list[str]:
    if view.job.pages < 2:
        return []
    return [
        "اگر فقط چند صفحه را می‌خواهید، شماره‌ها را در پاسخ به همین پیام بنویسید؛ مثلاً ۳-۷ یا ۲،۵."
    ]


def _which(view: View) -> str:
    """Why it has to be asked which pages are wanted."""
    count = pages_in_words(view.job.pages)
    if view.job.reason == "range":
        return f"این پرونده {count} صفحه دارد، نه آن‌هایی که خواستید. کدام صفحه‌ها را بخوانم؟"
    if not view.left_today:
        return f"این پرونده {count} صفحه دارد و سهم امروز شما تمام شده است؛ فردا دوباره بفرستید."
    return (
        f"این پرونده {count} صفحه دارد و از سهم امروز شما {digits(view.left_today)} صفحه مانده"
        " است. کدام صفحه‌ها را بخوانم؟"
    )


def over_quota(pages: int, left: int) -> str:
    """More pages are asked for than are left."""
    return f"{digits(pages)} صفحه خواستید؛ از سهم امروز شما {digits(left)} صفحه مانده است."


def narrowed(pages: int) -> str:
    """The chosen pages are noted."""
    return f"باشد؛ فقط همین {digits(pages)} صفحه."


FAILURES: Mapping[str, str] = {
    "empty": "این پرونده خالی است. شاید هنگام فرستادن بریده شده باشد؛ دوباره بفرستید.",
    "unknown-kind": "این نوع پرونده را نمی‌خوانم؛ PDF، عکس (JPEG، PNG، WebP) یا TIFF بفرستید.",
    "damaged": "این پرونده خراب است و باز نمی‌شود؛ نسخهٔ سالمی از آن بفرستید.",
    "no-pages": "این پرونده هیچ صفحه‌ای ندارد.",
    "too-many-pages": "این پرونده بیش از اندازه صفحه دارد؛ بخشی از آن را جدا کنید و بفرستید.",
    "too-large": "صفحه‌های این پرونده بزرگ‌تر از آن است که بتوانم بازشان کنم؛"
    " تصویر کوچک‌تری از آن‌ها بفرستید.",
    "too-slow": "این پرونده در زمان معقول باز نمی‌شود؛ آن را از نو ذخیره (Print to PDF) کنید"
    " و بفرستید.",
    "too-big": "تلگرام به ربات‌ها پرونده‌های بزرگ‌تر از ۲۰ مگابایت نمی‌دهد؛ آن را به چند بخش تقسیم یا"
    " فشرده‌تر ذخیره کنید. (گردانندهٔ ربات می‌تواند با راه‌انداختن سرور Bot API خودش این مرز را"
    " بردارد.)",
    "unavailable": "پرونده را از تلگرام نگرفتم؛ چند دقیقهٔ دیگر دوباره بفرستید.",
    "no-reader": "خواندن تصویر در این ربات هنوز راه نیفتاده است: نه مدل بینایی دارد نه Tesseract.",
    "model": "مدل بینایی پاسخ نمی‌دهد؛ چند دقیقهٔ دیگر دوباره بفرستید.",
    "budget": "بودجهٔ امروز مدل تمام شده است؛ فردا دوباره بفرستید.",
    "bug": "ببخشید، در خواندن این پرونده اشتباهی از من سر زد و به گرداننده خبر دادم.",
}


def failure(reason: str) -> str:
    """Why nothing could be read, and what to do."""
    return FAILURES.get(reason, FAILURES["damaged"])


# The result


def ready(job: Job) -> str:
    """The word that wakes who waited long."""
    return f"{title(job)}\nآماده شد."


def notes(job: Job, pages: Sequence[ReadPage], wanted: int) -> str:
    """What one should know about a result: what is missing, who read it, what to look at."""
    by = {
        origin: [p.page for p in pages if p.origin == origin]
        for origin in ("layer", "tesseract", "blank", "nobody")
    }
    doubtful = [p.page for p in pages if p.doubts and p.origin != "nobody"]
    lines = []
    if wanted < job.pages and not job.reason:
        chosen = named([page.page for page in pages])
        lines.append(f"{chosen} از {digits(job.pages)} صفحه.")
    if job.reason == "cancelled":
        lines.append(f"⏹ لغو شد؛ {digits(len(pages))} صفحه از {digits(wanted)} خوانده شده بود.")
    elif job.reason:
        lines.append(
            f"⚠️ {digits(len(pages))} صفحه از {digits(wanted)} خوانده شد. {failure(job.reason)}"
        )
    if by["nobody"]:
        lines.append(f"⚠️ {named(by['nobody'])} خوانده نشد.")
    if doubtful:
        lines.append(f"👁 {named(doubtful)}: با تصویر بسنجید، شاید درست خوانده نشده باشد.")
    if by["tesseract"]:
        lines.append(
            f"مدل بینایی {named(by['tesseract'])} را نخواند؛ Tesseract خواند که بیشتر اشتباه"
            " می‌کند."
        )
    if by["layer"]:
        lines.append(f"{named(by['layer'])}: متن خود پرونده، پس از سنجش با تصویر.")
    if by["blank"]:
        lines.append(f"{named(by['blank'])}: سفید.")
    return "\n".join(map(right_to_left, lines))


def nothing_written(pages: Collection[int]) -> str:
    """All pages are blank."""
    return "چیزی روی این صفحه نوشته نشده است." if len(pages) == 1 else "همهٔ صفحه‌ها سفیدند."


def named(pages: Sequence[int]) -> str:
    """«صفحهٔ ۷» or «صفحه‌های ۱ تا ۳ و ۷»."""
    stretches: list[list[int]] = []
    for page in sorted(pages):
        if stretches and page == stretches[-1][1] + 1:
            stretches[-1][1] = page
        else:
            stretches.append([page, page])
    told: list[str] = []
    for first, last in stretches:
        pair = map(str, range(first, last + 1))
        told += [f"{first} تا {last}"] if last > first + 1 else pair
    *others, last_one = map(digits, told)
    listed = f"{'، '.join(others)} و {last_one}" if others else last_one
    return f"صفحهٔ {listed}" if len(pages) == 1 else f"صفحه‌های {listed}"


def mark(page: int, *, unread: bool) -> str:
    """The line in a result that stands before a page to be looked at."""
    what = "خوانده نشد" if unread else "با تصویر سنجیده شود"
    return f"[صفحهٔ {digits(page)}: {what}]"


def picture_caption(page: int) -> str:
    """Under the picture of a page."""
    return f"صفحهٔ {digits(page)}"


# What people write


_STRETCH = re.compile(r"(\d{1,5})(?:\s*(?:-|–|—|تا|to)\s*(\d{1,5}))?")
_BETWEEN = re.compile(r"\s*(?:,|،|؛|;|و|and|\s)\s*")
_LEAD = re.compile(
    r"\A(?:فقط\s+)?(?:صفحه\u0654?(?:\u200c?\s?(?:های|ی))?|pages?|p\.?)?\s*", re.IGNORECASE
)


def asked_pages(text: str) -> Ranges:
    """The pages that a short message names («۳-۷», «2, 5», «صفحهٔ ۳ تا ۷»); none: it names none."""
    rest = _LEAD.sub("", text.strip()[:200], count=1)
    found: list[tuple[int, int]] = []
    at = 0
    while match := _STRETCH.match(rest, at):
        first, last = int(match[1]), int(match[2] or match[1])
        found.append((min(first, last), max(first, last)))
        at = match.end()
        if at == len(rest):
            return tuple(found)
        gap = _BETWEEN.match(rest, at)
        if not gap:
            return ()
        at = gap.end()
    return ()


# What others say in our name


PRIVACY = (
    "پرونده‌ای که برای خواندن می‌فرستید روی دیسک نگه داشته نمی‌شود؛ متنش فقط برای خود شماست و"
    f" {HOURS} ساعت پس از پایان کار پاک می‌شود. رمز پرونده‌ها جایی نوشته نمی‌شود. شمار صفحه‌های"
    " امروزتان تا پایان روز می‌ماند."
)


def stats(read: Mapping[str, object]) -> str:
    """The lines of /stats, from `bot.numbers`."""
    jobs, pages = read["jobs"], read["pages"]
    assert isinstance(jobs, Mapping) and isinstance(pages, Mapping)
    cost = read["cost"]
    spent = f"، {digits(f'{cost:.2f}').replace('.', '٫')} دلار" if isinstance(cost, float) else ""
    return (
        f"خواندن پرونده در ۲۴ ساعت گذشته: {digits(sum(jobs.values()))} پرونده"
        f" ({digits(jobs.get('failed', 0))} ناموفق)، {digits(sum(pages.values()))} صفحه"
        f" ({digits(read['doubtful'])} نیازمند نگاه، {digits(pages.get('nobody', 0))} ناخوانده)،"
        f" {digits(read['tokens'])} توکن{spent}"
    )
