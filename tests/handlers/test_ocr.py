"""Files that people send in private: what they see, and what is kept of it."""

from __future__ import annotations

import asyncio
import io
import shutil
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageDraw

import bot.app
import bot.documents.read
import bot.passwords
import bot.progress
import bot.reading
from bot.demo.faults import Fault
from bot.demo.records import Message
from bot.persian.dates import digits
from db import ocr
from db.ocr import Stage
from tests.newsroom import Newsroom, newsroom
from tests.pictures import pdf
from tests.vision import VisionServer, text_of

REFUSAL = "I'm sorry, I can't help with that."
LOOK = 0.02
"""Seconds between two looks into the database."""


def paper(pages: int, title: str = "page") -> bytes:
    """A PDF whose pages differ."""
    return pdf(*(f"{title} {number}" for number in range(1, pages + 1)))


def photo(words: str) -> bytes:
    """A picture with something written on it."""
    picture = Image.new("L", (600, 800), "white")
    drawing = ImageDraw.Draw(picture)
    for line in range(12):
        drawing.text((40, 40 + 50 * line), f"{words} {line}", fill="black", font_size=30)
    packed = io.BytesIO()
    picture.save(packed, "PNG")
    return packed.getvalue()


class Room:
    """A newsroom with a vision model, and a reader who sends files."""

    def __init__(self, news: Newsroom, eye: VisionServer) -> None:
        self.news, self.eye = news, eye
        self.sara = news.reader
        self.chat = news.reader.private()

    async def send(self, content: bytes, name: str = "مقاله.pdf", caption: str = "") -> Message:
        """Sara sends a file."""
        await self.eye.knows(content)
        return await self.sara.send_file(self.chat, name, content, "application/pdf", caption)

    def said(self, after: int = 0) -> list[Message]:
        """What the bot has said to Sara."""
        me = self.news.tg.world.bot
        found = self.news.tg.messages(self.chat)
        return [m for m in found if m.sender is me and m.message_id > after]

    async def until(self, condition: Callable[[], Any]) -> Any:
        """Wait for something, also in the database, which tells nobody when it changes."""
        async with asyncio.timeout(10):
            while not (value := condition()):
                await self.news.tg.changed.wait(LOOK)
        return value

    def job(self, number: int = 1) -> ocr.Job:
        """The job as it is stored."""
        job = ocr.get(self.news.db, number)
        assert job
        return job

    def stage(self, number: int = 1) -> Stage | None:
        """Where the job is; None before there is one."""
        job = ocr.get(self.news.db, number)
        return job and job.stage

    async def done(self, number: int = 1) -> Message:
        """The message that is the result."""
        await self.until(lambda: self.stage(number) is Stage.DONE)
        return self.chat.messages[self.job(number).status_id]

    async def reading(self, number: int = 1, pages: int = 0) -> Message:
        """The job's message, once so many pages are read."""

        def shown() -> Message | None:
            job = ocr.get(self.news.db, number)
            if not job or job.stage is not Stage.READING or not job.status_id:
                return None
            read = ocr.read_so_far(self.news.db, number)
            chat = self.news.tg.world.chats[job.chat_id]
            return chat.messages[job.status_id] if len(read) >= pages else None

        return await self.until(shown)


@asynccontextmanager
async def room_with_eyes(folder: Path, **settings: Any) -> AsyncIterator[Room]:
    """A stage with a vision model."""
    async with VisionServer() as eye:
        seeing = {"vision_url": eye.url, "vision_model": "eye"} | settings
        async with newsroom(folder, **seeing) as news:
            yield Room(news, eye)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """The same, ready made."""
    async with room_with_eyes(tmp_path) as stage:
        yield stage


def file_of(message: Message) -> str:
    """The text of the file in a message."""
    assert message.content.document
    return message.content.document.content.decode()


# Results


async def test_a_blank_page_is_no_mystery(room: Room) -> None:
    await room.send(pdf(""))

    result = await room.done()

    assert "چیزی روی این صفحه نوشته نشده است" in (result.text or "")
    assert not room.eye.calls


async def test_a_picture_of_a_locked_page_cannot_be_had_later(room: Room, shared: Path) -> None:
    room.eye.says = lambda page: REFUSAL
    room.eye.unknown = REFUSAL
    await locked(room, shared)
    await room.sara.send(room.chat, PASSWORD)
    result = await room.done()

    await room.sara.press(result, "تصویر صفحهٔ ۱")

    await room.news.said(room.chat, "رمزش را نگه نداشته‌ام")


