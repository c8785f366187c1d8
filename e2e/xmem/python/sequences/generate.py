"""Makes a sequence of calls from a seed."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sequences.calls import Call, Client, Group, Made, Sequence
from sequences.embedding import embed

Arguments = dict[str, Any]

REPOS = ("alpha", "beta")
DIRECTORIES = ("/", "a/", "a/b/", "a/b/c/", "/srv/", "/srv/q/", "d", "a/e", "")
FILES = ("x.py", "a/x.py", "a/b/y.py", "a/b/c/z.py", "/srv/q/w.py", "d/ünï.py")
SYMBOLS = ("f", "g", "K", "K.m")
HASHES = ("", "h1", "h2")
USERS = ("u-1", "u-2")
DAYS = ("01-01", "02-29", "12-31")
"""These are in the graph before a sequence begins."""
UNKNOWN_DAYS = ("13-45", "2024-03-15", "")
EVENTS = ("Birthday", "birthday", "BIRTHDAY", "Trip to Łódź", "Straße", "")
TEXTS = ("", "a text", "Zeile\nund \"Anführung\" 'x' `y`", "日本語 🎉", "x" * 500)
PHASES = ("not_started", "pending", "running", "failed", "complete")
NUMBERS = (0, 1, 7, 100_000, 2**40)


@dataclass(frozen=True)
class Kind:
    """A call that may come, how often, and where."""

    client: Client
    method: str
    weight: float
    make: Callable[["Dice"], Arguments]
    in_unit: bool = True
    """Whether it may stand in a unit: a search of the graph does not see what was not sent."""
    unordered: bool = False
    counted: bool = False


@dataclass(frozen=True)
class Vectors:
    """Of a symbol."""

    summary_vector: list[float]
    code_vector: list[float]


class Dice(random.Random):
    """Organisations of its own: what a client remembers of the last sequence must not matter."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.orgs = (f"acme-{seed}", f"globex-{seed}")

    def repo(self, key: str = "repo") -> Arguments:
        return {"org_id": self.choices(self.orgs, (5, 1))[0], key: self.choices(REPOS, (5, 1))[0]}

    def file(self) -> Arguments:
        return {**self.repo(), "file_path": self.choice(FILES)}

    def symbol(self, key: str = "symbol_name") -> Arguments:
        return {**self.file(), key: self.choice(SYMBOLS)}

    def some(self, **options: Callable[[], Any]) -> Arguments:
        """Each of them, or not: then the default of the method holds."""
        return {name: make() for name, make in options.items() if self.random() < 0.4}

    def text(self) -> str:
        return self.choice(TEXTS)

    def number(self) -> int:
        return self.choice(NUMBERS)

    def flag(self) -> bool:
        return self.random() < 0.5

    def texts(self) -> list[str]:
        return self.sample(TEXTS, self.randrange(4))

    def maybe(self, value: Any) -> Any:
        return value if self.flag() else None

    def day(self) -> str:
        return self.choice(UNKNOWN_DAYS if self.random() < 0.15 else DAYS)

    def user(self) -> str:
        return self.choice(USERS)

    def event(self) -> Arguments:
        fields = {
            "event_name": self.choice(EVENTS),
            "year": self.choice((2024, "2024", "", None)),
            "desc": self.maybe(self.text()),
            "time": self.maybe("10:30"),
            "date_expression": self.maybe("next week"),
        }
        return {name: value for name, value in fields.items() if self.random() < 0.8}

    def vector(self) -> list[float]:
        return embed(str(self.random()))

    def v1_file(self) -> Arguments:
        return {
            **self.file(),
            "language": "python",
            "raw_content": self.text(),
            "summary": self.text(),
            "summary_source": self.choice(("ast", "llm")),
            "summary_embedding": self.vector(),
            "total_lines": self.number(),
            "symbol_count": self.number(),
            "symbol_names": self.texts(),
            "content_hash": self.choice(HASHES),
            "commit_sha": self.text(),
        }

    def v1_fields(self) -> Arguments:
        """What a symbol says of itself, or not."""
        name = self.choice(SYMBOLS)
        return {
            "qualified_name": name,
            **self.some(
                symbol_name=lambda: name.rpartition(".")[2],
                symbol_type=lambda: "method",
                language=lambda: "python",
                signature=self.text,
                docstring=self.text,
                summary=self.text,
                summary_source=lambda: self.choice(("ast", "llm")),
                raw_code=self.text,
                content_hash=lambda: self.choice(HASHES),
                signature_hash=lambda: self.choice(HASHES),
                start_line=self.number,
                parent_class=lambda: self.maybe("K"),
                is_public=self.flag,
                is_entrypoint=self.flag,
                complexity_bucket=lambda: "high",
            ),
        }

    def v1_symbol(self) -> Arguments:
        vectors = Vectors(self.vector(), self.vector())
        return {
            **self.file(),
            "symbol": self.v1_fields(),
            "embedding": vectors,
            "commit_sha": self.text(),
        }

    def v1_symbol_row(self) -> Arguments:
        """What it lacks is taken away; what no symbol has is not written."""
        return {
            **self.file(),
            **self.v1_fields(),
            "commit_sha": self.text(),
            "summary_embedding": self.vector(),
            "code_embedding": self.vector(),
            **self.some(anything=self.number),
        }

    def v1_call_row(self) -> Arguments:
        return {
            **self.repo(),
            "caller_file": self.choice(FILES),
            "caller_qname": self.choice(SYMBOLS),
            "callee_file": self.choice(FILES),
            "callee_qname": self.choice(SYMBOLS),
            **self.some(is_direct=self.flag, is_ambiguous=self.flag),
        }

    def v1_import_row(self) -> Arguments:
        return {
            **self.repo(),
            "importer_file": self.choice(FILES),
            "imported_file": self.choice(FILES),
            **self.some(import_type=lambda: "symbol"),
        }

    def v1_file_row(self) -> Arguments:
        row = self.v1_file()
        if self.random() < 0.1:  # what a row lacks is taken away
            del row["summary_source"]
        return row

    def job(self) -> Arguments:
        return {
            "job_id": ":".join((user := self.user(), *self.repo().values())),
            "username": user,
            "org": self.choices(self.orgs, (5, 1))[0],
            "repo": self.choices(REPOS, (5, 1))[0],
            **{"branch": "main", "url": self.text(), "started_at": 1_750_000_000.5},
            "phase1_status": self.choice(PHASES),
            "phase2_status": self.choice(PHASES),
            **self.some(
                error=self.text,
                phase1_result=lambda: {"stats": {"files": self.number()}},
                phase2_result=lambda: {"symbols": self.number()},
            ),
        }

    def rows(self, make: Callable[[], Arguments]) -> Arguments:
        return {"rows": [make() for _ in range(self.randrange(6))]}


