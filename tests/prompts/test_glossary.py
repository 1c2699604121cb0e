"""The channel's words, in the prompt and in the answer."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bot.demo
from bot.errors import ConfigError
from feeds.read import READERS
from feeds.sources import parse as parse_sources
from prompts.glossary import Deviation, deviations, lines, load, parse, relevant

FOLDER = Path(bot.demo.__file__).with_name("recorded")
OURS = load()
SMALL = parse(
    "# remark\nterm\tsay\tnot\tnote\n"
    "benchmark\tمحک\tبنچمارک\t\n"
    "large language model | LLM\tمدل زبانی بزرگ | LLM\tمدل زبان بزرگ\n"
    "language model\tمدل زبانی\n"
    "fine-tuning | finetuning\tریزتنظیم\tفاین‌تیون | تنظیم ظریف\tنکته\n"
    "LoRA\tلاتین\tلورا\n"
    "RAG\tRAG\t\n"
    "-\tاست\tمی‌باشد\n"
    "-\t\tانقلابی\tبگویید چه شد\n"
)


def terms(source: str) -> list[str]:
    return [entry.terms[0] for entry in relevant(SMALL, source)]


def found(source: str, draft: str) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in deviations(SMALL, source, draft)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Two benchmarks.", ["benchmark"]),
        ("Fine-Tuning, finetuning and fine\ntuning", ["fine-tuning"]),
        ("LLMs are large language\nmodels", ["large language model"]),
        (
            "a language model and an LLM, a language model",
            ["language model", "large language model"],
        ),
        ("a rag, LORA, loRA, llm", []),
        ("benchmarked; large. Language model's", ["language model"]),
        ("LoRA-based RAG", ["LoRA", "RAG"]),
        ("", []),
    ],
)
def test_the_terms_of_a_source_are_found_the_most_frequent_first(
    source: str, expected: list[str]
) -> None:
    assert terms(source) == expected


@pytest.mark.parametrize(
    "said",
    [
        *("بنچمارک", "بنچمارک‌ها", "بنچمارک ها", "بنچمارکها", "بنچمارکی", "بنچمارک‌هایشان"),
        *("بنچمارك", "بنچمارکِ", "بنچـمارک", "بنچمارک‌گیری"),
    ],
)
def test_another_form_is_found_in_all_its_spellings(said: str) -> None:
    (one,) = deviations(SMALL, "A benchmark.", f"این {said} تازه است.")

    assert (one.kind, one.entry.say) == ("term", ("محک",))
    assert "«محک»" in one.message
    assert one.start == 4


@pytest.mark.parametrize("said", ["فاین‌تیون", "فاین تیون", "فاینتیون", "فاین‌تیون‌شده"])
def test_half_spaces_do_not_matter(said: str) -> None:
    assert found("finetuning", f"مدل {said} آمد.") == [("term", said)]


@pytest.mark.parametrize("said", ["مدل‌های زبان بزرگ", "مدل زبان بزرگی"])
def test_words_inside_a_form_may_be_inflected(said: str) -> None:
    assert found("LLMs", f"این {said} است.") == [("term", said)]


@pytest.mark.parametrize(
    ("source", "draft"),
    [
        ("A test.", "بنچمارک تازه است."),
        ("A benchmark.", "محک‌های تازه و ابربنچمارکیان آمدند."),
        ("LLMs", "مدل‌های زبانی بزرگ و LLMها"),
        ("fine-tuning", "تنظیم‌های ظریفانه"),
        ("benchmark", "دستور benchmark در محک آمده است."),
        ("benchmark", "آزمون (benchmark) و «benchmark» است."),
        ("benchmark", "ابزار Benchmark و benchmark-suite و MTEB benchmark است."),
        ("RAG and LoRA", "روش RAG و LoRA است."),
        ("anything", "نویسنده از «گامی انقلابی» می‌گوید."),
        ("anything", "می‌باشدش و انقلابیون"),
    ],
)
def test_better_silent_than_wrong(source: str, draft: str) -> None:
    assert found(source, draft) == []


def test_a_term_left_in_latin_script_is_found_where_the_text_never_says_it() -> None:
    assert found("benchmarks", "این benchmark تازه است.") == [("latin", "benchmark")]
    assert "«محک»" in deviations(SMALL, "benchmarks", "این benchmark تازه است.")[0].message


def test_a_name_in_persian_letters_goes_back_to_latin() -> None:
    (one,) = deviations(SMALL, "LoRA", "روش لورا تازه است.")

    assert one.kind == "script"
    assert "LoRA" in one.message


def test_words_to_avoid_are_found_in_any_text() -> None:
    first, second = deviations(SMALL, "", "این کار انقلابی می‌باشد.")

    assert (first.words, second.words) == ("انقلابی", "می‌باشد")
    assert "بگویید چه شد" in first.message
    assert "«است»" in second.message


def test_one_place_is_reported_once() -> None:
    glossary = parse("a\tالف\tبتا\nb c\tبی\tبتا گاما\n")
    (one,) = deviations(glossary, "a, b c", "این بتا گاما است.")

    assert one.words == "بتا گاما"


def test_the_prompt_is_told_only_what_the_source_needs() -> None:
    told = lines(SMALL, "A benchmark for LoRA.").splitlines()

    assert told[:2] == ["- benchmark: «محک»، نه «بنچمارک»", "- LoRA: با خط لاتین"]
    assert len(told) == 4
    assert "«می‌باشد»" in told[2]


def test_foreign_text_says_nothing_in_the_prompt() -> None:
    assert lines(parse("benchmark\tمحک\n"), "benchmark\n- ignore: «x»") == "- benchmark: «محک»"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("a\tالف\nA\tب", "line 2"),
        ("a", "nothing to say"),
        ("-\tx", "nothing to avoid"),
        ("\tx", "no term"),
        ("؟\tx", "without letters"),
        ("a\tبا\tب\u200cا", "both"),
        ("a\tb\tc\td\te", "four"),
    ],
)
def test_a_line_that_is_wrong_is_named(text: str, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        parse(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.tsv"):
        load(tmp_path / "none.tsv")


def test_the_channels_own_glossary_is_sound() -> None:
    known = [entry for entry in OURS.entries if entry.terms]

    assert len(known) >= 150
    assert len(OURS.avoided) >= 20
    for entry in known:
        term = entry.terms[0]
        assert entry in relevant(OURS, f"The {term} is here."), term


def test_the_channels_own_words_are_no_deviations() -> None:
    said = [form for entry in OURS.entries for form in entry.say if not form.isascii()]
    source = " . ".join(term for entry in OURS.entries for term in entry.terms)

    for form in said:
        assert not deviations(OURS, source, f"این {form} است."), form


def test_each_form_to_avoid_is_found() -> None:
    for entry in OURS.entries:
        source = entry.terms[0] if entry.terms else ""
        for form in entry.avoid:
            assert deviations(OURS, source, f"این {form} تازه است."), form


def test_the_recorded_summaries_raise_no_alarm() -> None:
    recorded = json.loads((FOLDER / "summaries.json").read_text(encoding="utf-8"))
    told = (FOLDER / "sources.toml").read_text(encoding="utf-8")
    sources = parse_sources(told.replace("$RECORDED", "http://127.0.0.1:1"))
    items = [
        item
        for one in sources
        for item in READERS[one.kind](
            (FOLDER / one.url.rpartition("/")[2]).read_bytes(), one
        ).items
    ]
    texts = {item.identity: f"{item.title}\n\n{item.text}" for item in items}
    alarms: dict[str, tuple[Deviation, ...]] = {}
    for identity, one in recorded.items():
        answer = one["answer"]
        alarms[identity] = deviations(
            OURS, texts[identity], f"{answer['title']}\n\n{answer['body']}"
        )

    assert len(alarms) >= 17
    assert not [one.message for found in alarms.values() for one in found]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_no_text_breaks_it_and_places_are_right(source: str, draft: str) -> None:
    draft = f"بنچمارک {draft} می\u200cباشد"

    for one in deviations(SMALL, f"benchmark {source}", draft):
        assert draft[one.start :].startswith(one.words)
