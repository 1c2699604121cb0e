"""Telegram Desktop's exports, whole, cut, strange and hostile: read by and by."""

import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadExport
from bot.persian.typography import units
from db.model import Post
from feeds import export
from feeds.export import Channel, Pinned, Skipped, convert, read, together

TEHRAN = ZoneInfo("Asia/Tehran")
CHANNEL = {"name": "پیک", "type": "public_channel", "id": 1500000001}
MESSAGE = {
    "id": 7,
    "type": "message",
    "date": "2024-08-03T10:15:00",
    "date_unixtime": "1722680100",
    "text": "سلام",
    "text_entities": [{"type": "plain", "text": "سلام"}],
}


def events(content):
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    return list(read(io.StringIO(text)))


def post(**fields):
    made = convert(MESSAGE | fields, -1001500000001, TEHRAN, lambda n: f"https://t.me/x/{n}")
    assert isinstance(made, Post)
    return made


def refused(content):
    with pytest.raises(BadExport) as error:
        events(content)
    return str(error.value)


# The file


def test_the_export_of_one_channel_is_its_header_and_its_messages():
    header, *messages = events(CHANNEL | {"messages": [MESSAGE, MESSAGE | {"id": 8}]})

    assert header == Channel(-1001500000001, "پیک", "public_channel", alone=True)
    assert header.is_channel and [m["id"] for m in messages] == [7, 8]


def test_the_export_of_an_account_holds_many_chats():
    group = {"name": "گروه", "type": "private_supergroup", "id": 5, "messages": [MESSAGE]}
    about = {"personal_information": {"bio": ["[", "{"]}, "contacts": {"list": [1]}}
    found = events(about | {"chats": {"about": "", "list": [group, CHANNEL | {"messages": []}]}})

    assert [(e.id, e.alone) for e in found if isinstance(e, Channel)] == [
        (-1005, False),
        (-1001500000001, False),
    ]
    assert not found[0].is_channel and found[1] == MESSAGE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1, character 1: this is no export"),
        ("<html>", "this is no export"),
        ("[]", "this is no export"),
        ("{}", "there are no messages"),
        ('{"name": "x"}', "there are no messages"),
        ('{"messages": []}', "the chat has no id"),
        ('{"id": "5", "messages": []}', "the chat has no id"),
        ('{"id": 5, "messages": {}}', "[ is missing"),
        ('{"id": 5,\n"messages": [{"id": 1},\n {"id": tru}]}', "line 3, character 43: no JSON"),
        ('{"id": 5, "messages": [{"id": 1} {"id": 2}]}', ", or ] is missing"),
        ('{"id": 5, "messages": [{"id": 1}', "the file ends too early"),
        ('{"id": 5, "messages": [{"text": "ab', "the file ends too early"),
        ('{"id": 5, "messages": [' + "[" * 100_000, "no JSON that Telegram writes"),
        ('{"id": 5, "messages": [' + "9" * 5000 + "]}", "no JSON that Telegram writes"),
    ],
)
def test_what_is_no_export_is_refused_with_the_place(content, said):
    assert said in refused(content)


def test_a_value_too_large_for_a_message_ends_it(monkeypatch):
    monkeypatch.setattr(export, "LARGEST_VALUE", 1 << 16)

    assert "too large" in refused(CHANNEL | {"messages": [MESSAGE | {"text": "ا" * 400_000}]})


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "x").write_bytes(b'{"name": "\xff\xfe"}')

    with (tmp_path / "x").open(encoding="utf-8") as file, pytest.raises(BadExport, match="UTF-8"):
        list(read(file))


@given(st.integers(1, 40), st.lists(st.text(max_size=30), max_size=4))
def test_it_does_not_matter_where_the_file_is_cut_into_chunks(chunk, texts):
    messages = [MESSAGE | {"id": n + 1, "text": text} for n, text in enumerate(texts)]
    whole = json.dumps(CHANNEL | {"x": [1, -2.5, None, True], "messages": messages}, indent=1)

    class Slow(io.StringIO):
        def read(self, size=-1):
            return super().read(min(size, chunk))

    assert list(read(Slow(whole)))[1:] == messages


# The messages


