"""Snippets: the right stretch, harmless, with marks on whole words."""

from hypothesis import given
from hypothesis import strategies as st

from bot.persian.folding import fold
from bot.persian.snippet import MOST_MARKS, WIDTH, Shown, Wanted, shown
from bot.persian.typography import plain, units

texts = st.text(alphabet="شبکه‌ عصبیيكAb1۲😀. _@#/:\n«»(", max_size=400)


def one(text: str, *wanted: str, title: str = "عنوان") -> Shown:
    ((_, part),) = shown([(title, text)], Wanted(wanted))
    return part


def marked(part: Shown) -> list[str]:
    encoded = part.text.encode("utf-16-le")
    return [encoded[2 * at : 2 * (at + long)].decode("utf-16-le") for at, long in part.marks]


def test_words_are_marked_in_any_spelling():
    part = one("از شبكه‌هاي عصبي و شبکه تا LLMها", "شبکه", "llm")

    assert marked(part) == ["شبکه‌های", "شبکه", "LLMها"]


def test_the_window_is_where_most_of_the_words_are():
    text = "مدل " + "سخن " * 200 + "اینجا مدل زبانی بزرگ است " + "سخن " * 200

    part = one(text, "مدل", "زبان")

    assert marked(part) == ["مدل", "زبانی"]
    assert part.text.count("…") == 2


def test_a_text_without_the_words_is_shown_from_its_beginning():
    assert one("نخستین واژه و باقی", "هیچ") == Shown("نخستین واژه و باقی")


def test_a_beginning_marks_all_words_that_begin_so():
    assert marked(one("transformer transfer train", "transf*")) == ["transformer", "transfer"]


def test_an_empty_text_and_an_empty_title_are_shown_empty():
    pairs = shown([("", "متن"), ("عنوان", ""), ("", "")], Wanted(["متن"]))

    assert [(a.text, b.text) for a, b in pairs] == [("", "متن"), ("عنوان", ""), ("", "")]


def test_links_names_and_tags_come_out_harmless():
    part = one("ببینید openai.com و @someone و #tag", "openai")

    assert part.text == plain(part.text)
    assert "openai.com" not in part.text and "@someone" not in part.text


@given(texts, st.sampled_from(["شبکه", "عصبی", "b", "1"]))
def test_marks_stand_on_words_that_were_wanted(text, word):
    part = one(text, word)

    assert len(part.marks) <= MOST_MARKS
    assert units(part.text) <= 3 * WIDTH
    assert all(word in fold(words).split() for words in marked(part))
    ends = [0, *(at + length for at, length in part.marks)]
    assert all(end <= at for end, (at, _) in zip(ends, part.marks, strict=False))
