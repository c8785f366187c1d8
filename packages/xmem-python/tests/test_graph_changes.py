"""Folding a unit's changes leaves the graph that they make one by one."""

from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from outgraph import InvalidValue, delete_nodes, merge_edges, nodes, update_nodes
from outgraph.graph.v1.mutation_pb2 import Mutation

from outgraph_xmem.graph_changes import GraphChanges, node_of

Graph: TypeAlias = tuple[dict[int, dict[str, int]], dict[tuple[int, int], dict[str, int]]]
Change: TypeAlias = tuple[Any, ...]

IDS = st.integers(0, 3)
PROPERTIES = st.dictionaries(st.sampled_from("ab"), st.one_of(st.none(), st.integers(0, 9)))
CHANGES = st.one_of(
    st.tuples(st.just("node"), IDS, PROPERTIES),
    st.tuples(st.just("edge"), IDS, IDS, PROPERTIES),
    st.tuples(st.just("delete"), IDS),
    st.tuples(st.just("update"), IDS, PROPERTIES),
    st.tuples(st.just("edges"), IDS, IDS, PROPERTIES),
)


def n(id: int) -> Any:
    return node_of("N", ("id",), id)


def where(id: int) -> Any:
    return nodes("N", {"id": id})


def collect(changes: list[Change]) -> GraphChanges:
    made = GraphChanges()
    for kind, *rest in changes:
        if kind == "node":
            made.merge_node(n(rest[0]), rest[1])
        elif kind == "edge":
            made.merge_edge("T", n(rest[0]), n(rest[1]), rest[2])
        elif kind == "delete":
            made.add(delete_nodes(where(rest[0])))
        elif kind == "update":
            made.add(update_nodes(where(rest[0]), set=rest[1]))
        else:
            made.add(merge_edges("T", where(rest[0]), where(rest[1]), set=rest[2]))
    return made


def one_by_one(changes: list[Change], graph: Graph) -> None:
    there, edges = graph
    for kind, *rest in changes:
        if kind == "node":
            put(there.setdefault(rest[0], {}), rest[1])
        elif kind in ("edge", "edges") and rest[0] in there and rest[1] in there:
            put(edges.setdefault((rest[0], rest[1]), {}), rest[2])
        elif kind == "delete":
            there.pop(rest[0], None)
            for pair in [pair for pair in edges if rest[0] in pair]:
                del edges[pair]
        elif kind == "update" and rest[0] in there:
            put(there[rest[0]], rest[1])


def put(properties: dict[str, int], changes: dict[str, int | None]) -> None:
    for name, value in changes.items():
        if value is None:
            properties.pop(name, None)
        else:
            properties[name] = value


def as_change(mutation: Mutation) -> Change:
    """What a mutation says, in the words above."""
    kind = mutation.WhichOneof("kind")
    if kind == "merge_node":
        made = mutation.merge_node
        return "node", made.node.key["id"].int64_value, plain(made.set)
    if kind == "merge_edge":
        edge = mutation.merge_edge.edge
        ends = (getattr(edge, "from").key["id"].int64_value, edge.to.key["id"].int64_value)
        return "edge", *ends, plain(mutation.merge_edge.set)
    if kind == "delete_nodes":
        return "delete", mutation.delete_nodes.match.where["id"].int64_value
    if kind == "update_nodes":
        changed = mutation.update_nodes
        return "update", changed.match.where["id"].int64_value, plain(changed.set)
    tied = mutation.merge_edges
    ends = (getattr(tied, "from").where["id"].int64_value, tied.to.where["id"].int64_value)
    return "edges", *ends, plain(tied.set)


def plain(values: Any) -> dict[str, int | None]:
    return {
        name: None if value.HasField("null_value") else value.int64_value
        for name, value in values.items()
    }


@given(st.lists(CHANGES, max_size=25), st.sets(IDS))
def test_what_is_sent_makes_the_same_graph(changes: list[Change], before: set[int]) -> None:
    expected: Graph = ({id: {"a": 0} for id in before}, {})
    found: Graph = ({id: {"a": 0} for id in before}, {})

    one_by_one(changes, expected)
    one_by_one([as_change(each) for each in collect(changes).mutations()], found)

    assert found == expected


def test_what_is_overwritten_is_not_sent() -> None:
    changes = GraphChanges()
    for start in range(100):
        changes.merge_node(n(1), {"a": start, "b": None})
        changes.merge_edge("T", n(1), n(2), {"c": start})

    first, second = changes.mutations()

    assert as_change(first) == ("node", 1, {"a": 99, "b": None})
    assert as_change(second) == ("edge", 1, 2, {"c": 99})


def test_it_says_whether_there_is_anything() -> None:
    changes = GraphChanges()
    assert not changes

    changes.add(delete_nodes(where(1)))
    assert changes


def test_values_keep_their_types() -> None:
    changes = GraphChanges()
    given = {"s": "é", "i": -(2**63), "b": True, "f": 1.0, "l": ["x"], "n": None}
    changes.merge_node(n(1), given)

    (made,) = changes.mutations()

    kinds = {name: value.WhichOneof("kind") for name, value in made.merge_node.set.items()}
    assert kinds == {
        "s": "string_value",
        "i": "int64_value",
        "b": "bool_value",
        "f": "double_value",
        "l": "list_value",
        "n": "null_value",
    }


@pytest.mark.parametrize("value", [2**63, "\ud800", {"a": 1}, [1, "a"]])
def test_a_value_that_cannot_be_stored_is_named(value: Any) -> None:
    changes = GraphChanges()
    changes.merge_node(n(1), {"bad": value})

    with pytest.raises(InvalidValue, match="bad"):
        changes.mutations()
