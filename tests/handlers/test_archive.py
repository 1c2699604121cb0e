"""Posts that people write in the channel by hand."""

from bot.demo.records import Message
from db import posts
from db.model import Post
from tests.newsroom import Newsroom
from tests.pictures import png


async def kept(room: Newsroom) -> list[dict[str, object]]:
    """The archive, once what was posted has been handled: an answer comes later."""
    await room.ask(room.reader, room.reader.private(), "/start")
    return posts.find(room.db)


async def test_a_post_by_hand_is_archived_with_its_tags(room: Newsroom) -> None:
    post = await room.mina.send(room.channel, "سلام 😀 #خبر #LLM و @someone")

    [row] = await kept(room)

    assert (row["message_id"], row["text"]) == (post.message_id, post.text)
    assert row["tags"] == ["#خبر", "#مدل_زبانی"]
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


async def archived(room: Newsroom, message: Message) -> Post:
    """The post that the archive has of a message."""
    await kept(room)
    post = posts.by_message(room.db, room.channel.id, message.message_id)
    assert post
    return post


async def test_an_album_is_one_post_whichever_message_has_the_caption(room: Newsroom) -> None:
    first, *_, last = await room.mina.send_album(
        room.channel, [png(100, 100)] * 3, ["", "شرح #خبر"]
    )

    post = await archived(room, last)
    assert (post.message_id, post.kind, post.tags) == (first.message_id, "album", ("خبر",))
    assert post.text == "شرح #خبر" and posts.count(room.db) == 1


async def test_an_edit_of_one_picture_changes_the_albums_text(room: Newsroom) -> None:
    first, second = await room.mina.send_album(room.channel, [png(100, 100)] * 2, ["یک"])
    await kept(room)

    await room.mina.edit(second, "دو")
    post = await archived(room, first)

    assert post.text == "یک\n\nدو" and post.edited


async def test_a_quiz_is_archived_with_its_question(room: Newsroom) -> None:
    quiz = await room.mina.send_poll(room.channel, "کدام؟", ["الف", "ب"], correct=[1])

    post = await archived(room, quiz)
    assert (post.kind, post.title) == ("quiz", "کدام؟")
    assert post.poll == {"question": "کدام؟", "options": ["الف", "ب"]}


async def test_replies_and_forwards_say_of_what(room: Newsroom) -> None:
    other = room.tg.add_channel("دیگری", "other_channel", admins=[room.mina])
    news = await room.mina.send(other, "خبر")
    first = await room.mina.send(room.channel, "سلام")
    reply = await room.mina.send(room.channel, "دنباله", reply_to=first)
    forwarded = await room.mina.forward(news, room.channel)

    assert (await archived(room, reply)).reply_to == first.message_id
    assert (await archived(room, forwarded)).forwarded == "دیگری"


async def test_a_pin_is_noted_and_its_note_is_no_post(room: Newsroom) -> None:
    post = await room.mina.send(room.channel, "سلام")

    await room.mina.pin(post)

    assert (await archived(room, post)).pinned and posts.count(room.db) == 1


async def test_an_edit_by_hand_leaves_a_post_of_peyk_its_draft(room: Newsroom) -> None:
    card = await room.offer()
    await room.mina.press(card, "انتشار")
    [sent] = await room.posts(1)

    await room.mina.edit(sent, "متن تازه #ابزار")
    post = await archived(room, sent)

    assert (post.draft_id, post.origin, post.tags) == (1, "peyk", ("ابزار",))


async def test_files_are_archived_under_their_captions(room: Newsroom) -> None:
    file = await room.mina.send_file(room.channel, "x.pdf", b"%PDF", caption="کتاب #کتاب")
    bare = await room.mina.send_photo(room.channel, png(100, 100))

    assert (await archived(room, file)).kind == "document"
    assert ((await archived(room, bare)).kind, (await archived(room, bare)).title) == ("photo", "")
