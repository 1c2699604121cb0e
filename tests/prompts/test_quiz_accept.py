"""The gate of quizzes: bad answers of models, each refused with its reason, and good ones."""

from __future__ import annotations

from typing import Any

import pytest

from bot.persian.folding import fold
from bot.persian.typography import units
from prompts import vocabulary
from prompts.quiz_accept import MESSAGES, accept, problems

POST = """تکنیک Dropout برای شبکه‌های عصبی

تکنیک Dropout در هنگام آموزش، بخشی از واحدهای شبکه را به صورت تصادفی خاموش می‌کند.
این کار جلوی بیش‌برازش را می‌گیرد، چون شبکه نمی‌تواند به یک واحد خاص تکیه کند.
نویسندگان در آزمایش‌ها نرخ خاموش کردن را ۵۰ درصد گذاشتند و دقت روی CIFAR-10 از ۸۵ به ۸۸ درصد رسید.
در زمان آزمون همهٔ واحدها روشن می‌مانند و وزن‌ها در نرخ نگه‌داشتن ضرب می‌شوند.
روش Batch Normalization کار دیگری می‌کند: ورودی هر لایه را نرمال می‌کند."""

GOOD: dict[str, Any] = {
    "question": "تکنیک Dropout هنگام آموزش با واحدهای شبکه چه می‌کند؟",
    "options": [
        "بخشی از آن‌ها را به صورت تصادفی خاموش می‌کند",
        "همهٔ آن‌ها را با نرخ ثابت کوچک‌تر می‌کند",
        "ورودی هر کدام را جداگانه نرمال می‌کند",
        "بزرگ‌ترین آن‌ها را هر بار دو برابر می‌کند",
    ],
    "correct": 0,
    "explanation": "با خاموش شدن تصادفی، شبکه نمی‌تواند به یک واحد خاص تکیه کند.",
    "cited": "تکنیک Dropout در هنگام آموزش، بخشی از واحدهای شبکه را به صورت تصادفی خاموش می‌کند.",
    "tags": ["#یادگیری_عمیق"],
    "difficulty": 1,
}
RATE = GOOD | {
    "question": "در آزمایش‌های Dropout، نرخ خاموش کردن واحدها چند درصد بود؟",
    "options": ["۲۰ درصد", "۵۰ درصد", "۷۰ درصد", "۹۰ درصد"],
    "correct": 1,
    "explanation": "نویسندگان نرخ را ۵۰ درصد گذاشتند.",
    "cited": "نویسندگان در آزمایش‌ها نرخ خاموش کردن را ۵۰ درصد گذاشتند و دقت روی CIFAR-10 از ۸۵ به"
    " ۸۸ درصد رسید.",
}
NAME = GOOD | {
    "question": "کدام روش ورودی هر لایه را نرمال می‌کند؟",
    "options": ["Batch Normalization", "Dropout", "Weight Decay", "Early Stopping"],
    "correct": [0],
    "explanation": "این روش ورودی هر لایه را نرمال می‌کند.",
    "cited": "روش Batch Normalization کار دیگری می‌کند: ورودی هر لایه را نرمال می‌کند.",
}


def with_option(text: str, place: int = 3) -> dict[str, Any]:
    options = list(GOOD["options"])
    options[place] = text
    return {"options": options}


