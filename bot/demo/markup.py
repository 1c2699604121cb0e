"""Reads the three markup languages of the Bot API; errors are Telegram's, to the byte.

Entities come out as written; bot.demo.entities puts them in order.
"""

from bot.demo.errors import bad_request
from bot.demo.markdown import Markdown, MarkdownV2
from bot.demo.markup_html import Html
from bot.demo.source import Marked


def parse_markup(text: str, mode: str) -> Marked:
    """Text without its markup, and the entities it described.

    Raises ApiError for markup that Telegram does not take; `mode` is in lower case.
    """
    if mode == "html":
        return Html(text).parse()
    if mode == "markdownv2":
        return MarkdownV2(text).parse()
    if mode == "markdown":
        return Markdown(text).parse()
    raise bad_request("unsupported parse_mode")
