"""The whole graph on one screen: articles in, storylines out, one snapshot of a lake."""

from __future__ import annotations

import apache_beam as beam

from pipelines.slices import WHOLE, Slice
from schemas.batches import TableBatch
from schemas.records import Article, EmbeddedArticle, Rejection
from schemas.settings import Settings
from transforms.cluster import ClusterArticles
from transforms.embed import embed_articles
from transforms.known import DropKnown
from transforms.lake.plan import SnapshotPlan
from transforms.lake.write import WriteSnapshot
from transforms.parse import parse_documents
from transforms.segment import segment_articles
from transforms.sources.files import FoundFiles
from transforms.sources.lake import ReadLake, StoredArticles
from transforms.sources.read import ReadDocuments
from transforms.tables import RejectionBatches


def build(
    pipeline: beam.Pipeline,
    found: FoundFiles | StoredArticles,
    settings: Settings,
    plan: SnapshotPlan,
    now: int,
    part: Slice | None = None,
) -> beam.PCollection[int]:
    """Add the graph to ``pipeline``; the result is the number of the snapshot, if one is made.

    Args:
        pipeline: of any runner.
        found: the input files, or the articles of another lake.
        settings: of the run.
        plan: what the snapshot continues; see :func:`transforms.lake.plan.plan_snapshot`.
        now: time of the run, microseconds: articles dated after it are marked.
        part: the event time to read and decide; None for all.
    """
    size, lake, parent, granularity = plan.model.dimension, plan.lake, plan.parent, plan.granularity

    part = part or WHOLE
    if isinstance(found, StoredArticles):
        embedded, refused = _stored(pipeline, found, settings, part)
    else:
        embedded, refused = _read(pipeline, found, settings, plan, now, part)
    placed = embedded | "Cluster" >> ClusterArticles(
        settings, size, lake, parent, granularity, part.horizon
    )

    rejected = refused | "Rejections" >> beam.Flatten()
    rows = rejected | "Rows" >> beam.ParDo(RejectionBatches(granularity)).with_output_types(
        TableBatch
    )
    return (placed, rows) | "Tables" >> beam.Flatten() | "Commit" >> WriteSnapshot(plan)


Embedded = tuple[beam.PCollection[EmbeddedArticle], tuple[beam.PCollection[Rejection], ...]]


def _read(
    pipeline: beam.Pipeline,
    found: FoundFiles,
    settings: Settings,
    plan: SnapshotPlan,
    now: int,
    part: Slice,
) -> Embedded:
    """Read files: articles with vectors, and what was refused on the way."""
    read = pipeline | "Read" >> ReadDocuments(found, settings.input)
    parsed = read["documents"] | "Parse" >> parse_documents(settings.input, now)
    has = part._replace(files=None).has  # It travels to the workers; the files need not.
    current = parsed.articles | "In slice" >> beam.Filter(has).with_output_types(Article)
    known = DropKnown(plan.lake, plan.parent)
    fresh = current | "New" >> beam.ParDo(known).with_output_types(Article)
    segmented = fresh | "Segment" >> segment_articles(settings)
    embedded = segmented.articles | "Embed" >> embed_articles(settings)
    return embedded, (read["rejections"], parsed.rejections, segmented.rejections)


def _stored(
    pipeline: beam.Pipeline, source: StoredArticles, settings: Settings, part: Slice
) -> Embedded:
    """Read a lake: articles with the vectors that it has, and with new ones where it has none."""
    source = source.between(part.start, part.end, part.lateness)
    read = pipeline | "Read" >> ReadLake(source)
    embedded = read["embedded"]
    if source.embeds:
        anew = read["segmented"] | "Embed" >> embed_articles(settings)
        embedded = (embedded, anew) | "With vectors" >> beam.Flatten()
    return embedded, (read["rejections"],)


if __name__ == "__main__":
    from pipelines.options import main

    main()
