"""Compare labels with the names that editors gave the same stories.

    python benchmarks/labels.py             score the default weights
    python benchmarks/labels.py --fit       fit the weights and print them
    python benchmarks/labels.py --show 40   print labels beside names
    python benchmarks/labels.py --stream    label ad-hoc groups of the stream, to be read

Fitted on basil, galaxy and allsides to 2016; tested on allsides 2017 and 2018. A label and a
name are compared as sets of stems (Snowball) of content words; precision, recall and F1 are
averaged over stories.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from pipelines.evaluate.metrics import overlap, stemmer, stems
from transforms.clustering.background import Background
from transforms.clustering.labels import Evidence, Headline, features, label
from transforms.clustering.terms import count_terms

DATA = Path(__file__).parents[2] / "shared" / "data"
NAMED = {
    "allsides_to_2018": "story_title",
    "basil": "event",
    "galaxy_wikinews_events": "story",
}
"""Corpora whose stories an editor named, and the field of the name."""
MAX_HEADLINES = 24
MAX_TERMS = 200
TEXT_CHARACTERS = 6_000
PROBES = {
    "Kavanaugh": r"kavanaugh",
    "Tariffs": r"tariff",
    "Mueller": r"mueller",
    "Khashoggi": r"khashoggi",
    "Hurricane": r"hurricane (florence|michael|harvey|irma|maria)",
    "Hurricane Florence": r"florence",
    "Family separation": r"separat\w+.*(famil|child)|(famil|child).*separat",
    "Health-care repeal": r"repeal|obamacare",
    "Travel ban": r"travel ban",
    "Comey firing": r"comey",
    "Shutdown": r"shutdown",
    "DACA": r"\bdaca\b|dreamers",
    "North Korea summit": r"(north korea|\bkim\b).*summit|summit.*(north korea|\bkim\b)",
    "Roy Moore": r"roy moore",
    "Parkland": r"parkland|stoneman",
    "Charlottesville": r"charlottesville",
    "Caravan": r"caravan",
    "Las Vegas shooting": r"las vegas",
    "Cohen": r"\bcohen\b",
    "Facebook": r"facebook",
    "Brexit": r"brexit",
    "Syria": r"syria",
}


@dataclass(frozen=True)
class Story:
    """A story with its editor's name and what the clusterer would keep of it."""

    corpus: str
    name: str
    date: str
    articles: int
    evidence: Evidence
    background: Background


def read(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a gzipped JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def counts(row: dict[str, Any]) -> dict[str, float]:
    """Return the term counts of an article."""
    terms, values = count_terms(row.get("title"), [row["text"][:TEXT_CHARACTERS]])
    return dict(zip(terms, values, strict=True))


def evidence(rows: list[dict[str, Any]]) -> Evidence:
    """Return what the clusterer would keep of these articles."""
    total: dict[str, float] = defaultdict(float)
    for row in rows:
        for term, count in row["counts"].items():
            total[term] += count
    top = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:MAX_TERMS]
    step = max(len(rows) / MAX_HEADLINES, 1.0)
    chosen = [rows[int(n * step)] for n in range(min(len(rows), MAX_HEADLINES))]
    headlines = [Headline(r["title"], 1.0, r.get("source")) for r in chosen if r.get("title")]
    return Evidence(headlines, dict(top), len(rows))


def stories() -> Iterator[Story]:
    """Yield the stories that an editor named."""
    for corpus, field in NAMED.items():
        rows = read(DATA / "labelled" / f"{corpus}.jsonl.gz")
        background = Background()
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            row["counts"] = counts(row)
            background.add(row["counts"])
            groups[row["story"]].append(row)
        for _, group in sorted(groups.items()):
            name = str(group[0].get(field) or "")
            if stems(name) and not name.startswith("On the campaign trail"):
                date = str(group[0].get("date") or "")
                yield Story(corpus, name, date, len(group), evidence(group), background)


def is_test(story: Story) -> bool:
    """Return whether nothing was fitted on a story."""
    return story.corpus == "allsides_to_2018" and story.date >= "2017"


