"""What is stored: the Arrow schema of every table of the lake, described column by column.

A column is either ``as of the write`` (never touched again) or ``current`` (true at the snapshot
that is read; the reader brings it up to date, see :mod:`transforms.lake.current`).
"""

from __future__ import annotations

import pyarrow as pa

from schemas.layout import TIME, Column, Table


def _strings() -> pa.DataType:
    return pa.list_(pa.string())


_VECTOR = pa.list_(pa.float32())

_EVENT = Column("event_id", pa.string(), "The event it belongs to.", current=True)
_STORYLINE = Column("storyline_id", pa.string(), "The storyline of that event.", current=True)

ARTICLES = Table(
    "articles",
    "One row an article, copies included.",
    ("article_id",),
    (
        Column(
            "article_id",
            pa.string(),
            "Hash of the canonical URL, else of source and source id, else of the text.",
        ),
        Column("digest", pa.string(), "Hash of title and text: two versions differ here."),
        Column("source_id", pa.string(), "The id that the input gave.", True),
        Column("url", pa.string(), "The address as given.", True),
        Column("source", pa.string(), "The outlet: as given, else the host of the URL.", True),
        Column("title", pa.string(), "The headline.", True),
        Column("time", TIME, "Event time, which orders everything: published_at, else fetched_at."),
        Column(
            "published_at",
            TIME,
            "When it was published; null where the input had no usable date.",
            True,
        ),
        Column(
            "date_status",
            pa.string(),
            "given, missing, unreadable, implausible (before 1990) or future.",
        ),
        Column(
            "updated_at",
            TIME,
            "When the newest version was written, where the input says so.",
            True,
        ),
        Column(
            "fetched_at",
            TIME,
            "When the newest version was obtained; for files their time of modification.",
        ),
        Column("first_fetched_at", TIME, "When the first version was obtained."),
        Column(
            "version",
            pa.int32(),
            "1 for the first version read, then one more for each other text.",
        ),
        Column("language", pa.string(), "Language code as given.", True),
        Column(
            "language_known",
            pa.bool_(),
            "False where the language is given and the model was not made for it.",
        ),
        Column(
            "duplicate_of",
            pa.string(),
            "The article that this one is a copy of; copies count as reach only.",
            True,
        ),
        Column(
            "late", pa.bool_(), "True where it was read after its time window had been decided."
        ),
        Column("paragraphs", pa.int32(), "Paragraphs kept."),
        Column(
            "residue", pa.int32(), "Paragraphs dropped as page furniture; see the table residue."
        ),
        Column("characters", pa.int32(), "Characters of the paragraphs kept."),
        Column(
            "event_id",
            pa.string(),
            "The event with the largest share of the article.",
            current=True,
        ),
        Column("storyline_id", pa.string(), "The storyline of that event.", current=True),
        Column(
            "share",
            pa.float32(),
            "Share of the article's characters that lie in that event.",
            current=True,
        ),
        Column(
            "shares",
            pa.list_(
                pa.struct(
                    [
                        ("event_id", pa.string()),
                        ("storyline_id", pa.string()),
                        ("share", pa.float32()),
                    ]
                )
            ),
            "Every event of the article with its share, the largest first.",
            current=True,
        ),
        Column("origin", pa.string(), "The file or topic it came from."),
        Column("place", pa.string(), "Where in the origin: line 12, row 3."),
    ),
    date="time",
    scope="article_id",
)

PARAGRAPHS = Table(
    "paragraphs",
    "One row a paragraph: the unit that is stored, embedded and explained.",
    ("paragraph_id",),
    (
        Column(
            "paragraph_id",
            pa.string(),
            "Hash of the article, the text and its occurrence in the article.",
        ),
        Column("article_id", pa.string(), "The article."),
        Column(
            "position",
            pa.int32(),
            "Place in the article from 0, counting what was dropped; -1 is a title that stands for a missing text.",
        ),
        Column("text", pa.string(), "The text, decoded, without control characters."),
        Column("time", TIME, "Event time of the article."),
        Column("source", pa.string(), "The outlet of the article.", True),
        Column("passage_id", pa.string(), "The passage it belongs to."),
        _EVENT,
        _STORYLINE,
        Column(
            "margin",
            pa.float32(),
            "Log-odds by which the decision beat its best alternative; large is sure.",
        ),
        Column(
            "runner_up", pa.string(), "The event that came second; null where there was none.", True
        ),
    ),
    date="time",
    scope="article_id",
)

