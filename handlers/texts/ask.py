"""What is said about questions: their place in the line, the answer with its sources, refusals."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.asking import KEPT, MOST_OF_ONE
from bot.channel.lines import EMPTY, Line, Piece, bold, joined, line, link, named
from bot.channel.post import Rendered
from bot.persian.dates import digits
from bot.persian.snippet import Wanted, shown
from bot.persian.typography import RLM, plain, typeset
from db.asks import Ask, Stage

LONGEST_QUESTION = 1000
"""Characters of a question."""
LONGEST_TITLE = 100
LONGEST_EXCERPT = 200
LONGEST_CAUSE = 300

STOP = "توقف"
WRITING = "پست‌های مربوط را پیدا کردم و دارم پاسخ را می‌نویسم…"
UNCHECKED = "✍️ در حال نوشتن؛ هنوز سنجیده نشده"
"""Stands above what the model has written so far."""
STOPPED = "نوشتن پاسخ متوقف شد. هر وقت خواستید دوباره بپرسید."
STOPPED_SHORT = "متوقف شد."
TOO_LATE = "این پاسخ تمام شده است."
NOT_YOURS = "این پرسش را کس دیگری پرسیده است."
POSTPONED = "چند لحظه از کار می‌ایستم و دوباره راه می‌افتم؛ پاسخ شما پس از آن می‌آید."
WHAT = (
    "چه می‌خواهید بدانید؟ پرسشتان را در پاسخ به همین پیام بنویسید.\n"
    "از روی پست‌های کانال پاسخ می‌دهم و می‌گویم از کدام پست‌ها."
)
PLACEHOLDER = "پرسش شما"
TOO_LONG = f"این پرسش بلند است؛ آن را در کمتر از {digits(LONGEST_QUESTION)} نویسه بپرسید."
TOO_MANY = (
    f"{digits(MOST_OF_ONE)} پرسش شما هنوز بی‌پاسخ مانده است؛"
    " پس از پاسخ آن‌ها یا لغوشان (\u200e/cancel) دوباره بپرسید."
)
FULL = (
    "صف پرسش‌ها پر است؛ چند دقیقهٔ دیگر دوباره بپرسید. تا آن وقت با \u200e/search در پست‌ها بگردید."
)

ARCHIVE = "پاسخ از آرشیو کانال"
UNSURE = "مطمئن نیستم"
GENERAL = "پاسخ مدل؛ بی‌منبع"
NEAREST = "نزدیک‌ترین پست‌های کانال:"
SOURCES = "منبع‌ها:"
GO_ON = "برای ادامه، در پاسخ به همین پیام بپرسید."
NO_TRUST = "در آرشیو کانال پاسخی نیافتم که بتوانم به آن تکیه کنم."
UNCLEAR = (
    "منظورتان را درست نفهمیدم؛ کمی روشن‌تر بپرسید (دربارهٔ چه چیزی و چه چیزِ آن)."
    " در پاسخ به همین پیام هم می‌توانید بنویسید."
)
REFUSED = "آنچه مدل نوشت با پست‌های کانال نخواند؛ برای همین آن را پاسخ به شمار نمی‌آورم."
NOT_FROM_HERE = "این پاسخ از پست‌های کانال نیست، منبعی ندارد و ممکن است نادرست باشد."
NO_MODEL = "در این ربات مدلی نیست که پاسخ بنویسد؛ پاسخ نمی‌نویسم، اما پست‌های نزدیک را پیدا می‌کنم."
NOTHING_NEAR = (
    "پست نزدیکی هم پیدا نشد؛ با واژه‌های دیگری بپرسید، یا با \u200e/toc در موضوع‌ها بگردید."
)

NO_POSTS = "آرشیو کانال هنوز خالی است؛ پس از نخستین پست‌ها بپرسید."
EXPIRED = (
    "آن پرسش و پاسخ دیگر نزد من نیست و دنباله‌اش را نمی‌توانم بگیرم؛"
    " پرسشتان را از نو و کامل در پاسخ به همین پیام بنویسید."
)
WELCOME = "خواهش می‌کنم! هر وقت پرسشی داشتید، بپرسید."

REASONS: Mapping[str, str] = {
    "missing": "مدلی که پاسخ می‌نویسد پیدا نشد؛ به گرداننده خبر دادم.",
    "busy": "مدلی که پاسخ می‌نویسد اکنون در دسترس نیست؛ چند دقیقهٔ دیگر دوباره بپرسید.",
    "coming": "مدلی که پاسخ می‌نویسد هنوز دارد دریافت می‌شود؛ چند دقیقهٔ دیگر دوباره بپرسید.",
    "broken": "مدلی که پاسخ می‌نویسد راه نیفتاد؛ به گرداننده خبر دادم.",
    "bug": "ببخشید، در پاسخ‌دادن اشتباهی از من سر زد و به گرداننده خبر دادم.",
    "lost": "ببخشید، پیش از آنکه پاسخ دهم از کار افتادم و پرسشتان بی‌پاسخ ماند؛ دوباره بپرسید.",
    "quota": "سهم امروز شما از پاسخ‌های مدل تمام شده است؛ فردا دوباره بپرسید.",
}
"""Why there is no answer."""

DOUBTS: Mapping[str, str] = {
    "sure": "اطمینان مدل هنگام نوشتن: زیاد",
    "several": "اطمینان مدل هنگام نوشتن: زیاد، با چند بیان نزدیک به هم",
    "flat": "اطمینان مدل هنگام نوشتن: کم",
    "spiky": "اطمینان مدل هنگام نوشتن: کم؛ میان چند پاسخ دودل بود",
}
"""How sure the model was, where that is measured."""

_MODEL_DOWN = (
    "📣 مدل محلی به پرسش‌ها پاسخ نمی‌دهد؛ کاربران تا برگشتنش فقط پست‌های نزدیک را می‌بینند. علت:"
)
MODEL_BACK = Rendered("مدل محلی دوباره به پرسش‌ها پاسخ می‌دهد.")

_OPENINGS = frozenset({ARCHIVE, UNSURE, GENERAL, UNCLEAR, STOPPED, NO_MODEL, *REASONS.values()})
"""First lines of what became of a question."""


def is_answer(text: str) -> bool:
    """Whether a message of ours said what became of a question."""
    return text.partition("\n")[0].strip(RLM) in _OPENINGS


def model_down(error: str) -> Rendered:
    """What the admins are told when the model fails, the cause on a line of its own."""
    return joined([line(_MODEL_DOWN), line(named(error, LONGEST_CAUSE))])


def place(ahead: int) -> str:
    """Where a question stands in the line."""
    if not ahead:
        return "در نوبت: پس از پاسخی که دارم می‌نویسم، نوبت پرسش شماست."
    return f"در نوبت: {digits(ahead)} پرسش جلوتر از پرسش شماست."


def preview(text: str) -> Rendered:
    """What is written so far, below the sign that nobody has checked it."""
    body = [line(part) if part else EMPTY for part in _set(text)]
    return joined([line(Piece(UNCHECKED, "italic")), EMPTY, *body])


def answer(ask: Ask, *, has_model: bool = True) -> Rendered:
    """What became of a question, as it stays."""
    if ask.kind == Stage.STOPPED:
        return Rendered(STOPPED)
    if ask.kind in (Stage.FAILED, Stage.LOST):
        return refusal(ask, ask.reason)
    told = _TOLD.get(ask.kind, _unsure)
    if told is _unsure and not (has_model and ask.reason != "quota"):
        return refusal(ask, "no-model" if not has_model else ask.reason)
    return joined(told(ask))


def refusal(ask: Ask, why: str) -> Rendered:
    """Why there is no answer, and the posts that were found."""
    said = NO_MODEL if why == "no-model" else REASONS.get(why, REASONS["bug"])
    return joined([line(said), *_nearest(ask)])


def _archive(ask: Ask) -> Iterator[Line]:
    yield line(bold(ARCHIVE))
    yield EMPTY
    yield from _cited(ask)
    yield EMPTY
    yield line(SOURCES)
    cited = {source["number"] for source in ask.sources if f"[{source['number']}]" in ask.answer}
    for source in ask.sources:
        if source["number"] in cited or not cited:
            yield _title(source, typeset(source["title"]))
    yield from _doubt(ask)
    if ask.chat_id > 0:
        yield EMPTY
        yield line(GO_ON)


def _unsure(ask: Ask) -> Iterator[Line]:
    yield line(bold(UNSURE))
    yield line(REFUSED if ask.reason == "refused" else NO_TRUST)
    yield from _nearest(ask)


def _general(ask: Ask) -> Iterator[Line]:
    yield line(bold(GENERAL))
    yield line(NOT_FROM_HERE)
    yield EMPTY
    yield from _cited(ask)
    yield from _doubt(ask)


def _doubt(ask: Ask) -> Iterator[Line]:
    if told := DOUBTS.get(ask.doubt):
        yield EMPTY
        yield line(told)


def _clarify(ask: Ask) -> Iterator[Line]:
    yield line(UNCLEAR)
    if ask.sources:
        yield from _nearest(ask)


_TOLD = {
    Stage.ARCHIVE.value: _archive,
    Stage.UNSURE.value: _unsure,
    Stage.GENERAL.value: _general,
    Stage.CLARIFY.value: _clarify,
}


def _nearest(ask: Ask) -> Iterator[Line]:
    yield EMPTY
    if not ask.sources:
        yield line(NOTHING_NEAR)
        return
    yield line(NEAREST)
    found = ((source["title"], source["excerpt"]) for source in ask.sources)
    texts = shown(found, Wanted(()), LONGEST_EXCERPT)
    for source, (title, excerpt) in zip(ask.sources, texts, strict=True):
        yield EMPTY
        yield _title(source, title.text)
        if excerpt.text:
            yield line(excerpt.text.removeprefix(RLM))


def _title(source: Mapping[str, Any], title: str) -> Line:
    name = named(title.removeprefix(RLM), LONGEST_TITLE) or source["url"]
    return line(f"{digits(source['number'])}. ", link(name, source["url"]))


_CITATION = re.compile(r"\[([0-9۰-۹]{1,3})\]")


def _cited(ask: Ask) -> Iterator[Line]:
    """The text of an answer, its citations links to the posts."""
    urls = {source["number"]: source["url"] for source in ask.sources}
    for part in _set(ask.answer):
        yield line(*_linked(part, urls)) if part else EMPTY


def _linked(text: str, urls: Mapping[int, str]) -> Iterator[Piece | str]:
    at = 0
    for match in _CITATION.finditer(text):
        yield text[at : match.start()]
        number = int(match[1])
        yield link(f"[{digits(number)}]", urls.get(number, ""))
        at = match.end()
    yield text[at:]


def _set(text: str) -> list[str]:
    """A model's words as they are shown, by lines: set as Persian is, and nothing in them a link.

    What makes a line run from the right is for `line`.
    """
    return [part.removeprefix(RLM) for part in plain(typeset(text.strip())).split("\n")]


PRIVACY = (
    "پرسش‌هایی که با \u200e/ask می‌پرسید و پاسخشان"
    f" {digits(int(KEPT.total_seconds() // 3600))} ساعت می‌ماند تا بتوانید ادامه دهید؛"
    " مدل روی دستگاه گردانندهٔ ربات است، یا روی سروری که او برگزیده."
    " شمار پرسش‌های امروزتان تا پایان روز می‌ماند."
)


COUNTED: Mapping[str, str] = {
    "archive": "پاسخ از آرشیو",
    "general": "پاسخ بی‌منبع",
    "unsure": "«مطمئن نیستم»",
    "failed": "ناموفق",
    "stopped": "متوقف",
}


def stats(asked: Mapping[str, Any]) -> str:
    """The line of /stats, from `bot.numbers`."""
    stages, seconds = asked["stages"], asked["seconds"]
    took = f"، میانهٔ زمان {digits(f'{seconds:g}').replace('.', '٫')} ثانیه" if seconds else ""
    return (
        f"پرسش‌ها در ۲۴ ساعت گذشته: {digits(sum(stages.values()))} پرسش،"
        f" {'، '.join(f'{digits(stages.get(one, 0))} {name}' for one, name in COUNTED.items())}"
        f"{took}"
    )
