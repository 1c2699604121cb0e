"""Doubt from the probabilities of tokens."""

from math import isclose, log

import pytest

from bot.models.doubt import Quadrant, measure, most_consistent, of_token
from bot.models.stream import Token


def token(*masses: float) -> Token:
    return Token("x", log(masses[0]), tuple((str(n), log(m)) for n, m in enumerate(masses)))


def test_a_sure_token_has_no_entropy():
    assert of_token([0.0]) == (0.0, 0.0)


def test_equal_masses_have_the_entropy_of_their_number_and_no_varentropy():
    entropy, spread = of_token([log(0.25)] * 4)

    assert isclose(entropy, log(4))
    assert isclose(spread, 0.0, abs_tol=1e-12)


def test_mass_that_is_not_shown_counts_as_tokens_like_the_least_shown():
    shown = of_token([log(0.25), log(0.25)])

    assert isclose(shown[0], log(4))


def test_two_different_peaks_have_varentropy():
    entropy, spread = of_token([log(0.9), log(0.1)])

    assert isclose(entropy, -0.9 * log(0.9) - 0.1 * log(0.1))
    assert isclose(spread, 0.9 * 0.1 * (log(0.9) - log(0.1)) ** 2)


@pytest.mark.parametrize(
    ("masses", "quadrant"),
    [
        ((0.99, 0.01), Quadrant.SURE),
        ((0.9, *(0.1 / 100,) * 100), Quadrant.SEVERAL),
        ((0.1,) * 10, Quadrant.FLAT),
        ((0.55, *(0.45 / 300,) * 300), Quadrant.SPIKY),
    ],
)
def test_the_four_quadrants(masses, quadrant):
    doubt = measure([token(*masses)] * 5)

    assert doubt and doubt.quadrant is quadrant
    assert doubt.tokens == 5


def test_a_server_that_tells_nothing_leaves_doubt_unknown():
    assert measure([Token("سلام")]) is None


def test_the_answer_that_most_others_resemble_is_taken():
    texts = [["یک", "دو", "سه"], ["نه", "ده"], ["یک", "دو", "چهار"]]

    assert most_consistent(texts) == 0
