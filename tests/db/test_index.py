"""The index says what the posts say, whatever happened to them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from bot.errors import WrongState
from bot.persian.folding import fold, key
from bot.persian.hashtags import hashtags
from db import facts, index, posts, tag_changes, tags
from db.model import Post
from db.schema import open_db
from db.tag_changes import Change, What

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CHAT = -1001


@pytest.fixture
def db():
    database = open_db(":memory:")
    yield database
    database.close()


def add(db, number, text, **fields):
    posts.add(db, Post(CHAT, number, text, **({"published": NOW} | fields)))
    index.catch_up(db)


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("عنوان\n\nبند", "عنوان", "بند"),
        ("\n\n  عنوانی   دراز \nبند", "عنوانی دراز", "بند"),
        ("#خبر #LLM\nعنوان\nبند", "عنوان", "#خبر #LLM\nبند"),
        ("عنوان #خبر #LLM\nبند", "عنوان", "#خبر #LLM\nبند"),
        ("📌 #خبر ───\n@peyk_ai | پیک\nعنوان", "عنوان", "📌 #خبر ───\n@peyk_ai | پیک"),
        ("کار #خبر امروز", "کار #خبر امروز", ""),
        ("#خبر", "#خبر", ""),
        ("😀", "😀", ""),
        ("", "", ""),
    ],
)
def test_the_title_is_the_first_line_that_says_something(text, title, rest):
    found, others = index.split(text)

    assert found == title
    assert [line for line in others.splitlines() if line] == rest.splitlines()


def test_the_title_of_a_poll_is_its_question():
    poll = {"question": "کدام\nیک؟", "options": ["الف", "ب"], "explanation": "چون"}

    assert index.split("", poll) == ("کدام یک؟", "الف\nب\nچون")


def test_long_titles_are_cut_between_words():
    title = index.shortened("واژه " * 50)

    assert len(title) <= index.LONGEST_TITLE and title.endswith("واژه…")
    assert len(index.shortened("ا" * 500)) == index.LONGEST_TITLE


def test_spellings_of_a_tag_are_one(db):
    add(db, 1, "#هوش_مصنوعی #Deep_Learning")
    add(db, 2, "#هوش\u200cمصنوعي #deep_learning #DeepLearning")

    counted = dict(db.execute("select name, posts from tags where posts > 0").fetchall())
    assert counted == {"هوش_مصنوعی": 2, "Deep_Learning": 2}


def test_an_edit_moves_a_post_to_its_new_tags(db):
    add(db, 1, "#خبر #ابزار")
    add(db, 1, "#ابزار #مقاله")

    assert posts.tags_of(db, posts.by_message(db, CHAT, 1).ordinal) == ("ابزار", "مقاله")
    assert [row["message_id"] for row in posts.find(db, "#خبر")] == []


def test_a_proposed_tag_that_stands_in_a_post_is_seen(db):
    add(db, 1, "#خبر")
    db.execute("update tags set state = 'refused' where name = 'خبر'")
    add(db, 2, "#خبر")

    assert tags.find(db, "خبر").state == "seen"


def test_nothing_to_do_is_told_and_costs_nothing(db):
    add(db, 1, "سلام")

    assert index.catch_up(db) == 0
    assert "posts_dirty" in str(
        db.execute("explain query plan select 1 from posts where dirty = 1").fetchall()
    )


def test_only_so_many_are_taken_at_once(db):
    for number in range(1, 8):
        posts.add(db, Post(CHAT, number, "متن", published=NOW))

    assert [index.catch_up(db, 3) for _ in range(4)] == [3, 3, 1, 0]


def test_another_folding_makes_the_index_anew(db, monkeypatch):
    assert not index.follow_folding(db)
    add(db, 1, "سلام")
    monkeypatch.setattr(index, "VERSION", facts.get(db, "index folding") + 1)

    assert index.follow_folding(db) and not index.follow_folding(db)
    assert index.catch_up(db) == 1


TEXTS = ("سلام", "خبر تازه #خبر", "#LLM #خبر\nمدل", "متن #هوش_مصنوعی", "", "كتاب #هوش‌مصنوعي #llm")
NUMBERS = st.integers(1, 12)


class Archive(RuleBasedStateMachine):
    """Whatever happens: after catching up, the index says exactly what the posts say."""

    def __init__(self):
        super().__init__()
        self.db = open_db(":memory:")

    @rule(number=NUMBERS, text=st.sampled_from(TEXTS), seconds=st.integers(0, 2))
    def publish_or_edit(self, number, text, seconds):
        moment = NOW + timedelta(seconds=seconds)
        posts.add(self.db, Post(CHAT, number, text, published=moment))

    @rule(number=NUMBERS, text=st.sampled_from(TEXTS), album=st.sampled_from("ab"))
    def album(self, number, text, album):
        posts.add(self.db, Post(CHAT, number, text, published=NOW, album=album))

    @rule(numbers=st.lists(NUMBERS, max_size=3))
    def delete(self, numbers):
        posts.mark_deleted(self.db, CHAT, numbers, NOW)

    @rule()
    def index_a_little(self):
        index.catch_up(self.db, 2)

    @rule(
        what=st.sampled_from([What.MERGE, What.RENAME]),
        tag=st.sampled_from(["خبر", "LLM", "هوش_مصنوعی"]),
        other=st.sampled_from(["خبر", "LLM", "هوش_مصنوعی", "تازه"]),
    )
    def change_a_tag(self, what, tag, other):
        changed, into = tags.find(self.db, tag), tags.find(self.db, other)
        value = str(into.id) if what is What.MERGE and into else other
        if not changed or (what is What.MERGE and (not into or into == changed)):
            return
        seen = tag_changes.preview(self.db, Change(what, changed.id, value))
        if not seen.problem:
            tag_changes.apply(self.db, Change(what, changed.id, value), seen.revision, "مینا")

    @rule()
    def undo(self):
        with suppress(WrongState):
            tag_changes.undo(self.db, tags.revision(self.db))

    @rule()
    def index_and_posts_agree(self):
        before = self.db.execute("select count(*) from posts where dirty = 1").fetchone()[0]
        assert index.catch_up(self.db, 1000) == before
        rows = self.db.execute(
            "select ordinal, text, entities, title from posts where deleted is null"
        ).fetchall()
        told = {row[0]: index.split(row[1]) for row in rows}
        indexed = self.db.execute("select rowid, title, body from post_index").fetchall()

        assert {row[0]: row[1:] for row in indexed} == {
            ordinal: (fold(title), fold(rest)) for ordinal, (title, rest) in told.items()
        }
        assert all(row[3] == index.shortened(told[row[0]][0]) for row in rows)
        self._check_tags({row[0]: row[1] for row in rows})

    def _check_tags(self, texts):
        carried = {}
        for ordinal, tag in self.db.execute("select ordinal, tag_id from post_tags"):
            carried.setdefault(ordinal, set()).add(tag)

        assert carried == {
            ordinal: {tags.owner(self.db, tag) for _, _, tag in hashtags(text) if key(tag)}
            or {index.UNTAGGED}
            for ordinal, text in texts.items()
        }
        assert (
            self.db.execute(
                "select count(*) from tags where posts !="
                " (select count(*) from post_tags where tag_id = tags.id)"
            ).fetchone()[0]
            == 0
        )

    def teardown(self):
        self.index_and_posts_agree()
        self.db.close()


TestArchive = Archive.TestCase
TestArchive.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
