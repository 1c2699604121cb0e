"""What admins may do to the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot.errors import WrongState
from bot.persian import folding
from db import index, posts, tag_changes, tags
from db.model import Post
from db.schema import open_db
from db.tag_changes import Change, What, apply, preview, undo
from db.tags import Tag, TagKind, TagState
from tests.db.ground import NOW

SEED = {"#مقاله": ("paper",), "#مدل_زبانی": ("LLM",), "#متن_باز": ()}
NAMES = ["مقاله", "LLM", "متن_باز", "Weekend", "خبر", "note"]


@pytest.fixture
def db() -> Iterator[Database]:
    database = filled()
    yield database
    database.close()


def filled() -> Database:
    """Posts 1 to 6: each has the tag of its number, even ones #LLM, and every third #Weekend."""
    database = open_db(":memory:")
    tags.seed(database, SEED, {"#مقاله"}, NOW)
    for number, name in enumerate(NAMES, 1):
        more = " #LLM" * (number % 2 == 0) + " #weekend" * (number % 3 == 0)
        write(database, number, f"متن #{name}{more}")
    return database


def write(db: Database, number: int, text: str) -> None:
    moment = NOW + timedelta(minutes=number)
    posts.add(db, Post(-100, number, text, published=moment))
    index.catch_up(db)


def named(db: Database, name: str) -> Tag:
    tag = tags.find(db, name)
    assert tag
    return tag


def make(db: Database, what: What, name: str, value: str = "") -> Tag:
    return apply(db, Change(what, named(db, name).id, value), tags.revision(db), "مینا")


def posts_of(db: Database, tag: Tag) -> list[int]:
    rows = db.execute(
        "select message_id from post_tags join posts using (ordinal) where tag_id = ?"
        " order by message_id",
        [tag.id],
    )
    return [row[0] for row in rows]


def sound(db: Database) -> None:
    """Every counter is a count, and every name means one tag."""
    for tag_id, counted in db.execute("select id, posts from tags"):
        real = db.execute("select count(*) from post_tags where tag_id = ?", [tag_id]).fetchone()
        assert counted == real[0]
    keys = db.execute(
        "select folded, id from tags where state != 'none' union"
        " select folded, tag_id from tag_aliases"
    ).fetchall()
    assert len(keys) == len(dict(keys))
    for (tag_id,) in db.execute("select id from tags where state != 'none'"):
        tag = tags.get(db, tag_id)
        assert tag
        assert {tags.owner(db, name) for name in (tag.name, *tag.aliases)} == {tag_id}


def test_merged_tags_are_found_together_under_all_names(db: Database) -> None:
    change = Change(What.MERGE, named(db, "Weekend").id, str(named(db, "LLM").id))

    seen = preview(db, change)
    merged = apply(db, change, seen.revision, "مینا")

    assert posts_of(db, merged) == [2, 3, 4, 6]
    assert merged == seen.after[0] == named(db, "#WEEKEND")
    assert merged.aliases == ("LLM", "weekend") and merged.name == "مدل_زبانی"


def test_a_preview_changes_nothing(db: Database) -> None:
    before = [*db.query("select * from tags"), *db.query("select * from tag_aliases")]

    for what in What:
        preview(db, Change(what, named(db, "خبر").id, str(named(db, "LLM").id)))

    assert [*db.query("select * from tags"), *db.query("select * from tag_aliases")] == before


def test_what_joins_the_vocabulary_by_a_merge_stays_in_it(db: Database) -> None:
    kept = make(db, What.MERGE, "متن_باز", str(named(db, "note").id))

    assert (kept.name, kept.state, kept.kind) == ("note", TagState.OURS, TagKind.SUBJECT)


def test_a_renamed_tag_answers_to_its_old_name(db: Database) -> None:
    renamed = make(db, What.RENAME, "LLM", "#Language_Models")

    assert renamed == named(db, "مدل زبانی") == named(db, "language models")
    assert "#Language_Models" in tags.vocabulary(db)
    write(db, 7, "#مدل_زبانی")
    assert 7 in posts_of(db, renamed)


def test_a_name_that_was_an_alias_can_become_the_name(db: Database) -> None:
    renamed = make(db, What.RENAME, "مدل_زبانی", "LLM")

    assert (renamed.name, renamed.aliases) == ("LLM", ("مدل_زبانی",))


@pytest.mark.parametrize(
    ("what", "value", "problem"),
    [
        (What.RENAME, "متن_باز", "taken"),
        (What.RENAME, "دو واژه", "no-name"),
        (What.RENAME, "۱۲۳", "no-name"),
        (What.RENAME, "خبر", "same"),
        (What.ALIAS, "LLM", "taken"),
        (What.ALIAS, "", "no-name"),
        (What.ALIAS, "خبر", "same"),
        (What.LABEL, "ب" * 61, "too-long"),
        (What.LABEL, "", "same"),
        (What.MERGE, "خبر", "gone"),
        (What.SHOW, "", "same"),
    ],
)
def test_what_cannot_be_is_told_and_not_done(
    db: Database, what: What, value: str, problem: str
) -> None:
    seen = preview(db, Change(what, named(db, "خبر").id, value))

    assert seen.problem == problem
    with pytest.raises(WrongState):
        apply(db, seen.change, seen.revision, "مینا")


