"""What a run has to know of the lake before it starts, and the checks that may stop it there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from schemas.manifest import InputFile, Manifest, ModelInfo
from schemas.settings import Settings
from schemas.tables import KEPT
from transforms.errors import ModelError, UsageError
from transforms.lake.hashing import fingerprint
from transforms.lake.manifests import manifest_path, newest
from transforms.lake.parquet import read_files
from transforms.lake.storage import Storage, storage_of


@dataclass(frozen=True)
class SnapshotPlan:
    """What goes into the next snapshot beside the rows. Fixed when the graph is built."""

    lake: str
    parent: int | None
    """The snapshot that this one continues; None makes a new lake."""
    granularity: Literal["month", "day"]
    model: ModelInfo
    settings_digest: str
    settings: dict[str, Any]
    inputs: tuple[InputFile, ...] = ()
    """Inputs that this run reads to their end and that no snapshot has had before."""
    watermark: int | None = None
    """Event time (µs UTC) up to which all was decided; None: that of the latest article."""

    @property
    def snapshot(self) -> int:
        """The number that will be committed."""
        return 1 if self.parent is None else self.parent + 1


def plan_snapshot(
    lake: str,
    settings: Settings,
    model: ModelInfo,
    inputs: Iterable[InputFile] = (),
    watermark: int | None = None,
) -> SnapshotPlan:
    """Return the plan of the snapshot that follows the newest one of ``lake``.

    Raises:
        ModelError: The lake was written with another model.
        UsageError: The lake was made with another length of partitions.
        LakeError: The newest manifest is damaged.
    """
    storage = storage_of(lake)
    parent = newest(storage)
    if parent is not None:
        _check_model(storage, parent, model)
        _check_partition(storage, parent, settings.lake.partition)
    known = consumed(storage, parent)
    return SnapshotPlan(
        lake,
        None if parent is None else parent.snapshot,
        settings.lake.partition,
        model,
        settings.digest(),
        settings.model_dump(mode="json"),
        tuple(found for found in inputs if (found.origin, found.sha256) not in known),
        watermark,
    )


def check_columns(lake: str, manifest: Manifest | None) -> None:
    """Look whether new rows fit beside those of a snapshot; UsageError where they do not."""
    for entry in manifest.files if manifest else ():
        layout = KEPT.get(entry.table)
        if layout is not None and entry.fingerprint != fingerprint(layout.schema):
            raise UsageError(
                f"The lake {lake} was written when the table {entry.table} had other columns: "
                f"`storybeam replay {lake} --into NEW_LAKE` makes a lake of it that goes on."
            )


def consumed(storage: Storage, manifest: Manifest | None) -> set[tuple[str, str]]:
    """Return origin and SHA-256 of every input that the lake has read to its end."""
    if manifest is None:
        return set()
    table = read_files(storage, "state/inputs", manifest.of("state/inputs"))
    return set(zip(table["origin"].to_pylist(), table["sha256"].to_pylist(), strict=True))


def _check_model(storage: Storage, parent: Manifest, model: ModelInfo) -> None:
    known = parent.model
    if (known.digest, known.dimension) != (model.digest, model.dimension):
        raise ModelError(
            f"The lake {storage.root} was written with the model {known.name} "
            f"({known.dimension} values, digest {known.digest[:12]}); this run has {model.name} "
            f"({model.dimension} values, digest {model.digest[:12]}). Vectors of two models "
            f"cannot be compared: run with --model {known.name}, or write to another lake."
        )


def _check_partition(storage: Storage, parent: Manifest, wanted: str) -> None:
    if parent.partition != wanted:
        raise UsageError(
            f"The lake {storage.root} is partitioned by {parent.partition} (see "
            f"{manifest_path(parent.snapshot)}); this run asks for {wanted}. That is fixed when "
            f"a lake is made: set lake.partition={parent.partition}, or write to another lake."
        )