FEATURES = ("dense", "sparse", "gap", "usual")
"""What a decision looks at, in the order of the weights; see transforms/clustering/events.py."""

PASSAGES = Table(
    "passages",
    "One row a passage: the paragraphs of one article about the same thing, and the decision on them.",
    ("passage_id",),
    (
        Column(
            "passage_id",
            pa.string(),
            "Hash of the article and the first paragraph, and of the version if a later one brought it.",
        ),
        Column("article_id", pa.string(), "The article."),
        Column("time", TIME, "Event time of the article."),
        Column("paragraphs", pa.int32(), "Paragraphs in the passage."),
        Column("share", pa.float32(), "Share of the article's characters when it was decided."),
        _EVENT,
        _STORYLINE,
        Column(
            "decision",
            pa.string(),
            "opened, joined, revived, copied (a near copy follows its original) or kept (an unchanged part of an update).",
        ),
        Column(
            "score",
            pa.float32(),
            "Log-odds of the best event considered, joined or not; null where there was none.",
            True,
        ),
        Column("margin", pa.float32(), "Log-odds by which the decision beat its best alternative."),
        Column(
            "runner_up",
            pa.string(),
            "The event that came second, or that was refused when a new one was opened.",
            True,
        ),
        Column(
            "features",
            pa.list_(pa.struct([("name", pa.string()), ("value", pa.float32())])),
            "What the decision looked at, for the best event considered.",
        ),
        Column("embedding", _VECTOR, "Unit vector of the passage."),
        Column(
            "lead", _VECTOR, "Unit vector of what it opens with: the title and its first paragraph."
        ),
    ),
    date="time",
    scope="passage_id",
)

RESIDUE = Table(
    "residue",
    "One row for each piece of text that was dropped as page furniture.",
    ("article_id", "position", "rule", "text"),
    (
        Column("article_id", pa.string(), "The article."),
        Column("position", pa.int32(), "Place in the article, from 0."),
        Column("time", TIME, "Event time of the article."),
        Column("rule", pa.string(), "The rule that dropped it."),
        Column("text", pa.string(), "The text that was dropped."),
    ),
    date="time",
    scope="article_id",
)

_GROUP = (
    Column(
        "status",
        pa.string(),
        "active, dormant (out of the index, can be revived), merged or retired.",
    ),
    Column("headline", pa.string(), "The most central headline.", True),
    Column("terms", _strings(), "The terms that set it apart, the strongest first."),
    Column("opened_at", TIME, "Event time of the article that opened it; never changes."),
    Column("first_seen", TIME, "Event time of its first article."),
    Column("last_seen", TIME, "Event time of its last article."),
    Column("articles", pa.int32(), "Articles with a passage in it, copies not counted."),
    Column("passages", pa.int32(), "Passages in it, copies not counted."),
    Column("copies", pa.int32(), "Near copies: what it reached beyond its articles."),
    Column("sources", pa.int32(), "Outlets, copies included."),
    Column("top_sources", _strings(), "The outlets with most articles, at most ten."),
)

EVENTS = Table(
    "events",
    "One row an event (what happened), those that were merged or retired included.",
    ("event_id",),
    (
        Column(
            "event_id",
            pa.string(),
            "Hash of the passage that opened it, or of the event that it split from.",
        ),
        Column("storyline_id", pa.string(), "The storyline it is part of.", current=True),
        Column("merged_into", pa.string(), "The event that took it over.", True),
        *_GROUP,
        Column("embedding", _VECTOR, "Unit vector of its centroid."),
    ),
    date="opened_at",
    scope="event_id",
)

