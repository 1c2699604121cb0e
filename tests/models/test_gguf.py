"""The head of a model's file: what it says, and what a broken or hostile one costs."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ModelError
from bot.models import gguf
from tests.small_models import smol

UINT32, FLOAT, STRING, ARRAY = 4, 6, 8, 9


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def value(key: str, kind: int, content: bytes) -> bytes:
    return text(key) + struct.pack("<I", kind) + content


def numbers(key: str, *found: int) -> bytes:
    body = struct.pack("<IQ", UINT32, len(found)) + struct.pack(f"<{len(found)}I", *found)
    return value(key, ARRAY, body)


def number(key: str, found: int) -> bytes:
    return value(key, UINT32, struct.pack("<I", found))


VALUES = (
    value("general.architecture", STRING, text("llama")),
    value("general.name", STRING, text("Roobah")),
    value("tokenizer.chat_template", STRING, text("{{ messages }}" * 100)),
    value("tokenizer.ggml.tokens", ARRAY, struct.pack("<IQ", STRING, 2) + text("a") + text("ب")),
    value("tokenizer.ggml.scores", ARRAY, struct.pack("<IQ", FLOAT, 2000) + bytes(8000)),
    number("llama.context_length", 2048),
    number("llama.block_count", 3),
    number("llama.embedding_length", 64),
    number("llama.attention.head_count", 4),
    numbers("llama.attention.head_count_kv", 1, 2, 1),
)
TENSOR = text("output.weight") + struct.pack("<IQQIQ", 2, 8, 8, 0, 4096)


def file(folder: Path, *values: bytes, tensors: bytes = TENSOR, data: int = 8192) -> Path:
    path = folder / "model.gguf"
    count = len(values or VALUES)
    start = b"GGUF" + struct.pack("<IQQ", 3, 1 if tensors else 0, count)
    path.write_bytes(start + b"".join(values or VALUES) + tensors + bytes(data))
    return path


def test_it_says_what_model_it_is_and_what_memory_it_wants(tmp_path: Path) -> None:
    head = gguf.head(file(tmp_path))

    assert (head.architecture, head.name, head.trained_context) == ("llama", "Roobah", 2048)
    assert head.cached == 3 * 2 * (16 + 16) * 2
    assert head.chats
    assert head.memory(1000) - head.memory(0) == 1000 * head.cached


def test_a_model_that_was_not_taught_to_chat_is_known(tmp_path: Path) -> None:
    assert not gguf.head(file(tmp_path, *VALUES[:2], *VALUES[3:])).chats


def test_a_real_model_is_read() -> None:
    head = gguf.head(smol())

    assert (head.architecture, head.trained_context) == ("llama", 8192)
    assert head.cached == 2 * 30 * 3 * 64 * 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a GGUF file"),
        (b"GGUF", "broken"),
        (b"GGUF" + struct.pack("<IQQ", 1, 0, 0), "version 1"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 2**60), "broken"),
        (b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "broken"),
        (b"<html>" * 9, "not a GGUF file"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "not whole"),
        (b"GGUF" + struct.pack("<IQQ", 3, 0, 0) + b"\0", "no architecture"),
    ],
)
def test_what_is_no_model_is_refused_with_a_reason(
    content: bytes, reason: str, tmp_path: Path
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)

    with pytest.raises(ModelError, match=reason):
        gguf.head(path)


@pytest.mark.parametrize(
    "hostile",
    [
        value("a", ARRAY, struct.pack("<IQ", STRING, 2**62)),
        value("a", ARRAY, struct.pack("<IQ", FLOAT, 2**62)),
        value("a", ARRAY, struct.pack("<IQ", ARRAY, 5)),
        value("a", STRING, struct.pack("<Q", 2**63)),
        value("a", 99, b""),
        value("k" * 600, UINT32, bytes(4)),
    ],
)
def test_a_hostile_head_ends_at_once(hostile: bytes, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="broken"):
        gguf.head(file(tmp_path, hostile, data=100_000))


def test_entries_without_end_are_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gguf, "MOST_STEPS", 1000)
    endless = value("a", ARRAY, struct.pack("<IQ", STRING, 10**6))

    with pytest.raises(ModelError, match="too many"):
        gguf.head(file(tmp_path, endless, tensors=b"", data=8 * 10**6))


def test_a_file_cut_off_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not whole"):
        gguf.head(file(tmp_path, data=4000))


@given(st.integers(0, 9000), st.binary(min_size=1, max_size=16))
def test_damage_anywhere_is_a_model_error_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, place: int, damage: bytes
) -> None:
    path = file(tmp_path_factory.mktemp("damaged"))
    content = bytearray(path.read_bytes())
    content[place : place + len(damage)] = damage
    path.write_bytes(content)

    try:
        gguf.head(path)
    except ModelError:
        return