def report(name: str, chosen: list[Story]) -> None:
    """Print the macro averages over stories, with a 95 % interval of F1."""
    rows = np.array([overlap(stems(labelled(s)), stems(s.name)) for s in chosen])
    heads = np.array(
        [
            np.mean(
                [overlap(stems(h.text), stems(s.name)) for h in s.evidence.headlines]
                or [(0, 0, 0)],
                axis=0,
            )
            for s in chosen
        ]
    )
    spread = 1.96 * rows.std(axis=0) / len(rows) ** 0.5
    words = np.mean([len(labelled(s).split()) for s in chosen])
    print(
        f"{name:32} n={len(chosen):4}  P {rows[:, 0].mean():.3f}  R {rows[:, 1].mean():.3f}  "
        f"F1 {rows[:, 2].mean():.3f} ±{spread[2]:.3f}  words {words:.1f}   "
        f"(whole headline P {heads[:, 0].mean():.3f} R {heads[:, 1].mean():.3f} "
        f"F1 {heads[:, 2].mean():.3f})"
    )


_LABELS: dict[int, str] = {}


def labelled(story: Story) -> str:
    """Return the label of a story."""
    if id(story) not in _LABELS:
        _LABELS[id(story)] = label(story.evidence, story.background).text
    return _LABELS[id(story)]


def fit(chosen: list[Story]) -> dict[str, float]:
    """Return logistic weights for a word to be in the editor's name."""
    from sklearn.linear_model import LogisticRegression

    rows: list[tuple[float, ...]] = []
    hits: list[bool] = []
    for story in chosen:
        wanted = stems(story.name)
        for term, values in features(story.evidence, story.background).items():
            if (values[0] > 0 or values[1] > 0.5) and not term[0].isdigit():
                rows.append(values)
                hits.append(stemmer()(term) in wanted)
    model = LogisticRegression(C=10.0).fit(np.array(rows), np.array(hits))
    print(f"{len(chosen)} stories, {len(rows)} words, {np.mean(hits):.3f} of them used")
    names = ("headlines", "body", "idf")
    found = {"bias": float(model.intercept_[0])}
    found |= {name: float(value) for name, value in zip(names, model.coef_[0], strict=True)}
    return {name: round(value, 3) for name, value in found.items()}


def stream() -> None:
    """Print labels for articles of the stream whose titles match a pattern."""
    rows = read(DATA / "stream" / "us_politics_2016_2018.jsonl.gz")
    background = Background()
    for row in rows:
        row["counts"] = counts(row)
        background.add(row["counts"])
    for name, pattern in PROBES.items():
        chosen = [r for r in rows if re.search(pattern, r["title"] or "", re.IGNORECASE)]
        if chosen:
            found = label(evidence(chosen), background)
            print(
                f"{name:20} {len(chosen):4}  {found.score:.2f}  {found.text}   "
                f"[{found.headline}]  {', '.join(found.terms[:6])}"
            )


def main() -> None:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--show", type=int, default=0)
    parser.add_argument("--stream", action="store_true")
    options = parser.parse_args()
    if options.stream:
        stream()
        return
    every = list(stories())
    training = [s for s in every if not is_test(s)]
    test = [s for s in every if is_test(s)]
    if options.fit:
        print(json.dumps(fit(training)))
        return
    for corpus in NAMED:
        report(f"fitted on: {corpus}", [s for s in training if s.corpus == corpus])
    report("fitted on: all, 2+ articles", [s for s in training if s.articles > 1])
    report("test: allsides 2017-18, 2+", [s for s in test if s.articles > 1])
    report("test: allsides 2017-18, all", test)
    sample = (
        training + test if options.show < 0 else random.Random(7).sample(training, options.show)  # noqa: S311
    )
    for story in sample:
        print(
            f"{labelled(story):45} | {story.name} {[h.text for h in story.evidence.headlines[:3]]}"
        )


if __name__ == "__main__":
    main()
