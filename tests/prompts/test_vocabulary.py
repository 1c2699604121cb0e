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


@pytest.mark.parametrize("name", ["مدل_جهان", "World_Models", "#test-time compute", "كوانتوم"])
def test_a_name_that_is_new_and_fit_may_be_proposed(name: str) -> None:
    proposed = load().proposal(name)

    assert proposed and load().find(proposed) is None
    (found,) = detect(f"#{proposed}", [])
    assert (found.type, found.length) == ("hashtag", len(proposed) + 1)


@pytest.mark.parametrize(
    "name",
    [
        *("LLM", "ترنسفرمر", "diffusions", "#۱۲۳", "x", "", "a b c d e", "https://evil.example"),
        *("кот", "ا" * 50, "@admin", "<b>tag</b>", "two\nlines!"),
    ],
)
def test_what_is_ours_a_slip_of_it_or_unfit_is_not_proposed(name: str) -> None:
    assert load().proposal(name) is None


def test_names_are_found_in_texts_however_their_words_are_parted() -> None:
    vocabulary = parse("#متن_بلند: long-context\n")

    for text in ("a long context window", "LongContext", "long-context", "متن‌بلند", "متن بلند"):
        assert vocabulary.mentioned(text) == ("#متن_بلند",)
