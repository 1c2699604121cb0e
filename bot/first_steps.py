"""From nothing to a working set-up: `peyk init` asks, checks each answer live, and writes files.

Writes `.env` (mode 0600; lines it did not ask about stay as they are) and, where there is none,
the sources file. What is asked of Telegram and of the model is in bot.telegram_check and
bot.doctor.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import shutil
import sys
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from telegram import Bot, Update
from telegram.error import TelegramError

from bot import config, doctor, logs, telegram_check
from bot.config import Settings, setting_fields
from bot.errors import ConfigError
from bot.findings import Finding

ENV = Path(".env")
_FIELDS = {field.metadata["name"]: field for field in setting_fields()}
_PLAIN = re.compile(r"[\w@:/.,+=%-]*", re.ASCII)


class NobodyThere(ConfigError):
    """Nobody answers: standard input has ended."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A chat or a person that the bot has lately heard of."""

    id: int
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.id}  {self.kind} «{self.name}»"


def run() -> int:
    """Ask everything, write the files, and return the exit code."""
    settings, _ = config.examine()
    _say("peyk init. Enter alone keeps what stands in [brackets]; Ctrl-C leaves all as it is.")
    try:
        settings, answers = _ask_all(settings)
        _write_env(answers)
    except EOFError:
        raise NobodyThere("init: no more answers on standard input; nothing was written") from None
    _write_sources(settings.sources)
    _say("Done. `peyk doctor` checks everything once more, `peyk run` starts.")
    return 0


def _ask_all(settings: Settings) -> tuple[Settings, dict[str, str]]:
    """The settings as answered, and the text of each answer by its name."""
    answers: dict[str, str] = {}

    def ask(name: str, question: str, check: Check | None = None, suggestion: str = "") -> None:
        nonlocal settings
        settings, answers[name] = _ask(settings, name, question, check, suggestion)

    ask("PEYK_TELEGRAM_TOKEN", "Bot token (from @BotFather)", _check_token)
    _say("Add the bot to the channel as an administrator, with the right to post.")
    ask("PEYK_CHANNEL", "The channel (@name or id)", _check_channel)
    _say("Drafts go to a group with the bot in it, or to one admin's private chat with the bot.")
    if not settings.admin_chat:
        _read("Write a message to the bot there, then press Enter: ")
    seen = _seen(settings)
    chat = _pick((one for one in seen if one.kind != "person"), "Chats the bot has heard of:")
    ask("PEYK_ADMIN_CHAT", "The admin chat (id or @name)", _check_admin_chat, chat)
    person = _pick((one for one in seen if one.kind == "person"), "People it has heard of:")
    ask("PEYK_ADMINS", "Who may approve (user ids, with commas)", _check_admin_chat, person)
    _say("A model writes the summaries, on any OpenAI-compatible server. No name: no model.")
    ask("PEYK_SUMMARY_MODEL", "Name of the model")
    if settings.summary_model:
        ask("OPENAI_BASE_URL", "Address of its server (empty: OpenAI's)")
        ask("OPENAI_API_KEY", "Key for it (empty: none)", _check_model)
    return settings, answers


Check = Callable[[Settings], list[Finding]]


def _ask(
    settings: Settings, name: str, question: str, check: Check | None, suggestion: str
) -> tuple[Settings, str]:
    """Ask for one setting until its check is content, or the user is."""
    field = _FIELDS[name]
    secret = bool(field.metadata["secret"])
    while True:
        kept = _kept(name) or suggestion
        shown = ("kept" if secret else kept) if kept else ""
        told = _read(f"{question}{f' [{shown}]' if shown else ''}: ", secret=secret) or kept
        try:
            value = field.metadata["parse"](told) if told else field.default
        except ValueError as error:
            _say(f"  {error}")
            continue
        change: dict[str, Any] = {field.name: value}
        tried = replace(settings, **change)
        logs.hide(tried.secrets())
        findings = check(tried) if check and told else []
        for finding in findings:
            _say(f"  {finding}")
        if all(finding.ok for finding in findings) or not _agreed("Try again?"):
            return tried, told


def _kept(name: str) -> str:
    """What the setting is now."""
    return (os.environ.get(name) or dotenv_values(ENV).get(name) or "").strip()


def _check_token(settings: Settings) -> list[Finding]:
    return _telegram(settings, telegram_check.token)


