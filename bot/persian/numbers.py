"""The values a text names, English or Persian, in any script and spelling. Pure.

Reads only: whether one text bears out another's values is for prompts.claims.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.persian.numerals import (
    ENGLISH,
    ORDINALS_EN,
    ORDINALS_FA,
    PARTS_EN,
    PARTS_FA,
    PERSIAN,
    SCALES,
)
from bot.persian.units import Unit, unit_after

_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0640]")
_SAME = str.maketrans(
    "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫٬٪يكىة−–—\u00a0\u202f\u2009’",
    "01234567890123456789.,%یکیه---   '",
)
_GAP = "[\\s\u200c]"
_LATEX = (
    (re.compile(r"\{(?:approx|sim)\}"), "~"),
    (re.compile(r"\{times\}"), "×"),
    (re.compile(r"\{pm\}"), "±"),
    (re.compile(r"\\(?:times|cdot)\b"), "×"),
    (re.compile(r"\\(?:sim|approx)\b"), "~"),
    (re.compile(r"\\pm\b"), "±"),
    (re.compile(r"\\(?:geq?|geqslant)\b"), "≥"),
    (re.compile(r"\\(?:leq?|leqslant)\b"), "≤"),
    (re.compile(r"\\mu\b"), "µ"),
    (re.compile(r"\{,\}"), ","),
    (re.compile(r"\\([%#&_$])"), r"\1"),
    (re.compile(r"\\(?:[a-zA-Z]+)\s*\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\^\{?(-?\d+)\}?"), r"^\1"),
    (re.compile(r"\\[,;! ]"), " "),
    (re.compile(r"(?<!\$)\$(?!\d[\d,.]*(?:\s|$|[KMB]\b))|[{}]"), ""),
    (re.compile(r"(?<=\d)~(?=[\w×%])"), " "),
)

# «۸/۵ درصد»: in Persian the slash, too, is a decimal sign where a measure follows.
_SLASHED = re.compile("(?<=[۰-۹])/(?=[۰-۹]{1,3}[\\s\u200c]?(?:درصد|٪|برابر|میلیون|میلیارد|واحد))")

_WORDS_FA = "|".join(sorted(PERSIAN, key=len, reverse=True))
_TENS_FA = "|".join(word for word, number in PERSIAN.items() if number >= 20)
_WORDS_EN = "|".join(sorted(ENGLISH, key=len, reverse=True))
_LETTER = "A-Za-z\u0621-\u065f\u066e-\u06d3\u06d5"
_ONE = "[ \u200c]"
# «چند میلیون» says no number.
_BARE_FA = "".join(
    f"(?<!{some}{_ONE})" for some in ("چند", "چندین", "صدها", "ده\u200cها", "هزاران")
)
_BARE_FA += "(?:هزار|میلیون|میلیارد)"
_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|(?<!\d)\.\d+"
# What a number word may not run into: «سه‌شنبه» is a day, «یک‌دست» and «هیچ‌یک» are no numbers.
_NO_NUMBER = (
    f"(?!{_GAP}?شنبه|{_GAP}?ماهه(?:ٔ|ی)? (?:نخست|اول|دوم|سوم|چهارم|پایانی|آخر)"
    f"|{_GAP}تا{_GAP}صد(?!\\w)"
    "|\u200c(?:دست|سان|پارچه|دیگر|سو|سویه|باره|جا|راست|نواخت|طرفه|ه(?!زار)|ا))"
)
_SCALE = (
    f"(?:{_GAP}?(?:هزار|ملیون|میلیون|میلیارد|بیلیون|تریلیون)"
    f"(?=(?:ی|م|تایی|نفری|نفره)?(?![{_LETTER}]))"
    f"|[\\s-]?(?:hundred|thousand|million|billion|trillion|mn|bn)s?(?![A-Za-z])"
    f"|(?-i:[KkMBbT])(?![A-Za-z0-9]))"
)
_NUMBER = (
    f"(?:(?<![\\d.,])(?P<digits>{_DIGITS})(?!\\d)(?!\\.\\d)"
    f"|(?:(?<![{_LETTER}])|(?<=\u200cو))(?<!هیچ\u200c)(?<!صفر تا )(?P<fa>{_WORDS_FA}|نیم"
    f"|{_BARE_FA})(?:(?![{_LETTER}])|(?=(?:هزار|میلیون|میلیارد)(?![{_LETTER}]))){_NO_NUMBER}"
    f"|(?<![A-Za-z])(?P<en>{_WORDS_EN})(?:-(?P<en2>{_WORDS_EN}))?(?![A-Za-z]))"
    f"(?P<scale>{_SCALE})?(?P<scale2>{_SCALE})?"
)
_READ = re.compile(_NUMBER, re.IGNORECASE)
_BARE_SCALE = re.compile(
    f"(?<![{_LETTER}])(?:an?|per|every|each){_GAP}+(?P<scale>million|billion)(?!s|[a-z])",
    re.IGNORECASE,
)
# The first letters let a text without them be passed over fast.
_SPECIAL = (
    (
        re.compile(r"\b(?:doubl(?:e[sd]?|ing)|twice|two-?fold|دوچندان|دوبرابر)\b", re.I),
        2.0,
        "x",
        "doubl twic two دوچ دوبر",
    ),
    (
        re.compile(r"\b(?:tripl(?:e[sd]?|ing)|thrice|three-?fold|سه\u200c?چندان)\b", re.I),
        3.0,
        "x",
        "tripl thric three چندان",
    ),
    (re.compile(r"\bquadrupl(?:e[sd]?|ing)\b", re.I), 4.0, "x", "quadrupl"),
    (re.compile(r"\borders?[ -]of[ -]magnitude\b|مرتبهٔ? بزرگی", re.I), 10.0, "x", "order مرتبه"),
    (re.compile(r"\bhalf (?:a )?million\b", re.I), 5e5, "", "half"),
    (re.compile(r"\bhalf (?:a )?billion\b", re.I), 5e8, "", "half"),
    (
        re.compile(r"\b(?:half|halves|halv(?:ed|ing|e))\b|(?<!\w)(?:نصف|نیمی)(?!\w)", re.I),
        0.5,
        "part",
        "hal Hal نصف نیمی",
    ),
    (re.compile(r"(?<!\w)ربع(?!\w)|\ba quarter\b", re.I), 0.25, "part", "ربع quarter"),
    (re.compile(r"(?<!\w)ثلث(?!\w)|\ba third\b(?! \w)", re.I), 1 / 3, "part", "ثلث third"),
    (re.compile(r"\ba dozen\b", re.I), 12.0, "", "dozen"),
    (re.compile(r"(?<!\w)صد" + _GAP + r"?در" + _GAP + r"?صد(?!\w)"), 100.0, "%", "صد"),
)
_POWER = re.compile(r"(?:(?P<n>\d+(?:\.\d+)?)\s*[×x*]\s*)?(?<!\d)10\^(?P<power>\d+)")
_ORDERS = re.compile(
    rf"\b(?P<n>{_WORDS_EN}|{_WORDS_FA}|\d{{1,2}})(?:[ -]orders?[ -]of[ -]magnitude\b"
    rf"|{_GAP}مرتبهٔ?{_GAP}بزرگی)",
    re.I,
)
_AND_A_HALF = re.compile(rf"\b(?P<n>{_WORDS_EN}|\d{{1,3}}) and a half\b", re.I)
_SCIENTIFIC = re.compile(r"(?<![\w.])\d(?:\.\d+)?[eE]-?\d{1,2}(?![\w.])")
_FOLD = re.compile(rf"\b(?P<word>{_WORDS_EN}|hundred)-?fold\b", re.I)
_BY_FACTOR = re.compile(
    rf"factors? of (?:about |around |up to |~|over )?(?P<n>{_DIGITS}|{_WORDS_EN})", re.I
)
_FRACTION_FA = re.compile(
    rf"(?<![{_LETTER}])(?!چهاردهم)(?P<over>یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|\d){_GAP}?"
    rf"(?P<under>سوم|چهارم|پنجم|ششم|هفتم|هشتم|نهم|دهم)(?![{_LETTER}])"
)
# «یک و سه دهم میلیارد», «یک‌وسه‌دهم»
_DECIMAL_FA = re.compile(
    rf"(?<![{_LETTER}\d])(?P<whole>(?:(?:{_TENS_FA}){_GAP}?و{_GAP}?)?(?:{_WORDS_FA})|\d{{1,4}})"
    rf"{_GAP}?و{_GAP}?(?!چهاردهم)"
    rf"(?P<over>(?:(?:{_TENS_FA}){_GAP}?و{_GAP}?)?(?:{_WORDS_FA})|\d{{1,3}})"
    rf"{_GAP}?(?P<under>دهم|صدم|هزارم)(?![{_LETTER}])(?P<scale>{_SCALE})?",
    re.IGNORECASE,
)
_UNDER = {"دهم": 10.0, "صدم": 100.0, "هزارم": 1000.0}
_FRACTION_EN = re.compile(
    r"\b(?P<over>one|two|three|four|a)[- ](?P<under>third|quarter|fourth|fifth|sixth|seventh"
    r"|eighth"
    r"|ninth|tenth)s?\b",
    re.I,
)
_IN_SO_MANY = re.compile(
    rf"(?<![\w.,])(?P<one>{_WORDS_EN}|\d{{1,3}}) (?:in|out of) (?:every )?"
    rf"(?P<all>{_WORDS_EN}|\d{{1,3}})"
    r"(?![\w.,%]| (?:percent|minutes|hours|days|seconds|years|languages|months|weeks))",
    re.I,
)
_ORDINALS = "|".join(sorted(ORDINALS_FA, key=len, reverse=True))
_ORDINAL = re.compile(
    rf"(?<![{_LETTER}])(?P<fa>{_ORDINALS})(?![{_LETTER}])"
    rf"|(?<![\d]-)(?<![\d] )(?<!per )(?<!per-)\b(?P<en>{'|'.join(ORDINALS_EN)})\b"
    rf"|(?<![\w.])(?P<nth>\d+)(?:st|nd|rd|th|\u200c?م|\u200c?مین)(?![{_LETTER}])",
    re.I,
)
_HEDGES = (
    (
        "about",
        f"(?:در{_GAP})?حدود(?:اً|ا)?|(?:در{_GAP})?حوالی|تقریباً?|نزدیک(?:{_GAP}به)?|قریب{_GAP}به|کم\u200cوبیش|کمابیش"
        f"|چیزی{_GAP}حدود"
        "|about|around|approximately|approx\\.?|roughly|nearly|almost|close to|some|[~≈∼]",
    ),
    (
        "over",
        f"بیش{_GAP}?از|بیشتر{_GAP}از|بالای|بالاتر{_GAP}از|فراتر{_GAP}از|افزون{_GAP}بر"
        f"|دست\u200cکم|دست{_GAP}کم"
        f"|حداقل|بالغ{_GAP}بر|over|more than|above|exceed(?:s|ing)?|at least|greater than"
        f"|beyond|[>≥]",
    ),
    (
        "under",
        f"کمتر{_GAP}از|کم\u200cتر{_GAP}از|زیر|پایین\u200cتر{_GAP}از|under|less than|fewer than"
        f"|below|within|[<]",
    ),
    ("upto", f"حداکثر|تا{_GAP}سقف|تا|up ?to|at most|as (?:much|many|high) as|maximum of|[≤]"),
)
_HEDGE = re.compile(
    "|".join(f"(?P<{name}>(?<![{_LETTER}])(?:{words}))" for name, words in _HEDGES).replace(
        "(?<![" + _LETTER + "])(?:", "(?:(?<![" + _LETTER + "])|(?<=\\s))(?:"
    ),
    re.IGNORECASE,
)
_NOT_REACHED = re.compile(f"{_GAP}+(?:هم{_GAP}+)?ن(?:می{_GAP})?رس(?:ند|ید|یده|د)")
_COUNTS = re.compile(f" (?!و |از |در |را |است)[{_LETTER}]")
_BEFORE_NINE = re.compile(
    f"(?<![{_LETTER}])(?:روی|در|با|از|بر|دربارهٔ?|شامل|به|میان|این|آن|طی){_GAP}+$"
)
_OPENS_WITH_NINE = re.compile(
    "(?:(?<=\\n)|(?<=[.:؟!] )|(?<![^\\n]))نه (?!(?:تنها|فقط|چندان|صرفاً?|لزوماً?|هنوز|به|از|در"
    "|این|آن|خود|یک|هر|همه|با|بر|برای|که)(?!\\w))(?![^.\\n]*(?:(?<!\\w)(?:نه|ولی|اما)(?!\\w)|بلکه))"
)
_AND = re.compile(f"{_GAP}+(?:و{_GAP}+|and{_GAP}+)?")
_DECADES = range(1900, 2100, 10)
_BETWEEN = re.compile(
    r"\s*(?:-|/|to|and|or|versus|vs\.?|تا|و|یا|،|,|±|\+/-|×|x)\s*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a text: ``1.5B`` is 1.5e9, «۸۵ درصد» is 85 with the unit ``%``."""

    amount: float
    start: int
    end: int
    words: str
    unit: Unit | None = None
    hedge: str = ""
    """``about``, ``over``, ``under``, ``upto`` or nothing: how exactly the text means it."""
    ordinal: bool = False
    spelt: bool = False
    """Written as a word, not in digits."""
    inside: bool = False
    """A part of a Latin name: the 8 of ``Llama-3.1-8B``."""
    also: tuple[float, ...] = ()
    """Other amounts it may stand for: the 10 of «۱۰ تا ۲۰ میلیون»."""

    @property
    def amounts(self) -> tuple[float, ...]:
        """All it may stand for."""
        return (self.amount, *self.also)

    @property
    def dimension(self) -> str:
        """What its unit measures; empty without one."""
        return self.unit.dimension if self.unit else ""


