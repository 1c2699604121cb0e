"""The three markup languages, and the words for what is wrong in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.entities import utf16_length
from bot.demo.errors import ApiError
from bot.demo.markup import parse_markup
from bot.demo.methods.words import finish


def brief(text, mode):
    text, entities = parse_markup(text, mode)
    return text, sorted((e.type, e.offset, e.length) for e in entities)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>پیک</b> &lt;۳", "پیک <۳", [("bold", 0, 3)]),
        ("<strong><em>x</em></strong>", "x", [("bold", 0, 1), ("italic", 0, 1)]),
        ("<tg-spoiler>x</tg-spoiler>", "x", [("spoiler", 0, 1)]),
        ('<span class="tg-spoiler">x</span>', "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ("🌍<u>ab</u>", "🌍ab", [("underline", 2, 2)]),
        ("<i></i>a&amp;b &copy; &#65;&#x42", "a&b &copy; AB", []),
        ("<a href='localhost'>x</a>", "x", []),
    ],
)
def test_html(source, text, entities):
    assert brief(source, "html") == (text, entities)


def test_html_links_carry_their_address():
    (link,) = parse_markup('<a href="https://arxiv.org?a=1&amp;b=2">مقاله</a>', "html")[1]

    assert link.url == "https://arxiv.org/?a=1&b=2"


def test_html_code_with_a_language_is_one_block():
    _, (block,) = parse_markup('<pre><code class="language-python">x</code></pre>', "html")

    assert (block.type, block.language) == ("pre", "python")


def test_a_user_address_is_a_mention():
    _, (mention,) = parse_markup('<a href="tg://user?id=77">x</a>', "html")

    assert mention.to_json()["user"]["id"] == 77


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("سلام <", "Unclosed start tag at byte offset 9"),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("x<br>", 'Unsupported start tag "br" at byte offset 1'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        (
            "<b>سلام</i>",
            'Unmatched end tag at byte offset 11, expected "</b>", found "</i>"',
        ),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute of the tag"),
        ("<a ='x'>x</a>", 'Empty attribute name in the tag "a" at byte offset 0'),
        ("<a href=x/y>x</a>", "Unexpected end of name token at byte offset 8"),
        ("<a href='x", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("&#xD800;", "Text contains invalid Unicode characters after decoding HTML entities"),
    ],
)
def test_html_errors_name_the_byte(source, words):
    with pytest.raises(ApiError) as refusal:
        parse_markup(source, "html")

    assert refusal.value.description.startswith(f"Bad Request: can't parse entities: {words}")


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("*پیک* 1\\.0", "پیک 1.0", [("bold", 0, 3)]),
        ("_a __b___", "a b", [("italic", 0, 3), ("underline", 2, 1)]),
        ("~a~ ||b||", "a b", [("spoiler", 2, 1), ("strikethrough", 0, 1)]),
        ("`a*b` ```py\nx```", "a*b x", [("code", 0, 3), ("pre", 4, 1)]),
        ("[a](https://x.org/\\))", "a", [("text_link", 0, 1)]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 4)]),
        ("**>a\n>b||", "a\nb", [("expandable_blockquote", 0, 3)]),
        ("![👍](tg://emoji?id=5)", "👍", [("custom_emoji", 0, 2)]),
    ],
)
def test_markdown_v2(source, text, entities):
    assert brief(source, "markdownv2") == (text, entities)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("1.0", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("سلام *x", "Can't find end of Bold entity at byte offset 9"),
        ("```py x", "Can't find end of PreCode entity at byte offset 0"),
        ("[a](b", "Can't find end of a URL at byte offset 4"),
        ("![a](b)", "Custom emoji entity must contain a tg://emoji URL"),
    ],
)
def test_markdown_v2_errors(source, words):
    with pytest.raises(ApiError) as refusal:
        parse_markup(source, "markdownv2")

    assert refusal.value.description == f"Bad Request: can't parse entities: {words}"


def test_the_old_markdown_does_not_nest():
    source = "*a _b* `c` [d](x.org) \\_ ```py\ne```"
    text, entities = brief(source, "markdown")

    assert text == "a _b c d _ e"
    assert entities == [("bold", 0, 4), ("code", 5, 1), ("pre", 11, 1), ("text_link", 7, 1)]


def test_the_old_markdown_names_the_byte_too():
    with pytest.raises(ApiError, match="end of the entity starting at byte offset 4"):
        parse_markup("سل*x", "markdown")


def test_other_languages_are_refused():
    with pytest.raises(ApiError, match="unsupported parse_mode"):
        parse_markup("x", "bbcode")


@given(
    st.text(alphabet="ab<>/=&;\"' \n\\_*[]()~`>|!#سa🌍\u200c.@:x1", max_size=60),
    st.sampled_from(["html", "markdownv2", "markdown"]),
)
def test_any_text_is_read_or_refused(source, mode):
    try:
        text, entities = finish(*parse_markup(source, mode))
    except ApiError as refusal:
        assert refusal.description.startswith("Bad Request: can't parse entities: ")
    else:
        assert all(0 <= e.offset < e.end <= utf16_length(text) for e in entities)
