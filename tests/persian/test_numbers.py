"""Values are read in any script and spelling."""

import pytest

from bot.persian.days import days
from bot.persian.numbers import bare, folded, unlatexed, values


def read(text: str) -> list[tuple[float, str]]:
    return [(v.amount, v.unit.name if v.unit else "") for v in values(folded(bare(text)))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("۲۰ برابر", [(20, "x")]),
        ("دوبرابر", [(2, "x")]),
        ("۸۵٪ و ۸۵ درصد", [(85, "%"), (85, "%")]),
        ("٨٥٫٣ درصد", [(85.3, "%")]),
        ("۸۵/۳ درصد", [(85.3, "%")]),
        ("۱۲ واحد درصد", [(12, "points")]),
        ("۱٬۷۸۹٬۴۰۶ پست", [(1789406, "")]),
        ("یک میلیون و ۷۸۹ هزار و ۴۰۶ پست", [(1789406, "")]),
        ("هزار و دویست", [(1200, "")]),
        ("بیست و پنج هزار", [(25000, "")]),
        ("بیست‌وپنج", [(25, "")]),
        ("دو و نیم میلیون", [(2.5e6, "")]),
        ("صد و بیست و پنج", [(125, "")]),
        ("هفت‌میلیاردی", [(7e9, "")]),
        ("چند میلیون نمونه", []),
        ("سه‌شنبه، یک‌دست و هیچ‌یک", []),
        ("نه، چنین نیست", []),
        ("روی نه محک", [(9, "")]),
        ("در قرن بیست و یکم", [(21, "")]),
        ("۶۰ میکروثانیه", [(60, "µs")]),
        ("یک ساعت و نیم", [(1.5, "h")]),
        ("صدهزار کاربر و ده‌ها مدل", [(100000, "")]),
        ("نُه محک", [(9, "")]),
        ("۱۶ تا ۱۲۸ هزار", [(16, ""), (128000, "")]),
    ],
)
def test_persian_values_are_read(text: str, found: list[tuple[float, str]]) -> None:
    assert read(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (r"from $75.4\%$ by $2.8$ points", [(75.4, "%"), (2.8, "points")]),
        (r"$6.01\times$", [(6.01, "x")]),
        ("{approx}5{times}", [(5, "x")]),
        ("10$^{6}$ tokens", [(1e6, "")]),
        ("1.7times fewer", [(1.7, "x")]),
        ("half a million", [(5e5, "")]),
        ("twenty-five thousand", [(25000, "")]),
        ("a factor of 10", [(10, "x")]),
        ("an order of magnitude", [(10, "x")]),
        ("0.10-0.22 and 10-20%", [(0.1, ""), (0.22, ""), (10, "%"), (20, "%")]),
        ("over $800", [(800, "$")]),
        ("a 7B model, 80GB, 4-bit", [(7e9, ""), (80, "GB"), (4, "bit")]),
        ("two-thirds", [(2 / 3, "part")]),
    ],
)
def test_english_values_are_read(text: str, found: list[tuple[float, str]]) -> None:
    got = [(v.amount, v.unit.name if v.unit else "") for v in values(unlatexed(text))]

    assert got == found


def test_a_number_borrows_the_scale_of_the_next() -> None:
    first, second = values(folded("۱۰ تا ۲۰ میلیون"))

    assert first.amounts == (10, 10e6) and second.amounts == (20e6,)


@pytest.mark.parametrize(
    ("text", "hedge"),
    [
        ("حدود ۷۰", "about"),
        ("بیش از ۷۰", "over"),
        ("زیر ۷۰", "under"),
        ("۷۰", ""),
        ("50+", "over"),
    ],
)
def test_how_exactly_a_value_is_meant_is_seen(text: str, hedge: str) -> None:
    assert values(folded(text))[0].hedge == hedge


def test_numbers_inside_names_are_marked() -> None:
    assert [v.inside for v in values("GPT-4 has 4 heads")] == [True, False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("۱۳ خرداد ۱۴۰۴", "June 3, 2025", True),
        ("۱۴ خرداد ۱۴۰۴", "June 3, 2025", False),
        ("خرداد ۱۴۰۴", "June 2025", True),
        ("۱۶ اوت", "Aug 16", True),
        ("سال ۱۴۰۳", "2026-01-01", False),
    ],
)
def test_days_of_both_calendars_meet(one: str, other: str, same: bool) -> None:
    assert days(folded(one))[0].covers(days(other)[0]) is same


@pytest.mark.parametrize("text", ["فصل سه و چهاردهم", "یک و دهم", "دو و دوازدهم"])
def test_ordinals_after_and_are_no_decimals(text: str) -> None:
    assert all(value.amount % 1 == 0 for value in values(text))


@pytest.mark.parametrize("text", ["می‌شود و دی و مهر", "the march may end", "۴۵ مهر ۱۴۰۴"])
def test_words_that_look_like_months_are_no_days(text: str) -> None:
    assert days(folded(text)) == []