async def test_a_short_file_becomes_a_message_in_the_order_of_its_pages(room: Room) -> None:
    await room.send(paper(3))

    result = await room.done()

    places = [(result.text or "").index(text_of(page)) for page in (1, 2, 3)]
    assert places == sorted(places)
    assert len(room.said()) == 1
    assert room.eye.calls == {1: 1, 2: 1, 3: 1}


async def test_a_long_file_becomes_a_file_with_its_beginning_below(room: Room) -> None:
    room.eye.says = lambda page: (
        f"## بخش {page}\n\n"
        + "\n\n".join(
            [text_of(page)] * 1
            + [f"بند {number} از صفحه {page} که از بندهای دیگر جداست." for number in range(60)]
        )
    )
    await room.send(paper(6))

    result = await room.done()

    assert result.content.document and result.content.document.name == "مقاله.md"
    assert [text_of(n) in file_of(result) for n in range(1, 7)] == [True] * 6
    assert "بخش 1" in (result.caption or "")
    assert len(room.said()) == 1


async def test_the_formatting_of_a_page_is_that_of_its_message(room: Room) -> None:
    room.eye.says = lambda page: "# عنوان\n\nمتن **مهم** و `code` و @name و t.me/x در صفحه"
    await room.send(paper(1))

    result = await room.done()

    found = {e.type for e in result.content.entities}
    assert {"bold", "code"} <= found
    assert not found & {"mention", "url", "text_link"}


async def test_a_word_file_runs_from_the_right(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(1))
    message = await room.reading()
    await room.sara.press(message, "Word")
    room.eye.open.set()

    result = await room.done()

    assert result.content.document and result.content.document.name == "مقاله.docx"
    inside = zipfile.ZipFile(io.BytesIO(result.content.document.content))
    body = ElementTree.fromstring(inside.read("word/document.xml"))
    assert text_of(1) in "".join(body.itertext())
    assert b"<w:bidi/>" in inside.read("word/document.xml")


async def test_a_finished_text_is_given_in_other_forms_too(room: Room) -> None:
    room.eye.says = lambda page: "# عنوان\n\nمتن **مهم** صفحه"
    await room.send(paper(1))
    result = await room.done()

    await room.sara.press(result, "متن ساده")
    sent = await room.until(lambda: room.said(result.message_id))

    assert sent[0].content.document.name == "مقاله.txt"
    assert file_of(sent[0]).split() == ["عنوان", "متن", "مهم", "صفحه"]


async def test_an_album_is_one_document(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.reading, "ALBUM_PAUSE", 0.1)
    await room.sara.send_album(room.chat, [photo("alpha"), photo("beta"), photo("gamma")])

    await room.done()

    assert room.job().pages == 3
    assert len(ocr.find(room.news.db, set(Stage))) == 1
    assert len(room.said()) == 1


async def test_a_photo_is_read(room: Room) -> None:
    await room.sara.send_photo(room.chat, photo("alpha"))

    result = await room.done()

    assert "صفحه‌ای ناشناس" in (result.text or "")


async def test_a_page_in_doubt_can_be_looked_at(room: Room) -> None:
    room.eye.says = lambda page: text_of(page) if page == 1 else REFUSAL
    room.eye.unknown = REFUSAL  # for the parts of the page too
    await room.send(paper(2))
    result = await room.done()

    await room.sara.press(result, "تصویر صفحهٔ ۲")
    sent = await room.until(lambda: room.said(result.message_id))

    assert "[صفحهٔ ۲: با تصویر سنجیده شود]" in (result.text or "")
    assert sent[0].content.photo and sent[0].caption == "صفحهٔ ۲"


# Choices


async def test_page_numbers_in_a_reply_are_all_that_is_given(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(6))
    message = await room.reading()
    await room.sara.send(room.chat, "۲-۳", reply_to=message)
    await room.news.said(room.chat, "فقط همین ۲ صفحه")
    room.eye.open.set()

    text = (await room.done()).text or ""

    assert [page for page in range(1, 7) if text_of(page) in text] == [2, 3]


async def test_page_numbers_under_the_file_are_understood(room: Room) -> None:
    await room.send(paper(5), caption="صفحه ۴")

    text = (await room.done()).text or ""

    assert text_of(4) in text
    assert room.eye.calls == {4: 1}


