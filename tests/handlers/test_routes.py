"""Where updates go, and features that are loaded when one needs them."""

from __future__ import annotations

import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import CallbackQueryHandler

from handlers import routes
from handlers.feature import Feature
from tests.newsroom import Newsroom

SOURCE = """
import threading
loaded_in = threading.current_thread()
calls = []
async def show(update, context):
    calls.append((update, context))
"""


async def test_a_feature_is_loaded_once_and_beside_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "late_feature.py").write_text(SOURCE)
    monkeypatch.setattr(sys.modules["handlers"], "__path__", [str(tmp_path)])
    feature: Any = Feature("late_feature")
    show = feature.show
    assert "handlers.late_feature" not in sys.modules

    await show(1, 2)
    await feature.show(3, 4)

    module: Any = sys.modules.pop("handlers.late_feature")
    assert module.calls == [(1, 2), (3, 4)]
    assert module.loaded_in is not threading.current_thread()


def test_each_feature_stands_for_the_module_of_its_name():
    named = {name: one for name, one in vars(routes).items() if isinstance(one, Feature)}

    assert len(named) > 10
    for name, feature in named.items():
        assert vars(feature)["_name"] == f"handlers.{name}"
        assert find_spec(f"handlers.{name}")


def test_no_word_of_callback_data_begins_another_route(room: Newsroom) -> None:
    known = room.peyk.application.handlers[0]
    buttons = [one for one in known if isinstance(one, CallbackQueryHandler) and one.pattern]

    for word in routes.PRESSES:
        data = f"{word}:1"
        assert len([one for one in buttons if one.pattern.match(data)]) == 1
