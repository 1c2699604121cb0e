"""Answers of vision models are cleaned and doubted."""

import pytest

from prompts.transcript import LOST, clean, echoes, faults, is_loop, salvaged

TEXT = "# عنوان\n\nاین متن صفحه است و همین‌جا تمام می‌شود."
LINE = "یک سطر چاپی با بیش از هشت واژه که مدل دوباره همان را می‌گوید"


@pytest.mark.parametrize(
    "answer",
    [
        TEXT,
        f"```markdown\n{TEXT}\n```",
        f"```\n{TEXT}\n```\n",
        f"Here is the transcribed text of the page:\n\n{TEXT}",
        f"Sure! Here's the Markdown:\n```markdown\n{TEXT}\n```",
        f"Certainly, the text follows.\n\n{TEXT}",
        f"متن صفحه به این شرح است:\n\n{TEXT}",
        f"بفرمایید، این متن استخراج‌شده از تصویر است:\n{TEXT}",
        f"{TEXT}\n\nLet me know if you need anything else!",
        f"{TEXT}\n\nامیدوارم این متن به کارتان بیاید.",
        f"\ufeff\u202b{TEXT}\u202c",
        TEXT.replace("\n", "\r\n"),
    ],
)
def test_only_the_page_is_left(answer: str) -> None:
    assert clean(answer) == TEXT


@pytest.mark.parametrize(
    "text",
    [
        "متن صفحه را با دقت بخوانید. سپس پاسخ دهید.",
        "Here the road ends.\n\nText of the second paragraph.",
        "The following theorem holds.\n\nLet x be a number.",
        "```python\nprint(1)\n```\n\nCode and text.",
    ],
)
def test_text_that_only_sounds_like_it_stays(text: str) -> None:
    assert clean(text) == text


def test_persian_gets_its_letters_and_arabic_keeps_its_own() -> None:
    assert clean("اين كتاب را مي‌خوانيم و به آن فكر مي‌كنيم") == (
        "این کتاب را می‌خوانیم و به آن فکر می‌کنیم"
    )
    arabic = "هذا الكتاب في المكتبة التي كان فيها على الرف"
    assert clean(arabic) == arabic


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "empty"),
        (" \n--- *** \n", "empty"),
        ("متأسفم، نمی‌توانم این تصویر را بخوانم.", "refusal"),
        ("I'm unable to view images, but I can help otherwise.", "refusal"),
        (TEXT + "\nپایان همین است." * 4, "loop"),
        ("الگو تکرار می‌شود " * 12, "loop"),
        (f"{LINE}\n{LINE}\nو دنباله.", "echo"),
        (f"{LINE}\nسطری در میان.\n{LINE}", "echo"),
        (" ".join(str(n) for n in range(3000)), "too-long"),
        ("تنها عنوان", "too-short"),
        ("https://t.me/prize", "link-only"),
    ],
)
def test_what_cannot_be_the_page_is_said(text: str, fault: str) -> None:
    assert fault in faults(text, 400)


def test_a_good_page_has_no_fault() -> None:
    page = " ".join(f"واژهٔ {n} از این صفحه" for n in range(40))

    assert faults(page, 500) == ()
    assert faults(page, 500, truncated=True) == ("truncated",)


@pytest.mark.parametrize(
    "text",
    [
        "| الف | ب |\n|---|---|\n| ۱ | ۰ |\n| ۲ | ۰ |\n| ۳ | ۰ |\n| ۴ | ۰ |",
        "- بله\n- بله\n- خیر",
        "0 0 0 0 0 0 0 0 0 0",
        "----------\n----------\n----------\n----------",
        "متن یکم.\n\n" + "واژه " * 3,
    ],
)
def test_what_repeats_by_nature_is_no_loop(text: str) -> None:
    assert not is_loop(text) and not list(echoes(text))


def test_a_short_page_promises_nothing() -> None:
    assert faults("۱۲", 20) == ()


def test_an_apology_inside_a_long_text_is_text() -> None:
    letter = "Sorry for the late reply. " + "We read your paper with interest and learned. " * 12

    assert "refusal" not in faults(letter, 500)


def test_what_is_lost_is_shown_as_lost() -> None:
    assert salvaged("I cannot do that.", ("refusal",)) == LOST
    assert salvaged(f"{LINE}\n{LINE}\nو دنباله.", ("echo",)) == f"{LINE}\nو دنباله."
    assert salvaged(TEXT, ("too-long",)) == TEXT
