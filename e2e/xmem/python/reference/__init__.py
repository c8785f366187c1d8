"""What XMem's own clients do, in plain Cypher and plain PyMongo, one auto-commit statement after
another: the direct dual write, to which Outgraph's clients are compared.

Names, defaults and answers are those of XMem's own methods; code it shares with nobody.
"""

from reference.code_graph import CodeGraphClient
from reference.code_store import CodeStore
from reference.code_store_v1 import CodeStoreV1
from reference.temporal import Neo4jClient

__all__ = ["CodeGraphClient", "CodeStore", "CodeStoreV1", "Neo4jClient"]
