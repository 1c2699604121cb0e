"""Finds what Telegram makes clickable by itself: addresses, mentions, hashtags, commands.

Follows the rules of TDLib's MessageEntity.cpp. Phone numbers follow the international form only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

from bot.demo.domains import COMMON_TLDS
from bot.demo.entities import Entity, overlaps_any

Span = tuple[int, int]

_SHORT_NAMES = ("gif", "vid", "pic")
_PATH_END = ".:;,('?!`"

_MENTION = re.compile(r"(?<!\w)@([A-Za-z0-9_]{2,32})(?!\w)")
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])")
_CASHTAG = re.compile(r"\$(?:1INCH|[A-Z]{1,8})")
_PHONE = re.compile(r"(?<![\w+])\+\d(?:[ -]?\d){7,14}(?!\w)")
_OWN_SCHEME = re.compile(
    r"(?<![A-Za-z0-9])(?:tg|ton)://[A-Za-z0-9_-]{1,253}(?P<path>[/?#][^\n<>\"«»]*)?", re.IGNORECASE
)
# ASCII of host names, and all letters and signs beyond but spaces and general punctuation;
# the counts only keep a hostile text from costing more than a long one
_PART = r"[.\w~\xc0-\u167f\u1681-\u1fff\u200c\u200d\u2010-\u2015\u2070-\u2fff\u3001-\U0010ffff-]"
_ADDRESS = re.compile(
    r"(?P<scheme>(?:https?|ftp)://)?"
    r"(?P<user>[^\s/\[\]{}()'`<>\"@«»]{1,256}@)?"
    rf"(?P<domain>{_PART}{{1,253}}\.{_PART}{{1,253}})"
    r"(?P<port>:\d{1,5})?"
    r"(?P<path>[/?#][^\n<>\"«»]*)?",
    re.IGNORECASE,
)
_EMAIL = re.compile(
    r"(?:[a-z0-9_-]{0,26}[.+]){0,10}[a-z0-9_-]{1,35}"
    r"@(?:(?:[a-z0-9][a-z0-9_-]{0,28})?[a-z0-9]\.){1,6}[a-z]{2,8}",
    re.IGNORECASE,
)


def detect(text: str, asked: Sequence[Entity]) -> list[Entity]:
    """Entities that nobody asked for, outside of the links and code that somebody did."""
    at = _utf16_offsets(text)
    found: list[Entity] = []
    for kind, find in _FINDERS:
        for start, end in find(text):
            entity = Entity(kind, at[start], at[end] - at[start])
            if not overlaps_any(entity, asked) and not overlaps_any(entity, found):
                found.append(entity)
    return found


def _utf16_offsets(text: str) -> Sequence[int]:
    """The UTF-16 position of every character, and of the end."""
    if text.isascii():
        return range(len(text) + 1)
    return [0, *accumulate(1 + (character > "\uffff") for character in text)]


def _is_tag_letter(character: str) -> bool:
    """May stand in a hashtag: letters, decimal digits, _, ZWNJ and the middle dot."""
    if character in "_\u200c\xb7" or "\u0d80" <= character <= "\u0dff":
        return True
    kind = unicodedata.category(character)
    return kind.startswith("L") or kind == "Nd"


def find_hashtags(text: str) -> Iterator[Span]:
    """#words with at least one letter, not glued to a word or to another #."""
    at = text.find("#")
    while at >= 0:
        end = at + 1
        while end < len(text) and _is_tag_letter(text[end]):
            end += 1
        glued = (at > 0 and _is_tag_letter(text[at - 1])) or text[end : end + 1] == "#"
        end_kept = min(end, at + 257)
        if not glued and any(unicodedata.category(c)[0] == "L" for c in text[at + 1 : end_kept]):
            yield at, end_kept
        at = text.find("#", max(end, at + 1))


def _find_cashtags(text: str) -> Iterator[Span]:
    for found in _CASHTAG.finditer(text):
        around = text[max(found.start() - 1, 0) : found.start()] + text[found.end() :][:1]
        if not any(c == "$" or _is_tag_letter(c) for c in around):
            yield found.span()


def _find_mentions(text: str) -> Iterator[Span]:
    for found in _MENTION.finditer(text):
        if len(found[1]) >= 4 or found[1].lower() in _SHORT_NAMES:
            yield found.span()


