"""pdftotext's lines are put into the order in which they were written."""

import pytest

from bot.documents.poppler import written

R, L, E = "\u202b", "\u202a", "\u202c"


@pytest.mark.parametrize(
    ("drawn", "right"),
    [
        (
            f"{R}یادداشت درس{L} :{E}از {L} RNN{E}تا {L}Transformer{E}{E}",
            "یادداشت درس: از RNN تا Transformer",
        ),
        (f"{R}صفر می‌شود{L}.{E}{E}", "صفر می‌شود."),
        (f"{R}بماند{L} GRU .{E}همین{E}", "بماند. GRU همین"),
        (f"{R}حالت پیشین ){L} h_(t-1{E}ساخته{E}", "حالت پیشین h_(t-1) ساخته"),
        (f"{R}ورودی {L} ،۳۲{E}فیلتر{E}", "ورودی ۳۲، فیلتر"),
        (f"{R}زیر {L} ٪۱{E}است{L}.{E}{E}", "زیر ۱٪ است."),
        (f"{R}{L} forget، input{E}و {L} output{E}این{E}", "forget، input و output این"),
        (f"{R}وزن‌های {L} bit-4{E}اجرا{E}", "وزن‌های 4-bit اجرا"),
        (f"{R}مدل {L} GPT-4{E}را{E}", "مدل GPT-4 را"),
        (f"{R}?{L}Only this: https://a.example/b{E}{E}", "Only this: https://a.example/b?"),
        ("plain English (with brackets), 42.", "plain English (with brackets), 42."),
    ],
)
def test_runs_of_latin_stand_where_they_are_read(drawn: str, right: str) -> None:
    assert written(drawn) == right


@pytest.mark.parametrize(
    ("drawn", "right"),
    [
        ("هم\u0654ه", "همه\u0654"),
        ("تقریب\u064bا", "تقریبا\u064b"),
        ("معمو\u064bال همین", "معمولا\u064b همین"),
        ("خو\u0650د فیلتر", "خود\u0650 فیلتر"),
        ("یادگیر\u0650ی خیلی", "یادگیری\u0650 خیلی"),
        ("همه\u0654 خانه\u0654", "همه\u0654 خانه\u0654"),
    ],
)
def test_marks_stand_on_their_letters(drawn: str, right: str) -> None:
    assert written(drawn) == right


def test_lines_stay_lines() -> None:
    assert written(f"{R}یک{E}\n\n{R}دو{E}\n") == "یک\n\nدو\n"
