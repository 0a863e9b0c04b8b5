"""The last step of the graph: batches of rows in, one committed snapshot out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam import coders

from schemas.batches import TableBatch, encode_rows
from schemas.manifest import Manifest
from transforms.lake.commit import INPUTS, commit
from transforms.lake.manifests import read_manifest
from transforms.lake.plan import SnapshotPlan
from transforms.lake.storage import Storage, storage_of
from transforms.lake.writer import FileChange, write_partition

coders.registry.register_coder(TableBatch, coders.RowCoder)
coders.registry.register_coder(FileChange, coders.RowCoder)


class WriteSnapshot(beam.PTransform):
    """``PCollection[TableBatch]`` to the number of the snapshot, or to nothing without a change.

    Every step may be run again at any point: files are named by what is in them, and the commit
    recognises itself. Meant for one snapshot a pipeline: bounded input in the global window.
    """

    def __init__(self, plan: SnapshotPlan) -> None:
        super().__init__()
        self._plan = plan

    def expand(self, batches: beam.PCollection[TableBatch]) -> beam.PCollection[int]:
        """Group by partition, write each one's files, commit them together."""
        inputs = batches.pipeline | "Inputs" >> beam.Create(
            _inputs(self._plan), reshuffle=False
        ).with_output_types(TableBatch)
        return (
            (batches, inputs)
            | "With inputs" >> beam.Flatten()
            | "By partition" >> beam.Map(_keyed).with_output_types(tuple[str, TableBatch])
            | "Gather partition" >> beam.GroupByKey()
            | "Write files" >> beam.ParDo(_WritePartition(self._plan))
            | "To one" >> beam.Map(_to_one).with_output_types(tuple[str, FileChange])
            | "Gather files" >> beam.GroupByKey()
            | "Commit" >> beam.ParDo(_Commit(self._plan))
        )


def _inputs(plan: SnapshotPlan) -> list[TableBatch]:
    rows = [found.model_dump() for found in plan.inputs]
    return [TableBatch(INPUTS, "", encode_rows(INPUTS, rows), (), 0)] if rows else []


def _keyed(batch: TableBatch) -> tuple[str, TableBatch]:
    return f"{batch.table} {batch.partition}", batch


def _to_one(change: FileChange) -> tuple[str, FileChange]:
    return "", change


class _WritePartition(beam.DoFn):
    def __init__(self, plan: SnapshotPlan) -> None:
        self._plan = plan

    def setup(self) -> None:
        self._storage: Storage = storage_of(self._plan.lake)
        self._parent: Manifest | None = (
            None if self._plan.parent is None else read_manifest(self._storage, self._plan.parent)
        )

    def process(self, element: tuple[str, Iterable[TableBatch]]) -> Iterator[FileChange]:
        name, batches = element
        table, _, partition = name.partition(" ")
        yield write_partition(self._storage, self._parent, table, partition, batches)


class _Commit(beam.DoFn):
    def __init__(self, plan: SnapshotPlan) -> None:
        self._plan = plan

    def process(self, element: tuple[str, Iterable[FileChange]]) -> Iterator[int]:
        snapshot = commit(storage_of(self._plan.lake), self._plan, element[1])
        if snapshot is not None:
            yield snapshot
