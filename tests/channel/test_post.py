"""A draft -> the text and entities of its post; an admin's reply -> the next draft."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channel.post import CAPTION_LIMIT, Rendered, compose, edited, problems
from bot.demo.entities import utf16_length, utf16_slice
from bot.persian.typography import typeset
from db.model import Draft, Entity, Kind, Link

SIGNATURE = "@peyk_ai | پیک"
DRAFT = Draft(
    item_id=1,
    kind=Kind.PAPER,
    title="عنوان",
    body="بند یک.\n\nبند دو.",
    tags=("#مقاله", "#LLM"),
    links=(Link("https://arxiv.org/abs/1", "مقاله"), Link("https://github.com/a/b", "کد")),
    origin="model:m",
)
ADMINS = replace(DRAFT, origin="admin:7")


def parts(post: Rendered, kind: str) -> list[str]:
    """The stretches of the post with this formatting."""
    return [
        utf16_slice(post.text, e["offset"], e["offset"] + e["length"])
        for e in post.entities
        if e["type"] == kind
    ]


def first_strong(line: str) -> str:
    """The direction of a line by UAX #9, rule P2; empty when it has none."""
    directions = (unicodedata.bidirectional(char) for char in line)
    return next((d for d in directions if d in ("L", "R", "AL")), "")


def test_a_post_has_title_body_links_tags_and_signature() -> None:
    post = compose(DRAFT, SIGNATURE)

    assert post.text == (
        "عنوان\n\nبند یک.\n\nبند دو.\n\n🔗 مقاله\n🔗 کد\n\n#مقاله #LLM\n\n\u200f@peyk_ai | پیک"
    )
    assert parts(post, "bold") == ["عنوان"]
    assert parts(post, "text_link") == ["مقاله", "کد"]
    assert [e["url"] for e in post.entities if "url" in e] == [link.url for link in DRAFT.links]


@pytest.mark.parametrize(
    ("changes", "signature", "expected"),
    [
        ({"links": ()}, SIGNATURE, "عنوان\n\nم\n\n#مقاله #LLM\n\n\u200f@peyk_ai | پیک"),
        ({"links": (), "tags": ()}, SIGNATURE, "عنوان\n\nم\n\n\u200f@peyk_ai | پیک"),
        ({"links": (), "tags": ()}, "", "عنوان\n\nم"),
        ({"links": (Link("https://a.org"),), "tags": ()}, "", "عنوان\n\nم\n\n🔗 پیوند"),
        ({"links": (), "tags": ("#LLM",)}, "", "عنوان\n\nم\n\n\u200f#LLM"),
    ],
)
def test_what_is_missing_leaves_no_gap(
    changes: dict[str, Any], signature: str, expected: str
) -> None:
    assert compose(replace(DRAFT, body="م", **changes), signature).text == expected


@pytest.mark.parametrize("emoji", ["😀", "👨‍👩‍👧", "🇮🇷", "𝔸"])
def test_offsets_count_utf16_units(emoji: str) -> None:
    draft = replace(DRAFT, title=f"{emoji} عنوان {emoji}", body=f"{emoji} بند")

    post = compose(draft, SIGNATURE)

    assert parts(post, "bold")[0].endswith(f"عنوان {emoji}")
    assert parts(post, "text_link") == ["مقاله", "کد"]


@pytest.mark.parametrize("origin", ["model:m", "extract", "admin:7"])
@pytest.mark.parametrize(
    "body",
    [
        "GPT-5 آمد.\n\nLlama هم.\n\n۱۲ و ABC",
        "«GPT-5» آمد.\n\n(Llama) هم.\n\n- item\n- مورد",
        "\u202aLTR\u202c سلام\n\n\u200eLTR\n\n\u200fRLM",
        "😀 OpenAI گفت\n\n3.5 Sonnet",
    ],
)
@pytest.mark.parametrize("formatted", [False, True])
def test_every_paragraph_begins_right_to_left(origin: str, body: str, formatted: bool) -> None:
    entities = ({"type": "italic", "offset": 0, "length": 3},) if formatted else ()
    draft = replace(DRAFT, title="OpenAI خبر داد", body=body, origin=origin, entities=entities)

    for line in compose(draft, "peyk | پیک").text.split("\n"):
        assert first_strong(line) in ("R", "AL", "")


