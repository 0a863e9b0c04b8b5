"""The rules as a page of documentation.

``python -m transforms.residue.listing > docs/residue.md``
"""

from __future__ import annotations

import sys

from transforms.residue.classify import END_PARAGRAPHS, RULES, SEGMENT_RULES, START_PARAGRAPHS
from transforms.residue.edges import HEADS, TAILS

_PLACES = {
    "anywhere": "anywhere",
    "start": f"the first {START_PARAGRAPHS}",
    "end": f"the last {END_PARAGRAPHS}",
    "edges": f"the first {START_PARAGRAPHS}, the last {END_PARAGRAPHS}",
}
_INTRODUCTION = """# Residue

What is dropped from articles before anything is measured, rule by rule. Dropped text is never
lost: it stands in the table `residue` with its rule. A rule looks at whole paragraphs up to
its length; where residue is stuck to an end of a longer paragraph ("yes" under *stuck*), only
that end is cut off. A dateline in front of a sentence, a caption with its own words and a
highlight stay. One-line quotes are not merged with the sentence before them: nobody has measured
that it helps.

This page is generated from `transforms/residue`.

| rule | what it is | invented example | up to | among the paragraphs | stuck |
|---|---|---|---|---|---|
"""


def listing() -> str:
    """Return the page in Markdown."""
    stuck = {edge.rule for edge in HEADS + TAILS}
    rows = [
        f"| `{rule.name}` | {rule.description} | {_cell(rule.example)} | {rule.limit} characters "
        f"| {_PLACES[rule.near]} | {'yes' if rule.name in stuck else ''} |"
        for rule in RULES
    ]
    rows += [f"| `{name}` | {text} | | | | |" for name, text in SEGMENT_RULES.items()]
    return _INTRODUCTION + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(listing())
