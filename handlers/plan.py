"""When a draft goes out: the free slots, and the approval that puts it into the outbox."""

from __future__ import annotations

from datetime import datetime

from bot.channel.post import compose
from bot.context import Parts
from bot.slots import next_slots
from db import outbox
from db.model import Actor, Draft, State


def approve(parts: Parts, draft: Draft, due: datetime, actor: Actor, *, expected: State) -> Draft:
    """Decide that the draft, as it was seen, goes out at `due`; raises WrongState."""
    payload = compose(draft, parts.signature).payload() | {"tags": list(draft.tags)}
    return outbox.approve(
        *(parts.db, draft.id, draft.version, str(parts.settings.channel), payload, due),
        *(actor, parts.now()),
        expected={expected},
    )


def free_slots(parts: Parts, count: int) -> list[datetime]:
    """The coming slots that no approved post holds."""
    settings = parts.settings
    now = parts.now()
    taken = outbox.taken_slots(parts.db, now)
    return next_slots(
        count, now, settings.post_times, settings.timezone, taken, settings.quiet_hours
    )
