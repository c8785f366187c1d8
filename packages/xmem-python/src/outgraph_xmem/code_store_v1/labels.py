"""The names of the code graph V1, in one place, and what each write means in Cypher.

::

    (RepositoryV1 {org_id, repo})
      -[CONTAINS_DIR]->  (DirectoryV1 {org_id, repo, dir_path})
      -[CONTAINS_FILE]-> (FileV1 {org_id, repo, file_path})
                           -[DEFINES]-> (SymbolV1 {org_id, repo, file_path, qualified_name})
      -[HAS_SCAN]->      (ScanV1 {org_id, repo, scan_id})
    (SymbolV1) -[CALLS]-> (SymbolV1)      (FileV1) -[IMPORTS]-> (FileV1)

In braces are the keys; what callers give as ``symbol_name`` to find a symbol is its qualified name.
A symbol has one node whatever its versions: ``content_hash`` is a property. Each write sets the
properties that are its own (``rows``), a None removes one, and what else is there stays. Times are
Neo4j date-times, made by the client; every upsert sets ``indexed_at`` and ``scanner_version``.

====================  ============================================================================
write                 Cypher
====================  ============================================================================
upsert_repository     MERGE (r:RepositoryV1 {…}) SET r += …
upsert_directory      MERGE (r:RepositoryV1 {…}) MERGE (d:DirectoryV1 {…}) SET d += …
                      MERGE (r)-[:CONTAINS_DIR]->(d)
upsert_file           MERGE (r:RepositoryV1 {…}) MERGE (f:FileV1 {…}) SET f += …
                      MERGE (r)-[:CONTAINS_FILE]->(f)
upsert_symbol         MATCH (f:FileV1 {…}) MERGE (s:SymbolV1 {…}) SET s += …
                      MERGE (f)-[:DEFINES]->(s)       nothing at all where the file is not there
update_…_summary      MATCH (n {…}) SET n.summary = …, n.summary_source = …
                      of a symbol or a file also n.indexed_at, and the vector n.summary_embedding
delete_symbol         MATCH (s:SymbolV1 {…}) DETACH DELETE s
delete_file           the file's node and its symbols', DETACH DELETE
delete_repository     the nodes of all five labels with this org_id and repo; returns how many
add_calls_edge        MATCH (a:SymbolV1 {…}) MATCH (b:SymbolV1 {…})
                      MERGE (a)-[c:CALLS]->(b)
                      SET c.is_direct = …, c.is_ambiguous = …
add_imports_edge      MATCH (a:FileV1 {…}) MATCH (b:FileV1 {…})
                      MERGE (a)-[i:IMPORTS]->(b) SET i.import_type = …
start_scan            MATCH (r:RepositoryV1 {…}) or an error;
                      CREATE (s:ScanV1 {scan_id: uuid4, …}) MERGE (r)-[:HAS_SCAN]->(s)
complete_scan         MATCH (s:ScanV1 {…}) SET s.scan_status = 'complete', …
fail_scan             MATCH (s:ScanV1 {…}) SET s.scan_status = 'failed', …
====================  ============================================================================
"""

from typing import Final

REPOSITORY: Final = "RepositoryV1"
DIRECTORY: Final = "DirectoryV1"
FILE: Final = "FileV1"
SYMBOL: Final = "SymbolV1"
SCAN: Final = "ScanV1"

KEYS: Final[dict[str, tuple[str, ...]]] = {
    REPOSITORY: ("org_id", "repo"),
    DIRECTORY: ("dir_path", "org_id", "repo"),
    FILE: ("file_path", "org_id", "repo"),
    SYMBOL: ("file_path", "org_id", "qualified_name", "repo"),
    SCAN: ("org_id", "repo", "scan_id"),
}
"""The key properties of each label, sorted: as the relay's own constraints have them, so that these
and those are one."""

CONTAINS_DIR: Final = "CONTAINS_DIR"
CONTAINS_FILE: Final = "CONTAINS_FILE"
DEFINES: Final = "DEFINES"
HAS_SCAN: Final = "HAS_SCAN"
CALLS: Final = "CALLS"
IMPORTS: Final = "IMPORTS"

IMPORT_TYPE: Final = "module"
"""Of an import that says no more."""

SCANNER_VERSION: Final = "1.0.0-alpha"
"""What XMem stamps on each node that it writes, as of the version that this one stands in for."""

SUMMARY_EMBEDDING: Final = "summary_embedding"
CODE_EMBEDDING: Final = "code_embedding"

DIMENSION_MAX: Final = 4_096
"""Most components of a vector that an index of Neo4j takes."""

VECTOR_INDEXES: Final[dict[str, tuple[str, str]]] = {
    "symbol_summary_vec_idx": (SYMBOL, SUMMARY_EMBEDDING),
    "symbol_code_vec_idx": (SYMBOL, CODE_EMBEDDING),
    "file_summary_vec_idx": (FILE, SUMMARY_EMBEDDING),
}
"""Label and property by the index's name, which is XMem's: searches ask by it. Where there is one
on the same label and property, by whatever name, none is made."""

FULLTEXT_INDEXES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "symbol_fulltext_idx": (SYMBOL, ("qualified_name", "signature", "raw_code", "summary")),
    "file_fulltext_idx": (FILE, ("file_path", "summary", "raw_content")),
}
"""Label and properties by the index's name; as those of vectors."""

FULLTEXT_ANALYZER: Final = "whitespace"
"""Leaves names in code as they are: Neo4j's own takes them apart, and drops ``is`` and ``do``."""
