from __future__ import annotations

import gzip
import io

from hypothesis import given
from hypothesis import strategies as st

from transforms.sources import stream

PIECES = st.lists(st.binary(max_size=20) | st.sampled_from([b"\n", b"a\nb", b"\n\n", b""]))


@given(PIECES)
def test_lines_do_not_depend_on_how_the_content_was_cut(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    lines = list(stream.lines(pieces, 1_000))
    assert lines == list(stream.lines([whole], 1_000))
    expected = list(enumerate(whole.split(b"\n"), start=1))
    if not expected[-1][1]:
        expected.pop()
    assert [(line.number, line.body) for line in lines] == expected


@given(PIECES, st.integers(min_value=1, max_value=5))
def test_a_line_tells_its_true_size_and_holds_no_more_than_the_limit(
    pieces: list[bytes], limit: int
) -> None:
    for line, whole in zip(stream.lines(pieces, limit), stream.lines(pieces, 1_000), strict=True):
        assert line.body == whole.body[:limit]
        assert line.size == len(whole.body)


@given(st.binary(max_size=300), st.integers(min_value=1, max_value=300))
def test_a_broken_gzip_gives_a_prefix_and_says_that_it_ended_early(body: bytes, cut: int) -> None:
    packed = gzip.compress(body, mtime=0)
    broken = packed[: max(2, len(packed) - cut)]
    found = b""
    try:
        for piece in stream.chunks(io.BytesIO(broken)):
            found += piece
    except EOFError:
        assert body.startswith(found)
    else:
        raise AssertionError("an early end passed for the end")


def test_no_piece_of_a_bomb_is_longer_than_a_chunk() -> None:
    packed = gzip.compress(bytes(10_000_000))
    sizes = [len(piece) for piece in stream.chunks(io.BytesIO(packed))]
    assert sum(sizes) == 10_000_000
    assert max(sizes) <= stream.CHUNK_BYTES
