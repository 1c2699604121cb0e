"""Does a passage bear out a sentence? Pure; both are of one language.

Knows signs, not meaning. A sentence is borne out where its telling words are those of the passage
(prompts.likeness: forms, near words, both names of a thing), most of them close together, it has
no value and no name from elsewhere (prompts.claims), its clauses deny what theirs deny, and
it says nothing of all, always or the best that they do not say. How often that is right is
measured on a labelled set: tests/eval/answers.

Faults: ``unsupported``, ``opposite``, ``negated``, ``roles``, ``sweeping``, and of prompts.claims
``value``, ``unit``, ``attached``, ``date``, ``name``, ``version``, ``script``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations, pairwise

from bot.persian.folding import fold
from bot.persian.numbers import folded, values
from bot.persian.wordforms import denies, is_telling, is_verb, root
from prompts import likeness
from prompts.likeness import Content, Word
from prompts.source import Source
from prompts.support import sentences

COVERED = 0.75
"""Share of a sentence's telling words that the passage must have."""
NEWS = 0.7
"""... and of those that the question does not have: an answer is more than its question."""
CLAUSE = 0.5
"""... and of each clause: nothing is slipped in."""
WINDOW = 2
"""Sentences of a passage, in a row, on which one sentence may rest."""
LINES, SHORT = 2, 240
"""... or so many lines, if they are short: characters of all of them."""
SHUFFLED = 0.5
"""Share of pairs of words in the other order from which on a sentence tells of other roles."""
NEARER = 0.2
"""Share of a sentence's words that another value of its kind must have more in its clause."""
_QUOTE = 5
"""Words from which on a quotation is one."""
_LONGEST_TITLE = 70
"""Characters; what is longer is a sentence like the others."""
_FEWEST = 2
"""Telling words without which a sentence says nothing that could be borne out."""

_CLAIMS = frozenset(("value", "unit", "attached", "date", "name", "version", "script"))
"""What prompts.claims finds that also holds of a Persian source."""
_HARD = re.compile(
    "[؛:!؟?()«»–—\n]|\\.(?!\\d)|\\s(?:که|اما|ولی|بلکه|زیرا|چون|اگر|اگه|وقتی|هرچند)(?=\\s)"
)
_SOFT = re.compile("(،|\\sو(?=\\s))")
_POINTING = re.compile(
    "(?<![\\w\u200c])(?:این|آن|همین|چنین) "
    "(?:روش|کار|تکنیک|الگوریتم|مدل|مقاله|قابلیت|سیستم|سامانه|ابزار|پست|متن|دوره|پژوهش|پدیده|مشکل"
    "|فرایند|فرآیند|رویکرد|شیوه|شبکه|تابع|لایه|موضوع|مطلب)[یٔ]?(?:\u200c?ها)?(?![\\w\u200c])"
)
"""«این روش»: stands for what was named before, and says nothing itself."""
_OBJECT = re.compile("\\s(?:را|رو)\\s")
_OF_OBJECT = 4
"""Telling words before «را» that may be its object."""
_HALVES = re.compile("[،؛:.]|\\s(?:و|ولی|اما|بلکه|در حالی که)(?=\\s)")
_WITHOUT = frozenset(fold("بدون بی عدم فاقد").split())
_SWEEPING = (
    "همه\\w*|تمام[یِ]?|کلیه",
    "همیشه|همواره|هماره",
    "هرگز|هیچ\\w*|ابدا|اصلا",
    "تنها|فقط|صرفا|منحصر\\w*",
    "قطعا|حتما|یقینا|بی[\u200c ]?(?:شک|تردید)|تضمین\\w*",
    "\\w{2,}[\u200c ]?ترین",
    "اولین|نخستین",
    "صد ?درصد|100 ?%|100 ?درصد",
)
"""Words that leave nothing out; those of a line stand for one another."""
_REACH = 3
"""Words behind «بدون» that it takes away: «بدون نیاز به اینترنت»."""
_PREVENTS = re.compile("جلوگیری|جلوی|مانع|ممانعت|پیشگیری|یا نه|یا خیر|غیرقابل|دیگر نه")
"""What denies without a verb that does, or leaves it open."""
_NOT_ONLY = re.compile(
    "(?<!\\w)(?:فقط|تنها|صرفا)(?!\\w)[^.؛]{0,60}(?:نیست\\w*|نمی\\S+)|نه[\u200c ]?(?:تنها|فقط)"
)

