"""/sources from the admins' side: what it shows, and what its buttons do to polls and drafts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from zlib import crc32

import pytest

from bot.demo.records import Message
from bot.persian.typography import JOINER
from db import added_sources, asked, items, sources
from feeds import collect, reach
from handlers import sources as handler
from tests.newsroom import MORNING, Newsroom, buttons, newsroom

WRITTEN = """
[[rss]]
name = "first"
url = "$WEB/first.xml"
[[rss]]
name = "second"
url = "$WEB/second.xml"
"""
ADD = "/sources add "


def feed(*titles: str) -> bytes:
    """A feed with these items, the newest first."""
    entries = "".join(
        f"<item><title>{title}</title><link>https://example.org/{crc32(title.encode())}</link>"
        f"<pubDate>Sun, 22 Nov 2026 04:{20 - n:02}:00 GMT</pubDate></item>"
        for n, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>x</title>{entries}</channel></rss>'.encode()


@pytest.fixture
def open_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loopback counts as the open Internet, so that a feed of the stage can be added."""
    monkeypatch.setattr(reach, "public", lambda address: address.is_loopback)


@pytest.fixture
def pages() -> Iterator[dict[str, bytes]]:
    yield {"/first.xml": feed("One"), "/second.xml": feed("Two")}


@pytest.fixture
async def desk(tmp_path: Path, pages: dict[str, bytes]) -> AsyncIterator[Newsroom]:
    """A running peyk with two sources in its file; both have been read and gave a card."""
    async with newsroom(tmp_path, sources=WRITTEN, pages=pages) as room:
        await room.tg.wait_for(lambda: len(room.cards()) == 2)
        yield room


def seen(message: Message) -> str:
    """What a message says, without the joiners that keep its words from becoming links."""
    return (message.text or "").replace(JOINER, "")


async def ask(room: Newsroom, text: str = "/sources") -> Message:
    """The bot's answer to a command of Mina's, as a message with its buttons; cards are none."""
    sent = await room.mina.send(room.group, text)
    return await room.tg.wait_message(
        room.group, lambda m: m.message_id > sent.message_id and "چرا این" not in (m.text or "")
    )


async def open_page(room: Newsroom, name: str) -> Message:
    """The page of a source."""
    message = await ask(room)
    await room.mina.press(message, name)
    await room.says(message, "نشانی:")
    return message


async def add(room: Newsroom, what: str) -> Message:
    """Add a source by chat; the message that became its page."""
    sent = await room.mina.send(room.group, ADD + what)
    message = await room.tg.wait_message(
        room.group, lambda m: m.message_id > sent.message_id and "افزوده شود؟" in seen(m)
    )
    await room.mina.press(message, "افزودن")
    await room.says(message, "افزودهٔ مدیران")
    return message


# What is shown


async def test_the_list_says_how_each_source_is_doing(desk: Newsroom) -> None:
    del desk.web.pages["/second.xml"]
    await desk.mina.press(desk.card(1), "رد")
    await desk.once()
    desk.clock.forward(minutes=5)

    said = seen(await ask(desk))

    assert "✅ first" in said and "⚠️ second" in said
    assert said.count("۵ دقیقه پیش") == 2
    assert said.count("هفتهٔ اخیر: ۱ مطلب تازه، ۱ پیش‌نویس") == 2
    assert "تأیید: ۰ از ۱" in said and "هنوز تصمیمی" in said and "۱ خطای پیاپی" in said


async def test_a_page_shows_the_error_the_address_and_the_next_poll(desk: Newsroom) -> None:
    desk.web.pages["/second.xml"] = b"<html>no feed</html>"
    await desk.once()

    page = await open_page(desk, "second")

    assert "۱ خطای پیاپی" in seen(page) and "the answer is a web page" in seen(page)
    assert "/second.xml" in seen(page) and "نوبت بعدی: ۱ ساعت دیگر" in seen(page)
    assert not [e for e in page.entities if e.type in ("url", "text_link")]


async def test_a_long_list_has_pages_in_one_message(tmp_path: Path) -> None:
    entries = "".join(f'[[github]]\nrepo = "o/r{n}"\nurl = "$WEB/{n}"\n' for n in range(19))
    async with newsroom(tmp_path, sources=entries) as room:
        message = await ask(room)
        first = message.text
        await room.mina.press(message, "بعدی")
        await room.says(message, "صفحهٔ ۲ از ۳")
        await room.mina.press(message, "بعدی")
        await room.says(message, "صفحهٔ ۳ از ۳")

        assert "صفحهٔ ۱ از ۳" in (first or "") and "o/r7" in (first or "")
        assert [words.split()[-1] for words in buttons(message)[:3]] == ["o/r16", "o/r17", "o/r18"]


