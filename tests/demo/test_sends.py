"""What an unmodified python-telegram-bot gets when it sends."""

import pytest
from telegram import (
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden


async def test_a_text_arrives_with_its_formatting(tg, bot, channel):
    sent = await bot.send_message("@peyk_ai", "<b>پیک</b> #خبر", parse_mode="HTML")

    assert [e.type for e in sent.entities] == ["bold", "hashtag"]
    assert sent.sender_chat.id == channel.id
    assert [m.text for m in tg.messages(channel)] == ["پیک #خبر"]


async def test_explicit_entities_survive(bot, group):
    bold = MessageEntity("bold", 0, 3)

    sent = await bot.send_message(group.id, "پیک آمد", entities=[bold])

    assert (sent.entities[0].type, sent.entities[0].length) == ("bold", 3)
    assert sent.from_user.id == 42


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (" \n ", "Message text is empty"),
        ("ا" * 4097, "Message is too long"),
        ("🌍" * 2049, "Message is too long"),
        ("<b>x", "Can't parse entities: can't find end tag corresponding to start tag"),
        (
            "".join(f'<a href="https://example.org/{"x" * 90}">a</a> ' for _ in range(90)),
            "Entities_too_long",
        ),
    ],
)
async def test_texts_that_telegram_refuses(bot, group, text, words):
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(group.id, text, parse_mode="HTML")


async def test_length_counts_after_the_markup_is_read(bot, group):
    sent = await bot.send_message(group.id, "<b>" + "ا" * 4096 + "</b>", parse_mode="HTML")

    assert len(sent.text) == 4096


async def test_only_a_hundred_entities_are_kept(bot, group):
    sent = await bot.send_message(group.id, "<b>a</b> " * 120, parse_mode="HTML")

    assert len(sent.entities) == 100


async def test_a_chat_nobody_knows_is_not_found(bot):
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(-1009, "x")


async def test_a_stranger_must_write_first(tg, bot):
    person = tg.add_user("سارا")

    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(person.id, "x")

    await person.send(person.private(), "/start")
    assert (await bot.send_message(person.id, "سلام")).chat.type == "private"


async def test_a_person_who_blocked_the_bot_gets_nothing(bot, admin):
    await admin.send(admin.private(), "/start")
    await admin.block_bot()

    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(admin.id, "x")


async def test_ids_rise_by_one_per_channel_and_a_deleted_one_stays_a_gap(bot, channel, group):
    ids = [(await bot.send_message(channel.id, f"{i}")).message_id for i in range(3)]
    await bot.delete_message(channel.id, ids[-1])
    other = await bot.send_message(group.id, "x")
    after = await bot.send_message(channel.id, "x")

    assert (ids, other.message_id, after.message_id) == ([1, 2, 3], 1, 4)


async def test_private_chats_share_one_counter(tg, bot):
    people = [tg.add_user("الف"), tg.add_user("ب")]

    sent = [await bot.send_message(person.private().id, "x") for person in people]

    assert [message.message_id for message in sent] == [1, 2]


async def test_a_reply_knows_its_message(tg, bot, admin, group):
    question = await admin.send(group, "سؤال")

    answer = await bot.send_message(group.id, "جواب", reply_to_message_id=question.message_id)

    assert answer.reply_to_message.text == "سؤال"
    assert tg.messages(group)[-1].reply_to is question


async def test_a_reply_to_nothing_fails_unless_that_is_allowed(bot, group):
    gone = ReplyParameters(99)
    with pytest.raises(BadRequest, match="Message to be replied not found"):
        await bot.send_message(group.id, "x", reply_parameters=gone)

    gone = ReplyParameters(99, allow_sending_without_reply=True)
    sent = await bot.send_message(group.id, "x", reply_parameters=gone)
    assert sent.reply_to_message is None


async def test_a_reply_across_chats_is_external(bot, channel, group):
    post = await bot.send_message(channel.id, "پست")

    reply = ReplyParameters(post.message_id, chat_id=channel.id)
    sent = await bot.send_message(group.id, "x", reply_parameters=reply)

    assert sent.external_reply.message_id == post.message_id


def keyboard(**button):
    return InlineKeyboardMarkup([[InlineKeyboardButton("انتشار", **button)]])


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (keyboard(callback_data="ا" * 33), "Button_data_invalid"),
        (keyboard(url="http://localhost/x"), "Wrong HTTP URL"),
        (InlineKeyboardMarkup([[InlineKeyboardButton("x")]]), "Text buttons are unallowed"),
        (
            InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="y")]] * 101),
            "Reply markup is too long",
        ),
    ],
)
async def test_keyboards_that_telegram_refuses(bot, group, markup, words):
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(group.id, "x", reply_markup=markup)