Relation = tuple[str, frozenset[str], frozenset[str]]
"""A kind of relation, and what the one and the other side of it have alone."""


@dataclass(frozen=True)
class Passage:
    """A passage, read once for all sentences that cite it."""

    title: str
    body: str

    @cached_property
    def source(self) -> Source:
        """As prompts.claims reads it."""
        return Source(self.title, self.body)

    @cached_property
    def content(self) -> Content:
        """All that it says."""
        return likeness.read(f"{self.title}\n{self.body}")

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Its sentences; the lines of a list are sentences too."""
        return tuple(sentences(f"{self.title}\n{self.body}")) or ("",)

    @cached_property
    def folded(self) -> tuple[list[str], ...]:
        """Its sentences as folded words."""
        return tuple(fold(one).split() for one in self.sentences)

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """Its clauses."""
        return tuple(clause for one in self.sentences for clause in clauses(one))

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """The relations that it tells of."""
        return tuple(_pairs(f"{self.title}\n{self.body}"))

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Every one or two sentences in a row, or short lines; a short title stands with each."""
        title = self.title if len(self.title) <= _LONGEST_TITLE else ""
        found = []
        for start in range(len(self.sentences)):
            for end in range(start + 1, min(start + LINES, len(self.sentences)) + 1):
                text = " ".join(self.sentences[start:end])
                if end - start > WINDOW and len(text) > SHORT:
                    break
                found.append(Window(f"{title} {text}", self.sentences[start:end]))
        return tuple(found)


@dataclass(frozen=True)
class Window:
    """A few sentences in a row, with the title of their passage."""

    text: str
    sentences: tuple[str, ...]

    @cached_property
    def content(self) -> Content:
        """What they say."""
        return likeness.read(self.text)

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """Their clauses."""
        return tuple(clause for one in self.sentences for clause in clauses(one))


@lru_cache(maxsize=32)
def passage(text: str) -> Passage:
    """A passage whose first line is its title."""
    title, _, body = text.partition("\n")
    return Passage(title, body)