async def test_pages_that_the_file_does_not_have_are_asked_about(room: Room) -> None:
    await room.send(paper(2), caption="صفحه ۹")
    asked = await room.news.said(room.chat, "نه آن‌هایی که خواستید")

    await room.sara.send(room.chat, "۲")
    text = (await room.done()).text or ""

    assert text_of(2) in text and text_of(1) not in text
    assert not asked.is_deleted


async def test_more_than_the_days_share_is_asked_about(tmp_path: Path) -> None:
    async with room_with_eyes(tmp_path, ocr_pages_per_day=3) as room:
        await room.send(paper(5))
        asked = await room.news.said(room.chat, "از سهم امروز شما ۳ صفحه")
        assert not room.eye.calls

        await room.sara.press(asked, "۳ صفحهٔ نخست")
        await room.done()

        assert room.eye.calls == {1: 1, 2: 1, 3: 1}
        assert "۰ صفحه از ۳" in await room.news.ask(room.sara, room.chat, "/ocr")


# Passwords


PASSWORD = "geheim-7"


async def locked(room: Room, shared: Path) -> Message:
    """The question for the password of a locked file."""
    content = (shared / "pdf-hostile" / "encrypted_aes256.pdf").read_bytes()
    await room.eye.knows(content, PASSWORD)
    await room.sara.send_file(room.chat, "locked.pdf", content, "application/pdf")
    return await room.news.said(room.chat, "این پرونده رمز دارد")


def written(folder: Path) -> bytes:
    """All that the database has on disk."""
    return b"".join(path.read_bytes() for path in folder.glob("peyk.db*"))


async def test_a_password_opens_the_file_and_is_kept_nowhere(
    room: Room, shared: Path, tmp_path: Path
) -> None:
    await locked(room, shared)

    sent = await room.sara.send(room.chat, PASSWORD)
    await room.done()
    await room.news.ask(room.sara, room.chat, "/start")

    assert sent.is_deleted
    assert PASSWORD.encode() not in written(tmp_path)
    assert not [line for line in room.news.log if PASSWORD in line]


async def test_a_wrong_password_is_asked_for_again(room: Room, shared: Path) -> None:
    asked = await locked(room, shared)

    wrong = await room.sara.send(room.chat, "1234")
    again = await room.news.said(room.chat, "رمز درست نبود")
    await room.sara.send(room.chat, PASSWORD, reply_to=again)

    await room.done()
    assert asked.is_deleted and again.message_id > wrong.message_id


async def test_what_is_no_password_is_left_alone(room: Room, shared: Path) -> None:
    await locked(room, shared)

    sent = await room.sara.send(room.chat, "خیلی ممنون از این همه زحمت")
    await room.news.tg.wait_message(room.chat, lambda m: m.message_id > sent.message_id)

    assert not sent.is_deleted and room.stage() is Stage.PASSWORD


async def test_a_password_that_looks_like_a_command_is_taken_in_reply(
    room: Room, shared: Path
) -> None:
    asked = await locked(room, shared)

    sent = await room.sara.send(room.chat, "/start-7", reply_to=asked)
    await room.news.said(room.chat, "رمز درست نبود")

    assert sent.is_deleted and not room.eye.calls


# Cancelling, forgetting


async def test_cancel_gives_what_is_done_within_a_second(tmp_path: Path) -> None:
    async with room_with_eyes(tmp_path, vision_parallel=2) as room:
        room.eye.fault = lambda call: room.eye.open.clear() if call == 4 else None
        await room.send(paper(8))
        await room.reading(pages=2)
        started = asyncio.get_running_loop().time()

        await room.sara.send(room.chat, "/cancel")
        text = (await room.done()).text or ""

        assert asyncio.get_running_loop().time() - started < 1
        assert "لغو شد؛" in text and text_of(1) in text


async def test_cancel_before_anything_was_read_says_so(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(2))
    message = await room.reading()

    await room.sara.press(message, "لغو")

    await room.news.says(message, "چیزی خوانده نشده بود")


async def test_forgotten_means_gone(room: Room) -> None:
    await room.send(paper(1, "secretive"))
    result = await room.done()

    await room.news.ask(room.sara, room.chat, "/forget")
    answer = await room.sara.press(result, "Word")

    assert "دیگر نزد من نیست" in answer.text
    assert not room.news.db.execute("select 1 from ocr_pages").fetchall()
    assert not room.news.db.execute("select 1 from ocr_cache").fetchall()


