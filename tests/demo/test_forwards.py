"""Forwards and copies through python-telegram-bot."""

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest


async def test_a_forwarded_post_names_its_channel(bot, channel, group):
    post = await bot.send_message(channel.id, "پست")

    first = await post.forward(group.id)
    second = await first.forward(group.id)

    assert (first.forward_origin.chat.id, first.forward_origin.message_id) == (channel.id, 1)
    assert second.forward_origin == first.forward_origin


async def test_a_forwarded_message_names_its_writer(bot, admin, group):
    message = await admin.send(group, "x")

    forwarded = await bot.forward_message(group.id, group.id, message.message_id)

    assert forwarded.forward_origin.sender_user.id == admin.id
    assert forwarded.from_user.id == 42


async def test_a_forward_keeps_links_but_no_other_buttons(bot, channel, group):
    link, call = (
        InlineKeyboardButton("الف", url="https://a.org/"),
        InlineKeyboardButton("ب", callback_data="b"),
    )
    plain = await bot.send_message(channel.id, "x", reply_markup=InlineKeyboardMarkup([[link]]))
    mixed = await bot.send_message(channel.id, "y", reply_markup=InlineKeyboardMarkup([[call]]))

    assert (await plain.forward(group.id)).reply_markup is not None
    assert (await mixed.forward(group.id)).reply_markup is None


async def test_protected_content_stays_where_it_is(bot, channel, group):
    post = await bot.send_message(channel.id, "x", protect_content=True)

    assert post.has_protected_content
    with pytest.raises(BadRequest, match="The message can't be forwarded"):
        await post.forward(group.id)
    assert (await post.copy(group.id)).message_id == 1


async def test_what_others_protect_cannot_even_be_copied(bot, admin, channel, group):
    channel.has_protected_content = True
    post = await admin.send(channel, "x")

    with pytest.raises(BadRequest, match="The message can't be copied"):
        await bot.copy_message(group.id, channel.id, post.message_id)


async def test_a_note_about_a_pin_cannot_be_forwarded(bot, channel, group):
    post = await bot.send_message(channel.id, "x")
    await post.pin()

    with pytest.raises(BadRequest, match="The message can't be forwarded"):
        await bot.forward_message(group.id, channel.id, post.message_id + 1)


async def test_a_copy_has_no_origin(tg, bot, channel, group):
    post = await bot.send_message(channel.id, "<b>x</b>", parse_mode="HTML")

    copied = await post.copy(group.id)

    copy = tg.messages(group)[-1]
    assert (copy.message_id, copy.forward_origin) == (copied.message_id, None)
    assert copy.entities[0].type == "bold"


async def test_many_are_forwarded_and_missing_ones_skipped(tg, bot, channel, group):
    for i in range(3):
        await bot.send_message(channel.id, str(i))
    await bot.delete_message(channel.id, 2)

    assert len(await bot.forward_messages(group.id, channel.id, [1, 2, 3])) == 2
    assert len(await bot.copy_messages(group.id, channel.id, [1, 2])) == 1
    with pytest.raises(BadRequest, match="There are no messages to forward"):
        await bot.forward_messages(group.id, channel.id, [2])
    with pytest.raises(BadRequest, match="strictly increasing"):
        await bot.forward_messages(group.id, channel.id, [3, 1])