def faults(sentence: str, there: Passage, known: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Why `there` does not bear `sentence` out; empty: it does.

    `known`: folded words of the question, which an answer may repeat but not live on.
    """
    if is_quoted(sentence, there):
        return ()
    sentence = _POINTING.sub(" ", sentence)
    said = likeness.read(sentence)
    if len(said.words) < _FEWEST:
        return ("unsupported",)
    known = frozenset(
        word.word for word in said.words if word.word in known and word.is_in(there.content)
    )
    best = max(there.windows, key=lambda one: _points(said, one, known))
    parts = clauses(sentence)
    if uncovered := tuple(_uncovered(said, parts, best, known)):
        return uncovered[:1]
    found = [*_foreign(sentence, there), *_misattached(sentence, said, there)]
    found += _opposed(parts, best)
    found += _denied(parts, best)
    found += _sweeping(sentence, best)
    found += _swapped(sentence, best, there)
    if not found and any(_is_stranger(word, there) for word in said.words):
        found.append("unsupported")
    return tuple(dict.fromkeys(found))


def is_quoted(sentence: str, there: Passage) -> bool:
    """Whether it stands in the passage word for word, up to the end of a sentence."""
    words = fold(sentence).split()
    return len(words) >= _QUOTE and any(theirs[-len(words) :] == words for theirs in there.folded)


def clauses(sentence: str) -> list[str]:
    """The clauses of a Persian sentence: «و» and commas end one only behind a verb."""
    found = []
    for part in _HARD.split(sentence):
        piece = ""
        for bit in _SOFT.split(part):
            if bit.strip() in ("،", "و") and _ends_in_verb(piece):
                found.append(piece)
                piece = ""
            else:
                piece += bit
        found.append(piece)
    return [piece.strip() for piece in found if re.search(r"\w", piece)]


def _ends_in_verb(text: str) -> bool:
    words = fold(text).split()
    return bool(words) and is_verb(words[-1])


def _points(said: Content, window: Window, known: frozenset[str]) -> tuple[float, int]:
    """What a window is worth; of equals the shortest."""
    new = _new(said, known)
    covered = _share(said.words, window.content, known) + _share(new, window.content)
    return covered, -len(window.sentences)


def _new(said: Content, known: frozenset[str]) -> list[Word]:
    """The words of a sentence that its question does not have."""
    return [word for word in said.words if word.word not in known]


def _share(words: Sequence[Word], there: Content, known: frozenset[str] = frozenset()) -> float:
    """Of 1, how many of `words` are there, or `known`; of none, all."""
    met = sum(word.word in known or word.is_in(there) for word in words)
    return met / len(words) if words else 1.0


def _uncovered(
    said: Content, parts: Sequence[str], window: Window, known: frozenset[str]
) -> Iterator[str]:
    """Too many of its words, of its new words or of a clause's are nowhere there."""
    new = _new(said, known)
    if _share(said.words, window.content, known) < COVERED or _share(new, window.content) < NEWS:
        yield "unsupported"
        return
    for part in parts:
        words = likeness.read(part).words
        if len(words) >= _FEWEST and _share(words, window.content, known) < CLAUSE:
            yield "unsupported"


def _is_stranger(word: Word, there: Passage) -> bool:
    """Whether a word, other than a verb, stands nowhere in a passage: one is another fact."""
    return not (is_verb(word.word) or word.is_in(there.content))


def _foreign(sentence: str, there: Passage) -> Iterator[str]:
    """Values and names from elsewhere; «یک روز» counts nothing."""
    from prompts.claims import findings

    for one in findings("", sentence, there.source):
        if one.kind in _CLAIMS and not one.words.startswith("یک "):
            yield one.kind
    if _below_zero(sentence) - _below_zero(f"{there.title}\n{there.body}"):
        yield "value"


def _misattached(sentence: str, said: Content, there: Passage) -> Iterator[str]:
    """A value of which they say other things, where another of its kind is what is meant."""
    for value in values(folded(sentence)):
        its = {*fold(value.words).split()}
        about = [word for word in said.words if not (word.word.isdigit() or word.word in its)]
        own, others = -1.0, 0.0
        for clause in there.clauses:
            amounts = [
                one.amount for one in values(folded(clause)) if one.dimension == value.dimension
            ]
            share = _share(about, likeness.read(clause))
            if value.amount in amounts:
                own = max(own, share)
            elif amounts:
                others = max(others, share)
        if own >= 0 and others > own + NEARER:
            yield "attached"
            return


def _below_zero(text: str) -> set[str]:
    """The negative numbers of a text, which prompts.claims takes for positive ones."""
    return set(re.findall(r"(?<![\w.])[-−–]\s?(\d+(?:\.\d+)?)", folded(text)))


def _opposed(parts: Sequence[str], window: Window) -> Iterator[str]:
    """Where they say most of what a clause says, they say the opposite of one of its words.

    The same where a word and its neighbour stand there as the neighbour and the opposite alone.
    """
    theirs = [likeness.read(one) for one in window.clauses]
    for ours in parts:
        words = likeness.read(ours).words
        nearest = max(theirs, key=lambda one: _share(words, one), default=likeness.read(""))
        if any(word.opposes(nearest) for word in words):
            yield "opposite"
            return
        for neighbour, word in (*pairwise(words), *pairwise(words[::-1])):
            about = [one for one in theirs if neighbour.is_in(one)]
            if any(word.opposes(one) for one in about) and not any(map(word.is_in, about)):
                yield "opposite"
                return


def _denied(parts: Sequence[str], window: Window) -> Iterator[str]:
    """What a clause says, they only deny, or the other way round."""
    for ours in parts:
        words = likeness.read(ours).words
        if not words:
            continue
        head, mine = words[-1], _is_denied(words[-1], ours)
        about = [part for part in window.clauses if head.is_in(likeness.read(part))]
        if any(_PREVENTS.search(part) for part in about):
            continue
        there = [_is_denied(head, part) for part in about]
        silent = not about and mine and not any(map(_is_negative, window.clauses))
        if (there and mine not in there) or silent:
            yield "negated"
            return


def _is_denied(word: Word, clause: str) -> bool:
    """Whether a clause denies a word of it: by its verb, or by «بدون» before the word."""
    words = fold(clause).split()
    places = [place for place, one in enumerate(words) if one in _WITHOUT]
    behind = [" ".join(words[place + 1 : place + 1 + _REACH]) for place in places]
    without = any(word.is_in(likeness.read(one)) for one in behind)
    return _denies(clause) != without


def _is_negative(clause: str) -> bool:
    return _denies(clause) or bool(_WITHOUT & {*fold(clause).split()} or _PREVENTS.search(clause))


def _denies(clause: str) -> bool:
    plain = _NOT_ONLY.sub(" ", folded(clause))
    words = fold(plain).split()
    return (sum(map(denies, words)) + ("نه" in words)) % 2 == 1


def _sweeping(sentence: str, window: Window) -> Iterator[str]:
    """«همیشه», «بهترین»: said here and not there."""
    ours, theirs = _NOT_ONLY.sub(" ", folded(sentence)), folded(window.text)
    for words in _SWEEPING:
        said = re.compile(f"(?<![\\w\u200c])(?:{words})(?!\\w)")
        if said.search(ours) and not said.search(theirs):
            yield "sweeping"
            return


# -- Who does what to whom ----------------------------------------------------------------------

_TO_COMPARE = 5
"""Words in common without which their order says nothing."""
_SOME = "[^،.؛؟!]"
_A, _B = f"(?P<a>{_SOME}{{2,40}}?)", f"(?P<b>{_SOME}{{2,40}})"
_MORE = "(?:\\w{2,}[\u200c ]?تر\\w{0,3}|فراتر\\w*|جلو\\w*|پیش|عقب\\w*|بیش)(?!\\w)"
_PART = "(?:حالت|نوع|زیرمجموعه|بخش|جزئ?|شاخه|زیرشاخه|نمونه|ترکیب)\\w*ٔ?"
_RELATIONS = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("from-to", f"(?<!\\w)از {_A} (?:به|تا) {_B}"),
        ("more", f"(?P<a>{_SOME}{{2,60}}?) از (?P<b>{_SOME}{{2,40}}?) (?:\\w+ )?{_MORE}"),
        ("more", f"(?P<a>{_SOME}{{2,60}}?) {_MORE} از {_B}"),
        ("replaced", f"جایگزین(?:ی|کردن)?\u200c? {_A} (?:با|توسط) {_B}"),
        ("replaced", f"{_A} (?:را )?(?:با|توسط) (?P<b>{_SOME}{{2,40}}?) جایگزین"),
        (
            "replaced",
            f"(?P<b>{_SOME}{{2,40}}?) (?:جایگزین|به[\u200c ]?جای|جای) (?P<a>{_SOME}{{2,40}})",
        ),
        ("kind", f"{_A} {_PART} (?:\\w+ )?(?:از )?{_B}"),
        ("before", f"{_A} (?:پیش|قبل) از {_B}"),
        ("before", f"(?P<b>{_SOME}{{2,40}}?) (?:پس|بعد) از (?P<a>{_SOME}{{2,40}})"),
    )
)
"""Relations that do not hold the other way round; «ب پس از الف» is «الف پیش از ب»."""


