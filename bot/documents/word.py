"""Blocks of text as a Word document (.docx) that runs from the right where its words do. Pure.

Written part by part (ECMA-376, WordprocessingML): a few elements are all that is needed, and a
library for them would bring an XML parser in C along. Nothing in it is a link, and nothing in it
is loaded from anywhere.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from bot.documents.markup import (
    Block,
    Heading,
    Item,
    Line,
    Run,
    Style,
    Table,
    Verbatim,
    words,
)

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MADE = (1980, 1, 1, 0, 0, 0)
"""The same text is the same file, whenever it is made."""

_TYPES = f"""{_HEAD}<Types xmlns="{_PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="application/xml"/>\
<Override PartName="/word/document.xml" ContentType="application/\
vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>\
<Override PartName="/word/styles.xml" ContentType="application/\
vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>"""
_ROOT = f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/>\
</Relationships>"""
_PARTS = f"""{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">\
<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>"""

_FONT = '<w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:cs="Vazirmatn"/>'
_SIZES = {1: 36, 2: 32, 3: 28, 4: 26, 5: 24, 6: 24}
"""Half points."""
_BODY = 24
_INDENT = 360
"""Twentieths of a point for each depth of a list."""

_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_LETTER = re.compile(r"[^\W\d_]")
_FOREIGN = re.compile(
    "[0-9A-Za-z\u00c0-\u024f\u0370-\u052f]"
    "(?:[^\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\n]*[0-9A-Za-z\u00c0-\u024f\u0370-\u052f%+])?"
)
"""A Latin stretch in a line from the right, with the signs between its words, not around them."""
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_UNFIT = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (section 2.2)."""


def word(blocks: Iterable[Block]) -> bytes:
    """The bytes of a .docx with these blocks."""
    body = "".join(map(_block, blocks)) or "<w:p/>"
    section = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:bidi/></w:sectPr>'
    document = f'{_HEAD}<w:document xmlns:w="{_W}"><w:body>{body}{section}</w:body></w:document>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _ROOT),
            ("word/document.xml", document),
            ("word/_rels/document.xml.rels", _PARTS),
            ("word/styles.xml", _styles()),
        ):
            entry = zipfile.ZipInfo(name, _MADE)
            archive.writestr(entry, content.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def runs_from_right(text: str) -> bool:
    """Whether a paragraph of these words runs from the right: when half of its letters do."""
    letters = len(_LETTER.findall(text))
    return bool(letters) and len(_RIGHT.findall(text)) * 2 >= letters


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return _paragraph(block.line, f'<w:pStyle w:val="Heading{block.level}"/>')
    if isinstance(block, Item):
        mark = Run(f"{block.mark or '•'}\u00a0")
        indent = f'<w:ind w:left="{_INDENT * (block.depth + 1)}" w:hanging="{_INDENT}"/>'
        return _paragraph((mark, *block.line), "", indent)
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Verbatim):
        return "".join(
            _paragraph((Run(line, Style.CODE),), '<w:pStyle w:val="Verbatim"/>', left=True)
            for line in block.text.split("\n")
        )
    style = '<w:pStyle w:val="Quote"/>' if block.quoted else ""
    return _paragraph(block.line, style)


def _paragraph(line: Line, style: str = "", rest: str = "", *, left: bool = False) -> str:
    """A paragraph; its properties stand in the order that the schema wants."""
    right = not left and runs_from_right(words(line))
    properties = style + ("<w:bidi/>" if right else "") + rest
    head = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{head}{''.join(_run(run, right) for run in line)}</w:p>"


def _run(run: Run, right: bool) -> str:
    """A stretch; in a line from the right, Latin parts apart: each keeps its own direction."""
    if run.style in (Style.CODE, Style.FORMULA):
        return _piece(run.text, '<w:rStyle w:val="Code"/>')
    look = {
        Style.BOLD: "<w:b/><w:bCs/>",
        Style.ITALIC: "<w:i/><w:iCs/>",
        None: "",
    }[run.style]
    parts = _parts(run.text) if right else [(run.text, False)]
    return "".join(
        _piece(part, look + ("<w:rtl/>" if mirrored else "")) for part, mirrored in parts
    )


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """The parts of a line from the right, and whether each runs from the right itself."""
    at = 0
    for match in _FOREIGN.finditer(text):
        start, end = match.span()
        for opening, closing in _CLOSES.items():
            is_open = match[0].count(opening) > match[0].count(closing)
            end += is_open and text[end : end + 1] == closing
        if at < start:
            yield text[at:start], True
        yield text[start:end], False
        at = end
    if at < len(text):
        yield text[at:], True


def _piece(text: str, properties: str) -> str:
    head = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    lines = escape(_UNFIT.sub("", text)).split("\n")
    shown = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r>{head}{shown}</w:r>"


def _table(table: Table) -> str:
    right = runs_from_right(" ".join(words(cell) for row in table.rows for cell in row))
    look = '<w:tblStyle w:val="Grid"/>' + ("<w:bidiVisual/>" if right else "")
    width = max(len(row) for row in table.rows)
    rows = "".join(_row(row, width) for row in table.rows)
    grid = "<w:gridCol/>" * width
    return (
        f'<w:tbl><w:tblPr>{look}<w:tblW w:w="0" w:type="auto"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl><w:p/>"
    )


def _row(row: tuple[Line, ...], width: int) -> str:
    cells = (*row, *((),) * (width - len(row)))
    return f"<w:tr>{''.join(f'<w:tc>{_paragraph(cell)}</w:tc>' for cell in cells)}</w:tr>"


def _styles() -> str:
    size = f'<w:sz w:val="{_BODY}"/><w:szCs w:val="{_BODY}"/>'
    after = '<w:pPr><w:spacing w:after="120" w:line="300" w:lineRule="auto"/></w:pPr>'
    headings = "".join(
        _style(
            f"Heading{level}",
            f"heading {level}",
            f'<w:keepNext/><w:spacing w:before="240" w:after="120"/>'
            f'<w:outlineLvl w:val="{level - 1}"/>',
            f'<w:b/><w:bCs/><w:sz w:val="{size}"/><w:szCs w:val="{size}"/>',
        )
        for level, size in _SIZES.items()
    )
    mono = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Vazirmatn"/>'
    edge = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    quote = _style("Quote", "Quote", '<w:ind w:left="360" w:right="360"/>', "<w:i/><w:iCs/>")
    verbatim = _style("Verbatim", "Verbatim", '<w:spacing w:after="0"/>', mono)
    return (
        f'{_HEAD}<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>{_FONT}{size}'
        f'<w:lang w:val="en-US" w:bidi="fa-IR"/></w:rPr></w:rPrDefault>'
        f"<w:pPrDefault>{after}</w:pPrDefault></w:docDefaults>"
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal">'
        f'<w:name w:val="Normal"/></w:style>{headings}{quote}{verbatim}'
        '<w:style w:type="character" w:styleId="Code"><w:name w:val="Code"/>'
        f"<w:rPr>{mono}</w:rPr></w:style>"
        '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Grid"/>'
        f"<w:tblPr><w:tblBorders>{edge}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )


def _style(key: str, name: str, paragraph: str, run: str) -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/><w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>'
    )
