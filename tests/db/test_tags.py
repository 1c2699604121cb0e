"""Hashtags and their names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlite_utils import Database

from db import index, posts, tags
from db.model import Post
from db.schema import open_db
from db.tags import TagKind, TagState, View
from tests.db.ground import NOW, drafted

SEED = {"#مقاله": ("paper", "preprint"), "#مدل_زبانی": ("LLM", "language model"), "#متن_باز": ()}


@pytest.fixture
def db() -> Iterator[Database]:
    database = open_db(":memory:")
    tags.seed(database, SEED, {"#مقاله"}, NOW)
    yield database
    database.close()


def post(db: Database, number: int, text: str) -> None:
    posts.add(db, Post(-100, number, text, published=NOW))
    index.catch_up(db)


def test_the_first_vocabulary_is_ours_with_its_kinds(db: Database) -> None:
    assert tags.vocabulary(db) == {
        "#مقاله": ("paper", "preprint"),
        "#مدل_زبانی": ("LLM", "language model"),
        "#متن_باز": (),
    }
    assert [tag.name for tag in tags.view(db, View.TYPES)] == ["مقاله"]


@pytest.mark.parametrize("name", ["#مدل_زبانی", "مدل‌زبانی", "مدل زباني", "llm", "Language_Model"])
def test_a_tag_is_found_in_every_spelling_and_by_its_aliases(db: Database, name: str) -> None:
    found = tags.find(db, name)

    assert found and found.name == "مدل_زبانی"


def test_tags_of_posts_are_counted_under_their_canonical_name(db: Database) -> None:
    post(db, 1, "یک #LLM")
    post(db, 2, "دو #مدل‌زبانی و #language_model")
    post(db, 3, "سه #Weekend")

    found = tags.find(db, "LLM")
    assert found and found.posts == 2
    assert [tag.name for tag in tags.view(db, View.FOUND)] == ["Weekend"]


def test_a_first_tag_met_in_posts_before_is_adopted_by_a_later_vocabulary(db: Database) -> None:
    post(db, 1, "#Weekend")

    tags.seed(db, {**SEED, "#weekend": ("آخر هفته",)}, set(), NOW)

    found = tags.find(db, "آخر هفته")
    assert found and (found.name, found.state, found.posts) == ("Weekend", TagState.OURS, 1)


def test_a_proposal_counts_each_draft_once(db: Database) -> None:
    for draft in (drafted(db, 1), drafted(db, 2)):
        for _ in range(2):
            [tag] = tags.propose(db, ["مدل_جهان"], draft.id, NOW)

    assert (tag.state, tag.wishes, tags.wishing(db, tag.id)) == (TagState.PROPOSED, 2, [2, 1])
    assert tags.wanted(db, 2) == [tag] and tags.wanted(db, 3) == []


def test_what_is_ours_or_no_hashtag_is_not_proposed(db: Database) -> None:
    draft = drafted(db)

    assert tags.propose(db, ["LLM", "۱۲۳", "دو واژه", "x" * 61], draft.id, NOW) == []
    assert tags.counts(db)[View.PROPOSED] == 0


def test_only_so_many_proposals_are_kept_the_most_wanted_ones(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tags, "MOST_PROPOSED", 2)
    for number, names in enumerate([["الف", "ب"], ["الف", "پ"], ["الف", "پ"]], 1):
        tags.propose(db, names, drafted(db, number).id, NOW)

    assert [tag.name for tag in tags.view(db, View.PROPOSED)] == ["الف", "پ"]


def test_a_proposal_that_somebody_writes_in_the_channel_is_a_tag_like_others(
    db: Database,
) -> None:
    tags.propose(db, ["مدل_جهان"], drafted(db).id, NOW)

    post(db, 1, "#مدل_جهان")

    found = tags.find(db, "مدل جهان")
    assert found and found.state is TagState.SEEN and found.shown


def test_posts_without_tags_are_no_tag(db: Database) -> None:
    post(db, 1, "هیچ")

    assert tags.get(db, 0) is None and tags.find(db, "") is None
    assert sum(tags.counts(db).values()) == len(SEED)


def test_kinds_are_those_of_the_lists(db: Database) -> None:
    assert {str(kind) for kind in TagKind} - {""} <= {str(view) for view in View}
