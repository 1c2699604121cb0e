"""How much memory is free, by the files in which Linux tells it."""

from pathlib import Path

from bot.models import memory

MACHINE = "MemTotal:       8000000 kB\nMemFree:  100 kB\nMemAvailable:   2000000 kB\n"


def machine(folder: Path) -> Path:
    path = folder / "meminfo"
    path.write_text(MACHINE)
    return path


def group(folder: Path, most: str) -> Path:
    (folder / "memory.max").write_text(most + "\n")
    (folder / "memory.current").write_text("700000000\n")
    (folder / "memory.stat").write_text("anon 5\ninactive_file 200000000\n")
    return folder


def test_the_machine_tells_what_is_free(tmp_path: Path) -> None:
    assert memory.available(tmp_path / "none", machine(tmp_path)) == 2_048_000_000


def test_a_containers_limit_counts(tmp_path: Path) -> None:
    assert memory.available(group(tmp_path, "1000000000"), machine(tmp_path)) == 500_000_000
    assert memory.available(group(tmp_path, "max"), machine(tmp_path)) == 2_048_000_000


def test_where_nothing_is_told_nothing_is_known(tmp_path: Path) -> None:
    assert memory.available(tmp_path, tmp_path / "none") is None


def test_there_is_a_processor() -> None:
    assert memory.processors() >= 1
