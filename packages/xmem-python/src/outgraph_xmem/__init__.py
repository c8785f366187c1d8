"""XMem's graph clients and code store, which write documents and graph through Outgraph."""

from outgraph_xmem.code_graph import CodeGraphClient
from outgraph_xmem.code_store import CodeStore
from outgraph_xmem.code_store_v1 import CodeStoreV1, RepositoryMissing, build_symbol_row
from outgraph_xmem.connection import Connection, connect, disconnect
from outgraph_xmem.errors import (
    GraphChangesPending,
    NotConfigured,
    NotInGraph,
    NotInGraphYet,
    OtherDeployment,
    UnitFailed,
    UnitOfAnotherThread,
    UnitTooLong,
    XmemError,
)
from outgraph_xmem.options import Options
from outgraph_xmem.temporal import Neo4jClient
from outgraph_xmem.unit import Unit, current_unit, run_unit, unit

__all__ = [
    "CodeGraphClient",
    "CodeStore",
    "CodeStoreV1",
    "Connection",
    "GraphChangesPending",
    "Neo4jClient",
    "NotConfigured",
    "NotInGraph",
    "NotInGraphYet",
    "Options",
    "OtherDeployment",
    "RepositoryMissing",
    "Unit",
    "UnitFailed",
    "UnitOfAnotherThread",
    "UnitTooLong",
    "XmemError",
    "build_symbol_row",
    "connect",
    "current_unit",
    "disconnect",
    "run_unit",
    "unit",
]
