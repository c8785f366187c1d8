"""XMem's documents in the graph."""

import outgraph as og

from xmem.v1.xmem_pb2 import SourceFile
from xmem_events import file_properties


def project_file(document: SourceFile) -> og.Projection:
    """What a file is in the graph: a node of its own, in the repository it shares with others."""
    file = og.node("File", file_properties(document.key))
    key = {"org_id": document.key.org_id, "repo_name": document.key.repo}
    repository = og.node("Repository", key)
    set: dict[str, og.PropertyValue] = {
        "language": document.language,
        "summary": document.summary,
        "total_lines": document.total_lines,
    }
    return og.Projection(
        nodes=[og.ProjectedNode(file, "own", set=set), og.ProjectedNode(repository, "shared")],
        edges=[og.ProjectedEdge(og.edge("CONTAINS_FILE", repository, file))],
    )
