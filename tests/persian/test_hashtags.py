"""Hashtags are those that are blue in the app, and nothing else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.detect import find_hashtags
from bot.persian.hashtags import hashtags
from bot.persian.typography import units
from feeds.export import convert


def tags(text, entities=()):
    return [tag for _, _, tag in hashtags(text, entities)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("#خبر و #Deep_Learning، #هوش_مصنوعی.", ["خبر", "Deep_Learning", "هوش_مصنوعی"]),
        ("#شبکه\u200cهای_عصبی #a·b", ["شبکه\u200cهای_عصبی", "a·b"]),
        ("#2024 #۱۴۰۵ #___ # #", []),
        ("#GPT4 #4o", ["GPT4", "4o"]),
        ("C#بعد a#b ##x #x#y", ["x"]),
        ("(#خبر)#ابزار", ["خبر", "ابزار"]),
        ("https://x.org/a#intro github.com/a/b#readme", []),
        ("https://x.org/1\n#خبر", ["خبر"]),
        ("#خبر@peyk_ai", ["خبر"]),
        ("#" + "ا" * 300, ["ا" * 256]),
    ],
)
def test_the_rule_is_telegrams(text, found):
    assert tags(text) == found


@pytest.mark.parametrize("kind", ["code", "pre", "url", "text_link", "mention", "email"])
def test_what_is_something_else_already_holds_no_tags(kind):
    entity = {"type": kind, "offset": 0, "length": 6}

    assert tags("#abcde #خبر", [entity]) == ["خبر"]


@pytest.mark.parametrize("kind", ["bold", "spoiler", "expandable_blockquote"])
def test_formatting_does_not_hide_a_tag(kind):
    assert tags("#abcde", [{"type": kind, "offset": 0, "length": 6}]) == ["abcde"]


@given(st.text(alphabet="#ab1_\u200c·م😀 .\n/@", max_size=40))
def test_the_places_are_those_of_the_embedded_telegram(text):
    found = hashtags(text)
    encoded = text.encode("utf-16-le")

    assert [encoded[2 * o : 2 * (o + n)].decode("utf-16-le") for o, n, _ in found] == [
        f"#{tag}" for _, _, tag in found
    ]
    if "/" not in text and "." not in text:
        wanted = [(units(text[:a]), units(text[a:b])) for a, b in find_hashtags(text)]
        assert [(offset, length) for offset, length, _ in found] == wanted


@pytest.mark.parametrize(
    ("name", "least"), [("data_ml.result.json", 25), ("trantor_library.result.json", 4375)]
)
def test_the_tags_of_recorded_posts_are_telegrams_own(shared, name, least):
    """All that Telegram marked; beyond it only what its export cannot tell: tags in quotes."""
    seen = 0
    for raw in json.loads((shared / "export" / name).read_text("utf-8"))["messages"]:
        post = convert(raw, -1, None, str)
        marked = {
            (e["offset"], e["length"])
            for e in getattr(post, "entities", ())
            if e["type"] == "hashtag"
        }
        if not marked:
            continue
        found = {(offset, length) for offset, length, _ in hashtags(post.text, post.entities)}
        seen += len(marked)

        assert found >= marked
        assert all(_quoted(place, post.entities) for place in found - marked)
    assert seen >= least


def _quoted(place, entities):
    return any(
        e["type"].endswith("blockquote") and e["offset"] <= place[0] < e["offset"] + e["length"]
        for e in entities
    )
