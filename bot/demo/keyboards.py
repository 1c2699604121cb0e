"""Reads `reply_markup`: which keyboards Telegram takes, and what it says to the others.

Source: https://core.telegram.org/bots/api#inlinekeyboardmarkup
"""

from __future__ import annotations

from typing import Any

from bot.demo import limits
from bot.demo.entities import utf16_length
from bot.demo.errors import bad_request
from bot.demo.links import checked_link

Json = dict[str, Any]

_KINDS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")
_ACTIONS = (
    "callback_data",
    "url",
    "login_url",
    "web_app",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_KEPT = ("text", "icon_custom_emoji_id", "style", *_ACTIONS)


def read_markup(given: Json | None) -> Json | None:
    """The keyboard as it will be kept; None for none, or for an empty inline one."""
    if not given:
        return None
    if not any(kind in given for kind in _KINDS):
        raise bad_request("object expected as reply markup")
    return _read_inline(given) if "inline_keyboard" in given else given


def read_inline_markup(given: Json | None) -> Json | None:
    """As above, where only an inline keyboard is allowed."""
    if given and "inline_keyboard" not in given:
        raise bad_request("inline keyboard expected")
    return read_markup(given)


def _read_inline(given: Json) -> Json | None:
    rows = given["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    keyboard = [[_read_button(button) for button in row] for row in rows if row]
    if sum(map(len, keyboard)) > limits.BUTTONS:
        raise bad_request("reply markup is too long")
    wrapped = [
        row[at : at + limits.BUTTONS_IN_ROW]
        for row in keyboard
        for at in range(0, len(row), limits.BUTTONS_IN_ROW)
    ]
    return {"inline_keyboard": wrapped} if wrapped else None


def _read_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request(
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object"
        )
    if not isinstance(button.get("text"), str):
        raise bad_request("can't parse inline keyboard button: can't find field \"text\"")
    if not any(action in button for action in _ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    kept = {name: button[name] for name in _KEPT if name in button}
    _check_action(kept)
    return kept


def _check_action(button: Json) -> None:
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= limits.CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "url" in button:
        button["url"] = _checked_url(str(button["url"]))
    copied = button.get("copy_text")
    if copied is not None:
        words = copied.get("text", "") if isinstance(copied, dict) else ""
        if not 1 <= utf16_length(words) <= limits.COPY_TEXT:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _checked_url(url: str) -> str:
    link = checked_link(url)
    if link is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return link


def without_callbacks(markup: Json | None) -> Json | None:
    """What a forwarded message keeps: a keyboard of links only, or nothing."""
    if not markup or "inline_keyboard" not in markup:
        return None
    plain = all("url" in button for row in markup["inline_keyboard"] for button in row)
    return markup if plain else None
