"""The products that titles name with a version."""

import pytest

from feeds.product import compare, names_in


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Introducing Claude Opus 4.6", ["claude opus 4.6"]),
        ("Claude 3.7 Sonnet and Claude Code", ["claude 3.7 sonnet"]),
        ("Qwen3-VL and MiniMax-M2", ["qwen 3 vl", "minimax m 2"]),
        ("Fable 5’s safeguards", ["fable 5"]),
        ("DINOv3 sees", ["dino 3"]),
        ("نسخهٔ Llama 4 آمد", ["llama 4"]),
    ],
)
def test_versioned_names_are_found(title, names):
    assert [name.text for name in names_in(title.replace("’", "'"))] == names


@pytest.mark.parametrize(
    "title",
    ["A 3D pipeline", "Raises $4 billion", "1,600 languages", "In 2026", "30× Fewer", "part 2"],
)
def test_not_every_number_is_a_version(title):
    assert list(names_in(title)) == []


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Claude Opus 4.6", "Opus 4.6", "same"),
        ("Claude 3.7 Sonnet", "Claude 3.7", "same"),
        ("Llama 3.2", "Llama 3.1", "higher"),
        ("Llama 3.9", "Llama 3.10", "lower"),
        ("Mistral Small 3", "Mistral OCR 3", "other"),
        ("GPT-4o", "GPT-4o mini", "other"),
        ("Gemini 3", "Llama 3", "unrelated"),
    ],
)
def test_names_are_compared_by_family_and_version(one, other, how):
    (first,), (second,) = names_in(one), names_in(other)

    assert compare(first, second) == how
