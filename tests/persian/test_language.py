"""Persian or not."""

import pytest

from bot.persian.language import persian_share


@pytest.mark.parametrize(
    "text",
    [
        "این مدل با داده‌های کمتر آموزش می‌بیند و دقت آن در آزمون‌ها بیشتر است.",
        "اين كتاب را با صفحه‌كليد عربی نوشته‌اند و باز هم فارسی است.",
        "مدل تازه",
    ],
)
def test_persian_is_persian(text: str) -> None:
    assert persian_share(text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123 ... !",
        "A plain English sentence.",
        "هذا النموذج الجديد أفضل من النماذج السابقة في جميع الاختبارات التي أجريت على البيانات",
        "یہ نیا ماڈل پرانے ماڈلوں سے بہتر ہے اور اس کے نتائج بھی اچھے ہیں",
        "新しいモデルが公開されました",
    ],
)
def test_other_languages_are_not(text: str) -> None:
    assert persian_share(text) == 0


def test_latin_names_lower_the_share_only_a_little() -> None:
    assert 0.5 < persian_share("مدل AlphaGRPO با روش GRPO در معیار GenEval بهتر عمل می‌کند.") < 1
