"""Is this answer fit to be shown, given the passages it was made from? Pure: reasons against it.

    check             an answer from the archive: language, manners, and each sentence borne out
    check_unsourced   one that cites nothing: language and manners alone

Whether a passage bears a sentence out is for prompts.bearing.

Reasons: ``empty``, ``unknown`` (the model says that it does not know), ``not-persian``,
``own-link``, ``own-mention``, ``own-hashtag``, ``own-markup``, ``refusal``, ``loop``, ``echo``
(of what the model was told), ``too-long``, ``wrong-citation`` (of what is not there),
``unfinished`` (it breaks off, or has no verb), ``off-question``, and the faults of
prompts.bearing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.persian.folding import fold
from bot.persian.hashtags import hashtags
from bot.persian.language import persian_share
from bot.persian.numbers import bare, folded, values
from bot.persian.question import Question, Wanted
from bot.persian.wordforms import is_verb
from prompts import bearing, likeness
from prompts.loops import circles
from prompts.support import sentences

LONGEST = 1_000
"""Characters of an answer."""
PERSIAN = 0.3
"""Share of Persian letters in an answer; names of models are Latin."""
ABOUT = 0.3
"""Share of the question's words that the answer and what it cites have."""
_OPEN_ENDS = frozenset(
    fold("و یا تا که از به در با برای را اما ولی زیرا چون یک این هر بین").split()
)
_LONGEST_PHRASE = 6
"""Telling words of an answer that need no verb: «ترکیب Momentum و RMSprop»."""
_ECHO = 9
"""Words in a row that an answer has of its instructions."""

