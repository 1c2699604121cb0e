"""The channel's words: which Persian stands for an English term, and what is better not written.

Pure, but for reading glossary.tsv. `relevant` is for the prompt, `deviations` for the answer. It
rather stays silent than be wrong: only forms that the file names are deviations, and only where
the source uses the term. What a text claims is not its affair: see prompts.accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from bot.errors import ConfigError
from bot.persian.folding import fold
from bot.persian.typography import ZWNJ
from prompts.render import phrase

LATIN = "لاتین"
"""In the column ``say``: the term stays in Latin script."""
MOST_ENTRIES = 30
LONGEST_LINES = 3000
"""Characters of `lines`, whatever the glossary and the source hold."""

_FILE = Path(__file__).with_name("glossary.tsv")
_COLUMNS = 4
_ANY_TEXT = "-"
_LONGEST_TEXT = 40_000
_MOST_DEVIATIONS = 10


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One line of the glossary."""

    terms: tuple[str, ...]
    """The English term and its other spellings; none: it is about a Persian word, in any text."""
    say: tuple[str, ...]
    """What the channel writes, the best first; may hold `LATIN`."""
    avoid: tuple[str, ...] = ()
    note: str = ""

    @property
    def latin(self) -> bool:
        """Whether the term may stay in Latin script."""
        return LATIN in self.say or any(word.isascii() for word in self.say)


@dataclass(frozen=True, slots=True)
class Deviation:
    """A word of a draft that the channel would have put otherwise."""

    kind: str
    """``term`` (another Persian form), ``script`` (Persian letters for a Latin name), ``latin``
    (Latin letters for a Persian term) or ``word`` (not a word the channel writes)."""
    words: str
    start: int
    """Where it stands in the draft, in characters."""
    entry: Entry

    @property
    def message(self) -> str:
        """What is wrong and what to write, in Persian."""
        entry = self.entry
        term = next(iter(entry.terms), "")
        told = {"words": self.words, "term": term, "say": "» یا «".join(entry.say[:2])}
        name = "glossary.leave" if self.kind == "word" and not entry.say else self.kind
        return phrase(f"glossary.{name.removeprefix('glossary.')}", **told, note=entry.note)


@dataclass(frozen=True)
class Glossary:
    """The entries in the order of the file."""

    entries: tuple[Entry, ...] = ()

    @cached_property
    def avoided(self) -> tuple[Entry, ...]:
        """The entries that hold for any text."""
        return tuple(entry for entry in self.entries if not entry.terms)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that the channel says, and every term, as search folds them."""
        said = (word for entry in self.entries for word in (*entry.terms, *entry.say))
        return frozenset(fold(" ".join(said)).split())

    @cached_property
    def _terms(self) -> Mapping[tuple[str, ...], Entry]:
        """Each spelling of each term, plural included, by its words."""
        known: dict[tuple[str, ...], Entry] = {}
        for entry in self.entries:
            for term in entry.terms:
                *words, last = _words_of(term)
                for form in _plurals(last):
                    known.setdefault(_key([*words, form]), entry)
        return known

    @cached_property
    def _first_words(self) -> frozenset[str]:
        return frozenset(words[0].casefold() for words in self._terms)

    @cached_property
    def _most_words(self) -> int:
        return max(map(len, self._terms), default=1)

    def mentions(self, text: str) -> Iterator[tuple[Entry, int, int]]:
        """The terms in `text` with their places, the longest term at each place."""
        words = list(_WORD.finditer(text[:_LONGEST_TEXT]))
        at = 0
        while at < len(words):
            entry, count = self._term(text, words[at : at + self._most_words])
            if entry:
                yield entry, words[at].start(), words[at + count - 1].end()
            at += count

    def _term(self, text: str, words: Sequence[re.Match[str]]) -> tuple[Entry | None, int]:
        """The longest term that `words` begin with, and of how many words it is."""
        if words[0][0].casefold() in self._first_words:
            run = [word[0] for word in _run(text, words)]
            for count in range(len(run), 0, -1):
                if entry := self._terms.get(_key(run[:count])):
                    return entry, count
        return None, 1


def relevant(glossary: Glossary, source_text: str, most: int = MOST_ENTRIES) -> tuple[Entry, ...]:
    """The entries whose terms occur in the source, the most frequent first, at most `most`."""
    counts: dict[Entry, int] = {}
    for entry, _, _ in glossary.mentions(source_text):
        counts[entry] = counts.get(entry, 0) + 1
    return tuple(sorted(counts, key=lambda entry: -counts[entry]))[:most]


def lines(glossary: Glossary, source_text: str) -> str:
    """What a prompt says of the words to use for this source, a line each; may be empty."""
    told = [_line(entry) for entry in relevant(glossary, source_text)]
    told += [_line(entry) for entry in glossary.avoided]
    kept, length = [], 0
    for line in told:
        length += len(line) + 1
        if length > LONGEST_LINES:
            break
        kept.append(line)
    return "\n".join(kept)


def deviations(glossary: Glossary, source_text: str, draft_text: str) -> tuple[Deviation, ...]:
    """What `draft_text` puts otherwise than the channel, in the order of the text; a few."""
    draft = _Folded.of(draft_text[:_LONGEST_TEXT])
    entries = relevant(glossary, source_text, most=len(glossary.entries))
    right = [span for entry in entries for span in draft.spans(entry.say)]
    found = [*_wrong_forms(draft, entries, right), *_words_to_avoid(draft, glossary.avoided)]
    found += _needless_latin(glossary, draft, entries)
    found.sort(key=lambda one: (one.start, -len(one.words)))
    return tuple(_apart(found))[:_MOST_DEVIATIONS]


def parse(text: str) -> Glossary:
    """The glossary written in `text`: term, say, not and note, parted by tabs.

    Raises ConfigError naming the first line that is wrong.
    """
    entries: list[Entry] = []
    seen: set[tuple[str, ...]] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith(("#", "term\t")):
            continue
        entry = _entry(line)
        keys = {_key(_words_of(term)) for term in entry.terms}
        fault = _fault(line, entry) or ("its term is there twice" if keys & seen else "")
        if fault:
            raise ConfigError(f"glossary.tsv, line {number}: {fault}")
        seen |= keys
        entries.append(entry)
    return Glossary(tuple(entries))


def load(path: Path = _FILE) -> Glossary:
    """The channel's glossary. Raises ConfigError when the file cannot be used."""
    try:
        return parse(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"cannot read {path.name}: {error}") from error


