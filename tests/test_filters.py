"""`peyk typeset` as a filter."""

import json

import pytest

from bot.errors import ConfigError
from bot.filters import typeset_json, typeset_text


def test_a_text_is_typeset_and_keeps_its_last_new_line() -> None:
    assert typeset_text("می شود\n") == "می\u200cشود\n"
    assert typeset_text("می شود") == "می\u200cشود"


def test_json_lines_come_out_one_by_one() -> None:
    lines = iter([json.dumps({"id": 7, "text": "می شود"}) + "\n", "\n", '{"id": "b", "text": ""}'])

    first = next(typeset_json(lines))

    assert json.loads(first) == {"id": 7, "text": "می\u200cشود"}
    assert next(lines) == "\n"


@pytest.mark.parametrize(
    "line", ["{", "[1]", '{"id": 1}', '{"text": ""}', '{"id": 1, "text": 2}', "[" * 100_000]
)
def test_a_bad_line_is_named(line: str) -> None:
    with pytest.raises(ConfigError, match="line 2"):
        list(typeset_json(['{"id": 1, "text": ""}', line]))


def test_lone_surrogates_do_no_harm() -> None:
    assert json.loads(*typeset_json([r'{"id": 1, "text": "\ud800می"}'])) == {"id": 1, "text": "می"}
