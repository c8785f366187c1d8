"""Names of the nodes of the code graph."""

from collections.abc import Iterator

from outgraph import nodes
from outgraph.graph.v1.mutation_pb2 import NodeMatch

from outgraph_xmem.graph_changes import Node

FAMILY = "code"

KEYS: dict[str, tuple[str, ...]] = {
    "Repository": ("org_id", "repo_name"),
    "Directory": ("org_id", "repo", "dir_path"),
    "File": ("org_id", "repo", "file_path"),
    "Symbol": ("org_id", "repo", "file_path", "symbol_name", "signature_hash"),
    "Annotation": ("annotation_id",),
}
"""The key of each label. A symbol's ``signature_hash`` is that of its content: each version of it
is a node."""


def part_of(org_id: str, repo: str) -> str:
    """What an entry, or a read, about a repository is about."""
    return f"{org_id}/{repo}"


def repository(org_id: str, repo: str) -> Node:
    return Node("Repository", (("org_id", org_id), ("repo_name", repo)))


def directory(org_id: str, repo: str, dir_path: str) -> Node:
    return Node("Directory", (("org_id", org_id), ("repo", repo), ("dir_path", dir_path)))


def file(org_id: str, repo: str, file_path: str) -> Node:
    return Node("File", (("org_id", org_id), ("repo", repo), ("file_path", file_path)))


def symbol(org_id: str, repo: str, file_path: str, symbol_name: str, signature_hash: str) -> Node:
    return Node(
        "Symbol",
        (
            ("org_id", org_id),
            ("repo", repo),
            ("file_path", file_path),
            ("symbol_name", symbol_name),
            ("signature_hash", signature_hash),
        ),
    )


def annotation(annotation_id: str) -> Node:
    return Node("Annotation", (("annotation_id", annotation_id),))


def versions(org_id: str, repo: str, file_path: str, symbol_name: str) -> NodeMatch:
    """Every version of a symbol."""
    return nodes(
        "Symbol",
        {"org_id": org_id, "repo": repo, "file_path": file_path, "symbol_name": symbol_name},
    )


def folder_of(file_path: str) -> str:
    """The directory that a file lies in, with a slash at its end; ``/`` at the top."""
    return file_path.rpartition("/")[0] + "/"


def folders_above(dir_path: str) -> Iterator[str]:
    """The directories that a directory lies in, the nearest first."""
    parts = dir_path.rstrip("/").split("/")
    while len(parts) > 1:
        del parts[-1]
        above = "/".join(parts) + "/"
        yield above
        parts = above.rstrip("/").split("/")
