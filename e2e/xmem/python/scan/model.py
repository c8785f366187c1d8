"""What documents and graph must be after scans that nobody interrupts: XMem's rules on plain
dictionaries, for an arm without servers."""

from collections import Counter
from contextlib import nullcontext
from typing import Any

from scan.scanner import Arm

Key = tuple[str, ...]
"""A label and the values of its key properties."""

KEY_NAMES: dict[str, tuple[str, ...]] = {
    "Repository": ("org_id", "repo_name"),
    "Directory": ("org_id", "repo", "dir_path"),
    "File": ("org_id", "repo", "file_path"),
    "Symbol": ("org_id", "repo", "file_path", "symbol_name", "signature_hash"),
}

Properties = dict[str, Any]
Edge = tuple[str, Key, Key]


class ModelGraph:
    def __init__(self) -> None:
        self.nodes: dict[Key, Properties] = {}
        self.edges: dict[Edge, Properties] = {}
        self._at: dict[Key, set[Edge]] = {}
        self._versions: dict[tuple[str, str], dict[Key, None]] = {}

    def upsert_repository(self, org_id: str, repo_name: str) -> None:
        self.nodes.setdefault(("Repository", org_id, repo_name), {})

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
        key = ("Directory", org_id, repo, dir_path)
        self.nodes[key] = {
            "summary": summary,
            "languages": languages or [],
            "file_count": file_count,
            "total_symbols": total_symbols,
        }
        *above, _ = dir_path.rstrip("/").split("/")
        parent: Key = ("Repository", org_id, repo)
        if above:
            parent = ("Directory", org_id, repo, "/".join(above) + "/")
            self.upsert_directory(org_id, repo, parent[-1])
        self._tie("CONTAINS_DIR", parent, key)

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
        directory = file_path.rpartition("/")[0] + "/"
        self.upsert_directory(org_id, repo, directory)
        key = ("File", org_id, repo, file_path)
        self.nodes[key] = {
            "language": language,
            "summary": summary,
            "symbol_count": symbol_count,
            "symbol_names": symbol_names or [],
            "total_lines": total_lines,
            "commit_sha": commit_sha,
        }
        self._tie("CONTAINS_FILE", ("Directory", org_id, repo, directory), key)

    def upsert_symbol(
        self,
        org_id: str,
        repo: str,
        file_path: str,
        symbol_name: str,
        signature_hash: str,
        parent_class: str | None,
        language: str,
        **properties: Any,
    ) -> None:
        self.upsert_file(org_id, repo, file_path, language=language)
        key = ("Symbol", org_id, repo, file_path, symbol_name, signature_hash)
        defaults = {"branch": "main", "imports": [], "is_entrypoint": False}
        self.nodes[key] = {**defaults, **properties, "language": language}
        if parent_class is not None:
            self.nodes[key]["parent_class"] = parent_class
        self._versions.setdefault((file_path, symbol_name), {})[key] = None
        self._tie("DEFINES", ("File", org_id, repo, file_path), key)

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
        for start in self._versions.get((caller_file, caller_name), ()):
            for end in self._versions.get((callee_file, callee_name), ()):
                self._tie("CALLS", start, end, call_count=call_count, is_direct=is_direct)

    def add_imports_edge(
        self,
        org_id: str,
        repo: str,
        importer_file: str,
        imported_file: str,
        import_type: str = "direct",
    ) -> None:
        start, end = (("File", org_id, repo, path) for path in (importer_file, imported_file))
        if start in self.nodes and end in self.nodes:
            self._tie("IMPORTS", start, end, import_type=import_type)

    def _tie(self, type: str, start: Key, end: Key, **properties: Any) -> None:
        edge = (type, start, end)
        self.edges[edge] = properties
        self._at.setdefault(start, set()).add(edge)
        self._at.setdefault(end, set()).add(edge)

    def delete_symbol(self, file_path: str, symbol_name: str) -> None:
        self._delete(set(self._versions.pop((file_path, symbol_name), {})))

    def delete_file(self, org_id: str, repo: str, file_path: str) -> None:
        names = [name for path, name in self._versions if path == file_path]
        for name in names:
            self.delete_symbol(file_path, name)
        self._delete({("File", org_id, repo, file_path)})

    def _delete(self, keys: set[Key]) -> None:
        for key in keys:
            del self.nodes[key]
            for edge in self._at.pop(key, ()):
                self.edges.pop(edge, None)

    def facts(self) -> Counter[str]:
        return Counter(
            [node_fact(key, properties) for key, properties in self.nodes.items()]
            + [edge_fact(*edge, properties) for edge, properties in self.edges.items()]
        )


