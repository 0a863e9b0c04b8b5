"""The whole graph on one screen: articles in, storylines out, one snapshot of a lake."""

from __future__ import annotations

import apache_beam as beam

from schemas.batches import TableBatch
from schemas.settings import Settings
from transforms.cluster import ClusterArticles
from transforms.embed import embed_articles
from transforms.lake.plan import SnapshotPlan
from transforms.lake.write import WriteSnapshot
from transforms.parse import parse_documents
from transforms.segment import segment_articles
from transforms.sources.files import FoundFiles
from transforms.sources.read import ReadDocuments
from transforms.tables import RejectionBatches


def build(
    pipeline: beam.Pipeline, found: FoundFiles, settings: Settings, plan: SnapshotPlan, now: int
) -> beam.PCollection[int]:
    """Add the graph to ``pipeline``; the result is the number of the snapshot, if one is made.

    Args:
        pipeline: of any runner.
        found: the input files.
        settings: of the run.
        plan: what the snapshot continues; see :func:`transforms.lake.plan.plan_snapshot`.
        now: time of the run, microseconds: articles dated after it are marked.
    """
    size, lake, parent, granularity = plan.model.dimension, plan.lake, plan.parent, plan.granularity

    read = pipeline | "Read" >> ReadDocuments(found, settings.input)
    parsed = read["documents"] | "Parse" >> parse_documents(settings.input, now)
    segmented = parsed.articles | "Segment" >> segment_articles(settings)
    embedded = segmented.articles | "Embed" >> embed_articles(settings)
    placed = embedded | "Cluster" >> ClusterArticles(settings, size, lake, parent, granularity)

    refused = (read["rejections"], parsed.rejections, segmented.rejections)
    rejected = refused | "Rejections" >> beam.Flatten()
    rows = rejected | "Rows" >> beam.ParDo(RejectionBatches(granularity)).with_output_types(
        TableBatch
    )
    return (placed, rows) | "Tables" >> beam.Flatten() | "Commit" >> WriteSnapshot(plan)


if __name__ == "__main__":
    from pipelines.options import main

    main()
