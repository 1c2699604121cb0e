"""What the guide says, and that Telegram takes every message of it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from bidi.algorithm import get_display
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channel.contents import Frame, digest, guide
from bot.channel.post import Rendered
from bot.demo.entities import read_entities
from bot.demo.limits import ENTITIES_KEPT, MARKUP_CHARACTERS, TEXT, markup_weight
from bot.demo.methods.words import finish
from bot.persian.typography import units
from db.guide import Contents, Part, SeriesParts, TagCount
from handlers.texts.guide import WORDS

FRAME = Frame(WORDS, "peyk_bot", footer="@peyk_ai")


def tag(number: int, posts: int = 3, **fields: str) -> TagCount:
    return TagCount(number, fields.get("name", f"برچسب_{number}"), fields.get("label", ""), posts)


def series(number: int, parts: int, *, is_open: bool = True, newest: int = 0) -> SeriesParts:
    links = tuple(Part(at, f"https://t.me/peyk_ai/{at}") for at in range(1, parts + 1))
    return SeriesParts(number, f"مجموعهٔ {number}", is_open, parts, links, newest or number)


def nowhere(part: str) -> str:
    return ""


def somewhere(part: str) -> str:
    return f"https://t.me/peyk_ai/{len(part)}"


def bare(message: Rendered) -> str:
    """The text without direction marks."""
    return re.sub("[\u200e\u200f\u2060]", "", message.text)


def linked(message: Rendered) -> dict[str, str]:
    """The words of every link, and where it leads."""
    text = message.text.encode("utf-16-le")
    return {
        text[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le"): e["url"]
        for e in message.entities
        if "url" in e
    }


def test_a_small_guide_is_one_message_with_all_sections():
    known = Contents((tag(1),), (tag(2, label="یادگیری عمیق"),), (series(7, 3),))

    (root,) = guide(known, FRAME, nowhere).values()

    lines = bare(root).splitlines()
    assert lines[0] == "🧭 راهنمای مطالب کانال" and lines[-1] == "@peyk_ai"
    assert "• #برچسب_1 · ۳ پست" in lines and "• #برچسب_2 یادگیری عمیق · ۳ پست" in lines
    assert "• مجموعهٔ 7 (ادامه دارد): ۱ / ۲ / ۳" in lines


def test_numbers_lead_to_parts_and_counts_into_the_bot():
    known = Contents((tag(5, 12),), (), (series(7, 2),))

    links = linked(guide(known, FRAME, nowhere)["root"])

    assert links["۱۲ پست"] == "https://t.me/peyk_bot?start=toc_5"
    assert links["۲"] == "https://t.me/peyk_ai/2"


def test_tags_are_sorted_by_count_and_then_by_the_persian_alphabet():
    tags = (tag(1, 2, name="ژرف"), tag(2, 2, name="پرسش"), tag(3, 9, name="یادداشت"), tag(4, 2))

    text = bare(guide(Contents((), tags), FRAME, nowhere)["root"])

    assert re.findall(r"#(\w+)", text) == ["یادداشت", "برچسب_4", "پرسش", "ژرف"]


def test_series_that_go_on_come_first_and_newer_before_older():
    known = Contents((), (), (series(1, 1, is_open=False, newest=9), series(2, 1), series(3, 1)))

    text = bare(guide(known, FRAME, nowhere)["root"])

    assert re.findall(r"مجموعهٔ (\d)", text) == ["3", "2", "1"]


def test_of_a_long_series_the_first_and_the_newest_parts_are_linked():
    shown = (Part(1, "https://t.me/c/1"), *(Part(n, "https://t.me/c/1") for n in range(90, 119)))
    known = Contents((), (), (SeriesParts(4, "دوره", True, 118, shown, 1),))

    (root,) = guide(known, FRAME, nowhere).values()

    assert "۱ / … / ۹۰ / ۹۱" in bare(root)
    assert linked(root)["همهٔ ۱۱۸ قسمت"] == "https://t.me/peyk_bot?start=toc_s4"


def test_a_section_that_outgrows_the_root_moves_out_and_leaves_its_beginning():
    known = Contents((tag(1),), tuple(tag(n, 500 - n) for n in range(2, 100)))

    parts = guide(known, FRAME, somewhere)

    assert list(parts) == ["root", "subject", "subject:2", "subject:3"]
    assert "#برچسب_1 " in bare(parts["root"]) and "#برچسب_2 " in bare(parts["root"])
    assert "#برچسب_99 " not in parts["root"].text and "#برچسب_99 " in parts["subject:3"].text
    assert linked(parts["root"])["۳"] == somewhere("subject:3")
    assert linked(parts["subject"])["↩️ بازگشت به راهنما"] == somewhere("root")


def test_what_no_message_holds_is_a_link_into_the_bot():
    known = Contents((), tuple(tag(n) for n in range(1, 900)))

    parts = guide(known, FRAME, somewhere)

    assert list(parts) == ["root", "subject", "subject:2", "subject:3", "subject:4"]
    assert linked(parts["subject:4"])["همه در ربات (۸۹۹ برچسب)"].endswith("?start=toc")


def test_a_new_post_changes_only_the_parts_that_show_its_tag():
    tags = [tag(n, 900 - n) for n in range(1, 120)]
    before = guide(Contents((), tuple(tags)), FRAME, somewhere)
    tags[100] = tag(101, 800)

    after = guide(Contents((), tuple(tags)), FRAME, somewhere)

    changed = {part for part in after if digest(after[part]) != digest(before[part])}
    assert changed == {"subject:3"}


def test_a_section_comes_back_only_when_there_is_ample_room():
    known = Contents((), tuple(tag(n) for n in range(44)))

    assert list(guide(known, FRAME, nowhere)) == ["root"]
    assert list(guide(known, FRAME, somewhere)) == ["root", "subject"]


def test_a_name_too_long_to_be_worth_its_place_is_no_hashtag():
    known = Contents((), (tag(1, name="ب" * 200),))

    assert "#" not in guide(known, FRAME, nowhere)["root"].text


@pytest.mark.parametrize("name", ["Deep_Learning", "شعر", "آموزش_Python"])
def test_every_hashtag_can_be_tapped(name):
    root = guide(Contents((), (tag(1, name=name),)), FRAME, nowhere)["root"]

    _, found = finish(root.text, [])

    tags = [e for e in found if e.type == "hashtag"]
    utf16 = root.text.encode("utf-16-le")
    shown = [utf16[e.offset * 2 : (e.offset + e.length) * 2].decode("utf-16-le") for e in tags]
    assert shown == [f"#{name}"]


def test_latin_in_a_line_neither_loses_its_sign_nor_takes_the_count():
    """Laid out as UAX #9 says: the line as eyes see it, right to left."""
    known = Contents((), (tag(1, name="Deep_Learning"),), (series(7, 2, is_open=False),))
    known = replace(known, series=(replace(known.series[0], title="دروس RKHS"),))

    root = guide(known, FRAME, nowhere)["root"]

    shown = [
        re.sub("[\u200e\u200f\u2060]", "", get_display(one)) for one in root.text.splitlines()
    ]
    assert any("تسپ ۳ · #Deep_Learning •" in one for one in shown), shown
    assert any("۲ / ۱ :RKHS سورد •" in one for one in shown), shown


