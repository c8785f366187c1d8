"""The names of the code graph V1, in one place, and what each write means in Cypher.

::

    (RepositoryV1 {org_id, repo})
      -[CONTAINS_DIR]->  (DirectoryV1 {org_id, repo, dir_path})
      -[CONTAINS_FILE]-> (FileV1 {org_id, repo, file_path})
                           -[DEFINES]-> (SymbolV1 {org_id, repo, file_path, qualified_name})
      -[HAS_SCAN]->      (ScanV1 {org_id, repo, scan_id})
    (SymbolV1) -[CALLS]-> (SymbolV1)      (FileV1) -[IMPORTS]-> (FileV1)

In braces are the keys. A symbol has one node whatever its versions: ``content_hash`` is a property.
An upsert sets all properties of ``rows``; what a row lacks is removed. Times are Neo4j date-times,
made by the client.

====================  ============================================================================
write                 Cypher
====================  ============================================================================
upsert_repository     MERGE (r:RepositoryV1 {…}) SET r.branch = …, …
upsert_directory      MERGE (r:RepositoryV1 {…}) MERGE (d:DirectoryV1 {…}) SET d.summary = …, …
                      MERGE (r)-[:CONTAINS_DIR]->(d)
upsert_file           MERGE (r:RepositoryV1 {…}) MERGE (f:FileV1 {…}) SET f.language = …, …
                      MERGE (r)-[:CONTAINS_FILE]->(f)
upsert_symbol         MATCH (f:FileV1 {…}) MERGE (s:SymbolV1 {…}) SET s.symbol_name = …, …
                      MERGE (f)-[:DEFINES]->(s)       nothing at all where the file is not there
update_…_summary      MATCH (n {…}) SET n.summary = …, n.summary_source = … and, but for
                      directories, n.indexed_at and the vector n.summary_embedding
delete_symbol         MATCH (s:SymbolV1 {…}) DETACH DELETE s
delete_file           the file's node and its symbols', DETACH DELETE
delete_repository     MATCH (n {org_id, repo}) DETACH DELETE n: of V1, and what the older code
                      graph has of it (Directory, File, Symbol, Annotation); returns how many
add_calls_edge        MATCH (a:SymbolV1 {…}) MATCH (b:SymbolV1 {…})
                      MERGE (a)-[c:CALLS]->(b) SET c.is_direct = …, c.is_ambiguous = …
add_imports_edge      MATCH (a:FileV1 {…}) MATCH (b:FileV1 {…})
                      MERGE (a)-[i:IMPORTS]->(b) SET i.import_type = …
start_scan            MATCH (r:RepositoryV1 {…}) or an error;
                      CREATE (s:ScanV1 {scan_id: uuid4, …}) MERGE (r)-[:HAS_SCAN]->(s)
complete_scan         MATCH (s:ScanV1 {…}) SET s.scan_status = 'complete', …
fail_scan             MATCH (s:ScanV1 {…}) SET s.scan_status = 'failed', …
====================  ============================================================================
"""

from typing import Final

SCANNER_VERSION: Final = "1.0.0-alpha"
"""Kept at every node."""

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

OLDER: Final = ("Directory", "File", "Symbol", "Annotation")
"""The labels of the older code graph whose nodes have an ``org_id`` and a ``repo``, too."""

CONTAINS_DIR: Final = "CONTAINS_DIR"
CONTAINS_FILE: Final = "CONTAINS_FILE"
DEFINES: Final = "DEFINES"
HAS_SCAN: Final = "HAS_SCAN"
CALLS: Final = "CALLS"
IMPORTS: Final = "IMPORTS"

SUMMARY_EMBEDDING: Final = "summary_embedding"
CODE_EMBEDDING: Final = "code_embedding"

VECTOR_INDEXES: Final[dict[str, tuple[str, str]]] = {
    "symbol_summary_vec_idx": (SYMBOL, SUMMARY_EMBEDDING),
    "symbol_code_vec_idx": (SYMBOL, CODE_EMBEDDING),
    "file_summary_vec_idx": (FILE, SUMMARY_EMBEDDING),
}
"""Label and property by the index's name."""

FULLTEXT_INDEXES: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "symbol_fulltext_idx": (SYMBOL, ("qualified_name", "signature", "raw_code", "summary")),
    "file_fulltext_idx": (FILE, ("file_path", "summary", "raw_content")),
}
"""Label and properties by the index's name."""
