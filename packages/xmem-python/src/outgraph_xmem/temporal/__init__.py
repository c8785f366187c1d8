"""XMem's temporal graph: users, the days of a year, and events as edges between them."""

from outgraph_xmem.temporal.neo4j_client import Neo4jClient

__all__ = ["Neo4jClient"]
