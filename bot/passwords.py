"""Passwords of files: which messages may be one, and where they are held: in memory only. Pure."""

from __future__ import annotations

LONGEST = 128
"""Characters of a message that is taken for a password although it answers nothing."""
MOST_WORDS = 3
"""Of such a message: more are something that somebody says."""
MOST_BYTES = 127
"""A longer password is cut to so many by whoever locks a PDF (ISO 32000-2, 7.6.4.3.3)."""
WITHHELD = "•"
"""Stands in the database for a message that may be a password."""
_STOP = "/cancel"


def is_meant(text: str, answered: int | None, card: int) -> bool:
    """Whether a message in private is the password of the file whose state is shown in `card`.

    `answered`: the message that it replies to. In reply to the card anything is but /cancel.
    """
    if answered is not None:
        return answered == card and not text.startswith(_STOP)
    return _may_stand_alone(text) and len(text.split()) <= MOST_WORDS


def is_secret(text: str, answered: int | None, card: int) -> bool:
    """Whether such a message may hold a password, if only by mistake: it goes to no disk."""
    return is_meant(text, answered, card) or _may_stand_alone(text)


def _may_stand_alone(text: str) -> bool:
    return len(text) <= LONGEST and not text.startswith("/")


class Passwords:
    """The passwords that are needed now, by job."""

    def __init__(self) -> None:
        self._held: dict[int, str] = {}

    def hold(self, job_id: int, password: str) -> None:
        """Have it ready while the job is worked at."""
        cut = password.encode("utf-8", "replace")[:MOST_BYTES]
        self._held[job_id] = cut.decode("utf-8", "ignore")

    def of(self, job_id: int) -> str:
        """The password of this job; empty when there is none."""
        return self._held.get(job_id, "")

    def drop(self, job_id: int) -> bool:
        """Forget it; whether there was one."""
        return self._held.pop(job_id, None) is not None
