"""HTML and Markdown to text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.plain import fold, from_html, from_markdown, line


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<b>bold</b> &amp; &lt;i&gt;", "bold & <i>"),
        ("a<script>alert(1)</script><style>p{}</style>b", "ab"),
        ("<script/>seen", "seen"),
        ("<script>never closed", ""),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("no markup\nat all", "no markup\nat all"),
        ("x < 5 and y > 3", "x < 5 and y > 3"),
        ("<p>سلام <b>دنیا</b>، می‌شود</p>", "سلام دنیا، می‌شود"),
        ("<b>a</b><![foo[ b ]]> c", "a c"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
    ],
)
def test_html_becomes_readable_text(html, text):
    assert from_html(html) == text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## What's new\r\n- a\r\n* b", "What's new\n\n• a\n• b"),
        ("**bold** and [text](https://x.org 'title')", "bold and text"),
        ("![picture](https://x.org/a.png)<!-- hidden -->seen", "seen"),
        ("<details><summary>S</summary>\n\nbody</details>", "S\n\nbody"),
        ("```py\ncode\n```", "code"),
        ("<!-- never closed", ""),
        ("a < b", "a < b"),
    ],
)
def test_markdown_becomes_readable_text(markdown, text):
    assert from_markdown(markdown) == text


def test_control_characters_and_surrogates_go():
    assert fold("a\x00b\x1b[1m\ud800\nc\x85d") == "ab[1m\nc\nd"


def test_a_title_is_one_line():
    assert line(" a\n b\u2028c ") == "a b c"


@pytest.mark.parametrize(
    "part",
    ["<!--", "<a ", "<a", "</", '<p title="', "<script", "[a](", "![", "# ", "**a __b", "&"],
)
def test_no_markup_is_slow(part):
    """Anything quadratic would take minutes here and meet the time limit of the suite."""
    hostile = part * (200_000 // len(part))

    assert len(from_html(hostile)) <= len(hostile)
    assert len(from_markdown(hostile)) <= 2 * len(hostile)


@given(st.text(alphabet="<>/!-[]&;#xabpre scriptli\n\"'=?"))
def test_no_markup_breaks_it(html):
    from_html(html)
    from_markdown(html)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)
