"""The operator's settings, read once into one typed object.

Every setting is a field of `Settings` with its environment name, its parser and a line of help:
the README's table and `peyk doctor` are made from the same fields. All that is wrong is reported
at once. Does not check that an address answers or a token works: see bot.doctor.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values

from bot.errors import ConfigError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""As datetime.weekday() counts them."""

Chat = int | str


@dataclass(frozen=True, slots=True)
class Invalid:
    """One setting that cannot be used, and why."""

    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}"


def _text(value: str) -> str:
    return value


def _lines(value: str) -> str:
    if len(value) > 600:
        raise ValueError("must be at most 600 characters")
    return value.replace("\\n", "\n")


def _token(value: str) -> str:
    if not re.fullmatch(r"\d+:[\w-]{3,}", value):
        raise ValueError("not a bot token; @BotFather gives one like 123456:ABC-DEF")
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address that starts with http:// or https://")
    _ = parts.port  # raises ValueError when there is none of that number
    return value.rstrip("/")


def _local(value: str) -> str:
    if value.startswith(("http:", "https:")):
        return _url(value)
    part = r"(?!\.\.?/)[\w.-]+"
    named = re.fullmatch(rf"hf:{part}(/{part}){{2,}}", value, re.ASCII)
    is_no_path = re.match(r"hf:|https?:|[\w+.-]+://", value, re.IGNORECASE)
    if is_no_path and not (named and value.endswith(".gguf")):
        raise ValueError("must be hf:owner/repo/file.gguf, a path or an http address")
    return value


def _chat(value: str) -> Chat:
    if re.fullmatch(r"-?\d+", value):
        return int(value)
    if re.fullmatch(r"@?[A-Za-z]\w{3,31}", value):
        return "@" + value.removeprefix("@")
    raise ValueError("must be @name or a numeric id such as -1001234567890")


def _ids(value: str) -> frozenset[int]:
    try:
        return frozenset(int(part) for part in re.split(r"[,\s]+", value) if part)
    except ValueError:
        raise ValueError("must be numeric user ids separated by commas") from None


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("no such time zone; use a name such as Asia/Tehran") from None


def _number(least: float) -> Callable[[str], float]:
    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            raise ValueError("must be a number") from None
        if not least <= number < 1e9:
            raise ValueError(f"must be at least {least:g}")
        return number

    return parse


