"""How far words are apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.persian.slips import LETTERS, allowance, beginnings, distance

words = st.text(alphabet=LETTERS, min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("ترنسفرمر", "ترنسفورمر"), ("تسادفی", "تصادفی"), ("پیجشی", "پیچشی")),
        *(("هنیتون", "هینتون"), ("antropic", "anthropic"), ("difusion", "diffusion")),
        *(("word2vce"[:4], "word"), ("نودیا", "انودیا")),
    ],
)
def test_a_slip_is_near(written, meant):
    assert distance(written, meant, allowance(written)) <= allowance(written)


@pytest.mark.parametrize(
    ("written", "other"), [("مدل", "جدل"), ("داده", "سازه"), ("2024", "2025"), ("gpt", "gru")]
)
def test_another_word_is_not(written, other):
    assert distance(written, other, allowance(written)) > allowance(written)


def test_letters_that_sound_alike_are_nearer_than_others():
    assert distance("صبر", "سبر", 3) < distance("صبر", "نبر", 3)
    assert distance("پیام", "پیم", 3) < distance("پیام", "پیامک", 3)


@given(words, words)
def test_distance_is_even_and_zero_only_for_the_same(one, other):
    there, back = distance(one, other, 99), distance(other, one, 99)

    assert there == pytest.approx(back)
    assert (there == 0) == (one == other)


@given(words, words, st.floats(0, 3))
def test_giving_up_early_changes_no_answer(one, other, most):
    exact = distance(one, other, 99)

    assert (distance(one, other, most) <= most) == (exact <= most)


@given(words.filter(lambda word: len(word) > 3), st.integers(0, 9), st.sampled_from(LETTERS))
def test_every_single_slip_begins_as_foreseen(word, place, letter):
    place = min(place, len(word) - 1)
    slips = (word[:place] + word[place + 1 :], word[:place] + letter + word[place:])
    slips += (word[:place] + letter + word[place + 1 :],)

    for slip in slips:
        starts = list(beginnings(slip))
        assert any(word.startswith(start) for start in starts), (slip, starts)
