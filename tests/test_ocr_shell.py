"""`peyk ocr`: files in, Markdown out, mistakes in one line."""

from pathlib import Path

import pytest

from bot.documents.page import Origin, PageText
from bot.errors import ConfigError
from bot.ocr_shell import BAR, bar, mark, pages_of, summary, write
from tests.documents.paper import packed, speckled, tiff, written
from tests.pictures import pdf
from tests.shell import peyk
from tests.vision import VisionServer


def with_eye(eye: VisionServer) -> dict[str, str]:
    """The environment that names this model."""
    return {"PEYK_VISION_MODEL": "eye", "PEYK_VISION_BASE_URL": eye.url}


async def test_a_document_becomes_markdown(tmp_path: Path) -> None:
    document = tiff([written(9), speckled(9), written(12)])
    (tmp_path / "pages.tiff").write_bytes(document)
    async with VisionServer() as eye:
        await eye.knows(document)
        said = await peyk(tmp_path, "ocr", "pages.tiff", **with_eye(eye))

    assert said.code == 0
    assert said.out.index("شماره 1") < said.out.index("شماره 3")
    assert "3 pages: 2 read by the model, 1 blank" in said.err


async def test_some_pages_go_into_a_file(tmp_path: Path) -> None:
    document = tiff([written(9), written(10), written(12)])
    (tmp_path / "pages.tiff").write_bytes(document)
    async with VisionServer() as eye:
        await eye.knows(document)
        options = ("pages.tiff", "-o", "out.md", "--pages", "2-3", "--full")
        said = await peyk(tmp_path, "ocr", *options, **with_eye(eye))

    written_down = (tmp_path / "out.md").read_text("utf-8")
    assert (said.code, said.out, eye.calls[1]) == (0, "", 0)
    assert "شماره 2" in written_down and "شماره 3" in written_down


async def test_pictures_are_one_document(tmp_path: Path) -> None:
    pictures = [packed(written(lines)) for lines in (9, 12)]
    async with VisionServer() as eye:
        for number, picture in enumerate(pictures):
            (tmp_path / f"{number}.jpg").write_bytes(picture)
        said = await peyk(tmp_path, "ocr", "1.jpg", "0.jpg", **with_eye(eye))

    assert said.code == 0 and "2 pages" in said.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"MZ", "neither a PDF nor"),
        (b"%PDF-1.7 cut off", "damaged"),
        (pdf("One"), "nobody can read it"),
    ],
)
async def test_what_cannot_be_read_is_said_in_one_line(
    tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "file").write_bytes(content)

    said = await peyk(tmp_path, "ocr", "file", PATH="")  # where no tesseract is

    assert (said.code, said.out) == (1, "")
    assert told in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["gone.pdf"], "gone.pdf"),
        (["."], "."),
        (["file", "-o", "nowhere/out.md"], "nowhere"),
        (["file", "--pages", "5-9"], "5-9"),
        ([], "FILE"),
    ],
)
async def test_a_mistake_is_one_line_that_names_it(
    tmp_path: Path, options: list[str], named: str
) -> None:
    (tmp_path / "file").write_bytes(pdf("One"))

    said = await peyk(tmp_path, "ocr", *options)

    assert (said.code, said.out) == (2, "")
    assert named in said.err and said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("2-3,5", [2, 3, 5]),
        ("4-", [4, 5]),
        ("-2", [1, 2]),
        ("3,3,1", [3, 1]),
        ("4-99", [4, 5]),
    ],
)
def test_pages_are_named_as_people_name_them(wanted: str, meant: list[int]) -> None:
    assert list(pages_of(wanted, 5)) == meant


@pytest.mark.parametrize("wanted", ["0", "6", "x", "3-1", "1,,2", "1-2-3"])
def test_pages_that_are_not_there_are_a_mistake(wanted: str) -> None:
    with pytest.raises(ConfigError, match="--pages"):
        pages_of(wanted, 5)


def test_the_bar_grows() -> None:
    assert bar(0, 40).count("#") == 0 and bar(20, 40).count("#") == BAR // 2
    assert bar(40, 40) == f"[{'#' * BAR}] 40/40 pages"


def test_doubtful_pages_are_named() -> None:
    pages = [
        PageText(2, "x", Origin.MODEL, ("loop",)),
        PageText(1, "x", Origin.LAYER),
        PageText(3, "", Origin.NOBODY, ("damaged",)),
    ]

    assert summary(pages).endswith("page 2, 3") and "1 not read" in summary(pages)
    assert mark(pages[1]) == "" and "loop" in mark(pages[0])


def test_the_name_of_a_file_says_its_form(tmp_path: Path) -> None:
    for name in ("a.md", "a.txt", "a.docx"):
        write(tmp_path / name, "# Title\n\nSome **bold** text.\n")

    assert (tmp_path / "a.md").read_text("utf-8").startswith("# Title")
    assert "#" not in (tmp_path / "a.txt").read_text("utf-8")
    assert (tmp_path / "a.docx").read_bytes().startswith(b"PK")
    with pytest.raises(ConfigError, match="nowhere"):
        write(tmp_path / "nowhere" / "a.md", "")
