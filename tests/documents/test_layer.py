"""Layers are believed only when a reading of the page agrees with them."""

import pytest

from bot.documents.layer import agreeing, agreement, candidates

PAGE = (
    "شبکهٔ پیچشی به جای آن‌که هر پیکسل را به همهٔ نورون‌ها وصل کند، یک پنجرهٔ کوچک را روی تصویر"
    " می‌لغزاند و در هر جا همان وزن‌ها را به کار می‌برد. به این کار اشتراک وزن می‌گویند."
)
READ = "شبکه پیچشی به جای آن که هر پیکسل را به همه نورون ها وصل کند یک پنجره کوچک dam تصویر"
OTHER = "مدل‌های زبانی بزرگ واژهٔ بعدی را حدس می‌زنند و برای این کار به دادهٔ فراوان نیاز دارند."


def test_the_words_of_the_page_agree() -> None:
    assert agreement(PAGE, READ) > 0.9
    assert agreeing([OTHER, PAGE], READ) == PAGE


@pytest.mark.parametrize(
    "layer",
    [OTHER, PAGE[::-1], " ".join(reversed(PAGE.split())), "xyz " * 40, ""],
    ids=["stale", "letters reversed", "words reversed", "coded by the font", "empty"],
)
def test_a_wrong_layer_is_refused(layer: str) -> None:
    assert agreeing([layer], READ) is None


def test_too_short_a_reading_says_nothing() -> None:
    assert agreeing([PAGE], "شبکه پیچشی به جای") is None


@pytest.mark.parametrize("promised", [1, 30, 1000])
def test_a_layer_of_another_length_is_not_compared(promised: int) -> None:
    assert candidates([PAGE], promised) == []


def test_a_layer_in_printed_forms_makes_all_layers_suspect() -> None:
    drawn = "".join(chr(0xFE8D + n % 60) for n in range(130))

    assert candidates([PAGE], 130) == [PAGE]
    assert candidates([PAGE, drawn], 130) == []


def test_signs_of_private_use_are_no_letters() -> None:
    assert candidates(["\ue001" + PAGE], 130) == []
