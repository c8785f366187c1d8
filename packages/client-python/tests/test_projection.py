"""The difference of two projections turns the one into the other."""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

import outgraph as og
from outgraph.canonical import canonical_bytes
from outgraph.graph.v1.mutation_pb2 import Mutation, NodeRef
from outgraph.graph.v1.value_pb2 import Date


def person(id: str) -> NodeRef:
    return og.node("Person", {"id": id})


def tag(id: str) -> NodeRef:
    return og.node("Tag", {"id": id})


def kinds(before: og.Projection | None, after: og.Projection | None) -> list[str | None]:
    return [each.WhichOneof("kind") for each in og.projection_diff(before, after)]


HAS = og.ProjectedEdge(og.edge("HAS", person("a"), tag("t")))


def test_equal_projections_differ_by_nothing_nan_included() -> None:
    set: og.Properties = {
        "x": float("nan"),
        "at": datetime(2026, 1, 2),
        "tags": ["t"],
        "none": None,
    }
    node = og.ProjectedNode(person("a"), "own", set, ["Author"])
    projection = og.Projection([node], [HAS])

    assert og.projection_diff(projection, projection) == []


def test_a_change_names_the_changed_properties_alone() -> None:
    before = og.ProjectedNode(person("a"), "own", {"a": 1, "b": 2, "c": 3, "z": 0.0}, ["X", "Y"])
    after = og.ProjectedNode(person("a"), "own", {"a": 1, "b": 5, "z": -0.0}, ["Y", "Z"])

    assert og.projection_diff(og.Projection([before]), og.Projection([after])) == [
        og.merge_node(
            person("a"),
            set={"b": 5, "z": -0.0},
            unset=["c"],
            add_labels=["Z"],
            remove_labels=["X"],
        )
    ]


def test_what_is_removed_is_named_once_and_in_one_order() -> None:
    node = og.node("Person", {"id": "a"})
    before = og.ProjectedNode(node, "own", {"c": 1, "ab": 1, "a": 1}, ["Y", "X", "X"])
    after = og.ProjectedNode(node, "own", {}, ["Z", "Z"])

    [mutation] = og.projection_diff(og.Projection([before]), og.Projection([after]))

    assert list(mutation.merge_node.unset) == ["a", "ab", "c"]
    assert list(mutation.merge_node.add_labels) == ["Z"]
    assert list(mutation.merge_node.remove_labels) == ["Y", "X"]


def test_a_deleted_document_takes_its_own_nodes_along_and_leaves_the_shared_ones() -> None:
    nodes = [og.ProjectedNode(person("a"), "own"), og.ProjectedNode(tag("t"), "shared")]
    projection = og.Projection(nodes, [HAS])

    assert kinds(projection, None) == ["delete_node"]  # the edge goes with its end
    assert kinds(None, projection) == ["merge_node", "merge_node", "merge_edge"]


def test_an_edge_to_a_node_that_is_no_longer_projected_is_made_again_to_a_stub() -> None:
    edges = [og.ProjectedEdge(og.edge("KNOWS", person("a"), person("b")))]
    before = og.Projection([og.ProjectedNode(person("b"), "own")], edges)

    assert kinds(before, og.Projection(edges=edges)) == ["delete_node", "merge_edge"]


def test_a_node_that_is_projected_twice_is_refused() -> None:
    nodes = [og.ProjectedNode(person("a"), "own")] * 2

    with pytest.raises(ValueError, match="twice"):
        og.projection_diff(None, og.Projection(nodes))


def test_a_typed_event_carries_its_message_its_name_and_what_it_projects_to() -> None:
    def days(date: Date) -> list[Mutation]:
        return [og.merge_node(og.node("Day", {"n": date.epoch_days}))]

    day_began = og.define_event(Date, days)
    moment = datetime(2026, 1, 2, tzinfo=timezone.utc)

    event = day_began.of(Date(epoch_days=7), occurred_at=moment)

    unpacked = Date()
    assert event.payload.Unpack(unpacked) and unpacked.epoch_days == 7
    assert event.type == "outgraph.graph.v1.Date"
    assert list(event.mutations) == [og.merge_node(og.node("Day", {"n": 7}))]
    assert event.occurred_at.ToDatetime(timezone.utc) == moment
    assert not day_began.of(Date()).HasField("occurred_at")
    with pytest.raises(TypeError, match=r"outgraph\.graph\.v1\.Date"):
        day_began.of(Timestamp())  # type: ignore[arg-type]


