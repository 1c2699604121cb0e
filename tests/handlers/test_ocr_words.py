"""Buttons and sentences about files, and what people write about them."""

import pytest

from db.ocr import Form, Job, ReadPage
from handlers import ocr_buttons
from handlers.ocr_buttons import Press, Pressed
from handlers.texts import ocr as words

JOB = Job(1, 1, 1, 1, id=7)


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("۳-۷", ((3, 7),)),
        ("2, 5", ((2, 2), (5, 5))),
        ("صفحهٔ ۳ تا ۷", ((3, 7),)),
        ("صفحه‌های ۱ و ۴-۶", ((1, 1), (4, 6))),
        ("فقط صفحهٔ ۲", ((2, 2),)),
        ("pages 3 to 4", ((3, 4),)),
        ("۷ - ۳", ((3, 7),)),
        ("۱۲ سلام", ()),
        ("سلام", ()),
        ("", ()),
        ("3-", ()),
        ("123456", ()),
    ],
)
def test_page_numbers_as_people_write_them(text, ranges):
    assert words.asked_pages(text) == ranges


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        ([7], "صفحهٔ ۷"),
        ([1, 2, 3], "صفحه‌های ۱ تا ۳"),
        ([1, 2], "صفحه‌های ۱ و ۲"),
        ([1, 2, 3, 7], "صفحه‌های ۱ تا ۳ و ۷"),
        ([9, 1, 4], "صفحه‌های ۱، ۴ و ۹"),
    ],
)
def test_pages_are_named_as_people_name_them(pages, text):
    assert words.named(pages) == text


def test_the_notes_say_who_read_what():
    pages = [
        ReadPage(1, "الف", "layer"),
        ReadPage(2, "ب", "tesseract"),
        ReadPage(3, "", "blank"),
        ReadPage(4, "", "nobody", ("unreachable",)),
        ReadPage(5, "پ", "model", ("loop",)),
        ReadPage(6, "ت", "model"),
    ]
    notes = words.notes(JOB, pages, 6)

    for said in ("صفحهٔ ۱: متن خود پرونده", "صفحهٔ ۲ را نخواند؛ Tesseract", "صفحهٔ ۳: سفید"):
        assert said in notes
    assert "صفحهٔ ۴ خوانده نشد" in notes and "صفحهٔ ۵: با تصویر بسنجید" in notes
    assert "۶" not in notes


@pytest.mark.parametrize(
    ("data", "pressed"),
    [
        ("o:stop:7.5", Pressed(Press.CANCEL, 7, 5)),
        ("o:form:7.5:docx", Pressed(Press.FORM, 7, 5, "docx")),
        ("o:page:7.5:12", Pressed(Press.PICTURE, 7, 5, "12")),
        ("o:burn:7.5", None),
        ("o:stop:7", None),
        ("o:stop:x", None),
        ("o:stop:7.5:" + "9" * 11, None),
        ("d:pub:1:1", None),
        (None, None),
    ],
)
def test_only_our_own_data_is_read(data, pressed):
    assert ocr_buttons.read(data) == pressed


def test_forged_arguments_ask_for_nothing():
    assert Pressed(Press.FORM, 7, 5, "exe").form is None
    assert Pressed(Press.PICTURE, 7, 5, "abc").number == 0


def test_the_data_of_every_button_is_read_back_and_fits():
    markup = ocr_buttons.result(JOB, range(1, 20), files=[Form.PLAIN, Form.WORD], layers=True)
    data = [str(button.callback_data) for row in markup.inline_keyboard for button in row]

    assert all(ocr_buttons.read(one) and len(one.encode()) <= 64 for one in data)
    assert sum(one.startswith("o:page:") for one in data) == ocr_buttons.MOST_PICTURES
    assert {f"o:form:7.{JOB.message_id}:{form}" for form in (Form.PLAIN, Form.WORD)} <= set(data)
