"""Is this answer fit to use? Pure: an answer in, clean text and every reason against it out.

`accept` reads an answer as hostile text. It judges shape, language, length and manners; whether
what the text claims stands in its source is the gate's to say (prompts.claims), whose findings
join the reasons.

Reasons (the answer is refused) and remarks (it is used, the admins are told) are data:

    not-json                           the answer holds no JSON object
    missing      field                 a field is absent or no text
    empty        field                 ... or has nothing in it
    too-short    field, units, limit
    too-long     field, units, limit
    paragraphs   count, least, most
    not-persian  field, share          of Persian letters, 0 to 1
    refusal      words                 the model declines
    chatter      field, words          it talks to whoever asked
    repeats      words                 one sentence again and again
    own-link     words                 taken out, a remark; too many of them, a reason
    own-mention, own-hashtag, own-markup: the same
    unknown-tag  words, proposed       tags outside the vocabulary, left out: a remark; those fit
                                       to join it, if any, are the model's proposals
    value, unit, attached, date, name, version, superlative, claim, reversal, call, instruction,
    script, unfinished, loop: see prompts.claims; with words, a Persian message and the nearest
    source sentence (empty: none is near)
    second-opinion: the same, by another model (prompts.opinion)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.persian.language import persian_share
from bot.persian.typography import plain, typeset, units
from db.model import Item, Kind
from prompts.claims import KINDS, Finding, findings
from prompts.source import read
from prompts.vocabulary import Vocabulary

Reason = dict[str, Any]

SECOND_OPINION = "second-opinion"
"""The reason that only another model gives: see prompts.opinion."""

REASONS = (
    "not-json",
    "missing",
    "empty",
    "too-short",
    "too-long",
    "paragraphs",
    "not-persian",
    "refusal",
    "chatter",
    "repeats",
    "own-link",
    "own-mention",
    "own-hashtag",
    "own-markup",
    *KINDS,
    SECOND_OPINION,
)
DOUBTS = frozenset(("too-short", "paragraphs", *KINDS, SECOND_OPINION))
"""Reasons with which an answer, asked for twice, still reaches the admins, who are told."""
REMARKS = ("own-link", "own-mention", "own-hashtag", "own-markup", "unknown-tag")

LONGEST_TITLE = 120
LONGEST_BODY = 2000
"""In UTF-16 code units, as Telegram counts."""
MOST_TAGS = 5

_SHORTEST = {"title": 8, "body": 120}
_LONGEST = {"title": LONGEST_TITLE, "body": LONGEST_BODY}
# A title is often half names in Latin script; a body is sentences.
_PERSIAN_ENOUGH = {"title": 0.2, "body": 0.4}
_PARAGRAPHS = (2, 5)
_SENTENCE = 100
_ENGLISH = re.compile(r"(?<![\w.-])[a-z]{2,}(?![\w.-])")
_ENGLISH_ENOUGH = 5
"""Lower-case Latin words that make a paragraph a sentence, however short it is."""
_LONGEST_READ = 8000
_MOST_WORDS, _LONGEST_WORD = 5, 80
_MOST_NAMES = 50
_LONGEST_QUOTE = 400
_NO_CONTENT = " \u200f.،,؛-–•*"
_FIXED_BY_THE_FEED = (Kind.PAPER, Kind.RELEASE)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is left of an answer; fit to use when there are no `reasons` against it."""

    title: str
    body: str
    tags: tuple[str, ...]
    kind: Kind
    reasons: tuple[Reason, ...] = ()
    remarks: tuple[Reason, ...] = ()

    @property
    def faults(self) -> tuple[Reason, ...]:
        """The reasons for which the answer cannot be used at all."""
        return tuple(one for one in self.reasons if one["kind"] not in DOUBTS)

    @property
    def doubts(self) -> tuple[Reason, ...]:
        """The reasons that an admin may overrule."""
        return tuple(one for one in self.reasons if one["kind"] in DOUBTS)


