"""What flows between the steps: light, immutable records that Beam's row coder understands.

Times are microseconds since the epoch in UTC. Vectors are packed float16 (see
:mod:`transforms.embedding.base`). Ids are 16 hexadecimal digits after a letter that tells
their kind: ``a`` article, ``p`` paragraph, ``g`` passage, ``e`` event, ``s`` storyline,
``r`` rejection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import NamedTuple, Optional

SAMPLE_BYTES = 400
"""How much of a rejected record is kept."""


def make_id(kind: str, *parts: str) -> str:
    """Return the id of ``kind`` (one letter) for ``parts``: a BLAKE2b hash, never a counter."""
    digest = hashlib.blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=8)
    return kind + digest.hexdigest()


class RawDocument(NamedTuple):
    """One record as a source found it, not yet looked into."""

    origin: str
    """File path, or topic and partition."""
    place: str
    """Where in the origin: ``line 12``, ``row 3``, or empty for a whole file."""
    kind: str
    """How to read the body: ``json`` (one object) or ``text`` (title line, then paragraphs)."""
    fetched_at: int
    """When the record was obtained: for files, their time of modification."""
    body: bytes


class Rejection(NamedTuple):
    """A record that could not be used, and why."""

    rejection_id: str
    step: str
    """The step that refused it: ``read``, ``parse``, ``segment``, ``embed``, ``cluster``."""
    reason: str
    """A code from :data:`schemas.reasons.REASONS`."""
    message: str
    """What was found and what was expected, in a sentence."""
    origin: str
    place: str
    fetched_at: int
    sample: bytes
    """The first ``SAMPLE_BYTES`` bytes of the record as it came."""


def reject(
    step: str,
    reason: str,
    message: str,
    origin: str,
    place: str,
    fetched_at: int,
    body: bytes = b"",
) -> Rejection:
    """Return the rejection of one record; its id depends on where the record was, and why."""
    identity = make_id("r", step, reason, origin, place, hashlib.sha256(body).hexdigest())
    return Rejection(
        identity, step, reason, message, origin, place, fetched_at, body[:SAMPLE_BYTES]
    )


class Article(NamedTuple):
    """A valid article. Its texts are normalised (see :func:`transforms.text.normalise`)."""

    article_id: str
    digest: str
    """Hash of title and text: two versions of an article differ here."""
    source_id: Optional[str]
    """The id that the input gave."""
    url: Optional[str]
    source: Optional[str]
    """The outlet: given, else the host of the URL."""
    title: Optional[str]
    language: Optional[str]
    """Lower-case language code as given (``en``, ``pt-br``); None where the input had none."""
    published_at: Optional[int]
    updated_at: Optional[int]
    """When this version was written, where the input says so."""
    fetched_at: int
    date_status: str
    """``given``, ``missing``, ``unreadable``, ``implausible`` (before 1990) or ``future``."""
    origin: str
    place: str
    text: str
    """The text; empty where the input gave paragraphs, and after segmentation."""
    blocks: Sequence[str]
    """The paragraphs that the input gave; empty where it gave a text."""
    version: int = 1
    """1 from a source; from a lake, how many versions it has had of the article."""
    first_fetched_at: Optional[int] = None
    """From a lake, when it obtained the first version; None from a source."""

    @property
    def time(self) -> int:
        """Event time: when it was published, else when it was fetched."""
        return self.fetched_at if self.published_at is None else self.published_at

    def released(self, within: int) -> int:
        """Return the event time by which this version is put in order, microseconds.

        When it was updated, if that was at most ``within`` microseconds after its event time, so
        that a version takes the same turn whether it comes with the one before or after it. Dates
        of change that lie further off, as archives have them, say nothing of when it was news.
        """
        return release(self.time, self.updated_at, within)


def release(time: int, updated_at: int | None, within: int) -> int:
    """Return :meth:`Article.released` of an article of these times."""
    if updated_at is None or not 0 < updated_at - time <= within:
        return time
    return updated_at


class Paragraph(NamedTuple):
    """A paragraph that is kept."""

    paragraph_id: str
    """Hash of the article's id, the text, and how often the text came before in the article."""
    position: int
    """Place in the article, from 0, counting what was dropped as well. -1 is the title, used
    as the only paragraph of an article without a text."""
    text: str


class Residue(NamedTuple):
    """Text that is not part of the article proper."""

    position: int
    rule: str
    """A name from :mod:`transforms.residue`."""
    text: str


class SegmentedArticle(NamedTuple):
    """An article in paragraphs, with what was dropped of it."""

    article: Article
    paragraphs: Sequence[Paragraph]
    residue: Sequence[Residue]


class Passage(NamedTuple):
    """The paragraphs of one article that are about the same thing."""

    passage_id: str
    """Hash of the article's id and the id of the first paragraph."""
    paragraphs: Sequence[int]
    """Indices into the article's list of kept paragraphs, ascending."""
    share: float
    """Characters of the passage over characters of the article; the shares sum to 1."""
    vector: bytes
    """Unit vector: the mean of its paragraphs, and the title by its cosine to them."""
    lead: bytes
    """Unit vector of what the passage opens with: the title and its first paragraphs."""
    terms: Sequence[str]
    """Distinct terms, sorted."""
    counts: Sequence[float]
    """How often each term occurs; a term of the title counts three times."""


class EmbeddedArticle(NamedTuple):
    """An article as the ordered core takes it: its passages have vectors and terms."""

    article: Article
    paragraphs: Sequence[Paragraph]
    residue: Sequence[Residue]
    passages: Sequence[Passage]
    signature: bytes
    """MinHash of the paragraphs' shingles, little-endian uint32 values; for near copies."""
