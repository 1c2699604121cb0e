"""Markdown of read pages as blocks and as plain text."""

import time

import pytest

from bot.documents.markup import (
    Heading,
    Item,
    Paragraph,
    Run,
    Style,
    Table,
    Verbatim,
    blocks,
    plain_text,
    words,
)


@pytest.mark.parametrize(
    ("markdown", "block"),
    [
        ("# عنوان", Heading(1, (Run("عنوان"),))),
        ("### عنوان ###", Heading(3, (Run("عنوان"),))),
        ("#برچسب", Paragraph((Run("#برچسب"),))),
        ("متن", Paragraph((Run("متن"),))),
        ("> نقل", Paragraph((Run("نقل"),), quoted=True)),
        ("- یک", Item((Run("یک"),))),
        ("  * دو", Item((Run("دو"),), depth=1)),
        ("۳. سه", Item((Run("سه"),), mark="۳.")),
        ("12) دوازده", Item((Run("دوازده"),), mark="12)")),
        ("```py\na = 1\n\nb\n```", Verbatim("a = 1\n\nb")),
        ("```\nبی‌پایان", Verbatim("بی‌پایان")),
        ("$$x^2$$", Verbatim("x^2", formula=True)),
        ("$$\nx\n$$", Verbatim("x", formula=True)),
        ("\\[\nx\n\\]", Verbatim("x", formula=True)),
        ("|الف|ب|\n|---|:-:|\n|۱|", Table((((Run("الف"),), (Run("ب"),)), ((Run("۱"),),)))),
    ],
)
def test_a_block_is_what_it_looks_like(markdown, block):
    assert blocks(markdown) == [block]


@pytest.mark.parametrize(
    ("line", "runs"),
    [
        ("**مهم** و *کج*", [("مهم", Style.BOLD), (" و ", None), ("کج", Style.ITALIC)]),
        ("`a*b*`", [("a*b*", Style.CODE)]),
        ("با $x_i$ است", [("با ", None), ("x_i", Style.FORMULA), (" است", None)]),
        ("از \\(y\\)", [("از ", None), ("y", Style.FORMULA)]),
        ("2*3*4 و snake_case_name", [("2*3*4 و snake_case_name", None)]),
        ("$5 تا $6", [("$5 تا $6", None)]),
        ("\\*ستاره\\*", [("*ستاره*", None)]),
        ("الف<br>ب", [("الف\nب", None)]),
        ("[متن](https://example.org)", [("[متن](https://example.org)", None)]),
    ],
)
def test_the_styles_of_a_line(line, runs):
    (block,) = blocks(line)

    assert [(run.text, run.style) for run in block.line] == runs


def test_a_paragraph_keeps_its_lines_and_ends_where_something_else_begins():
    first, second = blocks("یک\nدو\n- سه")

    assert words(first.line) == "یک\nدو"
    assert isinstance(second, Item)


def test_a_cell_may_hold_a_bar():
    (table,) = blocks("|a|b|\n|-|-|\n|1\\|2|3|")

    assert [words(cell) for cell in table.rows[1]] == ["1|2", "3"]


def test_plain_text_has_no_marks():
    text = plain_text("# عنوان\n\n- **یک**\n- دو\n\n|الف|ب|\n|-|-|\n|۱|۲|\n\n$$x$$")

    assert text == "عنوان\n\n• یک\n• دو\n\nالف\tب\n۱\t۲\n\nx"


@pytest.mark.parametrize(
    "unit", ["**", "`", "$", "\\(", "|", "<br ", "> ", "- ", "#", "*a", "[", " ", "-|", "__"]
)
def test_nothing_makes_it_slow(unit):
    started = time.process_time()
    blocks(unit * (60_000 // len(unit)))

    assert time.process_time() - started < 1