def _check_channel(settings: Settings) -> list[Finding]:
    chat = settings.channel
    return _telegram(settings, lambda bot: telegram_check.channel(bot, chat)) if chat else []


def _check_admin_chat(settings: Settings) -> list[Finding]:
    chat = settings.admin_chat
    if not chat:
        return []
    rest = (settings.admins, settings.channel)
    return _telegram(settings, lambda bot: telegram_check.admin_chat(bot, chat, *rest))


def _check_model(settings: Settings) -> list[Finding]:
    return [asyncio.run(doctor.model(settings, settings.summary_model))]


def _telegram(
    settings: Settings, ask: Callable[[Bot], Coroutine[Any, Any, list[Finding]]]
) -> list[Finding]:
    async def asked() -> list[Finding]:
        async with telegram_check.bot_of(settings) as bot:
            return await ask(bot)

    return asyncio.run(asked()) if settings.token else []


def _seen(settings: Settings) -> list[Seen]:
    """The chats and people in the updates that wait for the bot; none of them is confirmed."""

    async def waiting() -> tuple[Update, ...]:
        async with telegram_check.bot_of(settings) as bot:
            return await telegram_check.waiting(bot)

    try:
        updates = asyncio.run(waiting()) if settings.token else ()
    except TelegramError as error:
        _say(f"  The bot's messages cannot be read now: {logs.redact(error)}")
        return []
    found: dict[Seen, None] = {}
    for update in updates:
        chat, user = update.effective_chat, update.effective_user
        if chat and chat.type != "channel":
            found[Seen(chat.id, f"{chat.type} chat", chat.effective_name or "")] = None
        if user and not user.is_bot:
            found[Seen(user.id, "person", user.full_name)] = None
    return list(found)


def _pick(seen: Iterable[Seen], heading: str) -> str:
    """Show what was seen; the one to suggest is the latest."""
    found = list(seen)
    if not found:
        return ""
    _say(f"  {heading}")
    for one in found:
        _say(f"    {one}")
    return str(found[-1].id)


def _agreed(question: str, *, otherwise: bool = True) -> bool:
    answer = _read(f"{question} [{'Y/n' if otherwise else 'y/N'}]: ").lower()
    return answer.startswith("y") if answer else otherwise


def _say(line: str) -> None:
    print(logs.redact(line), flush=True)


def _read(question: str, *, secret: bool = False) -> str:
    # getpass would look for a terminal elsewhere when standard input is none.
    if secret and sys.stdin.isatty():
        return getpass.getpass(question).strip()
    return input(question).strip()


def _write_env(answers: Mapping[str, str]) -> None:
    """Add the answers to `.env`; a value that stands there otherwise is replaced on request."""
    present = dotenv_values(ENV)
    wanted = {
        name: value
        for name, value in answers.items()
        if value != (present.get(name) or "")
        and (not present.get(name) or _agreed(f"{name} stands otherwise in .env; replace it?"))
    }
    old = ENV.read_text(encoding="utf-8") if ENV.exists() else ""
    part = ENV.with_name(ENV.name + ".part")
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(merged(old, wanted))
        part.replace(ENV)
    except OSError as error:
        raise ConfigError(f"{ENV.absolute()}: {error.strerror}") from error
    _say(f"Written: {ENV} (only you can read it)")


def merged(text: str, values: Mapping[str, str]) -> str:
    """The `.env` file `text` with `values` set: in place where they stand, else at its end."""
    lines = text.splitlines()
    for name, value in values.items():
        line = f"{name}={_quoted(value)}"
        places = [i for i, old in enumerate(lines) if _sets(old, name)]
        if places:
            lines[places[-1]] = line
        elif value:
            lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def _sets(line: str, name: str) -> bool:
    return re.match(rf"\s*(?:export\s+)?{name}\s*=", line) is not None


def _quoted(value: str) -> str:
    """Bare where that is enough: `docker run --env-file` takes quotes for a part of the value."""
    if _PLAIN.fullmatch(value):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _write_sources(path: Path) -> None:
    from feeds.sources import DEFAULT_FILE

    if path.exists():
        return
    try:
        shutil.copyfile(DEFAULT_FILE, path)
    except OSError as error:
        raise ConfigError(f"{path} (PEYK_SOURCES): {error.strerror}") from error
    _say(f"Written: {path}; add and remove sources there")
