"""How well documents are read: character error rates against the fixtures' truth.

    python -m tests.eval.ocr [--zerox]     per file: peyk, peyk --full, a plain 150 dpi picture
    python -m tests.eval.ocr --sizes       which side and quality of the picture read best
    python -m tests.eval.ocr --layers      how layers agree with the pages they stand on

The reader behind the model is tesseract (../shared/tools/vision_server.py), whose Persian moves by
0.05 to 0.2 with the size of the picture in no steady direction: judge by it order, rotation, blank
pages, small print and layers.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from statistics import fmean
from time import perf_counter
from types import ModuleType

import pypdfium2

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from bot.config import Settings  # noqa: E402 - after the path is set
from bot.documents import layer, pieces, tesseract  # noqa: E402
from bot.documents.drawing import Drawing  # noqa: E402
from bot.documents.page import PageText  # noqa: E402
from bot.documents.read import reading_room  # noqa: E402
from bot.documents.reader import VisionReader  # noqa: E402
from bot.models.door import OpenAIModel  # noqa: E402
from db.schema import open_db  # noqa: E402
from tests.eval import ocr_peer  # noqa: E402
from tests.eval.ocr_peer import FIXTURES, vision_server  # noqa: E402

LONG = 4
"""So many pages of the long files."""
SIZES = [(1056, 70), (1280, 70), (1600, 50), (1600, 70), (1600, 85), (1754, 70), (2048, 70)]
"""Sides in pixels and qualities of JPEG."""
A4 = 11.69
"""Inches of its longer side."""


@dataclass(frozen=True, slots=True)
class Score:
    """Error rates of a document, means of its pages."""

    cer: float
    cells: float | None


@cache
def _scorer() -> ModuleType:
    return ocr_peer.scorer()


def documents() -> Iterator[tuple[Path, list[int]]]:
    """The fixtures, with the pages of each that are read."""
    for path in sorted(FIXTURES.glob("*.pdf")):
        pages = len(list(FIXTURES.glob(f"{path.stem}.p*.txt")))
        yield path, list(range(1, min(pages, LONG) + 1))


def scored(document: Path, texts: Mapping[int, str]) -> Score:
    """The error rates of what was read of a document."""
    found = []
    for page, text in texts.items():
        stem = FIXTURES / f"{document.stem}.p{page:02}"
        meta = stem.with_name(f"{stem.name}.meta.json")
        told = json.loads(meta.read_text("utf-8")) if meta.exists() else None
        truth = stem.with_name(f"{stem.name}.txt").read_text("utf-8")
        found.append(_scorer().score(truth, text, told))
    cells = [row["cells_recall"] for row in found if "cells_recall" in row]
    return Score(fmean(row["cer"] for row in found), fmean(cells) if cells else None)


async def by_peyk(url: str, path: Path, pages: Sequence[int], *, full: bool) -> list[PageText]:
    """The pages as peyk reads them."""
    content = path.read_bytes()
    settings = Settings(vision_model="vision", vision_url=url, vision_parallel=4)
    with closing(open_db(":memory:")) as db:
        room = reading_room(settings, db, lambda: datetime.now(UTC))
        async with Drawing([content]) as drawing:
            read = [page async for page in room.read(drawing, pages, job="eval", full=full)]
        await room.close()
    return read


async def by_picture(url: str, path: Path, pages: Sequence[int]) -> dict[int, str]:
    """The pages as a plain picture of 150 dpi gets them read: as they lie, the blank ones too."""
    door = OpenAIModel(url, "", "vision")
    texts = {}
    document = pypdfium2.PdfDocument(path.read_bytes())
    for page in pages:
        packed = io.BytesIO()
        drawn = document[page - 1].render(scale=150 / 72, grayscale=True).to_pil()
        drawn.convert("L").save(packed, "JPEG", quality=70)
        texts[page] = (await VisionReader(door).read(packed.getvalue())).text
    await door.close()
    return texts


async def table(*, with_zerox: bool) -> None:
    """A line for each file."""
    python = ocr_peer.zerox_python() if with_zerox else None
    print(f"{'file':24} {'pages':>5} {'peyk':>7} {'full':>7} {'150dpi':>7} {'zerox':>7}  read by")
    sums: dict[str, list[float]] = {}
    with vision_server("--mode", "tesseract") as server:
        for path, pages in documents():
            read = await by_peyk(server.url, path, pages, full=False)
            full = await by_peyk(server.url, path, pages, full=True)
            rows = {
                "peyk": {page.page: page.text for page in read},
                "full": {page.page: page.text for page in full},
                "150dpi": await by_picture(server.url, path, pages),
            }
            if python:
                told = ocr_peer.zerox(python, server.url, path)["pages"]
                rows["zerox"] = {page: told[page - 1] for page in pages}
            scores = {name: scored(path, texts) for name, texts in rows.items()}
            for name, score in scores.items():
                sums.setdefault(name, []).append(score.cer)
            origins = sorted({str(page.origin) for page in read})
            print(_row(path.stem, len(pages), scores, ", ".join(origins)), flush=True)
    means = {name: Score(fmean(values), None) for name, values in sums.items()}
    print(_row("mean of the files", 0, means, ""))


def _row(name: str, pages: int, scores: Mapping[str, Score], note: str) -> str:
    columns = [
        f"{scores[key].cer:7.3f}" if key in scores else " " * 7
        for key in ("peyk", "full", "150dpi", "zerox")
    ]
    cells = {key: score.cells for key, score in scores.items() if score.cells is not None}
    told = "".join(f" {key} cells {value:.2f}" for key, value in cells.items())
    return f"{name:24} {pages or '':>5} {' '.join(columns)}  {note}{told}"


async def sizes() -> None:
    """Mean error rate, KB and milliseconds to draw for each side and quality."""
    chosen = ["01_fa_text", "02_fa_scan200", "03_fa_scan150_noisy", "04_en_two_column"]
    chosen += ["05_fa_en_notes", "09_long40_scan"]
    print(f"{'side':>5} {'dpi':>4} {'quality':>7} {'CER':>6} {'English':>8} {'KB':>5} {'ms':>4}")
    with vision_server("--mode", "tesseract") as server:
        reader = VisionReader(OpenAIModel(server.url, "", "vision"))
        for side, quality in SIZES:
            cers, sizes, drawn = {}, [], []
            for path, pages in documents():
                if path.stem not in chosen:
                    continue
                async with Drawing([path.read_bytes()]) as drawing:
                    texts = {}
                    for page in pages[:2]:
                        started = perf_counter()
                        picture = await drawing.picture(page, side=side, quality=quality)
                        drawn.append(perf_counter() - started)
                        sizes.append(len(picture.jpeg))
                        texts[page] = (await reader.read(picture.jpeg)).text
                cers[path.stem] = scored(path, texts).cer
            english = cers["04_en_two_column"]
            print(
                f"{side:5} {side / A4:4.0f} {quality:7} {fmean(cers.values()):6.3f} {english:8.3f}"
                f" {fmean(sizes) / 1000:5.0f} {fmean(drawn) * 1000:4.0f}",
                flush=True,
            )


async def layers() -> None:
    """How much of a reading of a few lines each layer has: its own page's, and other pages'."""
    reader = tesseract.find()
    if reader is None:
        print("left out: tesseract with Persian is not installed")
        return
    own: list[tuple[str, list[str]]] = []
    readings: list[tuple[str, str]] = []
    for path, pages in documents():
        async with Drawing([path.read_bytes()]) as drawing:
            for page in pages:
                texts = await drawing.layers(page)
                picture = await drawing.picture(page)
                if picture.blank or not any(map(str.strip, texts)):
                    continue
                reading = await reader.glance(pieces.sample(picture.jpeg).jpeg, texts[-1])
                name = f"{path.stem} {page}"
                rated = [f"{layer.agreement(text, reading):.2f}" for text in texts]
                taken = layer.agreeing(layer.candidates(texts, picture.characters), reading)
                print(f"{name:24} {' '.join(rated)}  {'taken' if taken else 'refused'}")
                own.append((name, texts))
                readings.append((name, reading))
    stale = max(
        layer.agreement(text, reading)
        for (name, reading), (other, texts) in itertools.product(readings, own)
        if name != other
        for text in texts
    )
    print(f"the best of another page's layers: {stale:.2f}; taken from {layer.AGREES}")


def main() -> None:
    """Print the table that was asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--sizes", action="store_true")
    options.add_argument("--layers", action="store_true")
    options.add_argument("--zerox", action="store_true")
    asked = options.parse_args()
    if not FIXTURES.is_dir():
        print("left out: the fixtures in ../shared are not part of a clone")
    elif asked.sizes:
        asyncio.run(sizes())
    elif asked.layers:
        asyncio.run(layers())
    else:
        asyncio.run(table(with_zerox=asked.zerox))


if __name__ == "__main__":
    main()