def _swapped(sentence: str, window: Window, there: Passage) -> Iterator[str]:
    """Whether `sentence` gives one the part of another."""
    if (
        _is_shuffled(sentence, window)
        or _is_crossed(sentence, there)
        or _does_to_another(sentence, there)
    ):
        yield "roles"
        return
    theirs = there.relations
    for kind, one, other in _pairs(sentence):
        same = [(a, b) for their, a, b in theirs if their == kind]
        straight = any(one & a and other & b for a, b in same)
        crossed = any(one & b and other & a for a, b in same)
        if crossed and not straight:
            yield "roles"
            return


def _is_shuffled(sentence: str, window: Window) -> bool:
    """Whether its words, or its names and numbers alone, stand there in quite another order."""
    ours, theirs = likeness.read(sentence).words, likeness.read(" ".join(window.sentences)).words
    names = [word for word in ours if word.word.isascii()]
    return _turned(ours, theirs, _TO_COMPARE) >= SHUFFLED or _turned(names, theirs, 2) >= SHUFFLED


def _turned(ours: Sequence[Word], theirs: Sequence[Word], least: int) -> float:
    """The share of pairs of words that stand the other way round; of fewer than `least`, none."""
    places = [found for word in ours if (found := _places(word, theirs))]
    if len(places) < least:
        return 0.0
    pairs = list(combinations(places, 2))
    return sum(max(later) < min(earlier) for earlier, later in pairs) / len(pairs)


