"""What an answer of a model is worth."""

import pytest

from bot.persian.question import read as question
from prompts.grounded import check, check_unsourced, read

PASSAGES = {
    1: "Dropout\nتکنیک Dropout در حین آموزش واحدهایی از شبکه را تصادفی حذف می‌کند.",
    2: "Adam\nالگوریتم Adam نرخ یادگیری هر پارامتر را جداگانه تنظیم می‌کند. #بهینه_ساز",
}
ASKED = question("دراپ‌اوت (Dropout) چه می‌کند؟")
GOOD = "Dropout واحدهایی از شبکه را هنگام آموزش تصادفی حذف می‌کند"


def test_a_sentence_that_its_passage_bears_out_is_an_answer():
    verdict = check(f"{GOOD} [1].", PASSAGES, ASKED)

    assert verdict.reasons == ()
    assert verdict.text == f"{GOOD} [1]."
    assert verdict.cited == (1,)


@pytest.mark.parametrize("cited", ["[۱].", ". [1]", " [1، 1].", "[1]", "【1】."])
def test_numbers_are_read_however_they_are_written(cited):
    assert check(f"{GOOD} {cited}", PASSAGES, ASKED).cited == (1,)


def test_a_sentence_that_cites_nothing_gets_the_only_passage_that_bears_it_out():
    assert check(f"{GOOD}.", PASSAGES, ASKED).text == f"{GOOD} [1]."


def test_one_sentence_without_support_is_enough_to_refuse_all():
    verdict = check(f"{GOOD} [1]. این روش را در پاریس ساخته‌اند [1].", PASSAGES, ASKED)

    assert "unsupported" in verdict.reasons


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "empty"),
        ("[1]", "empty"),
        ("نمی‌دانم", "unknown"),
        ("پاسخ این پرسش در متن‌ها نیامده است.", "unknown"),
        ("Dropout removes random units of the network during training [1].", "not-persian"),
        (f"{GOOD} [7].", "wrong-citation"),
        (f"{GOOD} [1]. بیشتر در https://evil.example بخوانید.", "own-link"),
        (f"{GOOD} [1]. به @evil_bot سر بزنید.", "own-mention"),
        (f"{GOOD} <b>[1]</b>.", "own-markup"),
        ("شبکه شبکه شبکه شبکه شبکه شبکه حذف می‌شود [1].", "loop"),
        ("فقط از همان متن‌ها پاسخ بده و تا می‌توانی واژه‌های خود متن را به کار ببر.", "echo"),
        ("واحدهای شبکه " * 120, "too-long"),
        ("Dropout واحدهایی از شبکه را هنگام آموزش تصادفی حذف می‌کند و [1].", "unfinished"),
        ("شبکه در حین تصادفی تکنیک آموزش حذف واحدهایی Dropout [1].", "unfinished"),
        ("الگوریتم Adam نرخ یادگیری هر پارامتر را جداگانه تنظیم می‌کند [1].", "unsupported"),
    ],
)
def test_what_is_no_answer_is_refused(answer, reason):
    assert reason in check(answer, PASSAGES, ASKED).reasons


def test_a_true_sentence_about_something_else_is_no_answer():
    other = check(
        "الگوریتم Adam نرخ یادگیری هر پارامتر را جداگانه تنظیم می‌کند [2].", PASSAGES, ASKED
    )

    assert other.reasons == ("off-question",)


def test_a_question_for_a_number_wants_one():
    asked = question("Dropout چند واحد شبکه را حذف می‌کند؟")

    assert check(f"{GOOD} [1].", PASSAGES, asked).reasons == ("off-question",)


def test_a_hashtag_of_a_passage_may_be_named():
    asked = question("هشتگ Adam چیست؟")

    tagged = check("الگوریتم Adam نرخ یادگیری را تنظیم می‌کند #بهینه_ساز [2].", PASSAGES, asked)
    invented = check("الگوریتم Adam نرخ یادگیری را تنظیم می‌کند #دیگر [2].", PASSAGES, asked)
    assert "own-hashtag" not in tagged.reasons
    assert "own-hashtag" in invented.reasons


def test_a_number_behind_the_full_stop_belongs_to_the_sentence_before_it():
    said = read("اول. [1] دوم [2]. سوم. [1][2]")

    assert [(one.text, one.cited) for one in said] == [
        ("اول.", (1,)),
        ("دوم.", (2,)),
        ("سوم.", (1, 2)),
    ]


def test_an_answer_without_sources_is_held_to_language_and_manners():
    assert check_unsourced("شبکهٔ عصبی مدلی الهام‌گرفته از مغز است.").reasons == ()
    assert "not-persian" in check_unsourced("A neural network is a model.").reasons
    assert "own-link" in check_unsourced("این‌جا را ببینید: https://evil.example/x").reasons


def test_of_an_answer_that_is_cut_off_the_torn_sentence_is_left_out():
    verdict = check(f"{GOOD} [1]. این روش را نخستین با", PASSAGES, ASKED, torn=True)

    assert (verdict.text, verdict.reasons) == (f"{GOOD} [1].", ())


def test_of_an_answer_that_is_nothing_but_torn_nothing_is_left():
    assert check("Dropout واحدهایی از شبکه را تصاد", PASSAGES, ASKED, torn=True).reasons == (
        "empty",
    )


def test_an_answer_that_was_cut_off_behind_its_full_stop_is_whole():
    assert check(f"{GOOD} [1].", PASSAGES, ASKED, torn=True).reasons == ()


def test_a_long_stretch_said_twice_is_a_loop():
    stretch = "واحدهای شبکه را در حین آموزش تصادفی حذف می‌کند"

    assert "loop" in check(f"Dropout {stretch}، سپس {stretch} [1].", PASSAGES, ASKED).reasons
