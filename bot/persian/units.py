"""Units of measure as English and Persian text writes them, for bot.persian.numbers. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: ``ms`` is a thousandth (`factor`) of the base of ``time``."""

    name: str
    dimension: str
    factor: float


# name, dimension, size in the dimension's base, its spellings (a pattern)
_TABLE = (
    (
        "points",
        "points",
        1.0,
        r"percentage[ -]points?|pp(?![a-z])|points?|pts|واحد[\s\u200c]درصد|واحد|امتیاز|نمره",
    ),
    ("%", "%", 1.0, r"%|percent(?:age)?|per ?cent|pct|درصد"),
    ("x", "x", 1.0, r"[x×X](?![\w×]|\s?\d)|times(?! (?:a|per) )|-?fold|برابر|چندان"),
    ("ns", "time", 1e-9, r"ns|nanoseconds?|نانوثانیه|نانو[\s\u200c]ثانیه"),
    ("µs", "time", 1e-6, r"[μµu]s|microseconds?|میکروثانیه|میکرو[\s\u200c]ثانیه"),
    ("ms", "time", 1e-3, r"ms|milliseconds?|msec|میلی[\s\u200c]?ثانیه"),
    ("s", "time", 1.0, r"s|secs?|seconds?|ثانیه"),
    ("min", "time", 60.0, r"mins?|minutes?|دقیقه"),
    ("h", "time", 3600.0, r"h|hrs?|hours?|ساعت"),
    ("day", "time", 86400.0, r"days?|روز"),
    ("week", "time", 604800.0, r"weeks?|هفته"),
    ("month", "months", 1.0, r"months?|ماه"),
    ("year", "months", 12.0, r"years?|yrs?|سال"),
    ("KB", "bytes", 1e3, r"[kK]i?B|kilobytes?|کیلوبایت"),
    ("MB", "bytes", 1e6, r"Mi?B|megabytes?|مگابایت|مگ"),
    ("GB", "bytes", 1e9, r"Gi?B|gigabytes?|گیگابایت|گیگ"),
    ("TB", "bytes", 1e12, r"Ti?B|terabytes?|ترابایت"),
    ("PB", "bytes", 1e15, r"PB|petabytes?|پتابایت"),
    ("bit", "bits", 1.0, r"bits?|بیت"),
    ("kHz", "frequency", 1e3, r"kHz|کیلوهرتز"),
    ("MHz", "frequency", 1e6, r"MHz|مگاهرتز"),
    ("GHz", "frequency", 1e9, r"GHz|گیگاهرتز"),
    ("Hz", "frequency", 1.0, r"Hz|هرتز"),
    ("W", "power", 1.0, r"W|watts?|وات"),
    ("kW", "power", 1e3, r"kW|kilowatts?|کیلووات"),
    ("MW", "power", 1e6, r"MW|megawatts?|مگاوات"),
    ("GW", "power", 1e9, r"GW|gigawatts?|گیگاوات"),
    ("m", "length", 1.0, r"met(?:er|re)s?|متر"),
    ("cm", "length", 1e-2, r"cm|centimet(?:er|re)s?|سانتی[\s\u200c]?متر"),
    ("mm", "length", 1e-3, r"mm|millimet(?:er|re)s?|میلی[\s\u200c]?متر"),
    ("km", "length", 1e3, r"km|kilomet(?:er|re)s?|کیلومتر"),
    ("kg", "mass", 1.0, r"kg|kilograms?|کیلوگرم|کیلو"),
    ("px", "pixels", 1.0, r"px|pixels?|پیکسل"),
    ("fps", "fps", 1.0, r"fps|frames? per second|فریم بر ثانیه|فریم در ثانیه"),
    ("°", "degrees", 1.0, r"°C?|degrees?|درجه"),
    ("$", "money", 1.0, r"dollars?|USD|دلار"),
    ("€", "euros", 1.0, r"euros?|EUR|€|یورو"),
    ("toman", "tomans", 1.0, r"تومان|ریال"),
)
_LETTER = "A-Za-z\u0621-\u065f\u066e-\u06d3\u06d5"
_CASED = {
    "KB",
    "MB",
    "GB",
    "TB",
    "PB",
    "W",
    "kW",
    "MW",
    "GW",
    "kHz",
    "MHz",
    "GHz",
    "Hz",
    "s",
    "h",
    "ms",
    "ns",
}
_UNITS = tuple(Unit(name, dimension, factor) for name, dimension, factor, _ in _TABLE)
# The endings of Persian («۳۰ درصدی», «دوساعته») may follow; after a % anything may.
_ENDING = f"(?:\u200c?(?:ی|ه|ای|ها|های|یی|\u0654|هٔ))?(?![{_LETTER}])"
_ANY = re.compile(
    "[\\s\u200c]?-?(?:"
    + "|".join(
        f"(?P<u{index}>(?:{spelt if name in _CASED else f'(?i:{spelt})'}))"
        + f"(?:(?<=%)|{_ENDING})"
        for index, (name, _, _, spelt) in enumerate(_TABLE)
    )
    + ")"
)


def unit_after(text: str, position: int) -> tuple[Unit | None, int]:
    """The unit that stands at `position`, and where it ends; None where none stands there."""
    match = _ANY.match(text, position)
    if not match or not match.lastgroup:
        return None, position
    return _UNITS[int(match.lastgroup[1:])], match.end(match.lastgroup)