BAD: list[tuple[str, object]] = [
    ("not-json", "این یک کوییز است."),
    ("not-json", None),
    ("not-json", ["question"]),
    ("refusal", "متأسفم، نمی‌توانم در این درخواست کمک کنم."),
    ("missing", {"question": None}),
    ("missing", {"question": "   "}),
    ("missing", {"options": "الف، ب، پ"}),
    ("missing", {"options": [1, 2, 3, 4]}),
    ("missing", {"explanation": 7}),
    ("missing", {"cited": ""}),
    ("missing", with_option(" ")),
    ("wrong-index", {"correct": 4}),
    ("wrong-index", {"correct": -1}),
    ("wrong-index", {"correct": "0"}),
    ("wrong-index", {"correct": True}),
    ("wrong-index", {"correct": [0, 2]}),
    ("wrong-index", {"correct": []}),
    ("count", {"options": ["بخشی از آن‌ها را خاموش می‌کند"]}),
    ("count", {"options": [f"گزینهٔ شمارهٔ {n} در فهرست" for n in range(13)]}),
    ("count", {"options": [f"مورد {n}" for n in range(500)]}),
    ("same-options", {"options": [GOOD["options"][0]] * 5}),
    ("same-options", with_option("همهٔ آنها را با نرخ ثابت كوچكتر مي‌كند", 3)),
    ("too-long", {"question": "شبکهٔ عصبی چه می‌کند؟ " * 20}),
    ("too-long", with_option("واحدهای شبکه را یکی‌یکی بررسی می‌کند " * 4)),
    ("too-long", {"explanation": "چون واحدها خاموش می‌شوند. " * 12}),
    ("too-long", {"question": "😀" * 140 + " چرا؟"}),
    ("line-feeds", {"explanation": "یک\nدو\nسه\nچهار"}),
    ("not-persian", {"question": "What does Dropout do to the units during training?"}),
    ("not-persian", {"explanation": "Because random units are dropped in training."}),
    ("no-question", {"question": "تکنیک Dropout واحدهای شبکه را خاموش می‌کند."}),
    ("refers", {"question": "طبق متن بالا، تکنیک Dropout چه می‌کند؟"}),
    ("refers", {"question": "در این پست دربارهٔ Dropout چه آمده است؟"}),
    ("all-of-them", with_option("همهٔ موارد بالا درست است")),
    ("all-of-them", with_option("هیچ‌کدام از این موارد")),
    ("all-of-them", with_option("هیچ‌کدام")),
    ("all-of-them", with_option("all of the above")),
    ("labels", with_option("الف) بزرگ‌ترین آن‌ها را دو برابر می‌کند")),
    ("labels", with_option("۴. بزرگ‌ترین آن‌ها را دو برابر می‌کند")),
    ("placeholder", with_option("گزینهٔ ۴")),
    (
        "uneven",
        with_option(GOOD["options"][0] + " تا شبکه به یک واحد خاص تکیه نکند و خوب بماند", 0)
        | {
            "options": [
                GOOD["options"][0] + " تا به یک واحد خاص تکیه نکند",
                "بزرگ‌تر",
                "کوچک‌تر",
                "برابر",
            ]
        },
    ),
    ("form", RATE | {"options": ["۲۰ درصد", "۵۰", "۷۰ درصد", "۹۰ درصد"]}),
    (
        "form",
        NAME | {"options": ["Batch Normalization", "کم کردن وزن", "توقف زودهنگام", "افزودن داده"]},
    ),
    ("given-away", NAME | {"question": "روش Batch Normalization چه چیزی را نرمال می‌کند؟"}),
    ("own-link", {"explanation": "بیشتر بخوانید: https://evil.example/x"}),
    ("own-link", {"question": "تکنیک Dropout در www.evil.example چه می‌کند؟"}),
    ("own-mention", {"explanation": "از @evil_bot بپرسید که چرا چنین است."}),
    ("own-hashtag", {"explanation": "این کار جلوی #بیش_برازش را می‌گیرد."}),
    ("own-markup", {"question": "تکنیک <b>Dropout</b> با واحدهای شبکه چه می‌کند؟"}),
    ("own-markup", with_option("**بزرگ‌ترین** آن‌ها را دو برابر می‌کند")),
    ("refusal", {"explanation": "متأسفم، نمی‌توانم برای این درخواست توضیح بنویسم."}),
    ("not-cited", {"cited": "تکنیک Dropout را در سال ۲۰۱۴ برای ترجمهٔ ماشینی ساختند و رایگان شد."}),
    ("not-cited", {"cited": "Dropout"}),
    ("unsupported", with_option("لایه‌های پنهان تازه به معماری ترجمه می‌افزاید", 0)),
    ("wrong-key", NAME | {"correct": 2}),
    ("value", RATE | {"explanation": "نویسندگان نرخ را ۵۰ درصد گذاشتند و خطا ۳۷ درصد کم شد."}),
    ("name", {"explanation": "روش DropBlock هم در همین پژوهش با واحدها همین کار را می‌کند."}),
    ("duplicate", {"question": "تکنیک Dropout با واحدهای شبکه هنگام آموزش چه می‌کند"}),
]
BANK = [(7, fold("هنگام آموزش تکنیک Dropout با واحدهای شبکه چه می‌کند؟"))]

RELEASE = """نسخهٔ ۲٫۴ کتابخانهٔ FastServe منتشر شد

در این نسخه حافظهٔ لازم برای کش KV با کوانتیزه کردن هشت‌بیتی نصف شده است.
سرور اکنون درخواست‌ها را پیوسته دسته‌بندی می‌کند و دیگر منتظر پر شدن دسته نمی‌ماند.
پشتیبانی از Python 3.9 برداشته شده و کمینهٔ نسخه Python 3.10 است.
سازندگان می‌گویند تأخیر نخستین توکن در آزمون آن‌ها از ۴۲۰ به ۲۶۰ میلی‌ثانیه رسیده است.
برای مدل‌های بزرگ‌تر از حافظهٔ یک کارت، موازی‌سازی تنسوری پیشنهاد می‌شود."""

