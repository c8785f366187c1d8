"""§4: everything of a scan in the graph: source text, vectors, and the scan itself."""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from neo4j import Driver, GraphDatabase, Session

_CONSTRAINTS = (
    ("RepositoryV1", "n.org_id, n.repo"),
    ("FileV1", "n.org_id, n.repo, n.file_path"),
    ("SymbolV1", "n.org_id, n.repo, n.file_path, n.qualified_name"),
    ("DirectoryV1", "n.org_id, n.repo, n.dir_path"),
    ("ScanV1", "n.org_id, n.repo, n.scan_id"),
)
_VECTORS = (
    ("symbol_summary_vec_idx", "SymbolV1", "summary_embedding"),
    ("symbol_code_vec_idx", "SymbolV1", "code_embedding"),
    ("file_summary_vec_idx", "FileV1", "summary_embedding"),
)
_TEXTS = (
    (
        "symbol_fulltext_idx",
        "SymbolV1",
        "n.qualified_name, n.signature, n.raw_code, n.summary",
    ),
    ("file_fulltext_idx", "FileV1", "n.file_path, n.summary, n.raw_content"),
)
_FILE_KEY = ("org_id", "repo", "file_path")
_SYMBOL_KEY = (*_FILE_KEY, "qualified_name")
_FILE_NAMES = (
    *("language", "raw_content", "summary", "summary_source", "summary_embedding"),
    *("total_lines", "symbol_count", "symbol_names", "content_hash", "commit_sha"),
)
_SYMBOL_NAMES = (
    *("symbol_name", "symbol_type", "language", "signature", "docstring", "summary"),
    *("summary_source", "raw_code", "content_hash", "signature_hash", "start_line", "end_line"),
    *("line_count", "parent_class", "is_public", "is_entrypoint", "complexity_bucket"),
    *("commit_sha", "summary_embedding", "code_embedding"),
)
_STAMP = "indexed_at = datetime()"
_VERSION = "scanner_version = '1.0.0-alpha'"
_REPO = "{org_id: $org_id, repo: $repo}"
_FILE = "{org_id: $org_id, repo: $repo, file_path: $file_path}"
_SYMBOL = "{org_id: $org_id, repo: $repo, file_path: $file_path, qualified_name: $symbol_name}"
_SCAN = "{org_id: $org_id, repo: $repo, scan_id: $scan_id}"
_ROW_FILE = "{org_id: row.org_id, repo: row.repo, file_path: row.%s}"
_ROW_SYMBOL = "{org_id: row.org_id, repo: row.repo, file_path: row.%s, qualified_name: row.%s}"

Row = dict[str, Any]


def _split(rows: Sequence[Row], key: Sequence[str], names: Sequence[str]) -> list[Row]:
    """Each row as its key and ``props``: all names, a null where the row has none of it."""
    return [
        {**{name: row[name] for name in key}, "props": {name: row.get(name) for name in names}}
        for row in rows
    ]