def bare(text: str) -> str:
    """`text` without marks that do not show; what `values` counts its positions in."""
    return _INVISIBLE.sub("", text)


def folded(text: str) -> str:
    """`bare` text with Latin digits and Persian letters, each character in its old place."""
    return _SLASHED.sub(".", text).translate(_SAME)


def unlatexed(text: str) -> str:
    """Foreign text with its formulas written out: ``2.5$\\times$`` is ``2.5×``."""
    text = bare(unicodedata.normalize("NFKC", text.replace("²", "^2").replace("µ", "μ")))
    if "\\" in text or "$" in text or "{" in text or "^" in text:
        for pattern, plain in _LATEX:
            text = pattern.sub(plain, text)
    return folded(text)


def values(text: str) -> list[Value]:
    """Every value of `folded` text, in their order; numbers inside Latin names are marked."""
    found: list[Value] = []
    taken = bytearray(len(text))
    for value in (
        *_decimals(text),
        *_fractions(text),
        *_specials(text),
        *_ordinals(text),
        *_numbers(text),
    ):
        if not any(taken[value.start : value.end]):
            found.append(value)
            taken[value.start : value.end] = b"x" * (value.end - value.start)
    found += _of_so_many(text)
    found.sort(key=lambda value: value.start)
    found = _shared(text, [_hedged(text, value) for value in found])
    return _lasting(text, found)


