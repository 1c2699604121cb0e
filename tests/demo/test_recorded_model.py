"""The recorded answers of the demo."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import bot.demo
from bot import quiz_file, quiz_writing
from bot.demo.recorded_model import NAME, RecordedModel
from bot.errors import ModelBusy
from bot.models.door import OpenAIModel
from bot.persian.typography import RLM, typeset
from db.model import Item, Kind, Post
from db.questions import Form
from db.schema import open_db
from feeds.read import READERS
from feeds.sources import parse
from feeds.write import write
from prompts.accept import accept
from prompts.render import phrase
from prompts.vocabulary import load

FOLDER = Path(bot.demo.__file__).with_name("recorded")
RECORDED = json.loads((FOLDER / "summaries.json").read_text(encoding="utf-8"))
VOCABULARY = load()


def entries() -> list[Item]:
    """What the demo's feeds hold, but for what the feeds themselves drop."""
    told = (FOLDER / "sources.toml").read_text(encoding="utf-8")
    sources = parse(told.replace("$RECORDED", "http://127.0.0.1:1"))
    found = [
        item
        for source in sources
        for item in READERS[source.kind](
            (FOLDER / source.url.rpartition("/")[2]).read_bytes(), source
        ).items
    ]
    return [item for item in found if not item.drop]


@pytest.fixture
async def model() -> AsyncIterator[OpenAIModel]:
    async with RecordedModel() as server:
        door = OpenAIModel(server.url, "", NAME)
        yield door
        await door.close()


def test_every_entry_of_the_demo_is_recorded() -> None:
    assert {item.identity: item.title for item in entries()} == {
        identity: one["source"] for identity, one in RECORDED.items()
    }


@pytest.mark.parametrize("item", entries(), ids=lambda item: item.identity)
async def test_an_entry_is_drafted_in_the_recorded_words(item: Item, model: OpenAIModel) -> None:
    draft = await write(item, model, VOCABULARY)

    recorded = RECORDED[item.identity]["answer"]
    assert (draft.title.lstrip(RLM), draft.origin) == (recorded["title"], "model:recorded")
    assert not draft.remarks


@pytest.mark.parametrize("item", entries(), ids=lambda item: item.identity)
def test_a_recorded_answer_is_fit_and_well_set(item: Item) -> None:
    answer = RECORDED[item.identity]["answer"]

    accepted = accept(answer, item, VOCABULARY)

    assert not accepted.reasons and not accepted.remarks
    assert accepted.tags == tuple(answer["tags"])
    assert typeset(accepted.body) == accepted.body


async def test_a_shorter_rewrite_is_the_beginning_and_the_caveat(model: OpenAIModel) -> None:
    item = entries()[0]
    first = await write(item, model, VOCABULARY)

    shorter = await write(item, model, VOCABULARY, direction="shorter", previous=first)

    paragraphs = first.body.split("\n\n")
    assert shorter.body == f"{paragraphs[0]}\n\n{paragraphs[-1]}"
    assert phrase("wish.shorter").startswith("کوتاه‌تر شود")


@pytest.mark.parametrize("direction", ["longer", "simpler"])
async def test_what_is_not_recorded_is_not_made_up(direction: str, model: OpenAIModel) -> None:
    item = entries()[0]
    first = await write(item, model, VOCABULARY)

    with pytest.raises(ModelBusy, match="recorded"):
        await write(item, model, VOCABULARY, direction=direction, previous=first)
    with pytest.raises(ModelBusy, match="recorded"):
        await write(Item("x", "s", Kind.NEWS, "New", "Text", "https://a.ir"), model, VOCABULARY)


QUIZZES = json.loads((FOLDER / "quizzes.json").read_text(encoding="utf-8"))
POSTS = {
    one["answer"]["title"]: f"{one['answer']['title']}\n\n{one['answer']['body']}"
    for one in RECORDED.values()
}


@pytest.mark.parametrize("title", QUIZZES)
async def test_a_recorded_quiz_is_fit_and_solved_as_it_is_meant(
    title: str, model: OpenAIModel
) -> None:
    db = open_db(":memory:")
    post = Post(-1, 1, POSTS[title], published=datetime.now(UTC))
    made = await quiz_writing.write(db, post, model, VOCABULARY)

    assert made.text == QUIZZES[title]["question"] and not made.remarks
    assert made.options[made.correct[0]] == QUIZZES[title]["options"][0]
    with pytest.raises(ModelBusy, match="recorded"):
        await quiz_writing.write(db, post, model, VOCABULARY, previous=made)


def test_the_first_questions_of_the_demo_are_sound() -> None:
    found = quiz_file.read((FOLDER / "questions.csv").read_bytes(), VOCABULARY)

    assert not found.faults and all(question.tags for question in found.questions)
    assert {question.form for question in found.questions} == set(Form)