@dataclass(frozen=True, slots=True)
class _Foible:
    """Something a model must not write: how to see it, what stays of it, how many are borne."""

    kind: str
    pattern: re.Pattern[str]
    leaves: str
    borne: int


_FOIBLES = (
    _Foible("own-markup", re.compile(r"!?\[([^\]\n]{1,200})\]\([^)\s]{0,500}\)"), r"\1", 2),
    _Foible("own-markup", re.compile(r"</?[A-Za-z][^<>\n]{0,500}>|<!--.{0,500}?-->"), "", 6),
    _Foible("own-markup", re.compile(r"^[\s\u200f]*(?:```\w*|#{1,6}\s|>\s)", re.MULTILINE), "", 6),
    _Foible("own-markup", re.compile(r"(\*\*|~~|\|\||`)(?=\S)(.{1,300}?)\1"), r"\2", 12),
    _Foible("own-markup", re.compile(r"\*\*|```"), "", 6),
    _Foible(
        "own-link",
        re.compile(
            r"(?i)\b[a-z][a-z\d+.-]{0,15}://[^\s«»<>()]+|\bwww\.[^\s«»<>()]+"
            r"|(?<![\w.+-])(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}/[^\s«»<>()]*"
            r"|(?<![\w.+-])[\w.+-]{1,64}@(?:[a-z\d-]{1,63}\.){1,8}[a-z]{2,24}\b"
        ),
        "",
        2,
    ),
    _Foible("own-mention", re.compile(r"@(?=\w*[^\W\d])\w{2,64}"), "", 2),
    _Foible("own-hashtag", re.compile(r"[#＃](?=[\w\u200c]*[^\W\d])[\w\u200c]+"), "", 8),
)
_REFUSAL = re.compile(
    r"(?i)\bas an ai\b|\bi(?:'m| am) (?:sorry|unable)\b|\bi can(?:no|')t\b"
    r"|به[ \u200c]?عنوان یک (?:مدل|هوش|دستیار)[^.]{0,60}(?:نمی\u200cتوانم|نیستم|ندارم)"
    r"|(?:متأسفم|متاسفم|نمی\u200cتوانم|نمیتوانم)[^.]{0,40}(?:درخواست|خلاصه|بنویسم|کمک|انجام)"
)
_CHATTER = re.compile(
    r"(?i)\A\W*(?:(?:sure|certainly|of course|here(?:'s| is))\b"
    r"|(?:البته|حتماً|حتما|بسیار خوب|بفرمایید)\s*[!،:.]"
    r"|(?:این هم|در ادامه|در اینجا).{0,12}(?:خلاصه|پست)\b)"
    r"|(?:امیدوارم|اگر (?:سؤال|سوال|پرسشی)).{0,60}\W*\Z"
)
# It tells of the text that it writes, not of the news.
_OF_ITSELF = re.compile(
    r"(?:خلاصه|چکیده|ترجمه)[ٔ\u200cیا]*(?: [^.؟!\n]{1,40})? (?:در|به شرح) (?:ادامه|زیر|پایین)"
    r"(?: (?:آمده|آورده|ارائه|تقدیم|می\u200cآید|می\u200cخوانید|بخوانید|ببینید))"
    r"|(?:در (?:ادامه|زیر|اینجا)|به شرح زیر)[،]? [^.؟!\n]{0,20}(?:خلاصه|چکیده|ترجمه)[^.؟!\n]{0,60}"
    r"(?:آمده|آورده|ارائه|تقدیم|می\u200cآید|می\u200cخوانید|بخوانید|می\u200cبینید)"
    r"|به[ \u200c]عنوان یک (?:مدل|هوش|دستیار|ربات)[^.،\n]{0,20}،[^.\n]{0,20}"
    r"(?:خلاصهٔ? (?:متن|مقاله|خبر|این)|در ادامه|پاسخ (?:من|شما)|متن شما)"
    r"|(?:خلاصه|پست|متن)[\w\u200cٔ]* (?:[^\s.]+ ){0,3}(?:که خواستید|درخواستی شما|خواسته\u200cشده)"
)
_HYPE = re.compile(
    r"(?:\A|(?<=[\n.!؟]))\W{0,8}(?:وای|واو|عجب|هورا|دوستان|رفقا|بچه\u200cها)(?: عزیز| من)?\s*[!،…]"
    r"|(?P<emoji>[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?)(?:\s?(?P=emoji)){2}"
    r"|!(?:\s?[!؟]){2}"
)
_CHATTY = (_CHATTER, _OF_ITSELF, _HYPE)


