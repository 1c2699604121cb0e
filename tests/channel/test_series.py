"""Which titles are those of parts, and which parts are of one series."""

from __future__ import annotations

import pytest

from bot.channel.series import LAST, NEXT, Candidate, Found, goes_on, marker, recognise, same_name
from tests.eval.series import measure


def test_titles_of_parts_are_told_from_others() -> None:
    precision, recall, misread = measure()

    assert (precision >= 0.95, recall >= 0.98) == (True, True), misread


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("مدلسازی زبان", "مدل‌سازی زبانی", True),
        ("مدل سازي زبان", "مدل‌سازی زبان", True),
        ("Language Modeling", "language modelling", True),
        ("یادگیری ماشین", "یادگیری عمیق", False),
        ("راهنمای GPT-3 به فارسی", "راهنمای GPT-4 به فارسی", False),
        ("گیت", "گیم", False),
    ],
)
def test_names_are_one_in_any_spelling_and_with_a_slip(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same


@pytest.mark.parametrize(
    "text", ["متن\nادامه دارد...", "متن\n\nادامه داره 🙂\n\n#note\n@ch | کانال"]
)
def test_a_text_that_goes_on_says_so_at_its_end(text: str) -> None:
    assert goes_on(text.replace(" 🙂", "")) and not goes_on(text + "\nولی نه اینجا")


def read(*titles: str) -> list[Found]:
    told = enumerate(map(marker, titles), 1)
    return recognise(Candidate(at, m.name, m.number, m.title) for at, m in told if m)


def numbers(found: Found) -> dict[int, int]:
    return {number: part.ordinal for number, part in found.parts.items()}


def test_parts_of_a_name_are_a_series_whatever_stands_between() -> None:
    [found] = read("الف‌بای گیت - قسمت اول", "خبر", "الفبای گیت (قسمت ۲)", "قسمت سوم الفبای گیت")

    assert (found.name, numbers(found)) == ("الف‌بای گیت", {1: 1, 2: 3, 3: 4})


def test_one_part_alone_is_no_series() -> None:
    assert read("الفبای گیت - قسمت اول", "الفبای زبان - قسمت دوم") == []


def test_gaps_stay_and_the_last_part_comes_last() -> None:
    [found] = read("دوره گیت قسمت ۲", "دوره گیت قسمت ۵", "دوره گیت، قسمت پایانی")

    assert numbers(found) == {2: 1, 5: 2, 6: 3}


def test_of_repeated_numbers_the_first_counts() -> None:
    [found] = read("دوره گیت - قسمت ۱", "دوره گیت - قسمت ۲", "دوره گیت - قسمت ۲")

    assert numbers(found) == {1: 1, 2: 2} and [one.ordinal for one in found.left] == [3]


def test_a_number_written_twice_by_mistake_fills_the_gap_behind_it() -> None:
    [found] = read("گیت - قسمت ۱", "گیت - قسمت ۱: شاخه‌ها", "گیت - قسمت ۳: ادغام")

    assert numbers(found) == {1: 1, 2: 2, 3: 3}


def test_parts_without_a_name_belong_to_what_they_answer() -> None:
    first = Candidate(1, "الفبای گیت", 1)

    [found] = recognise([first, Candidate(5, "", 2, "شاخه‌ها", 1), Candidate(9, "", NEXT, "", 5)])

    assert numbers(found) == {1: 1, 2: 5, 3: 9}


def test_parts_without_a_name_that_answer_nothing_are_none() -> None:
    assert recognise([Candidate(1, "", 1), Candidate(2, "", 2), Candidate(3, "", LAST)]) == []


def test_years_in_brackets_count_no_parts() -> None:
    assert read("گزارش سالانه (98)", "گزارش سالانه (12)", "گزارش سالانه (55)") == []
