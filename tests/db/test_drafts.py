"""A draft changes its state in one step, for one admin, and the trail says who."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from sqlite_utils import Database

from bot.errors import WrongState
from db import drafts
from db.model import NEXT, PEYK, Actor, Draft, Link, State
from db.schema import open_db
from tests.db.ground import ARASH, MINA, NOW, drafted, offered


@pytest.fixture
def db() -> Iterator[Database]:
    made = open_db(":memory:")
    yield made
    made.close()


def reject(db: Database, draft: Draft, actor: Actor) -> Draft:
    return drafts.advance(
        db, draft.id, State.REJECTED, "rejected", actor, NOW, version=draft.version
    )


def test_what_is_stored_is_what_comes_back(db: Database) -> None:
    links = (Link("https://example.org", "صفحه"),)
    entities = ({"type": "bold", "offset": 0, "length": 2},)
    made = drafted(db, links=links, entities=entities, remarks=({"kind": "x"},))

    assert drafts.get(db, made.id) == made
    assert (made.links, made.entities, made.tags) == (links, entities, ("#خبر",))


def test_the_second_of_two_admins_is_told_that_it_is_too_late(db: Database) -> None:
    draft = offered(db)
    reject(db, draft, MINA)

    with pytest.raises(WrongState, match="rejected"):
        reject(db, draft, ARASH)
    assert [row["actor"] for row in drafts.trail(db, draft.id)] == ["peyk", "peyk", "مینا"]


def test_the_same_update_twice_acts_once(db: Database) -> None:
    draft = offered(db)
    once, twice = reject(db, draft, MINA), reject(db, draft, MINA)

    assert once == twice
    assert len(drafts.trail(db, draft.id)) == 3


def test_a_press_on_an_older_version_changes_nothing(db: Database) -> None:
    old = offered(db)
    values = {"new_text": True, "title": "نو"}
    new = drafts.advance(db, old.id, State.OFFERED, "edited", MINA, NOW, **values)

    with pytest.raises(WrongState):
        reject(db, old, ARASH)
    assert drafts.get(db, old.id) == new
    assert (new.version, new.title) == (2, "نو")


@pytest.mark.parametrize(("old", "new"), list(product(State, State)))
def test_only_the_steps_of_the_drawing_can_be_taken(db: Database, old: State, new: State) -> None:
    draft = drafted(db)
    db.execute("update drafts set state = ?", [str(old)])

    if new in NEXT[old]:
        assert drafts.advance(db, draft.id, new, "step", PEYK, NOW).state is new
    else:
        with pytest.raises(WrongState):
            drafts.advance(db, draft.id, new, "step", PEYK, NOW)
        assert drafts.get(db, draft.id).state is old  # type: ignore[union-attr]


def test_every_state_but_the_last_can_be_left() -> None:
    assert [state for state in State if not NEXT[state]] == [State.SENT]


def test_each_step_of_the_trail_says_who_when_what_and_from_which_update(db: Database) -> None:
    reject(db, offered(db), MINA)

    last = drafts.trail(db, 1)[-1]
    del last["id"]
    assert last == {
        "draft_id": 1,
        "at": "2026-11-21T09:00:00Z",
        "actor_id": 1,
        "actor": "مینا",
        "action": "rejected",
        "old_state": "offered",
        "new_state": "rejected",
        "version": 1,
        "detail": "",
        "update_id": 101,
    }


def test_a_forgotten_admin_leaves_the_trail_but_not_the_name(db: Database) -> None:
    reject(db, offered(db), MINA)

    assert drafts.forget_actor(db, MINA.id, "مدیر پیشین") == 1
    assert "مینا" not in str(drafts.trail(db, 1))
    assert drafts.forget_actor(db, MINA.id, "مدیر پیشین") == 0


def test_a_step_that_fails_halfway_leaves_no_trace(db: Database) -> None:
    draft = offered(db)
    db.execute(
        "create trigger no_trail before insert on audit begin select raise(abort, 'x'); end"
    )

    with pytest.raises(Exception, match="x"):
        reject(db, draft, MINA)
    assert drafts.get(db, draft.id) == draft


# Threads


def thread_of(db: Database, count: int) -> list[Draft]:
    first = drafted(db)
    db.execute("delete from audit")
    db.execute("delete from drafts")
    return drafts.add_thread(db, [first] * count, NOW)


def test_a_thread_is_stored_as_parts_that_each_answer_the_one_before(db: Database) -> None:
    made = thread_of(db, 3)

    places = [(one.part, one.number, one.parts) for one in made]
    assert places == [(1, 1, 3), (2, 2, 3), (3, 3, 3)]
    assert [one.answers for one in made] == [None, made[0].id, made[1].id]
    assert drafts.made_since(db, NOW) == 1


def test_readers_count_without_the_rejected_parts(db: Database) -> None:
    made = thread_of(db, 3)
    drafts.advance(db, made[1].id, State.OFFERED, "offered", PEYK, NOW)
    drafts.advance(db, made[1].id, State.REJECTED, "rejected", MINA, NOW)

    places = [(one.number, one.parts) for one in drafts.thread(db, made[0].item_id)]
    assert places == [(1, 2), (2, 3), (2, 2)]


def test_a_rewritten_part_is_the_next_version_of_that_part(db: Database) -> None:
    made = thread_of(db, 2)
    for state in (State.OFFERED, State.REWRITING):
        drafts.advance(db, made[1].id, state, "step", PEYK, NOW)

    again = drafts.add(db, replace(made[1], title="نو"), NOW)

    assert (again.id, again.version, again.part, again.answers) == (made[1].id, 2, 2, made[0].id)
    assert drafts.get(db, made[0].id) == made[0]


def test_a_split_makes_new_parts_of_the_rest_and_acts_once(db: Database) -> None:
    draft = offered(db)
    texts = [{"body": "یک"}, {"body": "دو"}]

    made = drafts.split(db, draft, texts, MINA, NOW)

    assert [(one.body, one.version, one.state) for one in made] == [
        ("یک", 2, State.OFFERED),
        ("دو", 1, State.DRAFTED),
    ]
    assert drafts.split(db, draft, texts, MINA, NOW) == made
    with pytest.raises(WrongState):
        drafts.split(db, draft, texts, ARASH, NOW)
