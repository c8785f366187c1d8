"""Names of the nodes of the code graph V1."""

from outgraph_xmem.code_store_v1.labels import DIRECTORY, FILE, KEYS, REPOSITORY, SCAN, SYMBOL
from outgraph_xmem.graph_changes import Node, node_of


def repository(org_id: str, repo: str) -> Node:
    return node_of(REPOSITORY, KEYS[REPOSITORY], org_id, repo)


def directory(org_id: str, repo: str, dir_path: str) -> Node:
    return node_of(DIRECTORY, KEYS[DIRECTORY], dir_path, org_id, repo)


def file(org_id: str, repo: str, file_path: str) -> Node:
    return node_of(FILE, KEYS[FILE], file_path, org_id, repo)


def symbol(org_id: str, repo: str, file_path: str, qualified_name: str) -> Node:
    return node_of(SYMBOL, KEYS[SYMBOL], file_path, org_id, qualified_name, repo)


def scan(org_id: str, repo: str, scan_id: str) -> Node:
    return node_of(SCAN, KEYS[SCAN], org_id, repo, scan_id)
