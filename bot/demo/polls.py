"""Polls and quizzes: who voted for what, and what the Bot API tells about it.

Does not know in which messages a poll stands: see bot.demo.world.
Source: https://core.telegram.org/bots/api#poll
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.demo.errors import bad_request

if TYPE_CHECKING:
    from bot.demo.entities import Entity

Json = dict[str, Any]


@dataclass(frozen=True)
class PollOption:
    """One answer; its persistent id outlives changes of the list."""

    persistent_id: str
    text: str


@dataclass(eq=False)
class Poll:
    """A poll or a quiz, shared by all messages that show it."""

    id: str
    question: str
    options: tuple[PollOption, ...]
    type: Literal["regular", "quiz"] = "regular"
    is_anonymous: bool = True
    allows_multiple_answers: bool = False
    allows_revoting: bool = True
    members_only: bool = False
    hide_results_until_closes: bool = False
    correct_option_ids: tuple[int, ...] = ()
    explanation: str = ""
    explanation_entities: tuple[Entity, ...] = ()
    description: str = ""
    description_entities: tuple[Entity, ...] = ()
    open_period: int | None = None
    close_date: int | None = None
    is_closed: bool = False
    votes: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def vote(self, user_id: int, choice: tuple[int, ...]) -> None:
        """Record a person's answer; an empty one takes it back.

        Raises ApiError with Telegram's words when the poll does not allow it.
        """
        self._check_vote(user_id, choice)
        if choice:
            self.votes[user_id] = choice
        else:
            self.votes.pop(user_id, None)

    def _check_vote(self, user_id: int, choice: tuple[int, ...]) -> None:
        if self.is_closed:
            raise bad_request("MESSAGE_POLL_CLOSED")
        if any(not 0 <= option < len(self.options) for option in choice):
            raise bad_request("OPTION_INVALID")
        if len(choice) > 1 and not self.allows_multiple_answers:
            raise bad_request("OPTIONS_TOO_MUCH")
        if user_id in self.votes and not self.allows_revoting:
            raise bad_request("REVOTE_NOT_ALLOWED")

    def counts(self) -> list[int]:
        """Votes per option."""
        counts = [0] * len(self.options)
        for choice in self.votes.values():
            for option in choice:
                counts[option] += 1
        return counts

    def to_json(self, show_key: bool) -> Json:
        """A Bot API Poll; `show_key` adds a quiz's answers and explanation."""
        poll: Json = {
            "id": self.id,
            "question": self.question,
            "options": [
                {"persistent_id": option.persistent_id, "text": option.text, "voter_count": count}
                for option, count in zip(self.options, self.counts(), strict=True)
            ],
            "total_voter_count": len(self.votes),
        }
        for name in _FLAGS:
            poll[name] = getattr(self, name)
        if self.open_period:
            poll["open_period"] = self.open_period
        if self.close_date:
            poll["close_date"] = self.close_date
        if self.description:
            poll |= _worded("description", self.description, self.description_entities)
        if show_key and self.type == "quiz":
            poll |= self._key()
        return poll

    def _key(self) -> Json:
        key: Json = {"correct_option_ids": list(self.correct_option_ids)}
        if self.explanation:
            key |= _worded("explanation", self.explanation, self.explanation_entities)
        return key


_FLAGS = (
    "type",
    "is_closed",
    "is_anonymous",
    "allows_multiple_answers",
    "allows_revoting",
    "members_only",
)


def _worded(name: str, words: str, entities: tuple[Entity, ...]) -> Json:
    worded: Json = {name: words}
    if entities:
        worded[f"{name}_entities"] = [entity.to_json() for entity in entities]
    return worded