def _symbol_ends(dice: Dice, *names: str) -> Arguments:
    ends = (dice.choice(SYMBOLS), dice.choice(FILES), dice.choice(SYMBOLS), dice.choice(FILES))
    return {**dice.repo(), **dict(zip(names, ends, strict=True))}


TEMPORAL = (
    Kind("temporal", "initialize_date_nodes", 0.05, lambda d: {}),
    Kind("temporal", "create_user_node", 0.5, lambda d: {"user_id": d.user()}),
    Kind(
        *("temporal", "create_event", 8),
        lambda d: {"user_id": d.user(), "date_str": d.day(), "event_data": d.event()},
    ),
    Kind(
        *("temporal", "update_event", 3),
        lambda d: {"user_id": d.user(), "date_str": d.day(), "event_data": d.event()},
    ),
    Kind(
        *("temporal", "delete_event", 3),
        lambda d: {
            **{"user_id": d.user(), "date_str": d.day()},
            **d.some(event_name=lambda: d.choice((*EVENTS, None))),
        },
    ),
    Kind("temporal", "clear_user_events", 0.5, lambda d: {"user_id": d.user()}),
    Kind(
        *("temporal", "search_events_by_name", 2),
        lambda d: {"event_name": d.choice(EVENTS), "user_id": d.user(), "top_k": 50},
        in_unit=False,
        unordered=True,
    ),
    Kind(
        *("temporal", "search_events_by_name", 1),
        lambda d: {"event_name": d.choice(EVENTS), "user_id": d.user()},
        in_unit=False,
        counted=True,
    ),
    Kind(
        *("temporal", "search_events_by_embedding", 0.5),
        lambda d: {
            **{"user_id": d.user(), "query_text": d.text(), "top_k": 50},
            "similarity_threshold": 0.1,
        },
        in_unit=False,
        unordered=True,
    ),
    Kind(
        *("temporal", "get_all_events_for_user", 1),
        lambda d: {"user_id": d.user()},
        in_unit=False,
        unordered=True,
    ),
)

