"""Settings, written as they are read."""

from __future__ import annotations

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