def _does_to_another(sentence: str, there: Passage) -> bool:
    """Whether what is done there to one thing is done here to another: «الف را حذف می‌کند»."""
    theirs = [done for clause in there.clauses for done in _done(clause)]
    for what, how in (done for clause in clauses(sentence) for done in _done(clause)):
        alike = [their for their, by in theirs if any(word.is_in(by) for word in how.words)]
        if alike and what.words and not any(what.words[-1].is_in(their) for their in alike):
            return True
    return False


def _done(clause: str) -> Iterator[tuple[Content, Content]]:
    """To what something is done in a clause, the few words before «را», and what that is."""
    before, mark, after = _OBJECT.sub(" را ", clause).partition(" را ")
    if mark:
        words = [word for word in fold(before).split() if is_telling(word)]
        yield likeness.read(" ".join(words[-_OF_OBJECT:])), likeness.read(after)


def _is_crossed(sentence: str, there: Passage) -> bool:
    """«الف تند است و ب کند»: whether there «تند» stands nearer to ب and «کند» nearer to الف."""
    halves = [likeness.read(half).words for half in _HALVES.split(sentence)]
    for one, other in pairwise(half for half in halves if len(half) >= _FEWEST):
        mine, yours = _only(one, other), _only(other, one)
        if len(mine) >= _FEWEST and len(yours) >= _FEWEST:
            straight = _distance(mine[0], mine[1:], there), _distance(yours[0], yours[1:], there)
            crossed = _distance(yours[0], mine[1:], there), _distance(mine[0], yours[1:], there)
            if crossed[0] < straight[0] and crossed[1] < straight[1]:
                return True
    return False


def _only(words: Sequence[Word], other: Sequence[Word]) -> list[Word]:
    """The words that the other half does not have."""
    theirs = {root(word.word) for word in other}
    return [word for word in words if root(word.word) not in theirs]


def _distance(name: Word, words: Sequence[Word], there: Passage) -> float:
    """How far from `name` these words stand in a passage, in words; infinite: it is not there."""
    names = _places(name, there.content.words)
    found = [places for word in words if (places := _places(word, there.content.words))]
    if not names or not found:
        return math.inf
    nearest = (min(abs(a - b) for a in names for b in places) for places in found)
    return sum(nearest) / len(found)


def _places(word: Word, words: Sequence[Word]) -> list[int]:
    """Where forms of `word` and near words stand."""
    same = [one.place for one in words if root(one.word) == root(word.word)]
    return same or [one.place for one in words if not word.keys.isdisjoint(one.keys)]


def _pairs(text: str) -> Iterator[Relation]:
    """The relations a text tells of."""
    plain = folded(text)
    for kind, pattern in _RELATIONS:
        for found in pattern.finditer(plain):
            one, other = _marks(found["a"]), _marks(found["b"])
            yield kind, one - other, other - one


def _marks(text: str) -> frozenset[str]:
    """The roots of the telling words of a text."""
    return frozenset(root(word.word) for word in likeness.read(text).words)
