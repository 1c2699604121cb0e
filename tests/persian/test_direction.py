"""What a reader sees, by an implementation of the bidirectional algorithm (UAX #9)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.persian.direction import JOINER, LRM, RLM, latin_runs, right_to_left
from bot.persian.typography import plain, typeset
from bot.persian.untouched import code_covered, covered
from tests.eval.typography import Case, cases

bidi = pytest.importorskip("bidi", reason="python-bidi is in the group dev")

MARKS = re.compile(f"[{LRM}{RLM}{JOINER}\u2066\u2069\u200c]")
TWO_MARKS = re.compile(f"[{LRM}{RLM}]{{2}}")


def seen(line: str) -> str:
    """`line` as it stands on a screen that runs from the right, read from left to right."""
    return MARKS.sub("", bidi.get_display(line, base_dir="R"))


def isolated(line: str) -> str:
    """`line` with a full isolate around each Latin run instead of any marks."""
    line, parts, done = re.sub(f"[{LRM}{RLM}{JOINER}]", "", line), [], 0
    for start, end in latin_runs(covered(code_covered(line))):
        parts += [line[done:start], "\u2066", line[start:end], "\u2069"]
        done = end
    return "".join([*parts, line[done:]])


def even(shown: str) -> str:
    """`shown` with «٪» on one side: behind a mark the algorithm puts it on the other."""
    return re.sub("([۰-۹٫٬]+)٪", r"٪\1", shown)


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("مدل GPT-4 (OpenAI)، 85% بهتر است", ["GPT-4", "(OpenAI)"]),
        ("زبان C++، Rust و C# خوب است", ["C++", "Rust", "C#"]),
        ("کانال @openai گفت", ["@openai"]),
        ("@openai گفت", ["@openai"]),
        ("با .NET نوشت", [".NET"]),
        ("کوانتیزه 4-bit است", ["4-bit"]),
        ("تصویر 1024×768 است", ["1024×768"]),
        ("در 2024-10-15 بود", ["2024-10-15"]),
        ("حافظه 24 GB دارد", ["24 GB"]),
        ("تابع len() و f(x) را", ["len()", "f(x)"]),
        ("دستور `pip install -U x` را", ["`pip install -U x`"]),
        ("دما -5 درجه", ["-۵"]),
        ("-5 درجه", ["-۵"]),
        ("دقت >90% است", [">۹۰٪"]),
        ("Llama 3 is out.", ["Llama 3 is out."]),
        ("مقاله «Attention, please» آمد", ["Attention, please"]),
        ("نشانی https://a.ir/x?y=1&z=2 است", ["https://a.ir/x?y=1&z=2"]),
        ("#LLM و #GPT4 و #خبر", ["#LLM", "#GPT4"]),
    ],
)
def test_a_latin_run_is_read_as_it_was_written(text: str, runs: list[str]) -> None:
    shown = seen(typeset(text)).translate(str.maketrans("()", ")("))
    wanted = [run.translate(str.maketrans("()", ")(")) for run in runs]

    for run, mirrored in zip(runs, wanted, strict=True):
        inner = run.strip("()") if run.startswith("(") else run
        assert inner in seen(typeset(text)) or mirrored in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("مدل GPT-4 (OpenAI) است", "تسا )OpenAI( GPT-4 لدم"),
        ("Meta، Google، OpenAI", "OpenAI ،Google ،Meta"),
        ("شرکت Meta، Google و OpenAI", "OpenAI و Google ،Meta تکرش"),
        ("با GPT-4، 20 نفر", "رفن ۲۰ ،GPT-4 اب"),
        ("زبان C++ است", "تسا C++ نابز"),
        ("C++ 17 مورد", "دروم ۱۷ C++"),
        ("پایان با GPT-4.", ".GPT-4 اب نایاپ"),
        ("GPT-4: تازه", "هزات :GPT-4"),
        ("از 10-20 نفر", "رفن ۲۰–۱۰ زا"),
        ("۲۰ GPU", "GPU ۲۰"),
        ("دما -5 درجه", "هجرد -۵ امد"),
    ],
)
def test_runs_and_numbers_flow_from_the_right(text: str, shown: str) -> None:
    assert seen(typeset(text)) == shown


@pytest.mark.parametrize("case", cases(), ids=lambda case: f"{case.group}-{case.name}")
def test_marks_show_a_line_as_isolates_would(case: Case) -> None:
    for line in typeset(case.text).split("\n"):
        if "wiki/" not in line:  # an address in two scripts turns; its characters are not ours
            assert even(seen(line)) == even(seen(isolated(line)))


MIXED = """
    مدل است و با ۲۰ ۸۵٪ GPT-4 OpenAI C++ C# .NET @name #tag #خبر f(x) len() v2.1.0 4-bit 24GB
    https://a.ir/x `x=1` 1024×768 -5 +1.2 >90 ( ) « » ، ؛ : . ! ؟ … – 🚀
"""
PIECES = st.sampled_from(MIXED.split())


@given(st.lists(PIECES, max_size=9).map(" ".join))
def test_no_mark_follows_another(text: str) -> None:
    set_text = typeset(text)

    assert not TWO_MARKS.search(set_text)
    assert not TWO_MARKS.search(plain(set_text))


@given(st.lists(PIECES, min_size=1, max_size=9).map(" ".join))
def test_every_paragraph_runs_from_the_right(text: str) -> None:
    set_text = typeset(text)

    assert bidi.get_display(set_text) == bidi.get_display(set_text, base_dir="R")


@pytest.mark.parametrize(
    "text",
    ["مدل GPT-4 آمد", "مدل GPT-4 و Llama 3.1 آمد", "با ۲۰ GPU و 80GB", "(GPT-4) و «Claude» هم"],
)
def test_a_line_that_reads_right_by_itself_gets_no_marks_inside(text: str) -> None:
    assert not re.search(f"[{LRM}{RLM}]", typeset(text)[1:])


@pytest.mark.parametrize(
    ("line", "turned"),
    [
        ("#LLM #خبر", True),
        ("@peyk | پیک", True),
        ("🚀 12", True),
        ("#خبر #LLM", False),
        ("", False),
    ],
)
def test_a_line_for_machines_is_only_turned(line: str, turned: bool) -> None:
    assert right_to_left(f"م\n{line}") == f"م\n{RLM * turned}{line}"
