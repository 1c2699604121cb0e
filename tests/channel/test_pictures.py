"""Posts with a picture: on the card, in the channel, and when there is none to send."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import pytest

from bot import steps
from bot.channel import pictures
from bot.channel.post import CAPTION_LIMIT
from bot.demo.faults import Fault
from bot.demo.records import Message
from bot.persian.typography import units
from bot.steps import Pass
from feeds import picture
from feeds.fetch import Fetcher
from tests.llm_server import LLMServer
from tests.newsroom import Newsroom, buttons, newsroom
from tests.pictures import pdf, png

CARD = png(1200, 600)
LONG = "جمله‌ای که چیزی به خبر می‌افزاید. " * 40
SOURCES = """
[[arxiv]]
url = "$WEB/arxiv.xml"
name = "arXiv"
max_per_day = 3

[[github]]
repo = "ollama/ollama"
url = "$WEB/releases.atom"
max_per_day = 1

[[rss]]
url = "$WEB/blog.xml"
name = "blog"
max_per_day = 1
"""
PAPERS = ("2605.12491", "2605.12487", "2605.12460")
"""Those of the recording that become drafts."""


async def kept(room: Newsroom, content: bytes = CARD, name: str = "1.png") -> str:
    """A picture beside the room's database."""
    return await pictures.keep(pictures.folder(room.settings.db), name, content)


def files(room: Newsroom) -> list[str]:
    """The names of all pictures that are kept."""
    folder = pictures.folder(room.settings.db)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def shown(room: Newsroom) -> list[Message]:
    """The pictures in the admin group."""
    return [message for message in room.tg.messages(room.group) if message.photo]


def words(message: Message) -> list[Any]:
    """A message's words and how they are formatted."""
    return [message.text or message.caption, [entity.to_json() for entity in message.entities]]


# On the card


async def test_a_card_answers_the_post_as_it_will_appear(room: Newsroom) -> None:
    card = await room.offer(picture=await kept(room))

    [above] = shown(room)
    assert above.photo and above.photo.content == CARD
    assert (above.caption or "").endswith("@peyk_ai | پیک هوش مصنوعی")
    assert card.reply_to is above
    assert "خبری تازه" not in (card.text or "")
    assert (buttons(above), buttons(card)[0]) == ([], "انتشار")


async def test_a_text_too_long_for_a_caption_goes_without_and_the_card_says_so(
    room: Newsroom,
) -> None:
    card = await room.offer(picture=await kept(room), body=LONG)

    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)

    assert "بی‌تصویر منتشر می‌شود" in (card.text or "")
    assert shown(room) == []
    assert post.photo is None
    assert units(post.text or "") > CAPTION_LIMIT


@pytest.mark.parametrize(("over", "goes_along"), [(0, True), (1, False)])
async def test_a_caption_has_1024_units(room: Newsroom, over: int, goes_along: bool) -> None:
    short = await room.offer(picture=await kept(room), body="خبر")
    room_left = CAPTION_LIMIT - units(shown(room)[0].caption or "")

    await room.offer(picture=await kept(room), body="خبر" + "😀" * (room_left // 2) + "." * over)

    assert units(shown(room)[0].caption or "") + 2 * (room_left // 2) == CAPTION_LIMIT
    assert short.reply_to is shown(room)[0]
    assert (len(shown(room)) == 2) is goes_along


async def test_a_picture_that_telegram_refuses_does_not_keep_the_draft_from_the_admins(
    room: Newsroom,
) -> None:
    card = await room.offer(picture=await kept(room, b"this is no picture"))

    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)

    assert "خبری تازه" in (post.text or "")
    assert "WARNING a picture was refused" in "\n".join(room.log)


async def test_an_edited_draft_keeps_its_picture(room: Newsroom) -> None:
    card = await room.offer(picture=await kept(room))

    await room.mina.send(room.group, "عنوان نو\n\nمتن نو", reply_to=card)
    newer = await room.new_card(card)

    assert newer.reply_to is shown(room)[-1]
    assert "عنوان نو" in (shown(room)[-1].caption or "")


async def test_a_rewritten_draft_keeps_its_picture(tmp_path: Path, llm: LLMServer) -> None:
    async with newsroom(tmp_path, llm=llm) as room:
        card = await room.offer(picture=await kept(room))
        await room.mina.press(card, "بازنویسی")
        await room.tg.wait_for(lambda: "کوتاه‌تر" in buttons(card))
        await room.mina.press(card, "کوتاه‌تر")
        newer = await room.new_card(card)

        assert newer.reply_to is shown(room)[-1]
        assert len(shown(room)) == 2


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    """A model that writes what is asked of it."""
    async with LLMServer() as server:
        yield server


# In the channel


async def test_the_channel_gets_what_the_card_showed(room: Newsroom) -> None:
    card = await room.offer(picture=await kept(room))

    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)
    await room.says(card, "منتشر شد")

    assert post.photo and post.photo.content == CARD
    assert words(post) == words(shown(room)[0])


async def test_a_picture_that_is_gone_is_done_without(room: Newsroom) -> None:
    card = await room.offer(picture=await kept(room))
    caption = words(shown(room)[0])
    await pictures.clear(pictures.folder(room.settings.db), needed=())

    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)

    assert (post.photo, words(post)) == (None, caption)
    assert [line for line in room.log if "cannot be read (FileNotFoundError)" in line]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_picture_whose_sending_is_broken_off_is_there_once(
    room: Newsroom, when: Any
) -> None:
    room.peyk.parts.publisher._settle = 0
    card = await room.offer(picture=await kept(room))
    room.tg.faults.add(Fault("sendPhoto", when, chat_id="@peyk_ai"))

    await room.mina.press(card, "انتشار")
    await room.tg.wait_for(lambda: not room.tg.faults._planned[0].times)
    await room.publish_due()
    [post] = await room.posts(1)

    assert post.photo and post.photo.content == CARD
    assert words(post) == words(shown(room)[0])


