"""The rows that files and symbols are upserted by, and the properties that come of them."""

from array import array
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from outgraph import Vector

from outgraph_xmem.code_store_v1.labels import (
    CODE_EMBEDDING,
    SCANNER_VERSION,
    SUMMARY_EMBEDDING,
)

Row = Mapping[str, Any]

FILE_FIELDS: Final = (
    "language",
    "raw_content",
    "summary",
    "summary_source",
    SUMMARY_EMBEDDING,
    "total_lines",
    "symbol_count",
    "symbol_names",
    "content_hash",
    "commit_sha",
)

SYMBOL_FIELDS: Final = (
    "symbol_name",
    "symbol_type",
    "language",
    "signature",
    "docstring",
    "summary",
    "summary_source",
    "raw_code",
    "content_hash",
    "signature_hash",
    "start_line",
    "end_line",
    "line_count",
    "parent_class",
    "is_public",
    "is_entrypoint",
    "complexity_bucket",
    "commit_sha",
    SUMMARY_EMBEDDING,
    CODE_EMBEDDING,
)


def properties_of(row: Row, fields: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """The fields of a row; None, which removes the property, for what it lacks. Other names in it
    are not looked at."""
    return {**with_vectors({name: row.get(name) for name in fields}), **stamped(now)}


def stamped(now: datetime) -> dict[str, Any]:
    return {"indexed_at": now, "scanner_version": SCANNER_VERSION}


def symbol_row(file: Row, symbol: Row, embedding: Any, commit_sha: str) -> dict[str, Any]:
    """The row of a parsed symbol, with defaults for what the parser does not say.

    :param file: ``org_id``, ``repo`` and ``file_path``.
    :param embedding: has ``summary_vector`` and ``code_vector``.
    """
    name = symbol["qualified_name"]
    return {
        **file,
        "qualified_name": name,
        "symbol_name": symbol.get("symbol_name") or name.rpartition(".")[2],
        "symbol_type": symbol.get("symbol_type", "function"),
        "language": symbol.get("language", ""),
        "signature": symbol.get("signature", ""),
        "docstring": symbol.get("docstring", ""),
        "summary": symbol.get("summary", ""),
        "summary_source": symbol.get("summary_source", "ast"),
        "raw_code": symbol.get("raw_code", ""),
        "content_hash": symbol.get("content_hash", ""),
        "signature_hash": symbol.get("signature_hash", ""),
        "start_line": int(symbol.get("start_line", 0)),
        "end_line": int(symbol.get("end_line", 0)),
        "line_count": int(symbol.get("line_count", 0)),
        "parent_class": symbol.get("parent_class"),
        "is_public": bool(symbol.get("is_public", True)),
        "is_entrypoint": bool(symbol.get("is_entrypoint", False)),
        "complexity_bucket": symbol.get("complexity_bucket", "low"),
        "commit_sha": commit_sha,
        SUMMARY_EMBEDDING: embedding.summary_vector,
        CODE_EMBEDDING: embedding.code_vector,
    }


def with_vectors(row: Row) -> dict[str, Any]:
    """The row with its embeddings as vectors, where 32 bits hold every component, as they do of
    what models give: half as large. Any other stays the list of 64-bit floats that XMem stores. An
    index of Neo4j takes both."""
    return {
        name: _vector(value) if name in (SUMMARY_EMBEDDING, CODE_EMBEDDING) else value
        for name, value in row.items()
    }


def _vector(components: Any) -> Vector | list[float] | None:
    if components is None or isinstance(components, Vector):
        return components
    floats = [float(each) for each in components]
    packed = array("f", floats).tolist()
    return Vector(floats) if floats and packed == floats else floats
