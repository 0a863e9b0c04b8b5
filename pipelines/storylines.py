"""The whole graph on one screen: articles in, storylines out, one snapshot of a lake."""

from __future__ import annotations

import apache_beam as beam

from pipelines.slices import WHOLE, Slice
from schemas.batches import TableBatch
from schemas.records import Article
from schemas.settings import Settings
from transforms.cluster import ClusterArticles
from transforms.embed import embed_articles
from transforms.known import DropKnown
from transforms.lake.plan import SnapshotPlan
from transforms.lake.write import WriteSnapshot
from transforms.parse import parse_documents
from transforms.segment import segment_articles
from transforms.sources.files import FoundFiles
from transforms.sources.read import ReadDocuments
from transforms.tables import RejectionBatches


def build(
    pipeline: beam.Pipeline,
    found: FoundFiles,
    settings: Settings,
    plan: SnapshotPlan,
    now: int,
    part: Slice | None = None,
) -> beam.PCollection[int]:
    """Add the graph to ``pipeline``; the result is the number of the snapshot, if one is made.

    Args:
        pipeline: of any runner.
        found: the input files.
        settings: of the run.
        plan: what the snapshot continues; see :func:`transforms.lake.plan.plan_snapshot`.
        now: time of the run, microseconds: articles dated after it are marked.
        part: the event time to read and decide; None for all.
    """
    size, lake, parent, granularity = plan.model.dimension, plan.lake, plan.parent, plan.granularity

    part = part or WHOLE
    read = pipeline | "Read" >> ReadDocuments(found, settings.input)
    parsed = read["documents"] | "Parse" >> parse_documents(settings.input, now)
    current = parsed.articles | "In slice" >> beam.Filter(part.has).with_output_types(Article)
    fresh = current | "New" >> beam.ParDo(DropKnown(lake, parent)).with_output_types(Article)
    segmented = fresh | "Segment" >> segment_articles(settings)
    embedded = segmented.articles | "Embed" >> embed_articles(settings)
    placed = embedded | "Cluster" >> ClusterArticles(
        settings, size, lake, parent, granularity, part.horizon
    )

    refused = (read["rejections"], parsed.rejections, segmented.rejections)
    rejected = refused | "Rejections" >> beam.Flatten()
    rows = rejected | "Rows" >> beam.ParDo(RejectionBatches(granularity)).with_output_types(
        TableBatch
    )
    return (placed, rows) | "Tables" >> beam.Flatten() | "Commit" >> WriteSnapshot(plan)


if __name__ == "__main__":
    from pipelines.options import main

    main()
