"""A batch that is larger than an entry may be."""

from array import array
from datetime import datetime, timezone
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from outgraph import Vector
from outgraph.limits import ENTRY_BYTES_MAX

from outgraph_xmem.code_store_v1 import refs
from outgraph_xmem.code_store_v1.parts import PART_BYTES_MAX, parts, size_of
from outgraph_xmem.code_store_v1.rows import with_vectors
from outgraph_xmem.graph_changes import GraphChanges

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = st.text("abcdefgh", min_size=1, max_size=12)
VALUES: st.SearchStrategy[Any] = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.binary(max_size=40),
    st.lists(TEXTS, max_size=5),
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5),
    st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1).map(Vector),
    st.just(array("f", [1.0, 2.0])),
    st.just(datetime(2026, 1, 2, 3, 4, 5, 678901, timezone.utc)),
)


@given(st.lists(st.integers(0, 100)), st.integers(1, 300))
def test_parts_keep_the_order_and_are_as_few_as_can_be(sizes: list[int], bytes_max: int) -> None:
    made = list(parts(sizes, int, bytes_max))

    assert [each for part in made for each in part] == sizes
    assert all(sum(part) <= bytes_max or len(part) == 1 for part in made)
    for here, there in pairwise(made):
        assert sum(here) + there[0] > bytes_max


@given(TEXTS, TEXTS, st.dictionaries(NAMES, VALUES, max_size=8))
def test_no_row_takes_more_in_an_entry_than_it_is_counted_for(
    path: str, name: str, row: dict[str, Any]
) -> None:
    symbol = refs.symbol("an org", "a repo", path, name)
    for node in (symbol, refs.file("an org", "a repo", path)):
        graph = GraphChanges()
        graph.merge_node(refs.repository("an org", "a repo"), {})
        graph.merge_node(node, row)
        graph.merge_edge("LIES_IN", refs.file("an org", "a repo", path), node)
        assert graph.event("a.B").ByteSize() <= size_of(node, row)


def test_a_part_leaves_room_for_what_frames_it() -> None:
    assert PART_BYTES_MAX < ENTRY_BYTES_MAX


def test_two_hundred_symbols_with_source_and_two_vectors_are_one_part() -> None:
    row = with_vectors(
        {
            "raw_code": "x" * 4_000,
            "summary_embedding": [0.5] * 1_536,
            "code_embedding": [0.5] * 1_536,
        }
    )
    symbol = refs.symbol("an org", "a repo", "src/some/file.py", "Some.method")

    assert len(list(parts([row] * 200, lambda each: size_of(symbol, each)))) == 1
