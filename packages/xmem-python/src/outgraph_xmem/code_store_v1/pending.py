"""What a unit of work that has not committed yet says about the nodes of V1."""

from collections.abc import Iterable
from typing import NamedTuple

from outgraph_xmem.graph_changes import Node


class Told(NamedTuple):
    """That a node is there now, or that those are gone which have a part of a key."""

    there: bool
    label: str
    key: frozenset[tuple[str, str]]


def made(node: Node) -> Told:
    return Told(True, node.label, frozenset(node.key))


def gone(label: str, **where: str) -> Told:
    return Told(False, label, frozenset(where.items()))


def is_there(told: list[Told], node: Node) -> bool | None:
    """Whether the node is there after these; None when they leave it as it was."""
    key = frozenset(node.key)
    for each in reversed(told):
        if each.label == node.label and each.key <= key:
            return each.there
    return None


def after(there: Iterable[Told], told: Iterable[Told]) -> set[Told]:
    """The nodes that are there after these, of those that were there before. The directory of a
    scan, and the like, are told by their keys: ``there`` has whole ones."""
    nodes = set(there)
    for each in told:
        if each.there:
            nodes.add(each)
        else:
            nodes = {node for node in nodes if node.label != each.label or not each.key <= node.key}
    return nodes
