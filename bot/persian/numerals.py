"""The words for numbers in English and Persian, for bot.persian.numbers. Data only."""

from __future__ import annotations

_SMALL_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_SMALL_FA = (
    "صفر یک دو سه چهار پنج شش هفت هشت نه ده یازده دوازده سیزده چهارده پانزده شانزده هفده"
    " هجده نوزده"
)
_ORDINAL_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
    " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    " twentieth"
)
ENGLISH = {
    word: float(number)
    for number, word in enumerate(
        f"{_SMALL_EN} fifteen sixteen seventeen eighteen nineteen".split()
    )
} | {
    word: 10.0 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
PERSIAN = {word: float(number) for number, word in enumerate(_SMALL_FA.split())} | {
    "نُه": 9.0,
    "هیجده": 18.0,
    "بیست": 20.0,
    "سی": 30.0,
    "چهل": 40.0,
    "پنجاه": 50.0,
    "شصت": 60.0,
    "هفتاد": 70.0,
    "هشتاد": 80.0,
    "نود": 90.0,
    "صد": 100.0,
    "یکصد": 100.0,
    "دویست": 200.0,
    "سیصد": 300.0,
    "چهارصد": 400.0,
    "پانصد": 500.0,
    "ششصد": 600.0,
    "هفتصد": 700.0,
    "هشتصد": 800.0,
    "نهصد": 900.0,
}
SCALES = {
    "هزار": 1e3,
    "میلیون": 1e6,
    "ملیون": 1e6,
    "میلیارد": 1e9,
    "بیلیون": 1e12,
    "تریلیون": 1e12,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "mn": 1e6,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "K": 1e3,
    "k": 1e3,
    "M": 1e6,
    "B": 1e9,
    "b": 1e9,
    "T": 1e12,
}
ORDINALS_EN = _ORDINAL_WORDS.split()
ORDINALS_FA = {
    **{"اول": 1, "اولین": 1, "نخست": 1, "نخستین": 1, "دوم": 2, "دومین": 2, "دومی": 2},
    **{"سوم": 3, "سومین": 3, "سومی": 3, "چهارم": 4, "چهارمین": 4, "پنجم": 5, "پنجمین": 5},
    **{"ششم": 6, "ششمین": 6, "هفتم": 7, "هفتمین": 7, "هشتم": 8, "نهم": 9, "دهم": 10},
    **{"یازدهم": 11, "دوازدهم": 12, "سیزدهم": 13, "چهاردهم": 14, "پانزدهم": 15},
    **{"شانزدهم": 16, "هفدهم": 17, "هجدهم": 18, "نوزدهم": 19, "بیستم": 20},
    **{"بیست و یکم": 21, "بیست\u200cویکم": 21, "بیست و دوم": 22},
}
PARTS_FA = {"سوم": 3, "چهارم": 4, "پنجم": 5, "ششم": 6, "هفتم": 7, "هشتم": 8, "نهم": 9, "دهم": 10}
PARTS_EN = {
    **{"third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7},
    **{"eighth": 8, "ninth": 9, "tenth": 10},
}
