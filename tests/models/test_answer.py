"""Objects found in whatever a model says."""

import pytest

from bot.models.answer import find_object, without_thinking

WANTED = {"title": "t", "body": "b\nc"}
PLAIN = '{"title": "t", "body": "b\\nc"}'


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        f"```json\n{PLAIN}\n```",
        f"Sure! Here it is:\n{PLAIN}\nHope it helps {{smile}}.",
        f'The form is {{"title": "..."}} and so: {PLAIN}',
        f"{{not json}} [1, 2] {PLAIN}",
        '{"title": "t", "body": "b\nc"}',
    ],
)
def test_the_object_is_found(text: str) -> None:
    assert find_object(text, ("title", "body")) == WANTED


@pytest.mark.parametrize(
    "text", ["", "no", "[1]", '{"title": "cut', "{" * 100_000, '{"a":' * 9999]
)
def test_where_none_is_none_is_found(text: str) -> None:
    assert find_object(text) is None


def test_thoughts_are_no_answer() -> None:
    assert without_thinking(f'<think>{{"title": 1}}</think>\n{PLAIN}') == PLAIN
    assert without_thinking("<think>cut off in the middle") == ""