def test_direction_marks_move_the_formatting_along() -> None:
    body = "GPT-5 آمد\nو Llama ماند\nQwen رفت"
    entities: tuple[Entity, ...] = (
        {"type": "bold", "offset": 0, "length": 5},
        {"type": "underline", "offset": 6, "length": 20},
        {"type": "code", "offset": 12, "length": 5},
        {"type": "italic", "offset": 23, "length": 4},
    )

    post = compose(replace(ADMINS, body=body, entities=entities), SIGNATURE)

    assert parts(post, "bold")[1:] == ["GPT-5"]
    assert parts(post, "code") == ["Llama"]
    assert parts(post, "italic") == ["Qwen"]
    assert parts(post, "underline") == ["آمد\nو Llama ماند\n\u200fQwe"]


def test_code_stays_as_it_was_typed() -> None:
    code = "import peyk\nrun()"
    entities: tuple[Entity, ...] = (
        {"type": "pre", "offset": 0, "length": len(code), "language": "python"},
    )

    post = compose(replace(ADMINS, body=code, entities=entities), SIGNATURE)

    assert parts(post, "pre") == [code]


def test_what_a_machine_wrote_is_made_harmless_and_what_an_admin_wrote_is_not() -> None:
    text = "ببینید: fast.ai و @fastai"

    assert text not in compose(replace(DRAFT, body=text), "").text
    assert text in compose(replace(ADMINS, body=text), "").text.replace("\u200e", "")


def test_a_picture_goes_with_a_text_that_fits_below_it() -> None:
    draft = replace(DRAFT, picture="file-id", tags=(), links=())
    fits = CAPTION_LIMIT - utf16_length(compose(replace(draft, body=""), "").text)

    assert compose(replace(draft, body="م" * fits), "").photo == "file-id"
    assert compose(replace(draft, body="م" * (fits + 1)), "").photo == ""