@pytest.mark.parametrize("entities", [True, False])
def test_entities_are_the_bot_apis_with_utf16_places(entities):
    parts = [
        {"type": "bold", "text": "😀 عنوان"},
        "\nو ",
        {"type": "text_link", "text": "پیوند", "href": "https://x.org"},
        {"type": "pre", "text": "a=1", "language": "python"},
        {"type": "link", "text": "x.org"},
        {"type": "blockquote", "text": "نقل", "collapsed": True},
        {"type": "mention_name", "text": "مینا", "user_id": 5},
        {"type": "bank_card", "text": "1234"},
        {"type": "hashtag", "text": "#خبر"},
    ]
    listed = [p if isinstance(p, dict) else {"type": "plain", "text": p} for p in parts]
    fields = {"text_entities": listed} if entities else {"text_entities": [], "text": parts}
    made = post(**fields)

    encoded = made.text.encode("utf-16-le")
    told = [
        (e["type"], encoded[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le"))
        for e in made.entities
    ]
    assert told == [
        ("bold", "😀 عنوان"),
        ("text_link", "پیوند"),
        ("pre", "a=1"),
        ("url", "x.org"),
        ("expandable_blockquote", "نقل"),
        ("text_mention", "مینا"),
        ("hashtag", "#خبر"),
    ]
    assert made.entities[1]["url"] == "https://x.org"
    assert made.entities[2]["language"] == "python"


def test_the_moment_is_the_unix_time_and_local_time_only_without_it():
    assert post().published == datetime(2024, 8, 3, 10, 15, tzinfo=UTC)
    old = {key: value for key, value in MESSAGE.items() if key != "date_unixtime"}
    made = convert(old, -1, TEHRAN, str)

    assert made.published == datetime(2024, 8, 3, 6, 45, tzinfo=UTC)


def test_what_surrounds_the_text_is_kept():
    made = post(
        edited_unixtime="1722680200",
        reply_to_message_id=3,
        forwarded_from="کانال دیگر",
        photo="photos/1.jpg",
    )

    assert (made.kind, made.reply_to, made.forwarded) == ("photo", 3, "کانال دیگر")
    assert made.edited == datetime(2024, 8, 3, 10, 16, 40, tzinfo=UTC)
    assert (made.url, made.origin) == ("https://t.me/x/7", "import")
    assert post(reply_to_message_id=3, reply_to_peer_id="channel5").reply_to is None
    assert post(forwarded_from=None).forwarded == "?"


def test_a_poll_is_its_question_and_its_options():
    answers = [{"text": "یک", "voters": 3}, {"text": [{"type": "plain", "text": "دو"}]}]
    made = post(text="", text_entities=[], poll={"question": "کدام؟", "answers": answers})

    assert (made.kind, made.poll) == ("poll", {"question": "کدام؟", "options": ["یک", "دو"]})


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (None, "without an id"),
        ([], "without an id"),
        ({"id": True}, "without an id"),
        ({"id": -5}, "without an id"),
        (MESSAGE | {"id": 2**40}, "without an id"),
        (MESSAGE | {"type": "service", "action": "create_channel"}, export.SERVICE),
        (MESSAGE | {"type": "unsupported"}, "of a kind this peyk does not know"),
        (MESSAGE | {"date_unixtime": "9" * 30, "date": "x"}, "without a date"),
        (MESSAGE | {"date_unixtime": None, "date": 5}, "without a date"),
        (MESSAGE | {"text_entities": None, "text": {"a": 1}}, "without content"),
        (MESSAGE | {"text_entities": [{"type": "plain", "text": "ا" * 50_000}]}, "longer"),
    ],
)
def test_what_is_no_post_is_skipped_with_the_reason(raw, why):
    skipped = convert(raw, -1, TEHRAN, str)

    assert isinstance(skipped, Skipped) and skipped.why.startswith(why)


def test_a_pin_is_told_by_its_note():
    note = {"id": 9, "type": "service", "action": "pin_message", "message_id": 7}

    assert convert(note, -1, TEHRAN, str) == Pinned(9, 7)


def test_what_no_database_can_keep_is_replaced():
    made = post(text_entities=[{"type": "plain", "text": "a\x00b\ud800c"}])

    assert made.text == "a\ufffdb\ufffdc"
    made.text.encode("utf-8")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
FIELDS = (
    *("id", "type", "date", "date_unixtime", "edited_unixtime", "text", "text_entities", "poll"),
    *("media_type", "photo", "reply_to_message_id", "forwarded_from", "action", "message_id"),
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_message_is_a_post_or_is_skipped(fields):
    made = convert(MESSAGE | fields, -1, TEHRAN, str)

    assert isinstance(made, Post | Skipped | Pinned)
    if isinstance(made, Post):
        made.text.encode("utf-8")
        assert all(e["offset"] + e["length"] <= units(made.text) for e in made.entities)


# Albums


def albums(*messages):
    return [made.album for made in together(post(**fields) for fields in messages)]


def picture(number, **fields):
    plain = {"id": number, "photo": "p.jpg", "text": "", "text_entities": []}
    return plain | fields


CAPTION = {"text_entities": [{"type": "plain", "text": "شرح"}]}


def test_pictures_of_one_second_with_one_caption_are_an_album():
    assert albums(picture(1), picture(2, **CAPTION), picture(3)) == ["export:1"] * 3
    assert albums(picture(1), picture(2, date_unixtime="1722680101")) == ["", ""]
    assert albums(picture(1, **CAPTION), picture(2, **CAPTION)) == ["", ""]
    assert albums(picture(1), {"id": 2}, picture(3)) == ["", "", ""]
    assert albums(picture(1), picture(2, photo=None, media_type="sticker")) == ["", ""]
    assert albums(picture(1), picture(2, forwarded_from="دیگری")) == ["", ""]


def test_an_album_has_ten_messages_at_most():
    found = albums(*(picture(number) for number in range(1, 13)))

    assert found == ["export:1"] * 10 + ["export:11"] * 2


@pytest.mark.parametrize(
    ("name", "posts", "pins", "skipped"),
    [("data_ml.result.json", 19, 0, 0), ("trantor_library.result.json", 908, 14, 2)],
)
def test_recorded_exports_are_read_whole(shared, name, posts, pins, skipped):
    with (shared / "export" / name).open(encoding="utf-8-sig") as file:
        _, *messages = read(file)
    records = list(together(convert(raw, -1, UTC, str) for raw in messages))

    kinds = [type(record) for record in records]
    counts = (kinds.count(Post), kinds.count(Pinned), kinds.count(Skipped))
    assert counts == (posts, pins, skipped)
