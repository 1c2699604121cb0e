"""Is this quiz fit to be shown to an admin? Pure: a model's answer in, clean text and reasons out.

`accept` reads an answer as hostile text; `problems` holds any question, whoever wrote it, to the
limits of Telegram (Bot API, sendPoll). Whether a second reader reaches the same answer is asked
elsewhere (bot.quiz_writing).

Reasons are data, ``{"kind", "words", "message"}``, the message in Persian:

    not-json, missing                     no object, or a field absent or of the wrong kind
    too-long, too-short, line-feeds       outside Telegram's limits, or ours
    count                                 not 2 to 12 options
    wrong-index, wrong-key                the right option is not there, or the cited sentence
                                          names another
    same-options, uneven, form            options alike, one much longer, one of another kind
    all-of-them, labels, placeholder      «همهٔ موارد»; «الف)»; «گزینهٔ ۱»
    not-persian, no-question, given-away, refers
    own-link, own-mention, own-hashtag, own-markup, refusal
    not-cited, unsupported                the cited sentence, or the answer, is not in the post
    duplicate                             the bank asks this already
    value, unit, name, version, …         see prompts.claims
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from bot.persian.dates import digits
from bot.persian.folding import fold
from bot.persian.language import persian_share
from bot.persian.query import COMMON
from bot.persian.typography import plain, typeset, units
from prompts.vocabulary import Vocabulary

Reason = dict[str, Any]

LONGEST_QUESTION = 270
"""Of Telegram's 300 UTF-16 units; the rest is kept for «❓ کوییز شمارهٔ …»."""
LONGEST_OPTION = 100
LONGEST_EXPLANATION = 200
MOST_LINE_FEEDS = 2
OPTIONS = range(2, 13)
MOST_TAGS = 3

_SHORTEST_QUESTION = 12
_UNEVEN, _SLACK = 2.2, 12
"""A right option so many times longer than the others' median (and units beyond) gives itself
away."""
_SUPPORTED, _CITED = 0.6, 0.85
"""Shares of folded words that must be found in the post."""
_NEAR = 0.75
"""Share of words in common from which two questions are one."""
_LONGEST_READ = 2000
_MOST_OPTIONS_READ = 20
_CLAIMS = frozenset(("value", "unit", "attached", "date", "name", "version", "instruction"))
"""What prompts.claims finds that also holds of phrases."""

MESSAGES = {
    "not-json": "پاسخ یک شیء JSON کامل نبود.",
    "missing": "فیلد «{words}» نبود یا از نوع دیگری بود.",
    "too-long": "{words}",
    "too-short": "«{words}» بیش از اندازه کوتاه است.",
    "line-feeds": "توضیح بیش از دو سطر شکسته دارد.",
    "count": "شمار گزینه‌ها باید میان ۲ و ۱۲ باشد.",
    "wrong-index": "گزینهٔ درست میان گزینه‌ها نیست یا یکتا نیست.",
    "wrong-key": "جملهٔ شاهد گزینهٔ دیگری را درست می‌داند: «{words}».",
    "same-options": "دو گزینه یکی‌اند: «{words}».",
    "uneven": "طول گزینهٔ درست آن را لو می‌دهد: «{words}».",
    "form": "شکل گزینهٔ درست با بقیه فرق دارد: «{words}».",
    "all-of-them": "گزینه‌ای مثل «همهٔ موارد» یا «هیچ‌کدام» دارد: «{words}».",
    "labels": "گزینه‌ها شماره یا حرف دارند: «{words}».",
    "placeholder": "گزینه محتوایی ندارد: «{words}».",
    "not-persian": "فارسی نیست: «{words}».",
    "no-question": "پرسشی در متن سؤال نیست.",
    "given-away": "پاسخ در خود سؤال آمده است: «{words}».",
    "refers": "سؤال بدون دیدن متن فهمیده نمی‌شود: «{words}».",
    "own-link": "پیوند دارد.",
    "own-mention": "نام کاربری با @ دارد.",
    "own-hashtag": "برچسب با # دارد.",
    "own-markup": "نشانهٔ قالب‌بندی دارد.",
    "refusal": "به‌جای کوییز از نوشتن سر باز زده شده است.",
    "not-cited": "جملهٔ شاهد در پست نیست.",
    "unsupported": "پاسخ در پست پیدا نشد: «{words}».",
    "duplicate": "پرسشی بسیار نزدیک به این در بانک هست: «{words}».",
}

