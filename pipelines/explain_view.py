"""``storybeam explain``: prints why a paragraph or an article is where it is."""

from __future__ import annotations


def show(lake: str, target: str, for_programs: bool) -> None:
    """Print."""
