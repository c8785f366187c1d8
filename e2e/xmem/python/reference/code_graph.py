"""§2: repositories, directories, files, symbols, their edges, and annotations."""

import uuid
from typing import Any

from reference.connected import Connected
from reference.retrying import retrying

_CONSTRAINTS = (
    ("Repository", "n.org_id, n.repo_name"),
    ("Directory", "n.org_id, n.repo, n.dir_path"),
    ("File", "n.org_id, n.repo, n.file_path"),
    ("Symbol", "n.org_id, n.repo, n.file_path, n.symbol_name, n.signature_hash"),
    ("Annotation", "n.annotation_id"),
)
_NOTES = """
WHERE a.org_id = $org_id AND ($status IS NULL OR $status = '' OR a.status = $status)
RETURN a.annotation_id AS id, a.content AS content, a.annotation_type AS annotation_type,
       a.severity AS severity, a.author_name AS author_name, a.status AS status,
       a.created_at AS created_at
ORDER BY a.created_at DESC
"""


class CodeGraphClient(Connected):
    def setup(self) -> None:
        for label, properties in _CONSTRAINTS:
            self.run(
                f"CREATE CONSTRAINT IF NOT EXISTS FOR (n:{label}) REQUIRE ({properties}) IS UNIQUE"
            )

    @retrying
    def upsert_repository(self, org_id: str, repo_name: str) -> None:
        self.run(
            "MERGE (:Repository {org_id: $org_id, repo_name: $repo})", org_id=org_id, repo=repo_name
        )

    @retrying
    def upsert_directory(
        self,
        org_id: str,
        repo: str,
        dir_path: str,
        summary: str = "",
        languages: list[str] | None = None,
        file_count: int = 0,
        total_symbols: int = 0,
    ) -> None:
        self.upsert_repository(org_id, repo)
        self.run(
            """
            MERGE (d:Directory {org_id: $org_id, repo: $repo, dir_path: $dir_path})
            SET d.summary = $summary, d.languages = $languages, d.file_count = $file_count,
                d.total_symbols = $total_symbols, d.indexed_at = datetime()
            """,
            org_id=org_id,
            repo=repo,
            dir_path=dir_path,
            summary=summary,
            languages=languages or [],
            file_count=file_count,
            total_symbols=total_symbols,
        )
        self._put_directory_in_parent(org_id, repo, dir_path)

    @retrying
    def _put_directory_in_parent(self, org_id: str, repo: str, dir_path: str) -> None:
        *above, _ = dir_path.rstrip("/").split("/")
        if not above:
            self.run(
                """
                MATCH (r:Repository {org_id: $org_id, repo_name: $repo})
                MATCH (d:Directory {org_id: $org_id, repo: $repo, dir_path: $dir_path})
                MERGE (r)-[:CONTAINS_DIR]->(d)
                """,
                org_id=org_id,
                repo=repo,
                dir_path=dir_path,
            )
            return
        parent_path = "/".join(above) + "/"
        self.upsert_directory(org_id, repo, parent_path)
        self.run(
            """
            MATCH (p:Directory {org_id: $org_id, repo: $repo, dir_path: $parent_path})
            MATCH (d:Directory {org_id: $org_id, repo: $repo, dir_path: $dir_path})
            MERGE (p)-[:CONTAINS_DIR]->(d)
            """,
            org_id=org_id,
            repo=repo,
            dir_path=dir_path,
            parent_path=parent_path,
        )

    @retrying
    def upsert_file(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        language: str = "",
        summary: str = "",
        symbol_count: int = 0,
        symbol_names: list[str] | None = None,
        total_lines: int = 0,
        commit_sha: str = "",
    ) -> None:
        dir_path = file_path.rpartition("/")[0] + "/"
        self.upsert_directory(org_id, repo, dir_path)
        self.run(
            """
            MERGE (f:File {org_id: $org_id, repo: $repo, file_path: $file_path})
            SET f.language = $language, f.summary = $summary, f.symbol_count = $symbol_count,
                f.symbol_names = $symbol_names, f.total_lines = $total_lines,
                f.commit_sha = $commit_sha, f.indexed_at = datetime()
            """,
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            language=language,
            summary=summary,
            symbol_count=symbol_count,
            symbol_names=symbol_names or [],
            total_lines=total_lines,
            commit_sha=commit_sha,
        )
        self._put_file_in_directory(org_id, repo, file_path, dir_path)

    @retrying
    def _put_file_in_directory(self, org_id: str, repo: str, file_path: str, dir_path: str) -> None:
        self.run(
            """
            MATCH (d:Directory {org_id: $org_id, repo: $repo, dir_path: $dir_path})
            MATCH (f:File {org_id: $org_id, repo: $repo, file_path: $file_path})
            MERGE (d)-[:CONTAINS_FILE]->(f)
            """,
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            dir_path=dir_path,
        )

    @retrying
    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        symbol_type: str,
        summary: str = "",
        signature: str = "",
        docstring: str = "",
        start_line: int = 0,
        end_line: int = 0,
        commit_sha: str = "",
        branch: str = "main",
        parent_class: str | None = None,
        imports: list[str] | None = None,
        signature_hash: str = "",
        is_public: bool = True,
        is_entrypoint: bool = False,
        complexity_bucket: str = "medium",
        line_count: int = 0,
        language: str = "",
    ) -> None:
        self.upsert_file(org_id, repo, file_path, language=language)
        self.run(
            """
            MERGE (s:Symbol {org_id: $org_id, repo: $repo, file_path: $file_path,
                             symbol_name: $symbol_name, signature_hash: $signature_hash})
            SET s.symbol_type = $symbol_type, s.summary = $summary, s.signature = $signature,
                s.docstring = $docstring, s.start_line = $start_line, s.end_line = $end_line,
                s.commit_sha = $commit_sha, s.branch = $branch, s.parent_class = $parent_class,
                s.imports = $imports, s.is_public = $is_public, s.is_entrypoint = $is_entrypoint,
                s.complexity_bucket = $complexity_bucket, s.line_count = $line_count,
                s.language = $language, s.indexed_at = datetime()
            """,
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
            signature_hash=signature_hash,
            symbol_type=symbol_type,
            summary=summary,
            signature=signature,
            docstring=docstring,
            start_line=start_line,
            end_line=end_line,
            commit_sha=commit_sha,
            branch=branch,
            parent_class=parent_class,
            imports=imports or [],
            is_public=is_public,
            is_entrypoint=is_entrypoint,
            complexity_bucket=complexity_bucket,
            line_count=line_count,
            language=language,
        )
        self._put_symbol_in_file(org_id, repo, file_path, symbol_name, signature_hash)

    @retrying
    def _put_symbol_in_file(
        self, org_id: str, repo: str, file_path: str, symbol_name: str, signature_hash: str
    ) -> None:
        self.run(
            """
            MATCH (f:File {org_id: $org_id, repo: $repo, file_path: $file_path})
            MATCH (s:Symbol {org_id: $org_id, repo: $repo, file_path: $file_path,
                             symbol_name: $symbol_name, signature_hash: $signature_hash})
            MERGE (f)-[:DEFINES]->(s)
            """,
            org_id=org_id,
            repo=repo,
            file_path=file_path,
            symbol_name=symbol_name,
            signature_hash=signature_hash,
        )

    @retrying
    def add_calls_edge(
        self,
        org_id: str,
        repo: str,
        caller_name: str,
        caller_file: str,
        callee_name: str,
        callee_file: str,
        call_count: int = 1,
        is_direct: bool = True,
    ) -> None:
        self._tie_symbols(
            "MERGE (a)-[r:CALLS]->(b) SET r.call_count = $call_count, r.is_direct = $is_direct",
            org_id,
            repo,
            (caller_name, caller_file),
            (callee_name, callee_file),
            call_count=call_count,
            is_direct=is_direct,
        )

    @retrying
    def add_imports_edge(
        self,
        org_id: str,
        repo: str,
        importer_file: str,
        imported_file: str,
        import_type: str = "direct",
    ) -> None:
        self.run(
            """
            MATCH (a:File {org_id: $org_id, repo: $repo, file_path: $importer})
            MATCH (b:File {org_id: $org_id, repo: $repo, file_path: $imported})
            MERGE (a)-[r:IMPORTS]->(b)
            SET r.import_type = $import_type
            """,
            org_id=org_id,
            repo=repo,
            importer=importer_file,
            imported=imported_file,
            import_type=import_type,
        )

    @retrying
    def add_inherits_edge(
        self,
        org_id: str,
        repo: str,
        child_name: str,
        child_file: str,
        parent_name: str,
        parent_file: str,
    ) -> None:
        self._tie_symbols(
            "MERGE (a)-[:INHERITS]->(b)",
            org_id,
            repo,
            (child_name, child_file),
            (parent_name, parent_file),
        )

    @retrying
    def add_implements_edge(
        self,
        org_id: str,
        repo: str,
        implementor_name: str,
        implementor_file: str,
        interface_name: str,
        interface_file: str,
    ) -> None:
        self._tie_symbols(
            "MERGE (a)-[:IMPLEMENTS]->(b)",
            org_id,
            repo,
            (implementor_name, implementor_file),
            (interface_name, interface_file),
        )

    def _tie_symbols(
        self,
        merge: str,
        org_id: str,
        repo: str,
        start: tuple[str, str],
        end: tuple[str, str],
        **properties: Any,
    ) -> None:
        """Every version of the one with every version of the other: no hash is asked for."""
        self.run(
            f"""
            MATCH (a:Symbol {{org_id: $org_id, repo: $repo, symbol_name: $a, file_path: $a_file}})
            MATCH (b:Symbol {{org_id: $org_id, repo: $repo, symbol_name: $b, file_path: $b_file}})
            {merge}
            """,
            org_id=org_id,
            repo=repo,
            a=start[0],
            a_file=start[1],
            b=end[0],
            b_file=end[1],
            **properties,
        )

    @retrying
    def create_annotation(
        self,
        org_id: str,
        content: str,
        annotation_type: str = "explanation",
        severity: str | None = None,
        author_id: str | None = None,
        author_name: str | None = None,
        repo: str | None = None,
        target_file: str | None = None,
        target_symbol: str | None = None,
        status: str = "active",
    ) -> str:
        annotation_id = str(uuid.uuid4())
        self.run(
            """
            CREATE (:Annotation {annotation_id: $id, org_id: $org_id, repo: $repo,
                content: $content, annotation_type: $annotation_type, severity: $severity,
                author_id: $author_id, author_name: $author_name, status: $status,
                created_at: datetime()})
            """,
            id=annotation_id,
            org_id=org_id,
            repo=repo,
            content=content,
            annotation_type=annotation_type,
            severity=severity,
            author_id=author_id,
            author_name=author_name,
            status=status,
        )
        if target_symbol and repo and target_file:
            self._annotate(
                "(t:Symbol {org_id: $org_id, repo: $repo, file_path: $file, symbol_name: $name})",
                "SET r.relevance = 'direct'",
                annotation_id,
                org_id=org_id,
                repo=repo,
                file=target_file,
                name=target_symbol,
            )
        elif target_file and repo:
            self._annotate(
                "(t:File {org_id: $org_id, repo: $repo, file_path: $file})",
                "",
                annotation_id,
                org_id=org_id,
                repo=repo,
                file=target_file,
            )
        return annotation_id

    @retrying
    def _annotate(self, target: str, then: str, annotation_id: str, **parameters: Any) -> None:
        self.run(
            f"""
            MATCH (a:Annotation {{annotation_id: $id}})
            MATCH {target}
            MERGE (a)-[r:ANNOTATES]->(t)
            {then}
            """,
            id=annotation_id,
            **parameters,
        )

    @retrying
    def update_annotation_status(
        self, annotation_id: str, status: str, resolved_by: str | None = None
    ) -> bool:
        resolved = ""
        if status == "resolved":
            resolved = ", a.resolved_at = datetime()"
            if resolved_by:
                resolved += ", a.resolved_by = $resolved_by"
        found = self.run(
            f"MATCH (a:Annotation {{annotation_id: $id}}) SET a.status = $status{resolved} "
            "RETURN a.annotation_id AS id",
            id=annotation_id,
            status=status,
            resolved_by=resolved_by,
        )
        return bool(found)

    @retrying
    def get_annotations_for_symbol(
        self, org_id: str, repo: str, symbol_name: str, status: str | None = "active"
    ) -> list[dict[str, Any]]:
        return self.run(
            "MATCH (a:Annotation)-[:ANNOTATES]->"
            f"(:Symbol {{org_id: $org_id, repo: $repo, symbol_name: $name}}) {_NOTES}",
            org_id=org_id,
            repo=repo,
            name=symbol_name,
            status=status,
        )

    @retrying
    def get_annotations_for_file(
        self, org_id: str, repo: str, file_path: str, status: str | None = "active"
    ) -> list[dict[str, Any]]:
        return self.run(
            "MATCH (a:Annotation)-[:ANNOTATES]->"
            f"(:File {{org_id: $org_id, repo: $repo, file_path: $file}}) {_NOTES}",
            org_id=org_id,
            repo=repo,
            file=file_path,
            status=status,
        )

    @retrying
    def delete_repository(self, org_id: str, repo: str) -> int:
        """:returns: how many paths led from the repository, not how many nodes there were."""
        counted = self.run(
            """
            MATCH (r:Repository {org_id: $org_id, repo_name: $repo})
            OPTIONAL MATCH (r)-[*]->(n)
            DETACH DELETE r, n
            RETURN count(n) AS n
            """,
            org_id=org_id,
            repo=repo,
        )
        return counted[0]["n"] if counted else 0

    @retrying
    def get_repo_stats(self, org_id: str, repo: str) -> dict[str, int]:
        counted = self.run(
            """
            MATCH (r:Repository {org_id: $org_id, repo_name: $repo})
            RETURN COUNT { MATCH (r)-[*]->(d:Directory) RETURN DISTINCT d } AS directories,
                   COUNT { MATCH (r)-[*]->(f:File) RETURN DISTINCT f } AS files,
                   COUNT { MATCH (r)-[*]->(s:Symbol) RETURN DISTINCT s } AS symbols
            """,
            org_id=org_id,
            repo=repo,
        )
        return counted[0] if counted else {"directories": 0, "files": 0, "symbols": 0}

    @retrying
    def get_file_symbols(self, org_id: str, repo: str, file_path: str) -> list[dict[str, Any]]:
        return self.run(
            """
            MATCH (:File {org_id: $org_id, repo: $repo, file_path: $file})-[:DEFINES]->(s:Symbol)
            RETURN s.symbol_name AS symbol_name, s.symbol_type AS symbol_type,
                   s.summary AS summary, s.signature AS signature, s.is_public AS is_public
            ORDER BY s.start_line
            """,
            org_id=org_id,
            repo=repo,
            file=file_path,
        )

    @retrying
    def get_file_imports(self, org_id: str, repo: str, file_path: str) -> dict[str, list[str]]:
        found = self.run(
            """
            MATCH (f:File {org_id: $org_id, repo: $repo, file_path: $file})
            RETURN COLLECT { MATCH (f)-[:IMPORTS]->(o:File) RETURN DISTINCT o.file_path }
                     AS imports,
                   COLLECT { MATCH (f)<-[:IMPORTS]-(o:File) RETURN DISTINCT o.file_path }
                     AS imported_by
            """,
            org_id=org_id,
            repo=repo,
            file=file_path,
        )
        return found[0] if found else {"imports": [], "imported_by": []}
