"""The buttons of /toc and their callback data, written and read back only here.

``t:r`` the sections; ``t:c:<section>:<page>`` a section's tags or series;
``t:p:<shelf>:<way>:<key>:<page>`` a page of posts; ``t:n`` nothing. A shelf is ``12`` (a tag),
``s3`` (a series), ``w29800000`` (the week that ended at this minute of the epoch), ``a`` (all).
At most 50 bytes of Telegram's 64. Deep links name shelves in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from db.guide import Page, Shelf
from handlers.texts import toc as words

_SHELF = r"(?:s?\d{1,12}|w\d{1,9}|a)"
_PLACE = re.compile(
    rf"t:(?:r|n|c:(?P<section>type|subject|series):(?P<at>\d{{1,6}})"
    rf"|p:(?P<shelf>{_SHELF}):(?P<way>[fbal]):(?P<key>\d{{1,18}}):(?P<page>\d{{1,9}}))",
    re.ASCII,
)
_LINK = re.compile(rf"toc(?:_(?P<shelf>{_SHELF}))?", re.ASCII)
_WAYS = {"f": "first", "b": "before", "a": "after", "l": "last"}
_KINDS = {"s": "series", "w": "week", "a": "all"}

ROOT, NOTHING = "t:r", "t:n"
IN_ROW = 2


@dataclass(frozen=True, slots=True)
class Place:
    """Where a press leads: to a section (`section`, `number`), to a page of a `shelf`, or to the
    sections (neither)."""

    section: str = ""
    number: int = 1
    shelf: Shelf | None = None
    way: str = "first"
    key: int = 0


def read(data: object) -> Place | None:
    """Where callback data leads, or None when we never wrote it (or it leads nowhere)."""
    match = _PLACE.fullmatch(data) if isinstance(data, str) else None
    if not match or data == NOTHING:
        return None
    if match["section"]:
        return Place(match["section"], int(match["at"]))
    if match["shelf"]:
        shelf = _shelf(match["shelf"])
        return Place("", int(match["page"]), shelf, _WAYS[match["way"]], int(match["key"]))
    return Place()


def read_link(parameter: str) -> Place | None:
    """Where a deep link leads (``/start toc_12``), or None when it is none of ours."""
    match = _LINK.fullmatch(parameter)
    if not match:
        return None
    return Place(shelf=_shelf(match["shelf"])) if match["shelf"] else Place()


def shelf_name(shelf: Shelf) -> str:
    """A shelf as buttons and deep links name it."""
    if shelf.kind == "all":
        return "a"
    return f"{'' if shelf.kind == 'tag' else shelf.kind[0]}{shelf.id}"


def _shelf(name: str) -> Shelf:
    if name == "a":
        return Shelf("all")
    if name[0].isdigit():
        return Shelf("tag", int(name))
    return Shelf(_KINDS[name[0]], int(name[1:]))


def sections(counts: Sequence[tuple[str, int]], posts: int, untagged: int) -> InlineKeyboardMarkup:
    """The sections that hold something, all posts, and those without a tag."""
    rows = [
        [_button(words.section_button(name, count), f"t:c:{name}:1")]
        for name, count in counts
        if count
    ]
    rows.append([_shelf_button(words.all_button(posts), Shelf("all"))])
    if untagged:
        rows.append([_shelf_button(words.untagged_button(untagged), Shelf("tag", 0))])
    return InlineKeyboardMarkup(rows)


def section(
    name: str, entries: Sequence[tuple[str, Shelf]], page: int, pages: int
) -> InlineKeyboardMarkup:
    """A page of a section's tags or series, and the ways on and back."""
    buttons = [_shelf_button(label, shelf) for label, shelf in entries]
    rows = [buttons[at : at + IN_ROW] for at in range(0, len(buttons), IN_ROW)]
    if pages > 1:
        on = page < pages and _button(words.NEXT, f"t:c:{name}:{page + 1}")
        back = page > 1 and _button(words.PREVIOUS, f"t:c:{name}:{page - 1}")
        here = _button(words.place(page, pages), NOTHING)
        rows.append([button for button in (on, here, back) if button])
    return InlineKeyboardMarkup([*rows, [_button(words.BACK, ROOT)]])


def posts(shelf: Shelf, page: Page, number: int, pages: int, back: str) -> InlineKeyboardMarkup:
    """Under a page of posts: last, next, where we are, previous, first; and back.

    From the left the ways on, from the right the ways back, as Persian is read.
    """
    name = shelf_name(shelf)

    def way(label: str, how: str, key: int, to: int) -> InlineKeyboardButton:
        return _button(label, f"t:p:{name}:{how}:{key}:{to}")

    row = []
    if page.after:
        row.append(way(words.LAST, "l", 0, pages))
        row.append(way(words.NEXT, "a", page.posts[-1].key, min(number + 1, pages)))
    row.append(_button(words.place(number, pages), NOTHING))
    if page.before:
        row.append(way(words.PREVIOUS, "b", page.posts[0].key, max(number - 1, 1)))
        row.append(way(words.FIRST, "f", 0, 1))
    home = _button(words.BACK, f"t:c:{back}:1" if back else ROOT)
    return InlineKeyboardMarkup([*([row] if pages > 1 else []), [home]])


def _shelf_button(label: str, shelf: Shelf) -> InlineKeyboardButton:
    return _button(label, f"t:p:{shelf_name(shelf)}:f:0:1")


def _button(label: str, data: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=data)
