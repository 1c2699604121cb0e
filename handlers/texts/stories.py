"""What is said of items that tell one story: on a card, and in the list of merges and drops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.persian.dates import digits
from bot.persian.typography import plain
from db.model import Item
from db.relations import Related
from handlers.texts.approval import reason

APART = "جدا کن"
BACK_IN = "بیاور"
EARLIER = "‹ تازه‌تر"
LATER = "قدیمی‌تر ›"
MERGES = "ادغام‌ها"
DROPS = "کنارگذاشته‌ها"

ON_CARD = 3
"""Merged items that a card tells of; the list of /drafts tells of all."""
_TITLE, _OTHER, _SOURCE, _WHY = 70, 45, 30, 130

SET_APART = "جدا شد و دیگر ادغام نمی‌شود؛ در نوبت پیش‌نویس است."
NO_REPLY = "پست آن دیگر پاسخ به پست پیشین نخواهد بود."
BROUGHT_BACK = "به صف برگشت و پیش از بقیه پیش‌نویس می‌شود."
ALREADY = "پیش‌تر انجام شده است."


def apart(number: int | None) -> str:
    """The button that sets a merged item apart; `number` where there are several."""
    return APART if number is None else f"{APART} {digits(number)}"


def back_in(number: int) -> str:
    return f"{BACK_IN} {digits(number)}"


def on_card(merged: Sequence[Related], followed: Related | None, post: str | None) -> str:
    """What a card says of the other items of its story, and of the post it will reply to.

    `post`: the address of that post; None: it is not in the channel yet.
    """
    lines = [
        f"🧩 {_number(at, len(merged))}همین خبر در {_cut(one.source, _SOURCE)}:"
        f" «{_cut(one.title, _TITLE)}»{_because(one)}"
        for at, one in enumerate(merged[:ON_CARD], 1)
    ]
    if len(merged) > ON_CARD:
        lines.append(f"و {digits(len(merged) - ON_CARD)} مورد دیگر؛ در \u200e/drafts ببینید.")
    if followed:
        where = "" if post else " (اگر پیش از این منتشر شده باشد)"
        title = _cut(followed.other_title, _TITLE)
        lines.append(f"↩️ در پاسخ به: «{title}»{where}{_because(followed)}")
        lines += [post] if post else []  # on a line of its own: marks after it would be part of it
    return "\n".join(lines)


def merges(found: Sequence[Related], first: int, total: int) -> str:
    """A page of what was merged and what replies to what; `first`: the number of its first."""
    lines = [f"🧩 ادغام‌ها: {digits(total)}"]
    for at, one in enumerate(found, first):
        other = f"«{_cut(one.other_title, _OTHER)}» ({_cut(one.other_source, _SOURCE)})"
        became = f"ادغام در {other}" if one.merged else f"در پاسخ به {other}"
        lines += [
            "",
            f"{digits(at)}. «{_cut(one.title, _TITLE)}» ({_cut(one.source, _SOURCE)})",
            f"{became}{_because(one)}",
        ]
    return "\n".join(lines if found else [*lines, "", "هنوز چیزی ادغام نشده است."])


def drops(found: Sequence[Item], first: int) -> str:
    """A page of what was dropped, and why."""
    lines = ["🗂 کنارگذاشته‌ها"]
    for at, item in enumerate(found, first):
        why = reason(item.reasons[0]) if item.reasons else ""
        lines += [
            "",
            f"{digits(at)}. «{_cut(item.title, _TITLE)}» ({_cut(item.source, _SOURCE)})",
            f"چون: {why[:_WHY]}" if why else "",
        ]
    return "\n".join(lines if found else [*lines, "", "چیزی کنار گذاشته نشده است."])


def _because(one: Related) -> str:
    """«؛ چون …» with the reasons of a relation."""
    told = "؛ ".join(filter(None, (reason(_named(data)) for data in one.reasons)))
    return f"؛ چون {_cut(told, _WHY)}" if told else ""


def _named(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """A reason whose address says where it leads, and not as what feeds.story knows it."""
    return {**data, "to": str(data["to"]).partition(":")[2]} if "to" in data else data


def _number(at: int, of: int) -> str:
    return f"{digits(at)}. " if of > 1 else ""


def _cut(text: str, most: int) -> str:
    """Foreign text as part of a line: harmless, on one line, and not too long."""
    told = plain(" ".join(text.split()))
    return told if len(told) <= most else told[: most - 1].rstrip() + "…"
