"""The buttons of /tags and their callback data, written and read back only here.

Callback data is ``tag:<act>:<number>[:<argument>]``, under Telegram's 64 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.tag_changes import What
from db.tags import Tag, TagKind, TagState, View
from handlers.texts import tags as words

_DATA = re.compile(r"tag:([a-z]+):(\d{1,18})(?::([a-z0-9-]{0,20}))?", re.ASCII)
_NONE = re.compile("")
_ARGUMENTS = {
    "list": re.compile("|".join(View)),
    "ask": re.compile("|".join(What)),
    "try": re.compile(
        rf"(?!unalias|kind)(?:{'|'.join(What)})|unalias-\d{{1,3}}|kind-[a-z]{{1,9}}"
    ),
}
PAGE = 16
"""Tags on a page, two in a row."""
ALIASES_SHOWN = 20


class Act(StrEnum):
    """What a button asks for; in brackets its number and argument."""

    HOME = "home"
    LIST = "list"
    """(the offset, a View)"""
    TAG = "tag"
    """(a tag)"""
    ASK = "ask"
    """(a tag, a What whose value an admin writes)"""
    KINDS = "kinds"
    NAMES = "names"
    TRY = "try"
    """(a tag, a What, with ``-`` and its value where it has one)"""
    DO = "do"
    """(the revision that was shown)"""
    UNDO = "undo"
    TAKE = "take"
    """(a proposed tag)"""
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press, read back."""

    act: Act
    number: int
    argument: str = ""


def read(data: object) -> Pressed | None:
    """What callback data says, or None when we never wrote it."""
    match = _DATA.fullmatch(data) if isinstance(data, str) else None
    if not match or match[1] not in set(Act):
        return None
    pressed = Pressed(Act(match[1]), int(match[2]), match[3] or "")
    return pressed if _ARGUMENTS.get(pressed.act, _NONE).fullmatch(pressed.argument) else None


def _button(text: str, act: Act, number: int = 0, argument: str = "") -> InlineKeyboardButton:
    data = f"tag:{act}:{number}" + (f":{argument}" if argument else "")
    return InlineKeyboardButton(text, callback_data=data)


def home(counts: Mapping[View, int], undo: int | None) -> InlineKeyboardMarkup:
    """The lists that hold something; and taking the last change back, at revision `undo`."""
    lists = [_button(words.VIEWS[view], Act.LIST, 0, view) for view in View if counts[view]]
    rows = [lists[at : at + 2] for at in range(0, len(lists), 2)]
    last = [[_button(words.UNDO, Act.UNDO, undo)]] if undo is not None else []
    return InlineKeyboardMarkup([*rows, *last])


def page(view: View, found: Sequence[Tag], offset: int, total: int) -> InlineKeyboardMarkup:
    """A list of tags, and the way to its other pages."""
    tags = [_button(words.tag_button(tag), Act.TAG, tag.id) for tag in found]
    rows = [tags[at : at + 2] for at in range(0, len(tags), 2)]
    turns = []
    if offset > 0:
        turns.append(_button(words.EARLIER, Act.LIST, max(0, offset - PAGE), view))
    if offset + PAGE < total:
        turns.append(_button(words.LATER, Act.LIST, offset + PAGE, view))
    return InlineKeyboardMarkup([*rows, turns, [_button(words.BACK, Act.HOME)]])


def tag(shown: Tag) -> InlineKeyboardMarkup:
    """What can be done with a tag."""
    asked = [
        _button(words.ASKED[what], Act.ASK, shown.id, what)
        for what in (What.RENAME, What.LABEL, What.ALIAS, What.MERGE)
    ]
    others = [_button(words.KIND, Act.KINDS, shown.id)]
    if shown.aliases:
        others.append(_button(words.NAMES, Act.NAMES, shown.id))
    ways = [What.SHOW if shown.hidden else What.HIDE]
    if shown.state is not TagState.OURS:
        ways.append(What.ADOPT)
    if shown.state is TagState.PROPOSED:
        ways = [What.ADOPT, What.REFUSE]
    last = [_button(words.DONE_WITH[what], Act.TRY, shown.id, what) for what in ways]
    back = [_button(words.BACK, Act.HOME)]
    return InlineKeyboardMarkup([asked[:2], asked[2:], others, last, back])


def kinds(shown: Tag) -> InlineKeyboardMarkup:
    """The kinds that a tag may be given."""
    ways = [
        [_button(words.KINDS[kind], Act.TRY, shown.id, f"{What.KIND}-{kind}")]
        for kind in (TagKind.SUBJECT, TagKind.TYPE, TagKind.SERIES)
    ]
    return InlineKeyboardMarkup([*ways, [_button(words.BACK, Act.TAG, shown.id)]])


def names(shown: Tag) -> InlineKeyboardMarkup:
    """The aliases that a tag may lose."""
    rows = [
        [_button(words.alias_button(name), Act.TRY, shown.id, f"{What.UNALIAS}-{at}")]
        for at, name in enumerate(shown.aliases[:ALIASES_SHOWN])
    ]
    return InlineKeyboardMarkup([*rows, [_button(words.BACK, Act.TAG, shown.id)]])


def preview(tag_id: int, revision: int) -> InlineKeyboardMarkup:
    """Do it, or not."""
    return InlineKeyboardMarkup(
        [[_button(words.DO, Act.DO, revision), _button(words.DO_NOT, Act.TAG, tag_id)]]
    )


def back_to(tag_id: int) -> InlineKeyboardMarkup:
    """Only the way back to a tag."""
    return InlineKeyboardMarkup([[_button(words.BACK, Act.TAG, tag_id)]])


def proposal(tag_id: int) -> InlineKeyboardMarkup:
    """What an admin may say to a tag that the model wants."""
    return InlineKeyboardMarkup(
        [
            [
                _button(words.TAKE, Act.TAKE, tag_id),
                _button(words.REFUSE, Act.REFUSE, tag_id),
            ],
            [_button(words.SAME_AS, Act.ASK, tag_id, What.MERGE)],
        ]
    )