SOUND = [
    {
        "question": "در FastServe 2.4 حافظهٔ کش KV چطور نصف شد؟",
        "options": [
            "با کوانتیزه کردن هشت‌بیتی",
            "با حذف لایه‌های میانی مدل",
            "با انتقال کش به دیسک",
            "با کوتاه کردن طول ورودی",
        ],
        "correct": 0,
        "explanation": "کوانتیزه کردن هشت‌بیتی، حافظهٔ کش KV را نصف می‌کند.",
        "cited": "در این نسخه حافظهٔ لازم برای کش KV با کوانتیزه کردن هشت‌بیتی نصف شده است.",
    },
    {
        "question": "کمینهٔ نسخهٔ Python برای FastServe 2.4 کدام است؟",
        "options": ["Python 3.8", "Python 3.9", "Python 3.10", "Python 3.12"],
        "correct": 2,
        "explanation": "پشتیبانی از Python 3.9 برداشته شده است.",
        "cited": "پشتیبانی از Python 3.9 برداشته شده و کمینهٔ نسخه Python 3.10 است.",
    },
    {
        "question": "دسته‌بندی پیوستهٔ درخواست‌ها در سرور FastServe چه سودی دارد؟",
        "options": [
            "سرور منتظر پر شدن دسته نمی‌ماند",
            "سرور به کارت گرافیک نیاز ندارد",
            "پاسخ‌ها در حافظه ذخیره می‌شوند",
            "مدل هر بار از نو بارگذاری می‌شود",
        ],
        "correct": 0,
        "explanation": "درخواست‌ها پیوسته دسته‌بندی می‌شوند و کسی منتظر پر شدن دسته نمی‌ماند.",
        "cited": "سرور اکنون درخواست‌ها را پیوسته دسته‌بندی می‌کند و دیگر منتظر پر شدن دسته نمی‌ماند.",
    },
    {
        "question": "تأخیر نخستین توکن در آزمون سازندگان FastServe به چند میلی‌ثانیه رسید؟",
        "options": ["۱۸۰", "۲۶۰", "۳۴۰", "۴۲۰"],
        "correct": 1,
        "explanation": "تأخیر از ۴۲۰ به ۲۶۰ میلی‌ثانیه رسیده است.",
        "cited": "سازندگان می‌گویند تأخیر نخستین توکن در آزمون آن‌ها از ۴۲۰ به ۲۶۰ میلی‌ثانیه رسیده"
        " است.",
    },
    {
        "question": "وقتی مدل در حافظهٔ یک کارت جا نمی‌شود، FastServe چه روشی را پیشنهاد می‌کند؟",
        "options": ["موازی‌سازی تنسوری", "تقطیر دانش مدل", "هرس کردن وزن‌ها", "آموزش دوبارهٔ مدل"],
        "correct": 0,
        "explanation": "برای مدل‌های بزرگ‌تر از حافظهٔ یک کارت، موازی‌سازی تنسوری پیشنهاد می‌شود.",
        "cited": "برای مدل‌های بزرگ‌تر از حافظهٔ یک کارت، موازی‌سازی تنسوری پیشنهاد می‌شود",
    },
]


def judged(answer: object, bank: list[tuple[int, str]] | None = None) -> list[str]:
    whole = GOOD | answer if isinstance(answer, dict) else answer
    found = accept(whole, POST, vocabulary.load(), bank or [])
    return [str(reason["kind"]) for reason in found.reasons]


@pytest.mark.parametrize(("kind", "answer"), BAD)
def test_a_bad_answer_is_refused_with_its_reason(kind: str, answer: object) -> None:
    assert kind in judged(answer, BANK if kind == "duplicate" else None)


def test_every_reason_of_the_gate_was_met_and_is_worded() -> None:
    assert {kind for kind, _ in BAD} >= set(MESSAGES) - {"too-short"}
    assert judged({"question": "چرا چنین؟"}) == ["too-short"]


@pytest.mark.parametrize("answer", [GOOD, RATE, NAME])
def test_a_good_answer_passes(answer: dict[str, Any]) -> None:
    assert judged(answer) == []


@pytest.mark.parametrize("answer", SOUND)
def test_sound_quizzes_about_a_release_pass(answer: dict[str, Any]) -> None:
    whole = {"tags": [], "difficulty": 2} | answer

    assert accept(whole, RELEASE, vocabulary.load()).reasons == ()


def test_what_passes_is_set_and_keeps_its_key() -> None:
    found = accept(
        NAME | {"question": "كدام روش ورودی هر لايه را نرمال ميكند?"}, POST, vocabulary.load()
    )

    assert found.text == "کدام روش ورودی هر لایه را نرمال می‌کند؟"
    assert (
        found.options[found.correct[0]].strip("\u200e\u2066\u2069\u200f") == "Batch Normalization"
    )
    assert found.difficulty == 1


def test_limits_are_counted_in_utf_16() -> None:
    kinds = [one["kind"] for one in problems("چرا؟", ["😀" * 51, "ب"], [0], "🎉" * 101)]

    assert units("😀" * 51) == 102 and kinds == ["too-long", "too-long"]