def _entry(line: str) -> Entry:
    cells = [cell.strip() for cell in line.split("\t")]
    terms, say, avoid, note = [*cells, *[""] * _COLUMNS][:_COLUMNS]
    return Entry(() if terms == _ANY_TEXT else _listed(terms), _listed(say), _listed(avoid), note)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in cell.split("|") if form.strip())


def _fault(line: str, entry: Entry) -> str:
    """What is wrong with a line, or nothing."""
    if line.count("\t") >= _COLUMNS:
        return "more than four columns"
    if not line.partition("\t")[0].strip():
        return "no term (write - for a word to avoid in any text)"
    if not (entry.say if entry.terms else entry.avoid):
        return "nothing to say" if entry.terms else "nothing to avoid"
    if not all(map(_words_of, entry.terms)):
        return "a term without letters"
    both = {_squeezed(form) for form in entry.say} & {_squeezed(form) for form in entry.avoid}
    return f"both said and avoided: {', '.join(sorted(both))}" if both else ""


def _line(entry: Entry) -> str:
    """An entry as a model is told it."""
    values = {"say": f"«{'» یا «'.join(entry.say[:2])}»", "not": next(iter(entry.avoid), "")}
    if not entry.terms:
        line = phrase("glossary.line.word" if entry.say else "glossary.line.leave", **values)
    elif LATIN in entry.say[:1]:
        line = phrase("glossary.line.latin", term=entry.terms[0])
    else:
        name = "glossary.line.other" if entry.avoid else "glossary.line.term"
        line = phrase(name, term=entry.terms[0], **values)
    return f"- {line} ({entry.note})" if entry.note and entry.terms else f"- {line}"


# -- English terms ------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[-\u2010\u2011\u2013\s]{1,3}")


def _words_of(term: str) -> list[str]:
    return _WORD.findall(term)


