"""Every row of the table of hard cases, and the typographer's own lists against it."""

import re
import tomllib
from importlib.resources import files

import pytest

from bot.persian.typography import ZWNJ, typeset
from tests.eval.typography import Case, cases, unmarked

LISTS = tomllib.loads(files("bot.persian").joinpath("lexicon.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.group}-{case.name}")
def test_a_hard_case_comes_out_right(case: Case) -> None:
    assert unmarked(typeset(case.text)) == case.want


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.group}-{case.name}")
def test_what_is_right_stays(case: Case) -> None:
    assert unmarked(typeset(case.want)) == case.want


def test_the_table_is_of_a_size_and_names_no_case_twice() -> None:
    table = cases()

    assert len({(case.group, case.name) for case in table}) == len(table) >= 250
    assert sum(case.group == "held-out" for case in table) == 40


def test_compounds_told_apart_come_together_and_stay() -> None:
    for word in LISTS["compounds"]["words"].split():
        whole = unmarked(typeset(word.replace("|", " ")))

        assert whole.replace(ZWNJ, "") == word.replace("|", "")
        assert " " not in whole
        assert unmarked(typeset(whole)) == whole


@pytest.mark.parametrize(
    ("table", "name"), [("nouns", "not_plural"), ("verbs", "not_glued"), ("suffixed", "not_glued")]
)
def test_exceptions_stay_as_they_are(table: str, name: str) -> None:
    words = [word for word in LISTS[table][name].split() if ZWNJ not in word]

    assert [unmarked(typeset(word)) for word in words] == words


def test_each_comparative_is_told_by_space_and_by_nothing() -> None:
    for word in LISTS["adjectives"]["comparable"].split():
        forms = {unmarked(typeset(f"{word}{gap}تر")) for gap in ("", " ", ZWNJ)}

        assert len(forms) == 1 and re.fullmatch(f"{word}{ZWNJ}?تر", forms.pop())
