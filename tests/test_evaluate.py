"""`peyk eval`: figures about a model, and nothing kept but what the calls took."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db import items
from db.model import Item, Kind
from db.schema import open_db
from tests.llm_server import LLMServer, Mode
from tests.shell import peyk

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
PAPER = Item(
    identity="arxiv:2605.00001",
    source="arXiv",
    kind=Kind.PAPER,
    title="PeykNet: A Net",
    text="We propose PeykNet, a language model for agents. It reads and writes. " * 30,
    url="https://arxiv.org/abs/2605.00001",
)


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    async with LLMServer(cost=0.25) as server:
        yield server


@pytest.fixture
async def stored(tmp_path: Path) -> Path:
    """A folder with a database of three papers and a piece of news."""
    found = [replace(PAPER, identity=f"arxiv:2605.0000{n}") for n in range(3)]
    found.append(replace(PAPER, identity="url:https://a.example", kind=Kind.NEWS))
    db = open_db(tmp_path / "peyk.db")
    await items.add(db, found, NOON)
    db.close()
    return tmp_path


def settings(llm: LLMServer, **more: str) -> dict[str, str]:
    url = {"OPENAI_BASE_URL": llm.url, "OPENAI_API_KEY": "sk-test"}
    return {"PEYK_DB": "peyk.db", **url, **more}


async def test_a_good_model_passes_at_once(stored: Path, llm: LLMServer) -> None:
    said = await peyk(stored, "eval", "--model", "small", "--n", "2", "--json", **settings(llm))

    assert said.code == 0 and said.json["items"] == llm.calls == 2
    assert said.json["kinds"] == {"news": 1, "paper": 1}
    assert said.json["outcomes"]["passed at once"] == 2
    assert said.json["cost"] == 0.5 and said.json["tokens"]["in"] > 0


async def test_a_bad_model_is_shown_with_its_reasons(stored: Path, llm: LLMServer) -> None:
    llm.mode = Mode.ENGLISH

    said = await peyk(stored, "eval", PEYK_SUMMARY_MODEL="small", **settings(llm))

    assert said.code == 0 and said.line("not usable").split() == ["not", "usable", "4", "100%"]
    assert said.line("not-persian").split() == ["not-persian", "4", "4"]


async def test_a_model_that_mends_its_answer_is_counted_apart(
    stored: Path, llm: LLMServer
) -> None:
    llm.mode = Mode.ENGLISH_ONCE

    said = await peyk(stored, "eval", "--json", PEYK_SUMMARY_MODEL="small", **settings(llm))

    assert said.json["outcomes"]["after one repair"] == 4 and said.json["calls"] == 8
    assert said.json["reasons"]["left"] == {}


async def test_a_server_that_refuses_is_an_error_without_the_key(
    stored: Path, llm: LLMServer
) -> None:
    llm.mode = Mode.DENIED

    said = await peyk(stored, "eval", "--model", "small", **settings(llm))

    assert said.code == 1 and "HTTP 401" in said.line("error:")
    assert "sk-test" not in said.out + said.err


async def test_only_what_the_calls_took_is_kept(stored: Path, llm: LLMServer) -> None:
    await peyk(stored, "eval", "--model", "small", **settings(llm))

    db = open_db(stored / "peyk.db")
    assert db["drafts"].count == 0
    assert [row["item_id"] for row in db["model_calls"].rows] == [None] * 4


async def test_the_days_budget_holds(stored: Path, llm: LLMServer) -> None:
    small = settings(llm, PEYK_LLM_BUDGET_TOKENS="100")

    said = await peyk(stored, "eval", "--model", "small", "--json", **small)

    assert llm.calls == 1 and said.json["outcomes"]["not asked"] == 3
    assert "PEYK_LLM_BUDGET_TOKENS" in said.json["errors"][0]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "PEYK_SUMMARY_MODEL"),
        (["--model", "small", "--n", "none"], "--n"),
        (["--model", "small"], "empty.db"),
    ],
)
async def test_what_is_missing_is_one_line(
    tmp_path: Path, arguments: list[str], named: str
) -> None:
    open_db(tmp_path / "empty.db").close()

    said = await peyk(tmp_path, "eval", *arguments, PEYK_DB="empty.db")

    assert (said.code, said.out) == (2, "")
    assert named in said.err and said.err.count("\n") == 1