_EVERY = "(?:همه|تمام|هر (?:دو|سه|چهار)|هیچ)[\u200c ]?(?:ی|ٔ|یک|کدام)?[\u200c ]*(?:از )?(?:این )?"
_ALL = re.compile(
    rf"{_EVERY}(?:موارد|گزینه|مورد|پاسخ)"
    rf"|^\W*{_EVERY}(?:آن[\u200c ]?ها|این[\u200c ]?ها)?\W*(?:درست|صحیح|نادرست|غلط)?\W*(?:است)?\W*$"
    r"|^\W*(?:الف|ب|پ|ج|د) و (?:الف|ب|پ|ج|د)\W*$"
    r"|\b(?:all|none|both|neither) of (?:the |these|them)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^\W{0,2}(?:الف|[بپتجد]|[A-Fa-f]|[0-9۰-۹]{1,2})\s*[)\].:\-–]\s+")
_PLACEHOLDER = re.compile(r"^\W*(?:گزینه[\u200c ]?[ٔیۀ]?|option|پاسخ|answer)\s*\w{1,6}\W*$", re.I)
_ASKS = re.compile(
    r"[؟?]|کدام|کدوم|چه |چرا|چند|چگونه|چطور|کجا|چیست|چیه|کیست|کی\b|آیا|نام ببر|جای خالی|…|___"
)
_REFERS = re.compile(
    r"(?:این|همین|طبق|بر اساس|براساس|مطابق|در|از)\s*(?:این )?(?:متن|پست|نوشته|مقالهٔ? بالا|خبر بالا"
    r"|جمله)(?!\u200c|\w)|متن (?:بالا|فوق|منبع)|جملهٔ شاهد|گفته[\u200c ]?شده در بالا"
)
_PUNCTUATION = " .،؛:؟!…\u200f\u200e"


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is left of an answer; fit to be shown when there are no `reasons` against it."""

    text: str = ""
    options: tuple[str, ...] = ()
    correct: tuple[int, ...] = ()
    explanation: str = ""
    cited: str = ""
    tags: tuple[str, ...] = ()
    difficulty: int = 2
    reasons: tuple[Reason, ...] = ()


def accept(
    answer: object, post: str, vocabulary: Vocabulary, bank: Iterable[tuple[int, str]] = ()
) -> Accepted:
    """What `answer`, a quiz about the text `post`, is worth.

    `bank` holds the id and the folded text of every question there is.
    """
    if not isinstance(answer, Mapping):
        from prompts.accept import refusal  # the gate is slow to import: not at every start

        refused = isinstance(answer, str) and refusal(answer)
        return Accepted(reasons=(_reason("refusal" if refused else "not-json"),))
    read = _read(answer, vocabulary)
    kept = _harmless(read)
    reasons = [*_shape(answer), *problems(kept.text, kept.options, kept.correct, kept.explanation)]
    if not reasons:  # what follows reads sound fields only
        reasons += [*_manners(read), *_options(read), *_support(read, post), *_known(read, bank)]
    return replace(kept, reasons=tuple(reasons))


def problems(
    text: str, options: Sequence[str], correct: Sequence[int], explanation: str
) -> list[Reason]:
    """Why Telegram, or the channel, could not ask this question at all, whoever wrote it."""
    found = []
    if not text.strip():
        found.append(_reason("missing", "question"))
    if units(text) > LONGEST_QUESTION:
        found.append(_too_long("متن پرسش", text, LONGEST_QUESTION))
    if len(options) not in OPTIONS:
        found.append(_reason("count"))
    long = [one for one in options if units(one) > LONGEST_OPTION]
    found += [_too_long("گزینه", one, LONGEST_OPTION) for one in long]
    found += [_reason("missing", "options") for one in options if not one.strip()]
    places = set(correct)
    if not places or len(places) != len(correct) or not places <= set(range(len(options))):
        found.append(_reason("wrong-index"))
    if units(explanation) > LONGEST_EXPLANATION:
        found.append(_too_long("توضیح", explanation, LONGEST_EXPLANATION))
    if explanation.count("\n") > MOST_LINE_FEEDS:
        found.append(_reason("line-feeds"))
    folded = [_bare(one) for one in options]
    twice = [one for index, one in enumerate(options) if folded[index] in folded[:index]]
    return [*found, *(_reason("same-options", one) for one in twice[:1])]


def near(text: str, bank: Iterable[tuple[int, str]]) -> int | None:
    """The id of the question of `bank` that asks nearly the same as `text`, or None."""
    words = _content(fold(text))
    for question_id, folded in bank:
        theirs = _content(folded)
        if words and len(words & theirs) >= _NEAR * len(words | theirs):
            return question_id
    return None


def _read(answer: Mapping[str, Any], vocabulary: Vocabulary) -> Accepted:
    """The fields of an answer, set; of the wrong kind, they are empty."""
    told = answer.get("options")
    options = [_set(one) for one in told[:_MOST_OPTIONS_READ]] if isinstance(told, list) else []
    tags = answer.get("tags")
    names = [one[:100] for one in tags if isinstance(one, str)] if isinstance(tags, list) else []
    difficulty = answer.get("difficulty")
    return Accepted(
        text=_set(answer.get("question")),
        options=tuple(_unpointed(options)),
        correct=_places(answer.get("correct")),
        explanation=typeset(_text(answer.get("explanation"))).strip(),
        cited=_text(answer.get("cited")).strip(),
        tags=vocabulary.known(names)[:MOST_TAGS],
        difficulty=difficulty if difficulty in (1, 2, 3) else 2,
    )


def _harmless(read: Accepted) -> Accepted:
    """The same, nothing in its texts a link for Telegram."""
    return replace(
        read,
        text=plain(read.text),
        options=tuple(map(plain, read.options)),
        explanation=plain(read.explanation),
        cited=plain(read.cited),
    )


def _text(value: object) -> str:
    return value[:_LONGEST_READ] if isinstance(value, str) else ""


def _set(value: object) -> str:
    return " ".join(typeset(_text(value)).split())


def _unpointed(options: list[str]) -> list[str]:
    """The options without the full stops that some end with, which would tell them apart."""
    return [one.rstrip(".۔ ") if one.endswith((".", "۔")) else one for one in options]


def _places(value: object) -> tuple[int, ...]:
    told = value if isinstance(value, list) else [value]
    if not all(isinstance(one, int) and not isinstance(one, bool) for one in told):
        return ()
    return tuple(sorted(told))


def _shape(answer: Mapping[str, Any]) -> Iterator[Reason]:
    for name in ("question", "explanation", "cited"):
        if not isinstance(answer.get(name), str) or not answer[name].strip():
            yield _reason("missing", name)
    told = answer.get("options")
    if not isinstance(told, list) or not all(isinstance(one, str) for one in told):
        yield _reason("missing", "options")
    elif len(told) > _MOST_OPTIONS_READ:
        yield _reason("count")
    places = answer.get("correct")
    if isinstance(places, list) and len(places) != 1:
        yield _reason("wrong-index")


def _manners(read: Accepted) -> Iterator[Reason]:
    whole = "\n".join([read.text, *read.options, read.explanation])
    from prompts.accept import refusal, unmannerly

    for kind in unmannerly(whole):
        yield _reason(kind)
    if refusal(whole):
        yield _reason("refusal")
    if units(read.text) < _SHORTEST_QUESTION:
        yield _reason("too-short", read.text)
    for text in (read.text, read.explanation):
        if persian_share(text) < 0.3:
            yield _reason("not-persian", text)
    if not _ASKS.search(read.text):
        yield _reason("no-question")
    if match := _REFERS.search(read.text):
        yield _reason("refers", match[0])


def _options(read: Accepted) -> Iterator[Reason]:
    for one in read.options:
        for kind, pattern in _BAD_OPTIONS:
            if pattern.search(one):
                yield _reason(kind, one)
    right = read.options[read.correct[0]]
    others = [one for index, one in enumerate(read.options) if index not in read.correct]
    middle = median(map(units, others))
    if units(right) > _UNEVEN * middle + _SLACK or units(right) * _UNEVEN + _SLACK < middle:
        yield _reason("uneven", right)
    forms = {_form(one) for one in others}
    if len(others) > 1 and len(forms) == 1 and _form(right) not in forms:
        yield _reason("form", right)
    key = _bare(right)
    if len(key) > 3 and re.search(rf"(?<!\w){re.escape(key)}(?!\w)", _bare(read.text)):
        yield _reason("given-away", right)


_BAD_OPTIONS = (("all-of-them", _ALL), ("labels", _LABEL), ("placeholder", _PLACEHOLDER))


def _form(option: str) -> str:
    """What kind of thing an option is to the eye: a number, a Latin name, or words."""
    if re.fullmatch(r"[\W\d٪%٫٬]*\d[\W\d٪%٫٬]*", option):
        return "number"
    return "words" if persian_share(option) > 0 else "latin"


def _support(read: Accepted, post: str) -> Iterator[Reason]:
    """The cited sentence is in the post, and bears the right option out, and no wrong one."""
    own = fold(post)
    cited = fold(read.cited)
    if not _is_cited(cited, own, post):
        yield _reason("not-cited")
        return
    right = read.options[read.correct[0]]
    wrong = [one for index, one in enumerate(read.options) if index not in read.correct]
    words = _content(fold(right)) or set(fold(right).split())
    found = {word for word in words if word in set(own.split())}
    said = f" {cited} "
    named = [one for one in wrong if _bare(one) and f" {_bare(one)} " in said]
    if named and f" {_bare(right)} " not in said and not (words & set(cited.split())):
        yield _reason("wrong-key", named[0])
    elif len(found) < _SUPPORTED * len(words):
        yield _reason("unsupported", right)
    from prompts.claims import findings
    from prompts.source import Source

    for one in findings(read.text, f"{right}.\n{read.explanation}", Source("", post)):
        if one.kind in _CLAIMS:
            yield {"kind": one.kind, "words": [plain(one.words)], "message": plain(one.message)}


def _is_cited(cited: str, own: str, post: str) -> bool:
    """Whether a folded sentence stands in the post, or nearly: models mend a letter or two."""
    from prompts.support import sentences

    words = cited.split()
    if len(words) < 3:
        return False
    if f" {cited} " in f" {own} ":
        return True
    shares = (
        len(set(words) & set(theirs)) / max(len(set(words)), 1)
        for theirs in (fold(sentence).split() for sentence in sentences(post))
        if theirs
    )
    return max(shares, default=0.0) >= _CITED


def _known(read: Accepted, bank: Iterable[tuple[int, str]]) -> Iterator[Reason]:
    pairs = list(bank)
    if (known := near(read.text, pairs)) is not None:
        yield _reason("duplicate", dict(pairs)[known])


def _content(folded: str) -> set[str]:
    return set(folded.split()) - COMMON


def _bare(text: str) -> str:
    return fold(text) or text.strip(_PUNCTUATION)


def _too_long(what: str, text: str, most: int) -> Reason:
    """Of a text that Telegram would refuse: how long it is, and how long it may be."""
    told = (
        f"{what} {digits(units(text))} نویسه است و باید حداکثر {digits(most)} باشد: «{text[:20]}…»"
    )
    return _reason("too-long", told)


def _reason(kind: str, words: str = "") -> Reason:
    told = plain(" ".join(words.split())[:80])
    return {"kind": kind, "words": [told], "message": MESSAGES[kind].format(words=told)}
