"""Buttons and what they carry."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardMarkup

from db.model import Draft, Kind, State
from handlers import keyboards
from handlers.keyboards import Press

TEHRAN = ZoneInfo("Asia/Tehran")
DRAFT = Draft(
    item_id=1, kind=Kind.NEWS, title="ع", body="م", state=State.OFFERED, id=12, version=3
)
HUGE = replace(DRAFT, id=10**18 - 1, version=10**9 - 1)


def words(keyboard: InlineKeyboardMarkup | None) -> list[list[str]]:
    return [[b.text for b in row] for row in keyboard.inline_keyboard] if keyboard else []


def data(keyboard: InlineKeyboardMarkup | None) -> list[str]:
    rows = keyboard.inline_keyboard if keyboard else ()
    return [str(button.callback_data) for row in rows for button in row]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.DRAFTED, [["انتشار", "زمان‌بندی"], ["ویرایش", "بازنویسی", "رد"], ["منبع جمله‌ها"]]),
        (State.OFFERED, [["انتشار", "زمان‌بندی"], ["ویرایش", "بازنویسی", "رد"], ["منبع جمله‌ها"]]),
        (State.REWRITING, []),
        (State.APPROVED, [["لغو زمان‌بندی"]]),
        (State.SENDING, []),
        (State.UNCERTAIN, []),
        (State.SENT, []),
        (State.FAILED, []),
        (State.REJECTED, [["تکراری", "نامرتبط", "کم‌اهمیت", "متن بد"], ["برگرداندن"]]),
    ],
)
def test_each_state_offers_its_buttons(state: State, expected: list[list[str]]) -> None:
    assert words(keyboards.card(replace(DRAFT, state=state))) == expected


def all_keyboards(draft: Draft) -> list[InlineKeyboardMarkup | None]:
    slots = [datetime(2026, 11, 22, 9, tzinfo=UTC) + timedelta(hours=n) for n in range(4)]
    cards = [keyboards.card(replace(draft, state=state)) for state in State]
    return [
        *cards,
        keyboards.card(draft, [draft, draft], too_long=True),
        keyboards.times(draft, slots, TEHRAN, [draft, draft]),
        keyboards.directions(draft),
        keyboards.doubt(draft.id, draft.version),
        InlineKeyboardMarkup(keyboards.to_open([draft])),
        keyboards.replaced(draft.id, draft.version),
    ]


def test_every_button_is_read_back_with_its_draft_and_version() -> None:
    told = [keyboards.read(text) for one in all_keyboards(DRAFT) for text in data(one)]

    assert all(pressed and (pressed.draft_id, pressed.version) == (12, 3) for pressed in told)
    assert {pressed.press for pressed in told if pressed} == set(Press)


def test_no_button_carries_more_than_telegram_takes() -> None:
    longest = max(len(text.encode()) for one in all_keyboards(HUGE) for text in data(one))

    assert longest <= 64


def test_a_button_for_a_thread_carries_what_was_seen_of_it() -> None:
    thread = [DRAFT, replace(DRAFT, version=4)]
    slot = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)

    [now] = [
        one
        for one in map(keyboards.read, data(keyboards.card(DRAFT, thread)))
        if one and (one.press is keyboards.Press.TOGETHER)
    ]
    then = keyboards.read(data(keyboards.times(DRAFT, [slot], TEHRAN, thread))[1])

    assert (now.edition, now.argument) == (keyboards.edition(thread), "7")
    assert then and (then.edition, then.moment) == ("7", slot)


def test_a_thread_with_one_open_part_has_no_button_for_all() -> None:
    thread = [DRAFT, replace(DRAFT, state=State.SENT), replace(DRAFT, state=State.REJECTED)]

    assert keyboards.card(DRAFT, thread) == keyboards.card(DRAFT)


def test_a_slot_button_carries_its_moment() -> None:
    slot = datetime(2026, 11, 22, 5, 30, tzinfo=UTC)

    [first, *_] = data(keyboards.times(DRAFT, [slot], TEHRAN))
    pressed = keyboards.read(first)

    assert pressed and (pressed.press, pressed.moment) == (Press.SLOT, slot)


@pytest.mark.parametrize(
    "told",
    [
        *(None, 7, "", "d", "d:pub", "d:pub:1", "d:pub:1:", "d:pub::1", "x:pub:1:1", "D:pub:1:1"),
        *("d:pub:1:1:", "d:pub:1:1:a:b", "d:pub:1:1\n", " d:pub:1:1", "d:pub:-1:1", "d:pub:1:1.0"),
        *("d:pub:۱:۱", "d:slot:1:1", "d:slot:1:1:abcdef", "d:slot:1:1:12345", "d:slot:1:1:۱۲۳۴۵۶"),
        *("d:PUB:1:1", "d:press:1:1", "d:pub:" + "9" * 19 + ":1", "d:slot:1:1:9999999999"),
    ],
)
def test_what_we_never_wrote_is_not_read(told: object) -> None:
    assert keyboards.read(told) is None


@given(st.text(max_size=64))
def test_reading_never_fails(told: str) -> None:
    pressed = keyboards.read(told)

    assert pressed is None or told.startswith(f"d:{pressed.press}:")


@given(st.from_regex(r"d:slot:[0-9]{1,18}:[0-9]{1,9}:[0-9]{6,9}", fullmatch=True))
def test_every_slot_that_is_read_is_a_moment(told: str) -> None:
    pressed = keyboards.read(told)

    assert pressed and pressed.moment.tzinfo is UTC
