"""Posts in the archive: kept once, albums as one, in the order of their dates."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Database

from bot.persian.typography import units
from db import index, posts
from db.model import Post
from db.schema import open_db

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CHAT = -1001


@pytest.fixture
def db():
    database = open_db(":memory:")
    yield database
    database.close()


def post(number: int, text: str = "متن", **fields) -> Post:
    plain = {"published": NOW, "url": f"https://t.me/x/{number}"}
    return Post(CHAT, number, text, **(plain | fields))


def kept(db: Database, number: int) -> Post:
    found = posts.by_message(db, CHAT, number)
    assert found
    return found


def test_what_was_told_comes_back(db):
    poll = {"question": "کدام؟", "options": ["الف", "ب"], "correct": [1]}
    told = post(
        7,
        "سلام #خبر",
        entities=({"type": "bold", "offset": 0, "length": 4},),
        kind="quiz",
        reply_to=3,
        forwarded="دیگری",
        poll=poll,
        edited=NOW,
    )
    posts.add(db, told)
    index.catch_up(db)

    back = kept(db, 7)
    wanted = replace(told, id=back.id, ordinal=back.ordinal, title="کدام؟", tags=("خبر",))
    assert back == wanted


def test_told_again_it_is_the_same_post_with_its_new_text(db):
    first = posts.add(db, post(7, forwarded="دیگری", reply_to=3))
    again = posts.add(db, post(7, "تازه", published=NOW + timedelta(days=1)))

    assert first == again
    assert (kept(db, 7).text, kept(db, 7).published) == ("تازه", NOW)
    assert (kept(db, 7).forwarded, kept(db, 7).reply_to) == ("دیگری", 3)


def test_the_order_is_that_of_dates_and_within_a_second_that_of_arrival(db):
    for number, seconds in ((1, 5), (2, 0), (3, 0), (4, -7)):
        posts.add(db, post(number, published=NOW + timedelta(seconds=seconds)))

    assert [row["message_id"] for row in posts.find(db)] == [1, 3, 2, 4]
    assert kept(db, 2).ordinal == int(NOW.timestamp()) * 256


def test_a_second_with_too_many_posts_flows_over_into_the_next(db):
    posts.add(db, post(9_999, published=NOW + timedelta(seconds=1)))
    for number in range(1, 600):
        posts.add(db, post(number))

    numbers = [row["message_id"] for row in posts.find(db, limit=1000)]
    assert len({kept(db, n).ordinal for n in numbers}) == 600
    assert [n for n in numbers if n <= 256] == list(range(256, 0, -1))


def test_an_album_is_one_post_with_the_captions_of_all(db):
    bold = ({"type": "bold", "offset": 0, "length": 3},)
    ids = [
        posts.add(db, post(12, "", album="a")),
        posts.add(db, post(13, "شرح #خبر", album="a", entities=bold)),
        posts.add(db, post(11, "😀", album="a")),
    ]
    index.catch_up(db)

    album = kept(db, 13)
    assert len(set(ids)) == 1 and posts.count(db) == 1
    assert (album.message_id, album.url) == (11, "https://t.me/x/11")
    assert (album.text, album.kind, album.tags) == ("😀\n\nشرح #خبر", "album", ("خبر",))
    assert album.entities[0]["offset"] == units("😀\n\n")


def test_an_edit_of_one_message_of_an_album_leaves_the_others(db):
    for number, text in ((11, "یک"), (12, "دو")):
        posts.add(db, post(number, text, album="a"))
    posts.add(db, post(12, "دوی تازه", album="a", edited=NOW))

    assert (kept(db, 11).text, kept(db, 11).edited) == ("یک\n\nدوی تازه", NOW)


def test_an_edit_of_a_post_taken_for_part_of_an_album_goes_to_that_album(db):
    for number in (11, 12):
        posts.add(db, post(number, album="export:11"))
    posts.add(db, post(12, "تازه", edited=NOW))

    assert posts.count(db) == 1 and kept(db, 12).text == "متن\n\nتازه"


def test_a_post_that_stood_alone_stays_alone_when_it_comes_with_an_album(db):
    posts.add(db, post(11))
    posts.add(db, post(11, "تازه", album="a", edited=NOW))

    assert (kept(db, 11).text, kept(db, 11).kind) == ("تازه", "text")


def test_pinned_is_noted_also_of_albums(db):
    posts.add(db, post(7))
    for number in (11, 12):
        posts.add(db, post(number, album="a"))
    posts.mark_pinned(db, CHAT, 12)

    assert (kept(db, 11).pinned, kept(db, 7).pinned) == (True, False)


def test_deleted_posts_leave_the_lists_and_keep_their_rows(db):
    for number in (1, 2):
        posts.add(db, post(number, "متن #خبر"))

    assert posts.mark_deleted(db, CHAT, [2, 99], NOW) == 1
    assert posts.mark_deleted(db, CHAT, [2], NOW) == 0
    assert [row["message_id"] for row in posts.find(db)] == [1]
    assert [row["message_id"] for row in posts.find(db, "خبر")] == [1]
    assert (posts.count(db), kept(db, 2).deleted, posts.top(db, CHAT)) == (1, NOW, 2)


def test_a_deleted_post_that_is_told_of_again_is_back(db):
    posts.add(db, post(1, "متن #خبر"))
    posts.mark_deleted(db, CHAT, [1], NOW)
    posts.add(db, post(1, "متن #خبر"))

    assert [row["message_id"] for row in posts.find(db, "خبر")] == [1]


def test_an_album_goes_on_with_what_is_left_of_it(db):
    for number in (11, 12):
        posts.add(db, post(number, f"شرح {number}", album="a"))

    assert posts.mark_deleted(db, CHAT, [11], NOW) == 0
    left = kept(db, 12)
    assert (left.message_id, left.url, left.text) == (12, "https://t.me/x/12", "شرح 12")
    assert posts.mark_deleted(db, CHAT, [12], NOW) == 1 and posts.count(db) == 0


def test_the_highest_message_and_the_known_ones_include_albums(db):
    assert posts.top(db, CHAT) is None
    posts.add(db, post(5))
    assert posts.top(db, CHAT) == 5
    for number in (11, 12):
        posts.add(db, post(number, album="a"))

    assert posts.top(db, CHAT) == 12
    assert posts.ids_of_others(db, CHAT, 1) == {5, 11, 12}


def test_a_page_comes_in_the_order_asked_for(db):
    for number in (1, 2, 3):
        posts.add(db, post(number))
    places = [kept(db, number).ordinal for number in (3, 1)]

    assert [p.message_id for p in posts.load(db, [places[0], 17, places[1]])] == [3, 1]