def accept(answer: object, item: Item, vocabulary: Vocabulary) -> Accepted:
    """What `answer` about `item` is worth: the model's JSON, or its text when that held none."""
    if not isinstance(answer, Mapping):
        return Accepted("", "", (), item.kind, reasons=(_no_object(answer),))
    title, title_foibles = _mannerly(_text(answer.get("title")))
    title = typeset(" ".join(title.split()))
    body, body_foibles = _mannerly(_text(answer.get("body")))
    remarks, reasons = _weigh([*title_foibles, *body_foibles])
    reasons += _judge(answer, {"title": title, "body": body})
    source = read(item.title, item.text, item.url)
    reasons += map(_doubt, findings(title, body, source))
    tags, unknown = _tags(answer.get("tags"), vocabulary)
    if unknown:
        remarks.append(_unknown(unknown, vocabulary))
    return Accepted(
        title=plain(title),
        body=plain(body),
        tags=tags,
        kind=_kind(answer.get("kind"), item),
        reasons=tuple(reasons),
        remarks=tuple(remarks),
    )


def unmannerly(text: str) -> list[str]:
    """The kinds of what a model must not write that `text` has: own-link, own-markup …"""
    set_ = typeset(text)
    return sorted({one.kind for one in _FOIBLES if one.pattern.search(set_)})


def refusal(text: str) -> bool:
    """Whether the model declines."""
    return bool(_REFUSAL.search(text[:_LONGEST_READ]))


def _no_object(answer: object) -> Reason:
    """Why there is no JSON object: the model may have said so in words."""
    refusal = _REFUSAL.search(answer[:_LONGEST_READ]) if isinstance(answer, str) else None
    return {"kind": "refusal", "words": _told([refusal[0]])} if refusal else {"kind": "not-json"}


def _text(value: object) -> str:
    """A field as text; models that escape twice write a backslash and an n for a new line."""
    if not isinstance(value, str):
        return ""
    return value[:_LONGEST_READ].replace("\\n\\n", "\n\n")


def _mannerly(text: str) -> tuple[str, list[tuple[_Foible, list[str]]]]:
    """`text` set, without links, names, tags and markup of its own, and what was taken out."""
    text = typeset(text)
    found = []
    for foible in _FOIBLES:
        if words := [match[0].strip() for match in foible.pattern.finditer(text)]:
            found.append((foible, words))
            text = foible.pattern.sub(foible.leaves, text)
    paragraphs = (line.strip() for line in typeset(text).split("\n"))
    return "\n\n".join(line for line in paragraphs if line.strip(_NO_CONTENT)), found


def _weigh(found: list[tuple[_Foible, list[str]]]) -> tuple[list[Reason], list[Reason]]:
    """What was taken out of a text, as remarks, and as reasons where it was too much."""
    words: dict[str, list[str]] = {}
    too_much = set()
    for foible, seen in found:
        words.setdefault(foible.kind, []).extend(seen)
        if len(seen) > foible.borne:
            too_much.add(foible.kind)
    told = [{"kind": kind, "words": _told(said)} for kind, said in words.items()]
    remarks = [one for one in told if one["kind"] not in too_much]
    return remarks, [one for one in told if one["kind"] in too_much]