def _whole(least: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError("must be a whole number") from None
        if number < least:
            raise ValueError(f"must be at least {least}")
        return number

    return parse


def _clock(value: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", value)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{value!r} is not a time such as 09:00")
    return time(int(match[1]), int(match[2]))


def _times(value: str) -> tuple[time, ...]:
    return tuple(sorted({_clock(part) for part in re.split(r"[,\s]+", value) if part}))


def _weekly(value: str) -> tuple[tuple[int, time], ...]:
    plan = []
    for part in value.split(","):
        if not part.strip():
            continue
        day, _, clock = part.strip().partition(" ")
        if day.lower()[:3] not in WEEKDAYS:
            raise ValueError(f"{part.strip()!r} is not a day and a time such as sat 20:00")
        plan.append((WEEKDAYS.index(day.lower()[:3]), _clock(clock.strip())))
    return tuple(sorted(plan))


def _span(value: str) -> tuple[time, time] | None:
    if not value:
        return None
    start, dash, end = value.partition("-")
    if not dash:
        raise ValueError("must be two times such as 00:00-07:00")
    return _clock(start.strip()), _clock(end.strip())


def _flag(value: str) -> bool:
    if value.lower() in ("1", "true", "yes", "on"):
        return True
    if value.lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError("must be true or false")


def _register(value: str) -> str:
    if value not in ("friendly", "formal"):
        raise ValueError("must be friendly or formal")
    return value


def _level(value: str) -> str:
    if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise ValueError("must be DEBUG, INFO, WARNING or ERROR")
    return value.upper()


def _setting(
    name: str, default: str, parse: Callable[[str], Any], help: str, *, secret: bool = False
) -> Any:
    metadata = {"name": name, "default": default, "parse": parse, "help": help, "secret": secret}
    return field(default=parse(default) if default else _empty(parse), metadata=metadata)


def _empty(parse: Callable[[str], Any]) -> Any:
    """What a setting without a default holds when nothing is said."""
    return (
        None if parse in (_chat,) else "" if parse in (_text, _token, _url, _local) else parse("")
    )


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set; see `peyk doctor` and the README for their meaning."""

    token: str = _setting("PEYK_TELEGRAM_TOKEN", "", _token, "bot token", secret=True)
    api_url: str = _setting(
        "PEYK_TELEGRAM_API_URL", "https://api.telegram.org", _url, "root of the Bot API server"
    )
    channel: Chat | None = _setting("PEYK_CHANNEL", "", _chat, "the channel: `@name` or id")
    admin_chat: Chat | None = _setting("PEYK_ADMIN_CHAT", "", _chat, "chat where drafts go")
    admins: frozenset[int] = _setting(
        "PEYK_ADMINS", "", _ids, "comma-separated user ids that may approve"
    )
    db: Path = _setting("PEYK_DB", "data/peyk.db", Path, "database file")
    sources: Path = _setting("PEYK_SOURCES", "sources.toml", Path, "sources file")
    timezone: ZoneInfo = _setting("PEYK_TIMEZONE", "Asia/Tehran", _zone, "time zone of the slots")
    poll_minutes: float = _setting(
        "PEYK_POLL_MINUTES", "30", _number(0.01), "minutes between polls of a source"
    )
    post_times: tuple[time, ...] = _setting(
        "PEYK_POST_TIMES", "09:00,13:00,18:00,21:00", _times, "publishing slots"
    )
    quiet_hours: tuple[time, time] | None = _setting(
        "PEYK_QUIET_HOURS",
        "",
        _span,
        "hours such as `00:00-07:00` in which nothing is published but by «انتشار»",
    )
    quiz_times: tuple[tuple[int, time], ...] = _setting(
        "PEYK_QUIZ_TIMES", "", _weekly, "weekly plan of channel quizzes: `sat 20:00,tue 20:00`"
    )
    quiz_answer_hours: float = _setting(
        "PEYK_QUIZ_ANSWER_HOURS",
        "24",
        _number(0),
        "hours after which a quiz gets its explanation and result (0: never)",
    )
    drafts_per_day: int = _setting(
        "PEYK_DRAFTS_PER_DAY", "12", _whole(0), "the day's budget of drafts"
    )
    auto_publish: bool = _setting(
        "PEYK_AUTO_PUBLISH", "false", _flag, "`true`: drafts that pass every check go out unasked"
    )
    pictures: bool = _setting(
        "PEYK_PICTURES",
        "false",
        _flag,
        "`true`: papers with their first page, releases with the repository's card",
    )
    guide: bool = _setting(
        "PEYK_GUIDE", "true", _flag, "`false`: no pinned guide of hashtags and series"
    )
    guide_heading: str = _setting(
        "PEYK_GUIDE_HEADING", "", _lines, "its own first lines (`\\n` begins a new one)"
    )
    guide_footer: str = _setting(
        "PEYK_GUIDE_FOOTER", "", _lines, "its last lines (default: the signature)"
    )
    digest: tuple[tuple[int, time], ...] = _setting(
        "PEYK_DIGEST", "", _weekly, "when a digest of the week is drafted: `fri 10:00`"
    )
    signature: str = _setting(
        "PEYK_SIGNATURE", "", _text, "last line of each post (default: the channel's @name)"
    )
    llm_url: str = _setting("OPENAI_BASE_URL", "", _url, "any OpenAI-compatible server")
    llm_key: str = _setting("OPENAI_API_KEY", "", _text, "its key", secret=True)
    summary_model: str = _setting("PEYK_SUMMARY_MODEL", "", _text, "model that writes summaries")
    summary_fallback: str = _setting(
        "PEYK_SUMMARY_FALLBACK_MODEL", "", _text, "second model, when the first fails"
    )
    check_model: str = _setting(
        "PEYK_CHECK_MODEL", "", _text, "second model that looks for contradictions (default: none)"
    )
    vision_model: str = _setting(
        "PEYK_VISION_MODEL", "", _text, "model that reads pages of documents"
    )
    vision_fallback: str = _setting(
        "PEYK_VISION_FALLBACK_MODEL", "", _text, "second model, for pages the first cannot read"
    )
    vision_url: str = _setting(
        "PEYK_VISION_BASE_URL", "", _url, "their server (default: `OPENAI_BASE_URL`)"
    )
    vision_key: str = _setting(
        "PEYK_VISION_API_KEY",
        "",
        _text,
        "its key (default: `OPENAI_API_KEY`, but not for another server)",
        secret=True,
    )
    vision_parallel: int = _setting(
        "PEYK_VISION_PARALLEL", "10", _whole(1), "pages that are read at once"
    )
    register: str = _setting(
        "PEYK_REGISTER", "friendly", _register, "how summaries speak: `friendly` or `formal`"
    )
    llm_budget: int = _setting(
        "PEYK_LLM_BUDGET_TOKENS", "0", _whole(0), "tokens a day for all paid calls (0: no limit)"
    )
    ocr_pages_per_day: int = _setting(
        "PEYK_OCR_PAGES_PER_DAY", "100", _whole(0), "pages a user may have read a day"
    )
    local_model: str = _setting(
        "PEYK_LOCAL_MODEL",
        "",
        _local,
        "the offline model: path of a GGUF file, `hf:owner/repo/file.gguf` (downloaded once), or"
        " `http://…/v1` of a local server (`#name` after it chooses a model)",
    )
    local_context: int = _setting(
        "PEYK_LOCAL_CONTEXT", "4096", _whole(512), "tokens of a question with its passages"
    )
    local_threads: int = _setting(
        "PEYK_LOCAL_THREADS", "0", _whole(0), "processors it may use (0: half of them)"
    )
    local_memory: int = _setting(
        "PEYK_LOCAL_MEMORY", "0", _whole(0), "megabytes it may need (0: what is free)"
    )
    local_idle_minutes: float = _setting(
        "PEYK_LOCAL_IDLE_MINUTES",
        "10",
        _number(0),
        "minutes without a question after which it leaves memory (0: never)",
    )
    local_summaries: bool = _setting(
        "PEYK_LOCAL_SUMMARIES",
        "false",
        _flag,
        "`true`: it writes summaries while the models above do not answer",
    )
    local_doubt: bool = _setting(
        "PEYK_LOCAL_DOUBT",
        "false",
        _flag,
        "`true`: its own doubt about an answer is measured, told and heeded",
    )
    hub: str = _setting(
        "HF_ENDPOINT", "https://huggingface.co", _url, "where `hf:` files come from"
    )
    asks_per_day: int = _setting(
        "PEYK_ASKS_PER_DAY", "50", _whole(0), "questions of a user that go to the model a day"
    )
    ask_general: bool = _setting(
        "PEYK_ASK_GENERAL",
        "false",
        _flag,
        "`true`: questions outside the archive are answered too, marked as unsourced",
    )
    webhook_url: str = _setting("PEYK_WEBHOOK_URL", "", _url, "public https address: webhook mode")
    webhook_secret: str = _setting(
        "PEYK_WEBHOOK_SECRET", "", _text, "secret Telegram sends with each update", secret=True
    )
    webhook_port: int = _setting("PEYK_WEBHOOK_PORT", "8080", _whole(1), "port to listen on")
    github_token: str = _setting(
        "GITHUB_TOKEN", "", _text, "more requests and full release notes", secret=True
    )
    log_level: str = _setting("PEYK_LOG_LEVEL", "INFO", _level, "DEBUG, INFO, WARNING, ERROR")

    @property
    def vision_server(self) -> tuple[str, str]:
        """Address and key of the server that reads pages.

        The key of one server is not shown to another.
        """
        key = self.vision_key or ("" if self.vision_url else self.llm_key)
        return self.vision_url or self.llm_url, key

    def secrets(self) -> tuple[str, ...]:
        """Every value that must never be seen in a log."""
        values = (getattr(self, f.name) for f in fields(self) if f.metadata["secret"])
        return tuple(value for value in values if value)

    def __repr__(self) -> str:
        shown = (
            f"{f.name}={'***' if f.metadata['secret'] else getattr(self, f.name)!r}"
            for f in fields(self)
        )
        return f"Settings({', '.join(shown)})"


def setting_fields() -> tuple[Field[Any], ...]:
    """The fields of `Settings`, for tables of documentation and checks."""
    return fields(Settings)


def written(item: Field[Any], value: object) -> str:
    """A setting as `.env` takes it; empty where nothing is set."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(value).removesuffix(".0")
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, tuple):
        return ("-" if item.metadata["parse"] is _span else ",").join(map(_part, value))
    return str(value).replace("\n", "\\n")


