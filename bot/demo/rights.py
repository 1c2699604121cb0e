"""What the bot may do in a chat. Pure questions; each raises ApiError with Telegram's words.

Source: the descriptions of the methods at https://core.telegram.org/bots/api
"""

from bot.demo.errors import bad_request
from bot.demo.records import Chat, Member, Message, User

SECONDS_DELETABLE = 48 * 3600


def check_may_post(chat: Chat, bot: Member, what: str = "text messages") -> None:
    """Writing to a channel needs an administrator with can_post_messages."""
    if chat.type != "channel":
        return
    if not bot.is_admin:
        raise bad_request("need administrator rights in the channel chat")
    if not bot.may("can_post_messages"):
        raise bad_request(f"not enough rights to send {what} to the chat")


def check_may_edit(message: Message, bot: Member) -> None:
    """Own messages; in channels any post, with can_edit_messages. Never a forwarded one."""
    is_own = message.sender is not None and message.sender.id == bot.user.id
    if message.chat.type == "channel":
        allowed = bot.may("can_edit_messages") or (is_own and bot.may("can_post_messages"))
    else:
        allowed = is_own
    if not allowed or message.forward_origin is not None or message.is_service:
        raise bad_request("message can't be edited")


def check_may_delete(message: Message, bot: Member, now: float) -> None:
    """With can_delete_messages anything; else own messages of the last two days."""
    if message.chat.type != "private" and bot.may("can_delete_messages"):
        return
    is_own = message.sender is not None and message.sender.id == bot.user.id
    is_young = now - message.date < SECONDS_DELETABLE
    if message.chat.type == "channel":
        is_own = is_own and bot.may("can_post_messages")
    if not is_young or not (is_own or message.chat.type == "private"):
        raise bad_request("message can't be deleted")


def check_may_pin(chat: Chat, bot: Member) -> None:
    """Channels need can_edit_messages, groups can_pin_messages."""
    right = {"channel": "can_edit_messages", "supergroup": "can_pin_messages"}.get(chat.type)
    if right is not None and not bot.may(right):
        raise bad_request("not enough rights to manage pinned messages in the chat")


def check_may_forward(message: Message) -> None:
    """Protected content and service messages stay where they are."""
    if _is_protected(message) or message.is_service:
        raise bad_request("the message can't be forwarded")


def check_may_copy(message: Message, bot: User) -> None:
    """As forwarding, but own messages always; and a quiz only where its answer is known."""
    poll = message.poll
    is_own = message.sender is bot and message.forward_origin is None
    is_hidden_quiz = poll is not None and poll.type == "quiz" and not poll.is_closed
    hides = not is_own and (is_hidden_quiz or _is_protected(message))
    if hides or message.is_service:
        raise bad_request("the message can't be copied")


def _is_protected(message: Message) -> bool:
    return message.has_protected_content or message.chat.has_protected_content


def is_reader(chat: Chat, user: User) -> bool:
    """Whether a person sees the chat: members do, and anybody sees a public channel."""
    return chat.has(user.id) or (chat.type == "channel" and chat.username is not None)
