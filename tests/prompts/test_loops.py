"""Texts that run in circles."""

import pytest

from prompts.loops import circles


@pytest.mark.parametrize(
    "text",
    [
        "شبکه و داده " * 6,
        "شبکه‌های کاملاً متصل بخش مهمی از معماری‌اند، پس شبکه‌های کاملاً متصل بخش مهمی از معماری‌اند.",
    ],
)
def test_a_stretch_that_comes_again_is_a_circle(text):
    assert circles(text)


@pytest.mark.parametrize(
    "text", ["", "شبکهٔ عصبی از نورون‌ها ساخته می‌شود. نورون‌ها در لایه‌ها کنار هم می‌نشینند [1]."]
)
def test_a_word_that_comes_again_is_none(text):
    assert not circles(text)
