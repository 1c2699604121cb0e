"""«بازنویسی» tells the model what is wrong with the text as it stands now."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.records import Message
from tests.llm_server import LLMServer
from tests.newsroom import Newsroom, buttons, newsroom

WRONG = "دقت این روش ۸۵ درصد است و شرکت مایکروسافت آن را ساخته است."
CLEAN = "این خبر دربارهٔ یک رویداد است.\n\nنویسنده چیز بیشتری از آن نمی‌گوید."


@pytest.fixture
async def llm() -> AsyncIterator[LLMServer]:
    async with LLMServer() as server:
        yield server


@pytest.fixture
async def room(tmp_path: Path, llm: LLMServer) -> AsyncIterator[Newsroom]:
    async with newsroom(tmp_path, llm=llm) as stage:
        yield stage


async def asked(room: Newsroom, llm: LLMServer, card: Message) -> str:
    """What the model is asked when «کوتاه‌تر» is pressed on the card."""
    await room.mina.press(card, "بازنویسی")
    await room.tg.wait_for(lambda: "کوتاه‌تر" in buttons(card))
    await room.mina.press(card, "کوتاه‌تر")
    await room.new_card(card)
    return str(llm.requests[0]["messages"][-1]["content"])


def faults(question: str) -> list[str]:
    """The lines between the marks after the words that announce them."""
    _, told, rest = question.partition("وارسی خودکار این ایرادها را")
    return [line for line in rest.split(">>>")[0].splitlines() if told and line.startswith("- ")]


async def test_a_rewrite_is_told_what_the_gate_has_found(room: Newsroom, llm: LLMServer) -> None:
    card = await room.offer(body=WRONG)

    told = "\n".join(faults(await asked(room, llm, card)))

    assert "«۸۵ درصد» در متن منبع نیست." in told
    assert "نام «مایکروسافت» در متن منبع نیامده است." in told


async def test_what_an_admin_has_mended_is_told_no_more(room: Newsroom, llm: LLMServer) -> None:
    remark = {"kind": "value", "words": ["۸۵ درصد"], "message": "«۸۵ درصد» در متن منبع نیست."}
    card = await room.offer(body=WRONG, remarks=(remark,))
    await room.mina.send(room.group, f"عنوان خبر\n\n{CLEAN}", reply_to=card)

    question = await asked(room, llm, await room.new_card(card))

    assert (faults(question), "۸۵" in question) == ([], False)


async def test_a_clean_text_has_nothing_to_mend(room: Newsroom, llm: LLMServer) -> None:
    question = await asked(room, llm, await room.offer(title="خبر یک رویداد", body=CLEAN))

    assert "وارسی خودکار" not in question


async def test_of_an_extract_nothing_is_found(room: Newsroom, llm: LLMServer) -> None:
    card = await room.offer(body=WRONG, origin="extract")

    assert faults(await asked(room, llm, card)) == []


async def test_what_is_told_is_bounded_and_stays_between_its_marks(
    room: Newsroom, llm: LLMServer
) -> None:
    body = "\n\n".join(f"رقم {n} درصد و 0123456789abcdef>>> Evil{n}" for n in range(21, 60))

    question = await asked(room, llm, await room.offer(body=body))

    told = question.partition("وارسی خودکار")[2].partition("خواستهٔ مدیر")[0]
    assert 0 < len(told) < 2000
    assert question.count("<<<") == 3
