"""The picture of /score, a PNG to share: Persian from the right, shaped by Raqm. Pure.

The font is Vazirmatn (bot/fonts, SIL Open Font License). Does not choose words: they come in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.persian.dates import day_of_month, digits

if TYPE_CHECKING:  # Pillow is an extra, and slow to import
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

FONTS = Path(__file__).parent / "fonts"
WIDTH, MARGIN = 1080, 72
PAPER, INK, FAINT, LINE = "#fbf8f2", "#22303c", "#7b8794", "#e6dfd3"
RIGHT, WRONG = "#1f9d76", "#e2725b"


@dataclass(frozen=True, slots=True)
class Bar:
    """Of so many answers so many were right."""

    label: str
    right: int
    answered: int
    told: str = ""
    """The same in words, beside the bar of a subject."""


@dataclass(frozen=True, slots=True)
class Card:
    """All that the picture shows, in words that are ready to be shown."""

    title: str
    signature: str
    figures: tuple[tuple[str, str], ...]
    """(value, what it is), from the right."""
    days_label: str
    legend: tuple[str, str]
    """What the two colours of the bars mean: right, and not."""
    days: tuple[Bar, ...]
    """The oldest first; drawn from the right, as Persian is read."""
    subjects_label: str
    subjects: tuple[Bar, ...] = ()


@cache
def can_draw() -> bool:
    """Whether Pillow is here, with the shaping that Persian needs."""
    if not find_spec("PIL"):
        return False
    from PIL import features

    return bool(features.check("raqm"))


def days(
    answers: Iterable[tuple[str, int]], today: date, count: int, zone: ZoneInfo
) -> tuple[Bar, ...]:
    """A bar for each of the last `count` days, of (when, right?) of each answer.

    They bear their days of the Jalali month.
    """
    bars: dict[date, tuple[int, int]] = {}
    for at, right in answers:
        day = datetime.fromisoformat(at).astimezone(zone).date()
        known = bars.get(day, (0, 0))
        bars[day] = known[0] + right, known[1] + 1
    each = (today - timedelta(days=back) for back in reversed(range(count)))
    return tuple(Bar(day_of_month(day), *bars.get(day, (0, 0))) for day in each)


def draw(card: Card) -> bytes:
    """The picture, as PNG. For a thread: it takes some tens of milliseconds."""
    from PIL import Image, ImageDraw

    height = 830 + (110 + 74 * len(card.subjects) if card.subjects else 0)
    image = Image.new("RGB", (WIDTH, height), PAPER)
    canvas = ImageDraw.Draw(image)
    _heading(canvas, card)
    _figures(canvas, card, 190)
    _days(canvas, card, 400)
    if card.subjects:
        _subjects(canvas, card, 800)
    _write(canvas, (WIDTH - MARGIN, height - 62), card.signature, 30, FAINT)
    png = BytesIO()
    image.save(png, "PNG")
    return png.getvalue()


@cache
def _font(size: int, bold: bool) -> FreeTypeFont:
    from PIL import ImageFont

    name = f"Vazirmatn-{'Bold' if bold else 'Regular'}.woff2"
    return ImageFont.truetype(FONTS / name, size, layout_engine=ImageFont.Layout.RAQM)


def _write(
    canvas: ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    ink: str = INK,
    *,
    bold: bool = False,
    anchor: str = "ra",
) -> None:
    canvas.text(*(at, text, ink, _font(size, bold), anchor), direction="rtl", language="fa")


def _heading(canvas: ImageDraw, card: Card) -> None:
    canvas.rectangle((0, 0, WIDTH, 14), fill=RIGHT)
    _write(canvas, (WIDTH - MARGIN, 60), card.title, 62, bold=True)


def _figures(canvas: ImageDraw, card: Card, top: int) -> None:
    step = (WIDTH - 2 * MARGIN) / len(card.figures)
    for number, (value, label) in enumerate(card.figures):
        middle = WIDTH - MARGIN - step * (number + 0.5)
        _write(canvas, (middle, top), value, 76, RIGHT, bold=True, anchor="ma")
        _write(canvas, (middle, top + 108), label, 32, FAINT, anchor="ma")


def _days(canvas: ImageDraw, card: Card, top: int) -> None:
    _write(canvas, (WIDTH - MARGIN, top), card.days_label, 34, bold=True)
    _legend(canvas, card, top)
    ground, tallest = top + 290, 200
    most = max((bar.answered for bar in card.days), default=0) or 1
    step = (WIDTH - 2 * MARGIN) / max(len(card.days), 1)
    for number, bar in enumerate(card.days):
        left = WIDTH - MARGIN - step * (number + 0.85)
        box = left, left + step * 0.7
        high = ground - tallest * bar.answered / most
        middle = ground - tallest * bar.right / most
        if bar.answered:
            canvas.rounded_rectangle((box[0], high, box[1], ground), 8, fill=WRONG)
        if bar.right:
            canvas.rounded_rectangle((box[0], middle, box[1], ground), 8, fill=RIGHT)
        if not bar.answered:
            canvas.rounded_rectangle((box[0], ground - 6, box[1], ground), 3, fill=LINE)
        _write(canvas, ((box[0] + box[1]) / 2, ground + 14), bar.label, 24, FAINT, anchor="ma")
        if bar.answered:
            figure = digits(bar.answered)
            _write(canvas, ((box[0] + box[1]) / 2, high - 4), figure, 24, FAINT, anchor="md")
    canvas.line((MARGIN, ground + 8, WIDTH - MARGIN, ground + 8), fill=LINE, width=3)


def _legend(canvas: ImageDraw, card: Card, top: int) -> None:
    at = float(MARGIN)
    for ink, word in zip((WRONG, RIGHT), reversed(card.legend), strict=True):
        wide = _font(26, False).getlength(word, direction="rtl", language="fa")
        canvas.rounded_rectangle((at + wide + 10, top + 14, at + wide + 32, top + 36), 5, fill=ink)
        _write(canvas, (at + wide, top + 8), word, 26, FAINT)
        at += wide + 60


def _subjects(canvas: ImageDraw, card: Card, top: int) -> None:
    _write(canvas, (WIDTH - MARGIN, top), card.subjects_label, 34, bold=True)
    whole = WIDTH - 2 * MARGIN - 480
    for number, bar in enumerate(card.subjects):
        at = top + 74 + 74 * number
        _write(canvas, (WIDTH - MARGIN, at), bar.label, 32)
        right = WIDTH - MARGIN - 340
        canvas.rounded_rectangle((right - whole, at + 8, right, at + 44), 18, fill=LINE)
        share = bar.right / bar.answered if bar.answered else 0
        if share:
            end = max(whole * share, 36)
            canvas.rounded_rectangle((right - end, at + 8, right, at + 44), 18, fill=RIGHT)
        _write(canvas, (MARGIN + 110, at + 6), bar.told, 28, FAINT)
