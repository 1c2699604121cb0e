"""People in the tests' own hands: pressing, inline queries, files; and what waits for them."""

import asyncio

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
)
from telegram.error import BadRequest

from bot.demo.errors import ApiError
from bot.demo.server import EmbeddedTelegram
from tests.pictures import png

MARKUP = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("✅ انتشار", callback_data="pub:1")],
        [
            InlineKeyboardButton("رد", callback_data="no"),
            InlineKeyboardButton("رد با دلیل", callback_data="why"),
        ],
        [InlineKeyboardButton("مقاله", url="https://arxiv.org/abs/1")],
    ]
)


async def card(tg, bot, group):
    await bot.send_message(group.id, "کارت", reply_markup=MARKUP)
    return tg.messages(group)[-1]


async def test_a_press_reaches_the_bot_and_its_answer_the_person(tg, bot, admin, group):
    message = await card(tg, bot, group)
    press = asyncio.create_task(admin.press(message, "انتشار"))

    (update,) = await bot.get_updates(timeout=5)
    assert await update.callback_query.answer("منتشر شد", show_alert=True)

    answer = await press
    assert (answer.text, answer.show_alert) == ("منتشر شد", True)
    assert update.callback_query.data == "pub:1"
    assert update.callback_query.message.text == "کارت"


async def test_a_query_is_answered_once(tg, bot, admin, group):
    message = await card(tg, bot, group)
    press = asyncio.create_task(admin.press_data(message, "forged:9"))
    (update,) = await bot.get_updates(timeout=5)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await update.callback_query.answer("ا" * 201)
    await update.callback_query.answer()

    with pytest.raises(BadRequest, match="Query is too old and response timeout expired"):
        await update.callback_query.answer()
    assert (await press).text == ""


async def test_a_bot_that_does_not_answer_is_waited_for_only_so_long(tg, bot, admin, group):
    admin.patience = 0.01

    with pytest.raises(TimeoutError):
        await admin.press(await card(tg, bot, group), "انتشار")


async def test_a_server_that_stops_lets_those_who_wait_go(tg, bot, admin, group):
    press = asyncio.create_task(admin.press(await card(tg, bot, group), "انتشار"))
    await bot.get_updates(timeout=5)

    await tg.stop()

    with pytest.raises(TimeoutError, match="has stopped"):
        await press


async def test_buttons_are_found_by_words_or_exactly(tg, bot, admin, group):
    message = await card(tg, bot, group)

    assert (await admin.press(message, "مقاله")).url == "https://arxiv.org/abs/1"
    with pytest.raises(AssertionError, match="buttons: «✅ انتشار», «رد», «رد با دلیل», «مقاله»"):
        await admin.press(message, "ویرایش")
    press = asyncio.create_task(admin.press(message, "رد"))
    (update,) = await bot.get_updates(timeout=5)
    assert update.callback_query.data == "no"
    await update.callback_query.answer()
    await press


async def test_nobody_presses_on_a_deleted_message(tg, bot, admin, group):
    message = await card(tg, bot, group)
    await admin.delete(message)

    with pytest.raises(ApiError, match="MESSAGE_ID_INVALID"):
        await admin.press(message, "انتشار")


async def test_an_inline_query_is_answered_and_a_result_sent(tg, bot, admin, group):
    asked = asyncio.create_task(admin.inline_query("شبکه"))
    (update,) = await bot.get_updates(timeout=5)
    content = InputTextMessageContent("<b>پست</b>", parse_mode="HTML")
    await update.inline_query.answer([InlineQueryResultArticle("1", "عنوان", content)])

    sent = await admin.choose((await asked)[0], group)

    assert update.inline_query.query == "شبکه"
    assert (sent.text, sent.entities[0].type) == ("پست", "bold")
    assert sent.to_json()["via_bot"]["id"] == 42


async def test_inline_results_are_checked(bot, admin):
    asked = asyncio.create_task(admin.inline_query("x"))
    (update,) = await bot.get_updates(timeout=5)
    same = [InlineQueryResultArticle("1", "الف", InputTextMessageContent("x"))] * 2

    with pytest.raises(BadRequest, match="Result_id_duplicate"):
        await update.inline_query.answer(same)
    await update.inline_query.answer([])
    assert await asked == []


async def test_a_file_is_downloaded_again(tg, bot, admin):
    await admin.send_file(admin.private(), "مقاله.pdf", b"%PDF-1.7", "application/pdf", "متن")

    (update,) = await bot.get_updates()
    file = await update.message.document.get_file()

    assert (update.message.document.file_name, update.message.caption) == ("مقاله.pdf", "متن")
    assert await file.download_as_bytearray() == b"%PDF-1.7"


async def test_a_large_file_cannot_be_downloaded(bot, admin):
    await admin.send_file(admin.private(), "a.pdf", bytes(20 * 1024 * 1024 + 1))
    (update,) = await bot.get_updates()

    with pytest.raises(BadRequest, match="File is too big"):
        await update.message.document.get_file()
    with pytest.raises(BadRequest, match="Wrong file_id"):
        await bot.get_file("nonsense")


async def test_a_photo_from_a_person_has_sizes(bot, admin, png):
    await admin.send_photo(admin.private(), png, "شکل")

    (update,) = await bot.get_updates()

    assert (update.message.photo[-1].width, update.message.caption) == (32, "شکل")


async def test_a_forwarded_post_keeps_its_origin(bot, admin, channel, group):
    post = await admin.send(channel, "پست")
    await admin.forward(post, group)

    updates = await bot.get_updates()

    assert updates[-1].message.forward_origin.chat.id == channel.id


async def test_readers_do_not_write_in_a_channel(tg, channel):
    reader = tg.add_user("خواننده")

    with pytest.raises(ApiError, match="CHAT_WRITE_FORBIDDEN"):
        await reader.send(channel, "x")
    assert reader.may_read(channel)


async def test_blocking_tells_the_bot_once(bot, admin):
    await admin.block_bot()

    (update,) = await bot.get_updates()

    assert update.my_chat_member.new_chat_member.status == "kicked"


async def test_privacy_mode_hides_what_does_not_concern_the_bot():
    async with EmbeddedTelegram(has_privacy_mode=True) as tg:
        person = tg.add_user("مینا")
        group = tg.add_group("گروه", members=[person])
        for words in "سلام", "/start", "آهای @peyk_bot":
            await person.send(group, words)

        assert len(tg.world.updates.pending) == 2


async def test_waiting_ends_with_the_change_or_says_what_the_bot_did(tg, bot, channel):
    waiting = asyncio.create_task(tg.wait_message(channel, lambda m: m.text == "دو"))
    await bot.send_message(channel.id, "یک")
    await bot.send_message(channel.id, "دو")

    assert (await waiting).message_id == 2
    with pytest.raises(TimeoutError, match=r"sendMessage \(ok\)"):
        await tg.wait_for(lambda: False, timeout=0.01)


async def test_an_album_comes_as_messages_of_one_group(tg, bot, admin):
    pictures = [png(640, 480), png(480, 640)]
    await admin.send_album(admin.private(), pictures)

    first, second = await bot.get_updates(timeout=5)

    assert first.message.media_group_id == second.message.media_group_id
    assert [u.message.photo[-1].width for u in (first, second)] == [640, 480]
    with pytest.raises(ApiError, match="2-10 items"):
        await admin.send_album(admin.private(), pictures[:1])
