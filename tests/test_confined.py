"""What a child process that reads hostile bytes is given, and what it may take."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.confined import environment

TRIES = """
import os, resource
from pathlib import Path
from bot.confined import confine
confine(memory=2 << 30, seconds={seconds}, nice=3)
told = [resource.getrlimit(one)[0] for one in (resource.RLIMIT_CPU, resource.RLIMIT_AS)]
print(os.nice(0), *told)
try:
    Path({path!r}).write_text("x")
except OSError:
    print("refused")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems know no such limits")
@pytest.mark.parametrize(("seconds", "limit"), [(7, 7), (None, -1)])
def test_it_steps_back_and_keeps_to_its_limits(
    seconds: int | None, limit: int, tmp_path: Path
) -> None:
    script = TRIES.format(seconds=seconds, path=str(tmp_path / "file"))
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment(), capture_output=True, text=True
    )

    assert done.stdout.split() == ["3", str(limit), str(2 << 30), "refused"]


def test_it_is_given_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEYK_TELEGRAM_TOKEN", "42:SECRET")

    assert environment().keys() == {"PYTHONPATH"}
