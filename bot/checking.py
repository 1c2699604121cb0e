"""`peyk check`: drafts with their sources in, verdicts out. Pure.

The judging is prompts.accept's and prompts.claims'; here it is put into the shape and the words
of the shell's answer. A draft that is checked is final: what `accept` would take out of a
model's answer without ado (a link, an unknown tag) counts against it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.errors import ConfigError
from bot.persian.dates import digits
from db.model import Item, Kind
from prompts.accept import accept
from prompts.render import phrase
from prompts.vocabulary import Vocabulary

Verdict = dict[str, Any]

_AGAINST = frozenset({"own-link", "own-mention", "own-hashtag", "own-markup", "unknown-tag"})
_STUB = 40
"""UTF-16 units below which a text says nothing, whatever the channel's style."""
_CODE = re.compile("`[^`]+`")
_LONGEST_LINE = 1_000_000


def check_lines(lines: Iterable[str], vocabulary: Vocabulary) -> Iterator[Verdict]:
    """The verdict on each line's draft, in order. Raises ConfigError naming a bad line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield check(_object(line, f"line {number}"), vocabulary, f"line {number}")


def check_text(text: str, vocabulary: Vocabulary) -> Verdict:
    """The verdict on the one draft in `text`. Raises ConfigError when it holds none."""
    return check(_object(text, "input"), vocabulary, "input")


def check(entry: Mapping[str, Any], vocabulary: Vocabulary, place: str = "input") -> Verdict:
    """``{"id", "ok", "reasons": [{"kind", "words", "message"}]}`` for a draft and its source.

    `entry` may bring its own ``vocabulary`` of tags. Raises ConfigError naming what it lacks.
    """
    source, draft = (_field(entry, name, place) for name in ("source", "draft"))
    own = entry.get("vocabulary")
    if own is not None:
        vocabulary = Vocabulary({_tag(name): () for name in own if isinstance(name, str)})
    accepted = accept(_answer(draft), _item(source), vocabulary)
    against = [one for one in accepted.remarks if _counts(one, source)]
    faults = [one for one in accepted.reasons if not _is_style(one)]
    reasons = [_worded(one) for one in (*faults, *against)]
    return {"id": entry.get("id"), "ok": not reasons, "reasons": reasons}


def _is_style(reason: Mapping[str, Any]) -> bool:
    """Whether a text has two paragraphs or four, or is brief, is no matter of truth."""
    brief = reason["kind"] == "too-short" and reason["field"] == "body"
    return bool(reason["kind"] == "paragraphs" or (brief and reason["units"] >= _STUB))


def _counts(remark: Mapping[str, Any], source: Mapping[str, Any]) -> bool:
    """Whether a remark is a fault here. Code, and a ``<tag>`` the source speaks of, are none."""
    if remark["kind"] != "own-markup":
        return remark["kind"] in _AGAINST
    told = str(source.get("text") or "")
    return any(not _CODE.fullmatch(words) and words not in told for words in remark["words"])


def _object(text: str, place: str) -> Mapping[str, Any]:
    if len(text) > _LONGEST_LINE:
        raise ConfigError(f"check: {place}: longer than {_LONGEST_LINE} characters")
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"check: {place}: not JSON: {error}") from error
    if not isinstance(entry, Mapping):
        raise ConfigError(f"check: {place}: not a JSON object")
    return entry


def _field(entry: Mapping[str, Any], name: str, place: str) -> Mapping[str, Any]:
    value = entry.get(name)
    if not isinstance(value, Mapping):
        raise ConfigError(f'check: {place}: no object "{name}"')
    return value


def _answer(draft: Mapping[str, Any]) -> dict[str, Any]:
    """The draft as a model would have answered it."""
    tags = draft.get("tags")
    return {**draft, "tags": tags if isinstance(tags, list) else []}


def _item(source: Mapping[str, Any]) -> Item:
    title, text, url = (str(source.get(name) or "") for name in ("title", "text", "url"))
    return Item(url or title, "check", Kind.NEWS, title, text, url)


def _tag(name: str) -> str:
    return name if name.startswith("#") else f"#{name}"


def _worded(reason: Mapping[str, Any]) -> dict[str, Any]:
    """A reason with its words as one text and a Persian sentence about it."""
    kind = str(reason["kind"])
    words = reason.get("words") or reason.get("field") or ""
    said = "، ".join(map(str, words)) if isinstance(words, list) else str(words)
    if kind == "unknown-tag":
        return {"kind": kind, "words": said, "message": phrase("check.unknown-tag", words=said)}
    told = {name: digits(n) if isinstance(n, int) else n for name, n in reason.items()}
    if kind == "too-short" and reason["field"] == "body":
        told["limit"] = digits(_STUB)  # the channel's own is a matter of style
    message = reason.get("message") or phrase(f"fault.{kind}", **{"words": said, **told})
    return {"kind": kind, "words": said, "message": str(message)}