def _part(value: object) -> str:
    """One of several times: of a day, or of a week."""
    if isinstance(value, tuple):
        day, clock = value
        return f"{WEEKDAYS[day]} {clock:%H:%M}"
    return f"{value:%H:%M}"


def read(environment: Mapping[str, str] | None = None, env_file: str = ".env") -> Settings:
    """The settings from `env_file` and the environment (which wins).

    Raises ConfigError naming every invalid one.
    """
    settings, wrong = examine(environment, env_file)
    if wrong:
        raise ConfigError("; ".join(map(str, wrong)))
    return settings


def examine(
    environment: Mapping[str, str] | None = None, env_file: str = ".env"
) -> tuple[Settings, list[Invalid]]:
    """The settings with the invalid ones left at their defaults, and the list of those."""
    told = {key: value or "" for key, value in dotenv_values(env_file, interpolate=False).items()}
    told.update(os.environ if environment is None else environment)
    values: dict[str, Any] = {}
    wrong: list[Invalid] = []
    for item in fields(Settings):
        name = item.metadata["name"]
        text = told.get(name, "").strip()
        if not text:
            continue
        try:
            values[item.name] = item.metadata["parse"](text)
        except ValueError as error:
            wrong.append(Invalid(name, str(error)))
    return Settings(**values), wrong
