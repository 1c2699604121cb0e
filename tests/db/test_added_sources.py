"""Sources added from chat, and proposals of such."""

from datetime import timedelta

from db import added_sources, sources
from db.schema import open_db
from tests.db.ground import NOW

ENTRY = {"kind": "rss", "url": "https://e.example/فید"}


def test_a_proposal_becomes_a_source_once():
    db = open_db(":memory:")
    number = added_sources.propose(db, ENTRY, 7, NOW)

    assert added_sources.find(db) == []
    assert [added_sources.confirm(db, number, "e") for _ in range(2)] == [True, False]
    [found] = added_sources.find(db)
    assert (found.id, found.name, found.entry) == (number, "e", ENTRY)


def test_a_withdrawn_proposal_is_gone_and_its_number_never_comes_back():
    db = open_db(":memory:")
    number = added_sources.propose(db, ENTRY, 7, NOW)
    added_sources.withdraw(db, number)

    assert added_sources.get(db, number) is None
    assert added_sources.propose(db, ENTRY, 7, NOW) > number


def test_a_source_cannot_be_withdrawn_like_a_proposal():
    db = open_db(":memory:")
    number = added_sources.propose(db, ENTRY, 7, NOW)
    added_sources.confirm(db, number, "e")
    added_sources.withdraw(db, number)

    assert len(added_sources.find(db)) == 1


def test_proposals_nobody_confirmed_do_not_gather():
    db = open_db(":memory:")
    old = added_sources.propose(db, ENTRY, 7, NOW)
    added_sources.propose(db, ENTRY, 7, NOW + added_sources.PATIENCE + timedelta(1))

    assert added_sources.get(db, old) is None


def test_removing_forgets_what_was_decided_of_the_source():
    db = open_db(":memory:")
    added_sources.confirm(db, added_sources.propose(db, ENTRY, 7, NOW), "e")
    sources.mute(db, "e", True)

    added_sources.remove(db, "e")

    assert added_sources.find(db) == [] and sources.steering(db) == {}
