"""``storybeam explain``: says in words why a paragraph or an article is where it is."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.console import line, minute, out
from pipelines.explain import Explanation, Group, Placement, explain
from pipelines.lake import Lake
from pipelines.show import as_iso

if TYPE_CHECKING:
    from rich.console import Console

SURE, CLOSE = 2.0, 0.7
"""Log-odds: from 7 to 1 on a decision is called sure, below 2 to 1 a close call."""
EXCERPT = 160
"""Characters of a paragraph that are shown."""

FEATURES = {
    "dense": "average cosine of its meaning with the event's passages (1 the same, near 0 "
    "unrelated)",
    "sparse": "overlap of its telling words with the event's (1 the same, 0 none)",
    "gap": "days of silence between the event and this",
    "usual": "what articles of this stream usually have in common with events that are near "
    "but not theirs: the higher, the more it takes to join",
}
"""What each figure means; schemas/tables.py has their names."""

_DECISIONS = {
    "opened": "opened a new event: nothing known fitted",
    "joined": "joined an event that was known",
    "revived": "woke an event that had fallen asleep",
    "copied": "follows its original, of which it is a near copy; it weighs on nothing",
    "kept": "stays where it was: this part did not change in the update",
}


def show(path: str, target: str, for_programs: bool) -> None:
    """Print why ``target`` is where it is.

    Raises:
        UsageError: The lake has nothing of that name, or several articles have it.
        LakeError: There is no lake, or it is damaged.
    """
    found = explain(Lake(path), target)
    if for_programs:
        print(json.dumps(asdict(found), default=as_iso))
        return
    console = out()
    _print_article(console, found)
    for placement in found.placements:
        _print_placement(console, placement)
    _print_residue(console, found)


def _print_article(console: Console, found: Explanation) -> None:
    article = found.article
    console.print(line((article["title"] or "(no title)", "bold")), soft_wrap=True)
    facts = [article["article_id"], article["source"], f"{minute(article['time'])} UTC"]
    if article["date_status"] != "given":
        facts.append(f"{article['date_status']} date: ordered by when it was obtained")
    if article["version"] > 1:
        facts.append(f"version {article['version']}")
    if article["late"]:
        facts.append("read after its time had been decided")
    facts.append(f"{article['origin']} {article['place']}")
    console.print(line(", ".join(filter(None, facts))), soft_wrap=True)
    if found.original:
        original = found.original
        text = f"{original['article_id']}, {original['title']!r} ({original['source']})"
        console.print(line(("A copy of ", "yellow"), text), soft_wrap=True)
    for copy in found.copies:
        text = f"{copy['article_id']}, {copy['title']!r} ({copy['source']})"
        console.print(line("Copied by ", text), soft_wrap=True)
    console.print()


def _print_placement(console: Console, placement: Placement) -> None:
    console.print(
        line("Storyline ", (placement.storyline.name, "bold"), f" ({placement.storyline.id})"),
        soft_wrap=True,
    )
    console.print(line(f"  Event: {named(placement.event)}"), soft_wrap=True)
    for row in placement.paragraphs:
        text = " ".join(row["text"].split())
        cut = f"{text[: EXCERPT - 1]}…" if len(text) > EXCERPT else text
        where = "title" if row["position"] < 0 else f"¶{row['position']}"
        console.print(line(f"  {where} ", (f"{row['paragraph_id']} ", "cyan"), cut), soft_wrap=True)
    for sentence in reasons(placement):
        console.print(line(f"  {sentence}"), soft_wrap=True)
    console.print()


def _print_residue(console: Console, found: Explanation) -> None:
    if not found.residue:
        return
    known = rules()
    console.print(line(("Dropped as page furniture", "bold")))
    for row in found.residue:
        text = " ".join(row["text"].split())[:EXCERPT]
        rule = f"{row['rule']} ({known.get(row['rule'], 'no longer a rule')})"
        console.print(line(f"  ¶{row['position']} by the rule {rule}: {text}"), soft_wrap=True)


def rules() -> dict[str, str]:
    """Return what each rule for page furniture drops."""
    from transforms.residue import RULES, SEGMENT_RULES

    return {**{rule.name: rule.description for rule in RULES}, **SEGMENT_RULES}


def named(group: Group) -> str:
    """Return a group with its name and id."""
    return f"{group.name or '(no headline)'} ({group.id})"


def reasons(placement: Placement) -> Iterator[str]:
    """Yield, in sentences, how a passage came where it is."""
    yield f"Decision: it {_DECISIONS.get(placement.decision, placement.decision)}."
    if placement.decision == "copied":
        return
    if placement.decision == "opened" and placement.runner_up is None:
        yield "There was no event to compare it with."
        return
    yield f"Margin: {certainty(placement.margin)}."
    if placement.runner_up:
        of = placement.runner_up_storyline
        part = f", of the storyline {of.name!r}" if of and of.name else ""
        word = "Refused" if placement.decision == "opened" else "Runner-up"
        yield f"{word}: {named(placement.runner_up)}{part}."
    if placement.features:
        about = "the event refused" if placement.decision == "opened" else "its event"
        yield f"Figures, for {about}:"
        yield from (f"  {each}" for each in figures(placement.features))


def certainty(margin: float) -> str:
    """Return a margin in log-odds as words."""
    word = "sure" if margin >= SURE else "a close call" if margin < CLOSE else "likely"
    odds = math.exp(min(abs(margin), 12.0))
    shown = f"{odds:,.0f}" if odds >= 3 else f"{odds:.1f}"
    return f"{word} ({margin:.2f} log-odds, about {shown} to 1)"


def figures(features: dict[str, float]) -> Iterator[str]:
    """Yield each figure with what it means."""
    for name, value in features.items():
        meaning = FEATURES.get(name, "")
        if name == "gap":
            yield f"{name} {value:.2f}: {math.expm1(value):.1f} {meaning}"
        else:
            yield f"{name} {value:.2f}: {meaning}" if meaning else f"{name} {value:.2f}"
