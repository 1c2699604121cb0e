"""Edits, deletions, pins and reactions through python-telegram-bot."""

from datetime import timedelta

import pytest
from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
)
from telegram.error import BadRequest

from bot.demo.errors import ApiError

MARKUP = InlineKeyboardMarkup([[InlineKeyboardButton("رد", callback_data="no")]])


async def test_an_edit_replaces_words_and_keyboard(tg, bot, group):
    sent = await bot.send_message(group.id, "پیش‌نویس", reply_markup=MARKUP)

    edited = await bot.edit_message_text("منتشر شد", group.id, sent.message_id)

    assert (edited.text, edited.reply_markup) == ("منتشر شد", None)
    assert tg.messages(group)[0].edited


async def test_the_same_again_is_not_modified(bot, group):
    sent = await bot.send_message(group.id, "x", reply_markup=MARKUP)

    with pytest.raises(BadRequest, match="specified new message content and reply markup are"):
        await sent.edit_text("x", reply_markup=MARKUP)
    with pytest.raises(BadRequest, match="not modified"):
        await sent.edit_reply_markup(MARKUP)


async def test_a_keyboard_changes_alone(bot, group):
    sent = await bot.send_message(group.id, "x", reply_markup=MARKUP)

    edited = await sent.edit_reply_markup(None)

    assert (edited.text, edited.reply_markup) == ("x", None)


async def test_captions_and_pictures_change(bot, group, png):
    sent = await bot.send_photo(group.id, png, caption="یک")

    captioned = await sent.edit_caption("دو")
    replaced = await sent.edit_media(InputMediaPhoto(png + b" ", caption="سه"))

    assert (captioned.caption, replaced.caption) == ("دو", "سه")
    assert replaced.photo[0].file_unique_id != sent.photo[0].file_unique_id


async def test_what_cannot_be_edited(bot, admin, group, png):
    foreign = await admin.send(group, "x")
    photo = await bot.send_photo(group.id, png)
    text = await bot.send_message(group.id, "y")

    for words, edit in [
        ("Message to edit not found", bot.edit_message_text("z", group.id, 99)),
        ("Message can't be edited", bot.edit_message_text("z", group.id, foreign.message_id)),
        ("There is no text in the message to edit", photo.edit_text("z")),
        ("There is no caption in the message to edit", text.edit_caption("z")),
        ("Message text is empty", text.edit_text(" ")),
        ("Message is too long", text.edit_text("ا" * 4097)),
        ("Message_id_invalid", bot.edit_message_text("z", inline_message_id="a")),
    ]:
        with pytest.raises(BadRequest, match=f"(?i){words}"):
            await edit


async def test_posts_of_others_need_the_right_to_edit(tg, bot, admin):
    channel = tg.add_channel("الف", "other_ch", [admin], bot_rights=["can_post_messages"])
    post = await admin.send(channel, "x")
    own = await bot.send_message(channel.id, "y")

    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("z", channel.id, post.message_id)
    assert (await own.edit_text("z")).text == "z"


async def test_a_deleted_message_is_gone_for_all_methods(tg, bot, channel):
    post = await bot.send_message(channel.id, "x")
    await post.delete()

    assert tg.messages(channel) == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await post.delete()
    with pytest.raises(BadRequest, match="Message to forward not found"):
        await post.forward(channel.id)


async def test_old_messages_of_its_own_need_the_right_to_delete(tg, bot, admin):
    private = admin.private()
    sent = await bot.send_message(private.id, "x")
    later = tg.now() + timedelta(hours=49).total_seconds()
    tg.now = lambda: later

    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await sent.delete()


async def test_messages_of_others_need_the_right_to_delete(tg, bot, admin):
    group = tg.add_group("ب", members=[admin], bot_rights=[])
    message = await admin.send(group, "x")

    with pytest.raises(BadRequest, match="Message can't be deleted"):
        await bot.delete_message(group.id, message.message_id)


async def test_many_are_deleted_at_once_and_missing_ones_skipped(tg, bot, group):
    ids = [(await bot.send_message(group.id, "x")).message_id for _ in range(3)]

    assert await bot.delete_messages(group.id, [*ids[:2], 99])
    assert [m.message_id for m in tg.messages(group)] == ids[2:]


async def test_a_pin_leaves_a_note_and_takes_an_id(tg, bot, channel):
    post = await bot.send_message(channel.id, "راهنما")
    assert await bot.pin_chat_message(channel.id, post.message_id)

    note = tg.messages(channel)[-1]
    assert (note.message_id, note.pinned_message.text) == (2, "راهنما")
    assert (await bot.get_chat(channel.id)).pinned_message.message_id == post.message_id
    assert await bot.pin_chat_message(channel.id, post.message_id)
    assert len(tg.messages(channel)) == 2


async def test_the_bot_hears_of_pins_its_own_too(bot, admin, channel):
    mine = await bot.send_message(channel.id, "راهنما")
    theirs = await admin.send(channel, "خبر")
    await mine.pin()
    await admin.pin(theirs)

    heard = [update.channel_post for update in await bot.get_updates()]

    assert [p.pinned_message and p.pinned_message.text for p in heard] == [None, "راهنما", "خبر"]
    assert channel.pinned == [mine.message_id, theirs.message_id]
    await admin.unpin(theirs)
    assert channel.pinned == [mine.message_id]


async def test_only_administrators_pin(tg, admin, channel):
    reader = tg.add_user("سارا")
    post = await admin.send(channel, "خبر")

    with pytest.raises(ApiError, match="CHAT_ADMIN_REQUIRED"):
        await reader.pin(post)


async def test_pins_are_taken_away(tg, bot, channel):
    posts = [await bot.send_message(channel.id, str(i)) for i in range(3)]
    for post in posts:
        await post.pin()

    await bot.unpin_chat_message(channel.id)
    assert channel.pinned == [post.message_id for post in posts if post is not posts[-1]]
    await posts[0].delete()
    assert channel.pinned == [posts[1].message_id]
    await bot.unpin_all_chat_messages(channel.id)
    assert channel.pinned == []


async def test_pinning_needs_its_right(tg, bot):
    channel = tg.add_channel("الف", "no_pins", bot_rights=["can_post_messages"])
    post = await bot.send_message(channel.id, "x")

    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages"):
        await post.pin()
    with pytest.raises(BadRequest, match="Not enough rights to manage pinned messages"):
        await bot.pin_chat_message(channel.id, 99)


async def test_the_bot_has_one_reaction(tg, bot, admin, group):
    message = await admin.send(group, "x")

    assert await bot.set_message_reaction(group.id, message.message_id, "👍")
    assert message.reactions[42] == [{"type": "emoji", "emoji": "👍"}]
    with pytest.raises(BadRequest, match="Reactions_too_many"):
        await bot.set_message_reaction(group.id, message.message_id, ["👍", "🔥"])


async def test_a_text_can_become_a_file(tg, bot, admin):
    chat = admin.private()
    sent = await bot.send_message(chat.id, "۱ از ۲")
    file = InputMediaDocument(b"# text", caption="تمام شد", filename="متن.md")

    edited = await bot.edit_message_media(file, chat.id, sent.message_id)

    assert (edited.text, edited.caption, edited.document.file_name) == (None, "تمام شد", "متن.md")
    assert tg.messages(chat)[-1].content.document.content == b"# text"
    with pytest.raises(BadRequest, match="no text in the message to edit"):
        await bot.edit_message_text("بازگشت", chat.id, sent.message_id)
