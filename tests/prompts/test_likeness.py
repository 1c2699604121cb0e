"""What two texts have in common."""

import pytest

from prompts.likeness import other_names, read


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("تفاوت", "فرق این دو روش"),
        ("توصیه‌گر", "سیستمهای توصیهگر"),
        ("لاما", "مدل LLaMA"),
        ("PocketPal", "برنامهٔ پاکت‌پال"),
        ("LLM", "مدل‌های زبانی بزرگ"),
        ("نتایج", "نتیجهٔ آزمایش"),
    ],
)
def test_a_word_is_found_under_its_other_names(word, text):
    assert any(one.is_in(read(text)) for one in read(word).words)


@pytest.mark.parametrize(
    ("word", "text"), [("سریع", "این روش دقیق است"), ("GPT", "مدل BERT"), ("گربه", "سگ")]
)
def test_another_word_is_not(word, text):
    assert not any(one.is_in(read(text)) for one in read(word).words)


def test_a_word_opposes_a_text_that_says_its_opposite_alone():
    (word,) = read("افزایش").words

    assert word.opposes(read("کاهش خطا"))
    assert not word.opposes(read("افزایش دقت و کاهش خطا"))
    assert not word.opposes(read("خطای مدل"))


def test_a_question_may_name_a_thing_otherwise():
    names = other_names(["بیشبرازش", "llm"])

    assert ("large", "language", "model") in names[1]