@pytest.mark.parametrize(
    ("length", "found"), [(4096, []), (4097, [{"kind": "too-long", "units": 4097, "limit": 4096}])]
)
def test_a_text_beyond_telegrams_limit_is_a_problem(length: int, found: list[Any]) -> None:
    assert problems(Rendered("😀" * (length // 2) + "م" * (length % 2))) == found


@pytest.mark.parametrize(("count", "found"), [(45, []), (46, ["too-much-markup"])])
def test_too_much_markup_is_a_problem(count: int, found: list[str]) -> None:
    entity = {"type": "text_link", "offset": 0, "length": 1, "url": "https://a.org/" + "x" * 166}

    kinds = [problem["kind"] for problem in problems(Rendered("م", (entity,) * count))]

    assert kinds == found


@pytest.mark.parametrize(
    ("text", "title", "body"),
    [
        ("عنوان تازه\nمتن تازه", "عنوان تازه", "متن تازه"),
        ("عنوان تازه\n\nبند یک\n\nبند دو", "عنوان تازه", "بند یک\n\nبند دو"),
        ("\n\n عنوان تازه \n\n متن \n", "عنوان تازه", "متن"),
        ("فقط متن", "عنوان", "فقط متن"),
        ("متن\nمتن", "متن", "متن"),
        ("عنوان\nعربي و كتاب ٣", "عنوان", "عربی و کتاب ۳"),
    ],
)
def test_the_first_line_of_a_reply_is_the_title(text: str, title: str, body: str) -> None:
    fields = edited(DRAFT, text, (), "admin:7")

    assert (fields["title"], fields["body"]) == (title, body)
    assert fields["origin"] == "admin:7"


def test_formatting_of_a_reply_moves_with_its_text() -> None:
    text = "  😀 عنوان\n\n 😀 پررنگ و پیوند"
    bold = {"type": "bold", "offset": 16, "length": 5}
    link = {"type": "text_link", "offset": 24, "length": 5, "url": "https://a.org/"}

    fields = edited(DRAFT, text, (bold, link), "admin:7")
    post = compose(replace(DRAFT, **fields, links=()), SIGNATURE)

    assert parts(post, "bold") == ["😀 عنوان", "پررنگ"]
    assert parts(post, "text_link") == ["پیوند"]


@pytest.mark.parametrize(
    "kind", ["mention", "url", "hashtag", "bot_command", "text_mention", "custom_emoji", "email"]
)
def test_what_telegram_found_by_itself_is_left_to_it_again(kind: str) -> None:
    found = {"type": kind, "offset": 6, "length": 4, "user": {"id": 1}}

    assert edited(DRAFT, "عنوان\nمتن تازه", (found,), "admin:7")["entities"] == ()


def test_formatting_of_the_title_alone_does_not_reach_the_body() -> None:
    whole = {"type": "italic", "offset": 0, "length": 14}
    title = {"type": "underline", "offset": 0, "length": 5}

    fields = edited(DRAFT, "عنوان\nمتن تازه", (whole, title), "admin:7")

    assert fields["entities"] == ({"type": "italic", "offset": 0, "length": 8},)


@st.composite
def replies(draw: st.DrawFn) -> tuple[str, tuple[Entity, ...]]:
    """A message with formatting as Telegram would deliver it: never cutting a character."""
    letters = st.sampled_from("ابپ ‌😀𝔸xY.\n\n\t🇮#@«ي1")
    text = draw(st.text(letters, min_size=1, max_size=60))
    kinds = st.sampled_from(["bold", "italic", "code", "pre", "text_link", "mention", "spoiler"])
    entities = []
    for _ in range(draw(st.integers(0, 5))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        offset, length = utf16_length(text[:start]), utf16_length(text[start:end])
        entities.append({"type": draw(kinds), "offset": offset, "length": length})
    return text, tuple(entities)


@given(replies())
def test_formatting_never_leaves_the_text_nor_cuts_a_character(
    reply: tuple[str, tuple[Entity, ...]],
) -> None:
    text, entities = reply

    post = compose(replace(DRAFT, **edited(DRAFT, text, entities, "admin:7")), SIGNATURE)

    assert post.text.encode()  # no lone surrogates
    for entity in post.entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        assert 0 <= start < end <= utf16_length(post.text)
        assert "\ufffd" not in utf16_slice(post.text, start, end)


def letters(text: str) -> str:
    """Only the letters: marks, digits and spaces are the typographer's to change.

    So are ي and ك, but not in code, which may overlap what is bold.
    """
    return "".join(filter(str.isalpha, text)).translate(str.maketrans("يك", "یک"))


@given(replies())
def test_formatted_words_are_the_same_before_and_after(
    reply: tuple[str, tuple[Entity, ...]],
) -> None:
    text, entities = reply
    fields = edited(DRAFT, text, entities, "admin:7")

    for entity in fields["entities"]:
        start = entity["offset"]
        words = utf16_slice(fields["body"], start, start + entity["length"])
        assert letters(words) in letters(text) + letters(typeset(text))


@given(replies())
def test_an_edited_post_begins_right_to_left_everywhere_but_in_code(
    reply: tuple[str, tuple[Entity, ...]],
) -> None:
    text, entities = reply
    kept = tuple(entity for entity in entities if entity["type"] != "pre")

    post = compose(replace(DRAFT, **edited(DRAFT, text, kept, "admin:7")), SIGNATURE)

    assert {first_strong(line) for line in post.text.split("\n")} <= {"R", "AL", ""}
