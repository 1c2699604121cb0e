"""What every test may ask for."""

import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.newsroom import Newsroom, newsroom

# Nothing is timed here: machines are shared. In CI the same examples every time: a newly found
# one belongs to whoever looks for it.
settings.register_profile("peyk", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("peyk")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded feeds, updates and exports that lies beside the repository."""
    if not (SHARED / "fixtures").is_dir():
        pytest.skip("the recordings in ../shared are not part of a clone")
    return SHARED / "fixtures"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Newsroom]:
    """A running peyk among its people, without sources and without a model."""
    async with newsroom(tmp_path) as stage:
        yield stage


@pytest.fixture
def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