text = st.text(st.sampled_from("آبپ۱_aZ9 #@./😀\u200c\u0640\n:صتو"), max_size=120)
hashtags = st.text(st.sampled_from("آبپتaZ_9۱"), min_size=1, max_size=255).map(lambda n: f"ب{n}")
tags = st.builds(
    TagCount, st.integers(1, 10**12), hashtags, text, st.integers(1, 10**7), st.just("")
)
parts = st.lists(
    st.builds(Part, st.integers(1, 10**6), st.just("https://t.me/c/1234567890123/12345678")),
    min_size=1,
    max_size=30,
).map(tuple)
all_series = st.builds(
    SeriesParts,
    st.integers(1, 10**12),
    text,
    st.booleans(),
    st.integers(1, 10**5),
    parts,
    st.integers(1, 10**15),
)


@settings(max_examples=30, deadline=None)
@given(
    types=st.lists(tags, max_size=5),
    subjects=st.lists(tags, max_size=5),
    of=st.lists(all_series, max_size=4),
    times=st.sampled_from([1, 7, 40]),
    own=st.text("آب😀\n", max_size=600),
)
def test_no_message_exceeds_a_limit_of_telegram(types, subjects, of, times, own):
    known = Contents(tuple(types * times), tuple(subjects * times), tuple(of * times))
    frame = Frame(WORDS, "a" * 32, own, own)

    for message in guide(
        known, frame, lambda part: "https://t.me/c/1234567890123/1234567"
    ).values():
        _, found = finish(message.text, read_entities(list(message.entities), message.text))
        assert 0 < units(message.text) <= TEXT
        assert markup_weight(found) <= MARKUP_CHARACTERS
        assert {e.type for e in found} <= {"bold", "text_link", "hashtag"}
        assert len(found) <= ENTITIES_KEPT
