"""From an item to a draft."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlite_utils import Database

from bot.errors import ModelBusy, ModelError
from bot.models.budget import Budgeted
from bot.models.door import LanguageModel, OpenAIModel, Prompt, Reply
from bot.persian.typography import units
from db import drafts, items, tags, usage
from db.model import Draft, Item, ItemState, Kind, Link
from db.schema import open_db
from feeds.draft import AT_ONCE, PATIENCE, Drafted, draft_new
from feeds.extract import extract, links
from feeds.write import write
from prompts.vocabulary import load
from tests.llm_server import LLMServer, Mode

VOCABULARY = load()
TEHRAN = ZoneInfo("Asia/Tehran")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAPER = Item(
    identity="arxiv:2605.00001",
    source="arXiv",
    kind=Kind.PAPER,
    title="PeykNet: A Net",
    text="We propose PeykNet, a language model for agents. It reads and writes. " * 30,
    url="https://arxiv.org/abs/2605.00001",
    links=(
        Link("https://arxiv.org/abs/2605.00001", "paper"),
        Link("https://github.com/a/b", "code"),
        Link("https://ads.example/x"),
    ),
)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    async with LLMServer() as server:
        yield server


@pytest.fixture
async def model(llm: LLMServer) -> AsyncIterator[OpenAIModel]:
    door = OpenAIModel(llm.url, "sk-test", "small", attempt_seconds=5, max_retries=0)
    yield door
    await door.close()


async def test_a_model_writes_a_draft(model: OpenAIModel) -> None:
    draft = await write(PAPER, model, VOCABULARY)

    assert "PeykNet" in draft.title
    assert draft.kind is Kind.PAPER
    assert draft.tags[0] == "#مقاله"
    assert set(draft.tags) <= set(VOCABULARY.tags)
    assert draft.origin == "model:small"
    assert draft.prompt_version.startswith("summary ")


async def test_links_come_from_the_item_and_are_labelled_in_persian(model: OpenAIModel) -> None:
    draft = await write(PAPER, model, VOCABULARY)

    assert draft.links == (
        Link("https://arxiv.org/abs/2605.00001", "مقاله"),
        Link("https://github.com/a/b", "کد"),
    )


def test_news_that_is_a_paper_is_labelled_as_one() -> None:
    (first, _) = links(replace(PAPER, kind=Kind.NEWS))

    assert first.label == "مقاله"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a@evil.example", "https://e vil/", "ftp://x/y", ""]
)
def test_an_unsound_address_is_no_link(url: str) -> None:
    assert links(replace(PAPER, url=url, links=())) == ()


async def test_a_refused_answer_goes_back_with_the_reasons(
    llm: LLMServer, model: OpenAIModel
) -> None:
    llm.mode = Mode.ENGLISH_ONCE

    draft = await write(PAPER, model, VOCABULARY)

    assert "PeykNet" in draft.title
    assert llm.calls == 2
    assert "فیلد body فارسی نبود" in llm.requests[1]["messages"][1]["content"]


@pytest.mark.parametrize(
    "mode", [Mode.ENGLISH, Mode.REFUSAL, Mode.EMPTY, Mode.LONG, Mode.LINKS, Mode.OBEDIENT]
)
async def test_two_unfit_answers_are_an_error(
    llm: LLMServer, model: OpenAIModel, mode: Mode
) -> None:
    llm.mode = mode

    with pytest.raises(ModelError, match="refused"):
        await write(PAPER, model, VOCABULARY)
    assert llm.calls == 2


@pytest.mark.parametrize("direction", ["shorter", "longer", "simpler", ""])
async def test_a_rewrite_sees_the_previous_text_and_the_wish(
    llm: LLMServer, model: OpenAIModel, direction: str
) -> None:
    first = replace(await write(PAPER, model, VOCABULARY), picture="file-1")

    second = await write(PAPER, model, VOCABULARY, direction=direction, previous=first)

    asked = llm.requests[-1]["messages"][1]["content"]
    assert first.title in asked and PAPER.title in asked
    assert second.body != first.body
    assert (second.direction, second.picture) == (direction, "file-1")
    assert second.prompt_version.startswith("rewrite ")


async def test_remarks_of_the_caller_come_before_those_on_the_answer(
    llm: LLMServer, model: OpenAIModel
) -> None:
    llm.mode = Mode.HOSTILE

    draft = await write(PAPER, model, VOCABULARY, remarks=({"kind": "mine"},))

    told = [remark["kind"] for remark in draft.remarks]
    assert told[0] == "mine"
    assert {"own-markup", "own-link", "own-mention", "own-hashtag", "unknown-tag"} <= set(told[1:])


@pytest.mark.parametrize("kind", list(Kind))
def test_an_extract_says_that_it_is_one(kind: Kind) -> None:
    draft = extract(replace(PAPER, kind=kind), VOCABULARY)

    frame, text = draft.body.split("\n\n")
    assert "خلاصهٔ فارسی ندارد" in frame
    assert text.startswith("\u200fWe propose PeykNet") and text.endswith("writes.…\u200e")
    assert units(draft.body) < 1400
    assert (draft.origin, draft.remarks) == ("extract", ({"kind": "extract"},))
    assert draft.tags == (VOCABULARY.find(kind), "#مدل_زبانی", "#عامل_هوشمند")


def test_an_extract_without_a_text_points_to_the_source() -> None:
    draft = extract(replace(PAPER, text="", title="x" * 500), VOCABULARY)

    assert "پیوند" in draft.body
    assert units(draft.title) <= 120 and draft.title.endswith("…")


def test_the_source_adds_only_tags_of_the_channel() -> None:
    item = replace(PAPER, tags=("#HuggingFace", "cs.CL", "#تبلیغ", "#خبر"))

    assert extract(item, VOCABULARY).tags == (
        "#مقاله",
        "#HuggingFace",
        "#مدل_زبانی",
        "#عامل_هوشمند",
    )


class Desk:
    """A database with open items, and the pass over them."""

    def __init__(self, model: LanguageModel | None, count: int = 1, ceiling: int = 0) -> None:
        self.db: Database = open_db(":memory:")
        self.now = Clock()
        self.count = count
        self.model = model and Budgeted(model, self.db, ceiling, TEHRAN, self.now)

    async def fill(self) -> "Desk":
        new = (
            replace(PAPER, identity=f"x:{n}", title=f"Net{n} is here") for n in range(self.count)
        )
        await items.add(self.db, list(new), NOON)
        return self

    async def draft(self) -> Drafted:
        open_ids = [one.id for one in items.candidates(self.db, self.now())]
        chosen = items.find(self.db, open_ids)
        return await draft_new(self.db, self.model, chosen, VOCABULARY, self.now, TEHRAN)

    def drafts(self) -> list[Draft]:
        return drafts.find(self.db)


async def test_every_item_gets_its_own_stored_draft(model: OpenAIModel) -> None:
    desk = await Desk(model, 10).fill()

    done = await desk.draft()

    assert len(done.made) == len(desk.drafts()) == 10
    assert len({draft.title for draft in desk.drafts()}) == 10
    assert items.counts(desk.db) == {ItemState.DRAFTED: 10}
    assert (await desk.draft()).made == ()


class Together:
    """Fails, the first few times only when as many as may are asking at once."""

    name = "together"

    def __init__(self) -> None:
        self.barrier = asyncio.Barrier(AT_ONCE)
        self.asked = self.asking = self.most = 0

    async def complete(self, prompt: Prompt) -> Reply:
        self.asked += 1
        self.asking += 1
        self.most = max(self.most, self.asking)
        if self.asked <= AT_ONCE:
            await self.barrier.wait()
        self.asking -= 1
        raise ModelBusy("later")


async def test_tags_that_the_model_wishes_for_are_proposed(
    llm: LLMServer, model: OpenAIModel
) -> None:
    llm.mode = Mode.HOSTILE
    desk = await Desk(model, 2).fill()

    await desk.draft()

    [wish] = tags.view(desk.db, tags.View.PROPOSED)
    assert (wish.name, wish.wishes) == ("تبلیغ", 2)


async def test_a_few_questions_are_asked_at_once_and_no_more() -> None:
    together = Together()
    desk = await Desk(together, 3 * AT_ONCE).fill()

    assert (await desk.draft()).waiting == 3 * AT_ONCE
    assert together.most == AT_ONCE


async def test_a_model_that_is_down_is_not_asked_for_every_item(
    llm: LLMServer, model: OpenAIModel
) -> None:
    llm.mode = Mode.BROKEN
    desk = await Desk(model, 12).fill()

    assert (await desk.draft()).waiting == 12
    failed = llm.calls
    assert failed < 12
    llm.mode = Mode.GOOD
    assert len((await desk.draft()).made) == 12 - failed


async def test_without_a_model_items_become_extracts_at_once() -> None:
    desk = await Desk(None, 2).fill()

    done = await desk.draft()

    assert [draft.origin for draft in done.made] == ["extract", "extract"]


async def test_a_nameless_model_is_no_model(llm: LLMServer) -> None:
    desk = await Desk(OpenAIModel(llm.url, "", "")).fill()

    (draft,) = (await desk.draft()).made

    assert draft.origin == "extract"


@pytest.mark.parametrize("mode", [Mode.BROKEN, Mode.BUSY, Mode.DENIED])
async def test_while_the_model_fails_an_item_waits(
    llm: LLMServer, model: OpenAIModel, mode: Mode
) -> None:
    llm.mode = mode
    desk = await Desk(model).fill()

    done = await desk.draft()

    assert (done.made, done.waiting, len(done.errors)) == ((), 1, 1)
    assert desk.drafts() == []
    assert (await desk.draft()).waiting == 0  # not its turn yet
    llm.mode = Mode.GOOD
    desk.now.time += timedelta(minutes=7)
    assert len((await desk.draft()).made) == 1


async def test_unfit_answers_make_an_extract_at_once(llm: LLMServer, model: OpenAIModel) -> None:
    llm.mode = Mode.ENGLISH
    desk = await Desk(model).fill()

    done = await desk.draft()

    assert [draft.origin for draft in done.made] == ["extract"]
    assert llm.calls == 2


async def test_the_longer_it_fails_the_longer_it_waits(llm: LLMServer, model: OpenAIModel) -> None:
    llm.mode = Mode.BROKEN
    desk = await Desk(model).fill()
    await desk.draft()

    desk.now.time += timedelta(hours=1)
    await desk.draft()

    desk.now.time += timedelta(minutes=45)
    assert (await desk.draft()).waiting == 0


async def test_after_hours_of_failure_an_extract_is_made(
    llm: LLMServer, model: OpenAIModel
) -> None:
    llm.mode = Mode.BROKEN
    desk = await Desk(model).fill()
    await desk.draft()

    desk.now.time += PATIENCE
    done = await desk.draft()

    assert [draft.origin for draft in done.made] == ["extract"]
    assert usage.totals(desk.db, NOON)[0].failed == 2


async def test_over_budget_items_wait_until_midnight(llm: LLMServer, model: OpenAIModel) -> None:
    desk = await Desk(model, 5, ceiling=1).fill()

    done = await desk.draft()

    assert (len(done.made), done.waiting, llm.calls) == (1, 4, 1)
    desk.now.time = datetime(2026, 11, 21, 23, 59, tzinfo=TEHRAN)
    assert (await desk.draft()) == Drafted()
    desk.now.time += timedelta(minutes=1)
    assert len((await desk.draft()).made) == 1


class Stubborn:
    """Fails for one item in a way that is a bug, not a ModelError."""

    name = "stubborn"

    def __init__(self, answer: Callable[[Prompt], Reply]) -> None:
        self.answer = answer

    async def complete(self, prompt: Prompt) -> Reply:
        await asyncio.sleep(0)
        return self.answer(prompt)


async def test_a_bug_is_not_swallowed_and_costs_no_other_item() -> None:
    def answer(prompt: Prompt) -> Reply:
        raise ZeroDivisionError if "Net0" in prompt.user else ModelBusy("later")

    desk = await Desk(Stubborn(answer), 3).fill()

    with pytest.raises(ZeroDivisionError):
        await desk.draft()
    assert len(items.candidates(desk.db, desk.now())) == 1  # the others wait
