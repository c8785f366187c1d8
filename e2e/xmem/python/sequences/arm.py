"""One way to carry a sequence out: the reference, or Outgraph's clients."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from neo4j import Driver

import reference
from sequences.calls import Client
from sequences.embedding import DIMENSION, embed


@dataclass(frozen=True)
class Servers:
    mongodb_uri: str
    neo4j_uri: str
    neo4j_user: str
    neo4j_password: str
    database: str
    """With the outbox; the reference has one of its own beside it."""

    @property
    def neo4j(self) -> tuple[str, str, str]:
        return (self.neo4j_uri, self.neo4j_user, self.neo4j_password)


@dataclass(frozen=True)
class Arm:
    name: str
    clients: dict[Client, Any]
    unit: Callable[[], AbstractContextManager[Any]]
    drain: Callable[[], None]
    """Returns when everything that was written is in the graph."""

    @property
    def driver(self) -> Driver:
        return self.clients["temporal"].driver

    def close(self) -> None:
        for client in self.clients.values():
            client.close()


def reference_arm(servers: Servers) -> Arm:
    clients: dict[Client, Any] = {
        "temporal": reference.Neo4jClient(*servers.neo4j, embedding_fn=embed),
        "graph": reference.CodeGraphClient(*servers.neo4j, embedding_fn=embed),
        "store": reference.CodeStore(servers.mongodb_uri, f"{servers.database}_reference"),
        "v1": reference.CodeStoreV1(*servers.neo4j, embedding_dimension=DIMENSION),
    }
    set_up(clients)
    return Arm("reference", clients, nullcontext, lambda: None)


def set_up(clients: dict[Client, Any]) -> None:
    for name in ("temporal", "graph", "v1"):
        clients[name].connect()
    clients["graph"].setup()
    clients["v1"].setup_schema()