async def test_a_file_forgotten_while_it_is_read_says_so(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(3))
    message = await room.reading()

    await room.news.ask(room.sara, room.chat, "/forget")
    await room.news.says(message, "لغو و پاک شد")
    room.eye.open.set()

    assert not message.keyboard and room.stage() is None


async def test_an_old_button_does_nothing_to_a_new_file(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(1, "one"))
    old = await room.reading()
    await room.news.ask(room.sara, room.chat, "/forget")
    await room.send(paper(1, "two"))
    await room.reading()

    answer = await room.sara.press_data(old, f"o:stop:1.{old.message_id - 1}")

    assert "دیگر نزد من نیست" in answer.text and room.stage() is Stage.READING


async def test_what_was_read_is_erased_after_a_day(room: Room) -> None:
    await room.send(paper(1))
    await room.done()
    room.news.clock.forward(hours=25)

    room.news.peyk.parts.reading.tidy()

    assert not room.news.db.execute("select 1 from ocr_jobs").fetchall()
    assert not room.news.db.execute("select 1 from ocr_cache").fetchall()


# What cannot be read


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("truncated_60pct.pdf", "خراب است"),
        ("zero_byte.pdf", "خالی است"),
        ("zero_pages.pdf", "هیچ صفحه‌ای ندارد"),
        ("circular_kids.pdf", "خراب است"),
        ("pages_20000.pdf", "۲۰٬۰۰۰ صفحه دارد"),
        ("form_laughs_1e7.pdf", ""),
        ("image_bomb_flate2.pdf", ""),
        ("huge_page_200in.pdf", ""),
        ("deep_tree_3000.pdf", ""),
    ],
)
async def test_a_hostile_file_is_answered_while_others_are_too(
    room: Room, shared: Path, name: str, words: str
) -> None:
    content = (shared / "pdf-hostile" / name).read_bytes()
    await room.sara.send_file(room.chat, name, content, "application/pdf")

    private = room.news.outsider.private()
    assert "PDF" in await room.news.ask(room.news.outsider, private, "/ocr")

    ended = (Stage.DONE, Stage.FAILED, Stage.RANGE)
    await room.until(
        lambda: (
            room.stage() in ended and any(words in (one.text or "") for one in room.said()[-1:])
        )
    )


