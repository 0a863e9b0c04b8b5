"""Arrow uses the process's own heap, unless the user chose another; what is free goes back."""

from __future__ import annotations

import subprocess
import sys

import pytest

SHOW = (
    "from transforms.memory import share_arenas; share_arenas(); "
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


GROW = (
    "from transforms.memory import give_back\n"
    "def held():\n"
    "    return int(next(x for x in open('/proc/self/status') if 'VmRSS' in x).split()[1])\n"
    "kept = [bytearray(50_000) for _ in range(4_000)]\n"
    "last = bytearray(50_000)\n"
    "full = held()\n"
    "del kept\n"
    "give_back()\n"
    "print(full - held())\n"
)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and glibc")
def test_what_was_freed_goes_back_to_the_system() -> None:
    done = subprocess.run(
        [sys.executable, "-c", GROW], check=True, capture_output=True, text=True, timeout=120
    )
    assert int(done.stdout) > 100_000
