"""Does a summary say only what its source says? Pure: a draft and a source in, findings out.

Traces every value, name, date, superlative and notable claim of a draft to its source. Knows
signs, not meaning: a negated sentence or two names that changed places pass here. Shape,
language and manners of a draft are for prompts.accept.

Kinds of findings:

    value        a number the source does not have
    unit         it has the number, with another unit or scale
    attached     it has the number, of something else, or in the other direction
    date         a day, month or time of day it does not name
    name         a name it does not know
    version      a name it knows with another version
    superlative  a first, a best, a record that it does not claim
    claim        free, open, awarded, accepted, soon …: not in it
    reversal     a failure or a lack of effect where it tells of none
    call         readers are asked to buy, join, click
    instruction  words about orders, or words of an order found in the source
    script       a word in letters that are neither Persian nor Latin, or a sentence of them
    unfinished   the text breaks off
    loop         words or sentences again and again
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot.persian.days import clocks, weekdays
from bot.persian.numbers import bare, folded
from prompts.attachment import misplaced
from prompts.matching import Draft, small_count_is_borne, told
from prompts.names import doubts, shortens
from prompts.source import Source
from prompts.support import sentences

KINDS = (
    *("value", "unit", "attached", "date", "name", "version", "superlative", "claim"),
    *("reversal", "call", "instruction", "script", "unfinished", "loop"),
)
_FOLDER = Path(__file__).parent
_MOST = 12
"""Findings told of one draft; more say nothing new."""

MESSAGES = {
    "value": "«{words}» در متن منبع نیست.",
    "unit": "«{words}» در منبع با یکا یا مقیاس دیگری آمده است: {seen}.",
    "attached": "«{words}» در منبع هست، ولی دربارهٔ چیز دیگری: {seen}.",
    "direction": "منبع دربارهٔ «{words}» عکس این را می‌گوید: {seen}.",
    "bound": "منبع «{words}» را با حد دیگری می‌گوید: {seen}.",
    "date": "تاریخ یا ساعت «{words}» در متن منبع نیست.",
    "name": "نام «{words}» در متن منبع نیامده است.",
    "version": "نسخهٔ «{words}» در متن منبع نیامده است.",
    "superlative": "منبع چنین ادعایی ندارد: «{words}» ({seen}).",
    "claim": "منبع این را نمی‌گوید: «{words}» ({seen}).",
    "reversal": "منبع چنین نتیجه‌ای نمی‌گوید: «{words}» ({seen}).",
    "call": "خواننده به کاری دعوت شده که در منبع نیست: «{words}».",
    "instruction": "نشانهٔ پیروی از دستوری جا‌داده‌شده در متن: «{words}».",
    "script": "«{words}» به خط دیگری نوشته شده و در منبع چنین نیست.",
    "unfinished": "متن ناتمام مانده است: «{words}».",
    "loop": "عبارتی پشت سر هم تکرار شده است: «{words}».",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of a draft that its source does not bear out, and why, in Persian."""

    kind: str
    words: str
    message: str
    nearest: str = ""
    """The sentence of the source that says most of what the draft's sentence says."""


def findings(title: str, body: str, source: Source) -> list[Finding]:
    """Everything in a draft of `title` and `body` that `source` does not bear out."""
    draft = Draft.read(f"{title}\n\n{body}", source.names)
    found = [
        *_values(draft, source),
        *_days(draft, source),
        *_names(draft, source),
        *_versions(draft, source),
        *_claims(draft, source),
        *_obedience(draft, source),
        *_scripts(draft, source),
        *_shape(body),
    ]
    unique = {(kind, words): (start, seen) for kind, words, start, seen in reversed(found)}
    ordered = sorted(unique.items(), key=lambda one: one[1][0])
    return [
        _finding(kind, words, seen, draft.sentence(start), source)
        for (kind, words), (start, seen) in ordered[:_MOST]
    ]


_Found = tuple[str, str, int, str]
"""Kind, words, where in the draft, what the source has instead."""


def _finding(kind: str, words: str, seen: str, sentence: str, source: Source) -> Finding:
    words = " ".join(words.split())
    message = MESSAGES[kind].format(words=words, seen=seen)
    kind = "attached" if kind in ("direction", "bound") else kind
    return Finding(kind, words, message, source.nearest(sentence) or "")


_VERSION = re.compile(
    "(?<!\\w)نسخه(?:ٔ|ی|\u200cی)?\\s+(?:شماره(?:ٔ|ی|\u200cی)?\\s+)?v?(?P<number>\\d+(?:\\.\\d+)*)(?![\\w.]*\\d)"
    "(?!\\s?(?:هزار|میلیون|میلیارد|بیت|گیگ|مگ|%|درصد|پارامتر|متفاوت|مختلف))"
)


def _versions(draft: Draft, source: Source) -> Iterator[_Found]:
    """«نسخهٔ ۲» where the source has 1.36 alone."""
    for match in _VERSION.finditer(draft.text):
        number = match["number"]
        said = rf"(?<![\d.])v?{re.escape(number)}(?![\d]|\.\d)"
        longer = re.findall(rf"(?<![\d.]){re.escape(number)}(?:\.\d+)+", source.text)
        if not re.search(said, source.text) and not any(shortens(number, one) for one in longer):
            yield "version", draft.spelt(match.start(), match.end()), match.start(), ""


