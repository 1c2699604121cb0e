"""Digits: Persian in prose, Latin in names, versions and whatever else is a Latin word. Pure.

Also the signs inside numbers: «٫», «٬», «٪» and the dash of a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.persian.edits import Edit, Rule
from bot.persian.lexicon import ZWNJ, words
from bot.persian.scripts import LATIN, LETTERS

_TO_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_TO_LATIN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٫٬", "0123456789.,")

_PART = f"[{LATIN}\\d_]+"
_INSIDE = r"(?:\^[-+]|[.\-–+×^=/:~&'’]|(?<=\d)[,٬](?=\d)|(?<=\d)٫(?=\d)|(?<=\d)،(?=\d{3}(?!\d)))"
_TOKEN = re.compile(
    f"(?P<before>[%٪] ?)?(?P<token>{_PART}(?:{_INSIDE}{_PART})*)(?P<after> ?[%٪](?!\\w))?"
)
_LATIN_LETTER = re.compile(f"[{LATIN}]")
_DIGIT = re.compile(r"\d")
_LATIN_NEXT = re.compile(f" [{LATIN}]")
_PERSIAN_LETTER = re.compile(f"[{LETTERS}]")

_THOUSANDS = re.compile(r"(\d{1,3}(?:[,٬،]\d{3})+)(?:[.٫](\d+))?")
_DECIMAL = re.compile(r"(\d+)[.٫](\d+)")
_RANGE = re.compile(
    r"([1-9۱-۹]\d{0,3}(?:[.٫]\d+)?|[0۰](?:[.٫]\d+)?)[-–]([1-9۱-۹]\d{0,3}(?:[.٫]\d+)?)"
)
# Kept as written: versions of three parts, sizes, formulas, arXiv numbers.
_IDENTIFIER = re.compile(r"\d+(?:\.\d+){2,}|.*[×^=_].*|[0-9]{4}\.[0-9]{4,5}|0[0-9]+-.*")
_COUNTED = re.compile(
    f"[ {ZWNJ}]?(?:[%٪]|(?:{'|'.join(sorted(words('numbers', 'counted')))})(?![{LETTERS}]))"
)
_VERSIONED = re.compile(f"(?<![{LETTERS}])(?:{'|'.join(sorted(words('numbers', 'versioned')))}) $")
_UNIT = re.compile(
    r" ?(?:[kKMGTP]i?B(?:/s|ps)?|[kMGT]?[Hh]z|[munµ]s|[kM]?Wh?|fps|FPS|dB|°C|[mkcnµ]m|px|kg|mg"
    r"|bits?|bytes?|tok(?:ens?)?/s|[MGTPE]?FLOP[Ss]?(?:/s)?|[xX×]|[BKMs])(?![\w.])"
)
# Between a name and its version, or within a formula.
_OF_NAME = re.compile(r" |(?: ?[<>=≤≥+×*] ?){1,2}")
_MONEY = "$€£¥₿"


def figures(text: str) -> Iterator[Edit]:
    """The digits and number signs of each line."""
    prose, start = bool(_PERSIAN_LETTER.search(text)), 0
    for line in text.split("\n"):
        foreign = _LATIN_LETTER.search(line) and not _PERSIAN_LETTER.search(line)
        if prose and not foreign and _DIGIT.search(line):
            for first, last, new in _line(line):
                yield start + first, start + last, new
        start += len(line) + 1


def _line(line: str) -> Iterator[Edit]:
    latin_end = -1
    for match in _TOKEN.finditer(line):
        token = match["token"]
        if _LATIN_LETTER.search(token):
            latin_end = match.end("token")
            right = token.translate(_TO_LATIN)
            if right != token:
                yield match.start("token"), latin_end, right
            continue
        if not any(char.isdecimal() for char in token):
            continue
        named = latin_end >= 0 and bool(_OF_NAME.fullmatch(line, latin_end, match.start()))
        right = _number(line, match, named)
        if right.isascii():
            latin_end = match.end() if named else latin_end
        if right != match[0]:
            yield match.start(), match.end(), right


def _number(line: str, match: re.Match[str], named: bool) -> str:
    """A number as it belongs there; `named` when a Latin name stands right before it."""
    token, whole = match["token"], match[0]
    percent = bool(match["after"]) or _percent_before(line, match)
    unit = not percent and _UNIT.match(line, match.end())
    latin_next = bool(_LATIN_NEXT.match(line, match.end()))
    if _IDENTIFIER.fullmatch(token) or unit or _is_money(line, match.start()):
        return whole
    if named and latin_next:
        return whole.translate(_TO_LATIN) if not percent else whole
    if named and not percent and not _COUNTED.match(line, match.end()):
        return token.translate(_TO_LATIN) if "." in token or "٫" in token else whole
    if _DECIMAL.fullmatch(token) and _VERSIONED.search(line, 0, match.start()):
        return whole
    before = "" if _percent_before(line, match) else match["before"] or ""
    return before + _persian(token) + ("٪" if percent else match["after"] or "")


def _percent_before(line: str, match: re.Match[str]) -> bool:
    """«%85»: a sign that belongs to no number on its other side."""
    before = line[match.start() - 1 : match.start()]
    return bool(match["before"]) and not re.match(r"[\w)%٪]", before)


def _is_money(line: str, start: int) -> bool:
    return start > 0 and line[start - 1] in _MONEY


def _persian(token: str) -> str:
    if thousands := _THOUSANDS.fullmatch(token):
        whole = re.sub("[,٬،]", "٬", thousands[1])
        token = whole + (f"٫{thousands[2]}" if thousands[2] else "")
    elif decimal := _DECIMAL.fullmatch(token):
        token = f"{decimal[1]}٫{decimal[2]}"
    elif spread := _RANGE.fullmatch(token):
        low, high = (part.translate(_TO_LATIN) for part in spread.groups())
        if float(low) < float(high):
            token = f"{spread[1]}–{spread[2]}".replace(".", "٫")
    return token.translate(_TO_PERSIAN)


def _part_before(text: str) -> Iterator[Edit]:
    """A space where Latin letters or digits run into Persian letters before them."""
    for match in _GLUED_BEFORE.finditer(text):
        yield match.start(), match.start(), " "


def _part_after(text: str) -> Iterator[Edit]:
    """A space where Latin letters or digits run into Persian letters that are no ending."""
    for match in _GLUED_AFTER.finditer(text):
        if not _SUFFIX.fullmatch(match["letters"]):
            yield match.start() + 1, match.start() + 1, " "


PARTED: tuple[Rule, ...] = (_part_before, _part_after)
_GLUED_BEFORE = re.compile(f"[{LATIN}](?<=[{LETTERS}].)|\\d(?<=[{LETTERS}]{{3}}.)")
_GLUED_AFTER = re.compile(
    f"(?:[{LATIN}]|\\d(?=[{LETTERS}]{{3}}))(?=[{LETTERS}])(?P<letters>[{LETTERS}{ZWNJ}]+)"
)
_SUFFIX = re.compile(
    f"(?:ها|های|هایی|ها(?:ی|یی)?{ZWNJ}?(?:ش|شان|مان|تان|ست|یند)|ی|یی|ای|ام|اش|م|ش|ست|مان|شان"
    "|وار|محور|امین|مین|گانه)"
)
