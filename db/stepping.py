"""One step of a row from state to state, as somebody saw it: compare and set, in one statement.

What a step means, and the trail it leaves, are db.drafts' and db.questions'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from sqlite_utils import Database

S = TypeVar("S", bound=StrEnum)


def from_where(following: Mapping[S, frozenset[S]], to: S, expected: Iterable[S] | None) -> set[S]:
    """The states from which a row may come to `to`: all that have it among those `following`
    them, or those of them that are `expected`."""
    allowed = {state for state, after in following.items() if to in after}
    return allowed if expected is None else allowed & set(expected)


def step(
    db: Database,
    table: str,
    row_id: int,
    columns: Mapping[str, Any],
    states: Iterable[str],
    *,
    version: int | None,
    new_text: bool,
) -> bool:
    """Set `columns` of a row that is in one of `states`, and of `version` where one is given;
    whether it was. With `new_text` it becomes its next version."""
    wanted = [str(state) for state in states]
    assignments = ", ".join(f"{name} = ?" for name in columns)
    changed = db.execute(
        f"update {table} set {assignments}, version = version + ?"
        " where id = ? and version = coalesce(?, version)"
        f" and state in ({','.join('?' * len(wanted))})",
        [*columns.values(), int(new_text), row_id, version, *wanted],
    )
    return changed.rowcount > 0
