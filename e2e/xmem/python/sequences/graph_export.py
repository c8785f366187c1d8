"""Everything that a graph and a database hold, sorted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from neo4j import Driver

from sequences.plain import Plain

_OURS = "none(label IN labels(n) WHERE label STARTS WITH 'Outgraph')"
"""The relay's own nodes aside. Bookkeeping on any other node or edge would show."""


@dataclass(frozen=True)
class Export:
    lines: list[str]
    """One for each node, edge and document; equal ones as often as they are there."""
    stamps: dict[str, list[list[datetime]]] = field(default_factory=dict)
    """By line: the stamps of each element that looks like it."""


def empty_graph(driver: Driver, days: tuple[str, ...]) -> None:
    """Takes everything out but the relay's journal, and puts days in."""
    with driver.session() as session:
        session.run(f"MATCH (n) WHERE {_OURS} DETACH DELETE n").consume()
        session.run("UNWIND $days AS day CREATE (:Date {date: day})", days=list(days)).consume()


def export_graph(driver: Driver, made_ids: dict[str, str]) -> Export:
    export = Export([])
    named: dict[str, str] = {}
    with driver.session() as session:
        for record in session.run(f"MATCH (n) WHERE {_OURS} RETURN n"):
            node = record["n"]
            labels = ":".join(sorted(node.labels))
            plain = Plain(made_ids)
            line = f"(:{labels} {plain.text(dict(node))})"
            named[node.element_id] = line
            _put(export, line, plain)
        for record in session.run(
            f"MATCH (n)-[r]->(m) WHERE {_OURS} RETURN r, elementId(n) AS a, elementId(m) AS b"
        ):
            edge = record["r"]
            plain = Plain(made_ids)
            properties = plain.text(dict(edge))
            ends = [named.get(record[end], "something else") for end in "ab"]
            _put(export, f"{ends[0]}-[:{edge.type} {properties}]->{ends[1]}", plain)
    export.lines.sort()
    return export


def export_documents(collections: Any, made_ids: dict[str, str]) -> Export:
    export = Export([])
    for collection in collections:
        for document in collection.find({}):
            plain = Plain(made_ids)
            if collection.name not in ("raw_symbols", "raw_files"):
                del document["_id"]  # an ObjectId that the server made
            _put(export, f"{collection.name}: {plain.text(document)}", plain)
    export.lines.sort()
    return export


def _put(export: Export, line: str, plain: Plain) -> None:
    export.lines.append(line)
    if plain.stamps:
        export.stamps.setdefault(line, []).append(plain.stamps)
