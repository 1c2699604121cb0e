"""What one can do on the page of the embedded Telegram, done by a person in a real browser."""

import asyncio
import base64
import contextlib
from pathlib import Path
from urllib.parse import urlsplit

from telegram import ReplyKeyboardMarkup

from tests.demo.stage import Stage

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def test_one_types_presses_and_sees_the_toast_and_the_edited_message(stage: Stage) -> None:
    page = await stage.open(stage.reader, stage.reader.id)
    await page.click("شروع")
    await page.see("سلام! یکی را بزنید.", ".bubble")

    await page.click("آفرین", ".key")

    await page.see("گرفتم", ".toast")
    assert "ویرایش‌شده" in await page.see("دکمه را زدید.", ".bubble")


async def test_an_alert_waits_until_it_is_closed(stage: Stage) -> None:
    page = await stage.open(stage.reader, stage.reader.id)
    await page.click("شروع")
    await page.click("هشدار", ".key")
    await page.see("این یک هشدار است", "dialog")

    await page.click("باشه", "dialog button")

    await page.gone("این یک هشدار است", "dialog")


async def test_enter_sends_and_a_forced_reply_is_a_reply(stage: Stage) -> None:
    page = await stage.open(stage.reader, stage.reader.id)
    await stage.reader.send(stage.reader.private(), "/name")
    await page.see("نامتان؟", ".strip")

    await page.click("نوشتن پیام", "textarea")
    await page.type("سارا")
    await page.enter()

    await page.see("نامتان؟ → سارا", ".bubble")
    assert "نامتان؟" in await page.see("سارا", ".mine .bubble")


async def test_a_vote_shows_the_results_and_the_explanation(stage: Stage) -> None:
    await stage.bot.send_poll(
        stage.channel.id,
        "پایتخت ایران؟",
        ["تهران", "شیراز"],
        type="quiz",
        correct_option_ids=[0],
        explanation="تهران پایتخت است.",
        is_anonymous=True,
    )
    page = await stage.open(stage.reader, stage.channel.id)
    await page.gone("تهران پایتخت است.", ".poll")

    await page.click("شیراز", "button.option")

    assert "نادرست" in await page.see("شیراز", ".result.wrong")
    assert "۱۰۰" in await page.see("شیراز", ".result.mine")
    await page.see("تهران پایتخت است.", ".explanation")


async def test_a_vote_for_several_answers_can_be_taken_back(stage: Stage) -> None:
    await stage.bot.send_poll(
        stage.channel.id,
        "کدام را می‌خوانید؟",
        ["خبر", "مقاله", "ابزار"],
        allows_multiple_answers=True,
        allows_revoting=True,
    )
    page = await stage.open(stage.reader, stage.channel.id)
    await page.click("خبر", "button.option")
    await page.click("ابزار", "button.option")
    await page.click("ثبت رأی")
    await page.wait("document.querySelectorAll('.result.mine').length === 2")

    await page.click("پس‌گرفتن رأی")

    await page.see("خبر", "button.option")


async def test_a_quoted_message_is_one_tap_away(stage: Stage) -> None:
    first = await stage.admin.send(stage.group, "پیام نخست")
    for number in range(30):
        await stage.admin.send(stage.group, f"پیام {number}.")
    await stage.admin.send(stage.group, "پاسخ", reply_to=first)
    page = await stage.open(stage.admin, stage.group.id)

    await page.click("پیام نخست", ".quoted")

    await page.wait(
        "document.activeElement.closest('.message')?.innerText.startsWith('پیام نخست')"
    )


async def test_an_uploaded_file_reaches_the_bot_with_its_caption(
    stage: Stage, tmp_path: Path
) -> None:
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.4 a page")
    page = await stage.open(stage.reader, stage.reader.id)
    await page.click("شروع")
    await page.see("سلام! یکی را بزنید.", ".bubble")

    await page.choose_file("#picker", paper)
    await page.see("paper.pdf", ".strip")
    await page.click("نوشتن پیام", "textarea")
    await page.type("بخوان")
    await page.enter()

    await page.see("رسید: paper.pdf (بخوان)", ".bubble")
    assert "۱۵ بایت" in await page.see("paper.pdf", ".attachment")


async def test_after_a_switch_to_the_channel_a_post_arrives_live(stage: Stage) -> None:
    page = await stage.open(stage.admin, stage.group.id)
    await page.click("سارا", "label")
    await page.wait(f"location.hash.startsWith('#{stage.reader.id}')")
    await page.click("بازگشت به گفت‌وگوها", "button:not(.chat-row)")
    await page.click("کانال آزمایش", ".chat-row")

    post = await stage.post("*خبر*\nتازه رسید", parse_mode="MarkdownV2")

    assert "خبر\nتازه رسید" in await page.see("تازه رسید", ".bubble")
    assert await page.evaluate("document.querySelector('.bubble strong').textContent") == "خبر"
    await post.delete()
    await page.gone("تازه رسید", ".bubble")


