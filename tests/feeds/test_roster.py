"""The sources of the file and of the chat, as one list."""

import pytest

from db import added_sources, sources
from db.added_sources import AddedSource
from db.schema import open_db
from db.sources import Steering
from feeds.roster import LONGEST_NAME, free_name, merged, roster
from feeds.sources import named_origins, parse
from tests.db.ground import NOW

WRITTEN = parse('[[rss]]\nname = "blog"\nurl = "http://mirror.lan/x"\nweight = 2')
ENTRY = {"kind": "github", "repo": "a/b"}


def test_the_files_come_first_and_each_as_it_is_steered():
    db = open_db(":memory:")
    added_sources.confirm(db, added_sources.propose(db, ENTRY, 7, NOW), "a/b")
    added_sources.propose(db, {"kind": "github", "repo": "c/d"}, 7, NOW)
    sources.mute(db, "blog", True)
    sources.boost(db, "a/b", 2)

    blog, added = roster(db, WRITTEN)

    assert (blog.name, blog.muted, blog.boost, blog.added, blog.weight) == ("blog", 1, 0, False, 2)
    assert (added.name, added.muted, added.boost, added.added) == ("a/b", False, 2, True)


def test_a_name_the_operator_wrote_since_is_the_operators():
    added = AddedSource(1, "blog", {"kind": "rss", "url": "https://other.example"})

    assert merged(WRITTEN, [added], {}) == WRITTEN


def test_an_entry_that_cannot_be_used_costs_only_itself():
    broken = AddedSource(1, "x", {"kind": "rss"}), AddedSource(2, "y", {"kind": "new"})

    assert merged(WRITTEN, broken, {"x": Steering(muted=True)}) == WRITTEN


def test_an_address_from_chat_is_not_named_by_the_operator():
    added = AddedSource(1, "x", {"kind": "rss", "url": "http://10.0.0.1:8080/"})

    assert named_origins(merged(WRITTEN, [added], {})) == {"mirror.lan:80"}


@pytest.mark.parametrize(
    ("wanted", "taken", "name"),
    [
        ("a", (), "a"),
        ("a", ("a",), "a (2)"),
        ("a", ("a", "a (2)"), "a (3)"),
        ("a" * 200, (), "a" * (LONGEST_NAME - 1) + "…"),
    ],
)
def test_a_name_is_short_and_free(wanted, taken, name):
    assert free_name(wanted, taken) == name
