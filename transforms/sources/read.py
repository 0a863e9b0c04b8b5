"""The first step of the graph: files in, documents out."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

import apache_beam as beam
from apache_beam.io.filesystem import BeamIOError, CompressionTypes
from apache_beam.io.filesystems import FileSystems
from apache_beam.metrics import Metrics
from apache_beam.pvalue import PBegin, PCollection, TaggedOutput

from schemas.records import RawDocument, Rejection
from schemas.settings import InputSettings
from transforms.sources.base import InputFile, Record, refuse
from transforms.sources.files import SOURCES, FoundFiles


def read_file(file: InputFile, settings: InputSettings) -> Iterator[Record]:
    """Yield the records of ``file``; a fault of the file itself is its last rejection."""
    place = ""
    try:
        # Beam's own decompression takes an early end for the end, and knows no bound.
        with FileSystems.open(file.path, compression_type=CompressionTypes.UNCOMPRESSED) as opened:
            for record in SOURCES[file.format].read(cast(BinaryIO, opened), file, settings):
                place = record.place
                yield record
    except EOFError:
        after = f"after {place}" if place else "at its start"
        message = f"The compressed file breaks off {after}; what came before was read."
        yield refuse(file, "truncated", message, place)
    except (OSError, BeamIOError, zlib.error, ValueError, NotImplementedError) as error:
        message = f"The file cannot be read as {file.format}: {error}"
        yield refuse(file, "unreadable_file", message, place)


class ReadFile(beam.DoFn):
    """Read files; what cannot be used goes to the output ``rejections``."""

    def __init__(self, settings: InputSettings) -> None:
        self._settings = settings

    def process(self, element: InputFile) -> Iterator[RawDocument | TaggedOutput]:
        """Yield the documents of one file."""
        Metrics.counter("read", "files").inc()
        for record in read_file(element, self._settings):
            if isinstance(record, Rejection):
                Metrics.counter("read", f"rejected_{record.reason}").inc()
                yield TaggedOutput("rejections", record)
            else:
                Metrics.counter("read", "documents").inc()
                yield record


class ReadDocuments(beam.PTransform):
    """Read all files that were found: outputs ``documents`` and ``rejections``."""

    def __init__(self, found: FoundFiles, settings: InputSettings) -> None:
        super().__init__()
        self._found = found
        self._settings = settings

    def expand(self, begin: PBegin) -> dict[str, PCollection]:
        """Return the two outputs by name."""
        files = begin | "Files" >> beam.Create(self._found.files).with_output_types(InputFile)
        read = beam.ParDo(ReadFile(self._settings))
        outputs = files | "Open" >> read.with_output_types(
            RawDocument, rejections=Rejection
        ).with_outputs("rejections", main="documents")
        unknown = begin | "Unknown" >> beam.Create(self._found.rejections).with_output_types(
            Rejection
        )
        rejections = (outputs.rejections, unknown) | beam.Flatten()
        return {"documents": outputs.documents, "rejections": rejections}