def _lasting(text: str, found: Sequence[Value]) -> list[Value]:
    """`found`, where two measures of time are one: «یک ساعت و ۲۰ دقیقه», ``1 h 20 min``."""
    result: list[Value] = []
    for value in found:
        last = result[-1] if result else None
        if last and last.unit and value.words == "نیم" and _follows_on(text, last, value):
            words = text[last.start : value.end]  # «یک ساعت و نیم»
            result[-1] = replace(last, amount=last.amount + 0.5, end=value.end, words=words)
        elif last and _lasts_on(text, last, value):
            both = last.amount * last.unit.factor + value.amount * value.unit.factor  # type: ignore[union-attr]
            amount = both / value.unit.factor  # type: ignore[union-attr]
            words = text[last.start : value.end]
            result[-1] = replace(last, amount=amount, unit=value.unit, end=value.end, words=words)
        else:
            result.append(value)
    return result


def _lasts_on(text: str, one: Value, following: Value) -> bool:
    if one.dimension != "time" or following.dimension != "time" or not one.unit:
        return False
    factor = following.unit.factor if following.unit else 0.0
    smaller = following.amount * factor < one.unit.factor and factor < one.unit.factor
    return smaller and _follows_on(text, one, following)


def _follows_on(text: str, one: Value, following: Value) -> bool:
    return bool(_AND.fullmatch(text[one.end : following.start]))


