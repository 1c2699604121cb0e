"""What models were asked and what it took: the table model_calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from db.model import moment, stamp


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call of a model, answered or not."""

    at: datetime
    purpose: str
    """The prompt's name."""
    model: str
    item_id: int | None = None
    prompt_version: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """The calls of one model, added up."""

    model: str
    calls: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    """None when the server never said what a call cost."""
    seconds: float


def record(db: Database, call: ModelCall) -> None:
    """Keep `call`."""
    db.execute(
        "insert into model_calls (at, purpose, model, item_id, prompt_version, prompt_tokens,"
        " completion_tokens, cost, seconds, error) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            stamp(call.at),
            call.purpose,
            call.model,
            call.item_id,
            call.prompt_version,
            call.prompt_tokens,
            call.completion_tokens,
            call.cost,
            call.seconds,
            call.error,
        ],
    )


def tokens_since(db: Database, since: datetime) -> int:
    """The tokens, asked and answered, of all calls from `since` on."""
    query = "select coalesce(sum(prompt_tokens + completion_tokens), 0) from model_calls"
    row = db.execute(f"{query} where at >= ?", [stamp(since)]).fetchone()
    return int(row[0])


def first_asked(db: Database, item_id: int) -> datetime | None:
    """When a model was first asked about the item; None: never."""
    query = "select min(at) from model_calls where item_id = ?"
    return moment(db.execute(query, [item_id]).fetchone()[0])


def failures(db: Database, item_id: int, purpose: str) -> int:
    """How often a model gave no answer to this kind of question about the item."""
    query = "select count(*) from model_calls where item_id = ? and purpose = ? and error != ''"
    return int(db.execute(query, [item_id, purpose]).fetchone()[0])


def totals(db: Database, since: datetime) -> list[Usage]:
    """Every model's calls from `since` on, the busiest first."""
    rows = db.execute(
        "select model, count(*), sum(error != ''), sum(prompt_tokens), sum(completion_tokens),"
        " sum(cost), sum(seconds) from model_calls where at >= ?"
        " group by model order by count(*) desc, model",
        [stamp(since)],
    )
    return [Usage(*row) for row in rows.fetchall()]
