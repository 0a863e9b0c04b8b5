"""Places are put away in a small form and come back as they were."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from transforms.clustering.places import Place, events_of, pack, unpack

NAMES = st.sampled_from(["e1", "e2", "e3"])
PLACES = st.builds(
    Place,
    st.sampled_from(["g1", "g2"]),
    NAMES,
    st.floats(allow_nan=False, width=32),
    NAMES,
    st.integers(0, 2**60),
    st.sampled_from(["", "x"]),
)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=4), PLACES, max_size=12))
def test_what_is_packed_comes_back_with_its_events_in_order(places: dict[str, Place]) -> None:
    again = unpack(pack(places))
    assert again == places
    assert events_of(again) == events_of(places)


def test_paragraphs_of_one_passage_share_what_is_written_of_their_place() -> None:
    packed = pack({name: Place("g1", "e1", 0.5, "e2", 7) for name in ("p1", "p2", "p3")})
    assert packed == b'[["g1","e1",0.5,"e2",7,"",["p1","p2","p3"]]]'