GRAPH = (
    Kind("graph", "upsert_repository", 1, lambda d: d.repo("repo_name")),
    Kind(
        *("graph", "upsert_directory", 4),
        lambda d: {
            **d.repo(),
            "dir_path": d.choice(DIRECTORIES),
            **d.some(
                summary=d.text, languages=d.texts, file_count=d.number, total_symbols=d.number
            ),
        },
    ),
    Kind(
        *("graph", "upsert_file", 4),
        lambda d: {
            **d.file(),
            **d.some(
                language=d.text,
                summary=d.text,
                symbol_count=d.number,
                symbol_names=d.texts,
                total_lines=d.number,
                commit_sha=d.text,
            ),
        },
    ),
    Kind(
        *("graph", "upsert_symbol", 8),
        lambda d: {
            **d.symbol(),
            "symbol_type": d.choice(("function", "method", "class")),
            **d.some(
                summary=d.text,
                signature=d.text,
                docstring=d.text,
                start_line=d.number,
                end_line=d.number,
                commit_sha=d.text,
                branch=lambda: "dev",
                parent_class=lambda: d.maybe("K"),
                imports=d.texts,
                signature_hash=lambda: d.choice(HASHES),
                is_public=d.flag,
                is_entrypoint=d.flag,
                complexity_bucket=lambda: "high",
                line_count=d.number,
                language=lambda: "python",
            ),
        },
    ),
    Kind(
        *("graph", "add_calls_edge", 4),
        lambda d: {
            **_symbol_ends(d, "caller_name", "caller_file", "callee_name", "callee_file"),
            **d.some(call_count=d.number, is_direct=d.flag),
        },
    ),
    Kind(
        *("graph", "add_imports_edge", 3),
        lambda d: {
            **d.repo(),
            "importer_file": d.choice(FILES),
            "imported_file": d.choice(FILES),
            **d.some(import_type=lambda: "relative"),
        },
    ),
    Kind(
        *("graph", "add_inherits_edge", 1),
        lambda d: _symbol_ends(d, "child_name", "child_file", "parent_name", "parent_file"),
    ),
    Kind(
        *("graph", "add_implements_edge", 1),
        lambda d: _symbol_ends(
            *(d, "implementor_name", "implementor_file", "interface_name", "interface_file")
        ),
    ),
    Kind(
        *("graph", "create_annotation", 3),
        lambda d: {
            "org_id": d.choice(d.orgs),
            "content": d.text(),
            **d.some(
                annotation_type=lambda: "warning",
                severity=lambda: d.maybe("high"),
                author_id=lambda: "someone",
                author_name=lambda: d.maybe("Some One"),
                repo=lambda: d.choice(REPOS),
                status=lambda: "resolved",
            ),
            **(
                {
                    "repo": d.choice(REPOS),
                    "target_file": d.choice(FILES),
                    **d.some(target_symbol=lambda: d.choice(SYMBOLS)),
                }
                if d.random() < 0.7
                else d.some(target_symbol=lambda: d.choice(SYMBOLS))
            ),
        },
    ),
    Kind(
        *("graph", "update_annotation_status", 2),
        lambda d: {
            "annotation_id": None,  # of one made before
            "status": d.choice(("resolved", "active", "archived")),
            **d.some(resolved_by=lambda: d.maybe("someone")),
        },
    ),
    Kind("graph", "delete_repository", 0.4, lambda d: d.repo()),
    Kind(
        *("graph", "get_annotations_for_symbol", 0.7),
        lambda d: {
            **d.repo(),
            "symbol_name": d.choice(SYMBOLS),
            **d.some(status=lambda: d.choice((None, "resolved"))),
        },
        in_unit=False,
        unordered=True,
    ),
    Kind(
        *("graph", "get_annotations_for_file", 0.7),
        lambda d: d.file(),
        in_unit=False,
        unordered=True,
    ),
    Kind("graph", "get_repo_stats", 0.5, lambda d: d.repo(), in_unit=False),
    Kind(
        *("graph", "get_file_symbols", 0.7),
        lambda d: d.file(),
        in_unit=False,
        unordered=True,
    ),
)

