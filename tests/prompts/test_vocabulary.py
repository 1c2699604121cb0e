"""The channel's hashtags."""

import pytest

from bot.demo.detect import detect
from bot.errors import ConfigError
from db.model import Kind
from prompts.vocabulary import load, parse

SMALL = parse("# remark\n\n#مدل_زبانی: LLM, language model\n#HuggingFace: Hugging Face\n#خبر:\n")


@pytest.mark.parametrize(
    "name", ["#مدل_زبانی", "مدل‌زبانی", "مدل زبانی", "llm", "#LLM", "Language-Model"]
)
def test_a_tag_is_found_by_all_its_names(name: str) -> None:
    assert SMALL.find(name) == "#مدل_زبانی"


@pytest.mark.parametrize("name", ["", "#", "LLMs", "مدل", "https://evil.example"])
def test_other_names_are_not_ours(name: str) -> None:
    assert SMALL.find(name) is None


def test_known_tags_come_once_and_in_order() -> None:
    assert SMALL.known(["hugging face", "LLM", "nothing", "#مدل_زبانی"]) == (
        "#HuggingFace",
        "#مدل_زبانی",
    )


def test_mentions_are_whole_words_the_most_frequent_first() -> None:
    text = "A language model from Hugging Face: an LLM. LLMified, not #LLM."

    assert SMALL.mentioned(text) == ("#مدل_زبانی", "#HuggingFace")
    assert SMALL.mentioned("LLMified") == ()


@pytest.mark.parametrize("text", ["no tag: x", "#دو برچسب: x", "#a:\n#a:", "#123: x"])
def test_a_line_that_is_no_tag_is_named(text: str) -> None:
    with pytest.raises(ConfigError, match="line"):
        parse(text)


def test_the_channels_own_vocabulary_is_sound() -> None:
    vocabulary = load()

    assert len(vocabulary.tags) >= 40
    assert all(vocabulary.find(kind) for kind in Kind)
    names = [name.casefold() for others in vocabulary.tags.values() for name in others]
    assert len(names) == len(set(names))


def test_telegram_sees_every_tag_as_one_hashtag() -> None:
    for tag in load().tags:
        (found,) = detect(tag, [])
        assert (found.type, found.length) == ("hashtag", len(tag))