async def test_an_address_hides_passwords_and_keys(tmp_path: Path) -> None:
    secret = '[[rss]]\nname = "mine"\nurl = "http://me:pass@127.0.0.1:9/feed?key=hush"\n'
    async with newsroom(tmp_path, sources=secret) as room:
        page = await open_page(room, "mine")

        assert "/feed?…" in seen(page)
        assert "hush" not in seen(page) and "pass" not in seen(page)


# Adding


@pytest.mark.usefixtures("open_net")
async def test_a_feed_added_by_chat_gives_cards_without_a_restart(desk: Newsroom) -> None:
    desk.web.pages["/new.xml"] = feed("Three", "Four", "Five", "Six")

    message = await ask(desk, ADD + desk.web.url + "/new.xml")
    proposed = seen(message)
    await desk.mina.press(message, "افزودن")
    await desk.tg.wait_for(lambda: len(desk.cards()) == 5)

    assert [title in proposed for title in ("Three", "Four", "Five", "Six")] == [1, 1, 1, 0]
    assert any("Three" in (card.text or "") for card in desk.cards())


@pytest.mark.usefixtures("open_net")
async def test_an_address_sent_in_reply_is_proposed_also_after_a_restart(desk: Newsroom) -> None:
    desk.web.pages["/new.xml"] = feed("Three")
    asked = await ask(desk, "/sources add")
    await desk.restart()

    await desk.mina.send(desk.group, f"{desk.web.url}/new.xml", reply_to=asked)
    proposal = await desk.said(desk.group, "افزوده شود؟")
    await desk.restart()
    await desk.mina.press(proposal, "افزودن")
    await desk.says(proposal, "افزودهٔ مدیران")

    assert [one.entry["url"] for one in added_sources.find(desk.db)] == [f"{desk.web.url}/new.xml"]


async def test_the_button_asks_and_cancel_withdraws_the_question(desk: Newsroom) -> None:
    message = await ask(desk)
    await desk.mina.press(message, "افزودن منبع")
    question = await desk.said(desk.group, "نشانی منبع تازه را")

    assert await desk.ask(desk.mina, desk.group, "/cancel") == "لغو شد."
    await desk.mina.send(desk.group, "cs.CL", reply_to=question)
    assert await desk.ask(desk.mina, desk.group, "/cancel") == "کاری نیمه‌تمام نیست."
    assert desk.tg.messages(desk.group)[-1].text == "کاری نیمه‌تمام نیست."


@pytest.mark.usefixtures("open_net")
async def test_a_web_page_gives_way_to_the_feed_it_names(desk: Newsroom) -> None:
    link = b'<link rel="alternate" type="application/rss+xml" href="/new.xml">'
    desk.web.pages["/blog"] = b"<!doctype html><html><head>" + link + b"</head></html>"
    desk.web.pages["/new.xml"] = feed("Three")

    proposal = await ask(desk, f"{ADD}{desk.web.url}/blog")

    assert "/new.xml" in seen(proposal) and "Three" in seen(proposal)


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "http://169.254.169.254/latest", "http://[::1]:80/x", "http://10.0.0.1"],
)
async def test_a_private_address_is_refused_with_a_kind_word(room: Newsroom, address: str) -> None:
    said = await room.ask(room.mina, room.group, ADD + address)

    assert "شبکهٔ خصوصی" in said and "sources.toml" in said


async def test_the_operators_private_host_is_closed_to_addresses_from_chat(desk: Newsroom) -> None:
    desk.web.pages["/admin.xml"] = feed("Internal")

    said = await desk.ask(desk.mina, desk.group, f"{ADD}{desk.web.url}/admin.xml")

    assert "شبکهٔ خصوصی" in said and "Internal" not in said


