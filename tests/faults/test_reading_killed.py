"""kill -9 while a file is read: pages that were read are not read again, and one result comes."""

from __future__ import annotations

from pathlib import Path

from db.schema import open_db
from tests.faults.scene import Scene, Zygote, scene
from tests.pictures import pdf
from tests.vision import VisionServer, text_of

PAGES = 40
PARALLEL = 5


def read(stage: Scene) -> set[int]:
    """The pages that are kept."""
    return {row[0] for row in stage.rows("select page from ocr_pages")}


async def test_a_file_is_read_on_after_each_of_three_kills(zygote: Zygote, tmp_path: Path) -> None:
    content = pdf(*(f"page {number}" for number in range(1, PAGES + 1)))
    async with VisionServer() as eye, scene(tmp_path / "scene", zygote) as stage:
        await eye.knows(content)
        open_db(stage.path).close()
        eye.latency = 0.05
        chat = stage.reader.private()
        env = {
            "PEYK_VISION_BASE_URL": eye.url,
            "PEYK_VISION_MODEL": "eye",
            "PEYK_VISION_PARALLEL": PARALLEL,
        }
        await stage.start(**env)
        await stage.reader.send_file(chat, "long.pdf", content, "application/pdf")
        asked: dict[int, int] = {}
        for goal in (8, 18, 28):
            await stage.until(lambda goal=goal: len(read(stage)) >= goal)
            await stage.kill()
            asked = {page: eye.calls[page] for page in read(stage)} | asked
            await stage.start(**env)
        await stage.until(lambda: stage.rows("select 1 from ocr_jobs where stage = 'done'"))
        await stage.stop()

        (result,) = (text for text in stage.said(chat) if text_of(PAGES) in text)
        assert {page: eye.calls[page] for page in asked} == asked
        assert eye.calls.total() <= PAGES + 3 * PARALLEL  # what was being read at a kill
        places = [result.index(text_of(page)) for page in range(1, PAGES + 1)]
        assert places == sorted(places)


async def test_a_result_in_doubt_comes_once_and_whole(zygote: Zygote, tmp_path: Path) -> None:
    """It dies between the second and the third message of a result."""
    content = pdf("page 1")
    async with VisionServer() as eye, scene(tmp_path / "scene", zygote) as stage:
        await eye.knows(content)
        parts = [
            f"بند شماره {number} از یک متن بلند که در یک پیام جا نمی‌شود." for number in range(150)
        ]
        eye.says = lambda page: "\n\n".join(parts)
        chat = stage.reader.private()
        env = {"PEYK_VISION_BASE_URL": eye.url, "PEYK_VISION_MODEL": "eye"}
        await stage.start(
            PEYK_TEST_FROM="update ocr_jobs set sending = 3", PEYK_TEST_NUMBER=2, **env
        )
        await stage.reader.send_file(chat, "long.pdf", content, "application/pdf")
        await stage.ended()

        await stage.start(**env)
        await stage.until(lambda: stage.rows("select 1 from ocr_jobs where stage = 'done'"))
        await stage.stop()

        files = [m.content.document for m in stage.tg.messages(chat) if m.content.document]
        sent = [file.content.decode() for file in files if file.name.endswith(".md")]
        assert len(sent) == 1
        assert [part in sent[0] for part in (parts[0], parts[-1])] == [True, True]
        assert eye.calls.total() == 1