def node_fact(key: Key, properties: Properties) -> str:
    """A line for a node; when it was written is left out."""
    return f"{_name(key)} {_text(properties)}"


def edge_fact(type: str, start: Key, end: Key, properties: Properties) -> str:
    return f"{_name(start)} -{type} {_text(properties)}-> {_name(end)}"


def document_fact(document: Properties) -> str:
    return f"document {_text(document)}"


def _name(key: Key) -> str:
    return f"{key[0]} {'/'.join(key[3:] or key[1:])}"


def _text(properties: Properties) -> str:
    return repr({k: v for k, v in sorted(properties.items()) if k != "indexed_at"})


class ModelStore:
    """The documents of one repository."""

    def __init__(self) -> None:
        self.files: dict[str, Properties] = {}
        self.symbols: dict[str, dict[str, Properties]] = {}
        self.scan: Properties | None = None
        self.scan_runs = self

    def find_one(self, _where: Properties) -> Properties | None:
        return self.scan

    def upsert_file(self, file_path: str, summary_source: str = "ast", **fields: Any) -> None:
        self.files[file_path] = {
            **fields,
            "file_path": file_path,
            "summary_source": summary_source,
        }

    def upsert_symbol(self, file_path: str, symbol_name: str, **fields: Any) -> None:
        defaults = {"summary_source": "ast", "is_entrypoint": False}
        names = {"file_path": file_path, "symbol_name": symbol_name}
        self.symbols.setdefault(file_path, {})[symbol_name] = {**defaults, **fields, **names}

    def get_file_hash(self, org_id: str, repo: str, file_path: str) -> str | None:
        return self.files.get(file_path, {}).get("content_hash")

    def get_file_symbol_hashes(self, org_id: str, repo: str, file_path: str) -> dict[str, str]:
        found = self.symbols.get(file_path, {})
        return {name: fields["content_hash"] for name, fields in found.items()}

    def get_last_commit_sha(self, org_id: str, repo: str) -> str | None:
        return (self.scan or {}).get("last_commit_sha")

    def facts(self) -> Counter[str]:
        symbols = (each for names in self.symbols.values() for each in names.values())
        return Counter(document_fact(each) for each in (*self.files.values(), *symbols))


class _ModelScan:
    """Nothing leaks: what is deleted, is deleted in the graph too, and so are older versions."""

    def __init__(self, store: ModelStore, graph: ModelGraph, org_id: str, repo: str) -> None:
        self._store, self._graph = store, graph
        self._names = (org_id, repo)

    def file(self, _path: str) -> Any:
        return nullcontext()

    directory_index = edges = lambda self: nullcontext()

    def symbol_changed(self, file_path: str, symbol_name: str) -> None:
        self._graph.delete_symbol(file_path, symbol_name)

    def delete_symbol(self, file_path: str, symbol_name: str) -> None:
        del self._store.symbols[file_path][symbol_name]
        self._graph.delete_symbol(file_path, symbol_name)

    def delete_file(self, file_path: str) -> None:
        del self._store.files[file_path]
        self._store.symbols.pop(file_path, None)
        self._graph.delete_file(*self._names, file_path)

    def complete(self, commit_sha: str, _stats: Properties) -> bool:
        self._store.scan = {"status": "completed", "last_commit_sha": commit_sha}
        return True


def model_arm() -> Arm:
    def begin_scan(
        store: ModelStore, graph: ModelGraph, org_id: str, repo: str, commit_sha: str
    ) -> _ModelScan:
        store.scan = {**(store.scan or {}), "status": "running"}
        graph.upsert_repository(org_id, repo)
        return _ModelScan(store, graph, org_id, repo)

    return Arm(ModelStore(), ModelGraph(), begin_scan)
