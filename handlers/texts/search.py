"""What /search and inline mode say: how to ask, a page of results, nothing found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from bot.channel.lines import EMPTY, Line, Piece, bold, joined, line, link, named
from bot.channel.post import Rendered
from bot.persian.dates import date, digits
from bot.persian.query import Query
from bot.persian.snippet import Shown, Wanted, shown
from bot.persian.typography import plain
from db.search import CAP, Found, Hit
from handlers.texts.toc import KINDS

NEXT = "بعدی ›"
PREVIOUS = "‹ قبلی"
POST = "پست"
LONGEST_TITLE = 100
MARK = "🔎 "
"""The first line of a page of results is this and the query."""

HOW = (
    "چه چیزی را در پست‌های کانال پیدا کنم؟ واژه‌ها را بعد از دستور بنویسید:\n"
    "\u200f\u2060\u200e/search شبکه‌های عصبی\n\n"
    "جست‌وجو را دقیق‌تر هم می‌شود کرد:\n"
    "• «یادگیری عمیق» در گیومه: درست همین عبارت\n"
    "• -تصویر با خط تیره: بی این واژه\n"
    "• هشتگ: فقط پست‌هایی که آن را دارند\n"
    "• از:۱۴۰۳/۵ تا:۱۴۰۴/۲ بازهٔ زمانی؛ سال تنها هم بس است\n"
    "در گفت‌وگوی خصوصی نیازی به دستور نیست؛ فقط واژه‌ها را بفرستید."
)
NOT_A_READER = "پست‌های این کانال را فقط اعضایش می‌بینند؛ اول عضو کانال شوید."
OLD_BUTTON = "این دکمه دیگر کار نمی‌کند؛ دوباره جست‌وجو کنید."
NO_MORE = "پست دیگری نیست."
NOTHING_INLINE = "چیزی پیدا نشد؛ راهنمای جست‌وجو"


def no_days(written: Sequence[str]) -> str:
    """A bound that names no day."""
    named = "، ".join(f"«{plain(one)}»" for one in written)
    return (
        f"تاریخ {named} درست نیست: ماه از ۱ تا ۱۲ است و روز تا پایان همان ماه."
        " مثلاً بنویسید از:۱۴۰۳/۵ یا تا:۱۴۰۴/۲/۳۱"
    )


def nothing(query: Query) -> Rendered:
    """No post answers."""
    return joined(
        [
            _asked(query.text),
            *_no_days(query),
            line("پستی با این واژه‌ها پیدا نشد. واژه‌های کمتر یا کلی‌تری را امتحان کنید؛"),
            line("یا با \u200e/toc در موضوع‌های کانال بگردید."),
        ]
    )


def page(query: Query, found: Found, offset: int, zone: ZoneInfo) -> Rendered:
    """A page of results below the query."""
    told = [*_no_days(query), *_notice(found)]
    lines = [_asked(query.text), *told, line(counted(found.total)), EMPTY]
    texts = shown(((hit.title, hit.text) for hit in found.hits), Wanted(found.wanted))
    for number, (hit, (title, part)) in enumerate(zip(found.hits, texts, strict=True), offset + 1):
        lines += _hit(number, hit, title, part, zone)
    return joined(lines[:-1])


def asked(text: str) -> str | None:
    """The query of a page of results; None: it is no such page."""
    first = text.partition("\n")[0]
    mark, query = first.partition(MARK)[1:]
    return query if mark else None


def counted(total: int) -> str:
    """«۱۲ پست»."""
    return f"بیش از {digits(f'{CAP:,}')} پست" if total >= CAP else f"{digits(total)} پست"


def inline_message(hit: Hit, zone: ZoneInfo) -> Rendered:
    """What somebody sends who chooses a result: the title as a link, and the day."""
    name = named(_title(hit, hit.title), LONGEST_TITLE)
    return joined([line(link(name, hit.url)), line(date(hit.published, zone))])


def inline_snippets(
    found: Sequence[Hit], wanted: frozenset[str], zone: ZoneInfo
) -> list[tuple[str, str]]:
    """(title, snippet) of each result, without marks: inline results show none."""
    texts = shown(((hit.title, hit.text) for hit in found), Wanted(wanted))
    return [
        (
            title.text if _is_titled(hit) else f"{_title(hit, '')} · {date(hit.published, zone)}",
            part.text,
        )
        for hit, (title, part) in zip(found, texts, strict=True)
    ]


def _title(hit: Hit, title: str) -> str:
    """`title`; of a post that has no words there, what it is."""
    return title if _is_titled(hit) else KINDS.get(hit.kind, POST)


def _is_titled(hit: Hit) -> bool:
    return any(not word.startswith("#") for word in hit.title.split())


def _asked(query: str) -> Line:
    return line(f"{MARK}{plain(query)}")


def _no_days(query: Query) -> Iterator[Line]:
    if query.no_days:
        yield line(no_days(query.no_days))


def _notice(found: Found) -> Iterator[Line]:
    if found.instead:
        yield line("منظورتان «", bold(plain(found.instead)), "» بود؟ نتیجهٔ همان را می‌بینید.")
    if found.partly:
        yield line("پستی با همهٔ این واژه‌ها نبود؛ این‌ها بخشی از آن‌ها را دارند.")


def _hit(number: int, hit: Hit, title: Shown, part: Shown, zone: ZoneInfo) -> Iterator[Line]:
    name = named(_title(hit, title.text), LONGEST_TITLE)
    yield line(f"{digits(number)}. ", link(name, hit.url))
    yield line(date(hit.published, zone))
    if part.text:
        yield line(*_pieces(part))
    yield EMPTY


def _pieces(part: Shown) -> Iterator[Piece]:
    """The text, its marked words bold."""
    units, done = part.text.encode("utf-16-le"), 0
    for offset, length in part.marks:
        yield Piece(units[done * 2 : offset * 2].decode("utf-16-le"))
        yield bold(units[offset * 2 : (offset + length) * 2].decode("utf-16-le"))
        done = offset + length
    yield Piece(units[done * 2 :].decode("utf-16-le"))
