"""Whether documents and graph are what they must be, and each file whole or not there at all.

``python3 -m scan.compare <job as JSON>`` with a ``Job``; tells one line of JSON.
"""

import json
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from neo4j import Driver

import reference
from scan.main import ORG, REPO
from scan.model import (
    KEY_NAMES,
    Key,
    document_fact,
    edge_fact,
    model_arm,
    node_fact,
)
from scan.scanner import Scanner
from scan.source import parse
from scan.tree import read_tree
from sequences.arm import Servers

_SHOWN_MAX = 8


@dataclass(frozen=True)
class Job:
    servers: dict[str, str]
    revisions: list[str]
    """Folders; the last one is what must be there."""
    broken_only: bool
    """In the midst of a scan nobody knows what must be there, but that no file is half there."""


def main(job: Job) -> dict[str, Any]:
    servers = Servers(**job.servers)
    store = reference.CodeStore(servers.mongodb_uri, servers.database)
    graph = reference.CodeGraphClient(*servers.neo4j)
    graph.connect()
    trees = [read_tree(Path(folder)) for folder in job.revisions]
    broken = broken_files(store, graph.driver, trees)
    if job.broken_only:
        return {"broken": broken}
    expected, symbols = _expected(trees)
    found = _documents(store) + _graph_facts(graph.driver)
    missing, extra = expected - found, found - expected
    return {
        "facts": sum(expected.values()),
        "missing": sum(missing.values()),
        "extra": sum(extra.values()),
        "files": len(trees[-1]),
        "symbols": symbols,
        "broken": broken,
        "examples": sorted(missing)[:_SHOWN_MAX] + sorted(extra)[:_SHOWN_MAX],
    }


def _expected(trees: list[dict[str, str]]) -> tuple[Counter[str], int]:
    """What must be there, and how many symbols that are."""
    arm = model_arm()
    scanner = Scanner(arm, ORG, REPO)
    previous: dict[str, str] = {}
    for number, tree in enumerate(trees, 1):
        scanner.scan(tree, previous, f"commit-{number}")
        previous = tree
    symbols = sum(map(len, arm.store.symbols.values()))
    return arm.store.facts() + arm.graph.facts(), symbols


def broken_files(store: Any, driver: Driver, trees: list[dict[str, str]]) -> list[str]:
    """Files whose document is there with the hash of a revision, and of which something else is
    not: a later scan takes them for done."""
    where = {"org_id": ORG, "repo": REPO}
    symbols: dict[str, set[tuple[str, str]]] = {}
    for each in store.symbols.find(where, {"file_path": 1, "symbol_name": 1, "content_hash": 1}):
        found = symbols.setdefault(each["file_path"], set())
        found.add((each["symbol_name"], each["content_hash"]))
    nodes = _defined(driver)
    broken = []
    for document in store.files.find(where, {"file_path": 1, "content_hash": 1}):
        path = document["file_path"]
        for tree in reversed(trees):
            if path in tree and (file := parse(path, tree[path])).hash == document["content_hash"]:
                wanted = {(symbol.name, symbol.hash) for symbol in file.symbols}
                count, defined = nodes.get(path, (None, set()))
                whole = wanted == symbols.get(path, set()) and wanted <= defined
                if not whole or count != len(wanted):
                    broken.append(path)
                break
    return sorted(broken)


def _defined(driver: Driver) -> dict[str, tuple[int, set[tuple[str, str]]]]:
    """Of each file in the graph: how many symbols it says it has, and those that hang on it."""
    records, _, _ = driver.execute_query(
        "MATCH (f:File {org_id: $org, repo: $repo}) "
        "RETURN f.file_path AS path, f.symbol_count AS count, "
        "COLLECT { MATCH (f)-[:DEFINES]->(s) RETURN [s.symbol_name, s.signature_hash] } AS defined",
        org=ORG,
        repo=REPO,
    )
    return {
        each["path"]: (each["count"], {(name, hash) for name, hash in each["defined"]})
        for each in records
    }


def _documents(store: Any) -> Counter[str]:
    facts: Counter[str] = Counter()
    for collection in (store.files, store.symbols):
        facts.update(document_fact(each) for each in collection.find({}, {"_id": 0}))
    return facts


def _graph_facts(driver: Driver) -> Counter[str]:
    """Every node and edge; the relay's own nodes aside."""
    facts: Counter[str] = Counter()
    keys: dict[str, Key] = {}
    with driver.session() as session:
        ours = "none(label IN labels(n) WHERE label STARTS WITH 'Outgraph')"
        for record in session.run(f"MATCH (n) WHERE {ours} RETURN n"):
            node = record["n"]
            properties = dict(node)
            (label,) = node.labels
            values = [properties.pop(name, "?") for name in KEY_NAMES.get(label, ())]
            keys[node.element_id] = key = (label, *values)
            facts[node_fact(key, properties)] += 1
        for record in session.run(
            f"MATCH (n)-[r]->(m) WHERE {ours} RETURN r, elementId(n) AS a, elementId(m) AS b"
        ):
            edge = record["r"]
            ends = keys[record["a"]], keys[record["b"]]
            facts[edge_fact(edge.type, *ends, dict(edge))] += 1
    return facts


if __name__ == "__main__":
    print(json.dumps(main(Job(**json.loads(sys.argv[1])))), flush=True)
