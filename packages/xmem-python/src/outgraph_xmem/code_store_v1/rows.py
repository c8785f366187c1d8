"""The properties of the nodes of V1: every upsert sets all of them, defaults included."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any


def directory_row(
    *,
    summary: str = "",
    languages: Sequence[str] | None = None,
    file_count: int = 0,
    total_symbols: int = 0,
    indexed_at: datetime,
) -> dict[str, Any]:
    return {
        "summary": summary,
        "languages": list(languages or ()),
        "file_count": file_count,
        "total_symbols": total_symbols,
        "indexed_at": indexed_at,
    }


def file_row(
    *,
    language: str = "",
    content_hash: str = "",
    raw_content: str = "",
    summary: str = "",
    summary_source: str = "ast",
    summary_embedding: Sequence[float] | None = None,
    symbol_count: int = 0,
    symbol_names: Sequence[str] | None = None,
    total_lines: int = 0,
    commit_sha: str = "",
    branch: str = "main",
    indexed_at: datetime,
) -> dict[str, Any]:
    return {
        "language": language,
        "content_hash": content_hash,
        "raw_content": raw_content,
        "summary": summary,
        "summary_source": summary_source,
        "summary_embedding": summary_embedding,
        "symbol_count": symbol_count,
        "symbol_names": list(symbol_names or ()),
        "total_lines": total_lines,
        "commit_sha": commit_sha,
        "branch": branch,
        "indexed_at": indexed_at,
    }


def symbol_row(
    *,
    symbol_type: str = "",
    raw_code: str = "",
    signature: str = "",
    docstring: str = "",
    summary: str = "",
    summary_source: str = "ast",
    summary_embedding: Sequence[float] | None = None,
    code_embedding: Sequence[float] | None = None,
    start_line: int = 0,
    end_line: int = 0,
    content_hash: str = "",
    commit_sha: str = "",
    branch: str = "main",
    language: str = "",
    parent_class: str | None = None,
    imports: Sequence[str] | None = None,
    is_public: bool = True,
    is_entrypoint: bool = False,
    complexity_bucket: str = "medium",
    line_count: int = 0,
    indexed_at: datetime,
) -> dict[str, Any]:
    return {
        "symbol_type": symbol_type,
        "raw_code": raw_code,
        "signature": signature,
        "docstring": docstring,
        "summary": summary,
        "summary_source": summary_source,
        "summary_embedding": summary_embedding,
        "code_embedding": code_embedding,
        "start_line": start_line,
        "end_line": end_line,
        "content_hash": content_hash,
        "commit_sha": commit_sha,
        "branch": branch,
        "language": language,
        "parent_class": parent_class,
        "imports": list(imports or ()),
        "is_public": is_public,
        "is_entrypoint": is_entrypoint,
        "complexity_bucket": complexity_bucket,
        "line_count": line_count,
        "indexed_at": indexed_at,
    }
