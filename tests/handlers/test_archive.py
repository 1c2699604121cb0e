"""Posts that people write in the channel by hand."""

from db import posts
from tests.newsroom import Newsroom


async def kept(room: Newsroom) -> list[dict[str, object]]:
    """The archive, once what was posted has been handled: an answer comes later."""
    await room.ask(room.reader, room.reader.private(), "/start")
    return posts.find(room.db)


async def test_a_post_by_hand_is_archived_with_its_tags(room: Newsroom) -> None:
    post = await room.mina.send(room.channel, "سلام 😀 #خبر #LLM و @someone")

    [row] = await kept(room)

    assert (row["message_id"], row["text"]) == (post.message_id, post.text)
    assert row["tags"] == ["#LLM", "#خبر"]
    assert row["url"] == f"https://t.me/peyk_ai/{post.message_id}"


async def test_an_edited_post_is_archived_as_it_stands_now(room: Newsroom) -> None:
    post = await room.mina.send(room.channel, "سلام #خبر")
    await kept(room)

    await room.arash.edit(post, "سلام دوباره #ابزار")
    [row] = await kept(room)

    assert (row["text"], row["tags"]) == ("سلام دوباره #ابزار", ["#ابزار"])


async def test_posts_of_other_channels_are_none_of_its_business(room: Newsroom) -> None:
    other = room.tg.add_channel("دیگری", "other_channel", admins=[room.mina])
    await room.mina.send(other, "تبلیغ #خبر")

    await room.mina.send(room.channel, "سلام")

    assert [row["text"] for row in await kept(room)] == ["سلام"]
