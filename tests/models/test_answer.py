"""Objects found in whatever a model says."""

import pytest

from bot.models.answer import Thoughts, find_object, without_thinking
from bot.models.stream import Token

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


def spoken(*pieces: str) -> str:
    """What is left of an answer that comes in `pieces`."""
    thoughts = Thoughts()
    heard = [thoughts.heard(Token(piece)) for piece in pieces]
    return "".join(token.text for token in heard if token) + thoughts.rest()


@pytest.mark.parametrize(
    ("pieces", "left"),
    [
        (("سلام", " دنیا"), "سلام دنیا"),
        (("<th", "ink>", "hm", "</think>", "\n\n", "بله", " ."), "بله ."),
        (("<think>hm</think> بله ",), "بله "),
        (("\n<", "b> is bold"), "<b> is bold"),
        (("<think>", "without an end"), ""),
        (("<th",), "<th"),
        (("<Reasoning>x</Reasoning>", "یک"), "یک"),
        (("a <think>", " b"), "a <think> b"),
        ((), ""),
    ],
)
def test_thoughts_at_the_beginning_of_a_stream_are_left_out(
    pieces: tuple[str, ...], left: str
) -> None:
    assert spoken(*pieces) == left


def test_the_first_spoken_token_keeps_what_the_server_told_of_it() -> None:
    token = Token("a", -0.5, (("a", -0.5),))

    assert Thoughts().heard(token) == token
