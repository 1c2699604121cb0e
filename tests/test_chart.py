"""The picture of /score."""

from datetime import date
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from bot import chart
from bot.chart import Bar, Card

pytest.importorskip("PIL", reason="Pillow is an extra")
LEGEND = ("درست", "نادرست")
CARD = Card("کارنامه", "@peyk_ai", (("۱", "روز"),), "روزها", LEGEND, (Bar("1", 0, 4),), "موضوع‌ها")


def pixels(card: Card):
    from PIL import Image

    return Image.open(BytesIO(chart.draw(card))).convert("RGB")


def test_letters_are_joined_and_run_from_the_right():
    whole = chart._font(60, False).getlength("سلام", direction="rtl", language="fa")
    apart = sum(chart._font(60, False).getlength(letter) for letter in "سلام")
    title = pixels(CARD).crop((0, 40, chart.WIDTH, 150)).convert("L").point(lambda p: p < 128)
    left, _, right, _ = title.getbbox()

    assert whole < apart
    assert left > chart.WIDTH / 2 and right > chart.WIDTH - chart.MARGIN - 20


def test_the_oldest_day_stands_at_the_right():
    days = (Bar("1", 4, 4), *(Bar(str(n), 0, 0) for n in range(2, 15)))
    image = pixels(Card("ک", "@p", (("۱", "روز"),), "روزها", LEGEND, days, "م"))
    green = tuple(int(chart.RIGHT[at : at + 2], 16) for at in (1, 3, 5))
    columns = [x for x in range(image.width) if image.getpixel((x, 600)) == green]

    assert columns and min(columns) > chart.WIDTH - chart.MARGIN - 80


def test_answers_fall_on_their_day_in_tehran():
    answers = [
        ("2026-11-21T20:29:00Z", 1),
        ("2026-11-21T20:31:00Z", 0),
        ("2026-11-22T05:00:00Z", 1),
    ]
    bars = chart.days(answers, date(2026, 11, 22), 3, ZoneInfo("Asia/Tehran"))

    assert [(bar.right, bar.answered) for bar in bars] == [(0, 0), (1, 1), (1, 2)]
    assert [bar.label for bar in bars] == ["۲۹", "۳۰", "۱"]


def test_a_picture_without_subjects_is_shorter():
    more = Card(*CARD_FIELDS, (Bar("LLM", 1, 2),))

    assert pixels(CARD).height < pixels(more).height


CARD_FIELDS = (
    "کارنامه",
    "@peyk_ai",
    (("۱", "روز"),),
    "روزها",
    LEGEND,
    (Bar("1", 0, 4),),
    "موضوع‌ها",
)
