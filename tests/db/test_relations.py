"""Items that tell one story, in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlite_utils import Database

from db import drafts, items, relations
from db.model import Draft, Item, Kind, Relation, State
from db.schema import open_db
from tests.db.ground import MINA, NOW

SAME = Relation("same", 0.9, ({"kind": "link", "to": "url:x"},))
UPDATE = Relation("update", 1.0, ({"kind": "version", "name": "a/b", "old": "1", "new": "2"},))


@pytest.fixture
def db() -> Iterator[Database]:
    """Three items, scored 1 to 3."""
    made = open_db(":memory:")
    some = [Item(f"url:{n}", "s", Kind.NEWS, f"T{n}", "", "", score=n) for n in (1, 2, 3)]
    asyncio.run(items.add(made, some, NOW))
    yield made
    made.close()


def item(db: Database, number: int) -> Any:
    found = items.get(db, number)
    assert found
    return found


def test_a_merged_item_is_dropped_and_leaves_its_points_to_the_story(db: Database) -> None:
    relations.merge(db, 2, 1, SAME, NOW)

    assert item(db, 2).state == "dropped" and item(db, 2).reasons == ({"kind": "story", "of": 1},)
    assert item(db, 1).score == 2 and relations.members(db, 1) == [item(db, 2)]
    assert relations.merged_into(db, 1)[0].reasons == SAME.reasons


def test_the_head_of_a_story_is_found_through_merges_and_never_in_a_circle(db: Database) -> None:
    relations.merge(db, 3, 2, SAME, NOW)
    relations.merge(db, 2, 1, SAME, NOW)
    assert [relations.head(db, number) for number in (1, 2, 3)] == [1, 1, 1]
    db.execute("update items set story = 3 where id = 1")

    assert relations.head(db, 1) in (1, 2, 3)


def test_undone_a_merge_opens_the_item_again_once(db: Database) -> None:
    relations.merge(db, 2, 1, SAME, NOW)
    for _ in range(2):
        relations.undo(db, 1, MINA, NOW, 100.0)

    again = item(db, 2)
    assert (again.state, again.score, again.reasons) == ("new", 102, ({"kind": "apart"},))
    assert relations.undone(db, 2, 1) and relations.undone(db, 1, 2)
    assert relations.latest(db, 10) == [] and relations.count(db) == 0


def test_undone_a_merge_leaves_an_item_dropped_that_was_before(db: Database) -> None:
    items.drop(db, [2], {"kind": "expired", "days": 3})
    relations.merge(db, 2, 1, SAME, NOW)
    relations.undo(db, 1, MINA, NOW, 100.0)

    assert item(db, 2).reasons == ({"kind": "expired", "days": 3},)
    assert item(db, 2).state == "dropped" and relations.members(db, 1) == []


def test_a_follow_up_answers_the_draft_of_what_it_follows(db: Database) -> None:
    relations.follow(db, 2, 1, UPDATE, NOW)
    assert items.answered_by(db, 2) is None
    draft = drafts.add(db, Draft(1, Kind.NEWS, "ع", "م"), NOW)
    assert items.answered_by(db, 2) == draft.id
    relations.undo(db, 1, MINA, NOW, 100.0)

    assert items.answered_by(db, 2) is None and item(db, 2).score == 2


@pytest.mark.parametrize(
    ("state", "standing"),
    [
        (State.DRAFTED, "open"),
        (State.OFFERED, "open"),
        (State.REWRITING, "open"),
        (State.FAILED, "open"),
        (State.APPROVED, "posted"),
        (State.UNCERTAIN, "posted"),
        (State.SENT, "posted"),
        (State.REJECTED, "rejected"),
    ],
)
def test_the_standing_of_an_item_is_its_draft_s(db: Database, state: State, standing: str) -> None:
    drafts.add(db, Draft(1, Kind.NEWS, "ع", "م"), NOW)
    db.execute("update drafts set state = ?", [state])

    assert relations.standing(db, 1) == standing


def test_without_a_draft_an_item_is_new_or_dropped(db: Database) -> None:
    items.drop(db, [1], {"kind": "expired", "days": 3})

    assert [relations.standing(db, number) for number in (1, 2)] == ["dropped", "new"]


def test_of_a_thread_the_part_that_got_furthest_counts(db: Database) -> None:
    parts = [Draft(1, Kind.NEWS, "ع", "م"), Draft(1, Kind.NEWS, "ع", "م")]
    drafts.add_thread(db, parts, NOW)
    db.execute("update drafts set state = 'rejected' where part = 1")
    assert relations.standing(db, 1) == "open"
    db.execute("update drafts set state = 'sent' where part = 2")

    assert relations.standing(db, 1) == "posted"


def test_nobody_is_named_who_asked_to_be_forgotten(db: Database) -> None:
    relations.merge(db, 2, 1, SAME, NOW)
    relations.undo(db, 1, MINA, NOW, 0.0)
    relations.forget_actor(db, MINA.id)

    assert db.execute("select undone_by from relations").fetchone() == (drafts.FORGOTTEN,)


def test_the_backlog_of_a_source_is_no_drop_to_tell_of(db: Database) -> None:
    items.drop(db, [1], {"kind": "backlog"})
    items.drop(db, [2], {"kind": "expired", "days": 3})
    relations.merge(db, 3, 1, SAME, NOW)

    assert [one.id for one in items.dropped(db, 10)] == [2]


def test_only_a_dropped_item_is_brought_back(db: Database) -> None:
    assert not items.reopen(db, 1, {"kind": "wished"}, 100.0, NOW)
    assert item(db, 1) == replace(item(db, 1), score=1.0, state="new")