async def test_a_keyboard_is_kept_and_long_rows_are_wrapped(tg, bot, group):
    row = [InlineKeyboardButton(str(i), callback_data="ا" * 32) for i in range(9)]

    sent = await bot.send_message(group.id, "x", reply_markup=InlineKeyboardMarkup([row]))

    assert [len(row) for row in sent.reply_markup.inline_keyboard] == [8, 1]
    assert tg.messages(group)[-1].keyboard[1][0].text == "8"


async def test_other_keyboards_do_not_come_back(tg, bot, group):
    forced = await bot.send_message(group.id, "x", reply_markup=ForceReply())
    shown = await bot.send_message(group.id, "x", reply_markup=ReplyKeyboardMarkup([["a"]]))

    assert forced.reply_markup is None
    assert shown.reply_markup is None
    assert tg.messages(group)[0].markup["force_reply"] is True


async def test_link_preview_options_come_back(bot, group):
    off = LinkPreviewOptions(is_disabled=True)

    sent = await bot.send_message(group.id, "https://a.org/", link_preview_options=off)

    assert sent.link_preview_options.is_disabled


async def test_a_photo_has_its_size_and_can_be_sent_again_by_id(bot, group, png):
    first = await bot.send_photo(group.id, png, caption="<i>شکل</i>", parse_mode="HTML")
    again = await bot.send_photo(group.id, first.photo[-1].file_id)

    assert (first.photo[0].width, first.photo[0].height) == (32, 16)
    assert first.caption_entities[0].type == "italic"
    assert again.photo[0].file_unique_id == first.photo[0].file_unique_id


@pytest.mark.parametrize(
    ("photo", "words"),
    [
        (b"%PDF-1.7", "Image_process_failed"),
        ("https://example.org/a.png", "Failed to get http url content"),
        ("AgACnonsense", "Wrong file identifier"),
    ],
)
async def test_photos_that_telegram_refuses(bot, group, photo, words):
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_photo(group.id, photo)


async def test_a_caption_is_shorter_than_a_text(bot, group, png):
    assert (await bot.send_photo(group.id, png, caption="ا" * 1024)).caption == "ا" * 1024
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(group.id, png, caption="ا" * 1025)


async def test_an_album_is_one_group_of_messages(tg, bot, group, png):
    media = [InputMediaPhoto(png, caption="یک"), InputMediaPhoto(png)]

    sent = await bot.send_media_group(group.id, media)

    assert len({message.media_group_id for message in sent}) == 1
    assert [m.caption for m in tg.messages(group)] == ["یک", None]


async def test_an_album_does_not_mix_files_and_pictures(bot, group, png):
    with pytest.raises(BadRequest, match="can't be mixed"):
        await bot.send_media_group(group.id, [InputMediaPhoto(png), InputMediaDocument(b"x")])


async def test_the_bot_needs_its_rights_in_a_channel(tg, bot):
    reader = tg.add_channel("الف", "reader_ch", bot_rights=["can_edit_messages"])
    with pytest.raises(BadRequest, match="Not enough rights to send text messages"):
        await bot.send_message(reader.id, "x")

    reader.members[42].status = "member"
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message(reader.id, "x")

    reader.members[42].status = "kicked"
    with pytest.raises(Forbidden, match="bot was kicked from the channel chat"):
        await bot.send_message(reader.id, "x")


async def test_typing_and_drafts_reach_the_page(tg, bot, admin):
    await bot.send_chat_action(admin.private().id, "typing")
    await bot.send_message_draft(admin.id, 7, "در حال نوشتن")

    kinds = [event.change.kind for event in tg.events.after(0)]
    assert kinds == ["typing", "draft"]
    assert tg.events.after(0)[-1].change.details["can_stop"] is False
    with pytest.raises(BadRequest, match="Message is too long"):
        await bot.send_message_draft(admin.id, 7, "آ" * 4097)
    with pytest.raises(BadRequest, match=r"(?i)random_id_invalid"):
        await bot.send_message_draft(admin.id, 0, "x")
    with pytest.raises(BadRequest, match="Wrong parameter action"):
        await bot.send_chat_action(admin.id, "dancing")
