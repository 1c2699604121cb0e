"""Settings, written as they are read."""

from __future__ import annotations

import pytest

from bot import config

TOLD = {
    "PEYK_CHANNEL": "@peyk_ai",
    "PEYK_ADMIN_CHAT": "-1001234567890",
    "PEYK_ADMINS": "5,7",
    "PEYK_POLL_MINUTES": "0.5",
    "PEYK_QUIET_HOURS": "00:00-07:00",
    "PEYK_AUTO_PUBLISH": "true",
    "PEYK_DIGEST": "fri 10:00,sat 09:30",
    "PEYK_GUIDE_HEADING": "سلام\\nبه همه",
}


def test_every_setting_is_written_as_it_was_told() -> None:
    settings = config.read(TOLD, "")

    written = {
        item.metadata["name"]: config.written(item, getattr(settings, item.name))
        for item in config.setting_fields()
    }

    assert TOLD.items() <= written.items()
    assert config.read(written, "") == settings


@pytest.mark.parametrize(
    "told",
    [
        "models/a.gguf",
        "hf:owner/repo/a.gguf",
        "hf:o/r/Q4/a.gguf",
        "http://localhost:11434/v1#q:4b",
    ],
)
def test_a_local_model_is_a_file_an_address_or_a_name(told: str) -> None:
    assert config.read({"PEYK_LOCAL_MODEL": told}, "").local_model == told


@pytest.mark.parametrize(
    "told",
    [
        *("hf:repo/a.gguf", "hf:o/r/a.bin", "hf:o/../a.gguf", "hf:o/r r/a.gguf", "HF:o/r/a.gguf"),
        *("http://", "http:/x/v1", "http://x:99999/v1", "ftp://x/y", "file:///a.gguf"),
    ],
)
def test_another_local_model_is_named_as_wrong(told: str) -> None:
    _, wrong = config.examine({"PEYK_LOCAL_MODEL": told}, "")

    assert [one.name for one in wrong] == ["PEYK_LOCAL_MODEL"]
