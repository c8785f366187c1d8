"""What the tests of both code stores share."""

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from neo4j import Driver
from outgraph.entry.v1.entry_pb2 import Entry
from outgraph.graph.v1.mutation_pb2 import Mutation

from outgraph_xmem import CodeStore, Connection
from outgraph_xmem.connection import connected


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def store(connection: Connection, request: pytest.FixtureRequest) -> Iterator[CodeStore]:
    """With documents of its own."""
    name = f"{connection.options.database}_{sha256(request.node.nodeid)[:8]}"
    yield CodeStore(connection.options.mongodb_uri, name)
    connection.client.drop_database(name)


def newest_mutations(entries: int) -> list[list[Mutation]]:
    """Of the newest entries of this process' outbox, in their order."""
    connection = connected()
    outbox = connection.client[connection.options.database].outbox
    found = list(outbox.find(sort=[("at", -1)]).limit(entries))[::-1]
    return [
        [
            mutation
            for event in Entry.FromString(each["body"]).events
            for mutation in event.mutations
        ]
        for each in found
    ]


def entry_count() -> int:
    connection = connected()
    return int(connection.client[connection.options.database].outbox.count_documents({}))


def edges_in(driver: Driver, type: str) -> list[dict[str, Any]]:
    """The properties of every edge of a type."""
    found = driver.execute_query(f"MATCH ()-[r:{type}]->() RETURN properties(r) AS p")
    return [each["p"] for each in found.records]
