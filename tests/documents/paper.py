"""Sheets of paper for the tests: written in Latin print, blank, speckled; and scripted readers."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from bot.documents.reader import Answer

SIZE = (800, 1100)
WORDS = ("the", "small", "letters", "of", "print", "stand", "on", "a", "line", "and", "up")
LONG = " ".join(f"Sentence {n} of this page says something else." for n in range(12))
HALF = " ".join(f"Sentence {n} stands in a half of the page." for n in range(6))


def written(lines: int = 24, size: tuple[int, int] = SIZE) -> Image.Image:
    """A page with so many lines of print."""
    page = Image.new("L", size, 255)
    pen = ImageDraw.Draw(page)
    chance = random.Random(lines)
    font = ImageFont.load_default(20)
    for line in range(lines):
        words = " ".join(chance.choices(WORDS, k=14))
        pen.text((60, 60 + line * 40), words[:70], font=font, fill=0)
    return page


def speckled(specks: int) -> Image.Image:
    """A blank sheet that was scanned: grey paper and specks of a pixel."""
    page = Image.new("L", SIZE, 235)
    chance = random.Random(specks)
    for _ in range(specks):
        page.putpixel((chance.randrange(SIZE[0]), chance.randrange(SIZE[1])), 20)
    return page


def packed(page: Image.Image, form: str = "JPEG", **how: Any) -> bytes:
    """The page as a file."""
    file = io.BytesIO()
    page.save(file, form, **how)
    return file.getvalue()


def tiff(pages: Iterable[Image.Image]) -> bytes:
    """One TIFF of all pages."""
    first, *others = pages
    return packed(first, "TIFF", save_all=True, append_images=others)


class Scripted:
    """A reader that gives its answers in order, the last one for ever; remembers what it read."""

    version = "1"

    def __init__(self, *answers: str | Answer | Exception, name: str = "eye") -> None:
        self.name = name
        self._answers = list(answers)
        self.asked: list[bytes] = []
        self.warmths: list[float] = []
        self.told: list[str] = []

    async def read(self, jpeg: bytes, *, warmth: float = 0.0, before: str = "") -> Answer:
        """The next answer."""
        self.asked.append(jpeg)
        self.warmths.append(warmth)
        self.told.append(before)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Answer) else Answer(answer, model=self.name)

    async def glance(self, jpeg: bytes, like: str = "") -> str:
        """The next answer's text."""
        return (await self.read(jpeg)).text


class Drawer:
    """A cache in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}

    def get(self, key: str) -> dict[str, Any] | None:
        """What was kept."""
        return self.kept.get(key)

    def put(self, key: str, page: dict[str, Any]) -> None:
        """Keep it."""
        self.kept[key] = page