@pytest.mark.usefixtures("open_net")
async def test_an_added_source_never_gains_the_operators_rights(
    desk: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.web.pages["/new.xml"] = feed("Three")
    await add(desk, f"{desk.web.url}/new.xml")
    monkeypatch.undo()  # from now on the name leads into a private network

    outcome = await desk.once()

    [error] = outcome.errors
    assert "lies in a private network" in error and "/new.xml" in error


@pytest.mark.parametrize(
    "what", ["ftp://e.example/x", "سلام", "https://me:pw@e.example/", "x" * 2000]
)
async def test_what_means_no_source_is_answered_with_examples(room: Newsroom, what: str) -> None:
    said = await room.ask(room.mina, room.group, ADD + what)

    assert "این را نشناختم" in said and "owner/repo" in said


async def test_what_is_read_already_is_not_added_again(desk: Newsroom) -> None:
    said = await desk.ask(desk.mina, desk.group, f"{ADD}{desk.web.url}/first.xml/")

    assert "از پیش دارم" in said and "first" in said


@pytest.mark.usefixtures("open_net")
async def test_two_proposals_of_one_feed_add_it_once(desk: Newsroom) -> None:
    desk.web.pages["/new.xml"] = feed("Three")
    one, two = [await ask(desk, f"{ADD}{desk.web.url}/new.xml") for _ in range(2)]

    await desk.mina.press(one, "افزودن")
    answer = await desk.arash.press(two, "افزودن")

    assert "از پیش دارم" in (answer.text or "")
    assert len(added_sources.find(desk.db)) == 1


@pytest.mark.usefixtures("open_net")
@pytest.mark.parametrize(
    ("path", "told"), [("/missing.xml", "پاسخ ۴۰۴"), ("/page.html", "فید نیست")]
)
async def test_what_cannot_be_read_is_told_in_persian(
    desk: Newsroom, path: str, told: str
) -> None:
    desk.web.pages["/page.html"] = b"<html><body>no feed here</body></html>"
    said = seen(await ask(desk, f"{ADD}{desk.web.url}{path}"))

    assert told in said and not re.search("[a-z]{3}", said.replace("Atom", ""))


async def test_a_site_that_does_not_exist_is_told_in_persian(
    desk: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(host: str, port: int) -> list[reach.Address]:
        raise reach.Unreachable(f"no address for {host}")

    monkeypatch.setattr(reach, "_resolve", nowhere)
    said = seen(await ask(desk, f"{ADD}https://github.example/feed"))

    assert "سایتی با این نام پیدا نشد" in said and not re.search("[a-z]{3}", said)


@pytest.mark.usefixtures("open_net")
async def test_feeds_of_one_name_are_told_apart(desk: Newsroom) -> None:
    for query in ("?f=a", "?f=b"):
        desk.web.pages["/new.xml"] = feed(f"Three {query[-1]}")
        await add(desk, f"{desk.web.url}/new.xml{query}")

    first, second = (one.name for one in added_sources.find(desk.db))
    assert second == f"{first} (2)"


@pytest.mark.usefixtures("open_net")
async def test_a_hostile_feed_stays_plain_text(desk: Newsroom) -> None:
    evil = "@evil_bot &lt;b&gt; https://evil.example /start #ad \u202e\n\u200fsecond line"
    desk.web.pages["/x.xml"] = feed(evil)

    proposal = await ask(desk, f"{ADD}{desk.web.url}/x.xml")
    [line] = [line for line in seen(proposal).split("\n") if "evil" in line]

    assert proposal.entities == () or not list(proposal.entities)
    assert "second line" in line and "\u202e" not in line


async def test_a_proposal_can_be_left(desk: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "public", lambda address: address.is_loopback)
    desk.web.pages["/new.xml"] = feed("Three")
    proposal = await ask(desk, f"{ADD}{desk.web.url}/new.xml")

    await desk.mina.press(proposal, "نمی‌خواهم")
    await desk.says(proposal, "افزوده نشد")
    answer = await desk.mina.press_data(proposal, "s:add:1")

    assert buttons(proposal) == [] and answer.show_alert
    assert added_sources.find(desk.db) == []


# Steering


async def test_a_muted_source_is_polled_no_more_and_loses_nothing(desk: Newsroom) -> None:
    page = await open_page(desk, "first")
    answer = await desk.mina.press(page, "بی‌صدا")
    await desk.says(page, "🔇")
    desk.web.pages["/first.xml"] = feed("Later", "One")
    desk.clock.forward(hours=1)
    await desk.once()
    while_muted = len(desk.cards())

    await desk.mina.press(page, "صدا بده")
    await desk.once()

    assert "چیزی پاک نشد" in (answer.text or "")
    assert [while_muted, len(desk.cards())] == [2, 3]
    assert "Later" in (desk.cards()[-1].text or "")


async def test_waiting_items_of_a_muted_source_are_kept_for_later(desk: Newsroom) -> None:
    desk.web.pages["/first.xml"] = feed("Waits")
    desk.peyk.parts.settings = type(desk.settings)(
        **{**vars(desk.peyk.parts.settings), "drafts_per_day": 2}
    )
    await desk.once()
    sources.mute(desk.db, "first", True)
    desk.clock.forward(days=1)

    await desk.once()
    assert (len(desk.cards()), items.counts(desk.db)["new"]) == (2, 1)
    sources.mute(desk.db, "first", False)
    await desk.once()

    assert "Waits" in (desk.cards()[-1].text or "")


@pytest.mark.parametrize(("raised", "order"), [("first", "BC"), ("second", "CB")])
async def test_a_raised_source_comes_first_and_the_card_says_why(
    desk: Newsroom, raised: str, order: str
) -> None:
    page = await open_page(desk, raised)
    await desk.mina.press(page, "وزن بیشتر")
    await desk.says(page, "۱ پله بالاتر")
    desk.web.pages |= {"/first.xml": feed("Item B"), "/second.xml": feed("Item C")}

    await desk.once()
    texts = [card.text or "" for card in desk.cards()[2:]]

    assert (
        "".join(letter for text in texts for letter in "BC" if f"Item {letter}" in text) == order
    )
    assert "۱ پله بالاتر برده‌اند" in texts[0] and "بالاتر برده‌اند" not in texts[1]


async def test_the_weight_has_ends(desk: Newsroom) -> None:
    page = await open_page(desk, "first")
    await desk.mina.press(page, "وزن کمتر")
    await desk.says(page, "۱ پله پایین‌تر")
    await desk.mina.press(page, "وزن کمتر")
    await desk.says(page, "۲ پله پایین‌تر")

    assert "وزن کمتر" not in buttons(page) and "وزن بیشتر" in buttons(page)
    await desk.mina.press_data(page, page.keyboard[1][0].callback_data.replace(":-1", ":-9"))
    assert sources.steering(desk.db)["first"].boost == -2


async def test_read_now_reads_one_source_and_says_what_came(desk: Newsroom) -> None:
    page = await open_page(desk, "first")
    desk.web.pages |= {"/first.xml": feed("Fresh"), "/second.xml": feed("Not yet")}

    await desk.mina.press(page, "بخوان")
    await desk.says(page, "۱ مطلب تازه.")
    again = await desk.mina.press(page, "بخوان")
    await desk.tg.wait_for(lambda: len(desk.cards()) == 3)

    assert "یک دقیقه" in (again.text or "")
    assert "Fresh" in (desk.cards()[-1].text or "")


async def test_a_source_that_does_not_answer_keeps_nobody_waiting(
    desk: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    page = await open_page(desk, "first")
    monkeypatch.setattr(collect, "collect", silent)
    monkeypatch.setattr(handler, "READ_PATIENCE", 0.01)

    await desk.mina.press(page, "بخوان")

    await desk.says(page, "no whole answer within 0.01 s")


async def test_a_source_gone_for_good_is_tried_again_on_wish(desk: Newsroom) -> None:
    [health] = sources.find(desk.db, ["first"])
    sources.save(desk.db, type(health)("first", health.url, retired=True, last_error="HTTP 410"))
    page = await open_page(desk, "first")
    before = page.text

    await desk.mina.press(page, "بخوان")
    await desk.says(page, "✅ first")

    assert "⛔️ first" in (before or "") and "برای همیشه" in (before or "")


# Removing


@pytest.mark.usefixtures("open_net")
async def test_a_removed_source_is_read_no_more_and_its_items_stay(desk: Newsroom) -> None:
    desk.web.pages["/new.xml"] = feed("Three")
    page = await add(desk, f"{desk.web.url}/new.xml")
    await desk.tg.wait_for(lambda: len(desk.cards()) == 3)
    known = sum(items.counts(desk.db).values())

    await desk.mina.press(page, "حذف")
    await desk.says(page, "حذف شود؟")
    await desk.mina.press(page, "بله، حذف شود")
    await desk.says(page, "📡 منابع")
    desk.web.pages["/new.xml"] = feed("Four")
    await desk.once()

    assert "new.xml" not in seen(page) and added_sources.find(desk.db) == []
    assert (sum(items.counts(desk.db).values()), len(desk.cards())) == (known, 3)


async def test_a_source_of_the_file_can_only_be_muted(desk: Newsroom) -> None:
    page = await open_page(desk, "first")
    assert "حذف" not in buttons(page)
    mute = page.keyboard[0][0].callback_data or ""

    answer = await desk.mina.press_data(page, mute.replace("mute", "drop"))

    assert answer.show_alert and "sources.toml" in (answer.text or "")


async def test_the_button_of_a_source_that_is_gone_leads_back_to_the_list(desk: Newsroom) -> None:
    message = await ask(desk)

    answer = await desk.mina.press_data(message, "s:mute:abcdef012345:1")

    assert answer.show_alert and "/sources" in (answer.text or "")
    assert sources.steering(desk.db) == {}


# Whose it is, and how long it lasts


async def test_somebody_elses_press_or_command_has_no_effect(desk: Newsroom) -> None:
    page = await open_page(desk, "first")

    for words in ("بی‌صدا", "وزن بیشتر", "بخوان"):
        answer = await desk.outsider.press(page, words)
        assert answer.show_alert and "فقط برای مدیران" in (answer.text or "")
    said = await desk.ask(desk.outsider, desk.group, ADD + "cs.CL")

    assert "فقط برای مدیران" in said
    assert sources.steering(desk.db) == {}


async def test_forged_data_is_answered_and_changes_nothing(desk: Newsroom) -> None:
    message = await ask(desk)

    for data in ("s:mute:x:1", "s:add:999", "s:list:999", "s:dropped:0", "s:boost:1:7", "s:"):
        assert await desk.mina.press_data(message, data)

    assert sources.steering(desk.db) == {} and added_sources.find(desk.db) == []


@pytest.mark.usefixtures("open_net")
async def test_a_restart_keeps_everything(desk: Newsroom) -> None:
    desk.web.pages["/new.xml"] = feed("Three")
    await add(desk, f"{desk.web.url}/new.xml")
    sources.mute(desk.db, "first", True)
    sources.boost(desk.db, "second", 2)
    await desk.restart()

    said = seen(await ask(desk))

    assert "🔇 first" in said and "second · ۲ پله بالاتر" in said and "/new.xml" in said


@pytest.mark.usefixtures("open_net")
async def test_one_pass_from_the_shell_reads_what_was_added_by_chat(desk: Newsroom) -> None:
    desk.web.pages["/new.xml"] = feed("Three")
    number = added_sources.propose(
        desk.db, {"kind": "rss", "url": f"{desk.web.url}/new.xml"}, desk.mina.id, MORNING
    )
    added_sources.confirm(desk.db, number, "by chat")
    await desk.stop()

    outcome = await desk.pass_alone()

    assert (outcome.new_items, outcome.offered, outcome.errors) == (1, 1, [])


async def test_a_poll_in_flight_does_not_undo_what_an_admin_decides(desk: Newsroom) -> None:
    [health] = sources.find(desk.db, ["first"])
    sources.mute(desk.db, "first", True)

    sources.save(desk.db, health)

    assert sources.steering(desk.db)["first"].muted


async def test_who_asks_to_be_forgotten_is_no_longer_named_as_the_adder(room: Newsroom) -> None:
    added_sources.propose(room.db, {"kind": "github", "repo": "a/b"}, room.mina.id, MORNING)
    question = await ask(room, "/sources add")

    await room.ask(room.mina, room.group, "/forget")

    [(adder,)] = room.db.execute("select added_by from added_sources").fetchall()
    assert adder != room.mina.id
    assert asked.get(room.db, question.chat.id, question.message_id) is None


async def test_an_address_behind_the_command_is_to_be_added(desk: Newsroom) -> None:
    assert "از پیش دارم" in await desk.ask(
        desk.mina, desk.group, f"/sources {desk.web.url}/first.xml"
    )
    assert "نشناختم" in await desk.ask(desk.mina, desk.group, "/sources چیزی")


async def test_an_address_sent_in_private_without_reply_is_taken(desk: Newsroom) -> None:
    private = desk.mina.private()
    await desk.ask(desk.mina, private, "/sources add")

    assert "از پیش دارم" in await desk.ask(desk.mina, private, f"{desk.web.url}/first.xml")