def _spans(pattern: re.Pattern[str]) -> Callable[[str], Iterable[Span]]:
    return lambda text: (found.span() for found in pattern.finditer(text))


def _find_emails(text: str) -> Iterator[Span]:
    for found in _ADDRESS.finditer(text):
        if found["user"] and not found["scheme"]:
            user = found["user"]
            start = found.end("user") - len(user.removeprefix("mailto:"))
            end = found.start("domain") + len(found["domain"].rstrip("."))
            if _EMAIL.fullmatch(text, start, end):
                yield start, end


def find_urls(text: str) -> Iterator[Span]:
    """Addresses with a scheme, and bare domains under a known top-level domain."""
    at = 0
    while found := _ADDRESS.search(text, at):
        start, end = found.start(), _address_end(found)
        at = max(found.end("domain"), end)
        if _is_free(text, start) and end > start:
            yield start, end


def _find_own_links(text: str) -> Iterator[Span]:
    for found in _OWN_SCHEME.finditer(text):
        path = found["path"] or ""
        yield found.start(), found.end() - len(path) + len(_path(path))


def _is_free(text: str, start: int) -> bool:
    """Whether an address may begin here: not in the middle of a word or of a longer path."""
    before = text[start - 1 : start] if start else ""
    return not (before and (before.isalnum() or before in "_/#@"))


def _address_end(found: re.Match[str]) -> int:
    """Where the address stops, its closing punctuation left out; its start if it is none."""
    domain = found["domain"].rstrip(".")
    if not _is_domain(domain, has_scheme=bool(found["scheme"])):
        return found.start()
    if len(domain) < len(found["domain"]):
        return found.start("domain") + len(domain)
    end = found.end("port") if found["port"] else found.end("domain")
    return end + len(_path(found["path"] or ""))


def _path(path: str) -> str:
    """The part of a path that belongs to the address: no blanks, brackets in balance."""
    balance = dict.fromkeys(_BRACKETS.values(), 0)
    end = 0
    for character in path:
        if character in _BRACKETS:
            balance[_BRACKETS[character]] += 1
        elif character in balance:
            balance[character] -= 1
        if _is_blank(character) or min(balance.values()) < 0:
            break
        end += 1
    kept = path[:end].rstrip(_PATH_END)
    return "" if kept in ("?", "#") else kept


_BRACKETS = {"(": ")", "[": "]", "{": "}"}


def _is_blank(character: str) -> bool:
    """A separator, or punctuation of U+2000 to U+206F other than ZWNJ, ZWJ and dashes."""
    if "\u2000" <= character <= "\u206f":
        return character not in "\u200c\u200d" and not "\u2010" <= character <= "\u2015"
    return unicodedata.category(character)[0] == "Z" or character in "\t\r"


def _is_domain(domain: str, has_scheme: bool) -> bool:
    parts = domain.split(".")
    if len(parts) < 2 or any(not p or len(p) >= 64 or p.endswith("-") for p in parts):
        return False
    if all(part.isdigit() for part in parts):
        return len(parts) == 4 and all(_is_octet(part) for part in parts)
    tld = parts[-1]
    if len(tld) < 2 or "_" in parts[-2]:
        return False
    if tld.startswith("xn--"):
        return len(tld) > 5
    return "_" not in tld and "-" not in tld and (has_scheme or _is_common(tld))


def _is_octet(part: str) -> bool:
    return part.isascii() and len(part) <= 3 and int(part) < 256 and str(int(part)) == part


def _is_common(tld: str) -> bool:
    """Known, and written in lower or upper case but not in Mixed, as a sentence begins."""
    lower = tld.lower()
    is_sentence = lower != tld and tld[1:] == lower[1:]
    return lower in COMMON_TLDS and not is_sentence


_FINDERS: tuple[tuple[str, Callable[[str], Iterable[Span]]], ...] = (
    ("email", _find_emails),
    ("url", _find_own_links),
    ("url", find_urls),
    ("mention", _find_mentions),
    ("bot_command", _spans(_COMMAND)),
    ("hashtag", find_hashtags),
    ("cashtag", _find_cashtags),
    ("phone_number", _spans(_PHONE)),
)
