"""Thanks, greetings and pleas to answer ask nothing themselves; questions about a subject do."""

import pytest

from bot.persian.courtesy import asks_nothing, is_small_talk


@pytest.mark.parametrize(
    "text",
    [
        "مرسی، عالی بود",
        "ممنون 🙏",
        "دستت درد نکنه",
        "دمت گرم!",
        "سلام خوبی؟",
        "👍",
        "Thanks",
        "مرسي",
    ],
)
def test_small_talk_is_known(text):
    assert is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    ["؟", "", "چرا؟", "خوب یعنی چه؟", "سلام، ALS چیست؟", "ممنون، و چند لایه دارد", "بیشتر بگو"],
)
def test_what_asks_is_no_small_talk(text):
    assert not is_small_talk(text)


@pytest.mark.parametrize("text", ["", "این را جواب بده", "نظرت چیه؟", "لطفاً به این سؤال پاسخ بده"])
def test_a_plea_has_no_subject(text):
    assert asks_nothing(text)


@pytest.mark.parametrize("text", ["ALS چیست؟", "جنگل تصادفی را توضیح بده", "#LLM"])
def test_a_question_has_one(text):
    assert not asks_nothing(text)
