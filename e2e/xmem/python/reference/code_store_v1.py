"""§4: everything of a scan in the graph: source text, vectors, and the scan itself. What the
surface does not name passes through: properties keep the names that callers give them."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from neo4j import Driver, GraphDatabase, Session

_CONSTRAINTS = (
    ("RepositoryV1", "n.org_id, n.repo"),
    ("FileV1", "n.org_id, n.repo, n.file_path"),
    ("SymbolV1", "n.org_id, n.repo, n.file_path, n.symbol_name"),
    ("DirectoryV1", "n.org_id, n.repo, n.dir_path"),
    ("ScanV1", "n.org_id, n.repo, n.scan_id"),
)
_VECTORS = (
    ("symbol_summary_v1", "SymbolV1", "summary_embedding"),
    ("symbol_code_v1", "SymbolV1", "code_embedding"),
    ("file_summary_v1", "FileV1", "summary_embedding"),
)
_TEXTS = (
    ("SymbolV1", "n.symbol_name, n.signature, n.docstring, n.summary, n.raw_code"),
    ("FileV1", "n.file_path, n.summary, n.raw_content"),
)
_FILE_KEY = ("org_id", "repo", "file_path")
_SYMBOL_KEY = (*_FILE_KEY, "symbol_name")
_CALL_ENDS = ("org_id", "repo", "caller_name", "caller_file", "callee_name", "callee_file")
_IMPORT_ENDS = ("org_id", "repo", "importer_file", "imported_file")
_REPO = "{org_id: $org_id, repo: $repo}"
_FILE = "{org_id: $org_id, repo: $repo, file_path: $file_path}"
_SYMBOL = "{org_id: $org_id, repo: $repo, file_path: $file_path, symbol_name: $symbol_name}"
_ROW_FILE = "{org_id: row.org_id, repo: row.repo, file_path: row.%s}"
_ROW_SYMBOL = "{org_id: row.org_id, repo: row.repo, file_path: row.%s, symbol_name: row.%s}"

Row = dict[str, Any]


def _split(rows: Sequence[Row], key: Sequence[str]) -> list[Row]:
    """Each row as its key and ``props``, which is the rest of it."""
    return [
        {
            **{name: row[name] for name in key},
            "props": {name: value for name, value in row.items() if name not in key},
        }
        for row in rows
    ]


class CodeStoreV1:
    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        *,
        database: str | None = None,
        embedding_dimension: int | None = None,
    ) -> None:
        self.uri = uri
        self.username = username
        self.password = password
        self.database = database
        self.embedding_dimension = embedding_dimension
        self.driver: Driver | None = None

    def connect(self) -> None:
        if self.driver is None:
            self.driver = GraphDatabase.driver(
                self.uri, auth=(self.username, self.password), notifications_min_severity="OFF"
            )

    def close(self) -> None:
        if self.driver is not None:
            self.driver.close()
            self.driver = None

    @contextmanager
    def _session(self) -> Iterator[Session]:
        self.connect()
        assert self.driver is not None
        with self.driver.session(database=self.database) as session:
            yield session

    def _run(self, statement: str, **parameters: Any) -> list[Row]:
        with self._session() as session:
            return session.run(statement, parameters).data()

    def setup_schema(self) -> None:
        for label, properties in _CONSTRAINTS:
            self._run(
                f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE ({properties}) IS UNIQUE"
            )
        for name, label, property in _VECTORS:
            self._run(
                f"CREATE VECTOR INDEX {name} IF NOT EXISTS FOR (n:{label}) ON (n.{property}) "
                f"OPTIONS {{indexConfig: {{`vector.dimensions`: {self.embedding_dimension}, "
                "`vector.similarity_function`: 'cosine'}}"
            )
        for label, properties in _TEXTS:
            self._run(f"CREATE FULLTEXT INDEX IF NOT EXISTS FOR (n:{label}) ON EACH [{properties}]")

    # Repositories, directories, files

    def upsert_repository(self, org_id: str, repo: str, **properties: Any) -> None:
        self._run(
            f"MERGE (r:RepositoryV1 {_REPO}) SET r += $properties, r.indexed_at = datetime()",
            org_id=org_id,
            repo=repo,
            properties=properties,
        )

    def upsert_directory(self, org_id: str, repo: str, dir_path: str, **properties: Any) -> None:
        self._run(
            f"""
            MERGE (r:RepositoryV1 {_REPO})
            MERGE (d:DirectoryV1 {{org_id: $org_id, repo: $repo, dir_path: $dir_path}})
            SET d += $properties, d.indexed_at = datetime()
            MERGE (r)-[:CONTAINS_DIR]->(d)
            """,
            org_id=org_id,
            repo=repo,
            dir_path=dir_path,
            properties=properties,
        )

    def upsert_file(self, org_id: str, repo: str, file_path: str, **properties: Any) -> None:
        named = {"org_id": org_id, "repo": repo, "file_path": file_path}
        self.upsert_files_batch([{**properties, **named}])

    def upsert_files_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MERGE (r:RepositoryV1 {{org_id: row.org_id, repo: row.repo}})
            MERGE (f:FileV1 {_ROW_FILE % "file_path"})
            SET f += row.props, f.indexed_at = datetime()
            MERGE (r)-[:CONTAINS_FILE]->(f)
            """,
            rows=_split(rows, _FILE_KEY),
        )

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        found = self._run(
            f"MATCH (f:FileV1 {_FILE}) RETURN f.content_hash AS hash",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return found[0]["hash"] if found else None

    # Symbols

    def upsert_symbol(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, **properties: Any
    ) -> None:
        named = {"org_id": org_id, "repo": repo, "file_path": file_path}
        self.upsert_symbols_batch([{**properties, **named, "symbol_name": symbol_name}])

    def upsert_symbols_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MATCH (f:FileV1 {_ROW_FILE % "file_path"})
            MERGE (s:SymbolV1 {_ROW_SYMBOL % ("file_path", "symbol_name")})
            SET s += row.props, s.indexed_at = datetime()
            MERGE (f)-[:DEFINES]->(s)
            """,
            rows=_split(rows, _SYMBOL_KEY),
        )

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        found = self._run(
            f"MATCH (s:SymbolV1 {_FILE}) "
            "RETURN s.symbol_name AS name, coalesce(s.content_hash, '') AS hash",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return {each["name"]: each["hash"] for each in found}

    def update_symbol_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        summary: str,
        summary_source: str = "llm",
        summary_embedding: list[float] | None = None,
    ) -> None:
        vector = {} if summary_embedding is None else {"summary_embedding": summary_embedding}
        self._run(
            f"MATCH (s:SymbolV1 {_SYMBOL}) SET s.summary = $summary, "
            "s.summary_source = $source, s += $vector, s.enriched_at = datetime()",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
            summary=summary,
            source=summary_source,
            vector=vector,
        )

    def update_file_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        summary: str,
        summary_source: str = "llm",
        summary_embedding: list[float] | None = None,
    ) -> None:
        file = {"org_id": org_id, "repo": repo, "file_path": file_path}
        with self._session() as session:
            session.run(
                f"MATCH (f:FileV1 {_FILE}) SET f.summary = $summary, "
                "f.summary_source = $source, f.enriched_at = datetime()",
                {**file, "summary": summary, "source": summary_source},
            ).consume()
            if summary_embedding is not None:
                session.run(
                    f"MATCH (f:FileV1 {_FILE}) "
                    "CALL db.create.setNodeVectorProperty(f, 'summary_embedding', $embedding)",
                    {**file, "embedding": summary_embedding},
                ).consume()

    def update_directory_summary(
        self, org_id: str, repo: str, dir_path: str, summary: str, summary_source: str = "llm"
    ) -> None:
        self._run(
            "MATCH (d:DirectoryV1 {org_id: $org_id, repo: $repo, dir_path: $dir_path}) "
            "SET d.summary = $summary, d.summary_source = $source, d.enriched_at = datetime()",
            org_id=org_id,
            repo=repo,
            dir_path=dir_path,
            summary=summary,
            source=summary_source,
        )

    # Deletes

    def delete_symbol(self, org_id: str, repo: str, file_path: str, symbol_name: str) -> None:
        self._run(
            f"MATCH (s:SymbolV1 {_SYMBOL}) DETACH DELETE s",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
        )

    def delete_file(self, org_id: str, repo: str, file_path: str) -> None:
        self._run(
            f"MATCH (f:FileV1 {_FILE}) OPTIONAL MATCH (f)-[:DEFINES]->(s:SymbolV1) "
            "DETACH DELETE s, f",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )

    def delete_repository(self, org_id: str, repo: str) -> int:
        """:returns: how many nodes there were."""
        labels = "|".join(label for label, _ in _CONSTRAINTS)
        everything = f"MATCH (n:{labels} {_REPO})"
        with self._session() as session, session.begin_transaction() as tx:
            named = {"org_id": org_id, "repo": repo}
            counted = tx.run(f"{everything} RETURN count(n) AS n", named).data()[0]["n"]
            tx.run(f"{everything} DETACH DELETE n", named).consume()
            tx.commit()
        return counted

    # Edges

    def add_calls_edge(
        self,
        org_id: str,
        repo: str,
        caller_name: str,
        caller_file: str,
        callee_name: str,
        callee_file: str,
        **properties: Any,
    ) -> None:
        ends = (org_id, repo, caller_name, caller_file, callee_name, callee_file)
        self.add_calls_edges_batch([{**properties, **dict(zip(_CALL_ENDS, ends, strict=True))}])

    def add_calls_edges_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MATCH (a:SymbolV1 {_ROW_SYMBOL % ("caller_file", "caller_name")})
            MATCH (b:SymbolV1 {_ROW_SYMBOL % ("callee_file", "callee_name")})
            MERGE (a)-[c:CALLS]->(b)
            SET c += row.props
            """,
            rows=_split(rows, _CALL_ENDS),
        )

    def add_imports_edge(
        self, org_id: str, repo: str, importer_file: str, imported_file: str, **properties: Any
    ) -> None:
        ends = (org_id, repo, importer_file, imported_file)
        self.add_imports_edges_batch([{**properties, **dict(zip(_IMPORT_ENDS, ends, strict=True))}])

    def add_imports_edges_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MATCH (a:FileV1 {_ROW_FILE % "importer_file"})
            MATCH (b:FileV1 {_ROW_FILE % "imported_file"})
            MERGE (a)-[i:IMPORTS]->(b)
            SET i += row.props
            """,
            rows=_split(rows, _IMPORT_ENDS),
        )

    # Scans

    def start_scan(self, org_id: str, repo: str, commit_sha: str = "", **properties: Any) -> str:
        """:raises: when the repository is not there."""
        scan_id = str(uuid.uuid4())
        found = self._run(
            f"""
            MATCH (r:RepositoryV1 {_REPO})
            CREATE (s:ScanV1 {{org_id: $org_id, repo: $repo, scan_id: $scan_id}})
            SET s += $properties, s.commit_sha = $commit_sha, s.status = 'running',
                s.started_at = datetime()
            MERGE (r)-[:HAS_SCAN]->(s)
            RETURN s.scan_id AS id
            """,
            org_id=org_id,
            repo=repo,
            scan_id=scan_id,
            commit_sha=commit_sha,
            properties=properties,
        )
        if not found:
            raise LookupError(f"no repository {org_id}/{repo}")
        return found[0]["id"]

    def complete_scan(
        self, org_id: str, repo: str, scan_id: str, commit_sha: str = "", **properties: Any
    ) -> None:
        self._run(
            "MATCH (s:ScanV1 {org_id: $org_id, repo: $repo, scan_id: $scan_id}) "
            "SET s += $properties, s.status = 'completed', s.commit_sha = $commit_sha, "
            "s.completed_at = datetime()",
            org_id=org_id,
            repo=repo,
            scan_id=scan_id,
            commit_sha=commit_sha,
            properties=properties,
        )

    def fail_scan(
        self, org_id: str, repo: str, scan_id: str, error: str = "", **properties: Any
    ) -> None:
        self._run(
            "MATCH (s:ScanV1 {org_id: $org_id, repo: $repo, scan_id: $scan_id}) "
            "SET s += $properties, s.status = 'failed', s.failed_at = datetime(), s.error = $error",
            org_id=org_id,
            repo=repo,
            scan_id=scan_id,
            error=error,
            properties=properties,
        )

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        found = self._run(
            "MATCH (s:ScanV1 {org_id: $org_id, repo: $repo, status: 'completed'}) "
            "RETURN s.commit_sha AS sha ORDER BY s.completed_at DESC LIMIT 1",
            org_id=org_id,
            repo=repo,
        )
        return found[0]["sha"] if found else None