class CodeStoreV1:
    def __init__(
        self,
        uri: str,
        username: str,
        password: str,
        database: str | None = None,
        embedding_dimension: int = 384,
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
        for name, label, properties in _TEXTS:
            self._run(
                f"CREATE FULLTEXT INDEX {name} IF NOT EXISTS FOR (n:{label}) "
                f"ON EACH [{properties}] "
                "OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}"
            )

    # Repositories, directories, files

    def upsert_repository(self, org_id: str, repo: str, branch: str = "main") -> None:
        self._run(
            f"MERGE (r:RepositoryV1 {_REPO}) SET r.branch = $branch, r.{_STAMP}, r.{_VERSION}",
            org_id=org_id,
            repo=repo,
            branch=branch,
        )

    def upsert_directory(
        self,
        org_id: str,
        repo: str,
        dir_path: str,
        languages: list[str] | None = None,
        file_count: int = 0,
        total_symbols: int = 0,
        summary: str = "",
    ) -> None:
        self._run(
            f"""
            MERGE (r:RepositoryV1 {_REPO})
            MERGE (d:DirectoryV1 {{org_id: $org_id, repo: $repo, dir_path: $dir_path}})
            SET d.languages = $languages, d.file_count = $file_count, d.symbol_count = $symbols,
                d.summary = $summary, d.{_STAMP}, d.{_VERSION}
            MERGE (r)-[:CONTAINS_DIR]->(d)
            """,
            org_id=org_id,
            repo=repo,
            dir_path=dir_path,
            languages=languages or [],
            file_count=file_count,
            symbols=total_symbols,
            summary=summary,
        )

    def upsert_file(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        language: str,
        raw_content: str,
        summary: str,
        summary_source: str,
        summary_embedding: list[float],
        total_lines: int,
        symbol_count: int,
        symbol_names: list[str],
        content_hash: str,
        commit_sha: str,
    ) -> None:
        self.upsert_files_batch([{n: value for n, value in locals().items() if n != "self"}])

    def upsert_files_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MERGE (r:RepositoryV1 {{org_id: row.org_id, repo: row.repo}})
            MERGE (f:FileV1 {_ROW_FILE % "file_path"})
            SET f += row.props, f.{_STAMP}, f.{_VERSION}
            MERGE (r)-[:CONTAINS_FILE]->(f)
            """,
            rows=_split(rows, _FILE_KEY, _FILE_NAMES),
        )

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        found = self._run(
            f"MATCH (f:FileV1 {_FILE}) RETURN f.content_hash AS hash",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return found[0]["hash"] if found else None

    def get_file_content(self, org_id: str, repo: str, file_path: str) -> str | None:
        found = self._run(
            f"MATCH (f:FileV1 {_FILE}) RETURN f.raw_content AS text",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
        )
        return found[0]["text"] if found else None

    # Symbols

    def get_symbol_code(
        self, org_id: str, repo: str, file_path: str, symbol_name: str
    ) -> str | None:
        found = self._run(
            f"MATCH (s:SymbolV1 {_SYMBOL}) RETURN s.raw_code AS text",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
        )
        return found[0]["text"] if found else None

    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol: Row,
        embedding: Any,
        commit_sha: str,
    ) -> None:
        named = {"org_id": org_id, "repo": repo, "file_path": file_path, "commit_sha": commit_sha}
        self.upsert_symbols_batch([{**_symbol_defaults(symbol, embedding), **named}])

    def upsert_symbols_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MATCH (f:FileV1 {_ROW_FILE % "file_path"})
            MERGE (s:SymbolV1 {_ROW_SYMBOL % ("file_path", "qualified_name")})
            SET s += row.props, s.{_STAMP}, s.{_VERSION}
            MERGE (f)-[:DEFINES]->(s)
            """,
            rows=_split(rows, _SYMBOL_KEY, _SYMBOL_NAMES),
        )

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        found = self._run(
            f"MATCH (s:SymbolV1 {_FILE}) RETURN s.qualified_name AS name, s.content_hash AS hash",
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
        summary_source: str,
        summary_embedding: list[float],
    ) -> None:
        self._run(
            f"MATCH (s:SymbolV1 {_SYMBOL}) SET s.summary = $summary, "
            f"s.summary_source = $source, s.summary_embedding = $vector, s.{_STAMP}",
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
            summary=summary,
            source=summary_source,
            vector=summary_embedding,
        )

    def update_file_summary(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        summary: str,
        summary_source: str,
        summary_embedding: list[float],
    ) -> None:
        file = {"org_id": org_id, "repo": repo, "file_path": file_path}
        with self._session() as session:
            session.run(
                f"MATCH (f:FileV1 {_FILE}) SET f.summary = $summary, "
                f"f.summary_source = $source, f.{_STAMP}",
                {**file, "summary": summary, "source": summary_source},
            ).consume()
            session.run(
                f"MATCH (f:FileV1 {_FILE}) "
                "CALL db.create.setNodeVectorProperty(f, 'summary_embedding', $embedding)",
                {**file, "embedding": summary_embedding},
            ).consume()

    def update_directory_summary(
        self, org_id: str, repo: str, dir_path: str, summary: str, summary_source: str
    ) -> None:
        self._run(
            "MATCH (d:DirectoryV1 {org_id: $org_id, repo: $repo, dir_path: $dir_path}) "
            "SET d.summary = $summary, d.summary_source = $source",
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
        """XMem's takes every node with this org_id and repo, so the older graph's, too, which is
        left alone here.

        :returns: how many nodes there were.
        """
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
        caller_file: str,
        caller_qname: str,
        callee_file: str,
        callee_qname: str,
        is_direct: bool = True,
        is_ambiguous: bool = False,
    ) -> None:
        self.add_calls_edges_batch([{n: value for n, value in locals().items() if n != "self"}])

    def add_calls_edges_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MATCH (a:SymbolV1 {_ROW_SYMBOL % ("caller_file", "caller_qname")})
            MATCH (b:SymbolV1 {_ROW_SYMBOL % ("callee_file", "callee_qname")})
            MERGE (a)-[c:CALLS]->(b)
            SET c.is_direct = coalesce(row.is_direct, true),
                c.is_ambiguous = coalesce(row.is_ambiguous, false)
            """,
            rows=list(rows),
        )

    def add_imports_edge(
        self,
        org_id: str,
        repo: str,
        importer_file: str,
        imported_file: str,
        import_type: str = "module",
    ) -> None:
        self.add_imports_edges_batch([{n: value for n, value in locals().items() if n != "self"}])

    def add_imports_edges_batch(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        self._run(
            f"""
            UNWIND $rows AS row
            MATCH (a:FileV1 {_ROW_FILE % "importer_file"})
            MATCH (b:FileV1 {_ROW_FILE % "imported_file"})
            MERGE (a)-[i:IMPORTS]->(b)
            SET i.import_type = coalesce(row.import_type, 'module')
            """,
            rows=list(rows),
        )

    # Scans

    def start_scan(self, org_id: str, repo: str, commit_sha: str) -> str:
        """:raises: when the repository is not there."""
        found = self._run(
            f"""
            MATCH (r:RepositoryV1 {_REPO})
            CREATE (s:ScanV1 {{org_id: $org_id, repo: $repo, scan_id: $scan_id}})
            SET s.commit_sha = $commit_sha, s.scan_status = 'running',
                s.started_at = datetime(), s.{_VERSION}
            MERGE (r)-[:HAS_SCAN]->(s)
            RETURN s.scan_id AS id
            """,
            org_id=org_id,
            repo=repo,
            scan_id=str(uuid.uuid4()),
            commit_sha=commit_sha,
        )
        if not found:
            raise LookupError(f"no repository {org_id}/{repo}")
        return found[0]["id"]

    def complete_scan(
        self,
        org_id: str,
        repo: str,
        scan_id: str,
        commit_sha: str,
        stats: Row,
        duration_seconds: float,
    ) -> None:
        self._run(
            f"MATCH (s:ScanV1 {_SCAN}) SET s.scan_status = 'complete', "
            "s.commit_sha = $commit_sha, s.finished_at = datetime(), "
            "s.duration_seconds = $seconds, s.stats = $stats",
            org_id=org_id,
            repo=repo,
            scan_id=scan_id,
            commit_sha=commit_sha,
            seconds=float(duration_seconds),
            stats=json.dumps(stats),
        )

    def fail_scan(self, org_id: str, repo: str, scan_id: str, error_message: str) -> None:
        self._run(
            f"MATCH (s:ScanV1 {_SCAN}) SET s.scan_status = 'failed', "
            "s.finished_at = datetime(), s.error_message = $error",
            org_id=org_id,
            repo=repo,
            scan_id=scan_id,
            error=error_message,
        )

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        found = self._run(
            "MATCH (s:ScanV1 {org_id: $org_id, repo: $repo, scan_status: 'complete'}) "
            "RETURN s.commit_sha AS sha ORDER BY s.finished_at DESC LIMIT 1",
            org_id=org_id,
            repo=repo,
        )
        return found[0]["sha"] if found else None

    # Retrieval

    def get_repo_directories(self, org_id: str, repo: str | None = None) -> list[Row]:
        of_repo = "" if repo is None else ", repo: $repo"
        return self._run(
            f"MATCH (d:DirectoryV1 {{org_id: $org_id{of_repo}}}) RETURN d.dir_path AS dir_path, "
            "d.summary AS summary, d.file_count AS file_count ORDER BY d.dir_path",
            org_id=org_id,
            repo=repo,
        )


def _symbol_defaults(symbol: Row, embedding: Any) -> Row:
    row: Row = {
        **dict.fromkeys(("language", "signature", "docstring", "summary", "raw_code"), ""),
        **dict.fromkeys(("content_hash", "signature_hash"), ""),
        **dict.fromkeys(("start_line", "end_line", "line_count"), 0),
        "symbol_name": symbol["qualified_name"].split(".")[-1],
        "symbol_type": "function",
        "summary_source": "ast",
        "parent_class": None,
        "is_public": True,
        "is_entrypoint": False,
        "complexity_bucket": "low",
        "summary_embedding": embedding.summary_vector,
        "code_embedding": embedding.code_vector,
    }
    return {**row, **symbol}
