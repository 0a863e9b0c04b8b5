"""Name a storyline in two to four words, as an editor would: ``TikTok deal``.

A word is worth the chance that an editor would use it, from how many headlines have it, how
often the articles do, and how rare it is in the stream. A label is worth the F1 that it can
expect against an editor's name of ``NAME_WORDS`` words, less a penalty for what reads badly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from transforms.clustering.headlines import Cases
from transforms.clustering.label_words import VERBS
from transforms.clustering.phrases import (
    MAX_WORDS,
    Phrase,
    Reading,
    plain,
    repeats,
    spans,
)
from transforms.clustering.terms import tokenise
from transforms.clustering.vocabulary import Background, Evidence, Headline, Vocabulary

__all__ = ["Background", "Evidence", "Headline", "Label", "features", "keep", "label", "score"]

UNTITLED = "Untitled"
"""The label where there is no word at all."""
MAX_PARTS = 24
"""Phrases that are tried in pairs, such as actor and topic."""
NAME_WORDS = 4.0
"""Words of the name that an editor is taken to have in mind; more makes labels longer. The most
that left a precision of .65 on the corpora the weights were fitted on."""
LEAD = 1.25
"""How many times the current label's score a new one must reach to replace it."""
CUT_PENALTY = 0.12
"""Taken off for a name cut in half at either end (``White`` of ``White House``)."""
JOIN_PENALTY = 0.08
"""Taken off for neighbours that are so in no headline, times their share of the neighbours."""
NAMES_PENALTY = 0.05
"""Taken off for a label of names alone, which says who but not what."""
SINGLE_PENALTY = 0.15
"""Taken off for a label of one word, which says too little."""


@dataclass(frozen=True)
class Label:
    """A storyline's name.

    Attributes:
        text: two to four content words where there are so many, never empty.
        headline: the most central headline, cleaned; empty where there is none.
        terms: the most characteristic terms, best first, ten at most.
        score: expected F1 (0 to 1) against an editor's name, less penalties; 0 for a fallback.
    """

    text: str
    headline: str
    terms: tuple[str, ...]
    score: float


def label(evidence: Evidence, background: Background) -> Label:
    """Return the best label. The same evidence gives the same label, in whatever order it is."""
    return _Judge(evidence, background).best()


def keep(current: str | None, evidence: Evidence, background: Background) -> Label:
    """Return ``current`` with fresh terms, or the best label where that is clearly better.

    The current label stays while the best scores less than ``LEAD`` times as much.
    """
    judge = _Judge(evidence, background)
    best = judge.best()
    if not current or current in (best.text, UNTITLED):
        return best
    value = judge.score(_label_keys(current))
    if value <= 0 or best.score >= LEAD * value:
        return best
    return Label(current, best.headline, best.terms, value)


def score(text: str, evidence: Evidence, background: Background) -> float:
    """Return what ``text`` is worth as the label of this evidence, 0 to 1."""
    return _Judge(evidence, background).score(_label_keys(text))


def features(evidence: Evidence, background: Background) -> dict[str, tuple[float, float, float]]:
    """Return for each term what its chance follows from, by name in ``label_weights.json``.

    ``headlines``: the share of headlines with it, times n / (n + 1) for n headlines; ``body``:
    ln(1 + its count an article beside the titles) over that of the storyline's top term;
    ``idf``: ln((N + 1) / (df + .5)).
    """
    judge = _Judge(evidence, background)
    return {term: judge.features(term) for term in sorted({*judge.shares, *evidence.terms})}


