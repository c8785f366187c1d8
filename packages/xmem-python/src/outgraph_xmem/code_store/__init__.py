"""XMem's code store: the MongoDB half of its code graph."""

from outgraph_xmem.code_store.store import CodeStore

__all__ = ["CodeStore"]
