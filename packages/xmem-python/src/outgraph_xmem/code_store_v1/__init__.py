"""XMem's code store V1: a code graph with sources and vectors, in Neo4j alone."""

from outgraph_xmem.code_store_v1.rows import build_symbol_row
from outgraph_xmem.code_store_v1.scans import RepositoryMissing
from outgraph_xmem.code_store_v1.store import CodeStoreV1

__all__ = ["CodeStoreV1", "RepositoryMissing", "build_symbol_row"]
