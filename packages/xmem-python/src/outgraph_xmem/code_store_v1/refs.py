"""Names of the nodes of the code graph V1."""

from posixpath import dirname

from outgraph_xmem.code_store_v1.labels import DIRECTORY, FILE, KEYS, REPOSITORY, SCAN, SYMBOL
from outgraph_xmem.graph_changes import Node, node_of


def repository(org_id: str, repo: str) -> Node:
    return node_of(REPOSITORY, KEYS[REPOSITORY], org_id, repo)


def directory(org_id: str, repo: str, dir_path: str) -> Node:
    return node_of(DIRECTORY, KEYS[DIRECTORY], dir_path, org_id, repo)


def folder_of(org_id: str, repo: str, file_path: str) -> Node:
    """The directory that a file lies in; ``""`` at the top of the repository."""
    return directory(org_id, repo, dirname(file_path))


def file(org_id: str, repo: str, file_path: str) -> Node:
    return node_of(FILE, KEYS[FILE], file_path, org_id, repo)


def symbol(org_id: str, repo: str, file_path: str, symbol_name: str) -> Node:
    return node_of(SYMBOL, KEYS[SYMBOL], file_path, org_id, repo, symbol_name)


def scan(scan_id: str) -> Node:
    return node_of(SCAN, KEYS[SCAN], scan_id)
