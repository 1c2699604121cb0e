"""The Markdown of read pages -> blocks, and blocks -> plain text. Pure.

Knows as much of Markdown as a prompt asks for: headings, paragraphs, lists, quotes, tables, code,
rules, and formulas in dollar signs; whatever looks different is a paragraph. Nothing in a text
becomes a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Style(StrEnum):
    """How a stretch of a line looks."""

    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a line in one style; None: as it is."""

    text: str
    style: Style | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` from 1."""

    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; `quoted` when it is somebody's words."""

    line: Line
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A point of a list: `mark` is its number as written, or empty; `depth` from 0."""

    line: Line
    mark: str = ""
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the first of them the heads."""

    rows: tuple[tuple[Line, ...], ...]


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Code, or a formula that stands alone."""

    text: str
    formula: bool = False


Block = Heading | Paragraph | Item | Table | Verbatim

_HEADING = re.compile(r"(#{1,6})[ \t]+(.*)$")
_ITEM = re.compile(r"([ \t]*)(?:[-*+•]|([0-9\u06f0-\u06f9]{1,4}[.)-]))[ \t]+(.+)$")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_ROW = re.compile(r"[ \t]*\|.*\|[ \t]*$")
_BETWEEN_HEADS = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$")
_CELLS = re.compile(r"(?<!\\)\|")
_FORMULA = re.compile(r"[ \t]*(?:\$\$(.*?)\$\$|\\\[(.*?)\\\])[ \t]*$")
_OPENS_FORMULA = re.compile(r"[ \t]*(?:\$\$|\\\[)[ \t]*$")
_ENDS_FORMULA = re.compile(r"[ \t]*(?:\$\$|\\\])[ \t]*$")
_STYLED = re.compile(
    r"`(?P<code>[^`\n]+)`|(?<!\\)\$(?P<formula>[^\s$](?:[^$\n]*[^\s$\\])?)\$(?!\d)"
    r"|\\\((?P<other>.{1,500}?)\\\)"
    r"|(?<!\\)\*\*(?P<bold>[^\s*](?:[^*\n]*[^\s*\\])?)\*\*"
    r"|(?<!\\)__(?P<strong>[^\s_](?:[^_\n]*[^\s_\\])?)__"
    r"|(?<![\w*\\])\*(?P<italic>[^\s*\\](?:[^*\n]*[^\s*\\])?)\*(?![\w*])"
)
_STYLES = {
    "code": Style.CODE,
    "formula": Style.FORMULA,
    "other": Style.FORMULA,
    "bold": Style.BOLD,
    "strong": Style.BOLD,
    "italic": Style.ITALIC,
}
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|$<>~])")
_BREAK = re.compile(r"[ \t]{0,4}<br[ \t]{0,4}/?>[ \t]{0,4}", re.IGNORECASE)


def blocks(markdown: str) -> list[Block]:
    """What `markdown` is made of, in order."""
    return list(_Reader(markdown.replace("\r\n", "\n").split("\n")).read())


class _Reader:
    """Goes through the lines once."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines, self._at = lines, 0

    def read(self) -> Iterator[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if fence := _FENCE.match(line):
                yield Verbatim(self._until(lambda later: later.strip().startswith(fence[1])))
            elif _OPENS_FORMULA.match(line):
                yield Verbatim(self._until(lambda later: bool(_ENDS_FORMULA.match(later))), True)
            elif whole := _FORMULA.match(line):
                yield Verbatim((whole[1] or whole[2] or "").strip(), formula=True)
            elif _ROW.match(line) and self._has_heads():
                yield self._table(line)
            elif line.strip() and not _RULE.match(line):
                yield self._words(line)

    def _until(self, ends: Callable[[str], bool]) -> str:
        """The lines up to one that ends them; to the last where none does."""
        start = self._at
        while self._at < len(self._lines) and not ends(self._lines[self._at]):
            self._at += 1
        self._at += 1
        return "\n".join(self._lines[start : self._at - 1])

    def _has_heads(self) -> bool:
        return self._at < len(self._lines) and bool(_BETWEEN_HEADS.match(self._lines[self._at]))

    def _table(self, heads: str) -> Table:
        rows = [_cells(heads)]
        self._at += 1
        while self._at < len(self._lines) and _ROW.match(self._lines[self._at]):
            rows.append(_cells(self._lines[self._at]))
            self._at += 1
        return Table(tuple(rows))

    def _words(self, line: str) -> Block:
        if heading := _HEADING.match(line.strip()):
            return Heading(len(heading[1]), runs(heading[2].rstrip("# \t")))
        if item := _ITEM.match(line):
            depth = len(item[1].replace("\t", "    ")) // 2
            return Item(runs(self._more(item[3])), item[2] or "", min(depth, 6))
        if line.lstrip().startswith(">"):
            return Paragraph(runs(line.strip().lstrip("> ")), quoted=True)
        return Paragraph(runs(self._more(line)))

    def _more(self, line: str) -> str:
        """A paragraph's further lines: Markdown's single line breaks are kept as they are."""
        lines = [line.strip()]
        while self._at < len(self._lines) and _goes_on(self._lines[self._at]):
            lines.append(self._lines[self._at].strip())
            self._at += 1
        return "\n".join(lines)


def _goes_on(line: str) -> bool:
    """Whether a line belongs to the paragraph before it."""
    begins = (_HEADING, _ITEM, _FENCE, _RULE, _ROW, _FORMULA, _OPENS_FORMULA)
    stripped = line.strip()
    return bool(stripped) and stripped[0] != ">" and not any(b.match(line) for b in begins)


def _cells(row: str) -> tuple[Line, ...]:
    inner = row.strip().removeprefix("|")
    if not inner.endswith("\\|"):
        inner = inner.removesuffix("|")
    return tuple(runs(cell.strip()) for cell in _CELLS.split(inner))


def runs(line: str) -> Line:
    """A line's stretches by their styles."""
    found: list[Run] = []
    at = 0
    line = _BREAK.sub("\n", line)
    for match in _STYLED.finditer(line):
        kind = match.lastgroup or ""
        style = _STYLES[kind]
        found.append(Run(_bare(line[at : match.start()])))
        whole = match[kind]
        found.append(Run(whole if style in (Style.CODE, Style.FORMULA) else _bare(whole), style))
        at = match.end()
    found.append(Run(_bare(line[at:])))
    return tuple(run for run in found if run.text)


def _bare(text: str) -> str:
    """Text without the backslashes that keep Markdown from reading it."""
    return _ESCAPED.sub(r"\1", text)


def words(line: Line) -> str:
    """A line without its styles."""
    return "".join(run.text for run in line)


def plain_text(markdown: str) -> str:
    """`markdown` without its marks; the cells of a table stand between tabulators."""
    return "\n\n".join(_joined(blocks(markdown))).strip()


def _joined(parts: Iterable[Block]) -> Iterator[str]:
    """The blocks as text, the points of a list together."""
    points: list[str] = []
    for block in parts:
        if isinstance(block, Item):
            points.append(f"{'  ' * block.depth}{block.mark or '•'} {words(block.line)}")
            continue
        if points:
            yield "\n".join(points)
            points = []
        yield _as_text(block)
    if points:
        yield "\n".join(points)


def _as_text(block: Heading | Paragraph | Table | Verbatim) -> str:
    if isinstance(block, Table):
        return "\n".join("\t".join(words(cell) for cell in row) for row in block.rows)
    return block.text if isinstance(block, Verbatim) else words(block.line)