STORE = (
    Kind(
        *("store", "upsert_file", 5),
        lambda d: {
            **d.file(),
            "language": "python",
            "raw_content": d.text(),
            **d.some(
                summary=d.text,
                summary_source=lambda: "llm",
                total_lines=d.number,
                content_hash=lambda: d.choice(HASHES),
                commit_sha=d.text,
            ),
        },
    ),
    Kind(
        *("store", "upsert_symbol", 7),
        lambda d: {
            **d.symbol(),
            **{"symbol_type": "function", "language": "python", "raw_code": d.text()},
            **d.some(
                signature=d.text,
                docstring=d.text,
                summary=d.text,
                summary_source=lambda: "llm",
                start_line=d.number,
                end_line=d.number,
                line_count=d.number,
                parent_class=lambda: d.maybe("K"),
                is_public=d.flag,
                is_entrypoint=d.flag,
                complexity_bucket=lambda: "low",
                content_hash=lambda: d.choice(HASHES),
                commit_sha=d.text,
            ),
        },
    ),
    Kind(
        *("store", "upsert_symbols_bulk", 1),
        lambda d: {
            **d.repo(),
            "symbols": [
                {
                    **{"file_path": d.choice(FILES), "symbol_name": name},
                    **{"raw_code": d.text(), "content_hash": d.choice(HASHES)},
                    **d.some(summary_source=lambda: "llm", anything=d.texts),
                }
                for name in d.sample(SYMBOLS, d.randrange(4))
            ],
        },
    ),
    Kind("store", "delete_symbol", 2, lambda d: d.symbol()),
    Kind("store", "delete_symbols_for_file", 1.5, lambda d: d.file()),
    Kind("store", "delete_file", 1.5, lambda d: d.file()),
    Kind("store", "start_scan", 1, lambda d: {**d.repo(), "commit_sha": d.text()}),
    Kind(
        *("store", "complete_scan", 1),
        lambda d: {
            **d.repo(),
            "commit_sha": d.text(),
            **{"stats": {"files": d.number()}, "duration_seconds": 1.5},
        },
    ),
    Kind("store", "fail_scan", 0.5, lambda d: {**d.repo(), "error": d.text()}),
    Kind("store", "get_file_hash", 2, lambda d: d.file()),
    Kind("store", "get_file_symbol_hashes", 2, lambda d: d.file()),
    Kind("store", "get_file_content", 1, lambda d: d.file()),
    Kind("store", "get_symbol_code", 1, lambda d: d.symbol()),
    Kind("store", "get_symbol_hash", 1, lambda d: d.symbol()),
    Kind("store", "get_last_scan", 1, lambda d: d.repo()),
    Kind("store", "get_last_commit_sha", 1, lambda d: d.repo()),
    Kind("store", "count_unenriched", 1, lambda d: d.repo()),
    Kind("store", "get_repo_stats", 0.5, lambda d: d.repo()),
    Kind(
        *("store", "get_unenriched_symbols", 1),
        lambda d: {**d.repo(), **d.some(prioritize_public=d.flag)},
        unordered=True,
    ),
    Kind("store", "get_unenriched_files", 1, lambda d: d.repo(), unordered=True),
    Kind(
        *("store", "update_symbol_summary", 2),
        lambda d: {"doc_id": None, "summary": d.text(), **d.some(summary_source=lambda: "ast")},
    ),
    Kind(
        *("store", "update_file_summary", 2),
        lambda d: {"doc_id": None, "summary": d.text()},
    ),
    Kind("store", "upsert_scanner_job", 1, lambda d: d.job()),
    Kind(
        *("store", "upsert_user_repo_entry", 0.7),
        lambda d: {
            **{"username": d.user(), "github_org": d.choice(d.orgs), "repo": d.choice(REPOS)},
            **{"branch": d.text(), **d.some(last_seen_commit=lambda: d.maybe("c1"))},
        },
    ),
    Kind(
        *("store", "set_scanner_index_visibility", 0.7),
        lambda d: {**d.repo(), "share_index_publicly": d.flag(), "set_by_username": d.user()},
    ),
    Kind(
        *("store", "set_community_star", 0.7),
        lambda d: {"username": d.choice((*USERS, "")), **d.repo(), "starred": d.flag()},
    ),
    Kind(
        *("store", "get_scanner_job", 0.5),
        lambda d: {"job_id": ":".join((d.user(), *d.repo().values()))},
    ),
    Kind("store", "get_scanner_index_visibility", 0.5, lambda d: d.repo()),
    Kind("store", "get_community_star_count", 0.5, lambda d: d.repo()),
    Kind(
        *("store", "user_has_completed_scanner_job", 0.5),
        lambda d: {"username": d.user(), **d.repo()},
    ),
    Kind(
        *("store", "list_scanner_jobs_for_user", 0.5),
        lambda d: {"username": d.user()},
        unordered=True,
    ),
    Kind(
        *("store", "list_user_repos_for_user", 0.5),
        lambda d: {"username": d.user()},
        unordered=True,
    ),
    Kind("store", "list_public_scanner_indexes", 0.5, lambda d: {}, unordered=True),
    Kind("store", "list_completed_scan_pairs", 0.5, lambda d: {}, unordered=True),
    Kind(
        *("store", "list_community_catalog_page", 0.7),
        lambda d: {
            "username": d.user(),
            **d.some(q=lambda: d.choice(REPOS), limit=lambda: 1, offset=lambda: 1),
        },
    ),
    Kind("store", "delete_repo", 0.3, lambda d: d.repo()),
)

