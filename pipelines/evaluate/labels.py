"""Score labels against the names that editors gave the same stories."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pipelines.evaluate.corpus import Item
from pipelines.evaluate.metrics import Score, mean, overlap, stems
from schemas.records import EmbeddedArticle
from transforms.clustering.evidence import article_terms
from transforms.clustering.labels import Background, Evidence, Headline, label
from transforms.clustering.storylines import add_counts


def label_scores(
    items: Sequence[Item],
    found: Mapping[str, str],
    name_of: Callable[[str], str],
    seed: int = 0,
) -> dict[str, Any]:
    """Return the scores of labels, averaged over stories: all, and those of 2 articles or more.

    A story's label is that of the cluster that most of its articles lie in; words are compared
    as sets of stems.

    Args:
        items: scored articles; stories without an editor's name are left out.
        found: each article's cluster, by article_id.
        name_of: a cluster's label.
        seed: of the intervals.
    """
    clusters: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[str, str] = {}
    for item in items:
        if item.story is not None and item.name and stems(item.name):
            clusters[item.story][found[item.article.article.article_id]] += 1
            names[item.story] = item.name
    scores: list[Score] = []
    several: list[Score] = []
    for story, counts in sorted(clusters.items()):
        best = min(counts, key=lambda cluster: (-counts[cluster], cluster))
        score = overlap(stems(name_of(best)), stems(names[story]))
        scores.append(score)
        if counts.total() > 1:
            several.append(score)
    return {"all": mean(scores, seed), "several_articles": mean(several, seed)}


def event_namer(
    articles: Sequence[EmbeddedArticle], events: Mapping[str, str], background: Background
) -> Callable[[str], str]:
    """Return a function that names an event as its storyline would be named if it were alone."""
    members: dict[str, list[EmbeddedArticle]] = defaultdict(list)
    for article in articles:
        members[events[article.article.article_id]].append(article)

    def name_of(event_id: str) -> str:
        return label(_evidence(members[event_id]), background).text

    return name_of


def _evidence(articles: Sequence[EmbeddedArticle]) -> Evidence:
    terms: dict[str, float] = {}
    headlines = []
    for article in articles:
        head = article.article
        add_counts(terms, article_terms(head.title, article.passages))
        if head.title:
            headlines.append(Headline(head.title, 1.0, head.source))
    return Evidence(headlines, terms, max(len(articles), 1))
