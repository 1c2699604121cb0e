"""What every test may ask for."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recorded feeds, updates and exports that lies beside the repository."""
    if not (SHARED / "fixtures").is_dir():
        pytest.skip("the recordings in ../shared are not part of a clone")
    return SHARED / "fixtures"
