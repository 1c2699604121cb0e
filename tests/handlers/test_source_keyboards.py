"""The buttons of /sources: all can be read back, none is longer than Telegram takes."""

from dataclasses import replace

import pytest

from db.sources import MOST_BOOST
from feeds.sources import Source
from handlers import source_keyboards as keyboards
from handlers.keyboards import Star, read_star, star
from handlers.source_keyboards import Press

SOURCE = Source("نام بسیار بلند یک منبع " * 10, "rss", 3, url="https://e.example")
LARGEST = 10**18 - 1


def data(markup):
    """The data of every button."""
    return [button.callback_data for row in markup.inline_keyboard for button in row]


def every():
    """Every keyboard there is."""
    yield keyboards.listed([("label", SOURCE)], 1, 3)
    yield keyboards.proposal(LARGEST)
    yield keyboards.surely(SOURCE)
    for boost in range(-MOST_BOOST, MOST_BOOST + 1):
        for muted in (False, True):
            yield keyboards.source(replace(SOURCE, boost=boost, muted=muted, added=muted), 99)


def test_every_button_is_read_back_and_short_enough():
    told = [text for keyboard in every() for text in data(keyboard)]
    read = [keyboards.read(text) for text in told]

    assert {one.press for one in read} == set(Press)
    assert max(map(len, told)) <= 64
    assert {one.number for one in read if one.press is Press.ADD} == {LARGEST}
    steps = {one.argument for one in read if one.press is Press.BOOST}
    assert steps == set(range(-MOST_BOOST, MOST_BOOST + 1))


@pytest.mark.parametrize("text", [None, "", "s:", "s:mute", "s:none:1", "s:one:z", "s:add:1:22"])
def test_what_we_never_wrote_is_not_read(text):
    assert keyboards.read(text) is None


@pytest.mark.parametrize("starred", [True, False])
def test_a_star_is_read_back(starred):
    [text] = data(star(LARGEST, starred))
    assert read_star(text) == Star(LARGEST, not starred)
