"""Albums and polls that people send: each message an update, as Telegram tells them."""

from tests.pictures import png

PICTURE = png(100, 100)


async def test_each_picture_of_an_album_comes_with_the_albums_name(bot, admin, channel):
    sent = await admin.send_album(channel, [PICTURE, PICTURE, PICTURE], ["", "شرح #عکس"])

    posts = [update.channel_post for update in await bot.get_updates()]
    assert [post.message_id for post in posts] == [message.message_id for message in sent]
    assert len({post.media_group_id for post in posts}) == 1 and posts[0].media_group_id
    assert [post.caption for post in posts] == [None, "شرح #عکس", None]


async def test_a_quiz_of_somebody_else_keeps_its_answer_to_itself(bot, admin, channel):
    await admin.send_poll(channel, "کدام؟", ["الف", "ب"], correct=[1], explanation="چون ب")

    (update,) = await bot.get_updates()
    poll = update.channel_post.poll
    assert (poll.type, poll.question) == ("quiz", "کدام؟")
    assert (poll.correct_option_ids, poll.explanation) == ((), None)