def _told(words: list[str]) -> list[str]:
    """A model's words as the admins may be shown them: few, short and harmless."""
    return [plain(word[:_LONGEST_WORD]) for word in words[:_MOST_WORDS]]


def _doubt(finding: Finding) -> Reason:
    """A finding as a reason: what it quotes of either text made short and harmless."""
    return {
        "kind": finding.kind,
        "words": _told([finding.words]),
        "message": plain(finding.message[:_LONGEST_QUOTE]),
        "source": plain(finding.nearest[:_LONGEST_QUOTE]),
    }


def _judge(answer: Mapping[str, Any], fields: Mapping[str, str]) -> Iterator[Reason]:
    for field, text in fields.items():
        yield from _judge_field(field, answer.get(field), text)
    body = fields["body"]
    count = len(body.split("\n\n"))
    if body and not _PARAGRAPHS[0] <= count <= _PARAGRAPHS[1]:
        least, most = _PARAGRAPHS
        yield {"kind": "paragraphs", "count": count, "least": least, "most": most}
    if refusal := _REFUSAL.search(body):
        yield {"kind": "refusal", "words": _told([refusal[0]])}
    sentences = Counter(re.split(r"[.!?؟\n]+\s*", body))
    repeated = [text for text, times in sentences.items() if times > 2 and len(text) > 10]
    if repeated:
        yield {"kind": "repeats", "words": _told(repeated[:1])}


def _judge_field(field: str, value: object, text: str) -> Iterator[Reason]:
    if not isinstance(value, str):
        yield {"kind": "missing", "field": field}
        return
    if not text:
        yield {"kind": "empty", "field": field}
        return
    length = units(text)
    if length < _SHORTEST[field]:
        yield {"kind": "too-short", "field": field, "units": length, "limit": _SHORTEST[field]}
    if length > _LONGEST[field] or units(value) > _LONGEST_READ:
        length = max(length, units(value))
        yield {"kind": "too-long", "field": field, "units": length, "limit": _LONGEST[field]}
    share = min(map(persian_share, [text, *_long_paragraphs(text)]))
    if share < _PERSIAN_ENOUGH[field]:
        yield {"kind": "not-persian", "field": field, "share": round(share, 2)}
    if found := [one[0] for form in _CHATTY if (one := form.search(text))]:
        yield {"kind": "chatter", "field": field, "words": _told(found)}


def _long_paragraphs(text: str) -> list[str]:
    """The paragraphs that are sentences: a line of names alone need not be Persian."""
    return [
        paragraph
        for paragraph in text.split("\n\n")
        if len(paragraph) > _SENTENCE or len(_ENGLISH.findall(paragraph)) > _ENGLISH_ENOUGH
    ]


def _tags(value: object, vocabulary: Vocabulary) -> tuple[tuple[str, ...], list[str]]:
    """The tags that are the channel's, and the names that are not."""
    told = value if isinstance(value, list) else []
    names = [name[:100] for name in told[:_MOST_NAMES] if isinstance(name, str)]
    unknown = [name for name in names if not vocabulary.find(name)]
    return vocabulary.known(names)[:MOST_TAGS], unknown


def _unknown(names: list[str], vocabulary: Vocabulary) -> Reason:
    """What is told of the names that are not ours: defused; and those that may become ours."""
    proposed = (vocabulary.proposal(name) for name in names[:_MOST_WORDS])
    fit = list(dict.fromkeys(name for name in proposed if name))
    told: Reason = {"kind": "unknown-tag", "words": _told(names)}
    return told | ({"proposed": fit} if fit else {})


def _kind(value: object, item: Item) -> Kind:
    """What the model takes it for; a paper or a release the feed knows better."""
    if item.kind in _FIXED_BY_THE_FEED or value not in list(Kind):
        return item.kind
    return Kind(str(value))
