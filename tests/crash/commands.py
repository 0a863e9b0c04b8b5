"""The command line in a process that may be killed, with an embedder that needs no model."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pipelines import slices
from pipelines.cli import main
from tests.crash.tracer import Kill, Tracer
from tests.news import HashedEmbedder
from transforms import embed


def warm() -> None:
    """Import what the first run imports; none of it may start a thread."""
    import faiss  # noqa: F401
    from apache_beam.runners.portability.fn_api_runner import FnApiRunner  # noqa: F401

    import pipelines.command
    import pipelines.storylines  # noqa: F401


def storybeam(
    arguments: Sequence[str], lake: str, kill: Kill | None, note: str, slice_bytes: int = 0
) -> None:
    """Run the command line; write the calls that it made below ``lake`` to the file ``note``.

    With ``kill`` the process dies there, and the file has that call alone. ``slice_bytes`` is the
    size of slices of event time; 0 leaves it as it is.
    """
    slices.BYTES = slice_bytes or slices.BYTES
    embed.embedder = lambda settings: HashedEmbedder()  # type: ignore[assignment]

    def write(text: str) -> None:
        with open(note, "w") as file:
            file.write(text)

    tracer = Tracer(lake, kill, write)
    tracer.install()
    sys.argv = ["storybeam", *arguments]
    try:
        main()
    finally:
        if kill is None:
            write("\n".join(tracer.seen))