def _decimals(text: str) -> Iterator[Value]:
    for match in _DECIMAL_FA.finditer(text) if "م" in text else ():
        share = _summed(match["over"]) / _UNDER[match["under"]]
        if share < 1:
            amount = round((_summed(match["whole"]) + share) * _scale(match["scale"]), 6)
            whole = Value(amount, match.start(), match.end(), match[0], spelt=True)
            yield from _measured(text, whole)


def _summed(words: str) -> float:
    """«بیست و پنج», or a number in digits."""
    found = [words] if words.isdigit() else re.findall(_WORDS_FA, words)
    return sum(float(word) if word.isdigit() else PERSIAN[word] for word in found)


def _fractions(text: str) -> Iterator[Value]:
    for match in _FRACTION_FA.finditer(text):
        over = match["over"]
        top = float(over) if over.isdigit() else PERSIAN[over]
        yield _value(text, match.start(), match.end(), top / PARTS_FA[match["under"]], "part")
    for match in _FRACTION_EN.finditer(text):
        over = match["over"].lower()
        top = 1.0 if over == "a" else ENGLISH[over]
        share = top / PARTS_EN[match["under"].lower()]
        yield _value(text, match.start(), match.end(), share, "part")


def _of_so_many(text: str) -> Iterator[Value]:
    """``one in five``: a share, beside the two numbers."""
    for match in _IN_SO_MANY.finditer(text):
        one, all_ = (
            ENGLISH[word] if word in ENGLISH else float(word)
            for word in (match["one"].lower(), match["all"].lower())
        )
        if 0 < one < all_:
            yield _value(text, match.start(), match.end(), one / all_, "part")