class _Judge(Vocabulary):
    """Scores labels for one storyline."""

    def score(self, keys: Sequence[str]) -> float:
        if not keys:
            return 0.0
        value = 2.0 * sum(map(self.chance, keys)) / (len(keys) + NAME_WORDS)
        value -= CUT_PENALTY * self._cuts(keys)
        value -= JOIN_PENALTY * self._gaps(tuple(keys))
        if not any(key in self.topics for key in keys):
            value -= NAMES_PENALTY * min(len(self.headlines) / 8.0, 1.0)
        return max(value - SINGLE_PENALTY * (len(keys) == 1), 0.0)

    def _cuts(self, keys: Sequence[str]) -> int:
        inside = set(pairwise(keys))
        cut = 0
        for left, right in self.bonds - inside:
            cut += (left in keys) != (right in keys)
        return cut

    def _gaps(self, keys: tuple[str, ...]) -> float:
        """Return the share of neighbours in a label that no headline has side by side."""
        if keys in self.phrases or len(keys) < 2:
            return 0.0
        gaps = [pair not in self.pairs for pair in pairwise(keys)]
        return sum(gaps) / len(gaps)

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], Phrase]:
        """What could be a label, or a part of one, by its terms."""
        ways: dict[tuple[str, ...], dict[str, float]] = {}
        found: dict[tuple[str, ...], list[Phrase]] = {}
        for read, weight in self.headlines:
            for phrase in spans(read):
                seen = ways.setdefault(phrase.keys, {})
                seen[phrase.text] = seen.get(phrase.text, 0.0) + weight
                found.setdefault(phrase.keys, []).append(phrase)
        return {
            keys: min(same, key=lambda p: (-ways[p.keys][p.text], len(p.words), p.text))
            for keys, same in found.items()
        }

    def best(self) -> Label:
        ranked = sorted(
            ((self.score(phrase.keys), phrase) for phrase in self.phrases.values()),
            key=lambda item: (-item[0], item[1].text),
        )
        ranked += self._joined([phrase for _, phrase in ranked if len(phrase.keys) < MAX_WORDS])
        if not ranked:
            return self._fallback()
        value, phrase = min(ranked, key=lambda item: (-item[0], item[1].text))
        return Label(self._written(phrase), self.headline, self.terms, value)

    def _joined(self, phrases: list[Phrase]) -> list[tuple[float, Phrase]]:
        """Return pairs such as actor and topic, in the order in which headlines have them."""
        parts = [phrase for phrase in phrases if plain(phrase)]
        parts.sort(key=lambda p: (-sum(map(self.chance, p.keys)) / (len(p.keys) + 0.5), p.text))
        joined = []
        for one, other in combinations(parts[:MAX_PARTS], 2):
            if len(one.keys + other.keys) <= MAX_WORDS and not repeats(one.keys + other.keys):
                pair = sorted((one, other), key=self._order)
                joined.append(max(map(self._pair, (pair, pair[::-1])), key=lambda item: item[0]))
        return joined

    def _pair(self, parts: Sequence[Phrase]) -> tuple[float, Phrase]:
        keys = parts[0].keys + parts[1].keys
        return self.score(keys), Phrase(parts[0].words + parts[1].words, keys, parts[0].place)

    def _order(self, phrase: Phrase) -> tuple[bool, float, str]:
        """Actors come first, then what headlines have first."""
        return any(key in self.common for key in phrase.keys), phrase.place, phrase.text

    def _written(self, phrase: Phrase) -> str:
        text = " ".join(
            self.cases.restore(word.surface) if word.keys else word.surface.lower()
            for word in phrase.words
        )
        return text[:1].upper() + text[1:] if text[1:2].islower() or " " in text[:3] else text

    @cached_property
    def cases(self) -> Cases:
        cases = Cases()
        for read, _ in self.headlines:
            cases.add(read.telling)
        return cases

    @cached_property
    def headline(self) -> str:
        def central(item: tuple[Reading, float]) -> tuple[float, str]:
            read, weight = item
            worth = 2.0 * sum(map(self.chance, sorted(read.keys))) / (len(read.keys) + 8.0)
            return -weight * worth, read.text

        return min(self.headlines, key=central)[0].text if self.headlines else ""

    @cached_property
    def terms(self) -> tuple[str, ...]:
        counts = self.evidence.terms
        worth = {
            term: math.log1p(counts[term]) * self.features(term)[2]
            for term in counts
            if not term[0].isdigit()
        }
        return tuple(sorted(worth, key=lambda term: (-worth[term], term))[:10])

    def _fallback(self) -> Label:
        """Return a label from the terms of the texts, else from whatever the headlines have."""
        ranked = sorted(self.evidence.terms, key=lambda term: (-self.chance(term), term))
        words: list[str] = []
        for term in ranked:
            fits = any(map(str.isalpha, term)) and term not in VERBS
            if fits and not repeats((*words, term)) and len(words) < 3:
                words.append(term)
        if not words:
            words = [w.surface for read, _ in self.headlines[:1] for s in read.segments for w in s][
                :4
            ]
        text = " ".join(words)
        return Label(text[:1].upper() + text[1:] or UNTITLED, self.headline, self.terms, 0.0)


def _label_keys(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokenise(text)))
