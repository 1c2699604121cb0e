"""How far apart two folded words are, as slips of the hand and the ear go. Pure.

Letters that sound alike or differ by dots are near, and so is a vowel that loanwords write or
leave out («ترنسفورمر», «ترنسفرمر»). The measure is the optimal string alignment distance
(Boytsov, Indexing methods for approximate dictionary searching, 2011) with those costs.
"""

from __future__ import annotations

from collections.abc import Iterator

LETTERS = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
LATIN = "abcdefghijklmnopqrstuvwxyz"

_ALIKE = (
    *("سصث", "زذضظ", "تط", "حه", "غق", "اعه"),  # by sound
    *("کگ", "جچژ", "بپ", "شس", "خح", "رزد", "فق", "بتن"),  # by shape
)
_NEAR = {(a, b) for group in _ALIKE for a in group for b in group if a != b}
_VOWELS = frozenset("اوی")
_NEAR_COST, _VOWEL_COST, _SWAP_COST = 0.6, 0.6, 0.8


def allowance(word: str) -> float:
    """The longest distance at which another word may be what somebody meant by `word`."""
    if word.isdigit() or len(word) < 3:
        return 0.0
    return 0.7 if len(word) == 3 else 1.2 if len(word) < 7 else 2.0


def distance(one: str, other: str, most: float) -> float:
    """What it takes to make `other` of `one`; anything above `most` where it takes more."""
    if abs(len(one) - len(other)) * _VOWEL_COST > most:
        return most + 1
    before: list[float] = []
    row = _first_row(other)
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [row[0] + _lost(one, i - 1)]
        for j, wanted in enumerate(other, 1):
            cost = before[j - 1] + _change(letter, wanted)
            cost = min(cost, before[j] + _lost(one, i - 1), row[j - 1] + _lost(other, j - 1))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + _SWAP_COST)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


def beginnings(word: str) -> Iterator[str]:
    """How a word may begin that is one slip from `word`, three letters each, the first two apart.

    Later slips leave the first two letters: those are the first beginning.
    """
    yield word[:2]
    alphabet = LATIN if word.isascii() else LETTERS
    yield from dict.fromkeys(
        (
            *(word[1] + word[0] + word[2:3], word[1:4], word[0] + word[2:4]),
            *(letter + word[1:3] for letter in alphabet),
            *(letter + word[:2] for letter in alphabet),
            *(word[0] + letter + word[2:3] for letter in alphabet),
            *(word[:1] + letter + word[1:2] for letter in alphabet),
        )
    )


def _first_row(word: str) -> list[float]:
    row = [0.0]
    for place in range(len(word)):
        row.append(row[-1] + _lost(word, place))
    return row


def _lost(word: str, place: int) -> float:
    """What a letter too many costs: less for a vowel within, and for one doubled."""
    letter = word[place]
    doubled = place and word[place - 1] == letter
    return _VOWEL_COST if doubled or (place and letter in _VOWELS) else 1.0


def _change(letter: str, wanted: str) -> float:
    if letter == wanted:
        return 0.0
    return _NEAR_COST if (letter, wanted) in _NEAR else 1.0