def _specials(text: str) -> Iterator[Value]:
    lower = text.lower()
    for match in _AND_A_HALF.finditer(text) if " and a half" in lower else ():
        number = match["n"].lower()
        amount = (ENGLISH[number] if number in ENGLISH else float(number)) + 0.5
        yield from _measured(text, Value(amount, match.start(), match.end(), match[0]))
    for match in _ORDERS.finditer(text) if "magnitude" in lower or "بزرگی" in text else ():
        number = match["n"].lower()
        known = ENGLISH | PERSIAN
        order = known[number] if number in known else float(number)
        yield _value(text, match.start(), match.end(), 10.0 ** min(order, 30.0), "x")
    for pattern, amount, unit, hints in _SPECIAL:
        if not any(hint in lower for hint in hints.split()):
            continue
        for match in pattern.finditer(text):
            yield _value(text, match.start(), match.end(), amount, unit)
    for match in _POWER.finditer(text) if "10^" in text else ():
        amount = float(match["n"] or 1) * 10.0 ** min(int(match["power"]), 30)
        yield Value(amount, match.start(), match.end(), match[0])
    for match in _SCIENTIFIC.finditer(text):
        yield Value(float(match[0]), match.start(), match.end(), match[0])
    for match in _FOLD.finditer(text) if "fold" in lower else ():
        amount = ENGLISH.get(match["word"].lower(), 100.0)
        yield _value(text, match.start(), match.end(), amount, "x")
    for match in _BY_FACTOR.finditer(text) if "factor" in lower else ():
        number = match["n"].lower()
        amount = ENGLISH[number] if number in ENGLISH else float(number.replace(",", ""))
        yield _value(text, match.start("n"), match.end(), amount, "x")


