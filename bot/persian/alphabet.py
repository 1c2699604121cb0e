"""The order of the Persian alphabet. Pure."""

from __future__ import annotations

_ALPHABET = "آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_PLACES = {ord(letter): chr(0x600 + place) for place, letter in enumerate(_ALPHABET)}


def alphabetical(text: str) -> str:
    """A key that sorts as a Persian dictionary does; Unicode has پ چ ژ گ at its end."""
    return text.casefold().replace("\u200c", "").translate(_PLACES)