_NUMBER = r"[0-9۰-۹٠-٩]{1,2}"
_CITATION = re.compile(rf"[\[［【]\s*({_NUMBER}(?:\s*[,،و;–-]\s*{_NUMBER})*)\s*[\]］】]")
_CITED = re.compile(r"\s*\[(\d{1,2})\]")
_LATE = re.compile(r"([.!؟?…])[ \t]*((?:\[\d{1,2}\][ \t]*)+)")
_UNKNOWN = re.compile(
    "(?<!\\w)نمی[\u200c ]?(?:دانم|دونم)|(?:پاسخ|جواب|اطلاعات|چیزی|اشاره)[\\w\u200c]*[^.]{0,40}"
    "(?:در|توی?) (?:این )?(?:متن|پست|آرشیو|منبع)[\\w\u200c]*[^.]{0,20}"
    "(?:نیست|نیامده|وجود ندارد|پیدا نشد|نشده|نکرده|ندارد)"
    "|(?:متن|پست|آرشیو|منبع)[\\w\u200c]*[^.]{0,30}"
    "(?:چیزی (?:نمی|نگفته|نیامده)|نگفته|اشاره[\\w\u200c]* ن|مشخص ن|اطلاعاتی ن|پاسخی ن)"
)
_OPENING = re.compile(
    "^(?:بر ?اساس|طبق|مطابق|با توجه به|به گفتهٔ?|در) (?:این )?(?:متن|پست|منبع|آرشیو|نوشته)"
    "[\\w\u200cٔ]*[^،.]{0,25}،\\s*"
)
_NAMED = re.compile(r"[A-Za-z][\w.-]*\d[\w.-]*")
"""A name with a number in it, which tells no number."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of an answer; fit to be shown when there are no `reasons` against it."""

    text: str = ""
    """Plain text, each sentence with the numbers that it cites before its full stop."""
    cited: tuple[int, ...] = ()
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of an answer, apart from the numbers that it cites."""

    text: str
    cited: tuple[int, ...] = ()


def check(
    answer: str, passages: Mapping[int, str], question: Question, *, torn: bool = False
) -> Verdict:
    """What `answer` to `question` is worth, given the numbered passages it was made from.

    The first line of a passage is its title. Of an answer that is `torn` the last sentence, cut
    off in the middle, is left out.
    """
    whole = _whole(_cleaned(answer), torn=torn)
    known = frozenset(tag for text in passages.values() for _, _, tag in hashtags(text))
    if reasons := tuple(dict.fromkeys(_manners(whole, known))):
        return Verdict(whole, reasons=reasons)
    kept: list[Said] = []
    faults: list[str] = []
    for said in read(whole):
        resting, wrong = _resting(said, passages, question)
        kept.append(Said(said.text, resting))
        faults += wrong
    faults = faults or list(_off(kept, passages, question))
    cited = tuple(sorted({number for said in kept for number in said.cited}))
    return Verdict(_rebuilt(kept), cited, tuple(dict.fromkeys(faults)))


def check_unsourced(answer: str, *, torn: bool = False) -> Verdict:
    """What an answer without sources is worth: whether it is Persian, whole and mannerly."""
    whole = _whole(_cleaned(_CITATION.sub("", answer)), torn=torn)
    return Verdict(whole, reasons=tuple(dict.fromkeys(_manners(whole))))


def read(answer: str) -> list[Said]:
    """The sentences of an answer, each with the numbers that stand in it or right behind it."""
    text = _CITATION.sub(_one_by_one, answer)
    text = _LATE.sub(lambda found: f" {found[2].strip()}{found[1]} ", text)
    found: list[Said] = []
    for sentence in sentences(text):
        cited = tuple(dict.fromkeys(int(number) for number in _CITED.findall(sentence)))
        plain = " ".join(_CITED.sub("", sentence).split())
        if re.search(r"\w", plain):
            found.append(Said(plain, cited))
        elif cited and found:
            found[-1] = Said(found[-1].text, tuple(dict.fromkeys((*found[-1].cited, *cited))))
    return found


def _one_by_one(found: re.Match[str]) -> str:
    """``[1، 2]`` as ``[1][2]``, in Latin digits."""
    return "".join(f"[{int(number)}]" for number in re.findall(_NUMBER, found[1]))


def _cleaned(answer: str) -> str:
    """The answer without marks that do not show, without bold and without a label before it."""
    text = bare(answer).replace("**", "").strip()
    return re.sub("^(?:پاسخ|جواب)\\s*:\\s*", "", text).strip(' \n«»"') if text else ""


def _whole(text: str, *, torn: bool) -> str:
    """The text up to its last full stop, if it is torn."""
    if not torn or re.search(r"[.!؟?…]\s*(?:\[\d+\]\s*)*$", text):
        return text
    ends = [found.end() for found in re.finditer(r"[.!؟?…](?=\s)", text)]
    return text[: ends[-1]] if ends else ""


def _manners(text: str, tags: frozenset[str] = frozenset()) -> Iterator[str]:
    """What is wrong with the text as such; hashtags of the passages may stand in it."""
    from prompts.accept import refusal, unmannerly
    from prompts.claims import findings
    from prompts.source import Source

    if not re.search(r"\w", _CITATION.sub("", text)):
        yield "empty"
        return
    if _UNKNOWN.search(text):
        yield "unknown"
    if refusal(text):
        yield "refusal"
    if persian_share(text) < PERSIAN:
        yield "not-persian"
    if len(text) > LONGEST:
        yield "too-long"
    own = {tag for _, _, tag in hashtags(text)} - tags
    yield from (
        kind for kind in unmannerly(_CITATION.sub("", text)) if kind != "own-hashtag" or own
    )
    if circles(text) or any(one.kind == "loop" for one in findings("", text, Source("", text))):
        yield "loop"
    if _is_echo(text):
        yield "echo"


def _is_echo(text: str) -> bool:
    """Whether the answer repeats what the model was told to do."""
    from prompts.render import read as form

    told = " ".join(fold(form(name).system.template) for name in ("answer", "general"))
    words = fold(text).split()
    pieces = (" ".join(words[at : at + _ECHO]) for at in range(len(words) - _ECHO + 1))
    return any(piece in told for piece in pieces)


def _breaks_off(sentence: str) -> bool:
    """Whether a sentence ends in the middle, or is a long one without any verb."""
    words = fold(sentence).split()
    if not words or words[-1] in _OPEN_ENDS:
        return True
    return len(likeness.read(sentence).words) > _LONGEST_PHRASE and not any(map(is_verb, words))


def _resting(
    said: Said, passages: Mapping[int, str], question: Question
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The passages on which a sentence rests, and what is wrong with it.

    One that cites nothing may rest on the only passage that bears it out.
    """
    if wrong := [number for number in said.cited if number not in passages]:
        return tuple(number for number in said.cited if number not in wrong), ("wrong-citation",)
    known = frozenset(question.words)
    text = _OPENING.sub("", said.text)
    if _breaks_off(text) and not any(
        bearing.is_quoted(text, bearing.passage(one)) for one in passages.values()
    ):
        return said.cited, ("unfinished",)
    found = {
        number: bearing.faults(text, bearing.passage(passages[number]), known)
        for number in said.cited or sorted(passages)
    }
    bearing_out = tuple(number for number, faults in found.items() if not faults)
    if bearing_out and (said.cited or len(bearing_out) == 1):
        return bearing_out, ()
    if bearing_out:
        return bearing_out[:1], ()
    fewest = min(found.values(), key=len) if found else ("unsupported",)
    return said.cited, fewest


def _off(kept: Sequence[Said], passages: Mapping[int, str], question: Question) -> Iterator[str]:
    """Whether an answer that is borne out answers something else."""
    said = " ".join(one.text for one in kept)
    cited = {number for one in kept for number in one.cited}
    there = likeness.read(" ".join([said, *(passages[number] for number in sorted(cited))]))
    asked = likeness.read(" ".join(question.words)).words
    met = sum(word.is_in(there) for word in asked)
    valueless = question.wanted is not Wanted.ANY and not _has_value(said, question)
    if met < ABOUT * len(asked) or valueless:
        yield "off-question"


def _has_value(said: str, question: Question) -> bool:
    """Whether the answer has a number that the question does not have; «یک» may be an article."""
    text = folded(_NAMED.sub(" ", question.text))
    asked = {1.0, *(value.amount for value in values(text))}
    return any(value.amount not in asked for value in values(folded(bare(said))))


def _rebuilt(kept: Sequence[Said]) -> str:
    return " ".join(_with_numbers(said) for said in kept)


def _with_numbers(said: Said) -> str:
    """``… است [1].``"""
    text, stop = said.text, "."
    if text[-1:] in ".!؟?…":
        text, stop = text[:-1].rstrip(), text[-1]
    numbers = "".join(f"[{number}]" for number in said.cited)
    return f"{text} {numbers}{stop}" if numbers else f"{text}{stop}"
