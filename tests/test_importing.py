"""The history of a channel: taken in once, reconciled again, whatever happens meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from bot import importing
from bot.errors import BadExport
from bot.importing import Another, Report, Stopped
from db import guide, home, index, posts
from db.guide import Shelf
from db.model import Post
from db.schema import open_db
from tests.db.ground import NOW
from tests.shell import peyk

TEHRAN = ZoneInfo("Asia/Tehran")
CHANNEL = {"name": "پیک", "type": "public_channel", "id": 1500000001}
CHAT = -1001500000001


@pytest.fixture
def db() -> Iterator[Database]:
    database = open_db(":memory:")
    yield database
    database.close()


def message(number: int, text: str = "متن", **fields: Any) -> dict[str, Any]:
    told = {"id": number, "type": "message", "date_unixtime": str(1_700_000_000 + number)}
    return told | {"text": text, "text_entities": []} | fields


def export(folder: Path, *messages: Any, **header: Any) -> Path:
    path = folder / "result.json"
    content = CHANNEL | header | {"messages": messages}
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def bring(
    db: Database, path: Path, channel: str | int | None = "@peyk_ai", **options: Any
) -> Report:
    return importing.run(db, path, channel, TEHRAN, **options)


def texts(db: Database) -> dict[int, str]:
    rows = db.execute("select message_id, text from posts where deleted is null")
    return dict(rows.fetchall())


@pytest.mark.parametrize("name", ["data_ml.result.json", "trantor_library.result.json"])
def test_the_same_export_again_changes_nothing(db: Database, shared: Path, name: str) -> None:
    first = bring(db, shared / "export" / name)
    before = list(db.conn.iterdump())
    again = bring(db, shared / "export" / name)

    assert (first.added, first.differences) == (again.unchanged, 0)
    assert (again.added, again.differences, again.skipped) == (0, 0, first.skipped)
    assert list(db.conn.iterdump()) == before and index.catch_up(db) == 0


def test_posts_come_with_their_tags_links_and_pins(db: Database, tmp_path: Path) -> None:
    pin = {"id": 3, "type": "service", "action": "pin_message", "message_id": 2}
    bring(db, export(tmp_path, message(1), message(2, "خبر #خبر"), pin))

    [newest, _] = posts.find(db)
    assert (newest["url"], newest["tags"]) == ("https://t.me/peyk_ai/2", ["#خبر"])
    assert posts.load(db, [1_700_000_002 * 256])[0].pinned


def test_what_was_skipped_is_counted_with_its_reason(db: Database, tmp_path: Path) -> None:
    strange = [None, message(5, ""), {"id": 6, "type": "service"}, message(7), message(7, "دیگر")]
    report = bring(db, export(tmp_path, *strange))

    assert report.skipped == {
        "without an id": 1,
        "without content": 1,
        "service messages": 1,
        "there twice": 1,
    }
    assert (report.messages, report.added, report.odd) == (5, 1, [7, 5])
    assert texts(db) == {7: "متن"}


def test_changes_by_hand_are_shown_and_applied_only_when_asked(
    db: Database, tmp_path: Path
) -> None:
    bring(db, export(tmp_path, *(message(n, f"متن {n}") for n in range(1, 6))))
    edited = message(4, "تازه #خبر", edited_unixtime="1800000000")
    path = export(tmp_path, message(1, "متن 1"), edited, message(5, "متن 5"))
    seen = bring(db, path)

    assert [(d.kind, d.message_id, d.was, d.now) for d in seen.examples] == [
        ("edited", 4, "متن 4", "تازه"),
        ("deleted", 2, "متن 2", ""),
        ("deleted", 3, "متن 3", ""),
    ]
    assert len(texts(db)) == 5 and posts.find(db, "خبر") == []
    applied = bring(db, path, apply=True)
    assert (applied.edited, applied.deleted) == (1, 2)
    assert texts(db) == {1: "متن 1", 4: "تازه #خبر", 5: "متن 5"}
    assert len(posts.find(db, "خبر")) == 1
    assert bring(db, path).differences == 0


def test_only_what_lies_within_the_export_can_be_missing_from_it(
    db: Database, tmp_path: Path
) -> None:
    bring(db, export(tmp_path, *(message(n) for n in range(1, 10))))
    posts.add(db, Post(-100777, 5, "از کانالی دیگر", published=NOW))

    assert bring(db, export(tmp_path, message(4), message(6))).deleted == 1


def test_an_edit_that_is_later_than_the_export_stays(db: Database, tmp_path: Path) -> None:
    path = export(tmp_path, message(1, "کهنه", edited_unixtime="1700000500"))
    posts.add(db, Post(CHAT, 1, "تازه", published=NOW, edited=NOW))
    report = bring(db, path, apply=True)

    assert (report.outdated, report.differences, texts(db)) == (1, 0, {1: "تازه"})


def test_what_was_called_deleted_and_is_there_is_shown(db: Database, tmp_path: Path) -> None:
    path = export(tmp_path, message(1), message(2))
    bring(db, path)
    posts.mark_deleted(db, CHAT, [1], NOW)

    assert (bring(db, path).back, texts(db)) == (1, {2: "متن"})
    assert (bring(db, path, apply=True).back, texts(db)) == (1, {1: "متن", 2: "متن"})


def test_posts_of_peyk_keep_their_draft_and_quizzes_their_answers(
    db: Database, tmp_path: Path
) -> None:
    quiz = {"question": "کدام؟", "options": ["الف"], "correct": [0]}
    posts.add(db, Post(CHAT, 1, "", published=NOW, kind="quiz", poll=quiz))
    told = {"question": "کدام یک؟", "answers": [{"text": "الف"}]}
    bring(
        db, export(tmp_path, message(1, "", poll=told, edited_unixtime="1900000000")), apply=True
    )

    post = posts.by_message(db, CHAT, 1)
    assert post and post.kind == "quiz"
    assert post.poll == quiz | {"question": "کدام یک؟"}


def photos(*captions: str) -> list[dict[str, Any]]:
    same = {"photo": "p.jpg", "date_unixtime": "1700000000"}
    return [message(number, text, **same) for number, text in enumerate(captions, 2)]


def test_an_album_is_one_post_and_loses_what_was_deleted(db: Database, tmp_path: Path) -> None:
    album = photos("یک", "", "")
    bring(db, export(tmp_path, message(1), *album, message(9)))
    assert texts(db) == {1: "متن", 2: "یک", 9: "متن"}

    rest = export(tmp_path, message(1), album[2], message(9))
    assert bring(db, rest, apply=True).deleted == 2
    assert texts(db) == {1: "متن", 4: "", 9: "متن"}
    assert bring(db, export(tmp_path, message(1), message(9)), apply=True).deleted == 1
    assert texts(db) == {1: "متن", 9: "متن"}


def test_an_album_that_telegram_told_of_is_recognised(db: Database, tmp_path: Path) -> None:
    for number, text in ((2, ""), (3, "شرح")):
        posts.add(db, Post(CHAT, number, text, published=NOW, album="77"))
    report = bring(db, export(tmp_path, *photos("", "شرح", "")))

    assert (report.added, report.unchanged, texts(db)) == (1, 2, {2: "شرح"})


def test_an_export_of_another_channel_is_kept_under_its_own_links(
    db: Database, tmp_path: Path
) -> None:
    posts.add(db, Post(-100777, 5, "خودمان", published=NOW))
    foreign = bring(db, export(tmp_path, message(1)))

    assert not foreign.is_home
    assert posts.find(db)[-1]["url"] == "https://t.me/c/1500000001/1"
    assert bring(db, export(tmp_path, message(1)), CHAT).is_home


def test_a_number_in_the_settings_tells_another_channel(db: Database, tmp_path: Path) -> None:
    report = bring(db, export(tmp_path, message(1, "متن #خبر")), -1008)

    assert (report.is_home, report.is_sure) == (False, True)
    assert "another channel" in importing.remark(report)
    assert guide.contents(db) == guide.Contents() and len(posts.find(db, "خبر")) == 1


def test_a_name_counts_as_home_until_telegram_has_told_whose_it_is(
    db: Database, tmp_path: Path
) -> None:
    report = bring(db, export(tmp_path, message(1, "متن #خبر")))
    assert (report.is_home, report.is_sure) == (True, False)
    assert "taken for the channel" in importing.remark(report)
    assert guide.count(db, Shelf("all")) == 1

    home.learn(db, "@peyk_ai", -1008)
    assert guide.count(db, Shelf("all")) == 0 and guide.contents(db) == guide.Contents()
    assert posts.find(db, "خبر")[0]["url"] == "https://t.me/c/1500000001/1"
    assert not bring(db, export(tmp_path, message(1, "متن #خبر"))).is_home


def test_another_channel_that_was_not_wanted_leaves_no_trace(db: Database, tmp_path: Path) -> None:
    before = list(db.conn.iterdump())
    with pytest.raises(Another):
        bring(db, export(tmp_path, message(1)), -1008, guests=False)

    assert [row for row in db.conn.iterdump() if "folding" not in row] == before


def test_another_channels_posts_can_be_forgotten(db: Database, tmp_path: Path) -> None:
    posts.add(db, Post(-1008, 1, "خودمان #خبر", published=NOW))
    bring(db, export(tmp_path, *(message(n, "مهمان #خبر") for n in range(1, 131))), -1008)
    steps: list[int] = []

    assert importing.forget(db, -1008, steps.append) == 0
    assert importing.forget(db, CHAT, steps.append) == 130 and steps[-1] == 130
    assert [row["text"] for row in posts.find(db, "خبر")] == ["خودمان #خبر"]
    assert [tag.posts for tag in guide.contents(db).subjects] == [1]


async def test_the_shell_says_whose_posts_it_takes_in_and_takes_them_out(tmp_path: Path) -> None:
    export(tmp_path, message(1, "مهمان"))
    said = await peyk(tmp_path, "import", "result.json", PEYK_CHANNEL="-1008")
    assert said.code == 0 and "another channel" in said.err

    gone = await peyk(tmp_path, "import", "--forget", str(CHAT), PEYK_CHANNEL="-1008")
    assert (gone.code, gone.out) == (0, f"forgotten: 1 posts of {CHAT}\n")


def test_of_several_channels_that_of_the_settings_is_taken(db: Database, tmp_path: Path) -> None:
    group = {"name": "گروه", "type": "private_group", "id": 3, "messages": [message(1)]}
    chats = [group, *(CHANNEL | {"id": n, "messages": [message(n)]} for n in (7, 8))]
    path = tmp_path / "result.json"
    path.write_text(json.dumps({"chats": {"list": chats}}))

    with pytest.raises(BadExport, match=r"holds 2 channels: -1007 \(پیک\), -1008"):
        bring(db, path)
    assert bring(db, path, -1008).chat_id == -1008 and list(texts(db)) == [8]


def test_only_channels_are_imported(db: Database, tmp_path: Path) -> None:
    with pytest.raises(BadExport, match="private_group; only channels"):
        bring(db, export(tmp_path, message(1), type="private_group"))


def test_stopped_and_run_again_it_goes_on(db: Database, tmp_path: Path) -> None:
    path = export(tmp_path, *(message(n) for n in range(1, 301)))
    stop = Event()
    with pytest.raises(Stopped):
        bring(db, path, progress=lambda report: stop.set(), stop=stop)
    half = posts.count(db)
    report = bring(db, path)

    assert half == importing.AT_ONCE
    assert (report.added, report.unchanged, posts.count(db)) == (50, 250, 300)


def test_a_file_that_ends_too_early_deletes_nothing(db: Database, tmp_path: Path) -> None:
    path = export(tmp_path, *(message(n) for n in range(1, 50)))
    bring(db, path)
    path.write_text(path.read_text("utf-8")[:2000], encoding="utf-8")

    with pytest.raises(BadExport, match="ends too early"):
        bring(db, path, apply=True)
    assert posts.count(db) == 49


HISTORY = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from(["متن", "خبر #خبر", "#LLM", ""]), st.booleans()),
    max_size=8,
)


@given(exports=st.lists(HISTORY, min_size=1, max_size=3))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_applied_the_archive_says_what_the_last_export_says(
    tmp_path: Path, exports: list[list[tuple[int, str, bool]]]
) -> None:
    db = open_db(":memory:")
    for turn, history in enumerate(exports):
        told = {n: (text, photo) for n, text, photo in history if text or photo}
        edited = {"edited_unixtime": str(1_800_000_000 + turn)}
        media = {"photo": "p.jpg"}
        listed = [
            message(n, text, **edited, **(media if photo else {}))
            for n, (text, photo) in sorted(told.items())
        ]
        path = export(tmp_path, *listed, {"id": 12, "type": "service"}, message(11, "پایان"))
        bring(db, path, apply=True)
        low = min([*told, 11])
        wanted = {n: text for n, (text, _) in told.items()}

        assert {n: t for n, t in texts(db).items() if low <= n < 11} == wanted
        assert bring(db, path).differences == 0 and index.catch_up(db) == 0
    db.close()


# The command


async def test_the_command_tells_what_it_did(tmp_path: Path) -> None:
    export(tmp_path, *(message(n) for n in range(1, 4)), {"id": 9, "type": "service"})
    said = await peyk(tmp_path, "import", ".", PEYK_CHANNEL="@peyk_ai")

    assert said.code == 0
    assert "added: 3; known already: 0\nskipped: 1 service messages\n" in said.out
    assert "100%" in said.err
    export(tmp_path, message(1), message(3, "دیگر", edited_unixtime="1900000000"))
    again = await peyk(tmp_path, "import", "result.json", "--json", PEYK_CHANNEL="@peyk_ai")
    found = again.json
    assert (found["edited"], found["deleted"], found["applied"]) == (1, 1, False)
    assert found["examples"][0]["url"] == "https://t.me/peyk_ai/3"


@pytest.mark.parametrize(
    ("content", "named"),
    [(None, "no such file"), ("{]", "line 1, character 2"), ("{}", "no messages")],
)
async def test_what_is_wrong_with_the_file_is_one_line(
    tmp_path: Path, content: str | None, named: str
) -> None:
    if content:
        (tmp_path / "x.json").write_text(content)
    said = await peyk(tmp_path, "import", "x.json")

    assert (said.code, said.out) == (2, "")
    assert "x.json" in said.err and named in said.err and said.err.count("\n") == 1