def _key(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they are compared: without case, but an acronym of one word keeps its own."""
    if len(words) == 1 and sum(letter.isupper() for letter in words[0]) > 1:
        return tuple(words)
    return tuple(word.casefold() for word in words)


def _plurals(word: str) -> tuple[str, ...]:
    """`word` and its regular plurals."""
    if word.endswith("y"):
        return word, f"{word[:-1]}ies"
    return word, f"{word}s", f"{word}es"


def _run(text: str, words: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The words from the first on that only spaces and hyphens part: the rest is no one term."""
    run = list(words[:1])
    for word in words[1:]:
        if not _GAP.fullmatch(text[run[-1].end() : word.start()]):
            break
        run.append(word)
    return run


# -- Persian forms ------------------------------------------------------------------------------

_LETTERS = str.maketrans("يىكةۀأإ", "ییکههاا")
_WITHOUT_INK = re.compile(
    "[\u0640\u064b-\u065f\u0670\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069]"
)
_SPACE = f"[ {ZWNJ}\n]"
# Endings that leave a word the same word. Glued ones are few: «دیتاست» is not «دیتا» + «ست».
_ENDING = (
    f"(?:{_SPACE}?ها(?:ی|یی|یم|یت|یش|یمان|یتان|یشان)?"
    f"|{ZWNJ}?(?:ی|شان|مان)|{ZWNJ}(?:ای|یی|ام|ات|اش|اند)"
    f"|{ZWNJ}(?:شده|شدن|کردن|کننده|سازی|گیری|محور))?"
)
_QUOTED = re.compile("«[^«»]*»")
_ASIDE = re.compile(r"[(\[«`][^()\[\]«»`]*[)\]»`]")
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Folded:
    """A text in one spelling, and where each of its letters stands in the original."""

    original: str
    text: str
    squeezed: str
    """The text without spaces, to see quickly what it does not hold."""
    places: tuple[int, ...]

    @classmethod
    def of(cls, original: str) -> _Folded:
        kept = [at for at, sign in enumerate(original) if not _WITHOUT_INK.match(sign)]
        text = "".join(original[at] for at in kept).translate(_LETTERS)
        return cls(original, text, re.sub(_SPACE, "", text), (*kept, len(original)))

    def spans(self, forms: Iterable[str]) -> list[Span]:
        """Where one of the forms stands, inflected or not, in the folded text."""
        held = (form for form in forms if _squeezed(form.split(" ")[0]) in self.squeezed)
        return [found.span() for form in held for found in _pattern(form).finditer(self.text)]

    def deviation(self, kind: str, span: Span, entry: Entry) -> Deviation:
        start, end = self.places[span[0]], self.places[span[1] - 1] + 1
        return Deviation(kind, self.original[start:end], start, entry)


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """`form` with half-spaces, spaces or nothing between its pieces, and inflected."""
    words = [
        f"{_SPACE}?".join(map(re.escape, word.split(ZWNJ))) for word in _plain(form).split(" ")
    ]
    body = f"{_ENDING}{_SPACE}".join(words)
    return re.compile(rf"(?<![\w{ZWNJ}]){body}{_ENDING}(?![\w{ZWNJ}])")


def _plain(form: str) -> str:
    return _WITHOUT_INK.sub("", form).translate(_LETTERS)


@cache
def _squeezed(form: str) -> str:
    return re.sub(_SPACE, "", _plain(form))


def _within(span: Span, others: Iterable[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in others)


def _wrong_forms(
    draft: _Folded, entries: Iterable[Entry], right: Sequence[Span]
) -> Iterator[Deviation]:
    """Other Persian forms of terms, where they are not part of a right one."""
    for entry in entries:
        kind = "script" if LATIN in entry.say[:1] else "term"
        for span in draft.spans(entry.avoid):
            if not _within(span, right):
                yield draft.deviation(kind, span, entry)


def _words_to_avoid(draft: _Folded, entries: Iterable[Entry]) -> Iterator[Deviation]:
    """Words the channel does not write, unless it quotes somebody."""
    quoted = [found.span() for found in _QUOTED.finditer(draft.text)]
    for entry in entries:
        for span in draft.spans(entry.avoid):
            if not _within(span, quoted):
                yield draft.deviation("word", span, entry)


def _needless_latin(
    glossary: Glossary, draft: _Folded, entries: Iterable[Entry]
) -> Iterator[Deviation]:
    """Terms left in Latin script, in a text that never says them in Persian.

    Capitals, neighbours in Latin script, brackets and quotes speak for a name or a gloss.
    """
    wanted = frozenset(entries)
    asides = [found.span() for found in _ASIDE.finditer(draft.text)]
    for entry, start, end in glossary.mentions(draft.text):
        said = any(_squeezed(form) in draft.squeezed for form in entry.say)
        if entry not in wanted or entry.latin or said or _within((start, end), asides):
            continue
        if draft.text[start:end].islower() and not _among_latin(draft.text, start, end):
            yield draft.deviation("latin", (start, end), entry)


def _among_latin(text: str, start: int, end: int) -> bool:
    before, after = text[:start].rstrip(" ")[-1:], text[end:].lstrip(" ")[:1]
    return any(sign.isascii() and sign not in ".,:;" for sign in (before, after) if sign.strip())


def _apart(found: Iterable[Deviation]) -> Iterator[Deviation]:
    """Those that do not overlap an earlier one."""
    end = -1
    for one in found:
        if one.start >= end:
            yield one
            end = one.start + len(one.words)
