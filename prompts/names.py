"""Names in a draft and whether its source knows them, in Latin or in Persian letters. Pure.

Reads names.tsv (one name in both scripts) and fieldwords.txt (words that are nobody's name).
Values are bot.persian.numbers' affair.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

_COMMON_WORDS = "a an and or of in on at to for the with by from via as is are vs per no not"
_NO_NAME_WORDS = (
    "های ها است بود شد شده می که این آن را به در از با برای یک هر چند تازه جدید معتبر بزرگ"
    " دیگر هوش علوم پزشکی صنعتی فنی دولتی آزاد ملی برتر خصوصی مطرح نوپا کوچک سازنده یاد"
    " نام همکار خود ما شما او آنها مجازی برخط محل مادر معروف مشهور تحقیقاتی پژوهشی عمومی"
    " بین\u200cالمللی امریکایی فعال پیشرو کشور جهان شهر"
)
_FOLDER = Path(__file__).parent
_LETTER = "\u0621-\u065f\u066e-\u06d3\u06d5"
_GAP = "[\\s\u200c]"
_WORD = re.compile(r"[A-Za-z0-9μ][A-Za-z0-9μ+#]*(?:[._'@&/+:-]+[A-Za-z0-9μ+#]+)*|[A-Za-z]")
_DOTTED = re.compile(r"v?\d+(?:\.\d+)+[\w.+-]*|v\d[\w.+-]*", re.IGNORECASE)
# A number that measures: 30B, 40GB, 20x, 4-bit, 128K-token; «H100» and «3D» are names.
_MEASURE = re.compile(
    r"\d(?:[\d.,]*\d)?-?(?:[KkMBT]|[kKMGTP]i?B|ms|s|x|X|fps|Hz|[kMG]Hz|W|kW|MW|GW|bit|px|cm|mm|km|kg|h|nm"
    r"|pp|μs|us|ns|bits)(?:[-/].*)?"
)
_ENDING = f"(?:{_GAP}?(?:ها|های|هایی|هایش|ی|ای|یی|م|ست|اند))?"
_VERSION_AFTER = re.compile(rf"{_GAP}?-?(\d+(?:\.\d+)*[a-z]?)(?![\w.]*\d)")
_COMMON = frozenset(_COMMON_WORDS.split())


_SHORTEST_ABBREVIATION, _LONGEST_ABBREVIATION = 2, 8
_WHOLE_VERSION = 3
"""Numbers in a version that may be told without its last: 18.3.0."""
_LETTER_WORDS = frozenset("XKQNTEIVP")
"""Letters that open words of the field: X-ray, K-means, Q-learning, N-gram, T-shirt."""
_FIGURES = {
    word: str(number)
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
    )
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name that a source does not know; `kind` is ``name`` or ``version``."""

    kind: str
    words: str
    start: int


@dataclass(frozen=True, slots=True)
class Run:
    """Latin words in a row: a name with its version, or several names."""

    words: tuple[str, ...]
    start: int
    end: int