def _values(draft: Draft, source: Source) -> Iterator[_Found]:
    for value in draft.values:
        matched, verdict = told(value, source.values, source.days)
        words = draft.spelt(value.start, value.end)
        if not matched:
            if small_count_is_borne(value, draft, source):
                continue
            kind, seen = verdict
            yield kind, words, value.start, seen
        elif verdict[0]:
            yield verdict[0], words, value.start, verdict[1]
    yield from misplaced(draft, source)


def _days(draft: Draft, source: Source) -> Iterator[_Found]:
    for day in draft.days:
        if not any(day.covers(other) for other in source.days):
            yield "date", draft.spelt(day.start, day.end), day.start, ""
    for time, start in clocks(draft.text):
        if time not in source.clocks and time not in source.text:
            yield "date", time, start, ""
    known = {number for number, _, _ in weekdays(source.text)}
    known |= {day.first.weekday() for day in source.days if day.first == day.last}
    for number, start, end in weekdays(draft.text):
        if number not in known:
            yield "date", draft.spelt(start, end), start, ""


_SPEAKS_OF_SILENCE = re.compile(
    "عددی برای|عددی از|نمی\u200cگوید|نگفته|نمی\u200cدانیم|نمی\u200cدهد|نیامده|معلوم نیست"
    "|مشخص نیست|روشن نیست|اشاره\u200cای|باید دید"
    "|نمی\u200cآورد|خبری نیست|نامی از|چیزی نمی|ساکت|توضیح(?:ی)? نمی|نداده|مشخص نکرده|معلوم نمی"
    "|(?:ذکر|گفته|اعلام|اشاره|مشخص) ن(?:شده|می\u200cشود|کرده)"
    "|در (?:متن|منبع|خبر|چکیده)[^.]{0,20}نیست"
)


def _names(draft: Draft, source: Source) -> Iterator[_Found]:
    for doubt in doubts(draft.text, source.names):
        persian = doubt.kind == "name" and not re.search("[A-Za-z]", doubt.words)
        if persian and _SPEAKS_OF_SILENCE.search(draft.sentence(doubt.start)):
            continue
        words = draft.spelt(doubt.start, doubt.start + len(doubt.words))
        if folded(words) != doubt.words:
            words = doubt.words
        yield doubt.kind, words, doubt.start, ""


def _claims(draft: Draft, source: Source) -> Iterator[_Found]:
    for kind, claim, evidence, label in _table():
        match = next((m for m in claim.finditer(draft.text) if not _is_denied(draft, m)), None)
        if match and not _is_borne(kind, evidence, draft.sentence(match.start()), source):
            yield kind, draft.spelt(match.start(), match.end()), match.start(), label


_SUCCESS = re.compile(
    r"outperform|surpass|superior|exceed|better than|improves? over|best\b|beats?\b", re.I
)


def _is_borne(kind: str, evidence: re.Pattern[str], sentence: str, source: Source) -> bool:
    """Whether the source has the evidence; of a failure, where it tells of that very matter."""
    if kind != "reversal":
        denied = _DENIAL.search(sentence)
        return any(
            denied or not _is_negated(source.text, match)
            for match in evidence.finditer(source.text)
        )
    if not evidence.search(source.text):
        return False
    close = source.nearest(sentence)
    return not close or not _SUCCESS.search(close) or bool(evidence.search(close))


_DENIAL = re.compile("(?<![\\w\u200c])ن(?:یست|باش|می\u200c|شد|شود|کرد|دارد|داشت|بود|خواهد|داد)")
_NEGATION = re.compile(
    r"(?:\b(?:not(?! only| just)|never|cannot|neither|nor)|n't)\b(?:\W+\w+){0,2}\W*$", re.I
)


def _is_negated(text: str, evidence: re.Match[str]) -> bool:
    """Whether the source says it of nothing: ``does not ensure``."""
    return bool(_NEGATION.search(text[max(0, evidence.start() - 30) : evidence.start()]))


def _is_denied(draft: Draft, match: re.Match[str]) -> bool:
    sentence = draft.sentence(match.start())
    return bool(_SPEAKS_OF_SILENCE.search(sentence.replace(match[0], "")))


_OBEYED = re.compile(
    "طبق (?:دستور|خواست|درخواست)[\\w\u200c]* (?:شما|بالا|متن|داده)|دستور(?:ها"
    "|العمل)?[\\w\u200c]* (?:قبلی|پیشین)"
    "|(?:پرامپت|دستور) سیستم|همان\u200cطور که (?:خواسته|دستور|گفته بودید)|به دستور (?:متن"
    "|نویسنده|منبع)"
    "|(?i:system prompt|ignore (?:all|previous)|as (?:requested|instructed)"
    "|previous instructions|instructions? (?:received|followed))"
    "|خلاصهٔ? درخواستی|نادیده گرفته شد(?:ند)?[.،]? (?:و|طبق)"
)
_ABOUT_ORDERS = re.compile(r"prompt|jailbreak|injection|instruction", re.IGNORECASE)


