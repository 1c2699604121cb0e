"""Is a text Persian? A count of letters and of very common words. Pure, no model."""

from __future__ import annotations

import re

_ALPHABET = frozenset("آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیءأؤئإةيىكۀ")
_PERSIAN_WORDS = (
    "از به در که را این آن با برای است هم تا یک یا می نمی ها های شد شده شود کرد کرده کند"
    " بر هر اما اگر نیز پس دو روی چند ما او شما بود باشد نیست دارد دارند هستند"
)
# Neighbours written with nearly the same letters: Arabic, then Urdu.
_OTHER_WORDS = (
    "في على إلى الى أن ان هذا هذه التي الذي ذلك عن مع كان كما لا قد تم بين حيث"
    " ہے ہیں کے کا میں سے نے اور یہ وہ اس ایک ہو تھا"
)
# The text may have been typeset, which gives Arabic letters their Persian form.
_FORMS = str.maketrans("يىكة", "ییکه")
_PERSIAN = frozenset(_PERSIAN_WORDS.split())
_OTHER = frozenset(_OTHER_WORDS.translate(_FORMS).split())


def persian_share(text: str) -> float:
    """The share of Persian letters among all letters of `text`, 0 to 1; no letters give 0.

    Arabic and Urdu text, told by its commonest words, counts as not Persian at all.
    """
    letters = list(filter(str.isalpha, text))
    if not letters or _reads_otherwise(text):
        return 0.0
    return sum(map(_ALPHABET.__contains__, letters)) / len(letters)


def _reads_otherwise(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", text.translate(_FORMS))
    persian = sum(word in _PERSIAN for word in words)
    return sum(word in _OTHER for word in words) > persian