@dataclass
class Row:
    ends: tuple[bytes, ...] = ()
    labels: set[str] = field(default_factory=set)
    properties: dict[str, bytes] = field(default_factory=dict)


@dataclass
class Graph:
    """Nodes and edges by name, as far as the diff's four kinds of mutation make them."""

    nodes: dict[bytes, Row] = field(default_factory=dict)
    edges: dict[bytes, Row] = field(default_factory=dict)

    def apply(self, mutations: list[Mutation]) -> "Graph":
        for mutation in mutations:
            kind = mutation.WhichOneof("kind")
            assert kind is not None
            getattr(self, f"_{kind}")(getattr(mutation, kind))
        return self

    def _delete_edge(self, delete: Any) -> None:
        self.edges.pop(canonical_bytes(delete.edge), None)

    def _delete_node(self, delete: Any) -> None:
        name = canonical_bytes(delete.node)
        self.nodes.pop(name, None)
        self.edges = {id: row for id, row in self.edges.items() if name not in row.ends}

    def _merge_node(self, merge: Any) -> None:
        row = self.nodes.setdefault(canonical_bytes(merge.node), Row())
        row.labels = row.labels.union(merge.add_labels).difference(merge.remove_labels)
        self._set(row, merge)

    def _merge_edge(self, merge: Any) -> None:
        ends = (canonical_bytes(getattr(merge.edge, "from")), canonical_bytes(merge.edge.to))
        for end in ends:
            self.nodes.setdefault(end, Row())
        self._set(self.edges.setdefault(canonical_bytes(merge.edge), Row(ends)), merge)

    def _set(self, row: Row, merge: Any) -> None:
        for name in merge.set:
            row.properties[name] = canonical_bytes(merge.set[name])
        for name in merge.unset:
            row.properties.pop(name, None)


IDS = st.sampled_from("123")
PROPERTIES = st.dictionaries(
    st.sampled_from("abc"), st.sampled_from([0, 1, None, "x", -0.0, 0.0, float("nan")])
)
NODES = st.lists(
    st.builds(
        lambda id, shared, set, labels: og.ProjectedNode(
            tag(id) if shared else person(id), "shared" if shared else "own", set, labels
        ),
        IDS,
        st.booleans(),
        PROPERTIES,
        st.lists(st.sampled_from("XY"), unique=True),
    ),
    unique_by=lambda one: canonical_bytes(one.node),
)
EDGES = st.lists(
    st.builds(
        lambda start, end, to_tag, set: og.ProjectedEdge(
            og.edge("T", person(start), tag(end) if to_tag else person(end)), set
        ),
        IDS,
        IDS,
        st.booleans(),
        PROPERTIES,
    ),
    unique_by=lambda one: canonical_bytes(one.edge),
)
PROJECTIONS = st.builds(og.Projection, NODES, EDGES)


@given(PROJECTIONS, PROJECTIONS)
def test_the_difference_turns_one_into_the_other_but_for_shared_nodes_and_stubs_that_stay(
    before: og.Projection, after: og.Projection
) -> None:
    wanted = Graph().apply(og.projection_diff(None, after))

    graph = Graph().apply(og.projection_diff(None, before))
    graph.apply(og.projection_diff(before, after))

    assert graph.edges == wanted.edges
    assert graph.nodes.keys() >= wanted.nodes.keys()
    for one in after.nodes:
        name = canonical_bytes(one.node)
        assert graph.nodes[name] == wanted.nodes[name]
    assert og.projection_diff(after, after) == []
