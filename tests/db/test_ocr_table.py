"""Jobs, pages and shares in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import ocr
from db.ocr import AT_WORK, OPEN, Attachment, Form, Job, ReadPage, Stage
from db.schema import open_db

NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
SARA, DAY = 5, "2026-11-22"


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """An empty database."""
    return open_db(tmp_path / "peyk.db")


def added(db: Database, message: int = 1, **fields: object) -> Job:
    """A job as it is kept."""
    job = replace(Job(SARA, SARA, SARA, message), **fields)  # type: ignore[arg-type]
    kept = ocr.add(db, job, [Attachment(f"file{message}", message)], NOW)
    assert kept
    return kept


def test_the_same_message_is_one_job(db: Database) -> None:
    job = added(db)

    assert ocr.add(db, replace(job, id=0), [Attachment("again", 9)], NOW) is None
    assert [file.file_id for file in ocr.files(db, job.id)] == ["file1"]


def test_messages_of_different_chats_are_different_jobs(db: Database) -> None:
    first = added(db)

    assert added(db, asked_in=-100).id != first.id


def test_an_album_is_gathered_in_order_until_it_is_closed(db: Database) -> None:
    job = added(db, 5, album="a")
    assert ocr.join_album(db, job, Attachment("file3", 3), NOW)
    ocr.close_album(db, job.id)

    assert ocr.join_album(db, job, Attachment("file6", 6), NOW) is None
    assert [file.file_id for file in ocr.files(db, job.id)] == ["file3", "file5"]


def test_a_job_moves_only_from_where_it_is_expected(db: Database) -> None:
    job = added(db)

    assert ocr.advance(db, job.id, Stage.READING, {Stage.WAITING}, NOW) is None
    moved = ocr.advance(db, job.id, Stage.WAITING, {Stage.NEW}, NOW, pages=4)

    assert moved and (moved.stage, moved.pages) == (Stage.WAITING, 4)


def test_choices_stay_until_they_are_changed(db: Database) -> None:
    job = added(db, wanted=((1, 2),))
    ocr.choose(db, job.id, form=Form.WORD)
    ocr.choose(db, job.id, wanted=((3, 4), (6, 6)))

    kept = ocr.get(db, job.id)
    assert kept and (kept.form, kept.wanted) == (Form.WORD, ((3, 4), (6, 6)))


def test_pages_are_kept_once_and_counted_unless_there_was_nothing_to_read(db: Database) -> None:
    job = added(db)
    for page in (
        ReadPage(2, "ب", "model", ("loop",)),
        ReadPage(1, "الف", "layer"),
        ReadPage(2, "دیگر", "model"),
        ReadPage(3, "", "blank"),
        ReadPage(4, "", "nobody", ("unreachable",)),
    ):
        ocr.keep_page(db, job, page, DAY)

    assert [page.text for page in ocr.pages(db, job.id)] == ["الف", "ب", "", ""]
    assert ocr.used(db, SARA, DAY) == 2


def test_reading_again_keeps_all_but_the_layers(db: Database) -> None:
    job = added(db)
    ocr.keep_page(db, job, ReadPage(1, "الف", "layer"), DAY)
    ocr.keep_page(db, job, ReadPage(2, "ب", "model"), DAY)
    assert ocr.read_again(db, job.id, NOW) is None
    ocr.advance(db, job.id, Stage.DONE, OPEN, NOW)

    again = ocr.read_again(db, job.id, NOW)

    assert again and again.full and again.stage is Stage.NEW
    assert ocr.read_so_far(db, job.id) == {2}


def test_a_press_and_the_news_count_once(db: Database) -> None:
    job = added(db)

    assert [ocr.press_once(db, job.id, n) for n in (7, 7, 6, 8)] == [True, False, False, True]
    assert [ocr.about_to_tell(db, job.id) for _ in range(2)] == [True, False]


def test_what_is_at_work_is_never_idle(db: Database) -> None:
    open_, done = added(db, 1), added(db, 2)
    ocr.advance(db, done.id, Stage.DONE, OPEN, NOW)

    assert ocr.idle_since(db, NOW + timedelta(days=2)) == [done.id]
    assert [job.id for job in ocr.find(db, AT_WORK)] == [open_.id]


def test_what_is_erased_is_not_in_the_file_any_more(db: Database, tmp_path: Path) -> None:
    job = added(db)
    ocr.keep_page(db, job, ReadPage(1, "sesame " * 200, "model"), DAY)
    ocr.erase(db, [job.id])
    db.execute("pragma wal_checkpoint(truncate)").fetchall()

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert ocr.pages(db, job.id) == [] and ocr.files(db, job.id) == []
    assert b"sesame" not in written
