"""Words of thanks and greeting, and pleas to answer: what asks nothing by itself. Pure.

What a question asks for is for bot.persian.question.
"""

from __future__ import annotations

from bot.persian import question
from bot.persian.folding import fold

_KIND = frozenset(
    fold(
        "مرسی ممنون ممنونم ممنونیم متشکرم متشکر تشکر سپاس سپاسگزارم سپاسگزاریم دمت دمتون آفرین"
        " احسنت عالی عالیه عالیست خوبه بسیار درود سلام سلامت باشید باشی دستت دستتون خسته نباشید"
        " نباشی خداحافظ خدانگهدار فعلا بدرود صبح عصر شب روز بخیر خیر لطف کردی کردید باشه باشد اوکی"
        " بله آره حله ok okay thanks thank you thx hi hello bye"
    ).split()
)
"""Each of these makes a message small talk when nothing but `_ALONGSIDE` stands beside it."""
_ALONGSIDE = frozenset(
    fold(
        "گرم درد نکنه نکند خیلی زیاد واقعا بود بودی بودید شد از تو شما که و به همه کمکت کمکتون"
        " راهنماییت راهنماییتون پاسخت پاسختون جوابت جوابتون توضیحت توضیحتون لطفت لطفتون پیک جان"
        " عزیز عزیزم دوست من خوب این جواب پاسخ هم ای بابا"
    ).split()
)
_GREETING = frozenset(fold("سلام درود hi hello").split())
_HOW_ARE_YOU = frozenset(fold("خوبی خوبید خوبین چطوری چطورید چطورین چه خبر حالت چطوره").split())
_PLEA = frozenset(
    fold(
        "لطفا خواهش خواهشا میکنم میکنید میکنی کن کنید جواب پاسخ بده بدید بدهید بدی بدین بگو بگید"
        " نظرت نظرتون نظر چیه چیست سوال پرسش این اینو اینرا همین همینو را رو به ایشون ایشان"
        " دوستمون کمک کمکش کمکشون ببین بخون بخوان توضیح میشه میتونی میدی پیک جان هم تو شما"
    ).split()
)


def is_small_talk(text: str) -> bool:
    """Whether a text only thanks, greets or nods: «مرسی، عالی بود», «سلام خوبی؟», «👍»."""
    words = set(fold(text).split())
    asks = "؟" in text or "?" in text
    if not words:
        return bool(text.strip()) and not asks
    if words & _GREETING and words <= _KIND | _ALONGSIDE | _HOW_ARE_YOU:
        return True
    return not asks and bool(words & _KIND) and words <= _KIND | _ALONGSIDE


def asks_nothing(text: str) -> bool:
    """Whether a text has no subject of its own: it points at another, «این را جواب بده»."""
    asked = question.read(text)
    return not asked.tags and (not asked.words or set(fold(text).split()) <= _PLEA)