def _value(text: str, start: int, end: int, amount: float, unit: str) -> Value:
    measured = Unit(unit, unit, 1.0) if unit else None
    return Value(amount, start, end, text[start:end], measured, spelt=True)


def _numbers(text: str) -> Iterator[Value]:
    groups = [_group(text, match) for match in _READ.finditer(text)]
    index = 0
    while index < len(groups):
        value, step = groups[index], 1
        while index + step < len(groups) and _continues(text, value, groups[index + step]):
            follower = groups[index + step]
            value = _joined(text, value, follower)
            step += 1
        index += step
        yield from _measured(text, value)
    for match in _BARE_SCALE.finditer(text):
        word = match["scale"].lower()
        yield from _measured(text, Value(SCALES[word], match.start(), match.end(), "", spelt=True))


def _group(text: str, match: re.Match[str]) -> Value:
    if match["digits"]:
        amount = float(match["digits"].replace(",", ""))
    elif match["fa"]:
        amount = (PERSIAN | SCALES | {"نیم": 0.5})[match["fa"]]
    else:
        tens, ones = ENGLISH[match["en"].lower()], match["en2"]
        amount = tens + (ENGLISH[ones.lower()] if ones else 0.0)
    amount *= _scale(match["scale"]) * _scale(match["scale2"])
    before = text[max(0, match.start() - 2) : match.start()]
    inside = bool(match["digits"] and re.search(r"[A-Za-z][-_.]?$", before))
    spelt = not match["digits"]
    return Value(
        amount,
        match.start(),
        match.end(),
        text[match.start() : match.end()],
        None,
        spelt=spelt,
        inside=inside,
    )


def _scale(words: str | None) -> float:
    """What a matched scale multiplies by."""
    word = (words or "").strip(" -\u200c\n\t")
    return (SCALES.get(word) or SCALES[word.lower().rstrip("s")]) if word else 1.0


def _continues(text: str, value: Value, follower: Value) -> bool:
    """Whether two numbers are one: «بیست و پنج», «۲ هزار و ۵۰۰», «دو و نیم»."""
    between = text[value.end : follower.start]
    if not re.fullmatch(f"{_GAP}+و{_GAP}*", between) or value.inside:
        return False
    if follower.words.startswith("نیم"):
        return value.amount % 1 == 0
    grain = _grain(value)
    return 1 <= _mantissa(follower) < grain


def _mantissa(value: Value) -> float:
    """What is said before the scale when it may be said of a sum: 5 in «بیست و پنج هزار»."""
    scale = SCALES.get(_last_word(value), 1.0) if value.spelt else 1.0
    if value.amount == scale:
        return value.amount
    return value.amount / scale


def _last_word(value: Value) -> str:
    return re.split("[\\s\u200c]", value.words.strip())[-1]


def _grain(value: Value) -> float:
    """Below what a number may be added to `value`: 100 after «دویست», 1000 after «۲ هزار»."""
    last = _last_word(value)
    if last in SCALES and last not in "KkMBbT":
        return SCALES[last]
    if not value.spelt:
        return 1
    return (
        100.0
        if value.amount % 100 == 0
        else 10.0
        if value.amount % 10 == 0 and value.amount > 10
        else 1
    )


