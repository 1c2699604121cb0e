"""Fill a prompt's file with values. Knows no model and judges no answer: see prompts.accept.

A prompt is ``<name>.md``: a head of ``key: value`` lines, then the parts ``# system`` and
``# user`` with ``$places`` (string.Template). The head may say:

    version      the editor's own number; a hash of the file is added, so that no change hides
    temperature, max_tokens
    schema       the file with the JSON Schema of the answer
    foreign      places whose text comes from outside: it is put between two lines that carry a
                 code drawn anew for each call, which the text cannot forge; ``$marker`` names it
    optional     places the caller may leave out or empty; the paragraph they stand in goes too
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from bot.errors import ConfigError
from bot.models.door import Prompt

_FOLDER = Path(__file__).parent
_PART = re.compile(r"^# (system|user)\n", re.MULTILINE)
_KEYS = frozenset({"version", "temperature", "max_tokens", "schema", "foreign", "optional"})


@dataclass(frozen=True)
class Form:
    """A prompt's file, read."""

    name: str
    head: Mapping[str, str]
    system: Template
    user: Template
    schema: Mapping[str, Any] | None
    version: str

    @property
    def foreign(self) -> tuple[str, ...]:
        """The places whose text comes from outside."""
        return _names(self.head.get("foreign", ""))

    @property
    def optional(self) -> frozenset[str]:
        """The places that may have no value."""
        return frozenset(_names(self.head.get("optional", "")))

    @property
    def places(self) -> frozenset[str]:
        """What the caller gives."""
        names = {*self.system.get_identifiers(), *self.user.get_identifiers()}
        return frozenset(names - {"marker"})


def render(name: str, **values: str) -> Prompt:
    """The prompt `name` with `values` in its places.

    Raises ConfigError when a place has no value, a value no place, or the file is not a prompt.
    """
    form = read(name)
    if wrong := (form.places ^ values.keys()) - (form.optional - values.keys()):
        raise ConfigError(
            f"prompts/{name}.md and its caller differ in: {', '.join(sorted(wrong))}"
        )
    marker = secrets.token_hex(8)
    given = {place for place in values if values[place] or place not in form.optional}
    filled = {"marker": marker, **values}
    filled |= {place: _fence(values[place], marker) for place in given & {*form.foreign}}
    left_out = form.optional - given
    return Prompt(
        name=name,
        version=form.version,
        system=_without(left_out, form.system).substitute(filled).strip(),
        user=_without(left_out, form.user).substitute(filled).strip(),
        schema=form.schema,
        max_tokens=int(form.head.get("max_tokens", 2000)),
        temperature=float(form.head.get("temperature", 0.3)),
    )


def phrase(name: str, **values: object) -> str:
    """The sentence `name` of phrases.txt with `values` in its places.

    Raises ConfigError when there is no such sentence or a place has no value.
    """
    try:
        return Template(_phrases()[name]).substitute(values)
    except (KeyError, ValueError) as error:
        raise ConfigError(f"prompts/phrases.txt: {name}: {error}") from error


@cache
def read(name: str) -> Form:
    """The prompt's file. Raises ConfigError when it cannot be used."""
    try:
        text = (_FOLDER / f"{name}.md").read_text(encoding="utf-8")
        return _parse(name, text)
    except (OSError, ValueError) as error:
        raise ConfigError(f"prompts/{name}.md: {error}") from error


def _parse(name: str, text: str) -> Form:
    opening, *rest = _PART.split(text)
    head = dict(_pairs(opening))
    if unknown := head.keys() - _KEYS:
        raise ValueError(f"unknown in its head: {', '.join(sorted(unknown))}")
    parts = {part: Template(body) for part, body in zip(rest[::2], rest[1::2], strict=True)}
    schema = (_FOLDER / head["schema"]).read_text(encoding="utf-8") if "schema" in head else ""
    user, system = parts.get("user", Template("")), parts.get("system", Template(""))
    if not (user.template.strip() and user.is_valid() and system.is_valid()):
        raise ValueError("no user part, or a $ that is neither a place nor doubled ($$)")
    digest = hashlib.sha256((text + schema).encode()).hexdigest()[:8]
    version = f"{head.get('version', '0')}-{digest}"
    return Form(name, head, system, user, json.loads(schema) if schema else None, version)


def _without(places: frozenset[str], part: Template) -> Template:
    """`part` without the paragraphs in which one of `places` stands."""
    paragraphs = part.template.split("\n\n")
    kept = (one for one in paragraphs if places.isdisjoint(Template(one).get_identifiers()))
    return Template("\n\n".join(kept))


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").split())


def _pairs(text: str) -> list[tuple[str, str]]:
    """The ``key: value`` lines of `text`; lines that start with ``#`` are remarks."""
    lines = (line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    split = (line.partition(":") for line in lines)
    return [(key.strip(), value.strip()) for key, _, value in split]


@cache
def _phrases() -> dict[str, str]:
    return dict(_pairs((_FOLDER / "phrases.txt").read_text(encoding="utf-8")))


def _fence(text: str, marker: str) -> str:
    return f"<<<{marker}\n{text}\n{marker}>>>"
