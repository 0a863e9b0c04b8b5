"""Draw the paragraphs by which the residue rules are judged, and count what they drop.

    python benchmarks/residue_sample.py --kept 500 --dropped 14 ../shared/data/*/*.jsonl.gz

Prints to the screen only: the texts belong to their publishers. A reader marks, among the 500
drawn from all paragraphs, those dropped or kept wrongly, and among the dropped ones (some a rule)
those that are text of the article. The estimate weighs each rule's errors by how often it drops.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from schemas.records import Article, SegmentedArticle
from schemas.settings import Settings
from transforms.segment import segment
from transforms.text import normalise


class Seen(NamedTuple):
    """One paragraph and what became of it; ``rule`` is empty for a kept one."""

    corpus: str
    article: str
    position: int
    rule: str
    text: str


def main() -> None:
    """Print both samples and the counts by rule and corpus."""
    options = _options()
    seen = [paragraph for path in options.files for paragraph in _corpus(Path(path))]
    chance = random.Random(options.seed)  # noqa: S311 - a sample, no secret
    whole = [paragraph for paragraph in seen if not paragraph.rule.startswith("~")]
    _show("all paragraphs", chance.sample(whole, min(options.kept, len(whole))))
    by_rule: dict[str, dict[str, Seen]] = defaultdict(dict)
    for paragraph in seen:
        if paragraph.rule:
            by_rule[paragraph.rule].setdefault(paragraph.text, paragraph)
    for rule, texts in sorted(by_rule.items()):
        drawn = chance.sample(sorted(texts.values()), min(options.dropped, len(texts)))
        _show(f"dropped by {rule} ({len(texts)} different)", drawn)
    _count(seen)


def estimate(
    counts: dict[str, int], read: dict[str, int], wrong: dict[str, int], kept: int
) -> float:
    """Return paragraphs dropped wrongly per 1,000 kept ones.

    Args:
        counts: paragraphs that each rule dropped.
        read: how many of them were read.
        wrong: how many of those read should have been kept.
        kept: paragraphs that no rule dropped.
    """
    lost = sum(counts[rule] * wrong.get(rule, 0) / read[rule] for rule in counts if read.get(rule))
    return 1000 * lost / (kept + lost)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+", help="labelled JSON Lines, gzipped")
    parser.add_argument("--kept", type=int, default=500, help="paragraphs drawn from all")
    parser.add_argument("--dropped", type=int, default=14, help="paragraphs drawn from each rule")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _corpus(path: Path) -> Iterator[Seen]:
    """Yield what became of each paragraph; the rule of a cut-off end starts with a tilde."""
    name = path.name.split(".")[0]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            result = segment(_article(record), Settings())
            if isinstance(result, SegmentedArticle):
                yield from _seen(name, record["id"], result)


def _seen(corpus: str, article: str, result: SegmentedArticle) -> Iterator[Seen]:
    kept = {paragraph.position for paragraph in result.paragraphs}
    for paragraph in result.paragraphs:
        yield Seen(corpus, article, paragraph.position, "", paragraph.text)
    for part in result.residue:
        rule = f"~{part.rule}" if part.position in kept else part.rule
        yield Seen(corpus, article, part.position, rule, part.text)


def _article(record: dict[str, str]) -> Article:
    title = " ".join(normalise(record.get("title") or "").split()) or None
    text = normalise(record["text"])
    missing = (None,) * 3
    return Article(
        record["id"], "", *missing, title, None, None, None, 0, "missing", "", "", text, []
    )


def _show(heading: str, drawn: list[Seen]) -> None:
    sys.stdout.write(f"\n## {heading}\n")
    for corpus, article, position, rule, text in drawn:
        sys.stdout.write(f"{corpus[:8]} {article[-12:]} {position} [{rule}] {text[:400]}\n")


def _count(seen: list[Seen]) -> None:
    table = Counter((paragraph.rule or "(kept)", paragraph.corpus) for paragraph in seen)
    corpora = sorted({corpus for _, corpus in table})
    sys.stdout.write(f"\n{'rule':<18}" + "".join(f"{corpus[:10]:>12}" for corpus in corpora) + "\n")
    for rule in sorted({rule for rule, _ in table}):
        row = "".join(f"{table[rule, corpus]:>12,}" for corpus in corpora)
        sys.stdout.write(f"{rule:<18}{row}\n")


if __name__ == "__main__":
    main()
