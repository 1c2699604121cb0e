"""The buttons and the lists about merged and dropped items: what they carry, and that they fit."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from bot.channel.post import TEXT_LIMIT
from bot.persian.typography import units
from db.model import Item, Kind
from db.relations import Related
from handlers import story_keyboards as keyboards
from handlers.story_keyboards import Press, Pressed
from handlers.texts import stories as words

HUGE = 10**18 - 1
BAIT = "@evil https://evil.example/a.b #tag $X /cmd +98 912 345 6789 😀" * 9
RELATED = Related(
    *(HUGE, 1, 2, "same", ({"kind": "words", "words": [BAIT] * 5},), datetime.now(UTC)),
    undone=None,
    title=BAIT,
    source=BAIT,
    url="https://a.example/",
    merged=True,
    other_title=BAIT,
    other_source=BAIT,
)
DROPPED = Item("x", BAIT, Kind.NEWS, BAIT, "", "", reasons=({"kind": "expired", "days": 3},))


def data(rows: InlineKeyboardMarkup) -> list[str]:
    return [str(button.callback_data) for row in rows.inline_keyboard for button in row]


def test_every_button_is_read_back():
    pages = [
        keyboards.merges([RELATED] * 10, 10, more=True),
        keyboards.drops([replace(DROPPED, id=HUGE)] * 10, 10**8, more=True),
        keyboards.door(),
        InlineKeyboardMarkup(keyboards.on_card([RELATED], 7)),
    ]
    pressed = [keyboards.read(one) for page in pages for one in data(page)]

    assert {one.press for one in pressed if one} == set(Press) and None not in pressed
    assert Pressed(Press.APART_ON_CARD, HUGE, 7) in pressed
    assert all(len(one.encode()) <= 64 for page in pages for one in data(page))


@given(st.text(max_size=70) | st.sampled_from(["m:apart:1", "m:eat:1:1", "m:apart:-1:1", None]))
def test_what_we_never_wrote_is_nothing(text):
    assert keyboards.read(text) is None


def test_only_pages_that_exist_are_turned_to():
    first, middle = (keyboards.merges([], place, more=place == 10) for place in (0, 10))

    assert data(first) == ["m:drops:0:0"]
    assert data(middle) == ["m:merges:0:0", "m:merges:0:20", "m:drops:0:0"]


@pytest.mark.parametrize("merged", [True, False])
def test_the_longest_page_fits_a_message_and_what_is_foreign_in_it_is_harmless(merged):
    page = words.merges([replace(RELATED, merged=merged)] * 10, 991, 1000)

    assert units(page) <= TEXT_LIMIT and units(words.drops([DROPPED] * 10, 991)) <= TEXT_LIMIT
    assert "@evil" not in page and "https://" not in page and "#tag" not in page


def test_a_card_tells_of_three_and_counts_the_others():
    told = words.on_card([RELATED] * 5, None, None)

    assert told.count("🧩") == 3 and "و ۲ مورد دیگر" in told
    assert units(told) < 1500
