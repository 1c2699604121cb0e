"""The outbox: what is approved stays promised until it is sent, refused or taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlite_utils import Database

from bot.errors import WrongState
from db import drafts, outbox, posts
from db.model import PEYK, Actor, Draft, Post, State
from db.schema import open_db
from tests.db.ground import ARASH, MINA, NOW, approve, offered, sending

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def db() -> Iterator[Database]:
    made = open_db(":memory:")
    yield made
    made.close()


def state(db: Database) -> tuple[str, str]:
    """Of the row and of its draft."""
    query = "select o.state, d.state from outbox o join drafts d on d.id = o.draft_id"
    return db.execute(query).fetchone()


def test_two_admins_cannot_both_approve(db: Database) -> None:
    draft = offered(db)
    approve(db, draft)

    with pytest.raises(WrongState):
        approve(db, draft, ARASH)
    assert len(outbox.due(db, NOW)) == 1


def test_the_same_press_handled_again_forgets_no_attempt(db: Database) -> None:
    draft = offered(db)
    approve(db, draft)
    row = outbox.take(db, outbox.due(db, NOW)[0], 7, NOW)
    outbox.release(db, row, "no network", NOW)
    approve(db, draft)

    again = outbox.due(db, NOW)[0]
    assert (again.id, again.attempts, again.after_message_id) == (row.id, 1, 7)


def test_of_several_attempts_the_first_place_is_searched_from(db: Database) -> None:
    row = sending(db)
    outbox.release(db, row, "", NOW)
    again = outbox.take(db, outbox.due(db, NOW)[0], 99, NOW)

    assert (again.attempts, again.after_message_id) == (2, 7)


def test_what_is_due_comes_in_the_order_it_was_promised(db: Database) -> None:
    for number, minutes in ((1, 5), (2, 1), (3, 1), (4, 90)):
        due = NOW + timedelta(minutes=minutes)
        approve(db, offered(db, number), Actor(1, "مینا", number), due)

    assert [row.draft_id for row in outbox.due(db, LATER)] == [2, 3, 1]
    assert outbox.taken_slots(db, LATER) == {NOW + timedelta(minutes=90)}


def test_once_on_its_way_it_cannot_be_recalled(db: Database) -> None:
    row = sending(db)

    with pytest.raises(WrongState):
        outbox.recall(db, row.draft_id, row.version, ARASH, NOW)
    assert state(db) == ("sending", "sending")


def test_recalled_it_is_no_longer_due_and_can_be_approved_again(db: Database) -> None:
    draft = approve(db, offered(db))
    back = outbox.recall(db, draft.id, 1, ARASH, NOW)
    assert (back.state, back.due, outbox.due(db, NOW)) == (State.OFFERED, None, [])
    approve(db, back, Actor(1, "مینا", 999))

    assert len(outbox.due(db, NOW)) == 1


def test_row_draft_and_archive_are_settled_together(db: Database) -> None:
    row = sending(db)
    post = Post(-100, 8, "متن", tags=("#خبر",), draft_id=row.draft_id)
    outbox.settle(db, row, post, NOW, PEYK)

    assert state(db) == ("sent", "sent")
    assert db.execute("select message_id, draft_id from posts").fetchall() == [(8, 1)]
    assert posts.ids_of_others(db, -100, 1) == set()
    assert posts.ids_of_others(db, -100, 2) == {8}


def test_nothing_is_settled_when_the_archive_cannot_take_it(db: Database) -> None:
    row = sending(db)
    db.execute("create trigger full before insert on posts begin select raise(abort, 'x'); end")

    with pytest.raises(Exception, match="x"):
        outbox.settle(db, row, Post(-100, 8, "متن"), NOW, PEYK)
    assert state(db) == ("sending", "sending")


def test_settled_twice_the_second_is_refused(db: Database) -> None:
    row = sending(db)
    outbox.settle(db, row, Post(-100, 8, "متن"), NOW, PEYK)

    with pytest.raises(WrongState):
        outbox.settle(db, row, Post(-100, 9, "متن"), NOW, PEYK)
    assert posts.count(db) == 1


@pytest.mark.parametrize("decide", ["there", "resend"])
def test_admins_decide_only_about_what_is_in_doubt(db: Database, decide: str) -> None:
    row = sending(db)

    with pytest.raises(WrongState, match="not in doubt"):
        if decide == "there":
            outbox.settle(db, row, None, NOW, MINA)
        else:
            outbox.resend(db, row, MINA, NOW)
    assert state(db) == ("sending", "sending")


def test_an_admin_who_says_it_is_there_settles_it(db: Database) -> None:
    row = outbox.doubt(db, sending(db), "time-out", NOW)
    outbox.settle(db, row, None, NOW, ARASH)

    assert state(db) == ("sent", "sent")
    assert drafts.trail(db, 1)[-1]["actor"] == "آرش"


def test_what_was_being_sent_or_is_uncertain_is_in_doubt(db: Database) -> None:
    doubtful = outbox.doubt(db, sending(db, 1), "time-out", NOW)
    assert outbox.in_doubt(db, NOW) == [doubtful]
    outbox.look_again(db, doubtful, LATER)
    interrupted = sending(db, 2)

    assert outbox.in_doubt(db, NOW) == [interrupted]
    assert len(outbox.in_doubt(db, NOW, early=True)) == 2
    assert len(outbox.in_doubt(db, LATER)) == 2


def test_a_draft_has_one_open_row_at_most(db: Database) -> None:
    approve(db, offered(db))

    with pytest.raises(Exception, match="UNIQUE"):
        db.execute(
            "insert into outbox (draft_id, version, chat, payload, state, due, created)"
            " values (1, 1, 'x', '{}', 'sending', 'x', 'x')"
        )


def test_what_was_settled_lately_is_found_newest_first(db: Database) -> None:
    outbox.settle(db, sending(db, 1), Post(-100, 8, "یک"), NOW, PEYK)
    outbox.fail(db, sending(db, 2), "refused", LATER)

    assert [row.draft_id for row in outbox.settled_since(db, NOW)] == [2, 1]
    assert [row.draft_id for row in outbox.settled_since(db, LATER)] == [2]


# Threads


def thread(db: Database) -> list[Draft]:
    """Three approved parts of one item."""
    first = offered(db)
    made = drafts.split(db, first, [{"body": text} for text in "ابپ"], Actor(3, "سارا"), NOW)
    for part in made[1:]:
        drafts.advance(db, part.id, State.OFFERED, "offered", PEYK, NOW)
    return [approve(db, part) for part in drafts.thread(db, first.item_id)]


def send(db: Database, message_id: int) -> None:
    """Send the first of what is due."""
    row = outbox.take(db, outbox.due(db, NOW)[0], None, NOW)
    outbox.settle(db, row, Post(-100, message_id, "x", draft_id=row.draft_id), NOW, PEYK)


def test_a_part_waits_for_the_one_before_it_and_answers_it(db: Database) -> None:
    made = thread(db)
    seen = []
    for message_id in (41, 42, 43):
        seen += [(row.draft_id, outbox.answered(db, row)) for row in outbox.due(db, NOW)]
        send(db, message_id)

    assert seen == [(made[0].id, None), (made[1].id, 41), (made[2].id, 42)]


def test_a_part_waits_while_nobody_knows_whether_the_one_before_it_was_sent(db: Database) -> None:
    thread(db)
    row = outbox.take(db, outbox.due(db, NOW)[0], None, NOW)
    assert outbox.due(db, NOW) == []
    outbox.doubt(db, row, "timed out", NOW)

    assert outbox.due(db, NOW) == []


def test_past_a_rejected_part_the_one_before_it_is_answered(db: Database) -> None:
    _, second, third = thread(db)
    back = outbox.recall(db, second.id, second.version, ARASH, NOW)
    drafts.advance(db, back.id, State.REJECTED, "rejected", ARASH, NOW)
    send(db, 41)

    [row] = outbox.due(db, NOW)
    assert (row.draft_id, outbox.answered(db, row)) == (third.id, 41)


def test_of_a_thread_that_changed_the_approved_parts_come_back(db: Database) -> None:
    _, second, _ = thread(db)
    send(db, 41)
    remark = {"kind": "part-rejected", "part": 3}

    held = outbox.hold(db, second, remark, ARASH, NOW)

    assert [(one.part, one.state, one.due) for one in held] == [
        (2, State.OFFERED, None),
        (3, State.OFFERED, None),
    ]
    assert [one.remarks for one in held] == [(remark,)] * 2
    assert outbox.due(db, NOW) == [] and outbox.hold(db, second, remark, ARASH, NOW) == []