def test_a_tag_is_not_merged_with_itself(db: Database) -> None:
    news = named(db, "خبر")

    assert preview(db, Change(What.MERGE, news.id, str(news.id))).problem == "itself"


def test_the_later_of_two_admins_sees_the_vocabulary_again_first(db: Database) -> None:
    seen = preview(db, Change(What.HIDE, named(db, "خبر").id))
    make(db, What.LABEL, "note", "یادداشت")

    with pytest.raises(WrongState):
        apply(db, seen.change, seen.revision, "آرش")
    assert not named(db, "خبر").hidden


def test_a_hidden_tag_is_neither_shown_nor_given_to_new_posts(db: Database) -> None:
    hidden = make(db, What.HIDE, "متن_باز")

    assert not hidden.shown and "#متن_باز" not in tags.vocabulary(db)
    assert make(db, What.SHOW, "متن_باز").shown


@pytest.mark.parametrize("what", [What.RENAME, What.MERGE, What.HIDE])
def test_what_an_admin_changed_does_not_come_back_at_the_next_start(
    db: Database, what: What
) -> None:
    value = {What.RENAME: "Open", What.MERGE: str(named(db, "note").id)}.get(what, "")
    make(db, what, "متن_باز", value)
    before = tags.vocabulary(db)

    tags.seed(db, SEED, {"#مقاله"}, NOW)

    assert tags.vocabulary(db) == before


def test_a_name_taken_from_a_tag_means_a_tag_of_its_own_again(db: Database) -> None:
    left = make(db, What.UNALIAS, "مدل_زبانی", "LLM")
    index.catch_up(db)

    assert posts_of(db, left) == [] and posts_of(db, named(db, "LLM")) == [2, 4, 6]
    sound(db)


def test_series_and_wishes_move_with_a_merge(db: Database) -> None:
    old, new = named(db, "Weekend"), named(db, "note")
    db.execute(
        "insert into series (title, folded, tag_id, created) values ('x', 'x', ?, '')", [old.id]
    )

    make(db, What.MERGE, "Weekend", str(new.id))

    assert db.execute("select tag_id from series").fetchall() == [(new.id,)]


CHANGES: list[tuple[What, str, Callable[[Database], str]]] = [
    (What.MERGE, "Weekend", lambda db: str(named(db, "LLM").id)),
    (What.RENAME, "Weekend", lambda db: "پایان_هفته"),
    (What.UNALIAS, "LLM", lambda db: "LLM"),
    (What.ALIAS, "Weekend", lambda db: "آخر هفته"),
    (What.KIND, "خبر", lambda db: "type"),
    (What.ADOPT, "خبر", lambda db: ""),
]


@pytest.mark.parametrize(("what", "name", "value"), CHANGES)
def test_the_last_change_can_be_taken_back(
    db: Database, what: What, name: str, value: Callable[[Database], str]
) -> None:
    def state() -> list[object]:
        while index.catch_up(db):
            pass
        rows = db.execute("select name, folded, kind, state, posts from tags order by name")
        return [*rows, *db.execute("select folded, written from tag_aliases order by 1")]

    before = state()
    make(db, what, name, value(db))
    assert state() != before and tag_changes.last(db) == (what, "مینا")

    undo(db, tags.revision(db))

    assert state() == before and tag_changes.last(db) is None
    with pytest.raises(WrongState):
        undo(db, tags.revision(db))


def test_a_change_is_not_taken_back_over_a_newer_one(db: Database) -> None:
    make(db, What.HIDE, "خبر")
    revision = tags.revision(db)
    make(db, What.HIDE, "note")

    with pytest.raises(WrongState):
        undo(db, revision)


def test_names_that_meet_under_a_new_folding_become_one_tag(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def coarse(name: str) -> str:
        return folding.key(name).replace("note", "خبر")

    for module in (tags, tag_changes):
        monkeypatch.setattr(module, "key", coarse)
    tag_changes.refold(db)

    assert (
        posts_of(db, named(db, "note")) == [5, 6] and named(db, "خبر").id == named(db, "note").id
    )
    sound(db)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([*What, "undo", "write", "delete"]),
        st.sampled_from(NAMES),
        st.sampled_from([*NAMES, "تازه", "type", "series", "paper"]),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_counters_and_names_are_right_after_any_sequence_of_changes(
    steps: list[tuple[What | str, str, str]],
) -> None:
    db = filled()
    for number, (what, name, value) in enumerate(steps, 10):
        tag, other = tags.find(db, name), tags.find(db, value)
        try:
            if what == "write":
                write(db, number, f"#{name} #{value}")
            elif what == "delete":
                posts.mark_deleted(db, -100, [number % 6], NOW)
            elif what == "undo":
                undo(db, tags.revision(db))
            elif tag and isinstance(what, What) and (what is not What.KIND or value in [*TagKind]):
                given_value = str(other.id) if what is What.MERGE and other else value
                apply(db, Change(what, tag.id, given_value), tags.revision(db), "مینا")
        except WrongState:
            pass
        index.catch_up(db)
        sound(db)
    db.close()
