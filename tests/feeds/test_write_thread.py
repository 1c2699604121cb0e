"""A long item becomes a thread where one summary cannot carry it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.errors import ModelBusy
from bot.models.budget import Budgeted
from bot.models.door import LanguageModel, OpenAIModel, Prompt, Reply
from db import drafts, items
from db.model import Draft, Item, Kind
from db.schema import open_db
from feeds.draft import THREAD_TRIES, draft_new
from feeds.substance import LONG, is_long, prose
from feeds.write import write
from prompts.parts import accept_parts
from prompts.vocabulary import load
from tests.llm_server import PARTS, LLMServer, Mode

VOCABULARY = load()
TEHRAN = ZoneInfo("Asia/Tehran")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SENTENCE = "PeykNet reads the news of a whole day and writes down what is worth telling. "
POST = Item(
    identity="url:https://blog.example/peyk",
    source="blog",
    kind=Kind.NEWS,
    title="PeykNet, a long story",
    text="\n\n".join([SENTENCE * 4] * 30),
    url="https://blog.example/peyk",
)
GOOD = {
    "title": "آشنایی با PeykNet",
    "body": "نویسندگان از PeykNet می‌گویند و کار آن را با حوصله و گام به گام شرح می‌دهند.\n\n"
    "این ابزار خبرهای روز را می‌خواند و آنچه را گفتنی است یادداشت می‌کند.",
}
OTHER = {"title": "کاستی‌های PeykNet", "body": GOOD["body"].replace("نویسندگان", "سازندگان")}


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    async with LLMServer() as server:
        yield server


async def drafted(llm: LLMServer, item: Item = POST) -> tuple[Draft, ...]:
    """What becomes of `item` in one pass with that model."""
    model = OpenAIModel(llm.url, "sk-test", "small", attempt_seconds=5, max_retries=0)
    db = await _with(item)
    done = await draft_new(db, model, items.find(db, [1]), VOCABULARY, lambda: NOON, TEHRAN)
    await model.close()
    return done.made


def names(llm: LLMServer) -> list[str]:
    """What the model was asked for."""
    return [one["response_format"]["json_schema"]["name"] for one in llm.requests]


async def _with(item: Item) -> Database:
    db = open_db(":memory:")
    await items.add(db, [item], NOON)
    return db


# What is long


def test_prose_is_what_makes_an_item_long() -> None:
    commits = "* Bump the loader to the newest version by @bot in https://github.com/a/b/pull/1\n"

    assert is_long(POST)
    assert not is_long(replace(POST, text=SENTENCE * 40))
    assert not is_long(replace(POST, text="Heading of a part\n" * 2000))
    assert prose(commits) < len(commits) / 1.5


def test_a_paper_is_never_long() -> None:
    assert not is_long(replace(POST, identity="arxiv:2605.00001", kind=Kind.PAPER))


@pytest.mark.parametrize("feed", ["bair_blog", "gradient_blog", "the_batch.rss", "openai-news"])
def test_of_recorded_feeds_only_essays_are_long(shared, feed: str) -> None:  # type: ignore[no-untyped-def]
    from feeds import rss
    from feeds.sources import Source

    body = (shared / "feeds" / "labs" / f"{feed}.xml").read_bytes()
    found = rss.parse(body, Source("labs", "rss", 3, url="https://labs.example/feed")).items

    assert {is_long(item) for item in found} == {feed in ("bair_blog", "gradient_blog")}
    assert all(len(item.text) > LONG for item in found if is_long(item))


# What the model makes of it


async def test_a_long_item_becomes_parts_in_order(llm: LLMServer) -> None:
    made = await drafted(llm)

    assert [(one.part, one.number, one.parts, one.answers) for one in made] == [
        (1, 1, 3, None),
        (2, 2, 3, 1),
        (3, 3, 3, 2),
    ]
    assert [topic in one.title for one, topic in zip(made, PARTS, strict=True)] == [True] * 3
    assert {one.links for one in made} == {made[0].links} and made[0].links
    assert llm.calls == 1


async def test_a_number_that_the_model_wrote_is_taken_off(llm: LLMServer) -> None:
    made = await drafted(llm)

    assert all("قسمت" not in one.title for one in made)


async def test_the_question_holds_the_whole_source_between_its_marks(llm: LLMServer) -> None:
    await drafted(llm)

    asked = llm.requests[0]["messages"][-1]["content"]
    assert asked.count(SENTENCE.strip()) == 4 * 30
    assert "<<<" in asked and names(llm) == ["thread"]


async def test_a_part_that_is_too_long_goes_back_with_its_number(llm: LLMServer) -> None:
    llm.mode = Mode.LONG_PART_ONCE

    made = await drafted(llm)

    assert (len(made), llm.calls) == (3, 2)


async def test_a_thread_that_stays_unfit_becomes_one_summary(llm: LLMServer) -> None:
    llm.mode = Mode.LONG_PART

    (made,) = await drafted(llm)

    assert (made.parts, made.prompt_version.split()[0]) == (1, "summary")
    assert names(llm)[:3] == ["thread", "thread", "summary"]


async def test_an_ordinary_item_is_not_asked_for_in_parts(llm: LLMServer) -> None:
    (made,) = await drafted(llm, replace(POST, text=SENTENCE * 5))

    assert made.parts == 1
    assert names(llm)[0] == "summary"


class OnlySummaries:
    """Has no patience for a long answer."""

    name = "hasty"

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    async def complete(self, prompt: Prompt) -> Reply:
        if prompt.name == "thread":
            raise ModelBusy("no answer in 180 s")
        return await self.model.complete(prompt)


async def test_a_model_too_slow_for_a_thread_is_asked_for_a_summary_in_the_end(
    llm: LLMServer,
) -> None:
    door = OpenAIModel(llm.url, "sk-test", "small", attempt_seconds=5, max_retries=0)
    db = await _with(POST)
    model = Budgeted(OnlySummaries(door), db, 0, TEHRAN, lambda: NOON)

    async def attempt() -> int:
        found = items.find(db, [1])
        return len((await draft_new(db, model, found, VOCABULARY, lambda: NOON, TEHRAN)).made)

    assert [await attempt() for _ in range(THREAD_TRIES)] == [0] * THREAD_TRIES
    assert await attempt() == 1
    await door.close()


async def test_a_rewrite_of_a_part_is_of_that_part(llm: LLMServer) -> None:
    _, second, _ = await drafted(llm)
    door = OpenAIModel(llm.url, "sk-test", "small", attempt_seconds=5, max_retries=0)

    again = await write(POST, door, VOCABULARY, direction="shorter", previous=second)
    await door.close()

    assert again.part == 2
    assert "پست قسمت 2 از 3" in llm.requests[-1]["messages"][-1]["content"]
    assert second.body in llm.requests[-1]["messages"][-1]["content"]


async def test_the_days_budget_counts_a_thread_once(llm: LLMServer) -> None:
    door = OpenAIModel(llm.url, "sk-test", "small", attempt_seconds=5, max_retries=0)
    db = await _with(POST)
    await draft_new(db, door, items.find(db, [1]), VOCABULARY, lambda: NOON, TEHRAN)
    await door.close()

    assert drafts.made_since(db, NOON) == 1
    assert items.drafted_since(db, NOON) == {"blog": 1}


# What an answer is worth


def kinds(*parts: object) -> list[tuple[str, int | None]]:
    answer = {"parts": list(parts), "tags": [], "kind": "news"}
    found = accept_parts(answer, POST, VOCABULARY)
    return [(reason["kind"], reason.get("part")) for reason in found.reasons]


def test_each_part_is_judged_by_itself_against_the_whole_source() -> None:
    wrong = OTHER | {"body": OTHER["body"] + " دقت آن ۸۵ درصد است."}

    assert kinds(GOOD) == []
    assert kinds(GOOD, wrong)[0] == ("value", 2)


@pytest.mark.parametrize("answer", [None, "نه", {}, {"parts": "نه"}, GOOD])
def test_an_answer_without_parts_is_none(answer: object) -> None:
    found = accept_parts(answer, POST, VOCABULARY)

    assert [(one["kind"], one["field"]) for one in found.faults] == [("missing", "parts")]


@pytest.mark.parametrize("count", [0, 5])
def test_a_thread_has_one_to_four_parts(count: int) -> None:
    assert kinds(*[GOOD] * count) == [("parts", None)]


@pytest.mark.parametrize("part", [None, "متن", {}, {"title": 1, "body": []}])
def test_a_part_that_is_none_is_a_fault_of_its_own(part: object) -> None:
    assert {("missing", 2)} == set(kinds(GOOD, part))


def test_a_part_that_says_what_another_said_is_refused() -> None:
    again = {"title": OTHER["title"], "body": f"{OTHER['body'][:90]}.\n\n{GOOD['body']}"}

    assert ("repeats", 2) in kinds(GOOD, again)
