"""What search finds, in which order, and what it says where nothing fits."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.persian.query import parse
from db import index, posts, search, tags
from db.model import Post
from db.schema import open_db
from db.search import CAP

ZONE = ZoneInfo("Asia/Tehran")
START = datetime(2024, 1, 1, 12, tzinfo=UTC)
TEXTS = (
    "شبکه‌های عصبی پیچشی\nتصویر را لایه به لایه می‌بینند.\n#Deep_Learning",
    "مدل‌های زبانی بزرگ\nDeepSeek-R1 استدلال می‌کند؛ شبکهٔ عصبی هم هست.\n#خبر",
    "پیش‌پردازش متن فارسی\nبا کتابخانهٔ هضم.\n#آموزش #Deep_Learning",
    "جنگل تصادفی\nصدها درخت تصمیم رأی می‌دهند.",
)


@pytest.fixture
def db():
    db = open_db(":memory:")
    for number in range(900, 910):
        posts.add(db, Post(1, number, f"سخن {number}", published=START - timedelta(days=number)))
    for number, text in enumerate(TEXTS, 1):
        at = START + timedelta(days=30 * number)
        posts.add(db, Post(1, number, text, published=at, url=f"https://t.me/peyk_ai/{number}"))
    yield db
    db.close()


def find(db, query, zone, **page):
    """What search finds once the index has caught up."""
    index.catch_up(db)
    return search.find(db, query, zone, **page)


def ids(db, query, **page):
    return [hit.message_id for hit in find(db, parse(query), ZONE, **page).hits]


@pytest.mark.parametrize(
    "query",
    ["شبکه‌های عصبی پیچشی", "شبكه هاي عصبي پيچشي", "شبکههای عصبی پیچشی", "شبکهٔ عصبیِ پیچشی"],
)
def test_spellings_find_each_other(db, query):
    assert ids(db, query) == [1]


def test_a_word_in_the_title_counts_more_than_one_below(db):
    assert ids(db, "شبکه عصبی") == [1, 2]


def test_among_equals_the_newer_comes_first(db):
    for number in (11, 12, 13):
        at = START + timedelta(days=400 + number)
        posts.add(db, Post(1, number, "همان سخن\nبی کم و کاست", published=at))

    assert ids(db, "همان سخن") == [13, 12, 11]


def test_words_written_as_one_and_apart_find_each_other(db):
    assert ids(db, "پیشپردازش") == ids(db, "پیش پردازش") == ids(db, "پیش‌پردازش") == [3]
    assert ids(db, "deep seek r1") == ids(db, "Deepseek R1") == [2]


def test_a_tag_filters_in_any_spelling(db):
    assert ids(db, "#deeplearning") == [3, 1]
    assert ids(db, "#Deep_Learning شبکه") == [1]
    assert ids(db, "شبکه -#خبر") == [1]


def test_an_unknown_tag_is_looked_for_as_words(db):
    assert ids(db, "#جنگل_تصادفی") == [4]


def test_a_phrase_must_stand_as_it_was_quoted(db):
    assert ids(db, '"عصبی پیچشی"') == [1]
    assert ids(db, '"پیچشی عصبی"') == []


def test_unwanted_words_shut_posts_out(db):
    assert ids(db, "شبکه -استدلال") == [1]
    assert ids(db, "#Deep_Learning -هضم") == [1]


def test_days_shut_posts_out_by_the_channels_clock(db):
    posts.add(db, Post(1, 9, "نیمه‌شب", published=datetime(2024, 3, 19, 20, 45, tzinfo=UTC)))

    assert ids(db, "از:۱۴۰۳/۱/۱ تا:1403/01/01 نیمه‌شب") == [9]
    assert ids(db, "before:2024-03-20 نیمه‌شب") == []
    assert ids(db, "after:2024/3 before:2024/4") == [3, 9, 2]


def test_a_mistyped_word_is_guessed_and_said(db):
    found = find(db, parse("جنگل تسادفی"), ZONE)

    assert [hit.message_id for hit in found.hits] == [4]
    assert found.instead == "جنگل تصادفی" and not found.partly


def test_two_mistyped_words_are_guessed(db):
    assert find(db, parse("کتابخنه هظم"), ZONE).instead == "کتابخانهٔ هضم"


def test_an_unfinished_word_is_completed(db):
    found = find(db, parse("استدل"), ZONE)

    assert [hit.message_id for hit in found.hits] == [2]
    assert found.wanted == {"استدل*"} and not found.instead


def test_where_no_post_has_all_words_those_with_most_come_first(db):
    found = find(db, parse("درخت تصمیم شبکه"), ZONE)

    assert found.hits[0].message_id == 4
    assert found.partly


def test_nothing_like_it_is_nothing(db):
    found = find(db, parse("ققنوسستان"), ZONE)

    assert (found.hits, found.total, found.instead) == ((), 0, "")


def test_edits_and_deletions_are_known_at_once(db):
    posts.add(db, Post(1, 1, "چیز دیگری", published=START))
    posts.mark_deleted(db, 1, [4], START)

    assert ids(db, "دیگری") == [1]
    assert ids(db, '"پیچشی"') == ids(db, '"جنگل"') == []


def test_pages_show_every_post_once_though_new_ones_arrive(db):
    for number in range(20, 60):
        posts.add(db, Post(1, number, f"سرو ناز {number}", published=START))
    first = find(db, parse("سرو ناز"), ZONE, limit=7)
    seen = [hit.message_id for hit in first.hits]
    for offset in range(7, first.total, 7):
        posts.add(db, Post(1, 100 + offset, "سرو ناز", published=START + timedelta(days=900)))
        page = find(db, parse("سرو ناز"), ZONE, limit=7, offset=offset, newest=first.newest)
        seen += [hit.message_id for hit in page.hits]
        assert page.total == first.total == 40

    assert sorted(seen) == list(range(20, 60))


def test_only_the_newest_of_very_many_are_weighed(db, monkeypatch):
    monkeypatch.setattr(search, "CAP", 3)

    assert find(db, parse("از:2023"), ZONE).total == 3 < CAP


def test_the_newest_posts_need_no_words(db):
    index.catch_up(db)
    found = search.latest(db, 2, 1)

    assert [hit.message_id for hit in found.hits] == [3, 2]
    assert found.total == 14


def test_a_merged_tag_is_found_by_its_old_name(db):
    find(db, parse("شبکه"), ZONE)
    kept = tags.owner(db, "Deep_Learning")
    db.execute("insert into tag_aliases values ('یادگیریعمیق', 'یادگیری_عمیق', ?)", [kept])

    assert ids(db, "#یادگیری_عمیق") == [3, 1]


def test_an_answer_of_a_poll_is_found_below_its_question(db):
    poll = {"question": "کدام بهتر است؟", "options": ["پایتورچ", "ژاکس"]}
    posts.add(db, Post(1, 8, "", kind="poll", poll=poll, published=START))

    (hit,) = find(db, parse("ژاکس"), ZONE).hits

    assert (hit.title, hit.text) == ("کدام بهتر است؟", "پایتورچ\nژاکس")


HOSTILE = st.text(alphabet="\"'«»-#:*^()+{}[]\x00\u200c ANDORNEARشبکهعصبی۱/ازتا", max_size=60)


@given(HOSTILE | st.text(max_size=40))
@example("after:0001 شبکه")
@example("تا:۰۰۰۱/۰۱/۰۱ before:9998")
@example('"" OR NOT NEAR( * ^')
@example("\x00")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_query_is_an_error(db, text):
    found = find(db, parse(text), ZONE)

    assert len(found.hits) <= min(found.total, 20)
