"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# What is checked on every change must not depend on luck; elsewhere hypothesis goes on searching.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
# HYPOTHESIS_PROFILE=thorough: as often as tests.histories.cases says.
settings.register_profile("thorough", deadline=None, print_blob=True)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


@pytest.fixture(autouse=True, scope="session")
def _no_waiting_for_the_disk() -> object:
    """No test pulls the plug, so none has to wait until its files would survive that."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda handle: None)
        yield
