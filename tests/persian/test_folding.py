"""Spellings of one word meet, whatever was typed; and what is folded once stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.persian.folding import LONGEST, fold, key, spots, tokens

LETTERS = "ابپتجدرسشعکگلمنوهیيكةآئؤۀَِّ \u200c_-0۱٢aAéZ.#»‌ها‌می تر ای"
texts = st.text(alphabet=LETTERS, max_size=60) | st.text(max_size=40)

ONE = {
    "شبکه عصبی": (
        *("شبکه‌های عصبی", "شبکه های عصبی", "شبكه‌هاي عصبي", "شبکههای عصبی", "شَبَکِهٔ عصبی"),
        *("شبکه‌ی عصبی", "شبکۀ عصبی", "شبکه ی عصبی", "شبکه‌هایش عصبی", "شبـــکه عصبی"),
        *("شبکه\u200dهای عصبی", "ﺷﺒﻜﻪ عصبی", "شبکه‌ای عصبی", "شبکه ای عصبی", "شبکهای عصبی"),
    ),
    "2026": ("۲۰۲۶", "٢٠٢٦", "2026"),
    "gpt 4 o": ("GPT-4o", "gpt 4o", "GPT‑۴o", "Gpt4O"),
    "بزرگتر مدل": ("بزرگ‌ترین مدل‌ها", "بزرگ ترین مدل ها", "بزرگترین مدلها", "بزرگتر مدل"),
    "میشود": ("می‌شود", "می شود", "ميشود"),
    "llm": ("LLMها", "LLM‌های", "LLMs", "llm"),
    "کاربر نویسنده مشتر": ("کاربران، نویسندگان، مشتریان", "کاربر نویسنده مشتری"),
    "مقاله کلمه": ("مقالات کلمات", "مقاله‌ها کلمه‌ها"),
    "schrodinger": ("Schrödinger", "SCHRÖDINGER"),
    "هوش مصنوع": ("#هوش_مصنوعی", "هوش‌مصنوعی", "هوش مصنوعي"),
}


@pytest.mark.parametrize("folded", ONE)
def test_spellings_of_one_word_meet(folded):
    assert {fold(spelling) for spelling in ONE[folded]} == {folded}


@pytest.mark.parametrize("word", ["تنها", "بها", "رهایی", "کارها نه", "زبان", "درمان"])
def test_what_only_looks_like_an_ending_stays(word):
    assert fold(word).split()[0] == word.removesuffix("ها نه")


@given(texts)
def test_folding_is_idempotent(text):
    once = fold(text)

    assert fold(once) == once


@given(texts)
def test_tokens_are_the_folded_words_in_their_places(text):
    found = tokens(text)

    assert " ".join(word for word, _, _ in found) == fold(text)
    assert all(0 <= start < end <= len(text) for _, start, end in found)
    assert [start for _, start, _ in found] == sorted(start for _, start, _ in found)


@given(texts)
def test_folded_words_hold_nothing_that_a_query_language_knows(text):
    for word in fold(text).split():
        assert 0 < len(word) <= LONGEST
        assert word.isalnum() or not word.isascii()
        assert not set(word) & set("\"'*^:()-+{}#_\x00")


def test_a_very_long_word_is_cut_and_costs_little():
    assert fold("ا" * 100_000) == "ا" * LONGEST


@pytest.mark.parametrize(
    "spelling",
    ["#هوش_مصنوعی", "هوش‌مصنوعی", "هوشمصنوعي", "#هوش\u200cمصنوعی", "هوش_مصنوعی"],
)
def test_spellings_of_a_hashtag_have_one_key(spelling):
    assert key(spelling) == "هوشمصنوعی"


def test_a_key_keeps_what_makes_another_tag():
    assert key("Deep_Learning") == key("#deeplearning") == "deeplearning"
    assert key("مدل_ها") != key("مدل")
    assert key("GPT3") != key("GPT4")


def test_spots_are_found_in_any_spelling():
    text = "از مدلهای زبانی و مُدل‌ها"

    assert [text[a:b] for _, a, b in spots(text, {"مدل"}.__contains__)] == ["مدلهای", "مُدل‌ها"]
