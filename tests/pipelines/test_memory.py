"""Arrow uses the process's own heap, unless the user chose another."""

from __future__ import annotations

import subprocess
import sys

import pytest

SHOW = (
    "from pipelines.memory import share_arenas; share_arenas(); "
    "import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
)


@pytest.mark.parametrize(("chosen", "used"), [(None, "system"), ("mimalloc", "mimalloc")])
def test_the_heap_is_shared_unless_another_is_chosen(
    monkeypatch: pytest.MonkeyPatch, chosen: str | None, used: str
) -> None:
    monkeypatch.delenv("ARROW_DEFAULT_MEMORY_POOL", raising=False)
    if chosen:
        monkeypatch.setenv("ARROW_DEFAULT_MEMORY_POOL", chosen)
    done = subprocess.run(
        [sys.executable, "-c", SHOW], check=True, capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip() == used