async def test_a_post_in_a_closed_chat_is_counted_as_unread(stage: Stage) -> None:
    page = await stage.open(stage.reader, stage.reader.id)
    await page.click("بازگشت به گفت‌وگوها", "button:not(.chat-row)")
    await stage.post("یکم")
    await stage.post("دوم")

    assert "دوم" in await page.see("۲", ".chat-row")
    await page.click("کانال آزمایش", ".chat-row")
    await page.see("دوم", ".bubble")
    await page.click("بازگشت به گفت‌وگوها", "button:not(.chat-row)")
    await page.gone("۲", ".badge")


async def test_an_offer_of_inline_mode_is_one_tap_away(stage: Stage) -> None:
    page = await stage.open(stage.admin, stage.group.id)
    await page.click("نوشتن پیام", "textarea")
    await page.type(f"@{stage.bot.username} شبکه")

    await page.click("پیشنهاد شبکه", ".offer")

    await page.see("برگزیدهٔ شبکه", ".bubble")
    await page.gone("پیشنهاد شبکه", ".offer")


async def test_the_bots_keyboard_types_its_words(stage: Stage) -> None:
    keys = ReplyKeyboardMarkup([["راهنما", "آزمون"]])
    await stage.bot.send_message(stage.reader.private().id, "یکی را برگزینید", reply_markup=keys)
    page = await stage.open(stage.reader, stage.reader.id)

    await page.click("آزمون", ".reply-keys .key")

    await page.see("آزمون", ".mine .bubble")


async def test_a_draft_grows_until_the_message_replaces_it(stage: Stage) -> None:
    chat = stage.reader.private()
    page = await stage.open(stage.reader, chat.id)
    await stage.bot.send_chat_action(chat.id, "typing")
    await page.see("در حال نوشتن", ".chat-subtitle")

    await stage.bot.send_message_draft(chat.id, 1, "پاسخ کم‌کم")
    await page.see("پاسخ کم‌کم", ".writing")
    await stage.bot.send_message(chat.id, "پاسخ کم‌کم می‌آید.")

    await page.see("پاسخ کم‌کم می‌آید.", ".bubble")
    await page.gone("پاسخ", ".writing")


class Line:
    """A line between the browser and the server that can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends |= {writer, back}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.transport.abort()

    def cut(self) -> None:
        self._is_cut = True
        for end in self._ends:
            end.transport.abort()

    def mend(self) -> None:
        self._is_cut = False


async def test_after_a_break_nothing_is_missing(stage: Stage) -> None:
    line = Line(urlsplit(stage.tg.url).port)
    async with await asyncio.start_server(line.connect, "127.0.0.1") as proxy:
        address = f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        page = await stage.open(stage.reader, stage.channel.id, address)
        line.cut()
        await page.wait("document.getElementById('live').dataset.state === 'broken'")
        await stage.post("در قطعی آمد")
        line.mend()

        await page.see("در قطعی آمد", ".bubble")
        await page.wait("document.getElementById('live').dataset.state === 'standing'")
        line.cut()
    await page.go("about:blank")
    page.complaints.clear()  # chromium notes each refused connection


async def test_older_posts_come_when_one_scrolls_up(stage: Stage) -> None:
    for number in range(60):
        await stage.post(f"پست {number}.")
    page = await stage.open(stage.reader, stage.channel.id)
    await page.see("پست 59.", ".bubble")
    assert await page.evaluate("document.querySelectorAll('.message').length") == 50

    await page.evaluate("document.querySelector('.scroller').scrollTo(0, 0)")

    await page.see("پست 0.", ".bubble")
    assert await page.evaluate("document.querySelectorAll('.message').length") == 60


async def test_a_pinned_post_is_one_tap_away(stage: Stage) -> None:
    guide = await stage.post("راهنمای کانال")
    for number in range(30):
        await stage.post(f"پست {number}.")
    page = await stage.open(stage.reader, stage.channel.id)

    await guide.pin()
    await page.click("راهنمای کانال", ".pinned-bar")

    await page.wait(
        "document.activeElement.closest('.message')?.innerText.includes('راهنمای کانال')"
    )
    await guide.unpin()
    await page.gone("راهنمای کانال", ".pinned-bar")


async def test_an_address_of_our_own_channel_opens_here(stage: Stage) -> None:
    post = await stage.post("پست نشان‌شده")
    await stage.admin.send(stage.group, f"ببینید: t.me/trial_channel/{post.message_id}")
    page = await stage.open(stage.admin, stage.group.id)

    await page.click("t.me/trial_channel", "a")

    await page.see("کانال آزمایش", ".chat-title")
    await page.wait(
        "document.activeElement.closest('.message')?.innerText.includes('پست نشان‌شده')"
    )


async def test_a_picture_is_shown_and_opens_large(stage: Stage) -> None:
    page = await stage.open(stage.admin, stage.group.id)
    await stage.admin.send_photo(stage.group, PIXEL, "یک نقطه")
    await page.see("یک نقطه", ".bubble")
    await page.wait("document.querySelector('.photo img').naturalWidth === 1")

    await page.click("بزرگ ببینید", ".photo")

    await page.wait("document.querySelector('dialog[open] img').naturalWidth === 1")