def _obedience(draft: Draft, source: Source) -> Iterator[_Found]:
    match = _OBEYED.search(draft.text)
    if match and (source.orders or not _ABOUT_ORDERS.search(source.text)):
        yield "instruction", draft.spelt(match.start(), match.end()), match.start(), ""
    for order in source.orders:
        quoted = re.findall(r"[\"'“«‘]([^\"'”»’]{3,80})[\"'”»’]", order)
        for words in quoted:
            start = draft.text.find(folded(bare(words)).strip(" ."))
            if start >= 0 and words.strip(" .") not in source.text:
                yield "instruction", words, start, ""


_SCRIPTS = (
    "\u0400-\u052f\u0530-\u05ff\u0700-\u074f\u0780-\u08ff\u0900-\u10ff\u1100-\u11ff\u1780-\u17ff"
    "\u3040-\u30ff\u3100-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9d"
)
_FOREIGN = re.compile(f"[{_SCRIPTS}](?:[{_SCRIPTS}\\s、。·,.-]*[{_SCRIPTS}])?")
_LONGEST_FOREIGN = 24
"""Letters of another script that may be a name, where the source has them."""


def _scripts(draft: Draft, source: Source) -> Iterator[_Found]:
    """Chinese or Cyrillic in a Persian text: models slip into them."""
    for match in _FOREIGN.finditer(draft.text):
        if len(match[0]) > _LONGEST_FOREIGN or match[0] not in source.text:
            yield "script", draft.spelt(match.start(), match.end())[:_TAIL], match.start(), ""


_ENDED = re.compile('[.!?؟:")\\]】…٪%☺-⛿\u2705\U0001f300-\U0001faff]\\W*$')
_VERB_LAST = re.compile(
    "(?:است|هست|هستند|نیست|نیستند|بود|بودند|شد|شدند|شده|شود|شوند|کرد|کردند|کند|کنند|دارد|دارند"
    "|ندارد|داشت|داد|دادند"
    "|دهد|دهند|گرفت|یافت|رسید|رسیده|آورد|آمد|آمده|ماند|گذاشت|گوید|گویند|خواهد|باشد|باشند|ساخت"
    "|سازد|رود|شده\u200cاند"
    "|اند|بخشد|گیرد|یابد|آید|کنید|شوید|توان|برد|رفت|گفت|خورد|زند|زد|اوست|آن\u200cهاست|هاست"
    '|ست)[\\s»"]*$'
)
_CUT_ELLIPSIS = re.compile(r"(?<!دارد)(?<!دارد )(?:…|\.\.\.)\W*$")
_BULLETED = re.compile(r"\s*(?:[•▪▫‣·*–—+-]|[\U0001f300-\U0001faff☑-✔]|\d+[.)])\s*")
_TAIL = 60
_LOOPED_WORD = re.compile("(?<![\\w\u200c])([\\w\u200c]{2,})(?:[\\s،,]+\\1){3,}(?![\\w\u200c])")


def _shape(body: str) -> Iterator[_Found]:
    """Signs of a text that broke off or ran in circles."""
    text = bare(body)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if lines:
        last = lines[-1]
        pointed = any(_ENDED.search(line) for line in lines[:-1])
        whole = (
            _ENDED.search(last)
            or _BULLETED.match(last)
            or (_VERB_LAST.search(last) and (not pointed or last.endswith(("»", '"'))))
        )
        if not whole or _CUT_ELLIPSIS.search(last) or text.count("«") > text.count("»"):
            yield "unfinished", _tail(last), len(text), ""
    if loop := _loop(text):
        yield "loop", loop, text.find(loop), ""


def _tail(line: str) -> str:
    """The last words of a line."""
    return line if len(line) <= _TAIL else line[-_TAIL:].partition(" ")[2] or line[-_TAIL:]


def _loop(text: str) -> str:
    """Words said again and again in a row, or a long sentence said twice; empty: none."""
    if match := _LOOPED_WORD.search(text):
        return match[0][:80]
    said: set[str] = set()
    for sentence in sentences(text):
        plain = re.sub(r"\W+", " ", sentence).strip()
        if len(plain) > 30 and plain in said:
            return sentence[:80]
        said.add(plain)
    words = re.findall("[\\w\u200c]+", text)
    for size in range(2, 9):
        for index in range(len(words) - 3 * size + 1):
            piece = words[index : index + size]
            if (
                piece
                == words[index + size : index + 2 * size]
                == words[index + 2 * size : index + 3 * size]
            ):
                return " ".join(piece)
    return ""


@cache
def _table() -> tuple[tuple[str, re.Pattern[str], re.Pattern[str], str], ...]:
    rows = []
    for line in (_FOLDER / "claims.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            kind, claim, evidence, label = line.split("\t")
            opened = f"(?<![\u0621-\u06d3\u200c])(?:{claim})"
            rows.append((kind, re.compile(opened), re.compile(evidence, re.IGNORECASE), label))
    return tuple(rows)
