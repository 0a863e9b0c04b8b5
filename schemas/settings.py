"""Every setting of a run, in one frozen model: unit, default and the reason for the default."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

FIELDS = (
    "id", "url", "source", "language", "title", "text", "paragraphs", "published", "updated",
    "fetched",
)  # fmt: skip
"""What storybeam reads from a record."""


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InputSettings(_Section):
    """How records are read and parsed."""

    fields: dict[str, str] = Field(
        default_factory=dict,
        description="Input field for each of storybeam's: id, url, title, text, paragraphs, "
        'published, updated, fetched, source, language; for example {text = "body_html"}. '
        "Common synonyms are found without it.",
    )

    @field_validator("fields")
    @classmethod
    def _known(cls, fields: dict[str, str]) -> dict[str, str]:
        if unknown := sorted(fields.keys() - set(FIELDS)):
            raise ValueError(f"no such field: {', '.join(unknown)}; known: {', '.join(FIELDS)}")
        return fields

    max_record_bytes: int = Field(
        8_000_000,
        gt=0,
        description="Bytes of one record; a longer one is rejected. The longest "
        "real article seen has 65 kB.",
    )
    max_paragraphs: int = Field(
        2_000,
        gt=0,
        description="Paragraphs of one article; the rest is dropped and counted as "
        "residue. The longest real article seen has 510.",
    )
    min_words: int = Field(
        3,
        gt=0,
        description="Words below which a text without a title is rejected: fewer say "
        "nothing that could be placed.",
    )
    languages: list[str] = Field(
        default_factory=lambda: ["en"],
        description="Languages the model was made for; articles in others are kept and marked.",
    )


class EmbeddingSettings(_Section):
    """The model that turns text into vectors."""

    model: str = Field(
        "all-MiniLM-L6-v2",
        description="A sentence-transformers name or path. The default is "
        "packaged, needs no network, and did as well as larger ones on news.",
    )
    cache: str | None = Field(
        None,
        description="SQLite file that keeps vectors between runs, by text and model; "
        "changes nothing but the time.",
    )
    threads: int = Field(
        0,
        ge=0,
        description="Threads that embed side by side; 0 is one a core. Vectors do not "
        "depend on it.",
    )


class PassageSettings(_Section):
    """How the paragraphs of an article are grouped."""

    similarity: float = Field(
        0.30,
        ge=-1,
        le=1,
        description="Average cosine (no unit) above which groups of "
        "paragraphs of one article are one passage.",
    )
    short_characters: int = Field(
        80,
        ge=0,
        description="Characters below which a paragraph follows its neighbour: its own "
        "vector says little.",
    )


class EventSettings(_Section):
    """Level 1: what happened."""

    window_minutes: int = Field(
        15,
        gt=0,
        description="Minutes of event time in a batch. Shorter gives fresher results, "
        "longer fewer steps.",
    )
    disorder_minutes: int = Field(
        60,
        ge=0,
        description="Minutes of event time that a window stays open behind the latest article, "
        "where more input is to come. Longer marks fewer articles late, shorter gives fresher "
        "results.",
    )
    lateness_days: float = Field(
        2.0,
        ge=0,
        description="Days behind its window that a new article may come and still be placed, with "
        "those of the next window; a later one is rejected.",
    )
    candidates: int = Field(
        20,
        gt=0,
        le=256,
        description="Events compared with a passage in full, the nearest by their "
        "centroids: enough to know how far the best is ahead.",
    )
    threshold: float = Field(
        0.0, description="Log-odds above which a passage joins an event. 0 means as likely as not."
    )
    leave_similarity: float = Field(
        0.35,
        ge=-1,
        le=1,
        description="Cosine to the rest of its article below which a passage leaves it easily: "
        "one in ten passages of ordinary articles lies below, most of a digest's do.",
    )
    leave_threshold: float = Field(
        -2.0,
        description="Log-odds above which a passage may leave its article for an event: below "
        "the threshold, for a short passage scores lower than its article would.",
    )
    leave_margin: float = Field(
        0.0,
        ge=0,
        description="Log-odds by which a passage must fit another event better than its "
        "article's to leave it. Ordinary articles hardly ever part at 0.",
    )
    leave_lead: float = Field(
        1.0,
        ge=0,
        description="Log-odds by which a passage that is like the rest of its article must fit "
        "another event better, and join it if it came alone.",
    )
    merge_margin: float = Field(
        1.0,
        ge=0,
        description="Log-odds above the threshold at which two events become one: a merge "
        "moves more than one passage.",
    )
    split_margin: float = Field(
        0.0,
        ge=0,
        description="Log-odds below the threshold at which one side of an event parts from the "
        "other. Two merge only at merge_margin above it, so ids do not flicker.",
    )
    split_passages: int = Field(
        6,
        gt=0,
        description="Passages that each side of an event must have to part. Three did as well on "
        "articles, but where every third is a digest, four of their leftovers parted from events.",
    )
    dormant_after_days: float = Field(
        30.0, gt=0, description="Days without a new passage after which an event leaves the index."
    )
    retire_after_days: float = Field(
        365.0,
        gt=0,
        description="Days without a new passage after which an event or storyline "
        "is forgotten; its last row stays in the tables.",
    )
    max_active: int = Field(
        15_000,
        gt=0,
        description="Events in the index at most; the longest silent go dormant "
        "first. Keeps a decision under a millisecond.",
    )
    revival_margin: float = Field(
        1.0,
        ge=0,
        description="Log-odds above the threshold that wake a dormant event: an old "
        "one must fit better than a recent one.",
    )

    @property
    def window(self) -> int:
        """Length of a window, microseconds."""
        return self.window_minutes * 60_000_000

    @property
    def disorder(self) -> int:
        """``disorder_minutes`` in microseconds."""
        return self.disorder_minutes * 60_000_000

    @property
    def lateness(self) -> int:
        """``lateness_days`` in microseconds."""
        return round(self.lateness_days * 86_400_000_000)


class StorylineSettings(_Section):
    """Level 2: what it is part of."""

    similarity: float = Field(
        0.32,
        ge=-1,
        le=1,
        description="Mean of the average cosines by meaning and by words, less the penalty for "
        "silence, above which two storylines are one. On long stories of political news .28 to "
        ".32 did alike in finding them, .32 with fewer strays; .35 breaks them.",
    )
    hysteresis: float = Field(
        0.03,
        ge=0,
        description="Similarity below the above at which an event leaves its storyline again: "
        "keeps ids from flickering.",
    )
    penalty_per_day: float = Field(
        0.0007,
        ge=0,
        description="Similarity taken off for each day of silence between the two. Time that "
        "both share costs nothing: a long story is one.",
    )
    penalty_days: float = Field(
        90.0, ge=0, description="Days after which the penalty stops growing."
    )


class DuplicateSettings(_Section):
    """Copies of one article under several identities."""

    similarity: float = Field(
        0.8,
        gt=0,
        le=1,
        description="Jaccard similarity of word shingles above which an article "
        "is a near copy of an earlier one.",
    )
    memory_days: float = Field(
        30.0,
        gt=0,
        description="Days for which articles are remembered, to find copies and updates.",
    )


class LakeSettings(_Section):
    """How the tables lie on disk."""

    partition: Literal["month", "day"] = Field(
        "month",
        description="Period of one date= folder, fixed when the lake is made. A month "
        "of a few articles a day is one good file, its days are thirty tiny ones; day is for "
        "thousands a day.",
    )


class Settings(_Section):
    """All settings. ``digest`` names those that can change a result."""

    input: InputSettings = InputSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    passages: PassageSettings = PassageSettings()
    duplicates: DuplicateSettings = DuplicateSettings()
    events: EventSettings = EventSettings()
    storylines: StorylineSettings = StorylineSettings()
    lake: LakeSettings = LakeSettings()

    def digest(self) -> str:
        """Return 16 hexadecimal digits that change when a setting that matters does."""
        values: dict[str, Any] = self.model_dump(mode="json")
        for name in ("cache", "threads"):
            del values["embedding"][name]
        del values["lake"]
        text = json.dumps(values, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
