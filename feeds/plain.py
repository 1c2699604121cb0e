"""HTML or Markdown from a feed -> plain text with its paragraphs and bullets. Pure.

Does not defuse what the text says (links, @names, direction): see bot.persian.typography.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_BLOCKS = re.compile(
    "address|article|aside|blockquote|center|d[dlt]|details|div|fieldset|figcaption|figure"
    "|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|section|table|tr|ul"
)
_HIDDEN = re.compile("script|style|template|noscript|iframe|object|svg|math|head|title")
_LINE_END = re.compile(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_MARKUP = re.compile(r"<[a-zA-Z!/?]|&(?:#\d|#x[0-9a-fA-F]|[a-zA-Z]+;)")


class _Text(HTMLParser):
    """Collects the readable text of a document, whatever its faults."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _HIDDEN.fullmatch(tag):
            self._hidden += 1
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n• ")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif _BLOCKS.fullmatch(tag):
            self.parts.append("\n\n")
        self._preformatted += tag == "pre"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # <script/> hides nothing: without this it would hide all that follows.
        if not _HIDDEN.fullmatch(tag):
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if _HIDDEN.fullmatch(tag):
            self._hidden = max(0, self._hidden - 1)
        elif _BLOCKS.fullmatch(tag):
            self.parts.append("\n\n")
        if tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data if self._preformatted else re.sub(r"\s+", " ", data))


def from_html(html: str) -> str:
    """The text of an HTML fragment; a text without markup comes back with its lines."""
    if not _MARKUP.search(html):
        return fold(html)
    reader = _Text()
    try:
        reader.feed(html)
        reader.close()
    except AssertionError:
        # html.parser gives up on a few malformed declarations (`<![x`); what it read stands.
        return fold("".join(reader.parts) or unescape(re.sub(r"<[^>]*>", " ", html)))
    return fold("".join(reader.parts))


def from_markdown(text: str) -> str:
    """The text of GitHub Markdown: no pictures, comments, link targets, heading or bold marks."""
    text = re.sub(r"<!--.*?(?:-->|\Z)", "", text, flags=re.DOTALL)
    text = re.sub(r"!\[[^\]\n]*\]\([^)\n]*\)", "", text)
    text = re.sub(r"\[([^\]\n]+)\]\([^)\s]+[^)\n]*\)", r"\1", text)
    text = re.sub(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", r"\n\1\n", text, flags=re.M)
    text = re.sub(r"^([ \t]*)[-*+][ \t]+", r"\1• ", text, flags=re.M)
    text = re.sub(r"(\*\*|__)(?=\S)([^\n]+?)\1", r"\2", text)
    text = re.sub(r"^[ \t]*(?:```|~~~).*$", "", text, flags=re.M)
    if re.search(r"</?[a-zA-Z][^>\n]*>", text):
        # Line ends mean something in Markdown but not in HTML: <br> carries them over.
        return from_html(text.replace("\r\n", "\n").replace("\n", "<br>"))
    return fold(text)


def fold(text: str) -> str:
    """Spaces folded, at most one empty line between paragraphs, no control characters."""
    lines = (line(part) for part in _LINE_END.split(text))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(text: str) -> str:
    """The text as one line without control characters, for titles and names."""
    words = " ".join(text.split())
    # Nearly all texts are printable, and the question costs a twentieth of the substitution.
    return words if words.isprintable() else _CONTROL.sub("", words)
