"""Which articles come after their window was decided, and which of these come too late."""

from __future__ import annotations

from schemas.records import Article
from schemas.settings import EventSettings


def behind(article: Article, end: int, settings: EventSettings) -> int:
    """Return by how much an article comes before the window that ends at ``end``, microseconds.

    Not above 0 for one that lies in it.
    """
    return end - settings.window - article.released(settings.lateness)


def is_late(article: Article, end: int, settings: EventSettings) -> bool:
    """Say whether the window of the article was decided before."""
    return behind(article, end, settings) > 0


def too_late(article: Article, end: int, settings: EventSettings) -> bool:
    """Say whether it is beyond the lateness allowed; one without a date never is."""
    return article.published_at is not None and behind(article, end, settings) > settings.lateness
