"""Reads the words of a call: text or caption, its parse mode or its entities."""

from __future__ import annotations

from bot.demo import limits
from bot.demo.detect import detect
from bot.demo.entities import Entity, Formatted, read_entities, tidy
from bot.demo.errors import bad_request
from bot.demo.markup import parse_markup
from bot.demo.methods.params import Params

Named = tuple[str, str, str]

TEXT: Named = ("text", "parse_mode", "entities")
CAPTION: Named = ("caption", "parse_mode", "caption_entities")
EXPLANATION: Named = ("explanation", "explanation_parse_mode", "explanation_entities")
DESCRIPTION: Named = ("description", "description_parse_mode", "description_entities")


def read_words(params: Params, names: Named) -> Formatted:
    """Text and entities as the message will have them.

    Raises ApiError where the markup cannot be parsed or an entity is malformed.
    """
    text, entities = _marked_up(params, names)
    return finish(text, entities)


def finish(text: str, entities: list[Entity]) -> Formatted:
    """Clean words, with what Telegram finds in them by itself added to what was asked for."""
    text, asked = tidy(text, entities)
    if len(text) > limits.TEXT:
        return text, asked  # is refused in any case; searching it would only cost time
    return tidy(text, [*asked, *detect(text, asked)])


def _marked_up(params: Params, names: Named) -> tuple[str, list[Entity]]:
    name, mode_name, entities_name = names
    text = params.text(name)
    if mode := params.text(mode_name).lower():
        return parse_markup(text, mode)
    if "\0" in text:
        raise bad_request("strings must be encoded in UTF-8")
    given = params.json(entities_name)
    return text, read_entities(given, text) if given else []
