"""What an admin hears who sends an export of the channel: its progress, and what it brought."""

from __future__ import annotations

from collections.abc import Iterator

from bot.channel.lines import EMPTY, Line, bold, joined, line, link, named
from bot.channel.post import Rendered
from bot.importing import Difference, Report
from bot.persian.dates import digits

APPLY = "اعمال کن"
RECEIVING = "📦 پرونده را می‌گیرم…"
WAITING = "📦 پروندهٔ دیگری در دست است؛ این یکی پس از آن خوانده می‌شود."
TOO_BIG = (
    "این پرونده از ۲۰ مگابایت بزرگ‌تر است و تلگرام آن را به ربات‌ها نمی‌دهد؛ لطفاً آن را روی سرور"
    " با فرمان peyk import وارد کنید."
)
NOT_RECEIVED = "پرونده را از تلگرام نگرفتم؛ لطفاً کمی بعد دوباره بفرستید."
FILE_GONE = "پروندهٔ این پیام دیگر نیست؛ لطفاً دوباره بفرستیدش."
FORMAT = (
    "لطفاً در تلگرام دسکتاپ، از منوی کانال Export chat history را بزنید، قالب را JSON بگذارید و"
    " result.json را بفرستید."
)
BRING, LEAVE = "وارد کن", "نه"
_LEFT = "باشد؛ چیزی از این پرونده وارد آرشیو نشد."
SEND_PRIVATELY = (
    "اگر این خروجی کانال از تلگرام دسکتاپ است، لطفاً آن را در گفت‌وگوی خصوصی با من بفرستید؛"
    " در گروه پرونده‌ای وارد نمی‌کنم."
)
ONLY_ADMINS = (
    "پرونده‌ها را فقط از مدیران کانال می‌گیرم. برای گشتن در پست‌های کانال، واژه‌ای"
    " بنویسید یا \u200e/toc"
    " را بزنید."
)
LONGEST_TITLE = 60
_UNREADABLE = {
    "foreign": "این پرونده خروجی یک کانال از تلگرام دسکتاپ نیست.",
    "broken": "این پرونده خراب است و تا آخر خوانده نمی‌شود؛ لطفاً دوباره از کانال خروجی بگیرید.",
    "cut off": "این پرونده ناقص است و پیش از پایان بریده شده؛ لطفاً دوباره بفرستیدش.",
    "empty": "در این پرونده پیامی نیست.",
    "no channel": "این خروجی یک کانال نیست؛ گروه‌ها و گفت‌وگوها وارد آرشیو نمی‌شوند.",
    "several": "در این پرونده چند کانال هست؛ لطفاً فقط از همین کانال خروجی بگیرید.",
    "unreadable": "این پرونده خوانده نشد؛ لطفاً دوباره بفرستیدش.",
}
_KINDS = {"edited": "ویرایش‌شده", "deleted": "پاک‌شده", "back": "بازگشته"}
_SKIPPED = {
    "service messages": "پیام سرویس",
    "messages of the guide": "پیام راهنمای خود کانال",
    "without content": "پیام بی‌محتوا",
    "there twice": "پیام تکراری",
}
_ODD = "پیام ناخوانا"


def _many(count: int) -> str:
    """A count with Persian digits, its thousands apart."""
    return digits(f"{count:,}".replace(",", "٬"))


def progress(report: Report) -> Rendered:
    """While it is read."""
    share = round(100 * report.read / report.size) if report.size else 0
    return joined(
        [
            line(f"📦 {digits(min(share, 100))}٪ خوانده شد."),
            line(f"پیام‌ها: {_many(report.messages)} · تازه: {_many(report.added)}"),
        ]
    )


def unreadable(kind: str) -> Rendered:
    """The file is no export of a channel; `kind` as BadExport tells it."""
    what = _UNREADABLE.get(kind, _UNREADABLE["foreign"])
    return joined([line(what), EMPTY, line(FORMAT)])


def another(name: str) -> Rendered:
    """Asked before the posts of another channel come in."""
    return joined(
        [
            line("📦 این پروندهٔ کانال دیگری است: ", bold(f"«{named(name, LONGEST_TITLE)}»")),
            line(
                "اگر وارد شود، پست‌هایش در جست‌وجو پیدا می‌شوند ولی در راهنما، فهرست و گزیدهٔ هفته"
                " نمی‌آیند. وارد کنم؟"
            ),
        ]
    )


def left() -> Rendered:
    """The answer to who does not want the other channel."""
    return joined([line(_LEFT)])


def done(report: Report) -> Rendered:
    """What an import brought."""
    return joined(list(_done(report)))


def _done(report: Report) -> Iterator[Line]:
    yield line("📦 ", bold(f"آرشیو «{named(report.channel, LONGEST_TITLE)}» خوانده شد"))
    yield line(f"{_many(report.messages)} پیام = {_many(report.posts)} پست{_beside(report)}")
    yield line(f"تازه: {_many(report.added)} · از پیش دانسته: {_many(report.unchanged)}")
    if not report.is_home:
        yield line("این پروندهٔ کانال دیگری است؛ پست‌هایش فقط در جست‌وجو پیدا می‌شوند.")
    if report.outdated:
        yield line(f"پس از ساختن پرونده ویرایش شده و دست نخورد: {_many(report.outdated)}")
    if report.skipped:
        yield line(f"کنار گذاشته شد: {_left_out(report.skipped)}")
    if report.differences:
        yield EMPTY
        yield from _differences(report)


def _beside(report: Report) -> str:
    """What makes posts fewer than messages."""
    skipped = sum(report.skipped.values())
    told = (
        (report.messages - report.posts - report.pinned - skipped, "پیام دیگر آلبوم‌ها"),
        (skipped, "کنار گذاشته"),
        (report.pinned, "خبر سنجاق‌شدن"),
    )
    named_ones = "، ".join(f"{_many(count)} {what}" for count, what in told if count > 0)
    return f" + {named_ones}" if named_ones else ""


def _left_out(skipped: dict[str, int]) -> str:
    told: dict[str, int] = {}
    for why, count in skipped.items():
        word = _SKIPPED.get(why, _ODD)
        told[word] = told.get(word, 0) + count
    return "، ".join(f"{_many(count)} {word}" for word, count in told.items())


def _differences(report: Report) -> Iterator[Line]:
    counts = {"edited": report.edited, "deleted": report.deleted, "back": report.back}
    told = "، ".join(f"{_many(n)} {_KINDS[kind]}" for kind, n in counts.items() if n)
    yield line(bold("با دست تغییر کرده: "), told)
    for one in report.examples[:10]:
        yield _difference(one)
    if report.differences > 10:
        yield line(f"… و {_many(report.differences - 10)} تای دیگر")
    if report.applied:
        yield line("✅ در آرشیو اعمال شد.")
    else:
        yield line(f"هنوز چیزی از این‌ها عوض نشده؛ با «{APPLY}» آرشیو مثل پرونده می‌شود.")


def _difference(one: Difference) -> Line:
    title = named(one.was or one.now, LONGEST_TITLE) or digits(one.message_id)
    return line(f"• {_KINDS[one.kind]}: ", link(title, one.url))
