"""What makes an entry one story."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.identity import arxiv_id, canonical_url, identity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2410.10629v3", ("2410.10629", "v3")),
        ("oai:arXiv.org:2609.26811v1", ("2609.26811", "v1")),
        ("http://arxiv.org/abs/0704.0001", ("0704.0001", "")),
        ("hep-th/9901001v2", ("hep-th/9901001", "v2")),
        ("math.GT/0309136", ("math/0309136", "")),
        ("arXiv:cond-mat/0102536v10", ("cond-mat/0102536", "v10")),
        ("version 12.34", None),
        ("", None),
    ],
)
def test_arxiv_ids_are_found_with_and_without_version(text, expected):
    assert arxiv_id(text) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/abs/2410.10629",
        "http://arxiv.org/abs/2410.10629v2",
        "https://www.arxiv.org/pdf/2410.10629v1.pdf",
        "https://arxiv.org/pdf/2410.10629",
        "https://arxiv.org/html/2410.10629v3",
        "https://export.arxiv.org/abs/2410.10629",
        "https://alphaxiv.org/abs/2410.10629",
        "https://www.alphaxiv.org/overview/2410.10629v1",
        "https://huggingface.co/papers/2410.10629",
    ],
)
def test_every_address_of_a_paper_is_the_paper(url):
    assert identity(url) == "arxiv:2410.10629"


def test_a_page_that_only_mentions_a_paper_is_not_the_paper():
    assert identity("https://example.org/abs/2410.10629").startswith("url:")
    assert identity("https://arxiv.org/abs/2410.10629/extra").startswith("url:")


def test_a_release_is_its_repository_and_tag():
    url = "https://github.com/Facebook/React/releases/tag/eslint-plugin%405.0.0"

    assert identity(url) == "github:facebook/react@eslint-plugin@5.0.0"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/post",
        "https://www.example.org/post/",
        "https://example.org:443/post#part",
        "https://EXAMPLE.org/post?utm_source=rss&utm_medium=feed",
        "https://example.org/post/amp/",
        "https://amp.example.org/post?fbclid=1",
        "  https://example.org//post ",
    ],
)
def test_the_spellings_of_an_address_are_one(url):
    assert canonical_url(url) == "https://example.org/post"


def test_parameters_that_matter_stay_in_one_order():
    assert canonical_url("https://a.org/?b=2&a=1") == canonical_url("http://a.org?a=1&b=2")
    assert canonical_url("https://a.org/?id=1") != canonical_url("https://a.org/?id=2")


def test_without_an_address_the_guid_decides_and_then_the_words():
    assert identity("", guid="1", source="a") == identity("", guid="1", source="a", text="new")
    assert identity("", guid="1", source="a") != identity("", guid="1", source="b")
    assert identity("", text="x", source="a") != identity("", text="y", source="a")


@given(st.text())
def test_any_text_has_an_identity(text):
    assert identity(text, guid=text, text=text)


@given(st.text(alphabet="htps:/.[]@%?#&=a1é "))
def test_a_canonical_address_is_its_own(url):
    assert canonical_url(canonical_url(url)) == canonical_url(url)