STORYLINES = Table(
    "storylines",
    "One row a storyline (what events are part of), those that were merged or retired included.",
    ("storyline_id",),
    (
        Column("storyline_id", pa.string(), "Hash of the event that opened it."),
        Column("merged_into", pa.string(), "The storyline that took it over.", True),
        Column("label", pa.string(), "Two to four words that name it."),
        *_GROUP,
        Column("events", pa.int32(), "Events in it."),
        Column(
            "trend",
            pa.float32(),
            "Articles of its last 7 days over those of the 7 days before, both plus one.",
        ),
        Column("embedding", _VECTOR, "Unit vector of its centroid."),
    ),
    date="opened_at",
    scope="storyline_id",
)

LINEAGE = Table(
    "lineage",
    "One row a change in the life of an event or storyline: what was born, merged, split, slept, woke, and why.",
    ("time", "level", "id", "change", "other"),
    (
        Column("time", TIME, "Event time of the change: the end of its window."),
        Column("level", pa.string(), "passage, event or storyline."),
        Column("id", pa.string(), "What changed."),
        Column(
            "change",
            pa.string(),
            "born, merged_into, split_from, moved_to, dormant, revived, retired or renamed.",
        ),
        Column(
            "other",
            pa.string(),
            "The other side: what it merged into, split from or moved to; empty where there is none.",
        ),
        Column("reason", pa.string(), "Why, in a sentence with the figures."),
    ),
    date="time",
)

REJECTIONS = Table(
    "rejections",
    "One row a record that could not be used.",
    ("rejection_id",),
    (
        Column("rejection_id", pa.string(), "Hash of where it was and why it was refused."),
        Column("step", pa.string(), "The step that refused it."),
        Column("reason", pa.string(), "A code; schemas/reasons.py says what each means."),
        Column("message", pa.string(), "What was found and what was expected."),
        Column("origin", pa.string(), "The file or topic it came from."),
        Column("place", pa.string(), "Where in the origin: line 12, row 3."),
        Column("fetched_at", TIME, "When the record was obtained."),
        Column("sample", pa.binary(), "The first 400 bytes of the record."),
    ),
    date="fetched_at",
)

ID_MAP = Table(
    "id_map",
    "In a lake that was replayed from another: one row an event or storyline of that lake, with the one of this lake that holds most of its text.",
    ("old_id",),
    (
        Column("old_id", pa.string(), "The id in the lake that was replayed, or in one before it."),
        Column("level", pa.string(), "event or storyline."),
        Column(
            "merged_into",
            pa.string(),
            "Where that lake had merged it into another, the one it had become; the figures are of that one.",
            True,
        ),
        Column(
            "new_id",
            pa.string(),
            "The event or storyline of this lake; null where none holds any of it.",
            True,
            current=True,
        ),
        Column(
            "reused",
            pa.bool_(),
            "True where this lake, when this was written, had a living one of the same id: the id means that one here.",
        ),
        Column("share_of_old", pa.float64(), "Share of the old one's characters that it holds."),
        Column(
            "share_of_new",
            pa.float64(),
            "Share of its characters, when this was written, that come from the old one.",
        ),
        Column(
            "replays",
            pa.int32(),
            "Replays since: 1 for the lake that was replayed, 2 for the one that that was replayed from; the shares of these are products.",
        ),
    ),
)

TABLES = {
    table.name: table
    for table in (
        ARTICLES,
        PARAGRAPHS,
        PASSAGES,
        RESIDUE,
        EVENTS,
        STORYLINES,
        LINEAGE,
        REJECTIONS,
        ID_MAP,
    )
}

INPUTS = Table(
    "state/inputs",
    "One row an input that was read to its end; what is in it is not read again.",
    ("origin", "sha256"),
    (
        Column("origin", pa.string(), "The file as it was found."),
        Column("size", pa.int64(), "Its bytes."),
        Column("sha256", pa.string(), "SHA-256 of its bytes."),
    ),
)

KEPT = {table.name: table for table in (*TABLES.values(), INPUTS)}
"""Tables whose rows stay from snapshot to snapshot until they are replaced by their key; every
other table under ``state/`` is replaced as a whole."""
