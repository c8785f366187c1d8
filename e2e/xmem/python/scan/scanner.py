"""A scanner shaped like XMem's: a scan begins, then file by file, then directories and edges, and
it ends. Written once; what it writes with is an arm."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

from scan.source import SourceFile, Symbol, parse


class Boundaries(Protocol):
    """A scan that has begun."""

    def file(self, file_path: str) -> AbstractContextManager[None]: ...
    def symbol_changed(self, file_path: str, symbol_name: str) -> None: ...
    def delete_symbol(self, file_path: str, symbol_name: str) -> None: ...
    def delete_file(self, file_path: str) -> None: ...
    def directory_index(self) -> AbstractContextManager[None]: ...
    def edges(self) -> AbstractContextManager[None]: ...
    def complete(self, commit_sha: str, stats: dict[str, Any]) -> bool: ...


@dataclass(frozen=True)
class Arm:
    """What a scanner writes with."""

    store: Any
    graph: Any
    begin_scan: Callable[..., Boundaries]
    """Of store, graph, organisation and repository; and ``commit_sha``."""


EDGES_TOGETHER = 500
"""How many edges stand between the same boundaries."""


T = TypeVar("T")


@dataclass
class Stats:
    processed: int = 0
    skipped: int = 0
    errored: int = 0
    deleted: int = 0
    symbols: int = 0
    call_edges: int = 0
    import_edges: int = 0
    edges_failed: int = 0
    completed: bool = False
    """Whether the scan counts as done: the next one looks at what has changed since."""
    errors: list[str] = field(default_factory=list)


class Scanner:
    """:param midst: called in the middle of each file, between two of its symbols, and before the
    edges; for whoever wants to interrupt it there."""

    def __init__(
        self,
        arm: Arm,
        org_id: str,
        repo: str,
        midst: Callable[[str], None] = lambda where: None,
    ) -> None:
        self._arm = arm
        self._org_id = org_id
        self._repo = repo
        self._names = {"org_id": org_id, "repo": repo}
        self._midst = midst

    def scan(self, tree: dict[str, str], previous: dict[str, str], commit_sha: str) -> Stats:
        """Scans a revision: all of it the first time, then what differs from ``previous``."""
        store, graph = self._arm.store, self._arm.graph
        stats = Stats()
        earlier = store.scan_runs.find_one(self._names)
        again = earlier is not None and earlier["status"] != "completed"
        scan = self._arm.begin_scan(store, graph, self._org_id, self._repo, commit_sha=commit_sha)
        if store.get_last_commit_sha(self._org_id, self._repo) is None:
            todo, gone = list(tree), []
        else:
            todo = [path for path, text in tree.items() if previous.get(path) != text]
            gone = [path for path in previous if path not in tree]
        parsed: list[SourceFile] = []
        for path in todo:
            try:
                file, changed = self._file(scan, path, tree[path], commit_sha, stats)
            except Exception as error:
                stats.errored += 1
                stats.errors.append(f"{path}: {type(error).__name__}: {error}")
                continue
            # After a scan that did not end, the files that it did are part of this one.
            if changed or again:
                parsed.append(file)
        for path in gone:
            scan.delete_file(path)
            stats.deleted += 1
        self._directories(scan, parsed)
        self._midst("edges")
        self._edges(scan, parsed, stats)
        counted = {"files_processed": stats.processed, "symbols": stats.symbols}
        stats.completed = scan.complete(commit_sha, counted)
        return stats

    def _file(
        self, scan: Boundaries, path: str, content: str, commit_sha: str, stats: Stats
    ) -> tuple[SourceFile, bool]:
        store, graph = self._arm.store, self._arm.graph
        file = parse(path, content)
        named = {**self._names, "file_path": path}
        if store.get_file_hash(**named) == file.hash:
            stats.skipped += 1
            return file, False
        with scan.file(path):
            store.upsert_file(
                **named,
                language="python",
                raw_content=content,
                summary=file.summary,
                total_lines=file.total_lines,
                content_hash=file.hash,
                commit_sha=commit_sha,
            )
            known = store.get_file_symbol_hashes(**named)
            written = [each for each in file.symbols if known.get(each.name) != each.hash]
            for number, symbol in enumerate(written):
                if number == len(written) // 2 > 0:
                    self._midst(path)
                if symbol.name in known:
                    scan.symbol_changed(path, symbol.name)
                self._symbol(named, symbol, commit_sha)
                stats.symbols += 1
            for name in known.keys() - {symbol.name for symbol in file.symbols}:
                scan.delete_symbol(path, name)
            graph.upsert_file(
                **named,
                language="python",
                summary=file.summary,
                symbol_count=len(file.symbols),
                symbol_names=[symbol.name for symbol in file.symbols],
                total_lines=file.total_lines,
                commit_sha=commit_sha,
            )
        stats.processed += 1
        return file, True

    def _symbol(self, named: dict[str, str], symbol: Symbol, commit_sha: str) -> None:
        both: dict[str, Any] = {
            **named,
            "symbol_name": symbol.name,
            "symbol_type": symbol.kind,
            "language": "python",
            "signature": symbol.signature,
            "docstring": symbol.docstring,
            "summary": symbol.summary,
            "start_line": symbol.start_line,
            "end_line": symbol.end_line,
            "line_count": symbol.lines,
            "parent_class": symbol.parent_class,
            "is_public": symbol.is_public,
            "complexity_bucket": symbol.complexity,
            "commit_sha": commit_sha,
        }
        self._arm.store.upsert_symbol(**both, raw_code=symbol.code, content_hash=symbol.hash)
        self._arm.graph.upsert_symbol(**both, signature_hash=symbol.hash)

    def _directories(self, scan: Boundaries, parsed: list[SourceFile]) -> None:
        by_directory: dict[str, list[SourceFile]] = defaultdict(list)
        for file in parsed:
            by_directory[file.path.rpartition("/")[0] + "/"].append(file)
        with scan.directory_index():
            for path, files in by_directory.items():
                names = ", ".join(file.path.rpartition("/")[2] for file in files[:20])
                self._arm.graph.upsert_directory(
                    **self._names,
                    dir_path=path,
                    summary=f"Directory {path}: {names}",
                    languages=["python"],
                    file_count=len(files),
                    total_symbols=sum(len(file.symbols) for file in files),
                )

    def _edges(self, scan: Boundaries, parsed: list[SourceFile], stats: Stats) -> None:
        for calls in _together(self._calls(parsed)):
            with scan.edges():
                for call in calls:
                    stats.call_edges += 1
                    self._tie(self._arm.graph.add_calls_edge, call, stats)
        for imports in _together(self._imports(parsed)):
            with scan.edges():
                for each in imports:
                    stats.import_edges += 1
                    self._tie(self._arm.graph.add_imports_edge, each, stats)

    def _tie(self, add: Callable[..., None], edge: dict[str, Any], stats: Stats) -> None:
        """XMem swallows what an edge raises."""
        try:
            add(**self._names, **edge)
        except Exception as error:
            stats.edges_failed += 1
            stats.errors.append(f"{edge}: {type(error).__name__}: {error}")

    def _calls(self, parsed: Iterable[SourceFile]) -> Iterator[dict[str, Any]]:
        """To whatever bears the name that is called; the last in the tree, as XMem takes it."""
        known = {symbol.name: file.path for file in parsed for symbol in file.symbols}
        for file in parsed:
            for call in file.calls:
                if call.callee in known:
                    yield {
                        "caller_name": call.caller,
                        "caller_file": file.path,
                        "callee_name": call.callee,
                        "callee_file": known[call.callee],
                        "is_direct": call.is_direct,
                    }

    def _imports(self, parsed: Iterable[SourceFile]) -> Iterator[dict[str, Any]]:
        known = {file.path for file in parsed}
        for file in parsed:
            for module, is_relative in file.imports:
                path = module.replace(".", "/")
                for candidate in (f"{path}.py", f"{path}/__init__.py"):
                    if candidate in known and candidate != file.path:
                        yield {
                            "importer_file": file.path,
                            "imported_file": candidate,
                            "import_type": "relative" if is_relative else "direct",
                        }
                        break


def _together(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, EDGES_TOGETHER)):
        yield some
