"""XMem's code graph: repositories, directories, files, symbols, what ties them, and annotations."""

from outgraph_xmem.code_graph.code_graph_client import CodeGraphClient

__all__ = ["CodeGraphClient"]
