"""Marks between words: «» and ‹›, ، ؛ ؟ …, and the spaces around them and around brackets. Pure.

Lines without a Persian letter keep their marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bot.persian.edits import Edit, Rule
from bot.persian.scripts import HAMZA, LETTERS, TANVIN
from bot.persian.untouched import MORE, STAND_INS

_P = f"[{LETTERS}{TANVIN}{HAMZA}]"
_LATIN = f"(?:(?![{LETTERS}])[^\\W\\d_])"
_WORDISH = f"[\\w{STAND_INS}]"
_PERSIAN_LETTER = re.compile(f"[{LETTERS}]")

Replacement = str | Callable[[re.Match[str]], str]


def _everywhere(pattern: str, new: Replacement) -> Rule:
    compiled = re.compile(pattern, re.MULTILINE)

    def rule(text: str) -> Iterator[Edit]:
        for match in compiled.finditer(text):
            yield match.start(), match.end(), new if isinstance(new, str) else new(match)

    return rule


# A Latin phrase of more than three words, or one that fills its quotes, keeps its own marks.
_TITLE = re.compile(r"(?:[A-Za-z][\w'’-]*[ ,:]+){3}[A-Za-z][\w'’-]*$|[«‹(][\w ,:'’-]+$", re.ASCII)
_TITLE_AFTER = re.compile(r"[ \w'’-]*[»›)]|(?: [\w'’-]+){4}", re.ASCII)
_PERSIAN_MARKS = {",": "،", ";": "؛", "?": "؟"}


def marks(text: str) -> Iterator[Edit]:
    """Latin commas, semicolons and question marks of Persian sentences."""
    for match in _MARK.finditer(text):
        before, after = text[max(0, match.start() - 80) : match.start()], text[match.end() :][:80]
        latin = before[-1:].isascii() and before[-1:].isalnum()
        if latin and (_TITLE.search(before) or (match[0] != "?" and _TITLE_AFTER.match(after))):
            continue
        yield match.start(), match.end(), _PERSIAN_MARKS[match[0]]


_MARK = re.compile(
    rf"[,;?](?:(?<={_P}.)|(?<=[^\d].)(?=$|[\s»›\"”’')\]؟!?…]|{_P})|(?=\s|$|{_P}))", re.MULTILINE
)

_OPENING = frozenset(" \n([{«‹-–—،؛,;:/")
_CLOSING = re.compile(rf"[\s)\]}}»›.,:;!?،؛؟…–—/-]|$|{_P}")
_ANY_QUOTE = re.compile("[\"“”„‟«»‹›'‘’‚<>]")
_QUOTES = re.compile("[\"“”„‟«»‹›'‘’‚]|<<|>>")
_OPENS, _CLOSES = frozenset(("“", "„", "‟", "«", "‹", "<<")), frozenset(("”", "»", "›", ">>"))
_QUOTE_MARKS = frozenset("\"“”„'‘’")


def quotes(text: str) -> Iterator[Edit]:
    """«» around what is quoted, ‹› around quotes in quotes; a quote without its pair stays."""
    start = 0
    for line in text.split("\n") if _ANY_QUOTE.search(text) else ():
        for first, last, new in _quotes(line):
            yield start + first, start + last, new
        start += len(line) + 1


def _quotes(text: str) -> list[Edit]:
    found = [match for match in _QUOTES.finditer(text) if _is_quote(text, match)]
    pairs: list[tuple[re.Match[str], re.Match[str], int]] = []
    opened: list[re.Match[str]] = []
    for match in found:
        if opened and _closes(text, match, opened[-1]):
            pairs.append((opened.pop(), match, len(opened)))
        elif _may_open(text, match):
            opened.append(match)
    outside = _depths(pairs, opened)
    edits = []
    for first, last, depth in pairs:
        inner = (depth - outside(first.start())) % 2
        edits.append((first.start(), first.end(), "«‹"[inner]))
        edits.append((last.start(), last.end(), "»›"[inner]))
    return sorted(edit for edit in edits if text[edit[0] : edit[1]] != edit[2])


def _depths(
    pairs: list[tuple[re.Match[str], re.Match[str], int]], opened: list[re.Match[str]]
) -> Callable[[int], int]:
    """How many quotes that never close stand open at a place: they are no depth."""
    return lambda at: sum(match.start() < at for match in opened)


def _is_quote(text: str, match: re.Match[str]) -> bool:
    """Apostrophes and inch marks are none."""
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if match[0] in "'’‘\"":
        if before in _QUOTE_MARKS or after in _QUOTE_MARKS:
            return False
        return not (re.match(r"[\w]", before) and re.match(r"[\w]", after))
    return True


def _may_open(text: str, match: re.Match[str]) -> bool:
    if match[0] in _OPENS or match[0] in "‘‚":
        return True
    if match[0] in _CLOSES or match[0] == "’":
        return False
    before = text[match.start() - 1 : match.start()] if match.start() else " "
    return before in _OPENING or bool(_PERSIAN_LETTER.match(before))


def _closes(text: str, match: re.Match[str], opener: re.Match[str]) -> bool:
    if match[0] not in _PARTNERS.get(opener[0], opener[0]):
        return False
    if match[0] in _CLOSES or match[0] == "’":
        return True
    if _may_open(text, match) and re.match(_WORDISH, text[match.end() : match.end() + 1]):
        return _PERSIAN_LETTER.match(text, match.start() - 1) is not None
    nonempty = text[opener.end() : match.start()].strip() != ""
    return nonempty and bool(_CLOSING.match(text, match.end()))


_PARTNERS = {"«": "»", "‹": "›", "“": "”", "„": "”", "‟": "”", "<<": ">>", "‘": "’", "‚": "’"}
_SUFFIX = "(?:ها|های|هایی|هایش|هایشان|ی|ای|ان|م|ش|تر)"

ELLIPSIS = _everywhere(r"(?:\.{3,}|\.(?: \.){2,}|…)(?: ?[.…](?![A-Za-z]))*", "…")
SPACING: tuple[Rule, ...] = (
    _everywhere(rf" +(?=[،؛؟»›)\]}}…]|![^=]|!$|[.:](?:\s|$|{_P}))", ""),
    _everywhere(r"[«‹(\[{] +", lambda m: m[0][0]),
    _everywhere("،(?: ?،)+", "،"),
    _everywhere(rf"[،؛؟](?=[\w{STAND_INS}«‹(\[])", lambda m: m[0] + " "),
    _everywhere(
        rf"[!:…](?:(?<=[\w»›)\]{HAMZA}{TANVIN}{STAND_INS}].)(?={_P})|(?<={_P}[:…])(?=[\w«(]))",
        lambda m: m[0] + " ",
    ),
    _everywhere(
        rf"\.(?:(?<=[\w{STAND_INS}«»)٪]{{2}}.)(?={_P}{{2}}|[«(])|(?<={_P}{{2}}.)(?=[A-Z۰-۹]))",
        ". ",
    ),
    _everywhere(rf"[»›)\]](?!{_SUFFIX}(?!{_P}))(?={_P})", lambda m: m[0] + " "),
    _everywhere(r"[»›)](?:(?<=[»›])(?=[A-Za-z0-9۰-۹])|(?=[«‹(]))", lambda m: m[0] + " "),
    _everywhere(
        rf"[(«‹\[](?:(?<={_P}[«‹\[])|(?<={_P}\()(?!{_SUFFIX}\))"
        rf"|(?<=[A-Za-z0-9۰-۹٪{MORE}][«‹])|(?<=[A-Za-z0-9۰-۹٪{MORE}]\()(?={_P}))",
        lambda m: " " + m[0],
    ),
)


def only_prose(rule: Rule) -> Rule:
    """`rule` in lines that have a Persian letter."""

    def in_prose(text: str) -> Iterator[Edit]:
        for edit in rule(text):
            start = text.rfind("\n", 0, edit[0]) + 1
            if _PERSIAN_LETTER.search(text, start, _line_end(text, edit[0])):
                yield edit

    return in_prose


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
