"""Tesseract reads what is drawn, and its failures are ours."""

import sys
from pathlib import Path

import pytest

from bot.documents import tesseract
from bot.documents.tesseract import Tesseract
from bot.errors import ModelBusy
from tests.documents.paper import WORDS, packed, written


@pytest.fixture
def reader() -> Tesseract:
    found = tesseract.find()
    if found is None:
        pytest.skip("tesseract with Persian (tesseract-ocr-fas) is not installed")
    return found


async def test_it_reads_print(reader: Tesseract) -> None:
    answer = await reader.read(packed(written(6)))

    words = answer.text.split()
    assert sum(word in WORDS for word in words) > 0.7 * len(words) > 20
    assert answer.model == "tesseract fas+eng"


async def test_a_glance_keeps_the_lines(reader: Tesseract) -> None:
    assert len((await reader.glance(packed(written(3)))).split("\n")) >= 3


async def test_what_is_no_picture_is_a_failure(reader: Tesseract) -> None:
    with pytest.raises(ModelBusy, match="exit code"):
        await reader.read(b"no picture")


def script(folder: Path, body: str) -> str:
    program = folder / "tesseract"
    program.write_text(f"#!{sys.executable}\n{body}\n", encoding="utf-8")
    program.chmod(0o755)
    return str(program)


async def test_a_hanging_program_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "SECONDS", 0.2)
    reader = Tesseract(script(tmp_path, "import time; time.sleep(60)"), "fas")

    with pytest.raises(ModelBusy, match="no answer"):
        await reader.read(b"")


def test_without_persian_it_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert tesseract.find() is None

    script(tmp_path, "print('List of available languages (1):'); print('eng')")
    assert tesseract.find() is None

    script(tmp_path, "print('fas')")
    found = tesseract.find()
    assert found and found.name == "tesseract fas"
