"""The tables of an evaluation: one shape for the terminal and the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

Figures = Mapping[str, Any]
LEVELS = (("events", "event"), ("storylines", "storyline"))


class Table(NamedTuple):
    """Column names, and rows of as many texts; columns of numbers by their place."""

    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: range
    note: str


def fraction(value: float) -> str:
    """Return a figure between 0 and 1 with three digits, ``.985``."""
    return f"{value:.3f}".removeprefix("0")


def clusters(corpora: Sequence[Figures]) -> Table:
    """Return a line a corpus and level: how well articles are clustered."""
    head = ("Corpus", "Level", "Articles", "P", "R", "B3 F1", "95 %", "AMI", "ARI", "Clusters",
            "Floors")  # fmt: skip
    rows = [
        (figures["corpus"], level, *_clustering(figures[key]))
        for figures in corpora
        for key, level in LEVELS
    ]
    note = "By article. Floors: B3 F1 of all singletons, of one cluster."
    return Table(head, rows, range(2, 11), note)


def _clustering(one: Figures) -> tuple[str, ...]:
    floors = one["floors"]
    return (
        f"{one['items']:,}",
        *_score(one),
        _range(one),
        fraction(one["ami"]),
        fraction(one["ari"]),
        f"{one['clusters']:,} of {one['gold_clusters']:,}",
        f"{fraction(floors['singletons']['f1'])}, {fraction(floors['one_cluster']['f1'])}",
    )


def paragraphs(corpora: Sequence[Figures]) -> Table:
    """Return a line a corpus: how well paragraphs are clustered, and what digests cost."""
    head = (
        "Corpus",
        "Paragraphs",
        "By event",
        "By storyline",
        "Digests",
        "Their paragraphs",
        "95 %",
        "Loss",
    )
    rows = []
    for figures in corpora:
        found = figures.get("digests")
        rows.append(
            (
                figures["corpus"],
                f"{figures['paragraphs_events']['items']:,}",
                ", ".join(_score(figures["paragraphs_events"])),
                ", ".join(_score(figures["paragraphs_storylines"])),
                str(found["digests"]) if found else "",
                ", ".join(_score(found["paragraphs"])) if found else "",
                _range(found["paragraphs"]) if found else "",
                f"{found['ordinary_loss']:+.4f}" if found else "",
            )
        )
    note = (
        "B3 P, R and F1 of paragraphs, which inherit their article's story; those of digests have "
        "one of their own, and are looked at by event. Loss: what ordinary articles lose in F1 by "
        "digests among them."
    )
    return Table(head, rows, range(1, 8), note)


def labels(corpora: Sequence[Figures]) -> Table:
    """Return a line a corpus and level: labels against editors' names; none without names."""
    head = ("Corpus", "Level", "Stories", "P, R, F1", "95 %", "of 2 articles", "P, R, F1", "95 %")
    rows = [
        (figures["corpus"], level, *_named(figures["labels"][key]))
        for figures in corpora
        if figures.get("labels")
        for key, level in LEVELS
    ]
    note = (
        "Labels: stems of content words against those of the editors' names, with the interval of "
        "the F1; all stories, and those of two articles or more."
    )
    return Table(head, rows, range(2, 8), note)


def _named(labels: Figures) -> tuple[str, ...]:
    found: list[str] = []
    for one in (labels["all"], labels["several_articles"]):
        score = ", ".join(_score(one)) if one["stories"] else ""
        found += [f"{one['stories']:,}", score, _range(one)]
    return tuple(found)


def runs(corpora: Sequence[Figures]) -> Table:
    """Return a line a corpus: size, speed, and how ids held."""
    head = ("Corpus", "Articles", "Rejected", "Decisions/s", "Snapshots", "Ids kept",
            "Outside lineage", "Explained")  # fmt: skip
    rows = []
    for figures in corpora:
        ids, speed = figures["ids"], figures["speed"]
        rows.append(
            (
                figures["corpus"],
                f"{figures['articles']:,}",
                f"{figures['rejected']:,}",
                f"{speed['decisions_per_second']:,.0f}",
                f"{ids['snapshots']:,}",
                f"{ids['unchanged']:.2%}",
                f"{ids['unchanged_outside_lineage']:.2%}",
                f"{ids['unchanged_or_explained']:.2%}",
            )
        )
    note = (
        "Decisions of the whole core, storylines and names included. Ids kept: articles whose "
        "event and storyline have the ids of the hour before, over hours in which articles came; "
        "of those that no row of the lineage speaks of; together with those that it explains."
    )
    return Table(head, rows, range(1, 8), note)


def fits(corpora: Sequence[Figures]) -> Table:
    """Return a line a corpus: which weights and background it was read with."""
    rows = [(one["corpus"], _fitted(**one["fitted"])) for one in corpora]
    return Table(("Corpus", "Weights and background"), rows, range(0), "What each was read with.")


def _fitted(weights: str, background: str) -> str:
    same = weights == background
    return weights if same else f"weights {weights}; background {background}"


def stories(found: Figures) -> Table:
    """Return a line a long story: its best storyline, and into how many it broke."""
    head = ("Long story", "Articles", "P", "R", "F1", "F1 by text", "Pieces", "Storyline")
    rows = [
        (
            row["story"],
            f"{row['articles']:,}",
            *_score(row),
            fraction(row["f1_by_text"]),
            str(row["pieces"]),
            row["label"],
        )
        for row in found["stories"]
    ]
    note = (
        f"Median F1 {fraction(found['median_f1'])} over {found['found']} stories, "
        f"{fraction(found['median_f1_by_text'])} where articles whose text tells the story do not "
        f"count against it; at most {found['most_pieces']} pieces."
    )
    return Table(head, rows, range(1, 7), note)


def tables(corpora: Sequence[Figures]) -> list[Table]:
    """Return all tables of corpora that have a line, in reading order."""
    labelled = [figures for figures in corpora if "events" in figures]
    found = [clusters(labelled), paragraphs(labelled), labels(labelled), runs(corpora)]
    return [table for table in [*found, fits(corpora)] if table.rows]


def _score(one: Figures) -> tuple[str, ...]:
    return tuple(fraction(one[name]) for name in ("precision", "recall", "f1"))


def _range(one: Figures) -> str:
    return "-".join(map(fraction, one.get("interval", ())))
