"""Printed lines become paragraphs."""

from bot.documents.lines import paragraphs

FULL = "یک سطر پر از واژه که تا کنارهٔ راست صفحه می‌رسد و ادامه دارد"


def test_full_lines_go_on() -> None:
    assert paragraphs(f"{FULL}\n{FULL}\nپایان بند.\n") == f"{FULL} {FULL} پایان بند."


def test_a_short_line_ends_its_paragraph() -> None:
    assert paragraphs(f"عنوان\n{FULL}\nپایان.\n{FULL}") == f"عنوان\n\n{FULL} پایان.\n\n{FULL}"


def test_an_empty_line_inside_a_sentence_is_no_end() -> None:
    assert paragraphs(f"{FULL}\n\n{FULL}\nپایان.") == f"{FULL} {FULL} پایان."


def test_an_empty_line_after_a_sentence_is_an_end() -> None:
    assert paragraphs(f"{FULL}.\n\n{FULL}.") == f"{FULL}.\n\n{FULL}."


def test_items_of_a_list_stay_apart() -> None:
    text = f"- {FULL}\n- {FULL}\n۲. {FULL}"

    assert paragraphs(text) == text.replace("\n", "\n\n")


def test_a_lonely_page_number_goes() -> None:
    assert paragraphs(f"{FULL}\n\n— ۱۲ —\n") == FULL
    assert paragraphs(f"7\n{FULL}\n") == FULL


def test_numbers_inside_the_page_stay() -> None:
    assert "\n\n64\n\n" in paragraphs(f"{FULL}.\n64\n{FULL}")


def test_a_broken_address_is_put_together() -> None:
    text = paragraphs(f"{FULL} https://a.example/b?\nid=7")

    assert text == f"{FULL} https://a.example/b?id=7"


def test_a_label_after_a_sentence_begins_a_paragraph() -> None:
    assert paragraphs(f"{FULL}.\nحذف تصادفی: در هر گام.") == f"{FULL}.\n\nحذف تصادفی: در هر گام."