class Known:
    """The names of a source, looked up in any spelling."""

    def __init__(self, text: str) -> None:
        """Index folded `text` (bot.persian.numbers.unlatexed)."""
        self.text = text
        self.lower = text.casefold()
        self._compact, self._starts, self._ends = _compacted(text)

    def has(self, name: str, *, whole: bool = True) -> bool:
        """Whether `name` stands in the source as whole words, however it is hyphenated."""
        wanted = _compacted(name)[0]
        if not wanted:
            return True
        position = self._compact.find(wanted)
        while position >= 0:
            end = position + len(wanted)
            if not whole or (position in self._starts and end in self._ends):
                return True
            position = self._compact.find(wanted, position + 1)
        return False

    def versions(self, name: str) -> set[str]:
        """The version numbers that follow `name` in the source."""
        parts = re.findall(r"[a-z]+|\d+(?:\.\d+)*", name.casefold())
        spelt = r"[\s_-]?".join(map(re.escape, parts))
        pattern = rf"(?<![a-z]){spelt}[\s_-]?v?(\d+(?:\.\d+)*[a-z]?)(?![\d%])"
        return set(re.findall(pattern, self.lower))

    def abbreviates(self, name: str) -> bool:
        """Whether `name` is made of the initials of words that follow one another."""
        letters = re.sub(r"[^a-z]", "", name.removesuffix("s").casefold())
        capitals = sum(char.isupper() for char in name)
        if not _SHORTEST_ABBREVIATION <= len(letters) <= _LONGEST_ABBREVIATION or capitals < 2:
            return False
        if len(letters) == _SHORTEST_ABBREVIATION:  # any two letters meet somewhere
            return letters in self._initials_of_long
        return letters in self._initials or letters in self._short_initials

    @cached_property
    def _initials_of_long(self) -> set[str]:
        pairs = re.findall(r"(?=\b([a-z])[a-z]{3,}[ -]([a-z])[a-z]{3,})", self.lower)
        return {"".join(pair) for pair in pairs}

    @cached_property
    def _initials(self) -> str:
        return "".join(word[0] for word in re.findall(r"[a-z]+", self.lower))

    @cached_property
    def _short_initials(self) -> str:
        return "".join(w[0] for w in re.findall(r"[a-z]+", self.lower) if w not in _COMMON)

    @cached_property
    def stems(self) -> frozenset[str]:
        """The beginnings of the source's words, for word forms: quantized, quantization."""
        words = set(re.findall(r"[a-z]{5,}", self.lower))
        return frozenset(word[: max(5, len(word) * 3 // 5)] for word in words)


def doubts(text: str, source: Known) -> Iterator[Doubt]:
    """The names of folded `text` that `source` does not know."""
    for run in runs(text):
        yield from _doubt_run(text, run, source)
    yield from _doubt_persian(text, source)
    yield from _doubt_unlisted(text, source)


def runs(text: str) -> Iterator[Run]:
    """The Latin names of folded `text`; measures such as ``30B`` are none."""
    words: list[re.Match[str]] = []
    for match in _WORD.finditer(text):
        if words and not re.fullmatch("[ \u200c]", text[words[-1].end() : match.start()]):
            yield from _run(words)
            words = []
        if _is_name(match[0]) or (words and _is_version(text, match[0], match.end())):
            words.append(match)
        elif words:
            yield from _run(words)
            words = []
    yield from _run(words)


def _run(words: list[re.Match[str]]) -> Iterator[Run]:
    if words:
        yield Run(tuple(word[0] for word in words), words[0].start(), words[-1].end())


def _is_name(word: str) -> bool:
    if _DOTTED.fullmatch(word) and (word[0] in "vV" or word.count(".") > 1):
        return True
    has_letter = re.search("[A-Za-z]", word) is not None
    return (
        has_letter
        and not _MEASURE.fullmatch(word)
        and not re.fullmatch(r"\d+(?:st|nd|rd|th)", word)
    )


def _is_version(text: str, number: str, end: int) -> bool:
    """Whether the number after a name belongs to it: no measure and no noun follows it."""
    if _MEASURE.fullmatch(number):
        return text[end - 1] in "BM"  # Llama 3.1 8B
    if not re.fullmatch(r"\d+(?:\.\d+)*", number):
        return False
    after = text[end : end + 14]
    return not re.match(
        f"{_GAP}?(?:%|درصد|برابر|هزار|میلیون|میلیارد|تریلیون|واحد|امتیاز|تا |عدد|مورد|توکن"
        f"|پارامتر|"
        f"ثانیه|دقیقه|ساعت|روز|میلی|گیگ|مگا|بیت|نفر|دلار|نمونه|پرسش|زبان|مدل|کار|/)",
        after,
    )


def _doubt_run(text: str, run: Run, source: Known) -> Iterator[Doubt]:
    """What of `run` the source does not know: the longest known pieces are taken off first."""
    words = [_FIGURES.get(word.casefold(), word) for word in run.words]
    if not source.has(" ".join(words)):
        words = list(run.words)
    index = 0
    while index < len(words):
        length = next(
            (
                n
                for n in range(len(words) - index, 1, -1)
                if source.has(" ".join(words[index : index + n]))
            ),
            1,
        )
        word = words[index]
        if length > 1:
            index += length
            continue
        if _is_number(word):
            yield from _doubt_version(words, index, run, source)
        elif not known(word, source):
            longer = (
                words[index + 1] if index + 1 < len(words) and _is_number(words[index + 1]) else ""
            )
            name = f"{word} {longer}".strip()
            if not (longer and source.has(name)):
                kind = "version" if _other_version(word, source) else "name"
                yield Doubt(kind, word, run.start)
        index += 1


def _is_number(word: str) -> bool:
    return re.fullmatch(r"v?\d+(?:\.\d+)*(?:\.x|[A-Za-z]?)", word) is not None


def _doubt_version(words: list[str], index: int, run: Run, source: Known) -> Iterator[Doubt]:
    """A number after a name that the source does not put there."""
    if index == 0:
        if not known(words[0], source) and not source.has(words[0].lstrip("vV")):
            yield Doubt("version", words[0], run.start)
        return
    name = words[index - 1]
    number = words[index].lstrip("vV")
    if _bears_version(source, name, number):
        return
    said = source.versions(name) - {number}
    if said or (re.fullmatch(r"\d+(?:\.\d+)+|\d[a-z]", number) and not source.has(number)):
        yield Doubt("version", f"{name} {words[index]}", run.start)


def _bears_version(source: Known, name: str, number: str) -> bool:
    """Whether the source knows `name` with that version, or with one that it shortens."""
    if source.has(f"{name} {number}") or _near(source, name, number):
        return True
    return any(shortens(number, version) for version in source.versions(name))


def shortens(number: str, version: str) -> bool:
    """Whether `number` is `version` without its end: 18.3 of 18.3.0, but not 4 of 4.5."""
    parts, whole = number.split("."), version.split(".")
    enough = len(parts) > 1 or len(whole) > _WHOLE_VERSION
    return enough and len(whole) >= _WHOLE_VERSION and whole[: len(parts)] == parts


def _near(source: Known, name: str, number: str) -> bool:
    """Whether `number` follows `name` within a few words: ``Llama 3.1 (8B and 70B)``."""
    name, number = re.escape(name.casefold()), re.escape(number.casefold())
    pattern = rf"{name}[^\n]{{0,30}}?(?<![\d.]){number}(?![\d]|\.\d)"
    return re.search(pattern, source.lower) is not None


def _other_version(word: str, source: Known) -> bool:
    """Whether the source knows `word` with another number: GPT-4 where it says GPT-4o."""
    stem = re.match(r"[A-Za-z]+(?:[-_][A-Za-z]+)*(?=[-_]?v?\d)", word)
    return bool(stem and len(stem[0]) > 1 and source.versions(stem[0]))


def known(word: str, source: Known) -> bool:
    """Whether a Latin `word` is the source's, or nobody's in particular."""
    if source.has(word) or word.casefold() in field_words() or len(word) == 1:
        return True
    single = word.removesuffix("'s").removesuffix("s")
    if single != word and (source.has(single) or single.casefold() in field_words()):
        return True
    if source.abbreviates(word) or any(source.has(alias) for alias in aliases(word)):
        return True
    if word.islower() and word.isalpha():
        return len(word) >= 5 and any(word.startswith(stem) for stem in source.stems)
    parts = re.split(r"[-/&:_+]", word)
    if parts[0] in _LETTER_WORDS:
        parts = parts[1:]
    elif len(parts) < 2:
        return False
    return all(_known_part(part, source) for part in parts)


def _known_part(part: str, source: Known) -> bool:
    if not part:
        return True
    if len(part) == 1 and part.isupper():  # AgentRunbook-X, where there are an -R and a -C
        return source.has(part)
    if any(char.isdigit() for char in part):  # a number alone says nothing: Wikitext-3
        return not part.lstrip("vV")[0].isdigit() and source.has(part)
    return known(part, source)


def _doubt_persian(text: str, source: Known) -> Iterator[Doubt]:
    """Names of names.tsv in Persian letters, with the version that follows them."""
    pattern, table = persian_names()
    for match in pattern.finditer(text):
        latin = table[_joined(match["name"])]
        spelt = [name for name in latin if source.has(name)]
        if not spelt and _joined(match["name"]) not in _joined(source.text):
            yield Doubt("name", match[0].strip(), match.start())
            continue
        version = _VERSION_AFTER.match(text, match.end())
        if (
            version
            and _is_version(text, version[1], version.end(1))
            and not any(_bears_version(source, name, version[1]) for name in spelt)
            and any(source.versions(name) for name in spelt)
        ):
            yield Doubt("version", text[match.start() : version.end()].strip(), match.start())


def ends_in_name(text: str) -> bool:
    """Whether the last word of folded `text` is a name of names.tsv in Persian letters."""
    text = text.rstrip()
    pattern, _ = persian_names()
    return any(match.end() == len(text) for match in pattern.finditer(text))


_CUED = re.compile(
    f"(?<![{_LETTER}])(?P<cue>دانشگاه|پروفسور|دکتر|استارتاپ|آقای"
    f"|خانم){_GAP}+(?P<name>[{_LETTER}]{{3,}}(?:\u200c[{_LETTER}]+)*)"
)
_NO_NAMES = frozenset(_NO_NAME_WORDS.split())


def _doubt_unlisted(text: str, source: Known) -> Iterator[Doubt]:
    """A university or a person by a Persian name that sounds like nothing in the source."""
    pattern, _ = persian_names()
    for match in _CUED.finditer(text):
        name = match["name"]
        if (
            name in _NO_NAMES
            or name.split("\u200c")[0] in _NO_NAMES
            or pattern.match(text, match.start("name"))
        ):
            continue
        if name in source.text or sounds_like(name, source.lower):
            continue
        yield Doubt("name", match[0], match.start())


_SOUNDS_FA = str.maketrans("بپتثجچحخدذرزژسشصضطظغفقکگلمن", "BPTSJCHKDZRZJSSSZTZGFKKGLMN")
_SOUNDS_EN = (
    ("sch", "S"), ("sh", "S"), ("ch", "C"), ("ph", "F"), ("th", "T"), ("kh", "K"), ("ck", "K"),
    ("x", "KS"), ("ce", "S"), ("ci", "S"), ("c", "K"), ("q", "K"), ("w", ""), ("z", "Z"),
    ("h", ""),
)  # fmt: skip


def sounds_like(name: str, lower: str) -> bool:
    """Whether some Latin word of `lower` (case-folded) has the consonants of a Persian `name`."""
    wanted = _skeleton_fa(name)
    if len(wanted) < 2:
        return False
    return any(_skeleton_en(word) == wanted for word in set(re.findall(r"[a-z]{3,}", lower)))


@lru_cache(maxsize=50_000)
def skeleton(word: str) -> str:
    """The consonants of a word in either script, by their sound: «میدجرنی» and ``midjourney``."""
    return _skeleton_en(word.casefold()) if word.isascii() else _skeleton_fa(word)


def _skeleton_fa(name: str) -> str:
    letters = name.translate(_SOUNDS_FA)
    kept = re.sub("[^A-Z]", "", letters).replace("H", "")
    return _blurred(kept)


def _skeleton_en(word: str) -> str:
    for spelt, sound in _SOUNDS_EN:
        word = word.replace(spelt, sound.upper())
    return _blurred(re.sub("[^A-Z]", "", re.sub("[aeiouy]", "", word).upper()))


def _blurred(skeleton: str) -> str:
    """Sounds that spellings confuse made one; doubled ones single."""
    for one, other in (("J", "G"), ("C", "S"), ("Z", "S"), ("V", "")):
        skeleton = skeleton.replace(one, other)
    return re.sub(r"(.)\1+", r"\1", skeleton)


_CHUNK = re.compile(r"[^\W_]+(?:(?<=\d)\.(?=\d)[^\W_]+)*")
# Where one word ends inside a chunk: Llama|3, Chat|GPT, GPT|ها; but «4o» is one.
_SEAM = re.compile(
    r"(?<=[^\W\d_])(?=\d)|(?<=[a-z])(?=[A-Z])|(?<=[\x00-\x7f])(?=[^\x00-\x7f])"
    r"|(?<=[^\x00-\x7f])(?=[\x00-\x7f])"
)


def _compacted(text: str) -> tuple[str, frozenset[int], frozenset[int]]:
    """`text` as letters and digits alone, and where words may start and end in it.

    ``GPT-4o`` is ``gpt4o``: gpt ends a word, gpt4 does not. Dots stay inside numbers.
    """
    kept: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    size = 0
    for match in _CHUNK.finditer(text):
        chunk = match[0]
        starts.append(size)
        if not (chunk.islower() and chunk.isascii() and chunk.isalpha()):
            seams = [size + seam.start() for seam in _SEAM.finditer(chunk)]
            starts += seams
            ends += seams
        lower = chunk.lower()
        kept.append(lower if len(lower) == len(chunk) else chunk)
        size += len(chunk)
        ends.append(size)
        if lower.endswith("s"):
            ends.append(size - 1)
    return "".join(kept), frozenset(starts), frozenset(ends)


def _joined(text: str) -> str:
    return re.sub(f"{_GAP}+", "", text).replace("ٔ", "").replace("أ", "ا")


@cache
def field_words() -> frozenset[str]:
    """The words of the field that are nobody's name, case-folded."""
    lines = (_FOLDER / "fieldwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word.casefold() for line in lines if line[:1] != "#" for word in line.split())


@cache
def _rows() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    rows = []
    for line in (_FOLDER / "names.tsv").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            persian, _, latin = line.partition("\t")
            rows.append((_listed(persian), _listed(latin)))
    return tuple(rows)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def aliases(name: str) -> tuple[str, ...]:
    """The other spellings of a Latin `name` that names.tsv lists, Persian ones too."""
    return _aliases().get(name.casefold(), ())


@cache
def _aliases() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for persian, latin in _rows():
        for name in latin:
            others = (*persian, *(one for one in latin if one != name))
            table[name.casefold()] = (*table.get(name.casefold(), ()), *others)
    return table


@cache
def persian_names() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """A pattern for every Persian spelling of names.tsv, and what each stands for."""
    table: dict[str, tuple[str, ...]] = {}
    for persian, latin in _rows():
        for name in persian:
            table[_joined(name)] = (*table.get(_joined(name), ()), *latin)
    spelt = sorted({name for persian, _ in _rows() for name in persian}, key=len, reverse=True)
    choices = "|".join(_by_first_letter(spelt))
    pattern = rf"(?<![{_LETTER}\u200c])(?P<name>{choices}){_ENDING}(?![{_LETTER}])"
    return re.compile(pattern), table


def _by_first_letter(names: list[str]) -> Iterator[str]:
    """Patterns of `names`, one for each first letter: tried much faster than one after another."""
    for first in sorted({name[0] for name in names}):
        rest = (name[1:] for name in names if name[0] == first)
        choices = (f"{_GAP}?".join(map(re.escape, re.split(_GAP, one))) for one in rest)
        yield f"{first}(?:{'|'.join(choices)})"
