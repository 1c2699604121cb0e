"""Does a passage bear a sentence out?"""

import pytest

from prompts.bearing import clauses, faults, passage

DROPOUT = passage(
    "تکنیک Dropout در حین آموزش واحدهایی از شبکه را به صورت تصادفی حذف میکند.\n"
    "این روش بیشبرازش را ۱۲ درصد کم میکند و به داده بیشتری نیاز ندارد.\n"
    "بر خلاف آن، افزودن نویز باعث کندی آموزش میشه."
)
ADAM = passage(
    "بهینه‌سازها\nAdam ترکیبی از Momentum و RMSprop است. Adam از SGD سریع‌تر همگرا می‌شود."
)


@pytest.mark.parametrize(
    "sentence",
    [
        "در Dropout واحدهای شبکه هنگام آموزش تصادفی حذف می‌شوند",
        "تکنیک Dropout برخی واحدهای شبکه را تصادفی کنار می‌گذارد",
        "بیش‌برازش با این روش ۱۲ درصد کاهش می‌یابد",
        "این روش نیازی به دادهٔ بیشتر ندارد",
    ],
)
def test_a_faithful_sentence_is_borne_out(sentence):
    assert faults(sentence, DROPOUT) == ()


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("این روش بیش‌برازش را ۳۰ درصد کم می‌کند", "value"),
        ("تکنیک Dropout شرکت Google واحدهایی از شبکه را تصادفی حذف می‌کند", "name"),
        ("این روش به دادهٔ بیشتری نیاز دارد", "negated"),
        ("این روش بیش‌برازش را افزایش می‌دهد", "opposite"),
        ("تکنیک Dropout همیشه واحدهایی از شبکه را تصادفی حذف می‌کند", "sweeping"),
        ("در Dropout هنگام آزمون واحدهای شبکه تصادفی حذف می‌شوند", "unsupported"),
        ("در Dropout هنگام آموزش واحدهای شبکه به ترتیب حذف می‌شوند", "unsupported"),
        ("تکنیک Dropout واحدهای شبکه را حذف می‌کند تا بیش‌برازش افزایش یابد", "opposite"),
        ("این روش بیش‌برازش را -۱۲ درصد کم می‌کند", "value"),
        ("نهنگ‌ها در زمستان به آب‌های گرم کوچ می‌کنند", "unsupported"),
        ("بله", "unsupported"),
    ],
)
def test_a_faulty_sentence_is_not(sentence, fault):
    assert fault in faults(sentence, DROPOUT)


@pytest.mark.parametrize(
    "sentence", ["RMSprop ترکیبی از Adam و Momentum است", "SGD از Adam سریع‌تر همگرا می‌شود"]
)
def test_one_in_the_part_of_another_is_seen(sentence):
    assert "roles" in faults(sentence, ADAM)


def test_words_from_all_over_a_passage_bear_nothing_out():
    lines = [
        "مدل را می‌سازند.",
        "باران می‌بارد.",
        "نرخ بهره ثابت است.",
        "قهوه گران شد.",
        "ماه کامل است.",
    ]

    assert faults(
        "مدل با نرخ قهوه در ماه کامل باران می‌سازد", passage("\n".join(["عنوان", *lines]))
    )


def test_a_clause_ends_at_a_conjunction_or_behind_a_verb():
    assert clauses("سرعت و دقت بالا می‌رود و خطا کم می‌شود، ولی حافظه می‌خواهد") == [
        "سرعت و دقت بالا می‌رود",
        "خطا کم می‌شود",
        "حافظه می‌خواهد",
    ]


RESULT = passage(
    "Falcata-7B\nدقت آن در آزمون خواندن ۶۱٫۴ درصد است، در حالی که مدل پیشین به ۵۷٫۹ درصد"
    " رسیده بود."
    " این روش نه آموزش می‌خواهد و نه تغییری در معماری."
)


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("دقت در آزمون خواندن ۵۷٫۹ درصد است", "attached"),
        ("این روش هم آموزش می‌خواهد و هم تغییری در معماری", "negated"),
    ],
)
def test_what_is_said_of_another_thing_is_not_borne_out(sentence, fault):
    assert fault in faults(sentence, RESULT)


@pytest.mark.parametrize(
    "sentence",
    ["دقت آن در آزمون خواندن ۶۱٫۴ درصد است", "این روش نه آموزش می‌خواهد و نه تغییری در معماری"],
)
def test_what_is_said_of_the_thing_itself_is(sentence):
    assert faults(sentence, RESULT) == ()


def test_what_is_done_to_one_thing_is_not_done_to_another():
    assert "roles" in faults("تکنیک Dropout در حین آموزش داده را حذف می‌کند", DROPOUT)


def test_a_quotation_is_borne_out_whatever_it_says():
    quoted = "بر خلاف آن، افزودن نویز باعث کندی آموزش میشه"

    assert faults(quoted, DROPOUT) == ()
    assert faults(quoted.replace("میشه", "نمیشه"), DROPOUT)
