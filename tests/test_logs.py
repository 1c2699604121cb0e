"""Tokens and keys are in no line that peyk prints and in no byte that it stores."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from bot import config, logs
from bot.demo.server import EmbeddedTelegram
from tests.llm_server import LLMServer, Mode

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "4200000001:AAsecretTOKENsecretTOKENsecret12345"
KEY = "sk-secret/key+with=signs"
HOOK, GITHUB = "hook-secret-1234", "ghp_secretsecret"
SECRETS = (TOKEN, TOKEN.split(":")[1], KEY, "sk-secret%2Fkey%2Bwith%3Dsigns", HOOK, GITHUB)

FAILURES = """
import asyncio, logging, os, sys
from bot import config, logs
from bot.errors import ModelError
if os.environ.get("PEYK_TEST_NO_REDACTION"):
    logs.redact = str
    logs.RedactingFormatter.format = logging.Formatter.format
settings = config.read()
logs.set_up(settings.log_level, settings.secrets())
log = logging.getLogger("test")

async def fail():
    import httpx
    from bot.app import Peyk
    from bot.models.door import OpenAIModel, Prompt
    from db.schema import open_db
    from telegram.error import TelegramError
    url = f"{settings.api_url}/bot{settings.token}/getMe"
    async with httpx.AsyncClient() as client:
        await client.get(url)
        for bad in ("http://127.0.0.1:1", settings.api_url + "/nowhere"):
            try:
                (await client.get(f"{bad}/bot{settings.token}/getMe")).raise_for_status()
            except httpx.HTTPError as error:
                log.error("failed: %s %r", error, error, exc_info=True)
    db = open_db(settings.db)
    peyk = Peyk(settings, db)
    log.info("%r %s %r %r", settings, settings, peyk.bot, peyk.parts)
    try:
        async with peyk:
            await peyk.once()
            await peyk.bot.get_chat("@nobody_here")
    except TelegramError:
        log.exception("as expected")
    door = OpenAIModel(settings.llm_url, settings.llm_key, "model")
    try:
        await door.complete(Prompt("summary", "1", "Write.", "this"))
    except ModelError as error:
        log.error("model: %s", error, exc_info=True)
    db.close()

asyncio.run(fail())
raise RuntimeError(f"uncaught {settings.token} {settings.llm_key}")
"""


async def output_of(code: str, env: dict[str, str]) -> str:
    """Everything this program prints."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", textwrap.dedent(code)),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    printed, _ = await asyncio.wait_for(process.communicate(), 60)
    return printed.decode()


async def run_failures(folder: Path, **more: str) -> tuple[str, bytes]:
    """What all these failures print, and what is in the database files afterwards."""
    (folder / "sources.toml").write_text("")
    async with EmbeddedTelegram(token=TOKEN) as tg, LLMServer(Mode.DENIED) as llm:
        group = tg.add_group("تحریریه", members=[tg.add_user("مینا")])
        tg.add_channel("پیک", "peyk_ai")
        env = {
            "PEYK_TELEGRAM_TOKEN": TOKEN,
            "PEYK_TELEGRAM_API_URL": tg.url,
            "PEYK_CHANNEL": "@peyk_ai",
            "PEYK_ADMIN_CHAT": str(group.id),
            "PEYK_ADMINS": "1",
            "PEYK_DB": str(folder / "peyk.db"),
            "PEYK_SOURCES": str(folder / "sources.toml"),
            "OPENAI_BASE_URL": llm.url,
            "OPENAI_API_KEY": KEY,
            "PEYK_WEBHOOK_SECRET": HOOK,
            "GITHUB_TOKEN": GITHUB,
            "PEYK_LOG_LEVEL": "DEBUG",
        }
        printed = await output_of(FAILURES, env | more)
    return printed, files(folder)


def files(folder: Path) -> bytes:
    """The database as it lies on the disk, journal included."""
    return b"".join(path.read_bytes() for path in folder.glob("peyk.db*"))


async def test_no_failure_prints_or_stores_a_secret(tmp_path: Path) -> None:
    printed, stored = await run_failures(tmp_path)

    assert "RuntimeError: uncaught ***" in printed
    assert "HTTP Request" in printed and "Incorrect API key" in printed
    assert [secret for secret in SECRETS if secret in printed] == []
    assert [secret for secret in SECRETS if secret.encode() in stored] == []


@pytest.mark.parametrize(("level", "told"), [("INFO", False), ("DEBUG", True)])
def test_retries_of_the_models_client_are_told_to_who_looks_for_them(
    level: str, told: bool
) -> None:
    client, root = logging.getLogger("openai._base_client"), logging.getLogger()
    handlers, before, hook = root.handlers[:], root.level, sys.excepthook
    try:
        logs.set_up(level)

        assert client.isEnabledFor(logging.INFO) is client.isEnabledFor(logging.DEBUG) is told
        assert client.isEnabledFor(logging.WARNING)
    finally:
        logs.set_up("WARNING")
        root.handlers[:], sys.excepthook = handlers, hook
        root.setLevel(before)


async def test_the_same_failures_do_leak_when_redaction_is_off(tmp_path: Path) -> None:
    printed, _ = await run_failures(tmp_path, PEYK_TEST_NO_REDACTION="1")

    assert TOKEN in printed and KEY in printed


async def test_a_wrong_token_is_named_but_not_shown(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text("")
    async with EmbeddedTelegram(token="42:OTHER") as tg:
        env = {
            "PEYK_TELEGRAM_TOKEN": TOKEN,
            "PEYK_TELEGRAM_API_URL": tg.url,
            "PEYK_CHANNEL": "@peyk_ai",
            "PEYK_ADMIN_CHAT": "1",
            "PEYK_ADMINS": "1",
            "PEYK_DB": str(tmp_path / "peyk.db"),
            "PEYK_SOURCES": str(tmp_path / "sources.toml"),
            "PEYK_LOG_LEVEL": "DEBUG",
        }
        code = "import sys; from bot.cli import main; sys.exit(main(['run']))"
        printed = await output_of(code, env)

    assert "PEYK_TELEGRAM_TOKEN" in printed
    assert [secret for secret in SECRETS if secret in printed] == []


def test_settings_show_no_secret_however_they_are_printed() -> None:
    settings = replace(config.read({}, ""), token=TOKEN, llm_key=KEY, webhook_secret=HOOK)

    for shown in (repr(settings), str(settings), f"{settings}"):
        assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize("text", [TOKEN, f"https://api.telegram.org/bot{TOKEN}/getMe"])
def test_what_looks_like_a_token_is_hidden_even_when_nobody_named_it(text: str) -> None:
    assert TOKEN not in logs.redact(text)
    assert "***" in logs.redact(text)


def test_arguments_and_traces_of_a_record_are_redacted() -> None:
    logs.hide([KEY])
    try:
        raise ValueError(f"bad key {KEY}")
    except ValueError:
        trace = sys.exc_info()
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "%s and %r", (KEY, {KEY: 1}), trace)

    assert KEY not in logs.RedactingFormatter("%(message)s").format(record)
