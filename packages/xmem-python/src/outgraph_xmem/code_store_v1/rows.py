"""The rows that nodes and edges are made by, and the properties that come of them."""

from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any, Final, Protocol

from outgraph import InvalidValue, Vector

from outgraph_xmem.code_store_v1.labels import (
    CODE_EMBEDDING,
    DIMENSION_MAX,
    SCANNER_VERSION,
    SUMMARY_EMBEDDING,
)

Row = Mapping[str, Any]

FILE_PROPERTIES: Final = (
    *("language", "raw_content", "summary", "summary_source", SUMMARY_EMBEDDING, "total_lines"),
    *("symbol_count", "symbol_names", "content_hash", "commit_sha"),
)
SYMBOL_PROPERTIES: Final = (
    *("symbol_name", "symbol_type", "language", "signature", "docstring", "summary"),
    *("summary_source", "raw_code", "content_hash", "signature_hash", "start_line", "end_line"),
    *("line_count", "parent_class", "is_public", "is_entrypoint", "complexity_bucket"),
    *("commit_sha", SUMMARY_EMBEDDING, CODE_EMBEDDING),
)
"""What of a row is written beside its key: all of these, and nothing else."""


class SymbolEmbedding(Protocol):
    """The vectors of a symbol; XMem's class of that name is one."""

    @property
    def summary_vector(self) -> Sequence[float]: ...
    @property
    def code_vector(self) -> Sequence[float]: ...


def build_symbol_row(
    org_id: str,
    repo: str,
    file_path: str,
    symbol: Row,
    embedding: SymbolEmbedding,
    commit_sha: str,
) -> dict[str, Any]:
    """The row of a symbol for ``upsert_symbols_batch``.

    :param symbol: has a ``qualified_name``; what else it lacks gets a default.
    """
    qualified_name = symbol["qualified_name"]
    texts = ("language", "signature", "docstring", "summary", "raw_code")
    hashes = ("content_hash", "signature_hash")
    return {
        **{name: symbol.get(name, "") for name in (*texts, *hashes)},
        **{name: int(symbol.get(name, 0)) for name in ("start_line", "end_line", "line_count")},
        "org_id": org_id,
        "repo": repo,
        "file_path": file_path,
        "qualified_name": qualified_name,
        "symbol_name": symbol.get("symbol_name") or qualified_name.rpartition(".")[2],
        "symbol_type": symbol.get("symbol_type", "function"),
        "summary_source": symbol.get("summary_source", "ast"),
        "parent_class": symbol.get("parent_class"),
        "is_public": bool(symbol.get("is_public", True)),
        "is_entrypoint": bool(symbol.get("is_entrypoint", False)),
        "complexity_bucket": symbol.get("complexity_bucket", "low"),
        "commit_sha": commit_sha,
        SUMMARY_EMBEDDING: embedding.summary_vector,
        CODE_EMBEDDING: embedding.code_vector,
    }


def written(row: Row, names: Sequence[str]) -> dict[str, Any]:
    """The properties of those names; one that the row lacks is a None, and so removed."""
    return with_vectors({name: row.get(name) for name in names})


def stamped(properties: Row, now: datetime) -> dict[str, Any]:
    """With what every upsert sets."""
    return {**properties, "indexed_at": now, "scanner_version": SCANNER_VERSION}


def with_vectors(row: Row) -> dict[str, Any]:
    """The row with its embeddings as vectors, where 32 bits hold every component, as they do of
    what models give: half as large. Any other, one that is not finite or that is too long for an
    index included, stays the list of 64-bit floats that XMem stores. An index of Neo4j takes both.
    """
    return {
        name: _vector(value) if name in (SUMMARY_EMBEDDING, CODE_EMBEDDING) else value
        for name, value in row.items()
    }


def rounded_vector(name: str, components: Sequence[float]) -> Vector:
    """A vector of 32-bit floats, whatever precision is lost.

    :raises outgraph.InvalidValue: for what is none then: no component, more than an index takes, or
        one that is not finite in 32 bits.
    """
    packed = array("f", [float(each) for each in components])
    if not 1 <= len(packed) <= DIMENSION_MAX or not all(map(isfinite, packed)):
        raise InvalidValue(
            name, f"a vector has 1 to {DIMENSION_MAX} components, each finite as a 32-bit float"
        )
    return Vector(packed)


def _vector(components: Any) -> Vector | list[float] | None:
    if components is None or isinstance(components, Vector):
        return components
    floats = [float(each) for each in components]
    packed = array("f", floats)
    exact = packed.tolist() == floats and all(map(isfinite, packed))
    return Vector(packed) if exact and 1 <= len(packed) <= DIMENSION_MAX else floats
