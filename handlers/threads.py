"""What is decided of a whole thread at once: all its parts approved, a long text made into parts,
and approved parts taken back when one of them was rejected.

Does not answer a press: see handlers.approval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.channel.post import TEXT_LIMIT, compose, problems
from bot.channel.thread import LEAST, cut
from bot.context import Parts
from bot.errors import WrongState
from bot.persian.typography import units
from db import drafts, outbox
from db.model import Actor, Draft, State
from handlers import cards as card_messages
from handlers import offers
from handlers.plan import approve

_STEP = 100
"""Units by which the pieces get shorter until each fits with what stands around it."""
_MANY = 99
"""As a number of parts, to leave room for any."""


def approve_all(parts: Parts, thread: Sequence[Draft], due: datetime, actor: Actor) -> list[Draft]:
    """Approve every open part of a thread for one moment; they go out one after another.

    All or none: raises WrongState when one of them moved on. The same update handled twice
    approves once.
    """
    done = [one for one in thread if drafts.acted(parts.db, one.id, "approved", actor)]
    if done:
        return done
    with parts.db.atomic():
        return [
            approve(parts, one, due, actor, expected=State.OFFERED)
            for one in thread
            if one.state is State.OFFERED
        ]


def split(parts: Parts, draft_id: int, version: int, actor: Actor) -> list[Draft]:
    """Make a thread of an offered draft that is too long for one post; raises WrongState.

    Empty when it cannot be cut into posts that Telegram takes.
    """
    draft = drafts.get(parts.db, draft_id)
    if draft and drafts.acted(parts.db, draft_id, "split", actor):
        return drafts.thread(parts.db, draft.item_id)
    if not draft or (draft.version, draft.parts) != (version, 1):
        raise WrongState(f"draft {draft_id} has moved on")
    texts = pieces(draft, parts.signature)
    return drafts.split(parts.db, draft, texts, actor, parts.now()) if texts else []


def pieces(draft: Draft, signature: str) -> list[dict[str, Any]]:
    """The fields in which the parts of a draft differ; empty when it fits, or cannot be cut."""
    if not problems(compose(draft, signature)):
        return []
    around = replace(draft, body="", entities=(), number=_MANY, parts=_MANY + 1)
    most = TEXT_LIMIT - units(compose(around, signature).text)
    while most >= 2 * LEAST:
        found = cut(draft.body, draft.entities, most)
        texts: list[dict[str, Any]] = [{"body": text, "entities": e} for text, e in found]
        posts = (
            replace(draft, **fields, number=number, parts=len(texts))
            for number, fields in enumerate(texts, 1)
        )
        if len(texts) > 1 and not any(problems(compose(post, signature)) for post in posts):
            return [fields | {"remarks": _about(draft, fields["body"])} for fields in texts]
        most -= _STEP
    return []


def _about(draft: Draft, body: str) -> tuple[dict[str, Any], ...]:
    """The remarks of a draft that are about this piece of it, or about none in particular."""
    return tuple(
        remark
        for remark in draft.remarks
        if not remark.get("words") or any(str(word) in body for word in remark["words"])
    )


def hold(parts: Parts, changed: Draft, actor: Actor, remark: str) -> list[Draft]:
    """Take the approved parts of a thread back to the admins, of which one part has `changed`.

    For the transaction in which it changes: none may go out with the number it had.
    """
    about = {"kind": remark, "part": changed.number}
    return outbox.hold(parts.db, changed, about, actor, parts.now())


async def show_others(parts: Parts, changed: Draft, held: Sequence[Draft]) -> None:
    """Make the cards of the other parts true; those that were `held` are asked about anew."""
    anew = {one.id for one in held}
    for other in drafts.thread(parts.db, changed.item_id):
        if other.id in anew:
            await offers.show_again(parts, other)
        elif other.id != changed.id and other.state in (State.OFFERED, State.REJECTED):
            await card_messages.refresh(parts, other)