V1 = (
    Kind(
        *("v1", "upsert_repository", 2),
        lambda d: {**d.repo(), **d.some(branch=lambda: "dev")},
    ),
    Kind(
        *("v1", "upsert_directory", 2),
        lambda d: {
            **d.repo(),
            "dir_path": d.choice(DIRECTORIES),
            **d.some(
                languages=d.texts, file_count=d.number, total_symbols=d.number, summary=d.text
            ),
        },
    ),
    Kind("v1", "upsert_file", 3, lambda d: d.v1_file()),
    Kind("v1", "upsert_files_batch", 3, lambda d: d.rows(d.v1_file_row)),
    Kind("v1", "upsert_symbol", 3, lambda d: d.v1_symbol()),
    Kind("v1", "upsert_symbols_batch", 5, lambda d: d.rows(d.v1_symbol_row)),
    Kind(
        *("v1", "update_symbol_summary", 2),
        lambda d: {
            **d.symbol(),
            **{"summary": d.text(), "summary_source": "llm", "summary_embedding": d.vector()},
        },
    ),
    Kind(
        *("v1", "update_file_summary", 2),
        lambda d: {
            **d.file(),
            **{"summary": d.text(), "summary_source": "llm", "summary_embedding": d.vector()},
        },
    ),
    Kind(
        *("v1", "update_directory_summary", 1),
        lambda d: {
            **d.repo(),
            "dir_path": d.choice(DIRECTORIES),
            **{"summary": d.text(), "summary_source": "llm"},
        },
    ),
    Kind("v1", "delete_symbol", 1, lambda d: d.symbol()),
    Kind("v1", "delete_file", 1, lambda d: d.file()),
    Kind("v1", "delete_repository", 0.4, lambda d: d.repo()),
    Kind("v1", "add_calls_edge", 2, lambda d: d.v1_call_row()),
    Kind("v1", "add_calls_edges_batch", 2, lambda d: d.rows(d.v1_call_row)),
    Kind("v1", "add_imports_edge", 1, lambda d: d.v1_import_row()),
    Kind("v1", "add_imports_edges_batch", 1.5, lambda d: d.rows(d.v1_import_row)),
    Kind(
        *("v1", "start_scan", 1.5),
        lambda d: {**d.repo(), "commit_sha": d.text()},
        in_unit=False,
    ),
    Kind(
        *("v1", "complete_scan", 1.5),
        lambda d: {
            **d.repo(),
            **{"scan_id": None, "commit_sha": d.text()},
            **{"stats": {"files": d.number()}, "duration_seconds": 1.5},
        },
    ),
    Kind(
        *("v1", "fail_scan", 0.7),
        lambda d: {**d.repo(), "scan_id": None, "error_message": d.text()},
    ),
    Kind("v1", "get_file_hash", 1, lambda d: d.file(), in_unit=False),
    Kind("v1", "get_file_content", 0.5, lambda d: d.file(), in_unit=False),
    Kind("v1", "get_symbol_code", 0.5, lambda d: d.symbol(), in_unit=False),
    Kind(
        *("v1", "get_repo_directories", 0.5),
        lambda d: {"org_id": d.choice(d.orgs), "repo": d.choice(REPOS)},
        in_unit=False,
    ),
    Kind("v1", "get_file_symbol_hashes", 1, lambda d: d.file(), in_unit=False),
    Kind("v1", "get_last_commit_sha", 1, lambda d: d.repo(), in_unit=False),
)