def _joined(text: str, value: Value, follower: Value) -> Value:
    words = text[value.start : follower.end]
    if follower.words.startswith("نیم"):
        scale = follower.amount / 0.5  # «دو و نیم میلیون»: the scale is said of both
        amount = (
            (value.amount + 0.5) * scale
            if scale > 1
            else value.amount + 0.5 * max(_grain(value), 1)
        )
        if value.spelt and _grain(value) in (10.0, 100.0):
            amount = value.amount + 0.5
    else:
        amount = value.amount + follower.amount
        last = _last_word(follower)
        if value.spelt and last in SCALES and _grain(value) <= 100:
            scale = SCALES[last]  # «بیست و پنج هزار»
            amount = value.amount * scale + follower.amount
    return replace(value, amount=amount, end=follower.end, words=words)


def _measured(text: str, value: Value) -> Iterator[Value]:
    """`value` with the unit that follows, or the currency before it."""
    unit, end = unit_after(text, value.end)
    start = value.start
    if value.amount in _DECADES:
        if text[value.end : value.end + 1] == "s":  # ``in the 1990s`` are no seconds
            unit, end = None, value.end
        value = replace(value, also=(value.amount % 100,))
    if text[max(0, start - 1) : start] in ("$", "€", "£"):
        unit, start = Unit(text[start - 1], "money", 1.0), start - 1
    words = text[start:end]
    if (
        value.words.strip() == "نه"
        and unit is None
        and not _BEFORE_NINE.search(text[:start][-12:])
        and not _OPENS_WITH_NINE.match(text, start)
    ):
        return  # «نه» is «no» far more often than nine
    if value.words.strip() == "سی" and unit is None and not _COUNTS.match(text, value.end):
        return  # the language C
    yield replace(value, unit=unit, start=start, end=end, words=words)


def _ordinals(text: str) -> Iterator[Value]:
    for match in _ORDINAL.finditer(text):
        if match["nth"]:
            amount = float(match["nth"])
        elif match["fa"]:
            amount = float(ORDINALS_FA[match["fa"]])
        else:
            amount = ORDINALS_EN.index(match["en"].lower()) + 1.0
        yield Value(amount, match.start(), match.end(), match[0], ordinal=True, spelt=True)


def _hedged(text: str, value: Value) -> Value:
    """`value` with how exactly it is meant: the words right before it, or a plus after."""
    if (
        text[value.end : value.end + 1] == "+"
        and not text[value.end + 1 : value.end + 2].isdigit()
    ):
        return replace(value, hedge="over")
    if _NOT_REACHED.match(text, value.end):
        return replace(value, hedge="under")
    before = text[max(0, value.start - 24) : value.start]
    last = None
    for match in _HEDGE.finditer(before):
        gap = before[match.end() :]
        if re.fullmatch(f"{_GAP}*(?:an?|the|only|as|به|از)?{_GAP}*", gap):
            last = match
            break
    if last is None or not last.lastgroup:
        return value
    return replace(value, hedge=last.lastgroup)


def _shared(text: str, found: Sequence[Value]) -> list[Value]:
    """`found`, where a number borrows scale and unit of the next: «۱۰ تا ۲۰ میلیون», ``7/13B``."""
    result = list(found)
    for index in range(len(result) - 2, -1, -1):
        one, following = result[index], result[index + 1]
        if one.ordinal or following.ordinal or one.unit:
            continue
        if not _BETWEEN.fullmatch(text[one.end : following.start]):
            continue
        scale = _scale_of(following)
        if (
            following.unit
            and not found[index + 1].unit
            and "and" in text[one.end : following.start]
        ):
            following = replace(following, unit=None)  # ``0.1-0.2 and 10-20%``
        also = (*one.also, one.amount * scale) if scale > 1 and one.amount < 1000 else one.also
        unit = following.unit
        result[index] = replace(one, unit=unit, also=also)
    return result


def _scale_of(value: Value) -> float:
    amounts = (abs(amount) for amount in value.amounts)
    largest = max(amounts)
    if not re.search(_SCALE, value.words) and not value.also:
        return 1.0
    return next((scale for scale in (1e12, 1e9, 1e6, 1e3) if largest >= scale), 1.0)
