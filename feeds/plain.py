"""HTML or Markdown from a feed -> plain text with its paragraphs and bullets. Pure.

Does not defuse what the text says (links, @names, direction): see bot.persian.typography.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_BLOCK = re.compile(
    "address|article|aside|blockquote|center|d[dlt]|details|div|fieldset|figcaption|figure"
    "|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|section|table|tr|ul"
)
_HIDDEN = re.compile("script|style|template|noscript|iframe|object|svg|math|head|title")

# Not html.parser: a few kilobytes of "<a <a <a" keep it busy for minutes. Here a tag ends before
# the next "<" and nothing is read twice (*+ never gives back), so that time grows with length.
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][\w:-]*+)[^<>]*+>|(?P<comment><!--)|<[!?][^<>]*+>"
)
_MARKUP = re.compile(r"<[a-zA-Z!/?]|&(?:#\d|#x[0-9a-fA-F]|[a-zA-Z]+;)")
_LINE_END = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")


def from_html(html: str) -> str:
    """The text of an HTML fragment; a text without markup comes back with its lines."""
    return fold("".join(_pieces(html))) if _MARKUP.search(html) else fold(html)


def _pieces(html: str) -> Iterator[str]:
    """The readable texts of a fragment and the white space that its tags stand for."""
    position = 0
    preformatted = False
    while token := _TOKEN.search(html, position):
        yield _words(html[position : token.start()], preformatted)
        name = (token["name"] or "").lower()
        position = token.end()
        if token["comment"]:
            position = _after(r"-->", html, position)
        elif _HIDDEN.fullmatch(name) and not token["end"] and not token[0].endswith("/>"):
            position = _after(rf"</{name}\b[^<>]*+>?", html, position)
        elif name:
            yield _space(name, bool(token["end"]))
        preformatted = not token["end"] if name == "pre" else preformatted
    yield _words(html[position:], preformatted)


def _words(text: str, preformatted: bool) -> str:
    words = unescape(text)
    return words if preformatted else re.sub(r"\s+", " ", words)


def _space(name: str, end: bool) -> str:
    """What a reader sees of a tag."""
    if _BLOCK.fullmatch(name):
        return "\n\n"
    return "" if end else {"br": "\n", "li": "\n• ", "td": " ", "th": " "}.get(name, "")


def _after(pattern: str, text: str, position: int) -> int:
    """Where the first match of `pattern` ends, or the text's end when there is none."""
    found = re.compile(pattern, re.IGNORECASE).search(text, position)
    return found.end() if found else len(text)


def from_markdown(text: str) -> str:
    """The text of GitHub Markdown: no pictures, comments, link targets, heading or bold marks."""
    # Every repetition is bounded: notes of 100 kB made to be slow must not be.
    text = re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]\n]{0,300}\]\([^)\n]{0,1000}\)", "", text)
    text = re.sub(r"\[([^\]\n]{1,300})\]\([^)\n]{1,1000}\)", r"\1", text)
    text = re.sub(r"^ {0,3}#{1,6}[ \t](.*)$", _heading, text, flags=re.MULTILINE)
    text = re.sub(r"^([ \t]{0,20})[-*+][ \t]", r"\1• ", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__)(?=\S)([^\n]{1,300}?)\1", r"\2", text)
    text = re.sub(r"^[ \t]{0,20}(?:```|~~~).*$", "", text, flags=re.MULTILINE)
    if re.search(r"</?[a-zA-Z][^>\n]{0,300}>", text):
        # Line ends mean something in Markdown but not in HTML: <br> carries them over.
        return from_html(text.replace("\r\n", "\n").replace("\n", "<br>"))
    return fold(text)


def _heading(match: re.Match[str]) -> str:
    return f"\n{match[1].rstrip(' #')}\n"


def fold(text: str) -> str:
    """Spaces folded, at most one empty line between paragraphs, no control characters."""
    lines = (line(part) for part in _LINE_END.split(text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(text: str) -> str:
    """The text as one line without control characters, for titles and names."""
    words = " ".join(text.split())
    # Nearly all texts are printable, and the question costs a twentieth of the substitution.
    return words if words.isprintable() else " ".join(_CONTROL.sub("", words).split())
