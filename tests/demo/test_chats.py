"""What python-telegram-bot learns about chats, members and itself."""

import httpx
import pytest
from telegram import BotCommand
from telegram.error import BadRequest


async def test_the_bot_knows_itself(bot):
    me = await bot.get_me()

    assert (me.id, me.username, me.is_bot) == (42, "peyk_bot", True)
    assert me.supports_inline_queries


async def test_a_chat_is_found_by_name_in_any_case(bot, channel):
    chat = await bot.get_chat("@PEYK_AI")

    assert (chat.id, chat.type, chat.active_usernames) == (channel.id, "channel", ("peyk_ai",))


async def test_a_group_tells_its_permissions(bot, group):
    assert (await bot.get_chat(group.id)).permissions.can_send_polls


async def test_members_and_their_rights(tg, bot, admin, channel):
    stranger = tg.add_user("غریبه")

    mine = await bot.get_chat_member(channel.id, 42)
    theirs = await bot.get_chat_member(channel.id, stranger.id)

    assert (mine.status, mine.can_post_messages, theirs.status) == ("administrator", True, "left")
    assert {m.user.id for m in await bot.get_chat_administrators(channel.id)} == {42, admin.id}
    assert await bot.get_chat_member_count(channel.id) == 2
    with pytest.raises(BadRequest, match="Participant_id_invalid"):
        await bot.get_chat_member(channel.id, 5)


async def test_private_chats_have_no_administrators(bot, admin):
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(admin.private().id)


async def test_a_bot_that_left_hears_nothing(tg, bot, admin, group):
    assert await bot.leave_chat(group.id)
    await admin.send(group, "x")

    assert await bot.get_updates() == ()


async def test_commands_and_descriptions_are_kept(bot):
    await bot.set_my_commands([BotCommand("start", "شروع")])
    await bot.set_my_description("خبر هوش مصنوعی")
    await bot.set_my_short_description("پیک")
    await bot.set_my_name("پیک نو")

    assert [c.command for c in await bot.get_my_commands()] == ["start"]
    assert (await bot.get_my_description()).description == "خبر هوش مصنوعی"
    assert (await bot.get_my_short_description()).short_description == "پیک"
    assert (await bot.get_my_name()).name == "پیک نو"
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()


async def test_commands_are_checked(bot):
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([BotCommand("شروع", "x")])


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bot42:TEST/getme", 200),
        ("/bot42:TEST/getEverything", 404),
        ("/bot43:TEST/getMe", 401),
        ("/botnonsense/getMe", 404),
        ("/file/bot42:TEST/photos/none.jpg", 404),
        ("/file/bot43:TEST/photos/none.jpg", 401),
    ],
)
async def test_addresses(tg, path, status):
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{tg.url}{path}")

    assert (answer.status_code, answer.json()["ok"]) == (status, status == 200)


async def test_parameters_come_in_any_encoding(tg, channel):
    address = f"{tg.url}/bot42:TEST/sendMessage"
    values = {"chat_id": str(channel.id), "text": "سلام"}
    async with httpx.AsyncClient() as client:
        answers = [
            await client.get(address, params=values),
            await client.post(address, data=values),
            await client.post(address, json={"chat_id": channel.id, "text": "سلام"}),
            await client.post(address, data=values, files={"unused": b"x"}),
        ]

    assert [answer.json()["result"]["message_id"] for answer in answers] == [1, 2, 3, 4]


async def test_broken_parameters_are_refused(tg, channel):
    address = f"{tg.url}/bot42:TEST/sendMessage"
    async with httpx.AsyncClient() as client:
        for body, words in [
            ({"content": b"[1]", "headers": {"Content-Type": "application/json"}}, "an Object"),
            ({"data": {"chat_id": channel.id, "text": "x", "entities": "{"}}, "entities JSON"),
            ({"data": {"text": "x"}}, "chat_id is empty"),
        ]:
            answer = await client.post(address, **body)
            assert answer.status_code == 400
            assert words in answer.json()["description"]


async def test_an_upload_past_the_limit_is_refused(tg, channel):
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"{tg.url}/bot42:TEST/sendDocument",
            data={"chat_id": channel.id},
            files={"document": bytes(50 * 1024 * 1024 + 1)},
        )

    assert answer.status_code == 413


async def test_a_channel_tells_of_its_discussion_group(tg, bot, channel, group):
    assert (await bot.get_chat(channel.id)).linked_chat_id is None
    tg.link(channel, group)

    assert (await bot.get_chat(channel.id)).linked_chat_id == group.id
    assert (await bot.get_chat(group.id)).linked_chat_id == channel.id