MIXTURES = (TEMPORAL, GRAPH, STORE + GRAPH, V1, TEMPORAL + GRAPH + STORE + V1)

_MAKERS = {
    "annotation_id": ("create_annotation",),
    "scan_id": ("start_scan",),
    "doc_id": ("upsert_symbol", "upsert_file"),
}
"""Which calls give what an argument wants."""

NOBODY = "00000000-0000-4000-8000-000000000000"


def generate(seed: int, calls_max: int) -> Sequence:
    """The same sequence for the same seed, of up to so many calls."""
    dice = Dice(seed)
    kinds = dice.choice(MIXTURES)
    weights = [kind.weight for kind in kinds]
    groups: Sequence = []
    made: list[Call] = []
    wanted = dice.randint(3, calls_max)
    while len(made) < wanted:
        unit = dice.random() < 0.4
        group = Group(unit)
        for _ in range(dice.randint(1, 12) if unit else 1):
            kind = dice.choices(kinds, weights)[0]
            if unit and not kind.in_unit:
                continue
            arguments = _with_earlier(dice, kind, kind.make(dice), made)
            call = Call(kind.client, kind.method, arguments, kind.unordered, kind.counted)
            group.calls.append(call)
            made.append(call)
        if group.calls:
            groups.append(group)
    return groups


def _with_earlier(dice: Dice, kind: Kind, arguments: Arguments, made: list[Call]) -> Arguments:
    for name, methods in _MAKERS.items():
        if name in arguments and arguments[name] is None:
            makers = [
                number
                for number, call in enumerate(made)
                if call.client == kind.client and call.method in methods
            ]
            known = makers and dice.random() < 0.85
            arguments[name] = Made(dice.choice(makers)) if known else NOBODY
            earlier = made[arguments[name].by] if known else None
            if earlier is not None and name == "scan_id":
                arguments.update({key: earlier.arguments[key] for key in ("org_id", "repo")})
    return arguments
