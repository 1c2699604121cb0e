"""Pages become one text."""

import pytest

from bot.documents.page import Origin, PageText
from bot.documents.whole import markdown

BEGUN = "این جمله در پایین صفحه آغاز می‌شود و دنبالهٔ آن در بالای صفحهٔ بعد"
ENDED = "می‌آید و همان‌جا تمام می‌شود."


def pages(*texts: str, origin: Origin = Origin.MODEL) -> list[PageText]:
    return [PageText(number, text, origin) for number, text in enumerate(texts, 1)]


def test_pages_stand_in_their_order() -> None:
    first, second = pages("One.", "Two.")

    assert markdown([second, first]) == "One.\n\nTwo.\n"


def test_a_sentence_goes_on_overleaf() -> None:
    assert markdown(pages(BEGUN, ENDED)) == f"{BEGUN} {ENDED}\n"


def test_a_divided_word_is_joined() -> None:
    before = "The last line of this page ends with a word that is divi-"

    assert markdown(pages(before, "ded there.")) == before[:-1] + "ded there.\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (BEGUN + ".", ENDED),
        (BEGUN, "# عنوان"),
        (BEGUN, "| الف | ب |"),
        ("| الف | ب | " * 5, ENDED),
        ("## " + BEGUN, ENDED),
        ("کوتاه", ENDED),
        (BEGUN, "A new sentence in English."),
    ],
)
def test_other_pages_stay_apart(before: str, after: str) -> None:
    assert "\n\n" in markdown(pages(before, after))


def test_over_a_missing_page_nothing_is_joined() -> None:
    first, _, third = pages(BEGUN, "", ENDED)

    assert "\n\n" in markdown([first, third])


def test_blank_pages_leave_no_trace() -> None:
    assert markdown(pages("One.", "", "Three.")) == "One.\n\nThree.\n"
    assert markdown(pages("")) == ""


def test_a_doubtful_page_carries_its_mark() -> None:
    good, bad = pages("One.", "Two.")
    bad = PageText(2, "Two.", Origin.MODEL, ("loop",))

    marked = markdown([good, bad], lambda page: f"<{page.page}>" if page.needs_eye else "")

    assert marked == "One.\n\n<2>\n\nTwo.\n"


def test_an_open_fence_does_not_swallow_the_next_page() -> None:
    assert markdown(pages("```\ncode", "Text.")) == "```\ncode\n```\n\nText.\n"


def test_running_heads_go_where_no_model_left_them_out() -> None:
    texts = [f"Journal of Pages\n\nText number {n}.\n\nPublisher" for n in range(4)]

    assert "Journal" not in markdown(pages(*texts, origin=Origin.TESSERACT))
    assert "Publisher" not in markdown(pages(*texts, origin=Origin.LAYER))
    assert markdown(pages(*texts, origin=Origin.MODEL)).count("Journal") == 4


def test_pages_that_are_all_the_same_are_kept() -> None:
    assert markdown(pages(*["A\n\nB"] * 5, origin=Origin.TESSERACT)).count("A\n\nB") == 5
