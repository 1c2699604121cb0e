"""Which words of a text carry its meaning, and which are forms of one word. Pure.

Works on folded words (bot.persian.folding) and goes further than search may: written and spoken
forms of a verb meet («می‌سنجد», «میسنجه», «سنجش»), and words that only hold a sentence together
are told apart. Knows no synonyms: see prompts.likeness.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import takewhile

from bot.persian.folding import fold
from bot.persian.lexicon import words

_PREFIXES = ("نمی", "می")
_VERBAL = ("", "می", "نمی", "ب", "ن")
_PERSONS = ("", "م", "ی", "د", "ه", "یم", "ید", "ین", "ند", "ن")
_COPULAS = frozenset(fold("است هست هستند هستن نیست نیستند نیستن بود بودند باشد باشند").split())
_SHORTEST_VERB = 5
_NO_VERBS = frozenset(
    "".join(fold(word).split())
    for word in words("verbs", "not_glued") | words("telling", "no_negations")
)
_OF_VERBS = ("یم", "ید", "ین", "ند", "م", "ی", "د", "ه", "ن")
_OF_NOUNS = (
    *("هاشون", "هامون", "هاتون", "شان", "شون", "مان", "مون", "تان", "تون"),
    *("اند", "ند", "ست", "یه", "ش", "ه", "ی", "و", "ا"),
)
_LEAST = 3
"""Letters that an ending must leave."""
_SHARED, _SHARE = 4, 0.6
"""Letters, and share of the longer word, that two forms of a word have in common at least."""


_GROWN = 4


@cache
def light() -> frozenset[str]:
    """The folded words that only hold sentences together."""
    return listed("light") | _light_verbs()


def listed(name: str) -> frozenset[str]:
    """The folded words of a list of the lexicon, each by itself: folding looks at neighbours."""
    return frozenset(part for word in words("telling", name) for part in fold(word).split())


def is_verb(word: str) -> bool:
    """Whether a folded word is surely a form of a verb."""
    if word in _light_verbs() or word in _COPULAS:
        return True
    return word.startswith(("می", "نمی")) and len(word) >= _SHORTEST_VERB and word not in _NO_VERBS


def denies(word: str) -> bool:
    """Whether a folded verb is negated: «نمی‌کند», «نشد», «نیست»."""
    if word.startswith("نمی") and len(word) >= _SHORTEST_VERB:
        return True
    return word.startswith("نیست") or (word in _negated() and word not in _NO_VERBS)


@cache
def _light_verbs() -> frozenset[str]:
    stems = [*words("telling", "verbs"), *words("telling", "spoken_verbs")]
    forms = {
        f"{prefix}{stem}{ending}" for stem in stems for prefix in _VERBAL for ending in _PERSONS
    }
    kept = forms - words("telling", "no_verbs")
    return frozenset("".join(fold(form).split()) for form in kept if len(form) > 1)


@cache
def _negated() -> frozenset[str]:
    """«نکرد», «ندارند»: negated without «می». Stems that begin with ن are not told apart."""
    stems = [*words("telling", "verbs"), *words("verbs", "past")]
    forms = {f"ن{stem}{ending}" for stem in stems for ending in _PERSONS}
    plain = {f"{stem}{ending}" for stem in words("verbs", "past") for ending in _PERSONS}
    return frozenset("".join(fold(form).split()) for form in forms - plain if len(form) > 2)


@cache
def _spoken() -> dict[str, str]:
    """Spoken words whose written form no ending tells: «زبون» is «زبان»."""
    pairs = (pair.split(":") for pair in words("telling", "spoken"))
    return {fold(spoken): fold(written) for spoken, written in pairs}


def telling(text: str) -> list[str]:
    """The folded words of `text` that say something, in order."""
    return [word for word in fold(text).split() if is_telling(word)]


def is_telling(word: str) -> bool:
    """Whether a folded word says something."""
    return word not in light() and (len(word) > 1 or word.isdigit() or word.isascii())


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """What the forms of a folded word have in common; a Latin word or a number is its own."""
    if word.isascii():
        return word
    word = _spoken().get(word, word)
    endings: tuple[str, ...] = _OF_NOUNS
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _LEAST - 1:
            word, endings = word[len(prefix) :], _OF_VERBS
            break
    if word.endswith("تر") and len(word) > _LEAST + 1:
        word = word.removesuffix("تر")
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _LEAST:
            return word[: -len(ending)]
    return word


def are_forms(one: str, other: str) -> bool:
    """Whether two folded words are forms of one word, or made of one."""
    if one == other:
        return True
    if one.isascii() or other.isascii():
        shorter, longer = sorted((one, other), key=len)
        grown = longer.startswith(shorter) and len(longer) - len(shorter) <= _GROWN
        return grown and len(shorter) > _SHARED and longer.isalpha()  # overfit, overfitting
    first, second = root(one), root(other)
    if first == second:
        return True
    pairs = zip(first, second, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return shared >= _SHARED and shared >= _SHARE * max(len(first), len(second))
