"""Word documents, read back as Word does."""

import io
import zipfile
from xml.etree import ElementTree

import pytest

from bot.documents.markup import blocks
from bot.documents.word import runs_from_right, word

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def body(markdown: str) -> ElementTree.Element:
    """The document of a .docx; every other part is well-formed XML too."""
    archive = zipfile.ZipFile(io.BytesIO(word(blocks(markdown))))
    parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    assert {"[Content_Types].xml", "_rels/.rels", "word/styles.xml"} <= set(parts)
    return parts["word/document.xml"]


def runs(markdown: str) -> list[tuple[str, bool]]:
    """The texts of all runs, and whether each runs from the right."""
    return [
        ("".join(run.itertext()), run.find(f"{W}rPr/{W}rtl") is not None)
        for run in body(markdown).iter(f"{W}r")
    ]


def test_persian_paragraphs_run_from_the_right_and_latin_ones_do_not():
    first, second = body("سلام دنیا\n\nHello world").iter(f"{W}p")

    assert first.find(f"{W}pPr/{W}bidi") is not None
    assert second.find(f"{W}pPr/{W}bidi") is None


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("مدل (GPT-4) است", [("مدل (", True), ("GPT-4", False), (") است", True)]),
        ("روش GPT (4) بود", [("روش ", True), ("GPT (4)", False), (" بود", True)]),
        ("۳٫۵ درصد", [("۳٫۵ درصد", True)]),
        ("on BERT", [("on BERT", False)]),
    ],
)
def test_each_script_keeps_its_direction(line, parts):
    assert runs(line) == parts


def test_headings_tables_and_code_have_their_own_look():
    document = body("## عنوان\n\n|الف|ب|\n|-|-|\n|۱|\n\n```\nx = 1\n```")
    styles = [style.get(f"{W}val") for style in document.iter(f"{W}pStyle")]
    rows = [len(row.findall(f"{W}tc")) for row in document.iter(f"{W}tr")]

    assert styles == ["Heading2", "Verbatim"]
    assert rows == [2, 2]
    assert document.find(f".//{W}tblPr/{W}bidiVisual") is not None


def test_what_xml_cannot_hold_is_left_out_and_marks_are_text():
    assert runs("a\x00b\x0b <w:p> & c") == [("ab <w:p> & c", False)]


def test_nothing_is_loaded_and_nothing_is_a_link():
    archive = zipfile.ZipFile(io.BytesIO(word(blocks("[x](https://example.org) https://a.b"))))
    parts = b"".join(map(archive.read, archive.namelist()))

    assert b"hyperlink" not in parts and b'TargetMode="External"' not in parts


def test_the_same_text_is_the_same_file():
    assert word(blocks("سلام")) == word(blocks("سلام"))


def test_an_empty_text_is_a_document_too():
    assert list(body("").iter(f"{W}p"))


@pytest.mark.parametrize(
    ("text", "right"), [("سلام BERT", True), ("a long line و", False), ("۱۲", False), ("", False)]
)
def test_half_of_the_letters_decide(text, right):
    assert runs_from_right(text) is right
