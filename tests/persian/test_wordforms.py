"""Forms of words, and words that say nothing by themselves."""

import pytest

from bot.persian.folding import fold
from bot.persian.wordforms import are_forms, denies, is_verb, telling


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("می‌سنجد", "سنجش"),
        ("می‌سنجد", "میسنجه"),
        ("مفیدند", "مفید"),
        ("آسون", "آسان"),
        ("پراکندگی", "پراکنده"),
        ("overfit", "overfitting"),
        ("کارآمده", "کارآمد"),
    ],
)
def test_written_and_spoken_forms_of_a_word_meet(one, other):
    assert are_forms(fold(one), fold(other))


@pytest.mark.parametrize(
    ("one", "other"), [("شبکه", "شبیه"), ("نورون", "نور"), ("LSTM", "LSTD"), ("مدل", "جدول")]
)
def test_other_words_do_not(one, other):
    assert not are_forms(fold(one), fold(other))


def test_words_that_only_hold_a_sentence_together_tell_nothing():
    assert telling("این روش را می‌توان برای آن به کار گرفت") == ["روش"]


@pytest.mark.parametrize("word", ["نیست", "نمی‌کند", "ندارد", "نشده", "نباشد", "نتوانست"])
def test_a_negated_verb_denies(word):
    assert denies(fold(word))


@pytest.mark.parametrize("word", ["نشان", "نام", "نمونه", "نگاه", "نمود", "نوشت", "می‌کند"])
def test_a_word_that_only_begins_like_one_does_not(word):
    assert not denies(fold(word))


def test_a_noun_is_no_verb():
    assert is_verb(fold("می‌سازد"))
    assert not any(is_verb(fold(word)) for word in ("میلیون", "داده", "نمونه"))