async def test_every_third_call_fails_and_the_result_is_whole(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.documents.read, "ATTEMPT_SECONDS", 1.0)
    bad = ["loop", "chatter", "truncated", "refusal", "hang", "empty"]
    statuses = {3: 500, 6: 429, 9: 503}
    room.eye.fault = statuses.get
    room.eye.spoils = lambda call: bad[call // 3 % len(bad)] if call % 3 == 0 else ""
    room.eye.unknown = "نیمهٔ یک صفحه که جداگانه خوانده شد"
    await room.send(paper(20))

    result = await room.done()
    pages = ocr.pages(room.news.db, 1)
    text = result.text or file_of(result)

    assert [page.page for page in pages] == list(range(1, 21))
    assert all(text_of(p.page) in p.text or "نیمهٔ یک" in p.text or p.doubts for p in pages)
    assert all(f"[صفحهٔ {digits(p.page)}: " in text for p in pages if p.doubts)
    assert "Sure" not in text and "sorry" not in text and "```" not in text


async def test_what_is_no_document_is_refused_kindly(room: Room) -> None:
    await room.sara.send_file(room.chat, "a.pdf", b"PK\x03\x04 a zip", "application/pdf")

    await room.news.said(room.chat, "این نوع پرونده را نمی‌خوانم")


async def test_a_file_that_telegram_does_not_give_is_explained(room: Room) -> None:
    big = paper(1) + bytes(21 << 20)
    await room.sara.send_file(room.chat, "big.pdf", big, "application/pdf")

    await room.news.said(room.chat, "۲۰ مگابایت")


@pytest.mark.parametrize(
    "name",
    [
        "../../../../tmp/owned.pdf",
        "report\u202efdp.exe",
        "a.pdf\0.sh",
        "n" * 300,
        "<b>_x_</b>.pdf",
    ],
)
async def test_a_hostile_name_is_only_a_name(room: Room, name: str) -> None:
    room.eye.open.clear()
    await room.send(paper(1), name)
    message = await room.reading()
    await room.sara.press(message, "Word")
    room.eye.open.set()

    result = await room.done()

    sent = result.content.document
    assert sent and len(sent.name) <= 60 and not set(sent.name) & set("/\\<>\0\u202e")
    assert "\u202e" not in (result.caption or "")


async def test_nobody_to_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    async with newsroom(tmp_path) as news:
        chat = news.reader.private()
        await news.reader.send_file(chat, "a.pdf", paper(1), "application/pdf")

        await news.said(chat, "هنوز راه نیفتاده است")


async def test_a_model_that_is_down_leaves_no_half_truth(room: Room) -> None:
    room.eye.fault = lambda call: 401
    await room.send(paper(2))

    await room.until(lambda: room.stage() in (Stage.FAILED, Stage.DONE))

    page = ocr.pages(room.news.db, 1)[0]
    assert page.origin in ("tesseract", "nobody")


# Groups and others


async def test_in_a_group_only_a_reply_with_the_command_is_read_and_in_private(room: Room) -> None:
    group = room.news.group
    await room.eye.knows(paper(1))
    arash = room.news.arash
    file = await arash.send_file(group, "a.pdf", paper(1), "application/pdf")
    arash.private()

    await arash.send(group, "/ocr", reply_to=file)
    await room.news.said(group, "گفت‌وگوی خصوصی")
    await room.until(lambda: room.stage() is Stage.DONE)

    assert text_of(1) in "".join(m.text or "" for m in room.news.tg.messages(arash.private()))
    assert text_of(1) not in "".join(m.text or "" for m in room.news.tg.messages(group))


async def test_nobody_elses_button_works(room: Room) -> None:
    await room.send(paper(1))
    result = await room.done()

    answer = await room.news.outsider.press_data(result, f"o:erase:1.{room.job().message_id}")

    assert "کس دیگری" in answer.text
    assert ocr.pages(room.news.db, 1)


async def test_one_file_of_a_person_at_a_time_and_others_in_between(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(2, "one"))
    await room.reading()
    await room.send(paper(2, "two"))
    await room.news.said(room.chat, "شمارهٔ ۱ در نوبت")
    other = room.news.outsider
    await other.send_file(other.private(), "b.pdf", paper(2, "three"), "application/pdf")

    await room.reading(3)

    assert room.stage(2) is Stage.WAITING
    room.eye.open.set()
    await room.done(2)


async def test_stats_tell_the_operator_what_was_read(room: Room) -> None:
    await room.send(paper(2))
    await room.done()

    text = await room.news.ask(room.news.mina, room.news.group, "/stats")

    assert "۱ پرونده (۰ ناموفق)، ۲ صفحه" in text
    assert "۲۰۰۰ توکن" in text


# When Telegram or people get in the way


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A result that could not be handed over is tried again at once."""
    monkeypatch.setattr(bot.reading, "RETRY_AFTER", 0.05)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("form", ["Markdown", "Word"])
@pytest.mark.usefixtures("impatient")
async def test_a_result_whose_call_fails_comes_once(room: Room, form: str, when: Any) -> None:
    room.eye.open.clear()
    await room.send(paper(1))
    message = await room.reading()
    await room.sara.press(message, form)
    method = "editMessageMedia" if form == "Word" else "editMessageText"
    room.news.tg.faults.add(Fault(method, when=when, action="drop", times=2))
    room.eye.open.set()

    result = await room.done()

    assert len(room.said()) == 1
    assert text_of(1) in (result.text or "") or result.content.document


@pytest.mark.usefixtures("impatient")
async def test_a_result_comes_although_its_message_was_deleted(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(1))
    await room.sara.delete(await room.reading())
    room.eye.open.set()

    result = await room.done()

    assert [message.text for message in room.said()] == [result.text]
    assert text_of(1) in (result.text or "")


async def test_whoever_stops_the_bot_is_left_alone(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(1))
    await room.reading()
    await room.sara.block_bot()
    room.eye.open.set()

    await room.until(lambda: room.stage() is Stage.DONE)


async def test_a_job_is_painted_now_and_then_only(tmp_path: Path) -> None:
    async with room_with_eyes(tmp_path, vision_parallel=1) as room:
        room.eye.latency = 0.02
        await room.send(paper(20))

        await room.done()

        calls = [call.method for call in room.news.tg.calls]
        assert calls.count("editMessageText") == 1


async def test_progress_is_shown(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.progress, "PAINT_EVERY", 0.01)
    room.eye.fault = lambda call: room.eye.open.clear() if call == 11 else None
    await room.send(paper(40))
    message = await room.reading(pages=10)

    await room.news.says(message, "۱۰ از ۴۰ صفحه خوانده شد")

    assert "▰▰▰▱" in (message.text or "")


async def test_whoever_waited_long_is_woken_once(room: Room) -> None:
    room.eye.open.clear()
    await room.send(paper(1))
    await room.reading()
    room.news.clock.forward(minutes=2)
    room.eye.open.set()

    result = await room.done()

    woken = room.said(result.message_id)
    assert ["آماده شد" in (message.text or "") for message in woken] == [True]


async def test_the_files_own_text_is_used_when_it_is_right_and_can_be_done_without(
    room: Room, shared: Path
) -> None:
    if not shutil.which("tesseract") or not shutil.which("pdftotext"):
        pytest.skip("checking a text layer for nothing needs tesseract and pdftotext")
    result = await sent(room, (shared / "pdf" / "01_fa_text.pdf").read_bytes())
    assert "متن خود پرونده" in (result.text or "")
    assert not room.eye.calls

    await room.sara.press(result, "خواندن همه از روی تصویر")
    again = await sent_again(room, result)

    assert room.eye.calls == {1: 1, 2: 1}
    assert text_of(2) in (again.text or "")


async def sent(room: Room, content: bytes) -> Message:
    """The result of a file."""
    await room.send(content)
    return await room.done()


async def sent_again(room: Room, first: Message) -> Message:
    """The result after the first one."""
    await room.until(lambda: room.job().full and room.stage() is Stage.DONE)
    result = room.chat.messages[room.job().status_id]
    assert result is not first
    return result


async def test_a_password_that_died_with_the_process_is_asked_for_again(
    room: Room, shared: Path
) -> None:
    await locked(room, shared)

    kept = await room.sara.send(room.chat, bot.passwords.WITHHELD)  # as it comes from the database

    await room.news.said(room.chat, "دوباره بفرستیدش")
    assert kept.is_deleted and room.stage() is Stage.PASSWORD


async def test_a_message_that_may_be_a_password_is_stored_without_its_words(
    room: Room, shared: Path
) -> None:
    await locked(room, shared)
    message = {"chat": {"id": room.sara.id, "type": "private"}, "text": PASSWORD}
    keepable = room.news.peyk.parts.reading.keepable

    assert keepable({"update_id": 1, "message": message})["message"]["text"] != PASSWORD
    for other in ({"text": "/cancel"}, {"chat": {"id": -5, "type": "group"}}, {"text": "x" * 200}):
        update = {"update_id": 1, "message": message | other}
        assert keepable(update) == update


# Restarts


async def test_a_polite_stop_keeps_the_pages_that_are_being_read(tmp_path: Path) -> None:
    async with room_with_eyes(tmp_path, vision_parallel=2) as room:
        room.eye.fault = lambda call: room.eye.open.clear() if call == 4 else None
        await room.send(paper(6))
        await room.reading(pages=2)
        await room.until(lambda: room.eye.calls.total() >= 4)

        stopping = asyncio.create_task(room.news.stop())
        await room.until(lambda: "INFO stopping" in room.news.log)
        room.eye.open.set()
        await stopping
        await room.news.start()
        await room.done()

        assert room.eye.calls == dict.fromkeys(range(1, 7), 1)


async def test_a_restart_reads_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.app, "PATIENCE", 0.1)
    async with room_with_eyes(tmp_path, vision_parallel=2) as room:
        room.eye.fault = lambda call: room.eye.open.clear() if call == 4 else None
        await room.send(paper(6))
        await room.reading(pages=2)
        read = ocr.read_so_far(room.news.db, 1)

        await room.news.stop()
        room.eye.open.set()
        room.eye.fault = lambda call: None
        before = room.eye.answered.copy()
        room.news.tg.calls.clear()
        await room.news.start()
        text = (await room.done()).text or ""

        assert [text_of(page) in text for page in range(1, 7)] == [True] * 6
        assert all(room.eye.calls[page] == 1 for page in read)
        assert before.total() >= len(read)
