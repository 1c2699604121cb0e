"""Which items are one story."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feeds.story
from db.model import Item, Kind, Link
from feeds.identity import identity
from feeds.story import Marks, Stories
from tests.eval.story import Recordings, pairs

DAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
PAPER = "https://arxiv.org/abs/2606.12451"


def item(title, url, day=0.0, *, text="", links=(), source="", kind=Kind.NEWS, revision=""):
    return Item(
        identity(url),
        source or url.split("/")[2],
        kind,
        title,
        text,
        url,
        (Link(url), *(Link(link) for link in links)),
        published=DAY + timedelta(days=day),
        revision=revision,
    )


def paper(title="ToolSense: Auditing Tool Knowledge", day=0.0, url=PAPER, **fields):
    return item(title, url, day, kind=Kind.PAPER, source="arXiv", **fields)


def release(repo, tag="v1.0", day=3.0, **fields):
    url = f"https://github.com/{repo}/releases/tag/{tag}"
    return item(f"{repo} {tag}", url, day, kind=Kind.RELEASE, **fields)


def between(old, new):
    """How `new` stands to `old`, among many others."""
    related = dict((found.identity, how) for found, how in Stories([*CROWD, old]).related(new))
    return related.get(old.identity, feeds.story.DIFFERENT)


def lab(title, day=0.0, **fields):
    return item(title, f"https://lab.example/{title.replace(' ', '-')}", day, **fields)


def press(title, day=2.0, **fields):
    return item(title, f"https://press.example/{title.replace(' ', '-')}", day, **fields)


CROWD = [press(f"Model number{n} wins prize{n}", n % 9) for n in range(500)]


def test_one_paper_through_two_feeds_is_one_story():
    listed = item("ToolSense", "https://huggingface.co/papers/2606.12451", 1)

    how = between(paper(), listed)

    assert (how.kind, how.score) == ("same", 1.0)
    assert how.reasons == ({"kind": "identity", "id": "arxiv:2606.12451"},)


def test_a_later_version_of_a_paper_is_an_update():
    how = between(paper(revision="v1"), paper(revision="v2", day=20))

    assert how.kind == "update" and how.reasons[0] == {
        "kind": "revision",
        "old": "v1",
        "new": "v2",
    }


def test_the_code_a_paper_links_to_is_its_release():
    how = between(paper(links=["https://github.com/SAP/toolsense"]), release("SAP/toolsense"))

    assert how.kind == "release_of"
    assert how.reasons == ({"kind": "link", "to": "repo:sap/toolsense"},)


def test_a_repository_that_names_its_paper_is_its_release():
    code = release("SAP/xyz", text="Code of arXiv:2606.12451.")

    assert between(paper(), code).kind == "release_of"


def test_a_repository_called_like_the_paper_is_its_release():
    how = between(paper(), release("SAP/Tool-Sense"))

    assert how.kind == "release_of" and how.reasons[0]["kind"] == "code-name"


def test_a_tool_that_many_papers_link_to_belongs_to_none():
    link = "https://github.com/vllm-project/vllm"
    papers = [
        paper(f"Work {n}", n, f"https://arxiv.org/abs/2606.0000{n}", links=[link])
        for n in range(7)
    ]

    assert Stories(papers).related(release("vllm-project/vllm")) == []


def test_a_list_of_references_has_no_subject():
    links = [f"https://arxiv.org/abs/2606.1245{n}" for n in range(9)]

    assert between(paper(), press("A survey of it all", links=links)).kind == "different"


def test_a_post_about_a_paper_is_its_story():
    about = press("Do models know their tools?", links=[PAPER])

    assert between(paper(), about).kind == "same"


def test_a_paper_that_cites_another_is_another():
    citing = paper(
        "A reply", 9, "https://arxiv.org/abs/2606.20000", text="We extend arXiv:2606.12451."
    )

    assert between(paper(), citing).kind == "different"


def test_the_next_release_is_an_update_and_says_of_what():
    how = between(release("a/b", "v1.0", 0), release("a/b", "v1.1", 5))

    assert how.kind == "update"
    assert how.reasons == ({"kind": "version", "name": "a/b", "old": "v1.0", "new": "v1.1"},)


@pytest.mark.parametrize(
    ("launch", "report"),
    [
        ("Introducing Claude Opus 4.6", "Claude Opus 4.6 thinks smarter"),
        ("MiniMax M2", "MiniMax-M2 Leads Open Coding"),
        ("OpenAI o3-mini", "o3-mini puts reasoning in high gear"),
        ("Introducing deep research", "Lab Does Deep Research"),
        ("Qwen3-VL is here", "Qwen3-VL sees more"),
    ],
)
def test_a_launch_and_its_report_are_one_story(launch, report):
    assert between(lab(launch), press(report)).kind == "same"
    assert between(press(report, 0), lab(launch, 1)).kind == "same"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Introducing Claude Opus 4.6", "Claude Sonnet 4.6 is here"),
        ("Hello GPT-4o", "GPT-4o mini gets cheaper"),
        ("Qwen3 is here", "Qwen3-VL sees more"),
        ("gpt-oss 20b", "gpt-oss-safeguard 20b"),
        ("Introducing Llama 4", "How to run Llama 4 at home"),
        ("Introducing Llama 4", "Improving Llama 4's safeguards"),
        ("Introducing Llama 4", "A bank moves to Llama 4"),
        ("Claude 3 Haiku: our fastest model", "Claude 3 on Vertex AI"),
        ("Lab raises $30 billion in Series G", "Lab raises $65 billion in Series H"),
    ],
)
def test_relatives_are_not_the_story(old, new):
    assert between(lab(old), press(new)).kind == "different"


def test_a_next_version_is_an_update_never_the_same():
    how = between(lab("Introducing Claude Opus 4.5"), press("Claude Opus 4.6 thinks smarter", 60))

    assert how.kind == "update"
    assert how.reasons[0] == {
        "kind": "version",
        "name": "claude opus",
        "old": "4.5",
        "new": "4.6",
    }


def test_an_older_version_told_later_is_no_update():
    assert between(lab("Llama 4 is out"), press("Llama 3 is out", 5)).kind == "different"


def test_the_next_part_of_a_series_is_an_update():
    one, two = lab("Evals in practice (Part 1)"), lab("Evals in practice (Part 2)", 9)

    assert between(one, two).reasons == ({"kind": "part", "old": 1, "new": 2},)
    assert between(two, one).kind == "different"


def test_one_publisher_tells_nothing_twice():
    first, second = (
        lab("Sharing new research and models"),
        lab("Sharing new research and models ", 9),
    )

    assert between(first, second).kind == "different"


def test_a_card_of_the_same_day_belongs_to_its_launch():
    how = between(lab("OpenAI o3-mini"), lab("OpenAI o3-mini System Card"))

    assert how.kind == "same" and how.reasons[0]["words"] == ["card", "system"]


def test_rare_words_in_company_tell_an_event():
    old = lab("Solving Rubik's Cube with a robot hand")

    how = between(old, press("Robot hand works Rubik's cube"))

    assert how.kind == "same" and set(how.reasons[0]["words"]) >= {"rubik", "cube"}


def test_a_young_index_trusts_no_words():
    old, new = (
        lab("Solving Rubik's Cube with a robot hand"),
        press("Robot hand works Rubik's cube"),
    )

    assert Stories([old]).related(new) == []


def alone(old, new):
    """How `new` stands to `old`, the only item of a new archive."""
    return next((how for _, how in Stories([old]).related(new)), feeds.story.DIFFERENT)


@pytest.mark.parametrize(
    ("launch", "report"),
    [
        (
            "OpenFlow releases Falcata-7B, an open 7B language model under Apache 2.0",
            "Falcata-7B: OpenFlow opens a 7B language model with Apache 2.0 licence",
        ),
        ("OpenFlow unveils Falcata 4", "Falcata 4: OpenFlow launches open model"),
        ("Introducing gpt-oss-20b by OpenAI", "OpenAI releases gpt-oss-20b"),
        ("Acme's Bolt-70B is released", "Acme launches Bolt-70B, an open model for coding"),
        ("Lab reports record revenue of $44B", "Lab reports record $44B revenue in spring"),
        (
            "Regulators fine Meta 200M euros over data use",
            "Meta fined 200M euros by regulators over data use",
        ),
    ],
)
def test_a_new_archive_knows_one_event_by_names_and_figures(launch, report):
    assert alone(lab(launch), press(report, 0.04)).kind == "same"
    assert alone(press(report), lab(launch, 2.04)).kind == "same"


@pytest.mark.parametrize(
    "other",
    [
        "OpenFlow releases Falcata-13B under Apache 2.0",
        "OpenFlow releases Falcata-7B-Instruct under Apache 2.0",
        "OpenFlow releases Falcata-7B API",
        "OpenFlow releases Falcata 7 under Apache 2.0",
        "OpenFlow releases Drusus-7B under Apache 2.0",
        "Rivalo releases Falcata-7B under Apache 2.0",
        "OpenFlow withdraws Falcata-7B under Apache 2.0",
        "OpenFlow does not release Falcata-7B under Apache 2.0",
        "OpenFlow cuts the price of Falcata-7B",
        "OpenFlow's Falcata-7B now runs on phones",
        "Falcata-7B: OpenFlow sued over training data",
        "OpenFlow releases Falcata-7B, raises money, hires a chief and moves",
        "Rivalo ports OpenFlow's Falcata-7B to phones",
        "How to use the Falcata-7B that OpenFlow releases",
    ],
)
def test_a_new_archive_keeps_like_events_apart(other):
    event = lab("OpenFlow releases Falcata-7B under Apache 2.0")

    assert alone(event, press(other, 0.04)).kind == "different"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "OpenFlow releases an open 7B language model under Apache 2.0",
            "Rivalo releases an open 7B language model under Apache 2.0",
        ),
        ("Lab reports revenue of $44B in spring", "Lab reports revenue of $46B in spring"),
        ("Lab raises 40M for models in 2026", "Lab denies it raises 40M for models in 2026"),
        ("Acme releases Bolt-7B on 2T tokens", "Bolt-7B: Acme releases model of 15T tokens"),
        ("Qwen3-8B is here", "Qwen3-70B is here"),
    ],
)
def test_other_makers_and_other_figures_are_other_events(old, new):
    assert alone(lab(old), press(new, 0.04)).kind == "different"


def test_a_week_later_the_same_release_is_no_merge():
    old = lab("OpenFlow releases Falcata-7B")

    assert alone(old, press("Falcata-7B: OpenFlow opens its model", 9)).kind == "different"


def test_a_digest_swallows_nothing():
    digest = press(
        "Claude Opus 4.6 Thinks Smarter, Labs Join Forces Again, Doctors Meet Their Match"
    )

    assert between(lab("Introducing Claude Opus 4.6"), digest).kind == "different"


def test_time_sets_stories_apart():
    assert (
        between(lab("Introducing Llama 4"), press("Llama 4 explained again", 60)).kind
        == "different"
    )


def test_a_link_to_an_own_older_post_is_no_merge():
    old = lab("The zebra engine")

    assert (
        between(old, lab("The zebra engine, reconsidered", 3, links=[old.url])).kind == "different"
    )


def test_a_report_that_links_to_its_source_is_its_story():
    old = lab("The zebra engine")
    how = between(old, press("Zebra engine stuns rivals", links=[old.url]))

    assert how.kind == "same" and how.reasons[0]["kind"] == "link"


def test_undated_items_can_be_related():
    undated = [replace(i, published=None) for i in (paper(), release("SAP/toolsense"))]

    assert between(*undated).kind == "release_of"


def test_the_surest_relation_comes_first():
    stories = Stories([release("a/b", "v1.0", 0), release("a/b", "v1.1", 5), press("a/b v1.2")])

    related = stories.related(release("a/b", "v1.2", 9))

    assert [how.reasons[0]["old"] for _, how in related] == ["v1.1", "v1.0"]


def test_an_index_forgets_the_oldest(monkeypatch):
    monkeypatch.setattr(feeds.story, "KNOWN", 2)
    stories = Stories([lab("Introducing Llama 4"), lab("Bread"), lab("Butter")])

    assert len(stories) == 2
    assert stories.related(press("Llama 4 wins")) == []
    assert stories.rarity("bread") > 0 == stories.rarity("llama")


def test_an_item_is_not_related_to_itself():
    known = paper()

    assert Stories([known]).related(known) == []


words = st.text(st.sampled_from("aA3 .-:,'’vPart$»؟ی\u200c\n"), max_size=40)


@settings(max_examples=150)
@given(words, words, st.text(max_size=40))
def test_any_text_can_be_compared(one, other, text):
    stories = Stories([lab(one, text=text), paper(other), release("a/b")])

    for new in (press(other, text=text), paper(one, url="https://arxiv.org/abs/2606.00009")):
        assert all(0 < how.score <= 1 for _, how in stories.related(new))


def test_a_long_hostile_item_costs_little():
    bomb = press("Llama 4 " * 60, text="https://arxiv.org/abs/2606.12451 " * 600)
    stories = Stories([bomb, paper()])

    start = process_time()
    stories.related(replace(bomb, url="https://other.example/x"))

    assert process_time() - start < 0.5


def test_labelled_pairs_keep_their_figures(shared):
    recordings = Recordings()
    rarity = Stories(recordings.everything()).rarity
    merged = ("same", "release_of")
    judged = [
        (pair.label, feeds.story.relation(Marks(pair.new), Marks(pair.old), rarity).kind)
        for pair in pairs(recordings)
    ]
    right = sum(found in merged and label in merged for label, found in judged)

    assert right >= 0.98 * sum(found in merged for _, found in judged)
    assert right >= 0.5 * sum(label in merged for label, _ in judged)