# Made, and cleared away


@pytest.fixture
async def illustrated(
    tmp_path: Path, shared: Path, llm: LLMServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Newsroom]:
    """A room, not at work yet, whose news have pictures; arXiv has all PDFs but one."""
    pytest.importorskip("pypdfium2", reason="the extra `pictures` is not installed")
    pages = {
        "/arxiv.xml": (shared / "arxiv/api/cs_ai_lg_cl_25.xml").read_bytes(),
        "/releases.atom": (shared / "github/atom/ollama.releases.atom").read_bytes(),
        "/blog.xml": (shared / "feeds/labs/huggingface_blog.xml").read_bytes(),
        "/card/ollama/ollama": CARD,
    }
    pages |= {f"/pdf/{paper}": pdf(paper) for paper in PAPERS[1:]}
    monkeypatch.setitem(Fetcher.__init__.__kwdefaults__, "arxiv_pause", 0)
    async with newsroom(
        tmp_path, llm=llm, sources=SOURCES, pages=pages, running=False, pictures=True
    ) as room:
        monkeypatch.setattr(picture, "PAPER", f"{room.web.url}/pdf/")
        monkeypatch.setattr(picture, "CARD", f"{room.web.url}/card/")
        yield room


async def test_new_drafts_get_their_pictures_before_their_cards(illustrated: Newsroom) -> None:
    room = illustrated

    await room.start()
    await room.tg.wait_for(lambda: len(room.cards()) == 5)

    with_picture = [card for card in room.cards() if card.reply_to and card.reply_to.photo]
    assert len(with_picture) == len(files(room)) == 3
    assert sorted(name[-4:] for name in files(room)) == [".jpg", ".jpg", ".png"]
    assert [line for line in room.log if f"no picture for arxiv:{PAPERS[0]}: HTTP 404" in line]


async def test_without_the_setting_no_picture_is_asked_for(illustrated: Newsroom) -> None:
    room = illustrated
    room.settings = replace(room.settings, pictures=False)

    await room.start()
    await room.tg.wait_for(lambda: len(room.cards()) == 5)

    assert (shown(room), files(room)) == ([], [])


async def test_a_picture_that_comes_while_the_card_is_sent_is_left_out(
    room: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "picture_of", AsyncMock(return_value=CARD))
    draft = await room.store()
    making = []

    async def make() -> None:
        making.append(asyncio.create_task(steps._give_picture(room.peyk.parts, draft, 30)))
        await asyncio.wait(making, timeout=0.2)  # it could be done by now, and must not be

    room.tg.faults.add(Fault("sendMessage", action="call", call=make, chat_id=room.group.id))
    await steps.offer(room.peyk.parts, Pass())
    await asyncio.wait_for(making[0], 10)

    assert (room.draft().picture, shown(room)) == ("", [])


async def test_a_folder_that_cannot_be_written_costs_the_pictures_only(
    illustrated: Newsroom,
) -> None:
    room = illustrated
    pictures.folder(room.settings.db).write_bytes(b"")  # where the folder should be

    await room.start()
    await room.tg.wait_for(lambda: len(room.cards()) == 5)

    assert shown(room) == []
    assert len([line for line in room.log if "was not kept" in line]) == 3


async def test_the_pictures_of_sent_drafts_are_deleted(room: Newsroom) -> None:
    sent = await room.offer(picture=await kept(room))
    await room.offer(picture=await kept(room, name="2.png"))
    await room.mina.press(sent, "انتشار")
    await room.posts(1)

    await steps.clear_pictures(room.peyk.parts)

    assert files(room) == ["2.png"]


@pytest.mark.parametrize(("days", "left"), [(7, ["1.png"]), (8, [])])
async def test_a_rejected_draft_keeps_its_picture_for_a_week(
    room: Newsroom, days: int, left: list[str]
) -> None:
    card = await room.offer(picture=await kept(room))
    await room.mina.press(card, "رد")
    room.clock.forward(days=days)

    await steps.clear_pictures(room.peyk.parts)

    assert files(room) == left


async def test_a_draft_restored_after_its_picture_went_shows_its_text_on_the_card(
    room: Newsroom,
) -> None:
    card = await room.offer(picture=await kept(room))
    await room.mina.press(card, "رد")
    room.clock.forward(days=8)
    await steps.clear_pictures(room.peyk.parts)

    await room.tg.wait_for(lambda: "برگرداندن" in buttons(card))
    await room.mina.press(card, "برگرداندن")
    await room.says(card, "بند نخست خبر")
    await room.mina.press(card, "انتشار")
    [post] = await room.posts(1)

    assert post.photo is None
    assert (post.text or "") in (card.text or "")


async def test_only_pictures_are_deleted(room: Newsroom) -> None:
    for name in ("7.jpg", "8.png", "README", "cat.jpg"):
        await kept(room, name=name)

    await steps.clear_pictures(room.peyk.parts)

    assert files(room) == ["README", "cat.jpg"]
