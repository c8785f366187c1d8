"""Outgraph's clients in the places of XMem's."""

from typing import Any

import outgraph_xmem
import reference
from drained import Drain
from outgraph_xmem import CodeGraphClient, CodeStore, CodeStoreV1, Neo4jClient
from sequences.arm import Arm, Servers, set_up
from sequences.calls import Client
from sequences.embedding import DIMENSION, embed

_DRAINED_SECONDS = 120.0
"""A busy machine takes its time; nothing is measured here."""


def outgraph_arm(servers: Servers) -> Arm:
    """Reads see what was written before, as they do where every write goes to Neo4j at once."""
    connection = outgraph_xmem.connect(
        servers.mongodb_uri,
        servers.database,
        source="sequences",
        read_timeout_seconds=_DRAINED_SECONDS,
    )
    # Where XMem has run before, its indexes are there, by the names that it gave them.
    reference.CodeStore(servers.mongodb_uri, servers.database).close()
    clients: dict[Client, Any] = {
        "temporal": Neo4jClient(*servers.neo4j, embedding_fn=embed),
        "graph": CodeGraphClient(*servers.neo4j, embedding_fn=embed, consistency="own_writes"),
        "store": CodeStore(servers.mongodb_uri, servers.database),
        "v1": CodeStoreV1(*servers.neo4j, embedding_dimension=DIMENSION),
    }
    set_up(clients)
    drain = Drain(connection.client[servers.database], connection.writer)
    return Arm("outgraph", clients, outgraph_xmem.unit, lambda: drain.wait(_DRAINED_SECONDS))
