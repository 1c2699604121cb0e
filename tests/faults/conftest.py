"""One source of peyk processes for each fault test."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.scene import Zygote


@pytest.fixture
async def zygote() -> AsyncIterator[Zygote]:
    """What peyks are forked from."""
    async with Zygote() as one:
        yield one
