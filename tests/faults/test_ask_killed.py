"""kill -9 while an answer is written: the question is answered once by the next process."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from db import posts
from db.model import Post
from db.schema import open_db
from handlers.texts import ask as words
from tests.faults.scene import Scene, Zygote, scene
from tests.writer_server import WriterServer

QUESTION = "جنگل تصادفی چیست؟"
TRUE = "جنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد [1]."
FOREST = "جنگل تصادفی چیست\nجنگل تصادفی الگوریتمی است که صدها درخت تصمیم را کنار هم می‌گذارد."


def publish(stage: Scene) -> None:
    """A post in the archive."""
    at = datetime.now(UTC) - timedelta(days=1)
    with closing(open_db(stage.path)) as db:
        posts.add(
            db, Post(stage.channel.id, 7, FOREST, published=at, url="https://t.me/peyk_ai/7")
        )


def stages(stage: Scene) -> list[str]:
    return [row[0] for row in stage.rows("select stage from asks order by id")]


async def test_questions_in_hand_and_in_line_are_answered_once_after_a_kill(
    zygote: Zygote, tmp_path: Path
) -> None:
    async with WriterServer(TRUE) as writer, scene(tmp_path / "scene", zygote) as stage:
        publish(stage)
        writer.stops_after = 3
        await stage.start(PEYK_LOCAL_MODEL=writer.url)
        people = [stage.mina, stage.reader, stage.tg.add_user("نیما")]
        for person in people:
            await person.send(person.private(), f"/ask {QUESTION}")
        await stage.until(lambda: writer.open and len(stages(stage)) == 3)
        await stage.kill()
        writer.go_on()
        await stage.start(PEYK_LOCAL_MODEL=writer.url)
        await stage.until(lambda: stages(stage) == ["archive"] * 3)
        await stage.stop()

        for person in people:
            said = stage.said(person.private())
            assert sum(words.ARCHIVE in text for text in said) == 1, said
            assert len(said) == 1


async def test_a_server_that_ends_in_the_middle_costs_a_sentence(
    zygote: Zygote, tmp_path: Path
) -> None:
    async with scene(tmp_path / "scene", zygote) as stage:
        publish(stage)
        async with WriterServer(TRUE) as writer:
            writer.stops_after = 3
            await stage.start(PEYK_LOCAL_MODEL=writer.url)
            chat = stage.reader.private()
            await stage.reader.send(chat, f"/ask {QUESTION}")
            await stage.until(lambda: writer.open)
        await stage.until(lambda: stages(stage) == ["failed"])
        await stage.stop()

        (said,) = stage.said(chat)
        assert words.REASONS["busy"] in said and words.NEAREST in said
